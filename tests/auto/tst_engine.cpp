// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/operations.h"

#include <QtTest/qtest.h>

using namespace Simulation;
using namespace Qt::StringLiterals;

class tst_Engine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void JOB_1_everyJobHasOneOutcome_data();
    void JOB_1_everyJobHasOneOutcome() { run(); }
    void JOB_6_timeToLiveAndRetry_data();
    void JOB_6_timeToLiveAndRetry() { run(); }
    void JOB_8_cancel_data();
    void JOB_8_cancel() { run(); }
    void ROUTE_1_firstFreeWorker_data();
    void ROUTE_1_firstFreeWorker() { run(); }
    void QUEUE_1_fifo_data();
    void QUEUE_1_fifo() { run(); }
    void QUEUE_2_priority_data();
    void QUEUE_2_priority() { run(); }
    void DISC_2_limits_data();
    void DISC_2_limits() { run(); }
    void POOL_2_asynchronousJobs_data();
    void POOL_2_asynchronousJobs() { run(); }
    void POOL_3_sharedThreads_data();
    void POOL_3_sharedThreads() { run(); }
    void ROUTE_1_blockedHandIsTakenBack();
    void ROUTE_1_slowHandIsTakenBack();
    void ROUTE_1_longJobsAmongShortOnesAreRemembered();
    void ROUTE_1_lateStationIsNotWaitedFor();
    void ROUTE_1_longJobIsNoticedByTheNextOne();
    void STAT_5_nobodyWatchesAThreadThatComes();
    void POOL_4_newWorkersDoNotWaitForLateStation();
    void ROUTE_1_lateThreadIsNotWaitedForLong();
    void ROUTE_1_burstIsForAllProcessors_data();
    void ROUTE_1_burstIsForAllProcessors();
    void ROUTE_2_whoRestsDoesNotWaitForLateThreads();
    void ROUTE_1_lateThreadIsNotWaitedForWhileNothingIsKnown();
};

void tst_Engine::JOB_1_everyJobHasOneOutcome_data()
{
    addOperationColumns();
    QTest::newRow("completed") << u"1"_s << u"start a:5 +5"_s << u"+0, a@0, a done"_s;
    QTest::newRow("completed, dispatched") << u"1"_s << u"start a:5. +5"_s << u"+0, a@0, a done"_s;
    QTest::newRow("failed") << u"1"_s << u"start a:5!1 +5"_s << u"+0, a@0, a failed, -0, +0"_s;
    QTest::newRow("failed, dispatched")
        << u"1"_s << u"start a:5!1. +5"_s << u"+0, a@0, a failed, -0, +0"_s;
    QTest::newRow("expired") << u"1"_s << u"start a:9 b~5 +20"_s
                             << u"+0, a@0, b TtlExpired, a done"_s;
    QTest::newRow("shed") << u"1"_s << u"limit=0 start a:9 b +9"_s
                          << u"+0, b Loadshed, refused b, a@0, a done"_s;
    QTest::newRow("shutdown") << u"1"_s << u"start a:9 +1 b stop +9"_s
                              << u"+0, a@0, b Shutdown, a done, -0"_s;
    QTest::newRow("refused by a stopped factory")
        << u"1"_s << u"start stop a"_s << u"+0, -0, a Shutdown, refused a"_s;
    QTest::newRow("canceled") << u"1"_s << u"start a:9 b xb +30"_s
                              << u"+0, a@0, a done, b canceled"_s;
    QTest::newRow("lost") << u"1"_s << u"start a:* +1 stop giveup"_s
                          << u"+0, a@0, a lost, unfinished a@0"_s;
}

