// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../localpeer.h"
#include "kinds.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace {

// No library at all, and no threads: what the jobs themselves take.
class PlainLoopPeer final : public LoopingPeer<PlainLoopPeer>
{
public:
    explicit PlainLoopPeer(const Setup &) {}

    void give(Task &task, quint64) override { task.run(); }
};

// A mutex and a vector, and nothing else that a library would do: no future, no statistics, no
// supervision, not even a choice of the worker. Woken workers take all that is there. It is the
// limit of what can be reached with one lock.
class MailboxPeer final : public LoopingPeer<MailboxPeer>
{
public:
    explicit MailboxPeer(const Setup &setup)
    {
        for (int i = 0; i < setup.workers; ++i)
            m_workers.emplace_back([this] { work(); });
    }

    ~MailboxPeer() override
    {
        {
            const std::lock_guard locker(m_mutex);
            m_ends = true;
        }
        m_filled.notify_all();
    }

    void give(Task &task, quint64 key) override
    {
        bool wakes = false;
        {
            const std::lock_guard locker(m_mutex);
            m_jobs.push_back({&task, key});
            wakes = m_sleeping > 0 && !std::exchange(m_waking, true);
        }
        if (wakes)
            m_filled.notify_one();
    }

protected:
    void giveBuffer(BufferPool &pool, Buffer &&buffer, quint64 key) override
    {
        auto *task = new BufferTask(pool, std::move(buffer));
        give(*task, key);
    }

private:
    struct Job
    {
        Task *task;
        quint64 key;
    };

    class BufferTask final : public Task
    {
    public:
        BufferTask(BufferPool &pool, Buffer &&buffer) : m_pool(pool), m_buffer(std::move(buffer)) {}

        void run() override
        {
            BufferPool &pool = m_pool;
            Buffer buffer = std::move(m_buffer);
            delete this;
            pool.process(std::move(buffer));
        }

    private:
        BufferPool &m_pool;
        Buffer m_buffer;
    };

    void work()
    {
        std::vector<Job> taken;
        std::unique_lock locker(m_mutex);
        for (;;) {
            while (m_jobs.empty()) {
                if (m_ends)
                    return;
                ++m_sleeping;
                m_filled.wait(locker);
                --m_sleeping;
                m_waking = false;
            }
            taken.swap(m_jobs);
            locker.unlock();
            for (const Job &job : taken)
                job.task->run();
            taken.clear();
            locker.lock();
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::vector<Job> m_jobs;
    int m_sleeping = 0;
    bool m_waking = false;
    bool m_ends = false;
    std::vector<std::jthread> m_workers;
};

} // namespace

PeerKind plainLoopKind()
{
    return {
        .name = QStringLiteral("plain loop"),
        .abilities = {Ability::Flood},
        .make = [](const Setup &setup) { return std::make_unique<PlainLoopPeer>(setup); },
        .mostWorkers = 1,
    };
}

PeerKind mailboxKind()
{
    return {
        .name = QStringLiteral("batched mailbox"),
        .abilities = {Ability::Flood, Ability::RoundTrip, Ability::Chain, Ability::Large},
        .make = [](const Setup &setup) { return std::make_unique<MailboxPeer>(setup); },
        .mostWaiting = 1'000'000,
    };
}
