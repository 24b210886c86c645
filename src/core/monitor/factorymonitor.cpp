// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/factorymonitor.h"

#include "logging.h"
#include "monitor/allmonitors.h"
#include "monitor/textfilter.h"

#include <QtCore/qthread.h>

#include <algorithm>
#include <limits>

namespace Millwright {

namespace {

// As much as QML can have.
int toInt(qint64 value)
{
    return int(std::clamp<qint64>(value, std::numeric_limits<int>::min(),
                                  std::numeric_limits<int>::max()));
}

} // namespace

FactoryMonitor::FactoryMonitor(QObject *parent)
    : QObject(parent)
    , m_workers(new WorkerModel(this))
    , m_jobs(new JobModel(this))
    , m_events(new EventModel(this))
    , m_deadLetters(new DeadLetterModel(this))
{
    AllMonitors::add(this);
}

FactoryMonitor::~FactoryMonitor()
{
    AllMonitors::remove(this);
    setTraced(nullptr);
}

// --- Properties -------------------------------------------------------------------------------

void FactoryMonitor::setFactory(FactoryBase *factory)
{
    if (factory == m_factory)
        return;
    if (factory && factory->thread() != thread()) {
        qCWarning(lcMillwright,
                  "FactoryMonitor: the factory \"%s\" was refused, because it lives on another "
                  "thread; create it on the thread of the monitor, or move it there.",
                  qUtf8Printable(factory->name()));
        return;
    }
    if (m_factory)
        m_factory->disconnect(this);
    setWatched(factory);
}

void FactoryMonitor::setWatched(FactoryBase *factory)
{
    stopLooking();
    setTraced(nullptr);
    m_factory = factory;
    if (factory) {
        for (const auto signal :
             {&FactoryBase::stateChanged, &FactoryBase::workerCountChanged,
              &FactoryBase::queueLimitChanged, &FactoryBase::queueDepthChanged,
              &FactoryBase::activeWorkersChanged, &FactoryBase::availableCapacityChanged,
              &FactoryBase::countersChanged, &FactoryBase::deadLettersChanged,
              &FactoryBase::pausedChanged, &FactoryBase::crashLoopingWorkersChanged,
              &FactoryBase::condemnedThreadsChanged, &FactoryBase::errorStringChanged,
              &FactoryBase::nameChanged}) {
            connect(factory, signal, this, &FactoryMonitor::wake);
        }
        connect(factory, &QObject::destroyed, this, [this] {
            if (!m_factory) // or somebody has learned of it first, and has set another one
                setWatched(nullptr);
        });
    }
    if (!m_sampling) // else sample() does it, once the models can be changed again
        watch();
}

void FactoryMonitor::watch()
{
    clear();
    Q_EMIT factoryChanged();
    if (m_active && m_factory)
        look();
    else
        Q_EMIT sampled();
}

void FactoryMonitor::setActive(bool active)
{
    if (active == m_active)
        return;
    m_active = active;
    Q_EMIT activeChanged();
    look();
}

void FactoryMonitor::setFrozen(bool frozen)
{
    if (frozen == m_frozen)
        return;
    m_frozen = frozen;
    Q_EMIT frozenChanged();
    look();
}

void FactoryMonitor::setInterval(int milliseconds)
{
    if (milliseconds == m_interval)
        return;
    if (milliseconds < MinimumInterval) {
        qCWarning(lcMillwright,
                  "FactoryMonitor: an interval of %d ms was ignored; it must be at least %d ms.",
                  milliseconds, MinimumInterval);
        return;
    }
    m_interval = milliseconds;
    forgetHistory();
    if (m_timer.isActive())
        m_timer.start(m_interval, this);
    Q_EMIT intervalChanged();
    Q_EMIT sampled();
}

void FactoryMonitor::setHistorySpan(int seconds)
{
    if (seconds == m_historySpan)
        return;
    if (seconds < 1) {
        qCWarning(lcMillwright,
                  "FactoryMonitor: a history span of %d s was ignored; it must be at least 1 s.",
                  seconds);
        return;
    }
    m_historySpan = seconds;
    Q_EMIT historySpanChanged();
    Q_EMIT sampled();
}

int FactoryMonitor::historyCapacity() const
{
    return int(std::clamp<qint64>(qint64(m_historySpan) * 1000 / m_interval, 1,
                                  std::numeric_limits<int>::max()));
}

void FactoryMonitor::setJobLimit(int limit)
{
    limit = std::max(-1, limit);
    if (limit == m_jobLimit)
        return;
    m_jobLimit = limit;
    Q_EMIT jobLimitChanged();
    if (m_timer.isActive())
        sample();
    else if (m_active && m_factory && !m_sampling && limit >= 0 && m_jobs->count() == 0)
        listJobs(); // and nothing else changes while the picture stands still
}

void FactoryMonitor::setTimelineSpan(int seconds)
{
    if (seconds == m_timelineSpan)
        return;
    if (seconds < 0) {
        qCWarning(lcMillwright,
                  "FactoryMonitor: a timeline span of %d s was ignored; it must be 0 or more.",
                  seconds);
        return;
    }
    m_timelineSpan = seconds;
    Q_EMIT timelineSpanChanged();
    if (m_frozen)
        return;
    if (m_active)
        trace();
    if (m_timelineSpan == 0)
        m_timeline.clear();
}

int FactoryMonitor::queueDepth() const
{
    return toInt(m_now.counters.waiting);
}

int FactoryMonitor::queueLimit() const
{
    return toInt(m_now.queueLimit);
}

int FactoryMonitor::queueCapacity() const
{
    return toInt(m_now.queueCapacity);
}

int FactoryMonitor::availableCapacity() const
{
    return toInt(m_now.availableCapacity);
}

double FactoryMonitor::oldestWaiting() const
{
    return std::chrono::duration<double, std::milli>(m_now.oldestWaiting).count();
}

// --- What can be done -------------------------------------------------------------------------

void FactoryMonitor::drain()
{
    if (m_factory)
        m_factory->drain();
}

void FactoryMonitor::stop()
{
    if (m_factory)
        m_factory->stop();
}

bool FactoryMonitor::replaceWorkerOf(double job)
{
    if (!m_factory || job < 1)
        return false;
    const QList<WorkerSnapshot> workers = m_factory->snapshot().workers;
    const auto it = std::find_if(workers.begin(), workers.end(),
                                 [=](const auto &worker) { return worker.job == quint64(job); });
    return it != workers.end() && m_factory->replaceWorker(it->id);
}

int FactoryMonitor::cancelJobs(const QString &text)
{
    return m_factory ? m_factory->cancelJobs([&](const JobSnapshot &job) {
        return TextFilter::matches(text, {job.key, job.label});
    })
                     : 0;
}

int FactoryMonitor::retryDeadLetters(const QString &text)
{
    return m_factory ? m_factory->retryDeadLetters([&](const DeadLetter &letter) {
        return TextFilter::matches(text, {letter.key, letter.label, letter.error});
    })
                     : 0;
}

int FactoryMonitor::dropDeadLetters(const QString &text)
{
    return m_factory ? m_factory->dropDeadLetters([&](const DeadLetter &letter) {
        return TextFilter::matches(text, {letter.key, letter.label, letter.error});
    })
                     : 0;
}

} // namespace Millwright
