// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/expiryheap.h"

#include <algorithm>

namespace Millwright {

void ExpiryHeap::makeRoom()
{
    constexpr std::size_t Least = 16;
    if (m_jobs.size() == m_jobs.capacity())
        m_jobs.reserve(std::max(Least, 2 * m_jobs.size()));
}

void ExpiryHeap::insert(AbstractJob &job, qint64 due)
{
    job.m_extras->due = due;
    m_jobs.push_back(&job);
    siftUp(m_jobs.size() - 1);
}

void ExpiryHeap::remove(AbstractJob &job)
{
    if (!job.m_extras || job.m_extras->heapIndex < 0)
        return;
    const auto index = std::size_t(job.m_extras->heapIndex);
    job.m_extras->heapIndex = -1;
    AbstractJob *last = m_jobs.back();
    m_jobs.pop_back();
    if (last == &job)
        return;
    place(index, last);
    siftUp(index);
    siftDown(std::size_t(last->m_extras->heapIndex));
}

void ExpiryHeap::siftUp(std::size_t index)
{
    AbstractJob *job = m_jobs[index];
    while (index > 0) {
        const std::size_t parent = (index - 1) / 2;
        if (m_jobs[parent]->m_extras->due <= job->m_extras->due)
            break;
        place(index, m_jobs[parent]);
        index = parent;
    }
    place(index, job);
}

void ExpiryHeap::siftDown(std::size_t index)
{
    AbstractJob *job = m_jobs[index];
    for (;;) {
        std::size_t child = 2 * index + 1;
        if (child >= m_jobs.size())
            break;
        if (child + 1 < m_jobs.size()
            && m_jobs[child + 1]->m_extras->due < m_jobs[child]->m_extras->due)
            ++child;
        if (job->m_extras->due <= m_jobs[child]->m_extras->due)
            break;
        place(index, m_jobs[child]);
        index = child;
    }
    place(index, job);
}

} // namespace Millwright
