// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qwidget.h>

#include <functional>

namespace Millwright {

class FactoryMonitor;

//! Asks before something is done to the factory that is shown, and cannot be undone. Nothing is done once that is
//! another one.
class Confirmation : public QObject
{
public:
    Confirmation(FactoryMonitor *monitor, QWidget *dashboard)
        : QObject(dashboard)
        , m_monitor(monitor)
        , m_dashboard(dashboard)
    {
    }

    //! Otherwise everything is done at once.
    void setAsking(bool asking) { m_isAsking = asking; }
    [[nodiscard]] bool isAsking() const { return m_isAsking; }

    //! Shows a dialog, without waiting for it; the deed is done once it is accepted.
    void ask(const QString &title, const QString &question, std::function<void()> deed);

private:
    FactoryMonitor *const m_monitor;
    QWidget *const m_dashboard;
    bool m_isAsking = true;
};

} // namespace Millwright
