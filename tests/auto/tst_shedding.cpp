// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"
#include "support/simulation.h"

#include <Millwright/Factory>

#include "routing/consistentindex.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <random>

using namespace Simulation;
using namespace Qt::StringLiterals;

namespace {

//! A started factory whose workers are up, and that has seen short jobs: hands are full from now on.
std::unique_ptr<World> practisedWorld(const FactorySettings &settings)
{
    auto world = std::make_unique<World>(settings);
    world->engine().start();
    world->settle();
    for (int i = 0; i < 64; ++i)
        world->submit(
            {.name = u"practice %1"_s.arg(i), .key = quint64(1000 + i), .duration = 5'000});
    world->finish();
    world->engine().setQueueLimit(settings.queueLimit);
    world->clearLog();
    return world;
}

FactorySettings settingsOf(RouterBuilder router, int workers, qsizetype limit,
                           DiscardMode mode = DiscardMode::Oldest)
{
    return {.workerCount = workers,
            .router = std::move(router),
            .queueLimit = limit,
            .discardMode = mode};
}

//! To one worker after the other, in the order of their keys.
class NextPlease final : public Router
{
public:
    Route route(const AbstractJob &, const Workers &) override
    {
        return Route::toWorker(m_next++ % 2);
    }
    [[nodiscard]] bool keepsKeyOrder() const override { return true; }

private:
    int m_next = 0;
};

//! First in, first out, and cannot be looked into.
class Reticent final : public Queue
{
public:
    void push(AbstractJob &job) override { m_jobs.push_back(&job); }
    void pushFront(AbstractJob &job) override { m_jobs.push_front(&job); }
    AbstractJob *pop() override
    {
        AbstractJob *job = peek();
        if (job)
            m_jobs.pop_front();
        return job;
    }
    [[nodiscard]] AbstractJob *peek() const override
    {
        return m_jobs.empty() ? nullptr : m_jobs.front();
    }
    void remove(AbstractJob &job) override { std::erase(m_jobs, &job); }
    [[nodiscard]] AbstractJob *victim() override { return peek(); }

private:
    std::deque<AbstractJob *> m_jobs;
};

} // namespace

// Which job makes room when too many wait, wherever the router lets them wait.
class tst_Shedding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void DISC_2_oldestStandsInTheHandOfTheWorker();
    void DISC_2_copiesAndOtherJobsMakeRoomForEachOther();
    void DISC_2_parkedJobsMakeRoom();
    void DISC_2_jobThatComesBackKeepsItsAge();
    void DISC_2_limitThatComesLater_data();
    void DISC_2_limitThatComesLater();
    void DISC_2_limitThatComesLaterIsForAll_data();
    void DISC_2_limitThatComesLaterIsForAll();
    void DISC_4_burstAfterShortJobs_data();
    void DISC_4_burstAfterShortJobs();
    void DISC_4_busyWorkerHasNoFreeOnes();
    void DISC_4_keysOfAHandStayTogether();
    void DISC_4_limitZeroOnSharedThreads_data();
    void DISC_4_limitZeroOnSharedThreads();
    void DISC_5_verdictDoesNotDependOnWhoComesFirst_data();
    void DISC_5_verdictDoesNotDependOnWhoComesFirst();
};

void tst_Shedding::DISC_2_oldestStandsInTheHandOfTheWorker()
{
    const auto world = practisedWorld(settingsOf(roundRobin(), 2, FactorySettings::Unlimited));
    world->engine().pause();
    for (int i = 0; i < 6; ++i) // even ones to one worker, odd ones to the other
        world->submit({.name = u"j%1"_s.arg(i), .duration = 50 * Millisecond});
    world->engine().resume();
    world->step(); // one of the workers takes a hand of three
    world->step();
    world->step();
    QCOMPARE(world->takeLog().filter(u"@"_s).size(), 1);
    world->engine().setQueueLimit(2);
    world->submit({.name = u"j6"_s, .duration = Millisecond});
    world->submit({.name = u"j7"_s, .duration = Millisecond});
    // Each takes the place of the oldest that waits for the same worker.
    QStringList log = world->takeLog();
    log.sort();
    QVERIFY2(log == (QStringList{u"j1 Loadshed"_s, u"j2 Loadshed"_s})
                 || log == (QStringList{u"j0 Loadshed"_s, u"j3 Loadshed"_s}),
             qPrintable(log.join(u", "_s)));
    QVERIFY(world->finish());
    QCOMPARE(world->engine().counters().discarded(DiscardReason::Loadshed), 2);
}

// The copies of a broadcast wait at their workers, other jobs in the factory's queue; all have one
// limit.
void tst_Shedding::DISC_2_copiesAndOtherJobsMakeRoomForEachOther()
{
    const Support::Gate gate;
    const Support::EventLog discarded;
    Factory factory({.workerCount = 2, .queueLimit = 2, .discardMode = DiscardMode::Oldest},
                    [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    factory.setDiscardHandler([discarded](Job<int, int> &job, DiscardReason) {
        discarded.add(QString::number(job.key()));
    });
    QVERIFY(factory.start());
    QVERIFY(factory.dispatch(0, 0));
    QVERIFY(factory.dispatch(0, 0));
    QVERIFY(gate.awaitArrivals(2));

    QVERIFY(factory.dispatch(1, 0));
    QVERIFY(factory.dispatch(2, 0));
    const auto copies = factory.broadcast(3, 0);
    QCOMPARE(discarded.events(), (QStringList{u"1"_s, u"2"_s}));
    QVERIFY(factory.dispatch(4, 0));
    QVERIFY(factory.dispatch(5, 0));
    QCOMPARE(discarded.events().mid(2), (QStringList{u"3"_s, u"3"_s}));
    QVERIFY(factory.dispatch(6, 0));
    QCOMPARE(discarded.events().mid(4), QStringList{u"4"_s});
    QCOMPARE(factory.queueDepth(), 2);
}

void tst_Shedding::DISC_2_parkedJobsMakeRoom()
{
    quint64 moving = 1; // from the only worker to the second one
    while (consistentIndex(moving, 2) != 1)
        ++moving;
    World world(settingsOf(keyPersistent(), 1, 1));
    world.engine().start();
    world.settle();
    world.submit({.name = u"a"_s, .key = moving, .duration = 50 * Millisecond});
    world.settle();
    world.engine().setWorkerCount(2);
    world.settle();
    world.clearLog();
    for (const QString &name :
         {u"b"_s, u"c"_s, u"d"_s}) // wait until the first worker is done with a
        QVERIFY(world.submit({.name = name, .key = moving, .duration = Millisecond}));
    QCOMPARE(world.takeLog(), (QStringList{u"b Loadshed"_s, u"c Loadshed"_s}));
    QVERIFY(world.finish());
    QCOMPARE(world.takeLog(), (QStringList{u"a done"_s, u"d@1"_s, u"d done"_s}));
}

void tst_Shedding::DISC_2_jobThatComesBackKeepsItsAge()
{
    const auto world = practisedWorld(settingsOf(stickyQueuer(), 2, FactorySettings::Unlimited));
    constexpr qint64 Long = 1000 * Millisecond;
    world->submit({.name = u"first"_s, .key = 1, .duration = Long});
    world->settle();
    world->submit({.name = u"old"_s, .key = 1}); // waits for its worker
    for (int i = 0; i < 50; ++i) // the other worker takes four of these
        world->submit({.name = u"h%1"_s.arg(i), .key = quint64(10 + i), .duration = Long});
    world->settle();
    QCOMPARE(world->engine().snapshot(true).workers[0].waiting
                 + world->engine().snapshot(true).workers[1].waiting,
             4);
    world->pass(5 * Millisecond); // they last, so three of them are taken back
    world->clearLog();
    world->engine().setQueueLimit(50);
    world->submit({.name = u"n1"_s, .key = 100});
    world->submit({.name = u"n2"_s, .key = 101});
    QCOMPARE(world->takeLog(), (QStringList{u"old Loadshed"_s, u"h1 Loadshed"_s}));
    QVERIFY(world->finish());
}

void tst_Shedding::DISC_2_limitThatComesLater_data()
{
    using Change = std::function<void(Engine &)>;
    QTest::addColumn<Change>("first");
    QTest::addColumn<Change>("later");
    const Change nothing = [](Engine &) {};
    const Change limit = [](Engine &engine) { engine.setQueueLimit(6); };
    const Change mode = [](Engine &engine) { engine.setDiscardMode(DiscardMode::Oldest); };
    QTest::newRow("the limit") << mode << limit;
    QTest::newRow("the mode") << limit << mode;
    QTest::newRow("both") << nothing << Change([=](Engine &engine) {
        limit(engine);
        mode(engine);
    });
    QTest::newRow("again") << Change([=](Engine &engine) {
        limit(engine);
        mode(engine);
        engine.setQueueLimit(FactorySettings::Unlimited);
    }) << limit;
}

// Those that waited before there was a limit make room as if there had always been one.
void tst_Shedding::DISC_2_limitThatComesLater()
{
    QFETCH(const std::function<void(Engine &)>, first);
    QFETCH(const std::function<void(Engine &)>, later);
    FactorySettings settings = settingsOf(stickyQueuer(), 2, FactorySettings::Unlimited,
                                          DiscardMode::Newest);
    settings.queue = priorityQueue();
    World world(settings);
    world.engine().start();
    world.settle();
    first(world.engine());
    for (const quint64 key : {1, 2})
        world.submit({.name = u"run%1"_s.arg(key), .key = key, .duration = 10 * Millisecond});
    world.settle();
    const JobOptions high{.priority = Priority::High};
    const JobOptions kept{.discardable = false};
    world.submit({.name = u"a"_s, .key = 3, .options = high}); // in the factory's queue
    world.submit({.name = u"b"_s, .key = 3});
    world.submit({.name = u"c"_s, .key = 1, .options = kept}); // at its worker
    world.submit({.name = u"d"_s, .key = 2});
    world.submit({.name = u"e"_s, .key = 4});
    world.clearLog();
    later(world.engine());
    world.submit({.name = u"f"_s, .key = 5});
    QCOMPARE(world.takeLog(), QStringList());
    for (int i = 0; i < 4; ++i)
        world.submit({.name = u"g%1"_s.arg(i), .key = quint64(6 + i), .options = high});
    QCOMPARE(world.takeLog(),
             (QStringList{u"b Loadshed"_s, u"d Loadshed"_s, u"e Loadshed"_s, u"f Loadshed"_s}));
    world.submit({.name = u"h"_s, .key = 20, .options = high});
    QCOMPARE(world.takeLog(), QStringList{u"a Loadshed"_s});
    QVERIFY(world.finish());
    QCOMPARE(world.violations(), QString());
}

// Also those that wait for another worker to be done with their key, copies for each worker, and those of a
// queue that does not tell what is in it.
void tst_Shedding::DISC_2_limitThatComesLaterIsForAll_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<QueueBuilder>("queue");
    QTest::addColumn<bool>("isBroadcast");
    QTest::newRow("parked") << customRouter<NextPlease>() << fifoQueue() << false;
    QTest::newRow("copies") << queuer() << fifoQueue() << true;
    QTest::newRow("a queue of one's own") << stickyQueuer() << customQueue<Reticent>() << false;
}

void tst_Shedding::DISC_2_limitThatComesLaterIsForAll()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const QueueBuilder, queue);
    QFETCH(const bool, isBroadcast);
    FactorySettings settings = settingsOf(router, 2, FactorySettings::Unlimited);
    settings.queue = queue;
    World world(settings);
    world.engine().start();
    world.settle();
    for (int i = 0; i < 2; ++i)
        world.submit({.name = u"run%1"_s.arg(i), .key = quint64(i), .duration = Millisecond});
    world.settle();
    if (isBroadcast) {
        QVERIFY(world.broadcast({.name = u"w"_s}));
    } else {
        for (int i = 0; i < 2; ++i)
            world.submit({.name = u"w%1"_s.arg(i), .key = 1});
    }
    world.clearLog();
    world.engine().setQueueLimit(2);
    for (int i = 0; i < 3; ++i)
        world.submit({.name = u"n%1"_s.arg(i), .key = quint64(10 + i)});
    QCOMPARE(world.takeLog(), (QStringList{u"w0 Loadshed"_s, u"w1 Loadshed"_s, u"n0 Loadshed"_s}));
    QVERIFY(world.finish());
    QCOMPARE(world.violations(), QString());
}

