// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"

#include <algorithm>
#include <array>
#include <set>

namespace Millwright {

//! The waiting jobs that may be shed, over all the queues that share one limit: by priority, the
//! oldest first. O(1) for jobs that come in their order; O(log n) for those that come back to wait
//! again, n of them.
class ShedList
{
public:
    //! Nothing happens when the job is listed already, or must not be shed, or where it throws.
    void add(AbstractJob &job)
    {
        if (job.m_isListed || !job.isDiscardable())
            return;
        Level &level = levelOf(job);
        const bool isReturned = level.newest && level.newest->m_order > job.m_order;
        if (isReturned)
            m_returned.insert(&job);
        job.m_isListed = true;
        job.m_newer = nullptr;
        job.m_older = nullptr;
        if (isReturned)
            return;
        job.m_older = level.newest;
        (level.newest ? level.newest->m_newer : level.oldest) = &job;
        level.newest = &job;
    }

    //! Nothing happens when the job is not listed.
    void remove(AbstractJob &job)
    {
        if (!job.m_isListed)
            return;
        if (m_returned.empty() || m_returned.erase(&job) == 0) {
            Level &level = levelOf(job);
            (job.m_older ? job.m_older->m_newer : level.oldest) = job.m_newer;
            (job.m_newer ? job.m_newer->m_older : level.newest) = job.m_older;
        }
        job.m_isListed = false;
        job.m_routed = 0;
        job.m_started = 0;
    }

    //! The oldest job of the lowest priority; nullptr when there is none.
    [[nodiscard]] AbstractJob *first() const
    {
        AbstractJob *returned = m_returned.empty() ? nullptr : *m_returned.begin();
        for (auto level = m_levels.rbegin(); level != m_levels.rend(); ++level) {
            if (level->oldest)
                return firstOf(level->oldest, returned);
        }
        return returned;
    }

    //! The one that is shed before the other; either may be nullptr.
    [[nodiscard]] static AbstractJob *firstOf(AbstractJob *a, AbstractJob *b)
    {
        return !a || (b && GoesBefore{}(b, a)) ? b : a;
    }

private:
    struct Level
    {
        AbstractJob *oldest = nullptr;
        AbstractJob *newest = nullptr;
    };
    struct GoesBefore
    {
        bool operator()(const AbstractJob *a, const AbstractJob *b) const
        {
            return a->m_priority != b->m_priority ? a->m_priority > b->m_priority
                                                  : a->m_order < b->m_order;
        }
    };

    [[nodiscard]] Level &levelOf(const AbstractJob &job)
    {
        return m_levels[std::min(std::size_t(job.priority()), m_levels.size() - 1)];
    }

    std::array<Level, PriorityLevels> m_levels; // Highest first; each from the oldest to the newest
    std::set<AbstractJob *, GoesBefore> m_returned; // older than the newest of their level
};

} // namespace Millwright
