// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/operations.h"

#include <Millwright/Factory>
#include <Millwright/RestartPolicy>

#include <QLoggingCategory>
#include <QSignalSpy>
#include <QTest>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

// What becomes of the factory, its size and its end while workers are crash-looping.
class tst_CrashLoopLife : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); }
    void cleanup() { QLoggingCategory::setFilterRules(QString()); }

    void SUP_2_whileNobodyIsAvailableJobsWait_data();
    void SUP_2_whileNobodyIsAvailableJobsWait();
    void SUP_2_copiesOfABroadcastWaitForTheirWorker();
    void SUP_2_resizing_data();
    void SUP_2_resizing() { run(); }
    void SUP_2_resizingWhileTheFailedWorkerIsStillThere();
    void SUP_2_resizingWhenItsStartIsDue();
    void SUP_2_lifeOfTheFactory_data();
    void SUP_2_lifeOfTheFactory() { run(); }
    void SUP_2_manyThatWaitCostNothing();
    void SUP_2_realWorkersThatCannotStart();
};

namespace {

const RestartPolicy Strict{.maximumRestarts = 0, .jitter = 0};

} // namespace

void tst_CrashLoopLife::SUP_2_whileNobodyIsAvailableJobsWait_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("queuer") << queuer();
    QTest::newRow("round robin") << roundRobin();
    QTest::newRow("least loaded") << leastLoaded();
    QTest::newRow("key-persistent") << keyPersistent();
    QTest::newRow("sticky") << stickyQueuer();
}

void tst_CrashLoopLife::SUP_2_whileNobodyIsAvailableJobsWait()
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
    QVERIFY(engine.whenCapacityAvailable().isFinished());
    for (int i = 1; i < room; ++i)
        QVERIFY(world.submit({.name = u"j%1"_s.arg(i), .key = quint64(i % 3)}));
    QCOMPARE(engine.availableCapacity(), 0);
    QVERIFY(!world.submit({.name = u"late"_s}));
    const QFuture<void> roomThere = engine.whenCapacityAvailable();
    world.pass(1000 * Millisecond);
    QCOMPARE(engine.counters().waiting, room);
    QVERIFY(!roomThere.isFinished());

    world.repairWorker(1);
    world.pass(2000 * Millisecond);
    QCOMPARE(engine.counters().completed, room);
    QVERIFY(roomThere.isFinished());
    QCOMPARE(engine.counters().discarded(), 1);
    QCOMPARE(engine.crashLoopingWorkers(), 2);
    QCOMPARE(engine.availableCapacity(), room + 1);
    QCOMPARE(world.keyOrder().complaint(), QString());
}

void tst_CrashLoopLife::SUP_2_copiesOfABroadcastWaitForTheirWorker()
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

void tst_CrashLoopLife::SUP_2_resizing_data()
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
    QTest::newRow("who leaves does not take what waits for those missing")
        << u"2 roundrobin"_s
        << u"break=0 start pause a b c d workers=1 resume +9 ? repair=0 +100 ?"_s
        << u"+1, b@1, b done, d@1, d done, -1, [Running 2 0 0], +0, a@0, a done, c@0, c done, "
           "[Running 0 0 1]"_s;
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

// It is to be destroyed on its own thread first.
void tst_CrashLoopLife::SUP_2_resizingWhileTheFailedWorkerIsStillThere()
{
    World world({.workerCount = 1, .router = leastLoaded(), .restartPolicy = Strict});
    Engine &engine = world.engine();
    engine.start();
    world.settle();
    QVERIFY(world.submit({.name = u"bad"_s, .failures = 1}));
    while (engine.crashLoopingWorkers() == 0)
        QVERIFY(world.step());
    QCOMPARE(world.workersAlive(), 1);
    engine.setWorkerCount(0);
    QCOMPARE(world.workersAlive(), 1);
    world.settle();
    QCOMPARE(world.workersAlive(), 0);
    QCOMPARE(engine.crashLoopingWorkers(), 0);
    QVERIFY(world.submit({.name = u"good"_s}));
    engine.setWorkerCount(2);
    world.settle();
    QCOMPARE(engine.counters().completed, 1);

    world.broadcast({.name = u"fails"_s, .failures = 1});
    world.broadcast({.name = u"b"_s});
    while (engine.crashLoopingWorkers() < 2)
        QVERIFY(world.step());
    world.clearLog();
    engine.setWorkerCount(1);
    world.pass(300 * Millisecond);
    QVERIFY(world.takeLog().contains(u"b1@0"_s)); // nobody is built for it alone
}

// Between the moment when it is due and the one when its thread comes.
void tst_CrashLoopLife::SUP_2_resizingWhenItsStartIsDue()
{
    World world({.workerCount = 2, .restartPolicy = Strict});
    Engine &engine = world.engine();
    world.failBuilds(2);
    engine.start();
    world.settle();
    world.clock().moveTo(world.now() + 100 * Millisecond);
    QCOMPARE(engine.crashLoopingWorkers(), 2);
    engine.setWorkerCount(1);
    QCOMPARE(engine.crashLoopingWorkers(), 1);
    world.settle();
    QCOMPARE(engine.crashLoopingWorkers(), 0);
    QCOMPARE(world.workersAlive(), 1);
}

void tst_CrashLoopLife::SUP_2_lifeOfTheFactory_data()
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

// Nothing is done for a worker that waits, however many they are, and for an idle factory only what
// its workers wait for.
void tst_CrashLoopLife::SUP_2_manyThatWaitCostNothing()
{
    constexpr int Workers = 1000;
    World world({.workerCount = Workers,
                 .threadCount = 1,
                 .restartPolicy = {.backoff = 10s, .maximumBackoff = 10s, .jitter = 0}});
    for (int id = 1; id < Workers; ++id)
        world.breakWorker(id);
    world.engine().start();
    world.settle();
    QCOMPARE(world.engine().crashLoopingWorkers(), Workers - 1);
    const int alarms = world.clock().alarmsRung();
    world.pass(35'000 * Millisecond);
    QCOMPARE(world.clock().alarmsRung() - alarms, 3);
    QVERIFY(world.submit({.name = u"job"_s}));
    QVERIFY(world.finish());

    world.engine().setWorkerCount(1);
    world.settle();
    const int alarmsBefore = world.clock().alarmsRung();
    world.pass(100'000 * Millisecond);
    QVERIFY(world.clock().alarmsRung() <= alarmsBefore + 1); // that was set already
}

// The same on threads, until what the workers need is there.
void tst_CrashLoopLife::SUP_2_realWorkersThatCannotStart()
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

QTEST_GUILESS_MAIN(tst_CrashLoopLife)
#include "tst_crashlooplife.moc"
