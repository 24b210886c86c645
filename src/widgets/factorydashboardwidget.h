// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "widgets_global.h"

#include "../charts/dashboardaction.h"

#include <QtWidgets/qwidget.h>

#include <memory>

namespace Millwright {

class ActionGuard;
class FactoryBase;
class FactoryMonitor;

//! Shows what goes on in a factory, or in several: how it is, its queue, its workers and their jobs, throughput and
//! latencies, failures and their reasons; and lets one do something about it.
//!
//! \code
//! auto *dashboard = new Millwright::FactoryDashboardWidget(&thumbnails);
//! dock->setWidget(dashboard);
//! \endcode
//!
//! It follows palette, font, locale, language and layout direction. It looks at the factory only while it can be seen, and costs
//! nothing otherwise. Belongs to the GUI thread, as do its factories, which it does not own, and which may be destroyed
//! at any time. In Qt Designer it is one of the widgets of Millwright.
class MILLWRIGHT_WIDGETS_EXPORT FactoryDashboardWidget : public QWidget
{
    Q_OBJECT
    Q_PROPERTY(bool readOnly READ isReadOnly WRITE setReadOnly NOTIFY readOnlyChanged FINAL)
    Q_PROPERTY(Actions actions READ actions WRITE setActions NOTIFY actionsChanged FINAL)
    Q_PROPERTY(Actions confirmedActions READ confirmedActions WRITE setConfirmedActions NOTIFY
                   confirmedActionsChanged FINAL)
    Q_PROPERTY(int interval READ interval WRITE setInterval NOTIFY intervalChanged FINAL)
    Q_PROPERTY(
        int historySpan READ historySpan WRITE setHistorySpan NOTIFY historySpanChanged FINAL)
    Q_PROPERTY(bool frozen READ isFrozen WRITE setFrozen NOTIFY frozenChanged FINAL)
    Q_PROPERTY(Part part READ part WRITE setPart NOTIFY partChanged FINAL)

public:
    //! What is shown below the figures. Where there is room, the charts are always there, beside another part.
    enum Part { Charts, Workers, Jobs, DeadLetters, Events, Controls };
    Q_ENUM(Part)

    //! What one can do to the factory.
    enum Action {
        PauseAction = int(DashboardAction::Pause), //!< and resume it
        DrainAction = int(DashboardAction::Drain),
        StopAction = int(DashboardAction::Stop),
        SetWorkerCount = int(DashboardAction::SetWorkerCount),
        SetQueueLimit = int(DashboardAction::SetQueueLimit),
        InterruptWorkers = int(DashboardAction::InterruptWorkers),
        ReplaceWorkers = int(DashboardAction::ReplaceWorkers),
        CancelJobs = int(DashboardAction::CancelJobs),
        RetryDeadLetters = int(DashboardAction::RetryDeadLetters),
        DropDeadLetters = int(DashboardAction::DropDeadLetters),

        NoActions = int(DashboardAction::None),
        //! Whatever cannot be undone.
        IrreversibleActions = int(DashboardAction::Irreversible),
        AllActions = int(DashboardAction::All)
    };
    Q_DECLARE_FLAGS(Actions, Action)
    Q_FLAG(Actions)

    explicit FactoryDashboardWidget(QWidget *parent = nullptr);
    explicit FactoryDashboardWidget(FactoryBase *factory, QWidget *parent = nullptr);
    ~FactoryDashboardWidget() override;

    //! The factory that is shown; nullptr, the default, for none, and once it was destroyed.
    [[nodiscard]] FactoryBase *factory() const;
    //! Becomes one of the `factories()` if it is not yet.
    void setFactory(FactoryBase *factory);
    //! Those that one can choose from. The first is shown at once if none is.
    [[nodiscard]] QList<FactoryBase *> factories() const;
    void addFactory(FactoryBase *factory);
    //! Nothing happens if it is not one of them.
    void removeFactory(FactoryBase *factory);

    //! Whether it only shows, and has no buttons to pause, stop, cancel and so on. False by default.
    [[nodiscard]] bool isReadOnly() const;
    void setReadOnly(bool readOnly);
    //! What it lets one do, unless it is read-only; for the rest it has no buttons. `AllActions` by default.
    [[nodiscard]] Actions actions() const;
    void setActions(Actions actions);
    //! What it asks about before it does it. `IrreversibleActions` by default.
    [[nodiscard]] Actions confirmedActions() const;
    void setConfirmedActions(Actions actions);
    //! From one look at the factory to the next while something changes. Milliseconds, 250 by default.
    [[nodiscard]] int interval() const;
    void setInterval(int milliseconds);
    //! How far back the charts reach. Seconds, 300 by default.
    [[nodiscard]] int historySpan() const;
    void setHistorySpan(int seconds);
    //! Whether everything stays as it is, to be looked at in peace. False by default.
    [[nodiscard]] bool isFrozen() const;
    void setFrozen(bool frozen);
    //! `Charts` by default.
    [[nodiscard]] Part part() const;
    void setPart(Part part);

    //! What it shows, for widgets of your own. Owned by the dashboard.
    [[nodiscard]] FactoryMonitor *monitor() const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void factoryChanged();
    void readOnlyChanged();
    void actionsChanged();
    void confirmedActionsChanged();
    void intervalChanged();
    void historySpanChanged();
    void frozenChanged();
    void partChanged();

protected:
    bool event(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class Parts;

    void updateActivity();
    void updateLayout();
    void rebuild();

    FactoryMonitor *const m_monitor;
    ActionGuard *const m_guard;
    std::unique_ptr<Parts> m_parts;
    bool m_isRebuilding = false;
};

Q_DECLARE_OPERATORS_FOR_FLAGS(FactoryDashboardWidget::Actions)

} // namespace Millwright
