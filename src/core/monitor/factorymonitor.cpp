// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/factorymonitor.h"

#include "logging.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <limits>

namespace Millwright {

using namespace std::chrono_literals;

namespace {

constexpr qint64 nanoseconds(std::chrono::nanoseconds duration)
{
    return duration.count();
}

constexpr qint64 ThroughputSpan = nanoseconds(1s);
constexpr qint64 LatencyInterval = nanoseconds(500ms);
constexpr qint64 KeepLatenciesEvery = nanoseconds(1s);

int toInt(qint64 value)
{
    return int(std::clamp<qint64>(value, std::numeric_limits<int>::min(),
                                  std::numeric_limits<int>::max()));
}

} // namespace

FactoryMonitor::LatencySummaries FactoryMonitor::LatencySummaries::of(const Latencies &latencies)
{
    return {LatencySummary::of(latencies.queueTime), LatencySummary::of(latencies.runTime),
            LatencySummary::of(latencies.totalTime)};
}

FactoryMonitor::FactoryMonitor(QObject *parent)
    : QObject(parent)
    , m_workers(new WorkerModel(this))
    , m_events(new EventModel(this))
    , m_deadLetters(new DeadLetterModel(this))
{
}

FactoryMonitor::~FactoryMonitor() = default;

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
    pause();
    m_factory = factory;
    if (factory) {
        for (const auto signal :
             {&FactoryBase::stateChanged, &FactoryBase::workerCountChanged,
              &FactoryBase::queueLimitChanged, &FactoryBase::queueDepthChanged,
              &FactoryBase::activeWorkersChanged, &FactoryBase::availableCapacityChanged,
              &FactoryBase::countersChanged, &FactoryBase::deadLettersChanged}) {
            connect(factory, signal, this, &FactoryMonitor::wake);
        }
        connect(factory, &QObject::destroyed, this, [this] { setWatched(nullptr); });
    }
    if (!m_sampling) // else sample() does it, once the models can be changed again
        watch();
}

void FactoryMonitor::watch()
{
    clear();
    Q_EMIT factoryChanged();
    if (m_active && m_factory)
        resume();
    else
        Q_EMIT sampled();
}

void FactoryMonitor::setActive(bool active)
{
    if (active == m_active)
        return;
    m_active = active;
    Q_EMIT activeChanged();
    if (!m_active)
        pause();
    else if (m_factory)
        resume();
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
}

int FactoryMonitor::queueDepth() const
{
    return toInt(m_now.counters.waiting);
}

int FactoryMonitor::queueLimit() const
{
    return toInt(m_now.queueLimit);
}

int FactoryMonitor::availableCapacity() const
{
    return toInt(m_now.availableCapacity);
}

// --- Sampling ---------------------------------------------------------------------------------

void FactoryMonitor::clear()
{
    m_now = {};
    m_allIdle = true;
    m_throughput = 0;
    m_overall = m_recent = {};
    m_workers->update({});
    m_events->clear();
    m_deadLetters->update({}, 0);
    m_lastEvent = 0;
    m_latencies = {};
    forgetHistory();
}

void FactoryMonitor::forgetHistory()
{
    m_throughputHistory.clear();
    m_queueDepthHistory.clear();
}

// Nothing is known of the time since the last sample, if there ever was one.
void FactoryMonitor::resume()
{
    forgetHistory();
    m_completed.clear();
    m_earlier.clear();
    m_latenciesAt = 0;
    m_timer.start(m_interval, this);
    sample();
}

void FactoryMonitor::pause()
{
    m_timer.stop();
}

// The factory has changed. If the monitor was at rest then nothing had happened since the last
// sample until just now, so the time between counts as seen.
void FactoryMonitor::wake()
{
    if (!m_active || m_timer.isActive())
        return;
    const qint64 interval = nanoseconds(std::chrono::milliseconds(m_interval));
    const qint64 before = m_factory->snapshot(false).time - interval;
    const qint64 slept = std::max<qint64>(0, before - m_now.time);
    appendHistory(0, m_now.counters.waiting, slept / interval);
    m_completed = {{std::max(before, m_now.time), m_now.counters.completed}};
    m_earlier = {{std::max(before, m_now.time), m_latencies}};
    m_latenciesAt = 0;
    m_timer.start(m_interval, this);
    sample();
}

