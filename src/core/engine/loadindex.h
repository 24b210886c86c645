// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
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
        Q_ASSERT(count <= IdMask);
        LoadIndex resized;
        for (std::size_t nodes = count; nodes > 1 || resized.m_levels.empty();) {
            nodes = (nodes + Width - 1) / Width;
            resized.m_levels.emplace_back(nodes);
        }
        resized.m_count = count;
        for (std::size_t id = 0; id < count; ++id)
            resized.note(id,
                         id < m_count ? m_levels[0][id / Width].entries[id % Width] : entry(id, 0));
        *this = std::move(resized);
    }

    //! An id that is out of range is ignored.
    void set(int id, qsizetype load)
    {
        if (std::size_t(id) < m_count)
            note(std::size_t(id), entry(std::size_t(id), load));
    }

    //! -1 when there are no workers.
    [[nodiscard]] int least() const { return m_least == NoWorker ? -1 : int(m_least & IdMask); }

    //! Of the one with the least; 0 when there are no workers.
    [[nodiscard]] qsizetype leastLoad() const
    {
        return m_least == NoWorker ? 0
                                   : qsizetype(std::min<Entry>(m_least >> IdBits, Entry(MostSize)));
    }

private:
    // A worker and its load in one number, so that the least is the least of numbers.
    using Entry = quint64;
    static constexpr int IdBits = 24;
    static constexpr Entry IdMask = (Entry(1) << IdBits) - 1;
    static constexpr Entry NoWorker = ~Entry(0);
    static constexpr qsizetype MostSize = std::numeric_limits<qsizetype>::max();
    static constexpr qint64 MostLoad = qint64(NoWorker >> IdBits) - 1; // more counts as this

    // A cache line. A tree of those is flat: four levels for thousands of workers.
    static constexpr std::size_t Width = 8;
    struct alignas(Width * sizeof(Entry)) Node
    {
        Node() { entries.fill(NoWorker); }
        std::array<Entry, Width> entries; // of workers, or the least of each node below
    };

    [[nodiscard]] static Entry entry(std::size_t id, qsizetype load)
    {
        return Entry(std::clamp<qint64>(load, 0, MostLoad)) << IdBits | id;
    }

    void note(std::size_t place, Entry entry)
    {
        for (std::vector<Node> &level : m_levels) {
            Node &node = level[place / Width];
            if (std::exchange(node.entries[place % Width], entry) == entry)
                return; // nothing changes above either
            entry = node.entries[0];
            for (const Entry other : node.entries)
                entry = std::min(entry, other);
            place /= Width;
        }
        m_least = entry;
    }

    std::vector<std::vector<Node>> m_levels; // the workers first, a single node last
    std::size_t m_count = 0;
    Entry m_least = NoWorker;
};

} // namespace Millwright