void tst_Shedding::DISC_4_burstAfterShortJobs_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<int>("workers");
    QTest::addColumn<int>("limit");
    QTest::addColumn<DiscardMode>("mode");
    const std::array routers{std::pair("queuer", &queuer),
                             std::pair("sticky queuer", &stickyQueuer)};
    for (const auto &[name, router] : routers) {
        for (const auto &[workers, limit] : {std::pair(2, 0), std::pair(2, 1), std::pair(2, 3),
                                             std::pair(4, 0), std::pair(8, 1)}) {
            for (const DiscardMode mode : {DiscardMode::Newest, DiscardMode::Oldest}) {
                QTest::addRow("%s, %d workers, limit %d, %s", name, workers, limit,
                              mode == DiscardMode::Newest ? "newest" : "oldest")
                    << router() << workers << limit << mode;
            }
        }
    }
}

// Threads take several jobs at a time as long as jobs are short. What they have in hand waits as well, and
// the workers that are free will take it over when it turns out that these jobs are long.
void tst_Shedding::DISC_4_burstAfterShortJobs()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const int, workers);
    QFETCH(const int, limit);
    QFETCH(const DiscardMode, mode);
    int batches = 0;
    for (quint32 seed = 1; seed <= 60; ++seed) {
        const auto world = practisedWorld(settingsOf(router, workers, limit, mode));
        QCOMPARE(world->engine().availableCapacity(), workers + limit);
        std::minstd_rand random(seed);
        int accepted = 0;
        for (int i = 0; i < workers + limit + 3; ++i) {
            const qint64 room = world->engine().availableCapacity();
            const bool isAccepted = world->submit(
                {.name = u"j%1"_s.arg(i), .key = quint64(i), .duration = 1000 * Millisecond});
            accepted += isAccepted ? 1 : 0;
            if (mode == DiscardMode::Newest)
                QCOMPARE(isAccepted, room > 0);
            for (quint32 steps = random() % 8; steps > 0 && world->step(random()); --steps)
                ;
            const std::vector<Workload> workloads = world->workloads();
            batches += int(std::ranges::count_if(workloads, &Workload::isBatch));
        }
        accepted -= int(world->takeLog().filter(u"Loadshed"_s).size())
                    - (mode == DiscardMode::Newest ? 3 : 0);
        QCOMPARE(accepted, workers + limit);
        world->pass(10 * Millisecond);
        QCOMPARE(world->engine().counters().running, workers);
        QCOMPARE(world->engine().counters().waiting, limit);
        QCOMPARE(world->engine().availableCapacity(), 0);
        QVERIFY(world->finish());
    }
    QVERIFY(batches > 0); // or else this shows nothing
}

