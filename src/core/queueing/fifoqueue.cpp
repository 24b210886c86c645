// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/fifoqueue.h"

namespace Millwright {

JobList &FifoQueue::listOf(const AbstractJob &job)
{
    return job.isDiscardable() ? m_discardable : m_firm;
}

void FifoQueue::push(AbstractJob &job)
{
    listOf(job).append(job);
}

void FifoQueue::pushFront(AbstractJob &job)
{
    listOf(job).prepend(job);
}

AbstractJob *FifoQueue::peek() const
{
    AbstractJob *discardable = m_discardable.first();
    AbstractJob *firm = m_firm.first();
    if (!discardable || !firm)
        return discardable ? discardable : firm;
    return discardable->order() < firm->order() ? discardable : firm;
}

AbstractJob *FifoQueue::pop()
{
    AbstractJob *job = peek();
    if (job)
        remove(*job);
    return job;
}

void FifoQueue::remove(AbstractJob &job)
{
    listOf(job).remove(job);
}

AbstractJob *FifoQueue::shed()
{
    return m_discardable.takeFirst();
}

} // namespace Millwright
