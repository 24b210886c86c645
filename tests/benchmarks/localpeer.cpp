// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "localpeer.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <barrier>
#include <thread>

namespace {

class AnsweringTask final : public Task
{
public:
    explicit AnsweringTask(QSemaphore &answer) : m_answer(answer) {}

    void run() override { m_answer.release(); }

private:
    QSemaphore &m_answer;
};

// Keeps its worker until it is let go.
class HoldingTask final : public Task
{
public:
    void run() override
    {
        m_held.release();
        m_letGo.acquire();
        m_gone.release();
    }
    void waitUntilHeld() { m_held.acquire(); }
    void letGo()
    {
        m_letGo.release();
        m_gone.acquire();
    }

private:
    QSemaphore m_held;
    QSemaphore m_letGo;
    QSemaphore m_gone;
};

// Gives its successor, as long as there is one left to give.
class ChainTask final : public Task
{
public:
    ChainTask(qint64 depth, qint64 jobs, std::function<void(Task &, quint64)> give)
        : m_left(jobs)
        , m_nextKey(depth)
        , m_measured(jobs)
        , m_all(depth + jobs)
        , m_give(std::move(give))
    {
    }

    void run() override
    {
        if (m_left.fetch_sub(1, std::memory_order_relaxed) > 0)
            m_give(*this, quint64(m_nextKey.fetch_add(1, std::memory_order_relaxed) % 1000));
        m_measured.count();
        m_all.count();
    }
    void waitForMeasured() { m_measured.wait(); }
    void waitForAll() { m_all.wait(); }

private:
    std::atomic<qint64> m_left;
    std::atomic<qint64> m_nextKey;
    Tally m_measured;
    Tally m_all;
    const std::function<void(Task &, quint64)> m_give;
};

} // namespace

qint64 LocalPeer::flood(const Flood &flood)
{
    CountingTask task(flood.jobs);
    QElapsedTimer timer;
    if (flood.producers <= 1) {
        timer.start();
        giveMany(task, 0, flood.jobs, flood.keys);
        help(flood.jobs);
        task.tally().wait();
        return timer.nsecsElapsed();
    }
    std::barrier ready(flood.producers + 1);
    std::vector<std::jthread> producers;
    for (qint64 i = 0; i < flood.producers; ++i) {
        producers.emplace_back([this, i, &ready, &flood, &task] {
            ready.arrive_and_wait();
            giveMany(task, flood.jobs * i / flood.producers, flood.jobs * (i + 1) / flood.producers,
                     flood.keys);
        });
    }
    ready.arrive_and_wait();
    timer.start();
    help(flood.jobs);
    task.tally().wait();
    return timer.nsecsElapsed();
}

Trips LocalPeer::roundTrips(int rounds)
{
    std::vector<qint64> times;
    times.reserve(std::size_t(rounds));
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        roundTrip();
        times.push_back(timer.nsecsElapsed());
    }
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

qint64 LocalPeer::chain(qint64 depth, qint64 jobs)
{
    HoldingTask holding;
    ChainTask chain(depth, jobs, [this](Task &task, quint64 key) { give(task, key); });
    give(holding, 0);
    holding.waitUntilHeld();
    giveMany(chain, 0, depth, 1000);
    QElapsedTimer timer;
    timer.start();
    holding.letGo();
    chain.waitForMeasured();
    const qint64 time = timer.nsecsElapsed();
    chain.waitForAll();
    return time;
}

LargeResult LocalPeer::large(const Large &large)
{
    BufferPool pool(large.outstanding, std::size_t(large.bytes), large.jobs);
    const qint64 copiedBefore = Buffer::bytesCopied();
    QElapsedTimer timer;
    timer.start();
    for (qint64 i = 0; i < large.jobs; ++i)
        giveBuffer(pool, pool.take(), quint64(i % 1000));
    help(large.jobs);
    pool.wait();
    return {timer.nsecsElapsed(), Buffer::bytesCopied() - copiedBefore};
}

qint64 LocalPeer::waitingMemory(qint64 jobs)
{
    HoldingTask holding;
    CountingTask counting(jobs);
    give(holding, 0);
    holding.waitUntilHeld();
    const qint64 before = residentMemory();
    giveMany(counting, 0, jobs, 1000);
    const qint64 bytes = residentMemory() - before;
    holding.letGo();
    counting.tally().wait();
    return bytes;
}

void LocalPeer::giveBuffer(BufferPool &, Buffer &&, quint64)
{
    qFatal("This peer does not take large messages.");
}

void LocalPeer::help(qint64) {}

void LocalPeer::roundTrip()
{
    AnsweringTask task(m_answer);
    give(task, 0);
    m_answer.acquire();
}

qint64 residentMemory()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QFile::ReadOnly))
        return 0;
    const QList<QByteArray> figures = file.readAll().split(' ');
    return figures.value(1).toLongLong() * 4096;
}