void tst_Engine::JOB_6_timeToLiveAndRetry_data()
{
    addOperationColumns();
    QTest::newRow("starts in time")
        << u"1"_s << u"start a:4 b~5 +9"_s << u"+0, a@0, a done, b@0, b done"_s;
    QTest::newRow("never starts late")
        << u"1"_s << u"start a:5 b~5 +9"_s << u"+0, a@0, b TtlExpired, a done"_s;
    QTest::newRow("expires although every worker hangs")
        << u"1"_s << u"start a:* b~5 c~9 +20 ?"_s
        << u"+0, a@0, b TtlExpired, c TtlExpired, [Running 0 1 0]"_s;
    QTest::newRow("expires before the start")
        << u"1"_s << u"a~5 +9 start b +1"_s << u"a TtlExpired, +0, b@0, b done"_s;
    QTest::newRow("retried at once")
        << u"1"_s << u"keep start a:1!2&3 +9"_s << u"+0, a@0, a@0, a@0, a done"_s;
    QTest::newRow("retried by the fresh worker")
        << u"1"_s << u"start a:1!1&2 +9"_s << u"+0, a@0, -0, +0, a@0, a done"_s;
    QTest::newRow("last attempt fails")
        << u"1"_s << u"keep start a:1!9&3 +9"_s << u"+0, a@0, a@0, a@0, a failed"_s;
    QTest::newRow("backs off, lets others go first")
        << u"1"_s << u"keep start a:1!1&2/10 b:1 +5 ? +9"_s
        << u"+0, a@0, b@0, b done, [Running 1 0 1], a@0, a done"_s;
    QTest::newRow("the backoff grows") << u"1"_s << u"keep start a!2&3/10 +5 ? +10 ? +10 ? +10"_s
                                       << u"+0, a@0, [Running 1 0 1], a@0, [Running 1 0 1], "
                                          "[Running 1 0 1], a@0, a done"_s;
    QTest::newRow("time to live binds the next attempt")
        << u"1"_s << u"keep start a:1!9&9/10~15 +40"_s << u"+0, a@0, a@0, a failed"_s;
    QTest::newRow("canceled while backing off") << u"1"_s << u"keep start a!1&2/1000 +5 xa +30 ?"_s
                                                << u"+0, a@0, a canceled, [Running 0 0 1]"_s;
    QTest::newRow("no attempt after stop")
        << u"1"_s << u"keep start a:5!1&2 +1 stop +9"_s << u"+0, a@0, a failed, -0"_s;
    QTest::newRow("drain waits for attempts") << u"1"_s << u"keep start a!1&2/50 drain +9 ? +50 ?"_s
                                              << u"+0, a@0, [Draining 1 0 0], a@0, a done, -0, "
                                                 "[Stopped 0 0 0]"_s;
}

void tst_Engine::JOB_8_cancel_data()
{
    addOperationColumns();
    QTest::newRow("waiting, behind a hung worker")
        << u"1"_s << u"start a:* b c xb +30 ?"_s << u"+0, a@0, b canceled, [Running 1 1 0]"_s;
    QTest::newRow("running") << u"1"_s << u"start a:50 +9 xa +50"_s << u"+0, a@0, a canceled"_s;
    QTest::newRow("running, throws")
        << u"1"_s << u"start a:50!1 +9 xa +50"_s << u"+0, a@0, a canceled, -0, +0"_s;
    QTest::newRow("before the start") << u"1"_s << u"a xa +30 start"_s << u"a canceled, +0"_s;
    QTest::newRow("without workers")
        << u"0"_s << u"start a b xa +30 ?"_s << u"a canceled, [Running 1 0 0]"_s;
    QTest::newRow("never started even if just in time")
        << u"1"_s << u"start a xa +30"_s << u"+0, a canceled"_s;
}

void tst_Engine::ROUTE_1_firstFreeWorker_data()
{
    addOperationColumns();
    QTest::newRow("all workers at once") << u"3"_s << u"start a:9 b:9 c:9 d:9 +1 ?"_s
                                         << u"+0, +1, +2, c@0, b@1, a@2, [Running 1 3 0]"_s;
    QTest::newRow("the one that becomes free")
        << u"2"_s << u"start a:9 b:5 c:9 +20"_s
        << u"+0, +1, b@0, a@1, b done, c@0, a done, c done"_s;
    QTest::newRow("waits for the start")
        << u"2"_s << u"a:9 b:9 ? start +1"_s << u"[Idle 2 0 0], +0, +1, a@0, b@1"_s;
}

