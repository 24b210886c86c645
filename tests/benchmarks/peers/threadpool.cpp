// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../peer.h"

#include <QtConcurrent/qtconcurrentrun.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qthreadpool.h>

namespace {

class ThreadPoolPeer : public Peer
{
public:
    explicit ThreadPoolPeer(int workers) { m_pool.setMaxThreadCount(workers); }
    ~ThreadPoolPeer() override { m_pool.waitForDone(); }

    [[nodiscard]] QString name() const override { return QStringLiteral("QThreadPool"); }

    void flood(qint64 jobs, std::atomic<qint64> &done) override
    {
        for (qint64 i = 0; i < jobs; ++i)
            m_pool.start([&done] { done.fetch_add(1, std::memory_order_relaxed); });
    }

    void roundTrip() override
    {
        m_pool.start([this] { m_answer.release(); });
        m_answer.acquire();
    }

protected:
    QThreadPool m_pool;

private:
    QSemaphore m_answer;
};

class ConcurrentRunPeer final : public ThreadPoolPeer
{
public:
    using ThreadPoolPeer::ThreadPoolPeer;

    [[nodiscard]] QString name() const override { return QStringLiteral("QtConcurrent::run"); }

    void flood(qint64 jobs, std::atomic<qint64> &done) override
    {
        for (qint64 i = 0; i < jobs; ++i) {
            static_cast<void>(QtConcurrent::run(
                &m_pool, [&done] { done.fetch_add(1, std::memory_order_relaxed); }));
        }
    }

    // Who waits for such a future runs the job himself.
    [[nodiscard]] bool hasRoundTrip() const override { return false; }
};

} // namespace

std::unique_ptr<Peer> makeThreadPool(int workers)
{
    return std::make_unique<ThreadPoolPeer>(workers);
}

std::unique_ptr<Peer> makeConcurrentRun(int workers)
{
    return std::make_unique<ConcurrentRunPeer>(workers);
}
