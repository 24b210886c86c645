// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "queue.h"

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
    [[nodiscard]] JobList &listOf(const AbstractJob &job);

    // Two lists, so that shedding finds the oldest discardable job without a search. Both are in
    // the order of arrival, and the earlier of their heads is the next to leave.
    JobList m_discardable;
    JobList m_firm;
};

} // namespace Millwright
