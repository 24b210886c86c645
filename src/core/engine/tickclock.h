// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#include <algorithm>
#include <atomic>

namespace Millwright {

//! The processor's counter and the system's clock, in nanoseconds, at the same moment.
struct TickReading
{
    quint64 ticks = 0;
    qint64 time = 0;
};

//! How long a tick of the processor's counter takes, as found out from the readings of all threads.
//! Thread-safe.
class TickRate
{
public:
    static constexpr int ScaleBits = 20;

    //! Nanoseconds in a tick, times 2 to the power of ScaleBits; 0 as long as it is not known.
    [[nodiscard]] quint64 scale() const { return m_scale.load(std::memory_order_relaxed); }

    void learn(TickReading now)
    {
        if (now.time - m_readAt.load(std::memory_order_relaxed) < MinimumSpan
            || m_isLearning.test_and_set(std::memory_order_acquire)) {
            return;
        }
        const qint64 span = now.time - m_last.time;
        const quint64 ticks = now.ticks - m_last.ticks;
        m_last = now;
        m_readAt.store(now.time, std::memory_order_relaxed);
        // In a longer span the system may have slept, when one of the two can stand still; and another thread may have
        // been quicker with a later reading.
        const bool isUsable = span >= MinimumSpan && span <= MaximumSpan && ticks > 0;
        const quint64 scale = isUsable ? (quint64(span) << ScaleBits) / ticks : 0;
        const quint64 off = std::max(scale, m_candidate) - std::min(scale, m_candidate);
        if (scale > 0 && off <= scale / Tolerance)
            m_scale.store(scale, std::memory_order_relaxed);
        m_candidate = scale;
        m_isLearning.clear(std::memory_order_release);
    }

private:
    static constexpr qint64 MinimumSpan = 1'000'000;
    static constexpr qint64 MaximumSpan = 100'000'000;
    static constexpr quint64 Tolerance = 1000; // what two spans may differ by

    std::atomic<quint64> m_scale = 0;
    std::atomic<qint64> m_readAt = 0;
    std::atomic_flag m_isLearning;
    TickReading m_last;
    quint64 m_candidate = 0;
};

/*!
    Tells one thread the time, in a fraction of what the system's clock takes.

    It asks the system's clock, and for the next 10 microseconds adds what the processor has counted since. That
    is how wrong it can get if the counter changes its pace, or the thread goes to a processor that counts
    differently; otherwise it is a few nanoseconds. It never goes back.

    `Source` has `ticks()`, `time()`, and `isTrusted()`: whether all processors count alike, at an even pace.
*/
template<typename Source>
class TickClock
{
public:
    static constexpr qint64 Window = 10'000; // nanoseconds

    [[nodiscard]] qint64 now()
    {
        if (m_window > 0) {
            const quint64 since = Source::ticks() - m_anchor.ticks;
            if (since < m_window)
                return advance(m_anchor.time + qint64(since * m_scale >> TickRate::ScaleBits));
        }
        return ask();
    }

private:
    static constexpr quint64 Most = 300; // ticks that a reading may take

    struct Reading : TickReading
    {
        quint64 took = 0;
    };

    // The counter is taken to have stood in the middle.
    [[nodiscard]] static Reading read()
    {
        const quint64 before = Source::ticks();
        const qint64 time = Source::time();
        const quint64 took = Source::ticks() - before;
        return {{before + took / 2, time}, took};
    }

    // Whether the counter is worth asking. It is not, either, where the system itself does not read it: its clock
    // takes much longer then.
    [[nodiscard]] static bool isWorthIt()
    {
        constexpr int Tries = 10;
        bool isQuick = false;
        for (int i = 0; i < Tries && Source::isTrusted() && !isQuick; ++i)
            isQuick = read().took < Most;
        return isQuick;
    }

    Q_NEVER_INLINE qint64 ask()
    {
        static const bool worthIt = isWorthIt();
        if (!worthIt)
            return advance(Source::time());
        const Reading reading = read();
        if (reading.took <= m_longest) {
            s_rate.learn(reading);
            m_anchor = reading;
            m_scale = s_rate.scale();
            m_window = m_scale > 0 ? (quint64(Window) << TickRate::ScaleBits) / m_scale : 0;
            m_longest = std::min(Most, (3 * m_longest + reading.took * 3 / 2) / 4);
        } else { // interrupted; or the processor has become slower, and soon that is what is usual
            m_longest = std::min(Most, m_longest + m_longest / 4 + 1);
        }
        return advance(reading.time);
    }

    qint64 advance(qint64 time) { return m_latest = std::max(m_latest, time); }

    static constinit inline TickRate s_rate;

    TickReading m_anchor;
    quint64 m_scale = 0;
    quint64 m_window = 0; // in ticks; 0: ask the system
    quint64 m_longest = Most; // in ticks; half as much again as is usual
    qint64 m_latest = 0;
};

} // namespace Millwright