namespace {

//! All to the first worker, where they wait under one limit with all others.
class FirstPlease final : public Router
{
public:
    Route route(const AbstractJob &, const Workers &) override { return Route::toWorker(0); }
};

} // namespace

// Free workers make no room for jobs that are not for them.
void tst_Shedding::DISC_4_busyWorkerHasNoFreeOnes()
{
    const RouterBuilder first = [] { return std::make_unique<FirstPlease>(); };
    World world(settingsOf(first, 4, 1, DiscardMode::Newest));
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"runs"_s, .duration = 50 * Millisecond}));
    world.settle();
    QVERIFY(world.submit({.name = u"waits"_s}));
    QVERIFY(!world.submit({.name = u"refused"_s}));
    QVERIFY(world.finish());

    World copies(settingsOf(queuer(), 4, 0, DiscardMode::Newest));
    copies.engine().start();
    copies.settle();
    for (int busy = 1; busy < 4; ++busy) {
        QVERIFY(copies.submit({.name = u"j%1"_s.arg(busy), .duration = 50 * Millisecond}));
        copies.settle();
        copies.broadcast({.name = u"b%1-"_s.arg(busy), .duration = Millisecond});
        QCOMPARE(copies.engine().counters().discarded(DiscardReason::Loadshed),
                 busy * (busy + 1) / 2);
        copies.pass(Millisecond);
        QCOMPARE(copies.engine().counters().running, busy);
    }
    QVERIFY(copies.finish());
}

