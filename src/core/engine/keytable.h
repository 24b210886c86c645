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
//!
//! What the workers write with every job that is done is on a cache line of its own. Whoever submits a job
//! for the holder need not look there.
struct alignas(64) KeyUse
{
    quint64 hash = 0;
    KeyUse *next = nullptr; // KeyTable
    WorkerSlot *holder = nullptr; // the worker that has jobs of the key, if any are held
    quint32 given = 0; // jobs that came into its own queue or its hand
    int queued = 0; // in the factory's queue, and in the hand of unclaimed keys
    bool isRunnable = false; // the first of the line counts as queued
    JobList parked; // may join a queue once the holder is done with the key

    alignas(64) quint32 done = 0; // of the given ones
    bool isAwaited = false; // somebody may want to know when the holder is done with the key

    //! How many are in the holder's own queue and in its hand.
    [[nodiscard]] int held() const { return int(given - done); }
    [[nodiscard]] bool isUnused() const { return queued == 0 && parked.isEmpty() && held() == 0; }
};

//! The keys of which there are jobs, and many of those of which there were: nobody is told when the last
//! job of a key is done. Every operation is O(1); a `KeyUse` stays where it is while it is used.
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

    //! May be unused.
    [[nodiscard]] KeyUse *find(quint64 hash)
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

    //! Unused ones may be destroyed.
    [[nodiscard]] KeyUse &findOrAdd(quint64 hash)
    {
        if (KeyUse *use = find(hash))
            return *use;
        if (m_count > Kept)
            sweep(2);
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
        ++m_count;
        m_recent[placeOf(hash)].store(use, std::memory_order_relaxed);
        return *use;
    }

    //! Brings what will be looked up soon into the cache; `all`: also what the workers write. Any thread;
    //! does not need the lock that guards the rest.
    void prefetch(quint64 hash, bool all) const
    {
        prefetchForWriting(m_recent[placeOf(hash)].load(std::memory_order_relaxed),
                           all ? sizeof(KeyUse) : sizeof(KeyUse) / 2);
    }

    //! When no key is used. Some stay, for they may be used soon again; of the others a part is destroyed.
    //! False once that is done.
    [[nodiscard]] bool tidy()
    {
        if (m_count > Kept)
            sweep(Tidied);
        return m_count > Kept;
    }

    template<typename Function>
    void forEach(Function function)
    {
        for (Shard &shard : m_shards) {
            for (KeyUse *use : shard.buckets) {
                for (; use; use = use->next)
                    function(*use);
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
    static constexpr std::size_t Kept = 4096;
    static constexpr std::size_t MostSpare = 1024;
    static constexpr int Tidied = 256; // buckets at once
    static constexpr std::size_t Recent = 4096;

    Q_DISABLE_COPY_MOVE(KeyTable)

    [[nodiscard]] Shard &shardOf(quint64 hash) { return m_shards[hash >> 58]; }

    [[nodiscard]] static std::size_t placeOf(quint64 hash) { return hash % Recent; }

    // Destroys those that are not used, bucket by bucket.
    void sweep(int buckets)
    {
        for (; buckets > 0; --buckets) {
            Shard &shard = m_shards[m_turn % Shards];
            KeyUse *next = shard.buckets.empty() ? nullptr
                                                 : shard.bucketOf(quint64(m_turn / Shards));
            while (KeyUse *use = next) {
                next = use->next;
                if (use->isUnused())
                    erase(*use);
            }
            ++m_turn;
        }
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
        --m_count;
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
    std::size_t m_count = 0;
    std::size_t m_turn = 0; // the bucket that is swept next
};

} // namespace Millwright
