// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/joblist.h"

#include <array>
#include <unordered_map>
#include <vector>

namespace Millwright {

struct WorkerSlot;

//! The jobs of one key that are in the factory, as far as order is concerned. Those that were
//! submitted first are with the holder, later ones are parked, the last are in the factory's queue.
struct KeyUse
{
    quint64 hash = 0;
    WorkerSlot *holder = nullptr; // the worker that has jobs of the key
    qsizetype held = 0; // how many: in its own queue and in its hand
    qsizetype ownQueued = 0; // of these, in its own queue
    qsizetype queued = 0; // in the factory's queue
    bool isRunnable = false; // the first of the line stands in the factory's queue
    JobList parked; // may join a queue once the holder is done with the key

    [[nodiscard]] bool isUnused() const { return held == 0 && queued == 0 && parked.isEmpty(); }
};

//! The keys of which there are jobs. Every operation is O(1); a `KeyUse` stays where it is while it
//! is in the table.
class KeyTable
{
public:
    [[nodiscard]] KeyUse *find(quint64 hash)
    {
        Shard &shard = shardOf(hash);
        const auto it = shard.find(hash);
        return it == shard.end() ? nullptr : &it->second;
    }

    [[nodiscard]] KeyUse &findOrAdd(quint64 hash)
    {
        if (KeyUse *use = find(hash))
            return *use;
        Shard &shard = shardOf(hash);
        if (m_spare.empty())
            return shard.emplace(hash, KeyUse{hash, nullptr, 0, 0, 0, false, {}}).first->second;
        m_spare.back().key() = hash;
        m_spare.back().mapped().hash = hash;
        KeyUse &use = shard.insert(std::move(m_spare.back())).position->second;
        m_spare.pop_back();
        return use;
    }

    //! Only when it is not used any more.
    void remove(const KeyUse &use)
    {
        Shard &shard = shardOf(use.hash);
        if (m_spare.size() < MostSpare)
            m_spare.push_back(shard.extract(use.hash));
        else
            shard.erase(use.hash);
    }

    template<typename Function>
    void forEach(Function function)
    {
        for (Shard &shard : m_shards) {
            for (auto &[hash, use] : shard)
                function(use);
        }
    }

private:
    struct Identity
    {
        std::size_t operator()(quint64 hash) const { return std::size_t(hash); }
    };
    using Shard = std::unordered_map<quint64, KeyUse, Identity>;

    // Many small tables rather than one: when one has to grow, all its keys move, under the lock.
    static constexpr std::size_t Shards = 64;
    // Keys come and go with the jobs, so what they need is kept for the next ones.
    static constexpr std::size_t MostSpare = 1024;

    [[nodiscard]] Shard &shardOf(quint64 hash) { return m_shards[hash >> 58]; }

    std::array<Shard, Shards> m_shards;
    std::vector<Shard::node_type> m_spare;
};

} // namespace Millwright
