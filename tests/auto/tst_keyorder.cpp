// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/keyorder.h"
#include "support/randomscript.h"

#include <Millwright/Factory>

#include <QLoggingCategory>
#include <QScopeGuard>
#include <QTest>

#include <thread>

using namespace Simulation;
using namespace Qt::StringLiterals;
using Support::Dice;
using Support::KeyOrder;

// Jobs of one key run in their order and one at a time, whatever else happens to them, to the workers
// and to the factory.
class tst_KeyOrder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ROUTE_3_4_orderUnderRandomOperations_data();
    void ROUTE_3_4_orderUnderRandomOperations();
    void ROUTE_3_4_orderWithRealThreads_data();
    void ROUTE_3_4_orderWithRealThreads();
};

namespace {

RouterBuilder threeWorkersByKey()
{
    return customHash<quint64>(
        [](const quint64 &key, int count) { return std::size_t(key) * 7 + std::size_t(count); });
}

//! Changes its mind all the time: the order has to be kept for it.
class FickleRouter final : public Router
{
public:
    Route route(const AbstractJob &, const Workers &workers) override
    {
        m_state = m_state * 6364136223846793005ULL + 1442695040888963407ULL;
        const int choice = int(m_state >> 33) % (workers.count() + 1);
        return choice == workers.count() ? Route::toQueue() : Route::toWorker(choice);
    }
    bool keepsKeyOrder() const override { return true; }

private:
    quint64 m_state = 1;
};

} // namespace

void tst_KeyOrder::ROUTE_3_4_orderUnderRandomOperations_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<quint64>("seed");
    QTest::addColumn<bool>("plain");
    const quint64 own = qEnvironmentVariable("MILLWRIGHT_SEED").toULongLong();
    for (const quint64 seed : {own ? own : 1, own ? own + 1 : 2}) {
        QTest::addRow("key-persistent, seed %llu", seed) << keyPersistent() << seed << false;
        QTest::addRow("sticky, seed %llu", seed) << stickyQueuer() << seed << false;
        QTest::addRow("fickle, seed %llu", seed) << customRouter<FickleRouter>() << seed << false;
    }
    const quint64 seed = own ? own : 1;
    QTest::addRow("sticky, plain jobs, seed %llu", seed) << stickyQueuer() << seed << true;
    QTest::addRow("fickle, plain jobs, seed %llu", seed)
        << customRouter<FickleRouter>() << seed << true;
}

void tst_KeyOrder::ROUTE_3_4_orderUnderRandomOperations()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const quint64, seed);
    QFETCH(const bool, plain);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr int Operations = 100'000; // ten times as slow
#else
    constexpr int Operations = 1'000'000;
