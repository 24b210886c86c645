// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/queue.h"

#include "queueing/fifoqueue.h"
#include "queueing/priorityqueue.h"

namespace Millwright {

Queue::Queue() = default;

Queue::~Queue() = default;

std::size_t Queue::popMany(std::span<AbstractJob *> room)
{
    std::size_t count = 0;
    while (count < room.size() && (room[count] = pop()))
        ++count;
    return count;
}

bool Queue::forEach(const std::function<bool(AbstractJob &)> &visit) const
{
    AbstractJob *next = peek();
    return !next || visit(*next);
}

AbstractJob *Queue::oldest() const
{
    return peek();
}

QueueBuilder fifoQueue()
{
    return customQueue<FifoQueue>();
}

QueueBuilder priorityQueue(const PriorityQueueSettings &settings)
{
    return customQueue<PriorityQueue>(settings);
}

} // namespace Millwright
