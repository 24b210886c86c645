// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <cstddef>

namespace Millwright {

//! The memory of jobs. A job is made by one thread and destroyed by another, which is what general
//! allocators are worst at: both threads meet at the allocator's lock for every job. Here blocks go
//! back to those who make jobs by the magazine, 62 at a time, and begin at a cache line.
//!
//! Thread-safe. Keeps at most a few megabytes that nobody uses.
class MILLWRIGHT_CORE_EXPORT JobMemory
{
public:
    //! Throws `std::bad_alloc`.
    [[nodiscard]] static void *allocate(std::size_t size);
    //! `size` is that of the allocation.
    static void release(void *memory, std::size_t size) noexcept;
};

} // namespace Millwright
