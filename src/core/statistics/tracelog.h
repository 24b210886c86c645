// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "snapshot.h"

#include <QtCore/qmutex.h>

#include <atomic>
#include <deque>

namespace Millwright {

//! Short jobs that a worker did in a row, so far. Written by the thread of the worker, read by any; who reads
//! while it is written may see some of the old values and some of the new ones.
struct TraceSlice
{
    std::atomic<qint64> start = 0;
    std::atomic<qint64> end = 0;
    std::atomic<int> jobs = 0;
};

//! What the workers of a factory did of late, a bounded number of spans. Any thread.
//!
//! Jobs shorter than `ShortJob` are not told apart: those that come close upon each other make one span.
class TraceLog
{
public:
    static constexpr qint64 ShortJob = 1'000'000; // nanoseconds
    static constexpr qint64 LongestSlice = 10'000'000;
    static constexpr std::size_t Capacity = 16'384;

    //! Forgets what was before this time, and what still comes of it.
    void begin(qint64 now)
    {
        const QMutexLocker locker(&m_mutex);
        m_begin = now;
        m_spans.clear();
    }
    void clear()
    {
        const QMutexLocker locker(&m_mutex);
        m_spans.clear();
    }

    void add(TraceSpan span)
    {
        const QMutexLocker locker(&m_mutex);
        if (span.end < m_begin)
            return;
        if (m_spans.size() == Capacity)
            m_spans.pop_front();
        span.number = ++m_number;
        m_spans.push_back(std::move(span));
    }

    [[nodiscard]] qint64 beginning() const
    {
        const QMutexLocker locker(&m_mutex);
        return m_begin;
    }
    [[nodiscard]] QList<TraceSpan> since(quint64 number) const
    {
        const QMutexLocker locker(&m_mutex);
        const quint64 first = m_number - m_spans.size() + 1;
        QList<TraceSpan> spans;
        for (std::size_t i = number < first ? 0 : std::size_t(number - first + 1);
             i < m_spans.size(); ++i)
            spans.append(m_spans[i]);
        return spans;
    }

private:
    mutable QMutex m_mutex;
    std::deque<TraceSpan> m_spans; // the numbers without a gap up to the last one
    quint64 m_number = 0;
    qint64 m_begin = 0;
};

} // namespace Millwright
