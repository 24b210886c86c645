// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#include <bit>
#include <utility>
#include <vector>

namespace Millwright {

//! Some of the workers, by their ids. Who comes or goes touches none of the others, which may have been
//! out of the cache for long: a bit for each, and a bit for each 64 of them that has one set, and so on.
class IdSet
{
public:
    [[nodiscard]] bool isEmpty() const { return m_levels.empty() || m_levels.back().front() == 0; }

    [[nodiscard]] bool contains(int id) const
    {
        const std::size_t word = std::size_t(id) / 64;
        return !m_levels.empty() && word < m_levels.front().size()
               && (m_levels.front()[word] >> (id % 64) & 1);
    }

    //! The lowest id; -1 if there is none.
    [[nodiscard]] int first() const
    {
        if (isEmpty())
            return -1;
        std::size_t place = 0;
        for (std::size_t level = m_levels.size(); level-- > 0;)
            place = place * 64 + std::size_t(std::countr_zero(m_levels[level][place]));
        return int(place);
    }

    void insert(int id)
    {
        grow(std::size_t(id) / 64 + 1);
        std::size_t place = std::size_t(id);
        for (std::vector<quint64> &level : m_levels) {
            quint64 &word = level[place / 64];
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
        for (std::vector<quint64> &level : m_levels) {
            if ((level[place / 64] &= ~(quint64(1) << (place % 64))) != 0)
                return;
            place /= 64;
        }
    }

private:
    void grow(std::size_t words)
    {
        if (!m_levels.empty() && words <= m_levels.front().size())
            return;
        for (std::size_t level = 0;; ++level, words = (words + 63) / 64) {
            if (level == m_levels.size()) {
                m_levels.emplace_back(words);
                // The level below was the top so far, and may have bits set.
                if (level > 0 && m_levels[level - 1][0] != 0)
                    m_levels[level][0] = 1;
            } else if (words > m_levels[level].size()) {
                m_levels[level].resize(words);
            }
            if (words == 1)
                return;
        }
    }

    std::vector<std::vector<quint64>> m_levels; // the last one has a single word
};

} // namespace Millwright
