// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/operations.h"

#include <Millwright/Factory>
#include <Millwright/RestartPolicy>

#include <QLoggingCategory>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

// What becomes of jobs, and of the factory, while workers are crash-looping.
class tst_CrashLoop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); }
    void cleanup() { QLoggingCategory::setFilterRules(QString()); }

    void SUP_2_jobsRunElsewhere_data();
    void SUP_2_jobsRunElsewhere() { run(); }
    void SUP_2_onlyItsKeysMoveAndComeBack();
    void SUP_2_keysKeepTheirOrder_data();
    void SUP_2_keysKeepTheirOrder();
    void SUP_2_whileNobodyIsAvailableJobsWait_data();
    void SUP_2_whileNobodyIsAvailableJobsWait();
    void SUP_2_theQueueHasTheLimitOfThoseMissing();
    void SUP_2_whoWaitsForRoomWaitsForNobodyWhoIsMissing();
    void SUP_2_copiesOfABroadcastWaitForTheirWorker();
    void SUP_2_routersMayAskWhoIsAvailable();
    void SUP_2_resizing_data();
    void SUP_2_resizing() { run(); }
    void SUP_2_lifeOfTheFactory_data();
    void SUP_2_lifeOfTheFactory() { run(); }
    void SUP_2_realWorkersThatCannotStart();
};

namespace {

constexpr qint64 Millisecond = 1'000'000;

const RestartPolicy Strict{.maximumRestarts = 0, .jitter = 0};

//! Which worker runs a job of each of these keys, with nothing else to do.
QList<int> workersOf(World &world, int keys)
{
    world.clearLog();
    for (int key = 0; key < keys; ++key) {
        [[maybe_unused]] const bool isAccepted = world.submit(
            {.name = u"k%1"_s.arg(key), .key = quint64(key)});
        Q_ASSERT(isAccepted);
        world.settle();
    }
    QList<int> workers(keys, -1);
    const QStringList log = world.takeLog();
    for (const QString &entry : log) {
        if (const auto at = entry.indexOf(u'@'); at > 0)
            workers[entry.sliced(1, at - 1).toInt()] = entry.sliced(at + 1).toInt();
    }
    return workers;
}

void addRouters()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("queuer") << queuer();
    QTest::newRow("round robin") << roundRobin();
    QTest::newRow("least loaded") << leastLoaded();
    QTest::newRow("key-persistent") << keyPersistent();
    QTest::newRow("sticky") << stickyQueuer();
}

} // namespace

// --- Jobs that may run elsewhere do -----------------------------------------------------------

void tst_CrashLoop::SUP_2_jobsRunElsewhere_data()
{
    addOperationColumns();
    QTest::newRow("round robin, what waits there")
        << u"2 roundrobin"_s << u"restarts=0 start a:1!1 b:5 c d e f +9 !"_s
        << u"+0, +1, a@0, b@1, a failed, -0, b done, c@1, c done, d@1, d done, e@1, e done, f@1, "
           "f done, [CrashLooping Idle]"_s;
    QTest::newRow("round robin, what comes")
        << u"3 roundrobin"_s << u"break=1 start a:1 b:1 c:1 d:1 +9 !"_s
        << u"+0, +2, a@0, c@2, a done, b@0, c done, b done, d@0, d done, "
           "[Idle CrashLooping Idle]"_s;
    QTest::newRow("least loaded")
        << u"3 leastloaded"_s << u"break=0 start a:1 b:2 c:1 d:1 +9 repair=0 +91 e +0 !"_s
        << u"+1, +2, a@1, b@2, a done, c@1, c done, b done, d@2, d done, +0, e@0, e done, "
           "[Idle Idle Idle]"_s;
    QTest::newRow("least loaded, nobody is left")
        << u"2 leastloaded"_s << u"break=0 break=1 start a b +9 ? repair=1 +91 ! ?"_s
        << u"[Running 2 0 0], +1, a@1, a done, b@1, b done, [CrashLooping Idle], [Running 0 0 1]"_s;
    QTest::newRow("sticky, what waits there")
        << u"2 sticky"_s << u"restarts=0 start a1:3!1 b1:9 a2 a3 +2 ! +20 !"_s
        << u"+0, +1, b1@0, a1@1, [Busy Busy], a1 failed, -1, b1 done, a2@0, a2 done, a3@0, a3 "
           u"done, "
           "[Idle CrashLooping]"_s;
    QTest::newRow("sticky, by somebody who is free")
        << u"3 sticky"_s << u"restarts=0 start a1:3!1 a2:3 a3:3 +0 +20 !"_s
        << u"+0, +1, +2, a1@2, a1 failed, a2@1, -2, a2 done, a3@1, a3 done, "
           "[Idle Idle CrashLooping]"_s;
    QTest::newRow("in a worker's hand already") // short jobs are taken many at a time
        << u"2 roundrobin"_s << u"restarts=0 start a b c d +0 e f g!1 h i j k l m n +0 !"_s
        << u"+0, +1, a@0, a done, c@0, c done, b@1, b done, d@1, d done, e@0, e done, g@0, "
           "g failed, -0, i@1, i done, k@1, k done, m@1, m done, f@1, f done, h@1, h done, j@1, "
           "j done, l@1, l done, n@1, n done, [CrashLooping Idle]"_s;
}

