// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/limitedworld.h"
#include "support/simulation.h"

#include <Millwright/Factory>

#include <QTest>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

class Identified final : public Worker<int, int, int>
{
public:
    int process(Job &) override { return workerId(); }
};

} // namespace

// Jobs over the limit that wait for their token.
class tst_Delay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void RATE_2_delayedJobRunsWithItsToken();
    void RATE_2_delayedJobsAreNotOvertaken();
    void RATE_2_delayedJobsObeyPriorities();
    void RATE_2_delayedJobsMayEndBefore_data();
    void RATE_2_delayedJobsMayEndBefore();
    void RATE_2_delayedJobsCountTowardsTheQueueLimit();
    void RATE_2_oldestDelayedJobMakesRoom();
    void RATE_2_drainWaitsForTokens();
    void RATE_2_delayIsNotPolled();
    void RATE_2_manyTokensAtOnce();
    void RATE_2_delayedJobRunsWithoutAnEventLoop();
    void RATE_2_copiesOfABroadcastAreDelayed();
};

void tst_Delay::RATE_2_delayedJobRunsWithItsToken()
{
    LimitedWorld world({.workerCount = 1,
                        .rateLimit = {.refill = 2, .interval = 10ms},
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2, 3, 4, 5});
    QCOMPARE(world.admitted(), u"1@0 2@0"_s);
    world->pass(10 * Millisecond - 1);
    QCOMPARE(world->engine().counters().completed, 2);
    QCOMPARE(world->engine().counters().waiting, 3);
    QCOMPARE(world->violations(), QString());
    world->pass(1);
    QCOMPARE(world->engine().counters().completed, 4);
    world->pass(10 * Millisecond);
    QCOMPARE(world.admitted(), u"1@0 2@0 3@10 4@10 5@20"_s);
    QCOMPARE(world->violations(), QString());
}

void tst_Delay::RATE_2_delayedJobsAreNotOvertaken()
{
    LimitedWorld world({.workerCount = 4,
                        .rateLimit = {.refill = 1, .interval = 10ms},
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2, 3});
    // The alarm is late, the token is there already: it is for the one who waits.
    world->clock().jumpTo(world.admissions().begin + 15 * Millisecond);
    world.submit({4});
    QCOMPARE(world.admitted(), u"1@0 2@15"_s);
    world->pass(30 * Millisecond);
    QCOMPARE(world.admitted(), u"1@0 2@15 3@20 4@30"_s);
}

void tst_Delay::RATE_2_delayedJobsObeyPriorities()
{
    LimitedWorld world({.workerCount = 1,
                        .queue = priorityQueue(),
                        .rateLimit = {.refill = 1, .interval = 10ms},
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2});
    world.submit({3}, {.priority = Priority::BestEffort});
    world.submit({4, 5}, {.priority = Priority::High});
    world->pass(100 * Millisecond);
    QCOMPARE(world.admitted(), u"1@0 4@10 5@20 2@30 3@40"_s);
}

void tst_Delay::RATE_2_delayedJobsMayEndBefore_data()
{
    QTest::addColumn<std::function<void(World &)>>("act");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, std::function<void(World &)> act, const QString &log) {
        QTest::newRow(name) << act << log;
    };
    row(
        "canceled", [](World &world) { world.cancel(u"j2"_s); }, u"j2 canceled, j3@0, j3 done"_s);
    row(
        "expired", [](World &world) { world.pass(7 * Millisecond); },
        u"j3 TtlExpired, j2@0, j2 done"_s);
    row(
        "stopped", [](World &world) { world.engine().stop(); }, u"j2 Shutdown, j3 Shutdown"_s);
    row(
        "given up",
        [](World &world) {
            world.engine().stop();
            world.engine().giveUp();
        },
        u"j2 Shutdown, j3 Shutdown"_s);
}

void tst_Delay::RATE_2_delayedJobsMayEndBefore()
{
    QFETCH(std::function<void(World &)>, act);
    QFETCH(QString, expected);
    LimitedWorld world({.workerCount = 1,
                        .rateLimit = {.refill = 1, .interval = 50ms},
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2});
    world.submit({3}, {.timeToLive = expected.contains(u"Expired") ? 5ms : 500ms});
    world->settle();
    world->clearLog();
    act(*world);
    QCOMPARE(world->violations(), QString());
    world->pass(60 * Millisecond);
    QCOMPARE(world->takeLog().filter(u"j"_s).join(u", "_s), expected);
    QCOMPARE(world->violations(), QString());
    QCOMPARE(world->engine().counters().waiting, 0);
}

