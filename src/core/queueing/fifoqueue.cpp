// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/fifoqueue.h"

#include <algorithm>

namespace Millwright {

void FifoQueue::push(AbstractJob &job)
{
    job.m_position = m_base + qint64(m_jobs.size());
    m_jobs.push_back(&job);
}

void FifoQueue::pushFront(AbstractJob &job)
{
    // Older jobs that came back before this one stay before it; they are few.
    constexpr std::size_t Most = 2048;

    m_jobs.push_front(&job);
    --m_base;
    std::size_t index = 0;
    for (std::size_t next = 1; next < std::min(Most, m_jobs.size()); ++next) {
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
    m_firmBefore = m_base;
}

AbstractJob *FifoQueue::peek() const
{
    return m_jobs.empty() ? nullptr : m_jobs.front();
}

AbstractJob *FifoQueue::pop()
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

void FifoQueue::remove(AbstractJob &job)
{
    AbstractJob *&place = m_jobs[indexOf(job.m_position)];
    Q_ASSERT(place == &job);
    place = nullptr;
    ++m_holes;
    dropHoles();
}

void FifoQueue::dropHoles()
{
    while (!m_jobs.empty() && !m_jobs.front()) {
        m_jobs.pop_front();
        ++m_base;
        --m_holes;
    }
    // Where holes outnumber jobs the queue is closed up: a constant cost for each removed job.
    constexpr std::size_t Few = 64;
    if (m_holes > Few && m_holes > m_jobs.size() / 2) {
        std::deque<AbstractJob *> jobs;
        m_holes = 0;
        m_jobs.swap(jobs);
        m_firmBefore = m_base;
        for (AbstractJob *job : jobs) {
            if (job)
                push(*job);
        }
    }
}

AbstractJob *FifoQueue::victim()
{
    // What was found to be firm is not looked at again, so that a search costs nothing in the end.
    m_firmBefore = std::max(m_firmBefore, m_base);
    for (std::size_t i = indexOf(m_firmBefore); i < m_jobs.size(); ++i) {
        m_firmBefore = m_base + qint64(i);
        if (AbstractJob *job = m_jobs[i]; job && job->isDiscardable())
            return job;
    }
    m_firmBefore = m_base + qint64(m_jobs.size());
    return nullptr;
}

} // namespace Millwright
