// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/joblist.h"
#include "../prefetch.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace Millwright {

struct WorkerSlot;

//! The jobs of one key that are in the factory, as far as order is concerned. Those that were
//! submitted first are with the holder, later ones are parked, the last are in the factory's queue.
struct alignas(64) KeyUse
{
    quint64 hash = 0;
    KeyUse *next = nullptr; // KeyTable
    WorkerSlot *holder = nullptr; // the worker that has jobs of the key
    int held = 0; // how many: in its own queue and in its hand
    int queued = 0; // in the factory's queue
    bool isRunnable = false; // the first of the line stands in the factory's queue
    bool isIdle = false; // KeyTable
    JobList parked; // may join a queue once the holder is done with the key

    [[nodiscard]] bool isUnused() const { return held == 0 && queued == 0 && parked.isEmpty(); }
};

//! The keys of which there are jobs. Every operation is O(1); a `KeyUse` stays where it is while it
//! is in the table.
class KeyTable
{
public:
    KeyTable() = default;
    ~KeyTable()
    {
        for (Shard &shard : m_shards) {
            for (KeyUse *use : shard.buckets) {
                while (use)
                    delete std::exchange(use, use->next);
            }
        }
    }

    [[nodiscard]] KeyUse *find(quint64 hash)
    {
        KeyUse *use = lookUp(hash);
        return use && !use->isIdle ? use : nullptr;
    }

    [[nodiscard]] KeyUse &findOrAdd(quint64 hash)
    {
        if (KeyUse *use = lookUp(hash)) {
            if (std::exchange(use->isIdle, false))
                --m_idle;
            return *use;
        }
        Shard &shard = shardOf(hash);
        if (shard.count == shard.buckets.size())
            grow(shard);
        KeyUse *use = m_spare.empty() ? new KeyUse : m_spare.back().release();
        if (!m_spare.empty())
            m_spare.pop_back();
        use->hash = hash;
        KeyUse *&bucket = shard.bucketOf(hash);
        use->next = std::exchange(bucket, use);
        ++shard.count;
        m_recent[placeOf(hash)].store(use, std::memory_order_relaxed);
        return *use;
    }

    //! Brings what will be looked up soon into the cache. Any thread; does not need the lock that guards
    //! the rest.
    void prefetch(quint64 hash) const
    {
        prefetchForWriting(m_recent[placeOf(hash)].load(std::memory_order_relaxed), sizeof(KeyUse));
    }

    //! Only when it is not used any more. It may be soon again, so some of these stay.
    void remove(KeyUse &use)
    {
        use.isIdle = true;
        if (++m_idle <= MostIdle)
            return;
        erase(use);
        // In turn those that were not used again for long.
        Shard &shard = m_shards[m_turn % Shards];
        KeyUse *next = shard.buckets.empty() ? nullptr : shard.bucketOf(quint64(m_turn / Shards));
        while (KeyUse *other = next) {
            next = other->next;
            if (other->isIdle)
                erase(*other);
        }
        ++m_turn;
    }

    template<typename Function>
    void forEach(Function function)
    {
        for (Shard &shard : m_shards) {
            for (KeyUse *use : shard.buckets) {
                for (; use; use = use->next) {
                    if (!use->isIdle)
                        function(*use);
                }
            }
        }
    }

private:
    struct Shard
    {
        std::vector<KeyUse *> buckets; // as many as a power of two
        std::size_t count = 0;

        [[nodiscard]] KeyUse *&bucketOf(quint64 hash)
        {
            return buckets[hash & (buckets.size() - 1)];
        }
    };

    // Many small tables rather than one: when one has to grow, all its keys move, under the lock.
    static constexpr std::size_t Shards = 64;
    static constexpr std::size_t FewestBuckets = 16;
    // Keys come and go with the jobs, so what they need is kept for the next ones.
    static constexpr std::size_t MostIdle = 4096;
    static constexpr std::size_t MostSpare = 1024;
    static constexpr std::size_t Recent = 4096;

    Q_DISABLE_COPY_MOVE(KeyTable)

    [[nodiscard]] Shard &shardOf(quint64 hash) { return m_shards[hash >> 58]; }

    [[nodiscard]] static std::size_t placeOf(quint64 hash) { return hash % Recent; }

    [[nodiscard]] KeyUse *lookUp(quint64 hash)
    {
        std::atomic<KeyUse *> &recent = m_recent[placeOf(hash)];
        if (KeyUse *use = recent.load(std::memory_order_relaxed); use && use->hash == hash)
            return use;
        Shard &shard = shardOf(hash);
        KeyUse *use = shard.buckets.empty() ? nullptr : shard.bucketOf(hash);
        while (use && use->hash != hash)
            use = use->next;
        if (use)
            recent.store(use, std::memory_order_relaxed);
        return use;
    }

    void erase(KeyUse &use)
    {
        std::atomic<KeyUse *> &recent = m_recent[placeOf(use.hash)];
        if (recent.load(std::memory_order_relaxed) == &use)
            recent.store(nullptr, std::memory_order_relaxed);
        Shard &shard = shardOf(use.hash);
        KeyUse **place = &shard.bucketOf(use.hash);
        while (*place != &use)
            place = &(*place)->next;
        *place = use.next;
        --shard.count;
        --m_idle;
        use = KeyUse{};
        if (m_spare.size() < MostSpare)
            m_spare.emplace_back(&use);
        else
            delete &use;
    }

    static void grow(Shard &shard)
    {
        std::vector<KeyUse *> old(std::max(FewestBuckets, 2 * shard.buckets.size()));
        old.swap(shard.buckets);
        for (KeyUse *use : old) {
            while (use) {
                KeyUse *&bucket = shard.bucketOf(use->hash);
                KeyUse *next = std::exchange(use->next, bucket);
                bucket = std::exchange(use, next);
            }
        }
    }

    std::array<Shard, Shards> m_shards;
    std::vector<std::unique_ptr<KeyUse>> m_spare;
    std::array<std::atomic<KeyUse *>, Recent> m_recent{}; // looked up
    std::size_t m_idle = 0;
    std::size_t m_turn = 0;
};

} // namespace Millwright
