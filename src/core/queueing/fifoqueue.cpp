// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/fifoqueue.h"

namespace Millwright {

void FifoQueue::Lane::append(AbstractJob &job)
{
    job.m_position = m_base + qint64(m_jobs.size());
    m_jobs.push_back(&job);
}

void FifoQueue::Lane::prepend(AbstractJob &job)
{
    m_jobs.push_front(&job);
    --m_base;
    // Older jobs that came back before this one stay before it.
    std::size_t index = 0;
    for (std::size_t next = 1; next < m_jobs.size(); ++next) {
        if (!m_jobs[next])
            continue;
        if (m_jobs[next]->order() > job.order())
            break;
        for (; index < next; ++index) {
            m_jobs[index] = m_jobs[index + 1];
            if (m_jobs[index])
                m_jobs[index]->m_position = m_base + qint64(index);
        }
        m_jobs[index] = &job;
    }
    job.m_position = m_base + qint64(index);
}

void FifoQueue::Lane::remove(AbstractJob &job)
{
    AbstractJob *&place = m_jobs[std::size_t(job.m_position - m_base)];
    Q_ASSERT(place == &job);
    place = nullptr;
    ++m_holes;
    dropHoles();
}

AbstractJob *FifoQueue::Lane::takeFirst()
{
    if (m_jobs.empty())
        return nullptr;
    AbstractJob *job = m_jobs.front();
    m_jobs.pop_front();
    ++m_base;
    if (m_holes > 0)
        dropHoles();
    return job;
}

void FifoQueue::Lane::dropHoles()
{
    while (!m_jobs.empty() && !m_jobs.front()) {
        m_jobs.pop_front();
        ++m_base;
        --m_holes;
    }
    // Where holes outnumber jobs the lane is closed up: a constant cost for each removed job.
    constexpr std::size_t Few = 64;
    if (m_holes > Few && m_holes > m_jobs.size() / 2) {
        std::deque<AbstractJob *> jobs;
        m_holes = 0;
        m_jobs.swap(jobs);
        for (AbstractJob *job : jobs) {
            if (job)
                append(*job);
        }
    }
}

FifoQueue::Lane &FifoQueue::laneOf(const AbstractJob &job)
{
    return job.isDiscardable() ? m_discardable : m_firm;
}

void FifoQueue::push(AbstractJob &job)
{
    laneOf(job).append(job);
}

void FifoQueue::pushFront(AbstractJob &job)
{
    laneOf(job).prepend(job);
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
    AbstractJob *firm = m_firm.first();
    if (firm && peek() == firm)
        return m_firm.takeFirst();
    return m_discardable.takeFirst();
}

void FifoQueue::remove(AbstractJob &job)
{
    laneOf(job).remove(job);
}

AbstractJob *FifoQueue::shed()
{
    return m_discardable.takeFirst();
}

} // namespace Millwright
