// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "snapshot.h"

#include <array>
#include <atomic>

namespace Millwright {

//! How many jobs were completed in each of the last few seconds. One thread writes, any read.
class RecentCount
{
public:
    static constexpr qint64 Second = 1'000'000'000;
    //! How far back `since()` reaches, with the present second.
    static constexpr int Seconds = 4;

    //! `time` in nanoseconds.
    void record(qint64 time)
    {
        if (time >= m_end || time < m_end - Second)
            enter(time / Second);
        m_latest->store(m_latest->load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }

    //! In the seconds from this one on.
    [[nodiscard]] qint64 since(qint64 second) const
    {
        quint64 sum = 0;
        for (const auto &entry : m_entries) {
            const quint64 value = entry.load(std::memory_order_relaxed);
            if (qint64(value >> CountBits) >= second)
                sum += value & ((quint64(1) << CountBits) - 1);
        }
        return qint64(sum);
    }

private:
    static constexpr int Entries = 8;
    static constexpr int CountBits = 28;

    Q_NEVER_INLINE void enter(qint64 second)
    {
        m_end = (second + 1) * Second;
        m_latest = &m_entries[std::size_t(second) % Entries];
        if (m_latest->load(std::memory_order_relaxed) >> CountBits != quint64(second))
            m_latest->store(quint64(second) << CountBits, std::memory_order_relaxed);
    }

    std::array<std::atomic<quint64>, Entries> m_entries{}; // the second, and how many in it
    // The writer's: the entry of the last job, and when its second is over.
    std::atomic<quint64> *m_latest = nullptr;
    qint64 m_end = 0;
};

//! How long the completed jobs of one worker took. Written by the thread of the worker, read by any.
struct alignas(64) WorkerStatistics
{
    Histogram queueTime; // submitted to started
    Histogram runTime; // started to finished
    Histogram totalTime; // submitted to finished
    RecentCount recent;

    void record(qint64 submitted, qint64 started, qint64 finished)
    {
        queueTime.record(started - submitted);
        runTime.record(finished - started);
        totalTime.record(finished - submitted);
        recent.record(finished);
    }

    void addTo(Latencies &latencies) const
    {
        queueTime.addTo(latencies.queueTime);
        runTime.addTo(latencies.runTime);
        totalTime.addTo(latencies.totalTime);
    }
};

} // namespace Millwright