// What a thread has in hand can be done by others but for the key that is at work.
void tst_Shedding::DISC_4_keysOfAHandStayTogether()
{
    for (const bool isOneKey : {true, false}) {
        const auto world = practisedWorld(
            settingsOf(stickyQueuer(), 2, FactorySettings::Unlimited, DiscardMode::Newest));
        Engine &engine = world->engine();
        engine.pause();
        world->submit({.name = u"a"_s, .key = 1, .duration = 50 * Millisecond});
        world->submit(
            {.name = u"b"_s, .key = isOneKey ? 1ULL : 2ULL, .duration = 50 * Millisecond});
        engine.resume();
        while (world->nextFinish() == World::Hung)
            QVERIFY(world->step());
        QCOMPARE(world->workloads().size(), 1U); // both are in one hand, and one worker is free
        if (isOneKey) {
            engine.setQueueLimit(0); // more wait than may
            QCOMPARE(engine.availableCapacity(), 1);
            QVERIFY(!world->submit({.name = u"c"_s, .key = 1}));
            QVERIFY(world->submit({.name = u"d"_s, .key = 3}));
        } else {
            engine.setQueueLimit(1);
            QCOMPARE(engine.availableCapacity(), 1);
            QVERIFY(world->submit({.name = u"c"_s, .key = 1}));
            QVERIFY(!world->submit({.name = u"d"_s, .key = 3}));
        }
        QCOMPARE(engine.availableCapacity(), 0);
        QVERIFY(world->finish());
    }
}

