// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "queue.h"

#include <deque>

namespace Millwright {

//! First in, first out.
class MILLWRIGHT_CORE_EXPORT FifoQueue final : public Queue
{
public:
    void push(AbstractJob &job) override;
    void pushFront(AbstractJob &job) override;
    AbstractJob *pop() override;
    [[nodiscard]] AbstractJob *peek() const override;
    void remove(AbstractJob &job) override;
    AbstractJob *shed() override;

private:
    // Pointers side by side rather than a linked list: while the engine's lock is held, popping must
    // not touch the jobs themselves, which are still in the cache of the processor that made them.
    // A job that is removed from the middle leaves a hole.
    class Lane
    {
    public:
        void append(AbstractJob &job);
        void prepend(AbstractJob &job);
        void remove(AbstractJob &job);
        AbstractJob *takeFirst();
        [[nodiscard]] AbstractJob *first() const
        {
            return m_jobs.empty() ? nullptr : m_jobs.front();
        }

    private:
        void dropHoles();

        std::deque<AbstractJob *> m_jobs; // never begins with a hole
        qint64 m_base = 0; // the position of the first
        std::size_t m_holes = 0;
    };

    [[nodiscard]] Lane &laneOf(const AbstractJob &job);

    // Two, so that shedding finds the oldest discardable job without a search. Both are in the order
    // of arrival, and the earlier of their heads is the next to leave.
    Lane m_discardable;
    Lane m_firm;
};

} // namespace Millwright
