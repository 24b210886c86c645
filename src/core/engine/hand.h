// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../job/abstractjob.h"
#include "../prefetch.h"

#include <array>
#include <atomic>
#include <span>

namespace Millwright {

//! The jobs that a worker has taken and works through without the engine's lock.
//!
//! The owner is the thread of the worker: it claims one job after the other and settles each. At
//! any time another thread that holds the engine's lock may take back the jobs that are not claimed
//! (`revoke()`), or all, the running one included (`seize()`). One atomic word decides every race.
class Hand
{
    static constexpr int PrefetchDistance = 4; // jobs
    static constexpr quint64 Mask = 0xffff;
    static constexpr quint64 One = 1;
    static constexpr int SettledShift = 16;
    static constexpr int EndShift = 32;
    static constexpr quint64 Seized = One << 48;
    static constexpr quint64 CalledOff = One << 49;

public:
    static constexpr int Capacity = 128;

    //! What the word says: the jobs [0, settled) are done, [settled, claimed) is the one running,
    //! [claimed, end) are waiting.
    class Count
    {
    public:
        explicit Count(quint64 word) : m_word(word) {}

        [[nodiscard]] int settled() const { return int(m_word >> SettledShift & Mask); }
        [[nodiscard]] int claimed() const { return int(m_word & Mask); }
        [[nodiscard]] int end() const { return int(m_word >> EndShift & Mask); }
        [[nodiscard]] int running() const { return claimed() - settled(); }
        [[nodiscard]] int waiting() const { return end() - claimed(); }
        [[nodiscard]] bool isSeized() const { return (m_word & Seized) != 0; }
        //! What the running job does is not wanted any more.
        [[nodiscard]] bool isCalledOff() const { return (m_word & CalledOff) != 0; }

    private:
        quint64 m_word;
    };

    [[nodiscard]] Count count() const { return Count(m_word.load(std::memory_order_acquire)); }
    [[nodiscard]] AbstractJob *at(int index) const { return jobs()[std::size_t(index)]; }
    //! Lock held. The job that is running, if any. It cannot be destroyed before the owner takes
    //! the lock again.
    [[nodiscard]] AbstractJob *running() const
    {
        const Count now = count();
        return now.running() && !now.isSeized() ? at(now.settled()) : nullptr;
    }

    //! Owner, lock held, everything settled. The hand is empty now; what it held stays where it is
    //! until it is cleared again, to be destroyed without the lock.
    void clear()
    {
        m_word.store(0, std::memory_order_release);
        m_front = !m_front;
    }
    //! Owner, lock held, hand empty. Room for the jobs that are dealt next.
    [[nodiscard]] std::span<AbstractJob *, Capacity> room() { return jobs(); }
    //! Owner, lock held. The first `count` jobs in the room are the new hand.
    void deal(int count) { m_word.store(quint64(count) << EndShift, std::memory_order_release); }

    //! Owner. The jobs that are done, without those that have found another owner (nullptr).
    [[nodiscard]] std::span<AbstractJob *const> settledJobs() const
    {
        return {jobs().data(), std::size_t(count().settled())};
    }

    //! Lock held, none of them revoked. All of them, the ones that are done included.
    [[nodiscard]] std::span<AbstractJob *const> dealtJobs() const
    {
        return {jobs().data(), std::size_t(count().end())};
    }

    //! Owner, lock held. The job at this index has found another owner.
    void forget(int index) { jobs()[std::size_t(index)] = nullptr; }

    //! Owner. The next job, now running; nullptr when there is none.
    AbstractJob *claim()
    {
        quint64 word = m_word.load(std::memory_order_acquire);
        for (;;) {
            const Count now = Count(word);
            if (now.isSeized() || now.claimed() == now.end())
                return nullptr;
            if (m_word.compare_exchange_weak(word, word + One, std::memory_order_acq_rel)) {
                if (const int ahead = now.claimed() + PrefetchDistance; ahead < now.end())
                    prefetchForWriting(at(ahead), sizeof(AbstractJob));
                return at(now.claimed());
            }
        }
    }

    //! Owner, lock held. The running job is done; false if it was seized and is no longer the
    //! owner's to report.
    [[nodiscard]] bool settle() { return settleUnless(Seized); }
    //! Owner. The running job has completed; false if it was seized or called off meanwhile, which is
    //! then to be looked at under the lock.
    [[nodiscard]] bool complete() { return settleUnless(Seized | CalledOff); }

    //! Lock held. Cuts off the jobs that are not claimed and returns how many they are; they stand
    //! at `count().end()` and after.
    int revoke()
    {
        quint64 word = m_word.load(std::memory_order_acquire);
        for (;;) {
            const Count now = Count(word);
            if (now.waiting() == 0)
                return 0;
            const quint64 cut = (word & ~(Mask << EndShift)) | quint64(now.claimed()) << EndShift;
            if (m_word.compare_exchange_weak(word, cut, std::memory_order_acq_rel))
                return now.waiting();
        }
    }

    //! Lock held. Takes everything away from the owner for good, and returns the count as it was.
    Count seize() { return Count(m_word.fetch_or(Seized, std::memory_order_acq_rel)); }

    //! Lock held. Calls the running job off; false if none is running any more.
    [[nodiscard]] bool callOff()
    {
        quint64 word = m_word.load(std::memory_order_acquire);
        while (Count(word).running() > 0 && !(word & Seized)) {
            if (m_word.compare_exchange_weak(word, word | CalledOff, std::memory_order_acq_rel))
                return true;
        }
        return false;
    }

private:
    using Jobs = std::array<AbstractJob *, Capacity>;
    [[nodiscard]] Jobs &jobs() { return m_jobs[m_front ? 1 : 0]; }
    [[nodiscard]] const Jobs &jobs() const { return m_jobs[m_front ? 1 : 0]; }
    [[nodiscard]] bool settleUnless(quint64 flags)
    {
        quint64 word = m_word.load(std::memory_order_acquire);
        while (!(word & flags)) {
            if (m_word.compare_exchange_weak(word, word + (One << SettledShift),
                                             std::memory_order_acq_rel))
                return true;
        }
        return false;
    }

    std::atomic<quint64> m_word = 0;
    bool m_front = false; // the lock's
    std::array<Jobs, 2> m_jobs{};
};

} // namespace Millwright
