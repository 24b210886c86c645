// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/allmonitors.h"
#include "monitor/factorymonitor.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>

namespace Millwright {

using namespace std::chrono_literals;

namespace {

constexpr qint64 inNanoseconds(std::chrono::nanoseconds duration)
{
    return duration.count();
}

constexpr qint64 RateSpan = inNanoseconds(1s);
constexpr qint64 HealthSpan = inNanoseconds(60s);
constexpr qint64 LatencyInterval = inNanoseconds(500ms);
constexpr qint64 KeepLatenciesEvery = inNanoseconds(1s);

qint64 intervalOf(const FactoryMonitor &monitor)
{
    return inNanoseconds(std::chrono::milliseconds(monitor.interval()));
}

} // namespace

FactoryMonitor::LatencySummaries FactoryMonitor::LatencySummaries::of(const Latencies &latencies)
{
    return {LatencySummary::of(latencies.queueTime), LatencySummary::of(latencies.runTime),
            LatencySummary::of(latencies.totalTime)};
}

FactoryMonitor::LatencySummaries FactoryMonitor::LatencySummaries::since(const Latencies &before,
                                                                         const Latencies &now)
{
    return of({now.queueTime.since(before.queueTime), now.runTime.since(before.runTime),
               now.totalTime.since(before.totalTime)});
}

// --- Sampling ---------------------------------------------------------------------------------

void FactoryMonitor::clear()
{
    // First what other monitors may take over, which the slots that are called last may have begun to look.
    forgetHistory();
    m_knownUntil = 0;
    m_lastSecond.clear();
    m_lastMinute.clear();
    m_earlier.clear();
    m_now = {};
    m_allIdle = true;
    m_stuckWorkers = 0;
    m_health = {};
    m_throughput = m_failures = m_discards = m_meanThroughput = 0;
    m_overall = m_recent = m_last = {};
    m_lastEvent = 0;
    m_latencies = {};
    m_timeline.clear();
    m_workers->update({});
    m_jobs->update({});
    m_events->clear();
    m_deadLetters->update({}, 0);
}

void FactoryMonitor::forgetHistory()
{
    m_history.clear();
}

void FactoryMonitor::look()
{
    const bool hasLooked = m_now.time != 0;
    if (m_active && m_factory && !(m_frozen && hasLooked))
        resume();
    if (!m_active || m_frozen)
        stopLooking();
    if (!m_active)
        setTraced(nullptr);
}

// Nothing is known of the time since the last sample, if there ever was one, but what others know.
void FactoryMonitor::resume()
{
    m_restTimer.stop();
    m_lastSecond.clear();
    m_earlier.clear();
    m_last = {};
    m_latenciesAt = 0;
    if (!m_timer.isActive()) {
        if (FactoryMonitor *other = betterInformed())
            learnFrom(*other);
        m_history.appendGap((m_factory->snapshot(false).time - m_knownUntil) / intervalOf(*this)
                                - 1,
                            historyCapacity());
    }
    trace();
    m_timer.start(m_interval, this);
    sample();
}

// Another one that has looked at the factory since this one did, and before that.
FactoryMonitor *FactoryMonitor::betterInformed() const
{
    FactoryMonitor *best = nullptr;
    for (FactoryMonitor *other : AllMonitors::ofThisThread()) {
        if (other->m_factory != m_factory || other->m_interval != m_interval)
            continue;
        const qint64 since = other->m_knownUntil - other->m_history.size() * intervalOf(*other);
        const bool hasSeenAll = m_history.size() == 0 || since <= m_knownUntil;
        if (hasSeenAll && other->m_knownUntil > (best ? best : this)->m_knownUntil)
            best = other;
    }
    return best;
}

void FactoryMonitor::learnFrom(FactoryMonitor &other)
{
    if (other.isResting()) // nothing has happened until just now
        other.appendRest(m_factory->snapshot(false).time);
    const qsizetype missing = m_history.size() == 0
                                  ? other.m_history.size()
                                  : (other.m_knownUntil - m_knownUntil) / intervalOf(*this);
    m_history.append(other.m_history, missing, historyCapacity());
    m_knownUntil = other.m_knownUntil;
    m_lastSecond = other.m_lastSecond;
    m_lastMinute = other.m_lastMinute;
    m_earlier = other.m_earlier;
    m_latencies = other.m_latencies;
    m_latenciesAt = other.m_latenciesAt;
    m_overall = other.m_overall;
    m_recent = other.m_recent;
    m_last = other.m_last;
}

// The record goes on while the picture stands still: it can be exported.
void FactoryMonitor::trace()
{
    setTraced(m_timelineSpan > 0 ? m_factory.get() : nullptr);
}

// The timeline stays as it was last until there is another one.
void FactoryMonitor::setTraced(FactoryBase *factory)
{
    if (factory == m_traced)
        return;
    if (m_traced)
        m_traced->endTrace();
    m_traced = factory;
    if (m_traced) {
        m_timeline.clear();
        m_traced->beginTrace();
    }
}

// The factory has changed. If the monitor was at rest then nothing had happened since the last
// sample until just now, so the time between counts as seen.
void FactoryMonitor::wake()
{
    if (!m_active || m_frozen || m_timer.isActive())
        return;
    m_restTimer.stop();
    const qint64 before = m_factory->snapshot(false).time - intervalOf(*this);
    appendRest(before);
    const qint64 restedUntil = std::max(before, m_now.time);
    m_lastSecond = {{restedUntil, m_now.counters}};
    m_lastMinute.push_back({restedUntil, m_now.counters});
    m_earlier = {{restedUntil, m_latencies}};
    m_latenciesAt = 0;
    m_timer.start(m_interval, this);
    sample();
}

// Nothing happens. The histories go on all the same, with as many steps as there are to see.
void FactoryMonitor::rest()
{
    constexpr int Steps = 100;

    m_timer.stop();
    if (m_history.isFlat())
        m_restTimer.stop();
    else if (!m_restTimer.isActive())
        m_restTimer.start(std::max(1000, m_historySpan * (1000 / Steps)), this);
}

void FactoryMonitor::appendRest(qint64 until)
{
    const qint64 interval = intervalOf(*this);
    const qint64 times = std::max<qint64>(0, until - m_knownUntil) / interval;
    m_areRatesKnown = true;
    appendHistory(times);
    m_knownUntil += times * interval;
}

void FactoryMonitor::stopLooking()
{
    m_timer.stop();
    m_restTimer.stop();
}

void FactoryMonitor::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_timer.timerId()) {
        sample();
    } else if (event->timerId() == m_restTimer.timerId()) {
        appendRest(m_factory->snapshot(false).time);
        m_meanThroughput = m_history.mean(MonitorHistory::Throughput);
        rest();
        Q_EMIT sampled();
    } else {
        QObject::timerEvent(event);
    }
}

