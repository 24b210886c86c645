// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/queue.h"

#include "queueing/fifoqueue.h"
#include "queueing/priorityqueue.h"

namespace Millwright {

Queue::Queue() = default;

Queue::~Queue() = default;

QueueBuilder fifoQueue()
{
    return customQueue<FifoQueue>();
}

QueueBuilder priorityQueue(const PriorityQueueSettings &settings)
{
    return customQueue<PriorityQueue>(settings);
}

} // namespace Millwright
