// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "../localpeer.h"
#include "kinds.h"

#include <Millwright/Factory>

namespace {

using namespace Millwright;

class TaskWorker final : public Worker<quint64, Task *, void>
{
public:
    void process(Job &job) override { job.message()->run(); }
};

struct BufferMessage
{
    BufferPool *pool;
    Buffer buffer;
};

class BufferWorker final : public Worker<quint64, BufferMessage, void>
{
public:
    void process(Job &job) override
    {
        BufferMessage message = job.takeMessage();
        message.pool->process(std::move(message.buffer));
    }
};

RouterBuilder routerNamed(const QString &name)
{
    if (name == u"queuer")
        return queuer();
    if (name == u"roundRobin")
        return roundRobin();
    if (name == u"keyPersistent")
        return keyPersistent();
    if (name == u"stickyQueuer")
        return stickyQueuer();
    if (name == u"leastLoaded")
        return leastLoaded();
    if (name == u"customHash") {
        return customHash<quint64>(
            [](const quint64 &key, int count) { return std::size_t(key) % std::size_t(count); });
    }
    qFatal("No router is called %s.", qPrintable(name));
}

FactorySettings settingsOf(const Setup &setup)
{
    return {.name = QStringLiteral("bench"),
            .workerCount = setup.workers,
            .threadCount = setup.threads,
            .router = routerNamed(setup.router)};
}

// dispatch(): nobody wants a result.
class MillwrightPeer final : public LoopingPeer<MillwrightPeer>
{
public:
    explicit MillwrightPeer(const Setup &setup) : m_setup(setup), m_factory(settingsOf(setup))
    {
        m_factory.start();
    }

    void give(Task &task, quint64 key) override { m_factory.dispatch(key, &task); }
    [[nodiscard]] FactoryBase &factory() { return m_factory; }

protected:
    void giveBuffer(BufferPool &pool, Buffer &&buffer, quint64 key) override
    {
        if (!m_large) {
            m_large = std::make_unique<Factory<BufferWorker>>(settingsOf(m_setup));
            m_large->start();
        }
        m_large->dispatch(key, {&pool, std::move(buffer)});
    }

private:
    const Setup m_setup;
    Factory<TaskWorker> m_factory;
    std::unique_ptr<Factory<BufferWorker>> m_large;
};

// submit(): the caller holds a future.
class MillwrightSubmitPeer final : public LoopingPeer<MillwrightSubmitPeer>
{
public:
    explicit MillwrightSubmitPeer(const Setup &setup) : m_factory(settingsOf(setup))
    {
        m_factory.start();
    }

    void give(Task &task, quint64 key) override { static_cast<void>(m_factory.submit(key, &task)); }

protected:
    void roundTrip() override
    {
        CountingTask task(1);
        m_factory.submit(0, &task).waitForFinished();
    }

private:
    Factory<TaskWorker> m_factory;
};

} // namespace

PeerKind millwrightKind()
{
    return {
        .name = QStringLiteral("Millwright"),
        .routers = {QStringLiteral("queuer"), QStringLiteral("roundRobin"),
                    QStringLiteral("keyPersistent"), QStringLiteral("stickyQueuer"),
                    QStringLiteral("leastLoaded"), QStringLiteral("customHash")},
        .abilities = {Ability::Flood, Ability::RoundTrip, Ability::Chain, Ability::Large},
        .make = [](const Setup &setup) { return std::make_unique<MillwrightPeer>(setup); },
        .mostWorkers = 10'000,
        .getsAllJobs = true,
    };
}

PeerKind millwrightSubmitKind()
{
    return {
        .name = QStringLiteral("Millwright submit()"),
        .routers = {QStringLiteral("queuer")},
        .abilities = {Ability::Flood, Ability::RoundTrip},
        .make = [](const Setup &setup) { return std::make_unique<MillwrightSubmitPeer>(setup); },
        .mostWorkers = 10'000,
        .getsAllJobs = true,
    };
}

Millwright::FactoryBase &factoryOf(Peer &peer)
{
    return static_cast<MillwrightPeer &>(peer).factory();
}
