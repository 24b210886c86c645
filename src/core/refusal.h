// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "types.h"

namespace Millwright {

//! Why a factory refuses a job, if it does. An optional reason that fits into a register: a
//! `std::optional` of an enumeration is written to memory in two pieces and read back as one, for
//! which the processor has to wait each time that it is passed on.
class Refusal
{
public:
    //! The job is accepted.
    constexpr Refusal() = default;
    constexpr Refusal(DiscardReason reason) : m_reason(int(reason)) {}

    explicit operator bool() const { return m_reason != None; }
    [[nodiscard]] DiscardReason operator*() const { return DiscardReason(m_reason); }
    bool operator==(const Refusal &) const = default;

private:
    static constexpr int None = -1;

    int m_reason = None;
};

} // namespace Millwright