void tst_Engine::QUEUE_1_fifo_data()
{
    addOperationColumns();
    QTest::newRow("in order") << u"1"_s << u"a:1 b:1 c:1 start +9"_s
                              << u"+0, a@0, a done, b@0, b done, c@0, c done"_s;
    QTest::newRow("firm and discardable jobs in one order")
        << u"1"_s << u"a:1= b:1 c:1= d:1 start +9"_s
        << u"+0, a@0, a done, b@0, b done, c@0, c done, d@0, d done"_s;
    QTest::newRow("priorities are ignored")
        << u"1"_s << u"a:1^B b:1^X start +9"_s << u"+0, a@0, a done, b@0, b done"_s;
    QTest::newRow("holes in the middle")
        << u"1"_s << u"a b c d e xb xd +30 start +9"_s
        << u"b canceled, d canceled, +0, a@0, a done, c@0, c done, "
           "e@0, e done"_s;
}

void tst_Engine::QUEUE_2_priority_data()
{
    addOperationColumns();
    QTest::newRow("by level, in order within")
        << u"1 priority"_s << u"a^N b^B c^X d^H e^I f^X start +9"_s
        << u"+0, c@0, c done, f@0, f done, d@0, d done, e@0, e done, a@0, a done, b@0, b done"_s;
    QTest::newRow("the lowest are shed first")
        << u"1 priority"_s << u"limit=2 oldest a^N b^B c^H start +9"_s
        << u"b Loadshed, +0, c@0, c done, a@0, a done"_s;
    QTest::newRow("the new one is the lowest")
        << u"1 priority"_s << u"limit=1 oldest a^N b^B start +9"_s
        << u"b Loadshed, refused b, +0, a@0, a done"_s;
}

void tst_Engine::DISC_2_limits_data()
{
    addOperationColumns();
    QTest::newRow("newest")
        << u"1"_s << u"limit=2 start a:9 +1 b c d +30"_s
        << u"+0, a@0, d Loadshed, refused d, a done, b@0, b done, c@0, c done"_s;
    QTest::newRow("oldest") << u"1"_s << u"limit=2 oldest start a:9 +1 b c d +30"_s
                            << u"+0, a@0, b Loadshed, a done, c@0, c done, d@0, d done"_s;
    QTest::newRow("oldest, limit 0") << u"1"_s << u"limit=0 oldest start a:9 +1 b +30"_s
                                     << u"+0, a@0, b Loadshed, refused b, a done"_s;
    QTest::newRow("firm jobs are not shed")
        << u"1"_s << u"limit=1 oldest start a:9 +1 b= c= d +30"_s
        << u"+0, a@0, d Loadshed, refused d, a done, b@0, b done, c@0, c done"_s;
    QTest::newRow("firm jobs push others out")
        << u"1"_s << u"limit=1 oldest start a:9 +1 b c= +30"_s
        << u"+0, a@0, b Loadshed, a done, c@0, c done"_s;
    QTest::newRow("free workers are room") << u"2"_s << u"limit=1 start a:9 b:9 c:9 d:9 +1 ?"_s
                                           << u"+0, +1, d Loadshed, refused d, b@0, a@1, "
                                              "[Running 1 2 0]"_s;
    QTest::newRow("capacity") << u"2"_s << u"limit=3 start ? a:9 ? b:9 +1 ? c ?"_s
                              << u"+0, +1, [Running 0 0 5], [Running 1 0 4], a@1, b@0, "
                                 "[Running 0 2 3], [Running 1 2 2]"_s;
    QTest::newRow("a limit that is lowered touches nobody")
        << u"1"_s << u"start a:9 +1 b c limit=1 d +30"_s
        << u"+0, a@0, d Loadshed, refused d, a done, b@0, b done, c@0, c done"_s;
}

