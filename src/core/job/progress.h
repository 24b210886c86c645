// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../engine/clock.h"

#include <QtCore/qmutex.h>
#include <QtCore/qstring.h>

#include <atomic>
#include <memory>

namespace Millwright {

//! How far a running job has come, as it says itself.
struct JobProgress
{
    int minimum = 0;
    int maximum = 0; //!< not above `minimum`: the job has given no range
    int value = 0;
    QString text = {};

    //! 0 to 1; -1 when the job has given no range.
    [[nodiscard]] double fraction() const
    {
        if (maximum <= minimum)
            return -1;
        return qBound(0.0, (double(value) - minimum) / (double(maximum) - minimum), 1.0);
    }

    bool operator==(const JobProgress &) const = default;
};

//! Where the jobs of one worker report while they run. Each is known by its `AbstractJob::order()`,
//! so that what one has reported is not taken for news of the next. Thread-safe.
class MILLWRIGHT_CORE_EXPORT RunReport
{
public:
    explicit RunReport(std::shared_ptr<Clock> clock) : m_clock(std::move(clock)) {}

    void beat() { m_heartbeat.store(m_clock->now(), std::memory_order_relaxed); }
    //! Monotonic, nanoseconds; of this job or of an earlier one.
    [[nodiscard]] qint64 lastHeartbeat() const
    {
        return m_heartbeat.load(std::memory_order_relaxed);
    }

    //! Nobody wants the result of this job any more. For good.
    void callOff(quint64 job) { m_calledOff.store(job, std::memory_order_release); }
    [[nodiscard]] bool isCalledOff(quint64 job) const
    {
        return m_calledOff.load(std::memory_order_acquire) == job;
    }

    void setRange(quint64 job, int minimum, int maximum);
    void setValue(quint64 job, int value, const QString &text);
    [[nodiscard]] JobProgress progressOf(quint64 job) const;

    //! The worker was given up: what its job still says concerns nobody.
    void abandon() { m_abandoned.store(true, std::memory_order_release); }
    [[nodiscard]] bool isAbandoned() const { return m_abandoned.load(std::memory_order_acquire); }

private:
    [[nodiscard]] JobProgress &of(quint64 job);

    const std::shared_ptr<Clock> m_clock;
    std::atomic<qint64> m_heartbeat = 0;
    std::atomic<bool> m_abandoned = false;
    std::atomic<quint64> m_calledOff = 0; // no job has the number 0
    mutable QMutex m_mutex;
    quint64 m_job = 0;
    JobProgress m_progress;
};

} // namespace Millwright
