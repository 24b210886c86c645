// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../engine/intrusivelist.h"

#include <array>
#include <bit>

namespace Millwright {

class AbstractJob;

//! Some of the jobs of a `FifoQueue`, in their order. One that leaves from the middle leaves a hole.
struct FifoBlock
{
    static constexpr int Size = 64;

    [[nodiscard]] static constexpr quint64 bit(int place) { return quint64(1) << place; }
    //! Of a mask that is not 0.
    [[nodiscard]] static int firstOf(quint64 mask) { return std::countr_zero(mask); }

    quint64 waiting = 0; //!< a bit for each place with a job
    quint64 discardable = 0; //!< of these
    int filled = 0; //!< places in use so far
    ListLink<FifoBlock> link;
    ListLink<FifoBlock> shedLink;
    std::array<AbstractJob *, Size> jobs;
};

} // namespace Millwright
