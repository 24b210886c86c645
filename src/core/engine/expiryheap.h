// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"

#include <vector>

namespace Millwright {

//! The waiting jobs for which something is due at a known time, the earliest first. O(log n) for
//! every change; jobs with nothing due are not in it and cost nothing.
class ExpiryHeap
{
public:
    [[nodiscard]] bool isEmpty() const { return m_jobs.empty(); }
    [[nodiscard]] AbstractJob *first() const { return m_jobs.empty() ? nullptr : m_jobs.front(); }
    //! In no order to speak of.
    [[nodiscard]] const std::vector<AbstractJob *> &jobs() const { return m_jobs; }
    [[nodiscard]] qint64 nextDue() const { return m_jobs.front()->m_extras->due; }

    //! From here on the next `insert()` does not throw.
    void makeRoom();
    void insert(AbstractJob &job, qint64 due);
    //! Nothing happens when the job is not in the heap.
    void remove(AbstractJob &job);

private:
    void place(std::size_t index, AbstractJob *job)
    {
        m_jobs[index] = job;
        job->m_extras->heapIndex = int(index);
    }
    void siftUp(std::size_t index);
    void siftDown(std::size_t index);

    std::vector<AbstractJob *> m_jobs;
};

} // namespace Millwright