void FactoryMonitor::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    sample();
}

void FactoryMonitor::sample()
{
    if (m_sampling) // called back by a slot
        return;
    const FactorySnapshot before = std::exchange(m_now, m_factory->snapshot(true));
    m_allIdle = std::all_of(m_now.workers.cbegin(), m_now.workers.cend(), [](const auto &worker) {
        return worker.state == WorkerState::Idle || worker.state == WorkerState::Absent;
    });
    const QList<WorkerSnapshot> workers = std::exchange(m_now.workers, {});
    updateThroughput();
    updateLatencies();
    appendHistory(m_throughput, double(m_now.counters.waiting));
    if (before.counters == m_now.counters && before.state == m_now.state && isAtRest())
        m_timer.stop();

    // Slots are called, which may exchange the factory or destroy it.
    const QPointer<FactoryBase> factory = m_factory;
    const QList<FactoryEvent> events = factory->eventsSince(m_lastEvent);
    if (!events.isEmpty())
        m_lastEvent = events.last().number;
    QList<DeadLetter> letters;
    if (before.deadLetterChanges != m_now.deadLetterChanges)
        letters = factory->deadLetters();
    m_sampling = true;
    m_workers->update(workers);
    m_events->add(events, m_now.time);
    if (before.deadLetterChanges != m_now.deadLetterChanges)
        m_deadLetters->update(letters, m_now.time);
    m_sampling = false;
    if (factory && m_factory == factory)
        Q_EMIT sampled();
    else
        watch();
}

// Whether the next sample would be the same as this one unless the factory reports a change.
bool FactoryMonitor::isAtRest() const
{
    return m_allIdle && m_now.counters.running == 0 && m_throughput == 0
           && m_recent.totalTime.count == 0;
}

void FactoryMonitor::updateThroughput()
{
    const Completed now{m_now.time, m_now.counters.completed};
    if (!m_completed.empty() && m_completed.back().count > now.count)
        m_completed.clear(); // the factory has begun anew
    while (m_completed.size() > 1 && m_completed[1].time <= now.time - ThroughputSpan)
        m_completed.pop_front();
    m_throughput = 0;
    if (!m_completed.empty() && now.time > m_completed.front().time) {
        m_throughput = double(now.count - m_completed.front().count) * double(nanoseconds(1s))
                       / double(now.time - m_completed.front().time);
    }
    m_completed.push_back(now);
}

void FactoryMonitor::updateLatencies()
{
    const qint64 now = m_now.time;
    if (m_latenciesAt != 0 && now - m_latenciesAt < LatencyInterval)
        return;
    m_latenciesAt = now;
    m_latencies = m_factory->latencies();
    m_overall = LatencySummaries::of(m_latencies);
    if (m_earlier.empty())
        m_earlier.push_back({now, m_latencies});
    while (m_earlier.size() > 1 && m_earlier[1].time <= now - nanoseconds(RecentSpan))
        m_earlier.pop_front();
    const Latencies &earlier = m_earlier.front().latencies;
    m_recent = LatencySummaries::of({m_latencies.queueTime.since(earlier.queueTime),
                                     m_latencies.runTime.since(earlier.runTime),
                                     m_latencies.totalTime.since(earlier.totalTime)});
    if (now - m_earlier.back().time >= KeepLatenciesEvery)
        m_earlier.push_back({now, m_latencies});
}

void FactoryMonitor::appendHistory(double throughput, double queueDepth, qsizetype times)
{
    const qsizetype most = std::max<qsizetype>(1, qsizetype(m_historySpan) * 1000 / m_interval);
    const auto append = [&](QList<double> &history, double value) {
        const qsizetype added = std::min(times, most);
        if (const qsizetype surplus = history.size() + added - most; surplus > 0)
            history.remove(0, surplus);
        history.insert(history.size(), added, value);
    };
    append(m_throughputHistory, throughput);
    append(m_queueDepthHistory, queueDepth);
}

} // namespace Millwright
