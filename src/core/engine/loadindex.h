// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#include <bit>
#include <vector>

namespace Millwright {

//! Knows the worker with the least to do, the lowest id first. O(log n) for every change, O(1) for
//! the answer.
class LoadIndex
{
public:
    //! Workers have the ids 0 to `count - 1`. New ones have nothing to do.
    void resize(std::size_t count)
    {
        std::vector<qsizetype> loads(m_loads.begin(),
                                     m_loads.begin() + qsizetype(std::min(count, m_loads.size())));
        loads.resize(count);
        m_loads.swap(loads);
        m_leaves = std::bit_ceil(std::max<std::size_t>(1, count));
        m_least.assign(2 * m_leaves, NoWorker);
        for (std::size_t id = 0; id < count; ++id)
            m_least[m_leaves + id] = int(id);
        for (std::size_t node = m_leaves; --node > 0;)
            decide(node);
    }

    //! An id that is out of range is ignored.
    void set(int id, qsizetype load)
    {
        if (std::size_t(id) >= m_loads.size() || m_loads[std::size_t(id)] == load)
            return;
        m_loads[std::size_t(id)] = load;
        for (std::size_t node = (m_leaves + std::size_t(id)) / 2; node > 0; node /= 2)
            decide(node);
    }

    //! -1 when there are no workers.
    [[nodiscard]] int least() const { return m_least.empty() ? NoWorker : m_least[1]; }

    //! Of the one with the least; 0 when there are no workers.
    [[nodiscard]] qsizetype leastLoad() const
    {
        return least() == NoWorker ? 0 : m_loads[std::size_t(least())];
    }

private:
    static constexpr int NoWorker = -1;

    void decide(std::size_t node)
    {
        const int left = m_least[2 * node];
        const int right = m_least[2 * node + 1];
        const bool takesRight = right != NoWorker
                                && m_loads[std::size_t(right)] < m_loads[std::size_t(left)];
        m_least[node] = takesRight ? right : left;
    }

    std::vector<qsizetype> m_loads;
    std::size_t m_leaves = 0; // a power of two
    std::vector<int> m_least; // a tree, the root at 1: the id with the least load below each node
};

} // namespace Millwright
