// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "controlspart.h"

#include "actionguard.h"

#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtCore/qcoreevent.h>
#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qformlayout.h>
#include <QtWidgets/qpushbutton.h>
#include <QtWidgets/qspinbox.h>

#include <utility>

namespace Millwright {

ControlsPart::ControlsPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent)
    : QWidget(parent)
    , m_monitor(monitor)
    , m_workers(new QSpinBox)
    , m_limit(new QSpinBox)
    , m_drain(new QPushButton(tr("Drain…")))
    , m_stop(new QPushButton(tr("Stop…")))
{
    m_workers->setObjectName(QStringLiteral("workerCount"));
    m_workers->setRange(0, 10'000);
    m_workers->setToolTip(tr("Those that are too many go as soon as they have nothing to do."));
    m_limit->setObjectName(QStringLiteral("queueLimit"));
    m_limit->setRange(-1, 100'000'000);
    m_limit->setSpecialValueText(tr("none"));
    m_limit->setGroupSeparatorShown(true);
    m_limit->setToolTip(tr("Jobs that wait already are not touched."));
    for (QSpinBox *box : {m_workers, m_limit}) {
        box->setKeyboardTracking(false); // not with every digit
        box->setFocusPolicy(Qt::StrongFocus);
        box->installEventFilter(this);
    }
    m_drain->setObjectName(QStringLiteral("drain"));
    m_drain->setToolTip(tr("Takes no more jobs, does those that it has, and then stops."));
    m_stop->setObjectName(QStringLiteral("stop"));
    m_stop->setToolTip(tr("Takes no more jobs, discards those that wait, and then stops."));

    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_drain);
    buttons->addWidget(m_stop);
    buttons->addStretch(1);
    auto *form = new QFormLayout(this);
    form->setContentsMargins(6, 12, 6, 6);
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    form->addRow(tr("&Workers:"), m_workers);
    form->addRow(tr("&Queue limit:"), m_limit);
    form->addRow(QString(), buttons);
    using Dashboard = FactoryDashboardWidget;
    guard->govern(m_drain, Dashboard::DrainAction);
    guard->govern(m_stop, Dashboard::StopAction);
    connect(guard, &ActionGuard::changed, this, [=, this] {
        form->setRowVisible(m_workers, guard->allows(Dashboard::SetWorkerCount));
        form->setRowVisible(m_limit, guard->allows(Dashboard::SetQueueLimit));
    });

    const auto name = [=] {
        const FactoryBase *factory = monitor->factory();
        return factory && !factory->name().isEmpty() ? factory->name() : tr("The factory");
    };
    connect(m_workers, &QSpinBox::valueChanged, this, [=, this](int count) {
        guard->ask(
            Dashboard::SetWorkerCount, tr("Change the number of workers?"),
            tr("%1 has %2, and is to have %3.")
                .arg(name(), locale().toString(monitor->workerCount()), locale().toString(count)),
            [=] { monitor->factory()->setWorkerCount(count); });
    });
    connect(m_limit, &QSpinBox::valueChanged, this, [=, this](int limit) {
        guard->ask(
            Dashboard::SetQueueLimit, tr("Change the queue limit?"),
            limit < 0
                ? tr("%1 is to have none.").arg(name())
                : tr("At most %2 jobs are to wait in %1.").arg(name(), locale().toString(limit)),
            [=] { monitor->factory()->setQueueLimit(limit); });
    });
    connect(m_drain, &QPushButton::clicked, this, [=] {
        guard->ask(Dashboard::DrainAction, tr("Drain?"),
                   tr("%1 takes no more jobs, does those that it has, and then stops. It cannot be "
                      "started again.")
                       .arg(name()),
                   [=] { monitor->drain(); });
    });
    connect(m_stop, &QPushButton::clicked, this, [=, this] {
        guard->ask(Dashboard::StopAction, tr("Stop?"),
                   tr("%1 takes no more jobs, discards those that wait (%2), lets those end that "
                      "run, and then stops. It cannot be started again.")
                       .arg(name(), DashboardTexts::count(monitor->queueDepth(), locale())),
                   [=] { monitor->stop(); });
    });
    connect(monitor, &FactoryMonitor::sampled, this, &ControlsPart::updateValues);
    updateValues();
}

void ControlsPart::updateValues()
{
    const FactoryState state = m_monitor->state();
    const bool isOver = !m_monitor->factory() || state == FactoryState::Stopped
                        || state == FactoryState::Failed;
    const bool isAnother = std::exchange(m_shown, m_monitor->factory()) != m_monitor->factory();
    const auto show = [&](QSpinBox *box, int value) {
        box->setEnabled(!isOver);
        if (box->hasFocus() && !isAnother)
            return; // somebody is typing, and means this factory
        const QSignalBlocker blocker(box);
        box->setValue(value);
    };
    show(m_workers, m_monitor->workerCount());
    show(m_limit, m_monitor->queueLimit());
    m_drain->setEnabled(!isOver && state != FactoryState::Draining);
    m_stop->setEnabled(!isOver);
}

// A wheel that scrolls the page is not meant for what happens to be under it.
bool ControlsPart::eventFilter(QObject *watched, QEvent *event)
{
    auto *box = qobject_cast<QSpinBox *>(watched);
    if (event->type() != QEvent::Wheel || !box || box->hasFocus())
        return QWidget::eventFilter(watched, event);
    event->ignore();
    return true;
}

} // namespace Millwright
