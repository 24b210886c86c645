// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/FactoryBase>

#include <QtQml/qqml.h>

namespace Millwright {

//! What there is to know of a factory as text, for QML: to be saved, served, or pasted into a report of a problem.
//! Everything is empty for null.
class QmlExport : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(FactoryExport)
    QML_SINGLETON

public:
    using QObject::QObject;

    //! `Millwright::toJson()`, as text.
    Q_INVOKABLE static QString json(const Millwright::FactoryBase *factory);
    //! `Millwright::prometheusText()`.
    Q_INVOKABLE static QString prometheus(const Millwright::FactoryBase *factory);
    //! `Millwright::chromeTrace()`. The factory has to be traced, as by a monitor with a `timelineSpan`.
    Q_INVOKABLE static QString chromeTrace(const Millwright::FactoryBase *factory);
    //! Puts a text onto the clipboard.
    Q_INVOKABLE static void copy(const QString &text);
    //! Writes a text into a file, given by its path or URL; false if that fails.
    Q_INVOKABLE static bool save(const QString &file, const QString &text);
    //! Puts charts onto the clipboard as one picture, whatever size they have, and whether they are seen or not.
    Q_INVOKABLE static void copyCharts(const QList<QObject *> &charts);
    //! Writes that picture into a file, given by its path or URL, in the format of its ending, as in "charts.png"; false
    //! if that fails.
    Q_INVOKABLE static bool saveCharts(const QString &file, const QList<QObject *> &charts);
};

} // namespace Millwright
