// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/priorityqueue.h"

#include <algorithm>

namespace Millwright {

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

AbstractJob *PriorityQueue::peek() const
{
    for (const FifoQueue &level : m_levels) {
        if (AbstractJob *job = level.peek())
            return job;
    }
    return nullptr;
}

AbstractJob *PriorityQueue::pop()
{
    for (FifoQueue &level : m_levels) {
        if (AbstractJob *job = level.pop())
            return job;
    }
    return nullptr;
}

void PriorityQueue::remove(AbstractJob &job)
{
    levelOf(job).remove(job);
}

AbstractJob *PriorityQueue::shed()
{
    for (auto level = m_levels.rbegin(); level != m_levels.rend(); ++level) {
        if (AbstractJob *job = level->shed())
            return job;
    }
    return nullptr;
}

} // namespace Millwright
