// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

namespace Millwright {

//! Some of the workers, by their ids. Who comes or goes touches none of the others, which may have been
//! out of the cache for long: a bit for each, and a bit for each 64 of them that has one set, and so on.
class IdSet
{
public:
    [[nodiscard]] bool isEmpty() const
    {
        return m_depth == 0 || m_levels[m_depth - 1].front() == 0;
    }

    [[nodiscard]] bool contains(int id) const
    {
        const std::size_t word = std::size_t(id) / 64;
        return word < m_words && (m_levels[0][word] >> (id % 64) & 1);
    }

    //! The lowest id; -1 if there is none.
    [[nodiscard]] int first() const
    {
        if (isEmpty())
            return -1;
        std::size_t place = 0;
        for (std::size_t level = m_depth; level-- > 0;)
            place = place * 64 + std::size_t(std::countr_zero(m_levels[level][place]));
        return int(place);
    }

    void insert(int id)
    {
        std::size_t place = std::size_t(id);
        if (place / 64 >= m_words)
            grow(place / 64 + 1);
        for (std::size_t level = 0; level < m_depth; ++level) {
            quint64 &word = m_levels[level][place / 64];
            if (std::exchange(word, word | quint64(1) << (place % 64)) != 0)
                return; // known further up
            place /= 64;
        }
    }

    void remove(int id)
    {
        if (!contains(id))
            return;
        std::size_t place = std::size_t(id);
        for (std::size_t level = 0; level < m_depth; ++level) {
            if ((m_levels[level][place / 64] &= ~(quint64(1) << (place % 64))) != 0)
                return;
            place /= 64;
        }
    }

private:
    static constexpr std::size_t MostLevels = 6; // enough for every int

    Q_NEVER_INLINE void grow(std::size_t words)
    {
        const std::size_t before = m_depth;
        std::size_t size = words;
        for (std::size_t level = 0; level == 0 || size > 1; ++level) {
            if (level > 0)
                size = (size + 63) / 64;
            m_levels[level].resize(size);
            m_depth = std::max(m_depth, level + 1);
        }
        // The level that was the top may have bits set, of which nobody above knows.
        for (std::size_t level = std::max<std::size_t>(before, 1); level < m_depth; ++level)
            m_levels[level][0] = m_levels[level - 1][0] != 0 ? 1 : 0;
        m_words = words;
    }

    std::array<std::vector<quint64>, MostLevels> m_levels; // the last one in use has a single word
    std::size_t m_depth = 0; // in use
    std::size_t m_words = 0; // of the first
};

} // namespace Millwright
