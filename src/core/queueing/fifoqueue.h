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
    [[nodiscard]] AbstractJob *victim() override;

private:
    [[nodiscard]] std::size_t indexOf(qint64 position) const
    {
        return std::size_t(position - m_base);
    }
    void dropHoles();

    // Pointers side by side rather than a linked list: while the engine's lock is held, popping must
    // not touch the jobs themselves, which are still in the cache of the processor that made them.
    // A job that is removed from the middle leaves a hole.
    std::deque<AbstractJob *> m_jobs; // never begins with a hole
    qint64 m_base = 0; // the position of the first
    std::size_t m_holes = 0;
    qint64 m_firmBefore = 0; // no job before this position may be shed
};

} // namespace Millwright
