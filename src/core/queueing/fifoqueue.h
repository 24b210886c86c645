// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "fifoblock.h"
#include "queue.h"

#include <functional>
#include <set>

namespace Millwright {

//! First in, first out. Every operation is O(1), however many jobs wait or have been removed; with n
//! jobs that have come back, O(log n).
class MILLWRIGHT_CORE_EXPORT FifoQueue final : public Queue
{
public:
    FifoQueue();
    ~FifoQueue() override;

    void push(AbstractJob &job) override;
    void pushFront(AbstractJob &job) override;
    AbstractJob *pop() override;
    std::size_t popMany(std::span<AbstractJob *> room) override;
    [[nodiscard]] AbstractJob *peek() const override;
    void remove(AbstractJob &job) override;
    [[nodiscard]] AbstractJob *victim() override;
    bool forEach(const std::function<bool(AbstractJob &)> &visit) const override;

private:
    struct ComesBefore
    {
        bool operator()(const AbstractJob *a, const AbstractJob *b) const
        {
            return a->m_order != b->m_order ? a->m_order < b->m_order : std::less<>()(a, b);
        }
    };
    using Returned = std::set<AbstractJob *, ComesBefore>;

    [[nodiscard]] Returned &returnedLike(const AbstractJob &job)
    {
        return job.m_discardable ? m_returned : m_returnedFirm;
    }
    [[nodiscard]] AbstractJob *firstReturned() const;
    [[nodiscard]] AbstractJob *popReturned();
    [[nodiscard]] FifoBlock *addBlock();
    void vacate(FifoBlock &block, quint64 places);
    void emptied(FifoBlock &block);

    // Pointers side by side rather than a linked list: while the engine's lock is held, popping must
    // not touch the jobs themselves, which are still in the cache of the processor that made them.
    // Each block but the last has a job, so the memory is in proportion to what waits.
    IntrusiveList<FifoBlock, &FifoBlock::link> m_blocks;
    IntrusiveList<FifoBlock, &FifoBlock::shedLink> m_shedable; // with a discardable job, in order
    // Jobs that came back go before all others.
    Returned m_returned;
    Returned m_returnedFirm; // those that may not be shed
};

} // namespace Millwright