void FactoryMonitor::sample()
{
    if (m_sampling) // called back by a slot
        return;
    const FactorySnapshot before = std::exchange(m_now, m_factory->snapshot(true));
    m_allIdle = std::all_of(m_now.workers.cbegin(), m_now.workers.cend(), [](const auto &worker) {
        return worker.state == WorkerState::Idle || worker.state == WorkerState::Absent;
    });
    updateHealth();
    const QList<WorkerSnapshot> workers = std::exchange(m_now.workers, {});
    updateRates();
    updateLatencies();
    appendHistory();
    m_knownUntil = m_now.time;
    m_meanThroughput = m_history.mean(MonitorHistory::Throughput);
    if (m_traced) {
        const auto span = inNanoseconds(std::chrono::seconds(m_timelineSpan));
        m_timeline.update(*m_factory, workers, m_now.time, m_now.time - span);
    }
    if (before.counters == m_now.counters && before.state == m_now.state && isAtRest())
        rest();

    // Slots are called, which may exchange the factory or destroy it.
    const QPointer<FactoryBase> factory = m_factory;
    const QList<FactoryEvent> events = factory->eventsSince(m_lastEvent);
    if (!events.isEmpty())
        m_lastEvent = events.last().number;
    QList<DeadLetter> letters;
    if (before.deadLetterChanges != m_now.deadLetterChanges)
        letters = factory->deadLetters();
    const QList<JobSnapshot> jobs = m_jobLimit < 0 ? QList<JobSnapshot>()
                                                   : factory->jobs(m_jobLimit);
    m_sampling = true;
    m_workers->update(workers);
    m_jobs->update(jobs);
    m_events->add(events, m_now.time);
    if (before.deadLetterChanges != m_now.deadLetterChanges)
        m_deadLetters->update(letters, m_now.time);
    m_sampling = false;
    if (factory && m_factory == factory)
        Q_EMIT sampled();
    else
        watch();
}

