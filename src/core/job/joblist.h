// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "abstractjob.h"

#include <utility>

namespace Millwright {

//! An intrusive doubly linked list of jobs: the building block of queues. Every operation is O(1)
//! but `clear()`, nothing allocates. A job is in one list at a time. Not thread-safe, and does not
//! own its jobs.
class MILLWRIGHT_CORE_EXPORT JobList
{
public:
    JobList() = default;
    JobList(JobList &&other) noexcept { swap(other); }
    JobList &operator=(JobList &&other) noexcept
    {
        JobList(std::move(other)).swap(*this);
        return *this;
    }

    [[nodiscard]] bool isEmpty() const { return !m_first; }
    [[nodiscard]] qsizetype size() const { return m_size; }
    [[nodiscard]] AbstractJob *first() const { return m_first; }
    [[nodiscard]] AbstractJob *last() const { return m_last; }
    [[nodiscard]] static AbstractJob *next(const AbstractJob &job) { return job.m_next; }
    [[nodiscard]] static AbstractJob *previous(const AbstractJob &job) { return job.m_previous; }

    void append(AbstractJob &job);
    void prepend(AbstractJob &job);
    void remove(AbstractJob &job);
    //! Removes and returns the first job; nullptr when the list is empty.
    AbstractJob *takeFirst();

    void swap(JobList &other) noexcept
    {
        std::swap(m_first, other.m_first);
        std::swap(m_last, other.m_last);
        std::swap(m_size, other.m_size);
    }

private:
    AbstractJob *m_first = nullptr;
    AbstractJob *m_last = nullptr;
    qsizetype m_size = 0;
};

inline void JobList::append(AbstractJob &job)
{
    job.m_previous = m_last;
    job.m_next = nullptr;
    (m_last ? m_last->m_next : m_first) = &job;
    m_last = &job;
    ++m_size;
}

inline void JobList::prepend(AbstractJob &job)
{
    job.m_previous = nullptr;
    job.m_next = m_first;
    (m_first ? m_first->m_previous : m_last) = &job;
    m_first = &job;
    ++m_size;
}

inline void JobList::remove(AbstractJob &job)
{
    (job.m_previous ? job.m_previous->m_next : m_first) = job.m_next;
    (job.m_next ? job.m_next->m_previous : m_last) = job.m_previous;
    job.m_next = job.m_previous = nullptr;
    --m_size;
}

inline AbstractJob *JobList::takeFirst()
{
    AbstractJob *job = m_first;
    if (job)
        remove(*job);
    return job;
}

} // namespace Millwright
