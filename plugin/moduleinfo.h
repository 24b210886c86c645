// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <Millwright/Types>

#include <QtCore/qobject.h>
#include <QtQml/qqmlregistration.h>

namespace Millwright {

//! The QML singleton `Millwright`: facts about the library, as in `Millwright.version`, and its
//! enumerations, as in `Millwright.WorkerState.Busy`.
class ModuleInfo : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(Millwright)
    QML_SINGLETON
    QML_EXTENDED_NAMESPACE(Millwright)
    // Several of them have an enumerator of the same name, so all are qualified.
    Q_CLASSINFO("RegisterEnumClassesUnscoped", "false")

    //! The version of the library, as in "1.0.0".
    Q_PROPERTY(QString version READ version CONSTANT FINAL)

public:
    using QObject::QObject;

    [[nodiscard]] QString version() const;
};

} // namespace Millwright