void tst_Delay::RATE_2_delayedJobsCountTowardsTheQueueLimit()
{
    LimitedWorld world({.workerCount = 1,
                        .queueLimit = 2,
                        .rateLimit = {.refill = 1, .interval = 10ms},
                        .rateLimitMode = RateLimitMode::Delay});
    QVERIFY(world.submit(1));
    world->settle();
    QCOMPARE(world->engine().availableCapacity(), 3);
    QVERIFY(world.submit(2));
    QCOMPARE(world->engine().availableCapacity(), 1);
    QVERIFY(world.submit(3));
    QCOMPARE(world->engine().availableCapacity(), 0);
    QVERIFY(!world.submit(4));
    QVERIFY(world.submit(5, {.discardable = false}));
    QCOMPARE(world->engine().counters().discarded(DiscardReason::Loadshed), 1);
    world->pass(30 * Millisecond);
    QCOMPARE(world.admitted(), u"1@0 2@10 3@20 5@30"_s);
    QCOMPARE(world->engine().availableCapacity(), 3);
    QCOMPARE(world->violations(), QString());
}

void tst_Delay::RATE_2_oldestDelayedJobMakesRoom()
{
    LimitedWorld world({.workerCount = 1,
                        .queueLimit = 2,
                        .discardMode = DiscardMode::Oldest,
                        .rateLimit = {.refill = 1, .interval = 10ms},
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2, 3});
    QVERIFY(world.submit(4));
    world->pass(50 * Millisecond);
    QCOMPARE(world.admitted(), u"1@0 3@10 4@20"_s);
    QCOMPARE(world->engine().counters().discarded(DiscardReason::Loadshed), 1);
    QCOMPARE(world->violations(), QString());
}

void tst_Delay::RATE_2_drainWaitsForTokens()
{
    LimitedWorld world({.workerCount = 1,
                        .rateLimit = {.refill = 1, .interval = 10ms},
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2, 3});
    world->engine().drain();
    QVERIFY(!world.submit(4));
    world->pass(19 * Millisecond);
    QVERIFY(world->engine().state() == FactoryState::Draining);
    world->pass(Millisecond);
    QVERIFY(world->engine().state() == FactoryState::Stopped);
    QCOMPARE(world->engine().counters().completed, 3);
}

void tst_Delay::RATE_2_delayIsNotPolled()
{
    LimitedWorld world({.workerCount = 1,
                        .rateLimit = {.refill = 1, .interval = 1h},
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 3, 5, 7}); // nobody holds their futures
    world->pass(Millisecond * 100);
    const int before = world->clock().alarmsRung();
    world->pass(3 * 3600 * 1000 * Millisecond - Millisecond);
    QCOMPARE(world->clock().alarmsRung() - before, 3);
    QCOMPARE(world->engine().counters().completed, 4);
    QVERIFY(!world->clock().hasAlarm());
}

void tst_Delay::RATE_2_manyTokensAtOnce()
{
    LimitedWorld world({.workerCount = 2,
                        .rateLimit = {.refill = 5000, .interval = 10ms, .initial = 0},
                        .rateLimitMode = RateLimitMode::Delay});
    for (quint64 key = 0; key < 6000; ++key)
        QVERIFY(world.submit(key));
    world->pass(10 * Millisecond);
    QCOMPARE(world.admissions().all.size(), std::size_t(5000));
    for (quint64 key = 0; key < 5000; ++key)
        QCOMPARE(world.admissions().all[key].key, key);
    world->pass(10 * Millisecond);
    QCOMPARE(world->engine().counters().completed, 6000);
}

void tst_Delay::RATE_2_delayedJobRunsWithoutAnEventLoop()
{
    Factory factory({.workerCount = 1,
                     .rateLimit = {.refill = 1, .interval = 5ms},
                     .rateLimitMode = RateLimitMode::Delay},
                    [](Job<int, int> &job) { return job.key(); });
    QElapsedTimer timer;
    timer.start();
    QVERIFY(factory.start());
    QList<QFuture<int>> futures;
    for (int key = 0; key < 5; ++key)
        futures += factory.submit(key, 0);
    for (int key = 0; key < 5; ++key) {
        QVERIFY(Support::hasEnded(futures[key]));
        QCOMPARE(futures[key].result(), key);
    }
    QVERIFY(timer.elapsed() >= 4 * 5 - 5); // the first interval began before the timer, perhaps
    QCOMPARE(factory.counters().completed, 5);
}

void tst_Delay::RATE_2_copiesOfABroadcastAreDelayed()
{
    Factory<Identified> factory({.workerCount = 3,
                                 .rateLimit = {.refill = 1, .interval = 2ms},
                                 .rateLimitMode = RateLimitMode::Delay});
    QVERIFY(factory.start());
    const QList<QFuture<int>> futures = factory.broadcast(1, 1);
    QCOMPARE(futures.size(), 3);
    for (int id = 0; id < 3; ++id) {
        QVERIFY(Support::hasEnded(futures[id]));
        QCOMPARE(futures[id].result(), id); // late, but at its own worker
    }
    factory.setRateLimitMode(RateLimitMode::Reject);
    factory.setRateLimit({});
    factory.setRateLimit({.refill = 2, .interval = 10h}); // a new one is full
    int refused = 0;
    const QList<QFuture<int>> others = factory.broadcast(2, 2);
    for (const QFuture<int> &future : others)
        refused += Support::errorAs<JobDiscarded>(future).has_value() ? 1 : 0;
    QCOMPARE(refused, 1);
}

QTEST_GUILESS_MAIN(tst_Delay)

#include "tst_delay.moc"
