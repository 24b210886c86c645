// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/priorityqueue.h"

#include <algorithm>

namespace Millwright {

PriorityQueue::PriorityQueue(const PriorityQueueSettings &settings)
    : m_aging(std::max<qint64>(0, settings.aging.count()))
{
}

FifoQueue &PriorityQueue::levelOf(const AbstractJob &job)
{
    return m_levels[std::min(std::size_t(job.priority()), m_levels.size() - 1)];
}

void PriorityQueue::push(AbstractJob &job)
{
    levelOf(job).push(job);
}

void PriorityQueue::pushFront(AbstractJob &job)
{
    levelOf(job).pushFront(job);
}

// Nothing moves from level to level as time passes: the first job of a level is the one that has
// waited longest there, so only the first ones are compared.
std::size_t PriorityQueue::nextLevel() const
{
    std::size_t best = None;
    std::size_t bestRank = None;
    quint64 bestOrder = 0;
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
        const AbstractJob *job = m_levels[level].peek();
        if (!job)
            continue;
        if (m_aging == 0)
            return level;
        const std::size_t rank = level - std::min(level, ageOf(*job));
        if (rank < bestRank || (rank == bestRank && job->order() < bestOrder)) {
            best = level;
            bestRank = rank;
            bestOrder = job->order();
        }
    }
    return best;
}

// How many levels a job has moved up.
std::size_t PriorityQueue::ageOf(const AbstractJob &job) const
{
    const qint64 waited = now() - job.submittedAt();
    return waited > 0 ? std::size_t(waited / m_aging) : 0;
}

AbstractJob *PriorityQueue::peek() const
{
    const std::size_t level = nextLevel();
    return level == None ? nullptr : m_levels[level].peek();
}

AbstractJob *PriorityQueue::pop()
{
    const std::size_t level = nextLevel();
    return level == None ? nullptr : m_levels[level].pop();
}

std::size_t PriorityQueue::popMany(std::span<AbstractJob *> room)
{
    if (m_aging > 0)
        return Queue::popMany(room);
    std::size_t count = 0;
    for (FifoQueue &level : m_levels)
        count += level.popMany(room.subspan(count));
    return count;
}

void PriorityQueue::remove(AbstractJob &job)
{
    levelOf(job).remove(job);
}

AbstractJob *PriorityQueue::victim()
{
    for (auto level = m_levels.rbegin(); level != m_levels.rend(); ++level) {
        if (AbstractJob *job = level->victim())
            return job;
    }
    return nullptr;
}

bool PriorityQueue::forEach(const std::function<bool(AbstractJob &)> &visit) const
{
    return std::all_of(m_levels.begin(), m_levels.end(),
                       [&](const FifoQueue &level) { return level.forEach(visit); });
}

AbstractJob *PriorityQueue::oldest() const
{
    AbstractJob *oldest = nullptr;
    for (const FifoQueue &level : m_levels) {
        AbstractJob *job = level.peek();
        if (job && (!oldest || job->submittedAt() < oldest->submittedAt()))
            oldest = job;
    }
    return oldest;
}

} // namespace Millwright
