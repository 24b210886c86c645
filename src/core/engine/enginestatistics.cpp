// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/section.h"
#include "statistics/statisticslayer.h"

#include <algorithm>

namespace Millwright {

// --- The statistics layer ---------------------------------------------------------------------

void Engine::setStatisticsLayer(std::shared_ptr<StatisticsLayer> layer)
{
    if (isCalledByPolicy("setStatisticsLayer"))
        return;
    const qint64 interval = samplingIntervalOf(layer.get());
    Section section(*this);
    m_layer.swap(layer); // the old one is destroyed after the lock was released
    m_layerNumber.store(m_layer ? ++m_layers : 0, std::memory_order_release);
    m_sampleInterval = interval;
    m_sampleAt = Never;
    m_isPingWanted = interval > 0;
}

std::shared_ptr<StatisticsLayer> Engine::theLayer() const
{
    return read([this] { return m_layer; });
}

// In nanoseconds; 0: never. Calls the user's code.
qint64 Engine::samplingIntervalOf(const StatisticsLayer *layer)
{
    constexpr std::chrono::milliseconds Longest = std::chrono::hours(24 * 365);
    if (!layer)
        return 0;
    const std::chrono::milliseconds interval = layer->samplingInterval();
    return std::chrono::nanoseconds(std::clamp({}, interval, Longest)).count();
}

// On the worker's thread, without the lock. Most jobs find the layer that the last one has used.
StatisticsLayer *Engine::theLayerOf(Incarnation &incarnation)
{
    const quint64 number = m_layerNumber.load(std::memory_order_acquire);
    if (incarnation.layerNumber != number) {
        incarnation.layer = statisticsLayer();
        incarnation.layerNumber = number;
    }
    return incarnation.layer.get();
}

JobRun Engine::runOf(const Incarnation &incarnation, const AbstractJob &job)
{
    return {incarnation.id, job.m_attempt, job.m_submitted,
            job.m_routed,   job.m_started, incarnation.now};
}

// --- Throughput -------------------------------------------------------------------------------

double Engine::throughput() const
{
    std::vector<std::shared_ptr<const WorkerStatistics>> all;
    read([&] {
        all.reserve(m_slots.size());
        for (const auto &slot : m_slots)
            all.push_back(slot->statistics);
    });
    const qint64 now = m_clock->now();
    const qint64 first = now / RecentCount::Second - (RecentCount::Seconds - 1);
    qint64 completed = 0;
    for (const auto &statistics : all)
        completed += statistics->recent.since(first);
    return double(completed) * RecentCount::Second / double(now - first * RecentCount::Second);
}

// --- Sampling ---------------------------------------------------------------------------------

// Lock held, at the end of every section but those of an alarm: something has happened.
void Engine::awaitSample(Section &section)
{
    if (m_sampleInterval == 0 || m_sampleAt != Never || m_state == FactoryState::Idle || isOver())
        return;
    m_sampleAt = m_clock->now() + m_sampleInterval;
    alarmBy(m_sampleAt, section);
}

void Engine::sample(qint64 now, Section &section)
{
    m_sampleAt = Never;
    m_isPingWanted = true;
    section.sample();
    if (m_engagedCount + waitingInQueues() > 0)
        m_sampleAt = now + m_sampleInterval;
}

void Engine::ring(Station &station, Section &section)
{
    section.ring(station);
    if (m_isPingWanted) {
        m_isPingWanted = false;
        m_pinged = &station;
        m_pingedAt = m_clock->now();
    }
}

} // namespace Millwright