#endif

    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); // of workers in a crash loop
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });

    Dice dice(seed);
    FactorySettings settings{.name = u"random"_s, .workerCount = 4, .router = router};
    settings.restartPolicy = {.maximumRestarts = 2,
                              .interval = std::chrono::milliseconds(200),
                              .backoff = std::chrono::milliseconds(2),
                              .maximumBackoff = std::chrono::milliseconds(30)};
    settings.threadCount = dice.oneIn(2) ? 0 : 1 + dice.below(3);
    settings.queue = dice.oneIn(2) ? priorityQueue() : fifoQueue();
    World world(settings);
    world.forgetEnded();
    Engine &engine = world.engine();
    engine.start();

    qint64 jobs = 0;
    Variety variety{.keys = 8,
                    .longest = 4,
                    .rarity = 8,
                    .hangs = false,
                    .asynchronous = false,
                    .plain = plain};
    for (int i = 0; i < Operations; ++i) {
        const int choice = dice.below(1000);
        if (choice < 300) {
            world.submit(randomScript(dice, jobs++, variety));
        } else if (choice < 850) {
            world.step(dice.any());
        } else if (choice < 950) {
            world.clock().moveTo(world.clock().now() + dice.below(4) * Millisecond);
        } else if (choice < 980) {
            world.cancel(QString::number(std::max<qint64>(0, jobs - 1 - dice.below(40))));
        } else if (choice < 990) {
            engine.setWorkerCount(dice.oneIn(6) ? 0 : 1 + dice.below(6));
        } else if (choice < 993) {
            engine.setQueueLimit(dice.oneIn(2) ? -1 : dice.below(30));
            engine.setDiscardMode(dice.oneIn(2) ? DiscardMode::Newest : DiscardMode::Oldest);
        } else if (choice < 995) {
            engine.setOnFailure(dice.oneIn(2) ? OnFailure::ReplaceWorker : OnFailure::KeepWorker);
        } else if (choice < 996) {
            variety.keys = dice.oneIn(2) ? 1 + dice.below(4) : 1 + dice.below(200);
        } else if (choice < 997) {
            if (dice.oneIn(2))
                world.failBuilds(dice.below(2));
            else if (dice.oneIn(2))
                world.breakWorker(dice.below(6));
            else
                world.repairWorkers();
        } else if (engine.queueDepth() > 500) { // or it would only ever grow
            engine.setWorkerCount(6);
            world.repairWorkers();
            world.pass(200 * Millisecond);
        }
        if (const QString complaint = world.keyOrder().complaint(); !complaint.isEmpty())
            QFAIL(qPrintable(u"operation %1: %2"_s.arg(i).arg(complaint)));
    }
    engine.setWorkerCount(3);
    world.repairWorkers();
    QVERIFY(world.finish());
    QVERIFY(world.fates().empty());
    QVERIFY(engine.counters().completed > Operations / 10);
    QCOMPARE(world.keyOrder().complaint(), QString());
}

void tst_KeyOrder::ROUTE_3_4_orderWithRealThreads_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<int>("threads");
    for (const int threads : {0, 3}) {
        QTest::addRow("key-persistent, %d threads", threads) << keyPersistent() << threads;
        QTest::addRow("sticky, %d threads", threads) << stickyQueuer() << threads;
        QTest::addRow("custom hash, %d threads", threads) << threeWorkersByKey() << threads;
    }
}

void tst_KeyOrder::ROUTE_3_4_orderWithRealThreads()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const int, threads);
    constexpr int Producers = 3;
    constexpr int JobsEach = 20'000;

    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s);
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });

    KeyOrder order;
    const RestartPolicy policy{.maximumRestarts = 3,
                               .backoff = std::chrono::milliseconds(1),
                               .maximumBackoff = std::chrono::milliseconds(5)};
    Factory factory(
        {.workerCount = 5, .threadCount = threads, .router = router, .restartPolicy = policy},
        [&order](Millwright::Job<quint64, qint64> &job) {
            order.started(job.key(), 0, job.message());
            if (job.message() % 1000 == 0)
                std::this_thread::yield();
            order.stopped(job.key());
            if (job.message() % 500 == 1)
                throw JobError(u"on purpose"_s);
        });
    QVERIFY(factory.start());
    std::vector<std::thread> producers;
    for (int p = 0; p < Producers; ++p) {
        producers.emplace_back([&, p] { // each has keys of its own, so it knows their order
            Dice dice{quint64(p)};
            for (int i = 0; i < JobsEach; ++i) {
                const auto key = quint64(dice.below(20) * Producers + p);
                const qint64 number = qint64(i) * Producers + p;
                order.submitted(key, 0, number);
                QVERIFY(factory.dispatch(key, number));
                if (p == 0 && i % 500 == 0)
                    factory.setWorkerCount(1 + dice.below(8));
            }
        });
    }
    for (std::thread &producer : producers)
        producer.join();
    factory.drain();
    QVERIFY(factory.waitForStopped(std::chrono::minutes(1)));
    QCOMPARE(order.complaint(), QString());
    const Counters counters = factory.counters();
    QCOMPARE(counters.completed + counters.failed, qint64(Producers) * JobsEach);
    QVERIFY(counters.failed > 0);
}

QTEST_GUILESS_MAIN(tst_KeyOrder)
#include "tst_keyorder.moc"