void tst_CrashLoop::SUP_2_onlyItsKeysMoveAndComeBack()
{
    constexpr int Keys = 200;
    constexpr int Missing = 2;
    World world({.workerCount = 5, .router = keyPersistent(), .restartPolicy = Strict});
    world.engine().start();
    const QList<int> before = workersOf(world, Keys);
    QVERIFY(before.count(Missing) > 20);

    const auto key = quint64(before.indexOf(Missing));
    QVERIFY(world.submit({.name = u"bad"_s, .key = key, .failures = 1}));
    world.settle();
    QCOMPARE(world.engine().crashLoopingWorkers(), 1);
    const QList<int> meanwhile = workersOf(world, Keys);
    QVERIFY(!meanwhile.contains(Missing));
    QVERIFY(!meanwhile.contains(-1));
    for (int i = 0; i < Keys; ++i)
        QVERIFY(before.at(i) == Missing || meanwhile.at(i) == before.at(i));

    world.pass(100 * Millisecond);
    QCOMPARE(world.engine().crashLoopingWorkers(), 0);
    QCOMPARE(workersOf(world, Keys), before);
}

void tst_CrashLoop::SUP_2_keysKeepTheirOrder_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("key-persistent") << keyPersistent();
    QTest::newRow("sticky") << stickyQueuer();
}

void tst_CrashLoop::SUP_2_keysKeepTheirOrder()
{
    QFETCH(const RouterBuilder, router);
    World world({.workerCount = 4, .router = router, .restartPolicy = Strict});
    world.engine().start();
    int jobs = 0;
    const auto submitSome = [&] {
        for (int i = 0; i < 100; ++i) {
            QVERIFY(world.submit({.name = u"j%1"_s.arg(++jobs),
                                  .key = quint64(i * i % 17),
                                  .duration = i % 3 * Millisecond,
                                  .failures = i == 50 ? 1 : 0}));
            world.step(quint64(i));
        }
    };
    for (int round = 0; round < 12; ++round) { // while workers fail, wait and come back
        submitSome();
        world.pass(30 * Millisecond);
        QCOMPARE(world.violations(), QString());
    }
    QVERIFY(world.finish());
    QCOMPARE(world.engine().counters().restarts, 12);
    QCOMPARE(world.keyOrder().complaint(), QString());
    QCOMPARE(world.engine().counters().completed + world.engine().counters().failed, jobs);
}

void tst_CrashLoop::SUP_2_whileNobodyIsAvailableJobsWait_data()
{
    addRouters();
}

