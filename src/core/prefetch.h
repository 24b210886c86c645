// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#include <cstddef>
#include <cstdint>

namespace Millwright {

// What one thread has written and another one is about to use takes as long to come from cache to cache as
// a hundred instructions. It comes meanwhile if it is asked for ahead.

//! To be read soon.
inline void prefetch([[maybe_unused]] const void *address)
{
#if defined(Q_CC_GNU) || defined(Q_CC_CLANG)
    __builtin_prefetch(address);
#endif
}

//! To be written soon: nobody else keeps these cache lines. What is there is not looked at; it need not even
//! exist any more.
inline void prefetchForWriting([[maybe_unused]] const void *address,
                               [[maybe_unused]] std::size_t size)
{
    constexpr std::uintptr_t CacheLine = 64;
    const auto start = reinterpret_cast<std::uintptr_t>(address);
    for (std::uintptr_t line = start; line < start + size; line += CacheLine) {
#if (defined(Q_CC_GNU) || defined(Q_CC_CLANG)) && defined(Q_PROCESSOR_X86_64)
        // __builtin_prefetch() uses it only where older processors need not be considered, for which it
        // does nothing.
        asm volatile("prefetchw (%0)" : : "r"(line));
#elif defined(Q_CC_GNU) || defined(Q_CC_CLANG)
        __builtin_prefetch(reinterpret_cast<const void *>(line), 1);
#endif
    }
}

} // namespace Millwright