void tst_Engine::POOL_2_asynchronousJobs_data()
{
    addOperationColumns();
    QTest::newRow("the worker is busy until the end")
        << u"1"_s << u"start a:5% b:5% +1 ? +4 ? +9 ?"_s
        << u"+0, a@0, [Running 1 1 0], a done, b@0, [Running 0 1 0], b done, [Running 0 0 1]"_s;
    QTest::newRow("ended at once")
        << u"1"_s << u"start a:0% +1 ?"_s << u"+0, a@0, a done, [Running 0 0 1]"_s;
    QTest::newRow("dispatched") << u"1"_s << u"start a:5%. +5 ?"_s
                                << u"+0, a@0, a done, [Running 0 0 1]"_s;
    QTest::newRow("a shared thread is free for the others")
        << u"3 threads=1"_s << u"start ? a:5% b:5% c:9 +5 ? +9"_s
        << u"+0, +1, +2, [Running 0 0 1], a@0, b@1, c@2, [Running 0 3 0], c done, a done, b done"_s;
    QTest::newRow("a free worker on a thread that is free for it can be used")
        << u"3 threads=1"_s << u"limit=0 start a:9% +1 ? b:9% +1 ? c +1 d:9% +1 e ? +20"_s
        << u"+0, +1, +2, a@0, [Running 0 1 1], b@1, [Running 0 2 1], c@2, c done, d@2, "
           "e Loadshed, refused e, [Running 0 3 0], a done, b done, d done"_s;
    QTest::newRow("failed") << u"1"_s << u"start a:5%!1 b +5 ?"_s
                            << u"+0, a@0, a failed, -0, +0, b@0, b done, [Running 0 0 1]"_s;
    QTest::newRow("retried") << u"1"_s << u"keep start a:5%!1&2 +4 ? +9 ?"_s
                             << u"+0, a@0, [Running 0 1 0], a@0, a done, [Running 0 0 1]"_s;
    QTest::newRow("canceled from inside")
        << u"1"_s << u"start a:5%% b:2%%. +4 ? +9 ?"_s
        << u"+0, a@0, [Running 1 1 0], a canceled, b@0, b canceled, [Running 0 0 1]"_s;
    QTest::newRow("canceled from outside")
        << u"1"_s << u"start a:5% +1 xa +1 ? +9 ?"_s
        << u"+0, a@0, [Running 0 1 0], a canceled, [Running 0 0 1]"_s;
    QTest::newRow("time to live does not bind a running job")
        << u"1"_s << u"start a:9%~5 b:1%~5 +20"_s << u"+0, a@0, b TtlExpired, a done"_s;
    QTest::newRow("drain waits") << u"1"_s << u"start a:5% b:5% +1 drain +20 ?"_s
                                 << u"+0, a@0, a done, b@0, b done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("stop lets it finish")
        << u"2 threads=1"_s << u"start a:5% b:7% c:5% +1 stop ? +20 ?"_s
        << u"+0, +1, a@0, b@1, c Shutdown, [Draining 0 2 0], a done, -0, b done, -1, "
           "[Stopped 0 0 0]"_s;
    QTest::newRow("given up") << u"2 threads=1"_s << u"start a:*% b:9% +1 stop +1 giveup ? +20 ?"_s
                              << u"+0, +1, a@0, b@1, a lost, b lost, unfinished a@0, "
                                 "unfinished b@1, -0, -1, [Stopped 0 0 0], [Stopped 0 0 0]"_s;
    QTest::newRow("a surplus worker goes when its job has ended")
        << u"2"_s << u"start a:5% b:5% +1 workers=0 +1 ? +9 ?"_s
        << u"+0, +1, b@0, a@1, [Running 0 2 0], b done, -0, a done, -1, [Running 0 0 0]"_s;
}

void tst_Engine::POOL_3_sharedThreads_data()
{
    addOperationColumns();
    QTest::newRow("two threads run two jobs") << u"6 threads=2"_s << u"start a:9 b:9 c:9 +1 ?"_s
                                              << u"+0, +2, +4, +1, +3, +5, b@0, a@1, "
                                                 "[Running 1 2 0]"_s;
    QTest::newRow("all go") << u"3 threads=1"_s << u"start a +1 drain ?"_s
                            << u"+0, +1, +2, a@0, a done, -0, -1, -2, [Stopped 0 0 0]"_s;
    QTest::newRow("neighbours stay when one is replaced")
        << u"2 threads=1"_s << u"start a!1 +1 b +1"_s
        << u"+0, +1, a@0, a failed, -0, +0, b@0, b done"_s;
}

