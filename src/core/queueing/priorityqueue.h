// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "fifoqueue.h"

#include <array>

namespace Millwright {

//! By `Priority`, first in, first out within a level.
class MILLWRIGHT_CORE_EXPORT PriorityQueue final : public Queue
{
public:
    void push(AbstractJob &job) override;
    void pushFront(AbstractJob &job) override;
    AbstractJob *pop() override;
    [[nodiscard]] AbstractJob *peek() const override;
    void remove(AbstractJob &job) override;
    AbstractJob *shed() override;

private:
    [[nodiscard]] FifoQueue &levelOf(const AbstractJob &job);

    std::array<FifoQueue, PriorityLevels> m_levels; // Highest first
};

} // namespace Millwright
