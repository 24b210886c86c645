// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "dashboardtexts.h"

#include "chartscale.h"

#include <QtCore/qcoreapplication.h>

namespace Millwright::DashboardTexts {

namespace {

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Millwright::Dashboard)
};

} // namespace

QString stateName(FactoryState state)
{
    switch (state) {
    case FactoryState::Idle:
        return Texts::tr("Not started");
    case FactoryState::Starting:
        return Texts::tr("Starting");
    case FactoryState::Running:
        return Texts::tr("Running");
    case FactoryState::Draining:
        return Texts::tr("Draining");
    case FactoryState::Stopped:
        return Texts::tr("Stopped");
    case FactoryState::Failed:
        return Texts::tr("Failed");
    }
    return {};
}

QString healthName(Health::Level level)
{
    switch (level) {
    case Health::Calm:
        return Texts::tr("Calm");
    case Health::Busy:
        return Texts::tr("Busy");
    case Health::Attention:
        return Texts::tr("Needs attention");
    case Health::Critical:
        return Texts::tr("Critical");
    }
    return {};
}

QString workerStateName(WorkerState state)
{
    switch (state) {
    case WorkerState::Absent:
        return Texts::tr("absent");
    case WorkerState::Starting:
        return Texts::tr("starting");
    case WorkerState::Idle:
        return Texts::tr("idle");
    case WorkerState::Busy:
        return Texts::tr("busy");
    case WorkerState::Restarting:
        return Texts::tr("restarting");
    case WorkerState::CrashLooping:
        return Texts::tr("crash-looping");
    case WorkerState::Stopping:
        return Texts::tr("stopping");
    case WorkerState::Stuck:
        return Texts::tr("stuck");
    }
    return {};
}

QString jobStateName(JobState state)
{
    switch (state) {
    case JobState::Waiting:
        return Texts::tr("waiting");
    case JobState::Running:
        return Texts::tr("running");
    case JobState::BackingOff:
        return Texts::tr("backing off");
    case JobState::RateLimited:
        return Texts::tr("over the rate limit");
    }
    return {};
}

QString priorityName(Priority priority)
{
    switch (priority) {
    case Priority::Highest:
        return Texts::tr("highest");
    case Priority::High:
        return Texts::tr("high");
    case Priority::Important:
        return Texts::tr("important");
    case Priority::Normal:
        return Texts::tr("normal");
    case Priority::BestEffort:
        return Texts::tr("best effort");
    }
    return {};
}

QString acceptance(DashboardAction action)
{
    switch (action) {
    case DashboardAction::Drain:
        return Texts::tr("Drain");
    case DashboardAction::Stop:
        return Texts::tr("Stop");
    case DashboardAction::SetWorkerCount:
    case DashboardAction::SetQueueLimit:
        return Texts::tr("Change");
    case DashboardAction::InterruptWorkers:
        return Texts::tr("Interrupt");
    case DashboardAction::ReplaceWorkers:
        return Texts::tr("Replace");
    case DashboardAction::CancelJobs:
        return Texts::tr("Cancel jobs");
    case DashboardAction::RetryDeadLetters:
        return Texts::tr("Retry");
    case DashboardAction::DropDeadLetters:
        return Texts::tr("Drop");
    default: // to pause, or to resume
        return Texts::tr("Yes");
    }
}

QString refusal()
{
    return Texts::tr("No");
}

QString eventName(EventModel::Kind kind)
{
    switch (kind) {
    case EventModel::StateChanged:
        return Texts::tr("State");
    case EventModel::WorkerRestarted:
        return Texts::tr("Worker restarted");
    case EventModel::WorkerCrashLooping:
        return Texts::tr("Worker crash-looping");
    case EventModel::JobFailed:
        return Texts::tr("Failed");
    case EventModel::JobRetried:
        return Texts::tr("Will be tried again");
    case EventModel::JobLost:
        return Texts::tr("Lost");
    case EventModel::CallFailed:
        return Texts::tr("Hook or controller failed");
    case EventModel::WorkerStuck:
        return Texts::tr("Stuck");
    case EventModel::WorkerCondemned:
        return Texts::tr("Left behind");
    case EventModel::ThreadReturned:
        return Texts::tr("A thread came back");
    }
    return {};
}

QString count(double value, const QLocale &locale)
{
    return written(value, ChartUnit::Count, locale);
}

QString duration(double milliseconds, const QLocale &locale)
{
    return milliseconds >= 0 ? written(milliseconds, ChartUnit::Duration, locale)
                             : QStringLiteral("–");
}

QString elapsed(double milliseconds, const QLocale &locale)
{
    const double seconds = milliseconds / 1000;
    if (seconds < 0.05)
        return Texts::tr("< 0.1 s");
    return seconds < 59.95 ? Texts::tr("%1 s").arg(locale.toString(seconds, 'f', 1))
                           : writtenAge(seconds, locale);
}

} // namespace Millwright::DashboardTexts