// Short jobs are taken in batches. When one of a batch turns out to be long, the others must not
// wait for it while another worker is free.
void tst_Engine::ROUTE_1_blockedHandIsTakenBack()
{
    World world({.workerCount = 2});
    world.engine().start();
    for (int i = 0; i < 500; ++i)
        QVERIFY(world.submit({.name = u"s%1"_s.arg(i)}));
    QVERIFY(world.finish());
    world.pass(10 * Millisecond); // so that nobody looks any more

    world.clearLog();
    QVERIFY(world.submit({.name = u"hangs"_s, .duration = World::Hung}));
    for (int i = 0; i < 40; ++i)
        QVERIFY(world.submit({.name = u"t%1"_s.arg(i)}));
    world.settle();
    QVERIFY(world.engine().counters().waiting > 0); // the batch; or this test shows nothing
    world.pass(Millisecond);
    QCOMPARE(world.engine().counters().waiting, 0);
    QCOMPARE(world.engine().counters().running, 1);
    QCOMPARE(world.violations(), QString());
    const QStringList log = world.takeLog();
    for (int i = 1; i < 40; ++i) // none has overtaken another
        QVERIFY(log.indexOf(u"t%1 done"_s.arg(i)) > log.indexOf(u"t%1 done"_s.arg(i - 1)));
    world.engine().stop();
    world.engine().giveUp();
}

// Each of its jobs is too short to be conspicuous.
void tst_Engine::ROUTE_1_slowHandIsTakenBack()
{
    constexpr int Jobs = 120;
    constexpr qint64 Duration = 300'000;
    World world({.workerCount = 8});
    world.engine().start();
    for (int i = 0; i < 500; ++i)
        QVERIFY(world.submit({.name = u"s%1"_s.arg(i)}));
    QVERIFY(world.finish());

    const qint64 start = world.now();
    for (int i = 0; i < Jobs; ++i)
        QVERIFY(world.submit({.name = u"t%1"_s.arg(i), .duration = Duration}));
    QVERIFY(world.finish());
    const qint64 took = world.now() - start;
    QVERIFY2(took < Jobs / 8 * Duration + 5 * Millisecond, qPrintable(QString::number(took)));
    QCOMPARE(world.violations(), QString());
}

void tst_Engine::ROUTE_1_longJobsAmongShortOnesAreRemembered()
{
    constexpr qint64 Long = 800'000;
    World world({.workerCount = 8});
    world.engine().start();
    QVERIFY(world.submit({.name = u"long"_s, .duration = Long}));
    QVERIFY(world.finish());
    for (int i = 0; i < 30; ++i) {
        QVERIFY(world.submit({.name = u"s%1"_s.arg(i)}));
        QVERIFY(world.finish());
    }

    QVERIFY(world.submit({.name = u"another"_s, .duration = Long}));
    for (int i = 0; i < 5; ++i)
        QVERIFY(world.submit({.name = u"t%1"_s.arg(i)}));
    world.pass(1);
    QCOMPARE(world.engine().counters().running, 1);
    QCOMPARE(world.engine().counters().waiting, 0); // none waits behind it

    for (int i = 0; i < 500; ++i) { // but not for ever
        QVERIFY(world.submit({.name = u"u%1"_s.arg(i)}));
        QVERIFY(world.finish());
    }
    QVERIFY(world.submit({.name = u"yet another"_s, .duration = Long}));
    for (int i = 0; i < 5; ++i)
        QVERIFY(world.submit({.name = u"v%1"_s.arg(i)}));
    world.pass(1);
    QCOMPARE(world.engine().counters().waiting, 5);
    QVERIFY(world.finish());
    QCOMPARE(world.violations(), QString());
}

// A station that was woken but is busy with something of the user's must not keep others asleep.
void tst_Engine::ROUTE_1_lateStationIsNotWaitedFor()
{
    for (const int busy : {0, 1}) {
        World world({.workerCount = 2});
        world.engine().start();
        world.settle();
        world.deafen(busy);
        QVERIFY(world.submit({.name = u"a"_s, .promised = false}));
        QVERIFY(world.submit({.name = u"b"_s, .promised = false}));
        world.pass(10 * Millisecond);
        QCOMPARE(world.engine().counters().completed, 2);
        QVERIFY(world.submit({.name = u"c"_s, .promised = false}));
        world.pass(10 * Millisecond);
        QCOMPARE(world.engine().counters().completed, 3);
    }
}

