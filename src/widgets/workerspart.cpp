// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "workerspart.h"

#include "actionguard.h"
#include "tablepart.h"
#include "workergrid.h"
#include "workertimeline.h"

#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qtoolbutton.h>

#include <algorithm>

namespace Millwright {

namespace {

QList<ColumnModel::Column> columns()
{
    using namespace DashboardTexts;
    const auto isInTrouble = [](const QModelIndex &row) {
        const auto state = WorkerState(row.data(WorkerModel::StateRole).toInt());
        return state == WorkerState::Stuck || state == WorkerState::CrashLooping
               || state == WorkerState::Restarting;
    };
    const auto number = [](int role) {
        return [role](const QModelIndex &row) {
            const double value = row.data(role).toDouble();
            return value > 0 ? count(value) : QString();
        };
    };
    const auto state = [](const QModelIndex &row) {
        const double untilStart = row.data(WorkerModel::UntilStartRole).toDouble();
        const QString name = workerStateName(WorkerState(row.data(WorkerModel::StateRole).toInt()));
        return untilStart > 0
                   ? WorkersPart::tr("%1, next start in %2").arg(name, elapsed(untilStart))
                   : name;
    };
    const auto job = [](const QModelIndex &row) {
        QStringList texts{row.data(WorkerModel::KeyRole).toString(),
                          row.data(WorkerModel::LabelRole).toString(),
                          row.data(WorkerModel::ProgressTextRole).toString()};
        texts.removeAll(QString());
        return texts.join(QStringLiteral(" – "));
    };
    const auto time = [](const QModelIndex &row) {
        const double milliseconds = row.data(WorkerModel::ElapsedRole).toDouble();
        return milliseconds > 0 ? elapsed(milliseconds) : QString();
    };
    const auto id = [](const QModelIndex &row) {
        return row.data(WorkerModel::WorkerIdRole).toString();
    };
    const Qt::Alignment right = Qt::AlignRight;
    const auto always = [](const QModelIndex &) { return true; };
    return {{WorkersPart::tr("Worker"), id, 8, right},
            {WorkersPart::tr("Job"), job, 16},
            {WorkersPart::tr("State"), state, 17, Qt::AlignLeft, isInTrouble},
            {WorkersPart::tr("Time"), time, 9, right},
            {WorkersPart::tr("Done"), number(WorkerModel::CompletedRole), 9, right},
            {WorkersPart::tr("Failed"), number(WorkerModel::FailedRole), 8, right, always},
            {WorkersPart::tr("Own queue"), number(WorkerModel::WaitingRole), 11, right},
            {WorkersPart::tr("Restarts"), number(WorkerModel::RestartsRole), 9, right}};
}

} // namespace

WorkersPart::WorkersPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent)
    : QWidget(parent)
    , m_monitor(monitor)
    , m_grid(new WorkerGrid)
    , m_timeline(new WorkerTimeline)
    , m_table(new TablePart(monitor->workers(), columns(), 1, this))
{
    m_grid->setObjectName(QStringLiteral("workerGrid"));
    m_grid->setTitle(tr("Workers"));
    m_grid->setEmptyText(tr("No workers"));
    m_grid->setMonitor(monitor);
    m_timeline->setTitle(tr("The last seconds"));
    m_timeline->setMonitor(monitor);
    m_timeline->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_grid->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_table->setObjectName(QStringLiteral("workers"));
    m_table->setEmptyText(tr("No workers"));
    QToolButton *interrupt = m_table->addButton(QStringLiteral("interrupt"), tr("Interrupt…"),
                                                true);
    QToolButton *replace = m_table->addButton(QStringLiteral("replace"), tr("Replace…"), true);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(m_grid);
    layout->addWidget(m_timeline);
    layout->addWidget(m_table, 1);

    connect(m_grid, &WorkerGrid::workerActivated, m_table,
            [this](int worker) { m_table->select(WorkerModel::WorkerIdRole, worker); });
    guard->govern(interrupt, FactoryDashboardWidget::InterruptWorkers);
    guard->govern(replace, FactoryDashboardWidget::ReplaceWorkers);
    connect(interrupt, &QToolButton::clicked, this, [this, guard] {
        guard->ask(
            FactoryDashboardWidget::InterruptWorkers, tr("Interrupt?"),
            tr("What these workers run is asked to come to its end. Its outcome is then that it "
               "was canceled."),
            [this, workers = selectedWorkers()] {
                for (const int worker : workers)
                    m_monitor->factory()->interruptWorker(worker);
            });
    });
    connect(replace, &QToolButton::clicked, this, [this, guard] {
        guard->ask(
            FactoryDashboardWidget::ReplaceWorkers, tr("Replace?"),
            tr("What these workers run is given up as lost, their threads are left behind, and "
               "fresh workers take over."),
            [this, workers = selectedWorkers()] {
                for (const int worker : workers)
                    m_monitor->factory()->replaceWorker(worker);
            });
    });
    connect(monitor, &FactoryMonitor::sampled, this, &WorkersPart::updateHeights);
    updateHeights();
}

QList<int> WorkersPart::selectedWorkers() const
{
    QList<int> workers;
    for (const QModelIndex &row : m_table->selected())
        workers.append(row.data(WorkerModel::WorkerIdRole).toInt());
    return workers;
}

void WorkersPart::updateHeights()
{
    constexpr int Cell = 29;
    const int columns = std::max(1, width() / Cell);
    const int rows = std::clamp((m_monitor->workers()->count() + columns - 1) / columns, 1, 6);
    m_grid->setFixedHeight(fontMetrics().height() + 8 + rows * Cell);
    m_timeline->setFixedHeight(m_timeline->sizeHint().height());
}

void WorkersPart::resizeEvent(QResizeEvent *)
{
    updateHeights();
}

} // namespace Millwright