void tst_CrashLoop::SUP_2_whileNobodyIsAvailableJobsWait()
{
    QFETCH(const RouterBuilder, router);
    World world({.workerCount = 3, .router = router, .queueLimit = 2, .restartPolicy = Strict});
    Engine &engine = world.engine();
    const int room = router()->waitingPlace() == WaitingPlace::AtWorkers ? 6 : 2;
    for (int id = 0; id < 3; ++id)
        world.breakWorker(id);
    QVERIFY(world.submit({.name = u"early"_s, .key = 1}));
    engine.start();
    world.settle();
    QCOMPARE(engine.state(), FactoryState::Running);
    QCOMPARE(engine.crashLoopingWorkers(), 3);
    QCOMPARE(engine.availableCapacity(), room - 1);
    for (int i = 1; i < room; ++i)
        QVERIFY(world.submit({.name = u"j%1"_s.arg(i), .key = quint64(i % 3)}));
    QCOMPARE(engine.availableCapacity(), 0);
    QVERIFY(!world.submit({.name = u"late"_s}));
    world.pass(1000 * Millisecond);
    QCOMPARE(engine.counters().waiting, room);

    world.repairWorker(1);
    world.pass(2000 * Millisecond);
    QCOMPARE(engine.counters().completed, room);
    QCOMPARE(engine.counters().discarded(), 1);
    QCOMPARE(engine.crashLoopingWorkers(), 2);
    QCOMPARE(engine.availableCapacity(), room + 1);
    QCOMPARE(world.keyOrder().complaint(), QString());
}

// The limit of each worker stays, whether jobs wait there or, in its stead, in the factory's queue.
void tst_CrashLoop::SUP_2_theQueueHasTheLimitOfThoseMissing()
{
    World world(
        {.workerCount = 2, .router = roundRobin(), .queueLimit = 2, .restartPolicy = Strict});
    Engine &engine = world.engine();
    engine.start();
    world.settle();
    const auto submit = [&](const QString &name, qint64 duration, int failures = 0) {
        const bool isAccepted = world.submit(
            {.name = name, .duration = duration * Millisecond, .failures = failures});
        world.settle();
        return isAccepted;
    };
    QVERIFY(submit(u"bad"_s, 10, 1));
    QVERIFY(submit(u"long"_s, 50));
    for (int i = 0; i < 4; ++i)
        QVERIFY(submit(u"w%1"_s.arg(i), 50));
    QCOMPARE(engine.availableCapacity(), 0);
    world.pass(10 * Millisecond);
    QCOMPARE(engine.crashLoopingWorkers(), 1);
    QCOMPARE(engine.availableCapacity(), 0);
    QVERIFY(!submit(u"x0"_s, 0)); // for the one that is missing
    QVERIFY(!submit(u"x1"_s, 0));
    engine.setQueueLimit(3);
    QCOMPARE(engine.availableCapacity(), 2);
    QVERIFY(submit(u"y0"_s, 0));
    QVERIFY(submit(u"y1"_s, 0));
    QCOMPARE(engine.availableCapacity(), 0);
    QVERIFY(!submit(u"z0"_s, 0));
    QVERIFY(!submit(u"z1"_s, 0));

    engine.setDiscardMode(DiscardMode::Oldest);
    QVERIFY(submit(u"new"_s, 0)); // in the place of the oldest that waits for the missing one
    QCOMPARE(world.fates().at(u"w0"_s).discarded, 1);
    QVERIFY(world.finish());
    QCOMPARE(engine.counters().completed, 7);
    QCOMPARE(engine.availableCapacity(), engine.crashLoopingWorkers() > 0 ? 7 : 8);
}

// A thread that was to get a place at one worker gets one elsewhere when that is crash-looping.
void tst_CrashLoop::SUP_2_whoWaitsForRoomWaitsForNobodyWhoIsMissing()
{
    World world({.workerCount = 2,
                 .router = roundRobin(),
                 .queueLimit = 1,
                 .restartPolicy = {.maximumRestarts = 0, .backoff = 10s, .jitter = 0}});
    Engine &engine = world.engine();
    engine.start();
    const auto settle = [&] {
        do {
            world.awaitProducers();
        } while (world.step());
    };
    const auto submit = [&](const QString &name, qint64 duration, int failures) {
        QVERIFY(
            world.submit({.name = name, .duration = duration * Millisecond, .failures = failures}));
        settle();
    };
    settle();
    submit(u"bad"_s, 10, 1);
    submit(u"long"_s, 100, 0);
    submit(u"c"_s, 1, 0);
    submit(u"d"_s, 1, 0);
    auto verdict = world.submitPatiently({.name = u"patient"_s});
    settle();
    for (int i = 0; i < 200; ++i) {
        world.clock().moveTo(world.now() + Millisecond);
        settle();
    }
    QCOMPARE(engine.crashLoopingWorkers(), 1);
    QVERIFY(!verdict.get());
    QCOMPARE(world.fates().at(u"patient"_s).completed, 1);
    QCOMPARE(engine.counters().completed, 4);
}

