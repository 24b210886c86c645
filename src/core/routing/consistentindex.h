// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#include <bit>

namespace Millwright {

namespace Detail {

// The finaliser of SplitMix64.
[[nodiscard]] constexpr quint64 mixed(quint64 hash, quint64 salt)
{
    hash += (salt + 1) * 0x9e3779b97f4a7c15ULL;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31);
}

// For 2^bits places. With one bit more, half of the hashes move, all of them to the new places: the
// highest bit that is set decides which power of two it is, and a hash of its own the place in it.
[[nodiscard]] constexpr quint64 placeAmongPowerOfTwo(quint64 hash, int bits)
{
    const quint64 masked = hash & ((quint64(1) << bits) - 1);
    if (masked == 0)
        return 0;
    const int highest = std::bit_width(masked) - 1;
    const quint64 first = quint64(1) << highest;
    return first + (mixed(hash, quint64(highest)) & (first - 1));
}

} // namespace Detail

//! The index, from 0 to `count - 1`, at which a hash has its place, so that all indexes get the same
//! share, and from `count` to `count + 1` only those move that the new index gets: consistent hashing
//! in O(1), after the idea of power consistent hashing (Leu, 2023).
//!
//! The places are drawn from the next power of two. What lies beyond `count` is drawn again; where it
//! then falls into the lower half, that half's own placing is used, since it was valid when there
//! were no more.
[[nodiscard]] constexpr int consistentIndex(quint64 hash, int count)
{
    constexpr int MostDraws = 64; // each one succeeds at least half of the time

    if (count <= 1)
        return 0;
    const auto places = quint64(count);
    const int bits = std::bit_width(places - 1);
    const quint64 first = Detail::placeAmongPowerOfTwo(hash, bits);
    if (first < places)
        return int(first);
    const quint64 half = quint64(1) << (bits - 1);
    for (int draw = 0; draw < MostDraws; ++draw) {
        const quint64 place = Detail::mixed(hash, quint64(64 * bits + draw)) & (2 * half - 1);
        if (place < half)
            break;
        if (place < places)
            return int(place);
    }
    return int(Detail::placeAmongPowerOfTwo(hash, bits - 1));
}

} // namespace Millwright
