// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>
#include <QtCore/qsemaphore.h>

#include <atomic>

//! What a job does. All jobs of a measurement share one, so that a peer need carry no more than a
//! pointer.
class Task
{
public:
    virtual ~Task() = default;
    virtual void run() = 0;
};

//! Counts the jobs that have run, and tells who waits for the last of them. It often stands on the stack
//! of the thread that gives the jobs, so the count has cache lines (the processor fetches two at a time) to
//! itself: workers that count must not take away from that thread what it works with.
class Tally
{
public:
    explicit Tally(qint64 all) : m_all(all) {}

    void count()
    {
        if (m_done.fetch_add(1, std::memory_order_relaxed) + 1 == m_all)
            m_finished.release();
    }
    void wait() { m_finished.acquire(); }
    [[nodiscard]] qint64 done() const { return m_done.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t OwnLines = 128;

    alignas(OwnLines) std::atomic<qint64> m_done = 0;
    const qint64 m_all;
    QSemaphore m_finished;
};

//! The trivial job.
class CountingTask final : public Task
{
public:
    explicit CountingTask(qint64 all) : m_tally(all) {}

    void run() override { m_tally.count(); }
    [[nodiscard]] Tally &tally() { return m_tally; }

private:
    Tally m_tally;
};
