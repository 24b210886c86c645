// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "signals.h"

#include "../localpeer.h"
#include "kinds.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>

#include <atomic>

SignalWorker::~SignalWorker() = default;
SignalCustomer::~SignalCustomer() = default;

namespace {

// What one writes by hand: QObjects on QThreads, one queued signal for each job and one for each
// answer. The answers come to the thread that has made the peer.
class SignalsPeer final : public LoopingPeer<SignalsPeer>
{
public:
    explicit SignalsPeer(const Setup &setup) : m_threads(std::size_t(setup.workers))
    {
        for (auto &thread : m_threads) {
            thread = std::make_unique<QThread>();
            auto *worker = new SignalWorker;
            worker->moveToThread(thread.get());
            QObject::connect(thread.get(), &QThread::finished, worker, &QObject::deleteLater);
            auto entrance = std::make_unique<SignalEntrance>();
            QObject::connect(entrance.get(), &SignalEntrance::job, worker, &SignalWorker::process);
            QObject::connect(entrance.get(), &SignalEntrance::large, worker,
                             &SignalWorker::processLarge);
            QObject::connect(worker, &SignalWorker::done, &m_customer, &SignalCustomer::count);
            m_entrances.push_back(std::move(entrance));
            thread->start();
        }
    }

    ~SignalsPeer() override
    {
        for (const auto &thread : m_threads)
            thread->quit();
        for (const auto &thread : m_threads)
            thread->wait();
    }

    void give(Task &task, quint64) override { Q_EMIT next().job(&task); }

protected:
    void giveBuffer(BufferPool &pool, Buffer &&buffer, quint64) override
    {
        Q_EMIT next().large(&pool, std::move(buffer));
    }

    void help(qint64 jobs) override
    {
        while (m_customer.answers() < jobs)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        m_customer.reset();
    }

    void roundTrip() override
    {
        CountingTask task(1);
        give(task, 0);
        help(1);
    }

private:
    SignalEntrance &next()
    {
        return *m_entrances[m_next.fetch_add(1, std::memory_order_relaxed) % m_entrances.size()];
    }

    SignalCustomer m_customer;
    std::vector<std::unique_ptr<QThread>> m_threads;
    std::vector<std::unique_ptr<SignalEntrance>> m_entrances;
    std::atomic<std::size_t> m_next = 0;
};

} // namespace

PeerKind signalsKind()
{
    qRegisterMetaType<Task *>("Task*");
    qRegisterMetaType<BufferPool *>("BufferPool*");
    qRegisterMetaType<Buffer>("Buffer");
    return {
        .name = QStringLiteral("queued signals"),
        .abilities = {Ability::Flood, Ability::RoundTrip, Ability::Large},
        .make = [](const Setup &setup) { return std::make_unique<SignalsPeer>(setup); },
    };
}
