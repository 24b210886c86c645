// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../peer.h"

#include <Millwright/Factory>

#include <QtCore/qsemaphore.h>

namespace {

using namespace Millwright;

class Counting final : public Worker<quint64, std::atomic<qint64> *, void>
{
public:
    void process(Job &job) override { job.message()->fetch_add(1, std::memory_order_relaxed); }
};

// dispatch(): nobody wants a result.
class MillwrightPeer : public Peer
{
public:
    explicit MillwrightPeer(int workers)
        : m_counting({.name = QStringLiteral("bench"), .workerCount = workers})
        , m_answering({.name = QStringLiteral("answer"), .workerCount = workers},
                      [this](Millwright::Job<quint64, int> &) { m_answer.release(); })
    {
        m_counting.start();
        m_answering.start();
    }

    [[nodiscard]] QString name() const override { return QStringLiteral("Millwright"); }

    void flood(qint64 jobs, std::atomic<qint64> &done) override
    {
        for (qint64 i = 0; i < jobs; ++i)
            m_counting.dispatch(quint64(i % 1000), &done);
    }

    void roundTrip() override
    {
        m_answering.dispatch(0, 0);
        m_answer.acquire();
    }

private:
    QSemaphore m_answer;
    Factory<Counting> m_counting;
    Factory<FunctionWorker<std::function<void(Millwright::Job<quint64, int> &)>>> m_answering;
};

// submit(): the caller holds a future.
class MillwrightFuturePeer final : public Peer
{
public:
    explicit MillwrightFuturePeer(int workers)
        : m_factory({.name = QStringLiteral("bench"), .workerCount = workers},
                    [](Millwright::Job<quint64, std::atomic<qint64> *> &job) -> quint64 {
                        if (job.message())
                            job.message()->fetch_add(1, std::memory_order_relaxed);
                        return job.key();
                    })
    {
        m_factory.start();
    }

    [[nodiscard]] QString name() const override { return QStringLiteral("Millwright submit()"); }

    void flood(qint64 jobs, std::atomic<qint64> &done) override
    {
        for (qint64 i = 0; i < jobs; ++i)
            static_cast<void>(m_factory.submit(quint64(i % 1000), &done));
    }

    void roundTrip() override { m_factory.submit(0, nullptr).waitForFinished(); }

private:
    Factory<
        FunctionWorker<std::function<quint64(Millwright::Job<quint64, std::atomic<qint64> *> &)>>>
        m_factory;
};

} // namespace

std::unique_ptr<Peer> makeMillwright(int workers)
{
    return std::make_unique<MillwrightPeer>(workers);
}

std::unique_ptr<Peer> makeMillwrightFuture(int workers)
{
    return std::make_unique<MillwrightFuturePeer>(workers);
}
