// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "restartpolicy.h"

#include <algorithm>
#include <deque>

namespace Millwright {

//! The failures of one worker, as far as they still count. Times are in nanoseconds.
class RestartHistory
{
public:
    //! The worker has failed. True if it may be replaced at once, false if it is crash-looping.
    [[nodiscard]] bool noteFailure(const RestartPolicy &policy, qint64 now)
    {
        if (now - m_upSince >= policy.interval.count())
            m_waits = 0;
        if (policy.maximumRestarts < 0)
            return true;
        m_failures.push_back(now);
        while (m_failures.size() > std::size_t(policy.maximumRestarts) + 1)
            m_failures.pop_front();
        const bool isTooOften = m_failures.size() > std::size_t(policy.maximumRestarts)
                                && now - m_failures.front() <= policy.interval.count();
        return m_waits == 0 && !isTooOften;
    }
    //! It waits before it is started again; returns how often it has done so in a row.
    int noteWait() { return m_waits = std::min(m_waits + 1, MostWaits); }
    //! It is up.
    void noteStart(qint64 now) { m_upSince = now; }

    qint64 startAt = 0; // while it waits
    bool isOwed = false; // a worker has failed and was not replaced yet

private:
    static constexpr int MostWaits = 1000; // longer they do not get

    std::deque<qint64> m_failures; // no more than decide
    int m_waits = 0; // in a row, without having been up for long
    qint64 m_upSince = 0;
};

} // namespace Millwright
