// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../localpeer.h"
#include "kinds.h"

#include <QtConcurrent/qtconcurrentrun.h>
#include <QtCore/qthreadpool.h>

namespace {

class BufferRunnable final : public QRunnable
{
public:
    BufferRunnable(BufferPool &pool, Buffer &&buffer) : m_pool(pool), m_buffer(std::move(buffer)) {}

    void run() override { m_pool.process(std::move(m_buffer)); }

private:
    BufferPool &m_pool;
    Buffer m_buffer;
};

class ThreadPoolPeer final : public LoopingPeer<ThreadPoolPeer>
{
public:
    explicit ThreadPoolPeer(const Setup &setup) { m_pool.setMaxThreadCount(setup.workers); }
    ~ThreadPoolPeer() override { m_pool.waitForDone(); }

    void give(Task &task, quint64) override
    {
        m_pool.start([&task] { task.run(); });
    }

protected:
    void giveBuffer(BufferPool &pool, Buffer &&buffer, quint64) override
    {
        m_pool.start(new BufferRunnable(pool, std::move(buffer)));
    }

private:
    QThreadPool m_pool;
};

// Who waits for such a future runs the job himself, so there is no round trip.
class ConcurrentRunPeer final : public LoopingPeer<ConcurrentRunPeer>
{
public:
    explicit ConcurrentRunPeer(const Setup &setup) { m_pool.setMaxThreadCount(setup.workers); }
    ~ConcurrentRunPeer() override { m_pool.waitForDone(); }

    void give(Task &task, quint64) override
    {
        static_cast<void>(QtConcurrent::run(&m_pool, [&task] { task.run(); }));
    }

protected:
    void giveBuffer(BufferPool &pool, Buffer &&buffer, quint64) override
    {
        static_cast<void>(QtConcurrent::run(
            &m_pool, [&pool](Buffer given) { pool.process(std::move(given)); }, std::move(buffer)));
    }

private:
    QThreadPool m_pool;
};

} // namespace

PeerKind threadPoolKind()
{
    return {
        .name = QStringLiteral("QThreadPool"),
        .abilities = {Ability::Flood, Ability::RoundTrip, Ability::Chain, Ability::Large},
        .make = [](const Setup &setup) { return std::make_unique<ThreadPoolPeer>(setup); },
        .mostWaiting = 100'000,
    };
}

PeerKind concurrentRunKind()
{
    return {
        .name = QStringLiteral("QtConcurrent::run"),
        .abilities = {Ability::Flood, Ability::Large},
        .make = [](const Setup &setup) { return std::make_unique<ConcurrentRunPeer>(setup); },
    };
}
