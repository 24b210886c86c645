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
    if (!block || block->filled == FifoBlock::Size)
        block = addBlock();
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

Q_NEVER_INLINE FifoBlock *FifoQueue::addBlock()
{
    auto *block = new FifoBlock;
    m_blocks.append(*block);
    return block;
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
    if (!m_returned.empty() || !m_returnedFirm.empty())
        return popReturned();
    FifoBlock *block = m_blocks.first();
    if (!block || block->waiting == 0)
        return nullptr;
    const int place = FifoBlock::firstOf(block->waiting);
    AbstractJob *job = block->jobs[std::size_t(place)];
    vacate(*block, FifoBlock::bit(place));
    return job;
}

std::size_t FifoQueue::popMany(std::span<AbstractJob *> room)
{
    std::size_t count = 0;
    while (count < room.size() && (!m_returned.empty() || !m_returnedFirm.empty()))
        room[count++] = popReturned();
    while (count < room.size()) {
        FifoBlock *block = m_blocks.first();
        if (!block || block->waiting == 0)
            break;
        const quint64 waiting = block->waiting;
        quint64 left = waiting;
        for (; left != 0 && count < room.size(); left &= left - 1)
            room[count++] = block->jobs[std::size_t(FifoBlock::firstOf(left))];
        vacate(*block, waiting & ~left);
    }
    return count;
}

Q_NEVER_INLINE AbstractJob *FifoQueue::popReturned()
{
    AbstractJob *job = firstReturned();
    returnedLike(*job).erase(job);
    return job;
}

void FifoQueue::remove(AbstractJob &job)
{
    if (job.m_block) {
        Q_ASSERT(job.m_block->jobs[std::size_t(job.m_position)] == &job);
        vacate(*job.m_block, FifoBlock::bit(int(job.m_position)));
    } else {
        returnedLike(job).erase(&job);
    }
}

void FifoQueue::vacate(FifoBlock &block, quint64 places)
{
    block.waiting &= ~places;
    if (block.discardable != 0) {
        block.discardable &= ~places;
        if (block.discardable == 0)
            m_shedable.remove(block);
    }
    if (block.waiting == 0)
        emptied(block);
}

Q_NEVER_INLINE void FifoQueue::emptied(FifoBlock &block)
{
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