void FactoryMonitor::listJobs()
{
    const QPointer<FactoryBase> factory = m_factory;
    const QList<JobSnapshot> jobs = factory->jobs(m_jobLimit);
    m_sampling = true;
    m_jobs->update(jobs);
    m_sampling = false;
    if (!factory || m_factory != factory)
        watch();
}

// Whether the next sample would be the same as this one unless the factory reports a change.
bool FactoryMonitor::isAtRest() const
{
    return m_allIdle && m_now.counters.running == 0 && m_now.counters.waiting == 0
           && m_throughput == 0 && m_failures == 0 && m_discards == 0
           && m_recent.totalTime.count == 0 && m_timeline.spans().isEmpty() && m_isHealthSteady;
}

void FactoryMonitor::updateRates()
{
    const TimedCounters now{m_now.time, m_now.counters};
    while (m_lastSecond.size() > 1 && m_lastSecond[1].time <= now.time - RateSpan)
        m_lastSecond.pop_front();
    m_throughput = m_failures = m_discards = 0;
    m_areRatesKnown = !m_lastSecond.empty();
    if (!m_lastSecond.empty() && now.time > m_lastSecond.front().time) {
        const auto &[time, before] = m_lastSecond.front();
        const auto rate = [&, since = time](qint64 current, qint64 earlier) {
            return double(current - earlier) * double(inNanoseconds(1s)) / double(now.time - since);
        };
        m_throughput = rate(now.counters.completed, before.completed);
        m_failures = rate(now.counters.failed + now.counters.lost, before.failed + before.lost);
        m_discards = rate(now.counters.discarded(), before.discarded());
    }
    m_lastSecond.push_back(now);
}

void FactoryMonitor::updateHealth()
{
    const qint64 now = m_now.time;
    const qint64 slack = inNanoseconds(2s); // entries are a second apart
    while (m_lastMinute.size() > 1 && m_lastMinute[1].time <= now - HealthSpan)
        m_lastMinute.pop_front();
    if (!m_lastMinute.empty() && m_lastMinute.front().time < now - HealthSpan - slack)
        m_lastMinute.pop_front(); // nobody has looked since
    if (m_lastMinute.empty() || m_lastMinute.back().time <= now - inNanoseconds(1s))
        m_lastMinute.push_back({now, m_now.counters});
    m_health = Health::of(m_now, m_lastMinute.front().counters);
    m_isHealthSteady = m_health == Health::of(m_now, m_now.counters);
    m_stuckWorkers = int(
        std::count_if(m_now.workers.cbegin(), m_now.workers.cend(),
                      [](const auto &worker) { return worker.state == WorkerState::Stuck; }));
}

void FactoryMonitor::updateLatencies()
{
    const qint64 now = m_now.time;
    if (m_latenciesAt != 0 && now - m_latenciesAt < LatencyInterval)
        return;
    m_latenciesAt = now;
    const Latencies before = std::exchange(m_latencies, m_factory->latencies());
    m_overall = LatencySummaries::of(m_latencies);
    if (m_earlier.empty()) // the first look for some time
        m_earlier.push_back({now, m_latencies});
    else
        m_last = LatencySummaries::since(before, m_latencies);
    while (m_earlier.size() > 1 && m_earlier[1].time <= now - inNanoseconds(RecentSpan))
        m_earlier.pop_front();
    m_recent = LatencySummaries::since(m_earlier.front().latencies, m_latencies);
    if (now - m_earlier.back().time >= KeepLatenciesEvery)
        m_earlier.push_back({now, m_latencies});
}

void FactoryMonitor::appendHistory(qsizetype times)
{
    MonitorHistory::Sample sample = MonitorHistory::unknown();
    if (m_areRatesKnown) {
        sample[Throughput] = m_throughput;
        sample[Failures] = m_failures;
        sample[Discards] = m_discards;
    }
    sample[QueueDepth] = double(m_now.counters.waiting);
    sample[ActiveWorkers] = m_now.activeWorkers;
    MonitorHistory::setLatencies(sample, m_last.queueTime, m_last.runTime);
    m_history.append(sample, times, historyCapacity());
}

} // namespace Millwright
