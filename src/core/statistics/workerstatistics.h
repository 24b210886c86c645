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
        const auto second = quint64(time / Second);
        std::atomic<quint64> &entry = m_entries[second % Entries];
        const quint64 before = entry.load(std::memory_order_relaxed);
        entry.store((before >> CountBits == second ? before : second << CountBits) + 1,
                    std::memory_order_relaxed);
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

    std::array<std::atomic<quint64>, Entries> m_entries{}; // the second, and how many in it
};

//! How long the completed jobs of one worker took. Written by the thread of the worker, read by any. Nothing
//! that others write is on its cache lines. When a worker is given up just as its job comes back, its
//! thread may write for the last time beside the next one: that may cost a count or a block of buckets.
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
