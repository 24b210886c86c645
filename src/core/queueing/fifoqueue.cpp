// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "queueing/fifoqueue.h"

#include <algorithm>

namespace Millwright {

FifoQueue::FifoQueue() = default;

FifoQueue::~FifoQueue()
{
    while (FifoBlock *block = m_blocks.first()) {
        m_blocks.remove(*block);
        delete block;
    }
}

void FifoQueue::push(AbstractJob &job)
{
    FifoBlock *block = m_blocks.last();
    if (!block || block->filled == FifoBlock::Size) {
        block = new FifoBlock;
        m_blocks.append(*block);
    }
    const int place = block->filled++;
    block->jobs[std::size_t(place)] = &job;
    block->waiting |= FifoBlock::bit(place);
    if (job.m_discardable) {
        if (block->discardable == 0)
            m_shedable.append(*block);
        block->discardable |= FifoBlock::bit(place);
    }
    job.m_block = block;
    job.m_position = place;
}

void FifoQueue::pushFront(AbstractJob &job)
{
    job.m_block = nullptr;
    returnedLike(job).insert(&job);
}

AbstractJob *FifoQueue::firstReturned() const
{
    if (m_returned.empty() || m_returnedFirm.empty()) {
        const Returned &all = m_returned.empty() ? m_returnedFirm : m_returned;
        return all.empty() ? nullptr : *all.begin();
    }
    return std::min(*m_returned.begin(), *m_returnedFirm.begin(), ComesBefore());
}

AbstractJob *FifoQueue::peek() const
{
    if (AbstractJob *job = firstReturned())
        return job;
    const FifoBlock *block = m_blocks.first();
    if (!block || block->waiting == 0)
        return nullptr;
    return block->jobs[std::size_t(FifoBlock::firstOf(block->waiting))];
}

AbstractJob *FifoQueue::pop()
{
    if (AbstractJob *job = firstReturned()) {
        returnedLike(*job).erase(job);
        return job;
    }
    FifoBlock *block = m_blocks.first();
    if (!block || block->waiting == 0)
        return nullptr;
    const int place = FifoBlock::firstOf(block->waiting);
    AbstractJob *job = block->jobs[std::size_t(place)];
    vacate(*block, place);
    return job;
}

void FifoQueue::remove(AbstractJob &job)
{
    if (job.m_block) {
        Q_ASSERT(job.m_block->jobs[std::size_t(job.m_position)] == &job);
        vacate(*job.m_block, int(job.m_position));
    } else {
        returnedLike(job).erase(&job);
    }
}

void FifoQueue::vacate(FifoBlock &block, int place)
{
    block.waiting &= ~FifoBlock::bit(place);
    if (block.discardable != 0) {
        block.discardable &= ~FifoBlock::bit(place);
        if (block.discardable == 0)
            m_shedable.remove(block);
    }
    if (block.waiting != 0)
        return;
    if (&block == m_blocks.last()) {
        block.filled = 0;
    } else {
        m_blocks.remove(block);
        delete &block;
    }
}

AbstractJob *FifoQueue::victim()
{
    if (!m_returned.empty())
        return *m_returned.begin();
    const FifoBlock *block = m_shedable.first();
    return block ? block->jobs[std::size_t(FifoBlock::firstOf(block->discardable))] : nullptr;
}

bool FifoQueue::forEach(const std::function<bool(AbstractJob &)> &visit) const
{
    auto one = m_returned.begin();
    auto other = m_returnedFirm.begin();
    while (one != m_returned.end() || other != m_returnedFirm.end()) {
        const bool isOnesTurn = other == m_returnedFirm.end()
                                || (one != m_returned.end() && ComesBefore()(*one, *other));
        if (!visit(isOnesTurn ? **one++ : **other++))
            return false;
    }
    for (const FifoBlock *block = m_blocks.first(); block; block = m_blocks.next(*block)) {
        for (quint64 left = block->waiting; left != 0; left &= left - 1) {
            if (!visit(*block->jobs[std::size_t(FifoBlock::firstOf(left))]))
                return false;
        }
    }
    return true;
}

} // namespace Millwright