void tst_CrashLoop::SUP_2_copiesOfABroadcastWaitForTheirWorker()
{
    World world({.workerCount = 3, .router = keyPersistent(), .restartPolicy = Strict});
    Engine &engine = world.engine();
    engine.start();
    world.settle();
    world.broadcast({.name = u"fails"_s, .failures = 1}); // each of them
    world.broadcast({.name = u"b"_s});
    world.breakWorker(1);
    world.breakWorker(2);
    world.settle();
    QCOMPARE(engine.crashLoopingWorkers(), 3);
    QCOMPARE(engine.counters().waiting, 3);
    world.clearLog();
    world.pass(100 * Millisecond);
    QCOMPARE(world.takeLog().join(u", "_s), u"+0, b0@0, b0 done"_s);

    world.repairWorker(1);
    world.pass(200 * Millisecond);
    QCOMPARE(world.takeLog().join(u", "_s), u"+1, b1@1, b1 done"_s);

    engine.setWorkerCount(2); // its worker has left
    world.settle();
    const QStringList log = world.takeLog();
    QVERIFY(log.contains(u"b2 done"_s));
    QVERIFY(!log.contains(u"b2@2"_s));
    QCOMPARE(engine.crashLoopingWorkers(), 0);
}

void tst_CrashLoop::SUP_2_routersMayAskWhoIsAvailable()
{
    struct Asking final : Router
    {
        explicit Asking(QString *theAnswers) : answers(theAnswers) {}
        Route route(const AbstractJob &job, const Workers &workers) override
        {
            answers->clear();
            for (int index = -1; index <= workers.count(); ++index)
                *answers += workers.isAvailable(index) ? u'+' : u'-';
            return Route::toWorker(int(job.keyHash()));
        }
        QString *answers;
    };
    QString answers;
    World world(
        {.workerCount = 3, .router = customRouter<Asking>(&answers), .restartPolicy = Strict});
    world.breakWorker(1);
    world.engine().start();
    world.settle();
    const QList<int> workers = workersOf(world, 3);
    QCOMPARE(answers, u"-+-+-"_s);
    QCOMPARE(workers.at(0), 0);
    QVERIFY(workers.at(1) == 0 || workers.at(1) == 2); // whoever is free
    QCOMPARE(workers.at(2), 2);
    world.repairWorker(1);
    world.pass(100 * Millisecond);
    QCOMPARE(workersOf(world, 3), (QList<int>{0, 1, 2}));
    QCOMPARE(answers, u"-+++-"_s);
}

// --- The factory ------------------------------------------------------------------------------

void tst_CrashLoop::SUP_2_resizing_data()
{
    addOperationColumns();
    QTest::newRow("surplus ones go at once")
        << u"3 leastloaded"_s << u"break=1 break=2 start ! workers=1 ! a +0 ? +1000 !"_s
        << u"+0, [Idle CrashLooping CrashLooping], [Idle], a@0, a done, [Running 0 0 1], [Idle]"_s;
    QTest::newRow("also when their start is due")
        << u"2 leastloaded"_s << u"break=1 start failbuilds=9 +100 ! workers=1 ! +1000 !"_s
        << u"+0, [Idle CrashLooping], [Idle], [Idle]"_s;
    QTest::newRow("growing past them")
        << u"1 leastloaded"_s << u"break=0 start a b +9 ? workers=3 +0 ! c +0 ?"_s
        << u"[Running 2 0 0], +1, a@1, a done, b@1, b done, +2, [CrashLooping Idle Idle], c@1, "
           "c done, [Running 0 0 2]"_s;
    QTest::newRow("the last available one leaves")
        << u"2 leastloaded"_s
        << u"break=0 start a:5 b:5 c:5 +1 workers=1 ! +20 ? d +9 ? repair=0 +80 ?"_s
        << u"+1, a@1, [CrashLooping Busy], a done, b@1, b done, c@1, c done, -1, [Running 0 0 0], "
           "[Running 1 0 0], +0, d@0, d done, [Running 0 0 1]"_s;
    QTest::newRow("to nobody and back")
        << u"2 keypersistent"_s
        << u"break=0 break=1 start a b c workers=0 ! ? repair=0 workers=2 +0 ! ?"_s
        << u"[], [Running 3 0 0], +0, b@0, b done, a@0, a done, c@0, c done, [Idle CrashLooping], "
           "[Running 0 0 1]"_s;
    QTest::newRow("shared threads")
        << u"4 roundrobin threads=2"_s
        << u"break=0 break=3 start a b c d workers=2 +0 ! workers=5 +0 ! repair=0 repair=3 +400 !"_s
        << u"+2, +1, c@2, c done, -2, b@1, b done, a@1, a done, d@1, d done, [CrashLooping Idle], "
           "+2, +4, [CrashLooping Idle Idle CrashLooping Idle], +0, +3, [Idle Idle Idle Idle "
           "Idle]"_s;
}