// One that was called when it was alone, and does not come, is not waited for by others that are added.
void tst_Engine::POOL_4_newWorkersDoNotWaitForLateStation()
{
    World world({.workerCount = 1});
    world.engine().start();
    world.settle();
    for (int i = 0; i < 100; ++i) { // so that jobs count as short
        QVERIFY(world.submit({.name = u"short%1"_s.arg(i), .promised = false}));
        QVERIFY(world.finish());
    }
    world.pass(10 * Millisecond);
    world.deafen(0);
    QVERIFY(world.submit({.name = u"long"_s, .duration = World::Hung, .promised = false}));
    world.pass(20 * Millisecond);
    world.engine().setWorkerCount(3);
    world.pass(20 * Millisecond);
    QCOMPARE(world.engine().counters().running, 1);
    for (int i = 0; i < 5; ++i)
        QVERIFY(world.submit({.name = u"next%1"_s.arg(i), .promised = false}));
    world.pass(20 * Millisecond);
    QCOMPARE(world.engine().counters().completed, 105);
    world.engine().stop();
    world.engine().giveUp();
}

// A thread that slept until it was called: nobody has to look whether it comes.
void tst_Engine::STAT_5_nobodyWatchesAThreadThatComes()
{
    World world({.workerCount = 4});
    world.engine().start();
    world.settle();
    for (int i = 0; i < 10; ++i) {
        QVERIFY(world.submit({.name = u"a%1"_s.arg(i), .promised = false}));
        QVERIFY(!world.clock().hasAlarm());
        QVERIFY(world.finish());
        QVERIFY(!world.clock().hasAlarm());
    }
    QCOMPARE(world.engine().counters().completed, 10);
}

// The estimate says that jobs are short, so one thread is enough; but the job that runs is not.
void tst_Engine::ROUTE_1_longJobIsNoticedByTheNextOne()
{
    World world({.workerCount = 4});
    world.engine().start();
    world.settle();
    for (int i = 0; i < 100; ++i) {
        QVERIFY(world.submit({.name = u"short%1"_s.arg(i), .promised = false}));
        QVERIFY(world.finish());
    }
    QVERIFY(world.submit({.name = u"long"_s, .duration = 100 * Millisecond, .promised = false}));
    world.settle();
    world.clock().moveTo(world.clock().now() + 5 * Millisecond);
    QVERIFY(world.submit({.name = u"next"_s, .promised = false}));
    QCOMPARE(world.awakeStations(), 1);
    world.settle();
    QCOMPARE(world.engine().counters().completed, 101);
    QVERIFY(world.finish());
}

// The system may let a thread wait that has been woken, while a processor is free for another one.
void tst_Engine::ROUTE_1_lateThreadIsNotWaitedForLong()
{
    constexpr qint64 Patience = 100'000;
    World world({.workerCount = 5});
    world.engine().start();
    world.settle();
    int jobs = 0;
    const auto awakeAfter = [&](qint64 nanoseconds, qint64 duration = 0) {
        world.clock().moveTo(world.clock().now() + nanoseconds);
        world.submit({.name = u"j%1"_s.arg(jobs++), .duration = duration});
        return world.awakeStations();
    };
    QCOMPARE(awakeAfter(0), 1);
    QCOMPARE(awakeAfter(Patience - 1), 1);
    QCOMPARE(awakeAfter(1), 2);
    QCOMPARE(awakeAfter(2 * Patience - 1), 2); // more would have to wait as well, and wakes cost
    QCOMPARE(awakeAfter(1), 3);

    world.settle(); // they come
    QCOMPARE(world.engine().counters().completed, jobs);
    QCOMPARE(awakeAfter(0), 1);
    QCOMPARE(awakeAfter(Patience - 1), 1);
    QCOMPARE(awakeAfter(1), 2);
    world.step(0); // one works, and will soon be at the next jobs
    QCOMPARE(world.awakeStations(), 2);
    QCOMPARE(awakeAfter(3 * Patience), 2);

    QVERIFY(world.finish());
    QCOMPARE(awakeAfter(0, 100 * Millisecond), 1);
    world.settle(); // one works, and will for long
    QCOMPARE(world.awakeStations(), 0);
    world.pass(10 * Millisecond);
    QCOMPARE(awakeAfter(0), 1);
    QCOMPARE(awakeAfter(Patience - 1), 1);
    QCOMPARE(awakeAfter(1), 2);
    QVERIFY(world.finish());
    QCOMPARE(world.engine().counters().completed, jobs);
    QCOMPARE(world.violations(), QString());
}

