// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "factorydashboardwidget.h"

#include <functional>

namespace Millwright {

class FactoryMonitor;

//! What may be done to the factory that is shown, and what is asked before it is.
class ActionGuard : public QObject
{
    Q_OBJECT

public:
    using Action = FactoryDashboardWidget::Action;
    using Actions = FactoryDashboardWidget::Actions;

    ActionGuard(FactoryMonitor *monitor, QWidget *dashboard);

    void setReadOnly(bool readOnly);
    [[nodiscard]] bool isReadOnly() const { return m_isReadOnly; }
    void setActions(Actions actions);
    [[nodiscard]] Actions actions() const { return m_actions; }
    void setConfirmed(Actions actions) { m_confirmed = actions; }
    [[nodiscard]] Actions confirmed() const { return m_confirmed; }

    [[nodiscard]] bool allows(Actions any) const { return !m_isReadOnly && (m_actions & any); }
    //! Shows a widget while the action is allowed, and only then.
    void govern(QWidget *widget, Action action);

    //! Does the deed, or shows a dialog, without waiting for it, and does it once that is accepted. Nothing is done
    //! once the factory is another one.
    void ask(Action action, const QString &title, const QString &question,
             std::function<void()> deed);

Q_SIGNALS:
    //! Other actions are allowed.
    void changed();

private:
    FactoryMonitor *const m_monitor;
    QWidget *const m_dashboard;
    Actions m_actions = FactoryDashboardWidget::AllActions;
    Actions m_confirmed = FactoryDashboardWidget::IrreversibleActions;
    bool m_isReadOnly = false;
};

} // namespace Millwright
