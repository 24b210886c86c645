// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../src/charts/dashboardtexts.h"

#include <QtGui/qguiapplication.h>
#include <QtQml/qqml.h>

namespace Millwright {

//! `DashboardTexts` for QML. Enumerators come as the ints that models have of them.
class QmlDashboardTexts : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(DashboardTexts)
    QML_SINGLETON
    Q_PROPERTY(bool rightToLeft READ isRightToLeft CONSTANT FINAL)

public:
    using QObject::QObject;

    //! Whether the application is laid out from right to left.
    [[nodiscard]] static bool isRightToLeft()
    {
        return QGuiApplication::layoutDirection() == Qt::RightToLeft;
    }

    Q_INVOKABLE static QString stateName(int state);
    Q_INVOKABLE static QString healthName(int level);
    Q_INVOKABLE static QString workerStateName(int state);
    Q_INVOKABLE static QString jobStateName(int state);
    Q_INVOKABLE static QString priorityName(int priority);
    Q_INVOKABLE static QString eventName(int kind);
    Q_INVOKABLE static QString acceptance(int action);
    Q_INVOKABLE static QString refusal();
    Q_INVOKABLE static QString count(double value);
    Q_INVOKABLE static QString duration(double milliseconds);
    Q_INVOKABLE static QString elapsed(double milliseconds);
    //! Texts with this between them, the empty ones left out.
    Q_INVOKABLE static QString joined(const QStringList &texts, const QString &separator);
};

inline QString QmlDashboardTexts::acceptance(int action)
{
    return DashboardTexts::acceptance(DashboardAction(action));
}

inline QString QmlDashboardTexts::refusal()
{
    return DashboardTexts::refusal();
}

inline QString QmlDashboardTexts::stateName(int state)
{
    return DashboardTexts::stateName(FactoryState(state));
}

inline QString QmlDashboardTexts::healthName(int level)
{
    return DashboardTexts::healthName(Health::Level(level));
}

inline QString QmlDashboardTexts::workerStateName(int state)
{
    return DashboardTexts::workerStateName(WorkerState(state));
}

inline QString QmlDashboardTexts::jobStateName(int state)
{
    return DashboardTexts::jobStateName(JobState(state));
}

inline QString QmlDashboardTexts::priorityName(int priority)
{
    return DashboardTexts::priorityName(Priority(priority));
}

inline QString QmlDashboardTexts::eventName(int kind)
{
    return DashboardTexts::eventName(EventModel::Kind(kind));
}

inline QString QmlDashboardTexts::count(double value)
{
    return DashboardTexts::count(value);
}

inline QString QmlDashboardTexts::duration(double milliseconds)
{
    return DashboardTexts::duration(milliseconds);
}

inline QString QmlDashboardTexts::elapsed(double milliseconds)
{
    return DashboardTexts::elapsed(milliseconds);
}

inline QString QmlDashboardTexts::joined(const QStringList &texts, const QString &separator)
{
    QStringList some = texts;
    some.removeAll(QString());
    return some.join(separator);
}

} // namespace Millwright
