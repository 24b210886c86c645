// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "workerspart.h"

#include "actionguard.h"
#include "tablepart.h"
#include "workergrid.h"
#include "workertimeline.h"

#include "../charts/dashboardtexts.h"
#include "../core/monitor/factorymonitor.h"

#include <QtCore/qlocale.h>
#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qtoolbutton.h>

#include <algorithm>

namespace Millwright {

namespace {

quint64 jobOf(const QModelIndex &worker)
{
    return worker.data(WorkerModel::JobIdRole).toULongLong();
}

QList<ColumnModel::Column> columns(const QLocale &locale)
{
    using namespace DashboardTexts;
    const auto isInTrouble = [](const QModelIndex &row) {
        const auto state = WorkerState(row.data(WorkerModel::StateRole).toInt());
        return state == WorkerState::Stuck || state == WorkerState::CrashLooping
               || state == WorkerState::Restarting;
    };
    const auto number = [=](int role) {
        return [=](const QModelIndex &row) {
            const double value = row.data(role).toDouble();
            return value > 0 ? count(value, locale) : QString();
        };
    };
    const auto state = [=](const QModelIndex &row) {
        const double untilStart = row.data(WorkerModel::UntilStartRole).toDouble();
        const QString name = workerStateName(WorkerState(row.data(WorkerModel::StateRole).toInt()));
        return untilStart > 0
                   ? WorkersPart::tr("%1, next start in %2").arg(name, elapsed(untilStart, locale))
                   : name;
    };
    const auto job = [](const QModelIndex &row) {
        QStringList texts{row.data(WorkerModel::KeyRole).toString(),
                          row.data(WorkerModel::LabelRole).toString(),
                          row.data(WorkerModel::ProgressTextRole).toString()};
        texts.removeAll(QString());
        return texts.join(QStringLiteral(" – "));
    };
    const auto time = [=](const QModelIndex &row) {
        const double milliseconds = row.data(WorkerModel::ElapsedRole).toDouble();
        return jobOf(row) != 0 ? elapsed(milliseconds, locale) : QString();
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
    , m_grid(new WorkerGrid(this))
    , m_timeline(new WorkerTimeline(this))
    , m_table(new TablePart(monitor->workers(), columns(locale()), 1, this))
{
    m_grid->setObjectName(QStringLiteral("workerGrid"));
    m_grid->setTitle(tr("Workers"));
    m_grid->setEmptyText(tr("No workers"));
    m_grid->setMonitor(monitor);
    m_timeline->setTitle(tr("The last %1 seconds").arg(TimelineSpan));
    m_timeline->setMonitor(monitor);
    m_timeline->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_grid->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_table->setObjectName(QStringLiteral("workers"));
    m_table->setName(tr("Workers"));
    m_table->setEmptyText(tr("No workers"));
    QToolButton *interrupt = m_table->addButton(QStringLiteral("interrupt"), tr("Interrupt…"));
    QToolButton *replace = m_table->addButton(QStringLiteral("replace"), tr("Replace…"));
    for (QToolButton *button : {interrupt, replace})
        m_table->enableOnSelection(button, [](const QModelIndex &row) { return jobOf(row) != 0; });

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
    // Meant is what a worker runs now; by the time of the answer that may be another job.
    connect(interrupt, &QToolButton::clicked, this, [=, this] {
        const QList<RunningJob> jobs = selectedJobs();
        guard->ask(
            FactoryDashboardWidget::InterruptWorkers, tr("Interrupt?"),
            tr("What these workers run is asked to come to its end. Its outcome is then that "
               "it was canceled: %1.")
                .arg(namesOf(jobs)),
            [=] {
                for (const RunningJob &job : jobs)
                    monitor->factory()->cancelJob(job.id);
            });
    });
    connect(replace, &QToolButton::clicked, this, [=, this] {
        const QList<RunningJob> jobs = selectedJobs();
        guard->ask(FactoryDashboardWidget::ReplaceWorkers, tr("Replace?"),
                   tr("What these workers run is given up as lost, their threads are left behind, "
                      "and fresh workers take over: %1.")
                       .arg(namesOf(jobs)),
                   [=] {
                       for (const RunningJob &job : jobs)
                           monitor->replaceWorkerOf(double(job.id));
                   });
    });
    connect(monitor, &FactoryMonitor::sampled, this, &WorkersPart::updateHeights);
    updateHeights();
}

QList<WorkersPart::RunningJob> WorkersPart::selectedJobs() const
{
    QList<RunningJob> jobs;
    for (const QModelIndex &row : m_table->selected()) {
        if (const quint64 id = jobOf(row)) {
            const QString key = row.data(WorkerModel::KeyRole).toString();
            jobs.append({row.data(WorkerModel::WorkerIdRole).toInt(), id,
                         key.isEmpty() ? row.data(WorkerModel::LabelRole).toString() : key});
        }
    }
    return jobs;
}

QString WorkersPart::namesOf(const QList<RunningJob> &jobs)
{
    constexpr int MostNamed = 5;

    QStringList names;
    for (const RunningJob &job : jobs.first(std::min<qsizetype>(MostNamed, jobs.size())))
        names.append(job.name.isEmpty() ? tr("job of worker %1").arg(job.worker)
                                        : tr("“%1”").arg(job.name));
    const QString named = names.join(tr(", "));
    return jobs.size() > MostNamed ? tr("%1 and %2 more").arg(named).arg(jobs.size() - MostNamed)
                                   : named;
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