// One thread for each processor is called for long jobs, and for much work, before the first of them has come.
void tst_Engine::ROUTE_1_burstIsForAllProcessors_data()
{
    QTest::addColumn<qint64>("duration");
    QTest::addColumn<int>("fewest"); // jobs for which a second thread is called
    QTest::newRow("long jobs") << 100'000ll << 2;
    QTest::newRow("many short jobs") << 5'000ll << 41; // 200 µs
}

void tst_Engine::ROUTE_1_burstIsForAllProcessors()
{
    QFETCH(const qint64, duration);
    QFETCH(const int, fewest);
    const int processors = QThread::idealThreadCount();
    World world({.workerCount = processors + 2});
    world.engine().start();
    world.settle();
    const auto submit = [&] {
        const QString name = QString::number(world.engine().counters().submitted);
        QVERIFY(world.submit({.name = name, .duration = duration, .promised = false}));
    };
    for (int i = 0; i < 100; ++i) { // so that it is known how long they are
        submit();
        QVERIFY(world.finish());
    }
    world.pass(10 * Millisecond);
    for (int i = 1; i < fewest; ++i)
        submit();
    QCOMPARE(world.awakeStations(), 1);
    submit();
    QCOMPARE(world.awakeStations(), std::min(2, processors));
    for (int i = 0; i < 100 * processors; ++i)
        submit();
    QCOMPARE(world.awakeStations(), processors);
    QVERIFY(world.finish());
    QCOMPARE(world.violations(), QString());
}

// Those that were called may have to wait for a processor. A thread that has nothing more to do leaves its own one.
void tst_Engine::ROUTE_2_whoRestsDoesNotWaitForLateThreads()
{
    const int processors = QThread::idealThreadCount();
    if (processors == 1)
        QSKIP("With one processor no other thread is called before the first one comes.");
    World world({.workerCount = processors + 2, .router = roundRobin()});
    world.engine().start();
    world.settle();
    const auto submitRound = [&](const QString &name) {
        for (int i = 0; i < processors + 2; ++i) {
            QVERIFY(world.submit(
                {.name = name + QString::number(i), .duration = 100'000, .promised = false}));
        }
    };
    submitRound(u"a"_s); // so that it is known how long they are
    QVERIFY(world.finish());
    world.pass(10 * Millisecond);
    world.clearLog();

    submitRound(u"b"_s);
    QCOMPARE(world.awakeStations(), processors);
    while (world.engine().counters().running == 0) // of those that were called only one comes
        world.step(0);
    QCOMPARE(world.awakeStations(), processors - 1);
    world.clock().moveTo(world.clock().now() + 150'000); // nobody looks yet
    while (world.engine().counters().running > 0)
        world.step(0);
    world.step(0); // has no more in hand
    world.step(0); // rests
    QCOMPARE(world.engine().counters().running, 0);
    QCOMPARE(world.awakeStations(), processors);
    QVERIFY(world.finish());
    QCOMPARE(world.violations(), QString());
}

// Others may be busy for long: no job has ended yet.
void tst_Engine::ROUTE_1_lateThreadIsNotWaitedForWhileNothingIsKnown()
{
    World world({.workerCount = 3});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .duration = 100 * Millisecond}));
    world.settle();
    QVERIFY(world.submit({.name = u"b"_s}));
    QCOMPARE(world.awakeStations(), 1);
    world.clock().moveTo(world.now() + 100'000);
    QVERIFY(world.submit({.name = u"c"_s}));
    QCOMPARE(world.awakeStations(), 2);
    QVERIFY(world.finish());
}

QTEST_GUILESS_MAIN(tst_Engine)
#include "tst_engine.moc"