void tst_CrashLoop::SUP_2_lifeOfTheFactory_data()
{
    addOperationColumns();
    QTest::newRow("it runs when each has been tried")
        << u"2"_s << u"break=0 break=1 start ? a +50 ?"_s << u"[Running 0 0 0], [Running 1 0 0]"_s;
    QTest::newRow("draining waits for one that can start")
        << u"2 roundrobin"_s << u"break=0 break=1 start a b drain +50 ? repair=1 +50 ?"_s
        << u"[Draining 2 0 0], +1, a@1, a done, b@1, b done, -1, [Stopped 0 0 0]"_s;
    QTest::newRow("unless nothing waits")
        << u"2"_s << u"break=0 break=1 start drain ?"_s << u"[Stopped 0 0 0]"_s;
    QTest::newRow("stop() waits for nobody")
        << u"2 roundrobin"_s << u"break=0 break=1 start a b drain stop ?"_s
        << u"a Shutdown, b Shutdown, [Stopped 0 0 0]"_s;
    QTest::newRow("nor while one fails") << u"1"_s << u"restarts=0 start a:5!1 b +1 stop +5 ?"_s
                                         << u"+0, a@0, b Shutdown, a failed, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("paused, it starts workers, but no jobs")
        << u"1"_s << u"break=0 start pause a repair=0 +100 ! ? resume +0 ?"_s
        << u"+0, [Idle], [Running 1 0 0], a@0, a done, [Running 0 0 1]"_s;
    QTest::newRow("idle afterwards, it has no capacity to show for those missing")
        << u"2"_s << u"restarts=0 start a!1 +0 ? +100 ?"_s
        << u"+0, +1, a@1, a failed, -1, [Running 0 0 1], +1, [Running 0 0 2]"_s;
}

// The same on threads, until what the workers need is there.
void tst_CrashLoop::SUP_2_realWorkersThatCannotStart()
{
    struct Needy : Worker<int, int, int>
    {
        explicit Needy(bool isReady)
        {
            if (!isReady)
                throw JobError(u"not yet"_s);
        }
        int process(Job &) override { return workerId(); }
    };
    std::atomic<bool> isReady = false;
    Factory<Needy> factory({.workerCount = 4,
                            .router = keyPersistent(),
                            .restartPolicy = {.backoff = 1ms, .maximumBackoff = 10ms}},
                           [&](const WorkerContext &context) {
                               return std::make_unique<Needy>(context.id != 1 || isReady);
                           });
    QSignalSpy changed(&factory, &FactoryBase::crashLoopingWorkersChanged);
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QCOMPARE(factory.crashLoopingWorkers(), 1);
    const auto workersFor = [&] {
        QList<QFuture<int>> futures;
        for (int key = 0; key < 100; ++key)
            futures += factory.submit(key, 0);
        QList<int> workers;
        for (const QFuture<int> &future : futures)
            workers += hasEnded(future) ? future.result() : -1;
        return workers;
    };
    const QList<int> meanwhile = workersFor();
    QVERIFY(!meanwhile.contains(1));
    QVERIFY(!meanwhile.contains(-1));
    QVERIFY(eventually([&] { return changed.size() == 1; }));

    isReady = true;
    QVERIFY(eventually([&] { return factory.crashLoopingWorkers() == 0; }));
    QVERIFY(eventually([&] { return changed.size() == 2; }));
    QVERIFY(workersFor().contains(1));
    QVERIFY(factory.stop(Support::Patience).isClean());
}

QTEST_GUILESS_MAIN(tst_CrashLoop)
#include "tst_crashloop.moc"