void tst_Shedding::DISC_4_limitZeroOnSharedThreads_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("queuer") << queuer();
    QTest::newRow("round-robin") << roundRobin();
    QTest::newRow("least-loaded") << leastLoaded();
    QTest::newRow("sticky") << stickyQueuer();
}

// A worker that has nothing to do is no room for a job while another one has the thread.
void tst_Shedding::DISC_4_limitZeroOnSharedThreads()
{
    QFETCH(const RouterBuilder, router);
    FactorySettings settings = settingsOf(router, 3, 0, DiscardMode::Newest);
    settings.threadCount = 1;
    World world(settings);
    world.engine().start();
    world.settle();
    QCOMPARE(world.engine().availableCapacity(), 1);
    for (int round = 0; round < 3; ++round) {
        const auto submit = [&](const QString &name) {
            return world.submit({.name = name, .key = 1, .duration = Millisecond});
        };
        QVERIFY(submit(u"runs"_s));
        QVERIFY(!submit(u"refused at once"_s)); // the thread is still to come
        world.settle();
        QVERIFY(!submit(u"refused while it runs"_s));
        QCOMPARE(world.engine().availableCapacity(), 0);
        QVERIFY(world.finish());
    }
}

void tst_Shedding::DISC_5_verdictDoesNotDependOnWhoComesFirst_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<int>("threads");
    for (const int threads : {0, 1}) {
        QTest::addRow("queuer, %d", threads) << queuer() << threads;
        QTest::addRow("round-robin, %d", threads) << roundRobin() << threads;
        QTest::addRow("key-persistent, %d", threads) << keyPersistent() << threads;
        QTest::addRow("sticky, %d", threads) << stickyQueuer() << threads;
    }
}

// The worker's thread may be anywhere between being called and running the job.
void tst_Shedding::DISC_5_verdictDoesNotDependOnWhoComesFirst()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const int, threads);
    for (int steps = 0; steps < 6; ++steps) {
        FactorySettings settings = settingsOf(router, 1, 1, DiscardMode::Newest);
        settings.threadCount = threads;
        World world(settings);
        world.engine().start();
        world.settle();
        QVERIFY(world.submit({.name = u"a"_s, .key = 1, .duration = Millisecond}));
        for (int i = 0; i < steps; ++i)
            world.step();
        QVERIFY2(world.submit({.name = u"b"_s, .key = 2}), qPrintable(QString::number(steps)));
        QVERIFY2(!world.submit({.name = u"c"_s, .key = 3}), qPrintable(QString::number(steps)));
        QVERIFY(world.finish());
    }
}

QTEST_GUILESS_MAIN(tst_Shedding)

#include "tst_shedding.moc"
