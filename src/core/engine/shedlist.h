// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"

#include <algorithm>
#include <array>

namespace Millwright {

//! The waiting jobs that may be shed, over all the queues that share one limit: by priority, the
//! oldest first. O(1), allocates nothing, owns nothing.
class ShedList
{
public:
    //! Nothing happens when the job is listed already, or must not be shed.
    void append(AbstractJob &job) { add(job, false); }
    //! A job that is older than all others.
    void prepend(AbstractJob &job) { add(job, true); }

    //! Nothing happens when the job is not listed.
    void remove(AbstractJob &job)
    {
        if (!job.m_isListed)
            return;
        Level &level = levelOf(job);
        (job.m_older ? job.m_older->m_newer : level.oldest) = job.m_newer;
        (job.m_newer ? job.m_newer->m_older : level.newest) = job.m_older;
        job.m_isListed = false;
        job.m_routed = 0;
        job.m_started = 0;
    }

    //! The oldest job of the lowest priority; nullptr when there is none.
    [[nodiscard]] AbstractJob *first() const
    {
        for (auto level = m_levels.rbegin(); level != m_levels.rend(); ++level) {
            if (level->oldest)
                return level->oldest;
        }
        return nullptr;
    }

private:
    struct Level
    {
        AbstractJob *oldest = nullptr;
        AbstractJob *newest = nullptr;
    };

    void add(AbstractJob &job, bool asOldest)
    {
        if (job.m_isListed || !job.isDiscardable())
            return;
        Level &level = levelOf(job);
        job.m_isListed = true;
        job.m_older = asOldest ? nullptr : level.newest;
        job.m_newer = asOldest ? level.oldest : nullptr;
        (job.m_older ? job.m_older->m_newer : level.oldest) = &job;
        (job.m_newer ? job.m_newer->m_older : level.newest) = &job;
    }

    [[nodiscard]] Level &levelOf(const AbstractJob &job)
    {
        return m_levels[std::min(std::size_t(job.priority()), m_levels.size() - 1)];
    }

    std::array<Level, PriorityLevels> m_levels; // Highest first
};

} // namespace Millwright
