// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "fifoqueue.h"

#include <array>

namespace Millwright {

//! By `Priority`, first in, first out within a level. Jobs may age.
class MILLWRIGHT_CORE_EXPORT PriorityQueue final : public Queue
{
public:
    explicit PriorityQueue(const PriorityQueueSettings &settings = {});

    void push(AbstractJob &job) override;
    void pushFront(AbstractJob &job) override;
    AbstractJob *pop() override;
    std::size_t popMany(std::span<AbstractJob *> room) override;
    [[nodiscard]] AbstractJob *peek() const override;
    void remove(AbstractJob &job) override;
    [[nodiscard]] AbstractJob *victim() override;
    //! Level by level, as if jobs did not age.
    bool forEach(const std::function<bool(AbstractJob &)> &visit) const override;
    [[nodiscard]] AbstractJob *oldest() const override;

private:
    static constexpr std::size_t None = PriorityLevels;

    [[nodiscard]] FifoQueue &levelOf(const AbstractJob &job);
    //! The level whose first job is the next to leave; None if there is none.
    [[nodiscard]] std::size_t nextLevel() const;
    [[nodiscard]] std::size_t ageOf(const AbstractJob &job) const;

    const qint64 m_aging; // 0: jobs do not age

    std::array<FifoQueue, PriorityLevels> m_levels; // Highest first
};

} // namespace Millwright
