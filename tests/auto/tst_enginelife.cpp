// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/operations.h"

#include <QtTest/qtest.h>

using namespace Simulation;
using namespace Qt::StringLiterals;

// The life of factories and workers, in virtual time.
class tst_EngineLife : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void POOL_4_resizing_data();
    void POOL_4_resizing() { run(); }
    void POOL_4_endedThreadsAreJoined();
    void POOL_6_pausing_data();
    void POOL_6_pausing() { run(); }
    void POOL_6_handIsTakenBack();
    void SUP_1_failedWorkersAreReplaced_data();
    void SUP_1_failedWorkersAreReplaced() { run(); }
    void LIFE_1_states_data();
    void LIFE_1_states() { run(); }
    void LIFE_4_drainAndStop_data();
    void LIFE_4_drainAndStop() { run(); }
    void LIFE_5_givingUp_data();
    void LIFE_5_givingUp() { run(); }
    void STAT_5_idleFactoriesHaveNoAlarm();
};

void tst_EngineLife::POOL_4_resizing_data()
{
    addOperationColumns();
    QTest::newRow("growing serves who waits")
        << u"1"_s << u"start a:9 b:9 +1 workers=2 ? +20"_s
        << u"+0, a@0, +1, b@1, [Running 0 2 0], a done, b done"_s;
    QTest::newRow("idle surplus goes now")
        << u"3"_s << u"start workers=1 ?"_s << u"+0, +1, +2, -1, -2, [Running 0 0 1]"_s;
    QTest::newRow("busy surplus goes when done")
        << u"2"_s << u"start a:9 b:5 +1 workers=1 c +20 ?"_s
        << u"+0, +1, b@0, a@1, b done, c@0, c done, a done, -1, [Running 0 0 1]"_s;
    QTest::newRow("to nobody and back") << u"2"_s << u"start workers=0 a ? workers=1 +1"_s
                                        << u"+0, +1, -0, -1, [Running 1 0 0], +0, a@0, a done"_s;
    QTest::newRow("before the start") << u"1"_s << u"workers=3 workers=2 start"_s << u"+0, +1"_s;
    QTest::newRow("surplus is called back")
        << u"2"_s << u"start a:9 b:9 +1 workers=1 workers=2 +9 ?"_s
        << u"+0, +1, b@0, a@1, b done, a done, [Running 0 0 2]"_s;
}

void tst_EngineLife::POOL_4_endedThreadsAreJoined()
{
    World world({.workerCount = 3});
    world.engine().start();
    world.settle();
    QCOMPARE(world.stationsKept(), 3);
    world.engine().setWorkerCount(1);
    world.settle();
    QCOMPARE(world.workersAlive(), 1);
    world.pass(100 * Millisecond);
    QCOMPARE(world.stationsKept(), 1);
    QVERIFY(!world.clock().hasAlarm());
}

void tst_EngineLife::POOL_6_pausing_data()
{
    addOperationColumns();
    QTest::newRow("what runs finishes, what waits does not start")
        << u"2"_s << u"start a:5 b:9 c +1 pause +20 ? resume +1"_s
        << u"+0, +1, b@0, a@1, a done, b done, [Running 1 0 0], c@0, c done"_s;
    QTest::newRow("resuming serves all at once")
        << u"3"_s << u"start pause a:5 b:5 c:5 +1 resume +9"_s
        << u"+0, +1, +2, c@0, b@1, a@2, c done, b done, a done"_s;
    QTest::newRow("before the start")
        << u"1"_s << u"pause start a +1 ? resume +1"_s << u"+0, [Running 1 0 0], a@0, a done"_s;
    QTest::newRow("limits bind") << u"2"_s << u"limit=1 start +1 pause a b +1 resume +1"_s
                                 << u"+0, +1, b Loadshed, refused b, a@1, a done"_s;
    QTest::newRow("jobs still expire")
        << u"1"_s << u"start pause a~5 +9 resume +1"_s << u"+0, a TtlExpired"_s;
    QTest::newRow("jobs can be canceled")
        << u"1"_s << u"start pause a xa +30 resume +1"_s << u"+0, a canceled"_s;
    QTest::newRow("a failed job waits for its retry")
        << u"1"_s << u"keep start a:5!1&2 +1 pause +20 ? resume +9"_s
        << u"+0, a@0, [Running 1 0 0], a@0, a done"_s;
    QTest::newRow("draining waits") << u"1"_s << u"start pause a drain +20 ? resume +1 ?"_s
                                    << u"+0, [Draining 1 0 0], a@0, a done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("draining with nothing to do does not wait")
        << u"1"_s << u"start pause drain +1 ?"_s << u"+0, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("pausing while draining")
        << u"1"_s << u"start a:5 b +1 drain pause +20 ? resume +1 ?"_s
        << u"+0, a@0, a done, [Draining 1 0 0], b@0, b done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("stop() does not wait")
        << u"1"_s << u"start pause a stop +1 ?"_s << u"+0, a Shutdown, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("workers come and go") << u"1"_s << u"start pause workers=2 +1 workers=1 +1 ?"_s
                                         << u"+0, +1, -1, [Running 0 0 0]"_s;
}

// Jobs that a worker has in hand but has not started wait again, in their order.
void tst_EngineLife::POOL_6_handIsTakenBack()
{
    World world({.workerCount = 1});
    world.engine().start();
    for (int i = 0; i < 500; ++i)
        QVERIFY(world.submit({.name = u"s%1"_s.arg(i)}));
    QVERIFY(world.finish());

    world.clearLog();
    QVERIFY(world.submit({.name = u"long"_s, .duration = Millisecond}));
    for (int i = 0; i < 10; ++i)
        QVERIFY(world.submit({.name = u"t%1"_s.arg(i)}));
    while (world.engine().counters().running == 0)
        QVERIFY(world.step());
    QVERIFY(world.engine().activeWorkers() == 1);
    world.engine().pause();
    QVERIFY(world.engine().isPaused());
    world.pass(100 * Millisecond);
    QCOMPARE(world.takeLog().join(u", "_s), u"long@0, long done"_s);
    QCOMPARE(world.engine().counters().waiting, 10);
    QCOMPARE(world.violations(), QString());
    world.engine().resume();
    QVERIFY(!world.engine().isPaused());
    QVERIFY(world.finish());
    const QStringList log = world.takeLog();
    QCOMPARE(log.size(), 20);
    for (int i = 0; i < 10; ++i)
        QCOMPARE(log.at(2 * i), u"t%1@0"_s.arg(i));
}

void tst_EngineLife::SUP_1_failedWorkersAreReplaced_data()
{
    addOperationColumns();
    QTest::newRow("same id, jobs in order")
        << u"1"_s << u"start a!1 b c +1"_s
        << u"+0, a@0, a failed, -0, +0, b@0, b done, c@0, c done"_s;
    QTest::newRow("others go on meanwhile")
        << u"2"_s << u"start a:2!1 b:9 +20"_s << u"+0, +1, b@0, a@1, a failed, -1, +1, b done"_s;
    QTest::newRow("kept if so wished")
        << u"1"_s << u"keep start a!1 b +1"_s << u"+0, a@0, a failed, b@0, b done"_s;
    QTest::newRow("a start that fails is tried again")
        << u"1"_s << u"failbuilds=2 start a +99 ? +1 ? +300 ?"_s
        << u"[Running 1 0 0], [Running 1 0 0], +0, a@0, a done, [Running 0 0 1]"_s;
    QTest::newRow("others run without it") << u"2"_s << u"failbuilds=1 start a +1 ? +100 ?"_s
                                           << u"+1, a@1, a done, [Running 0 0 1], +0, "
                                              "[Running 0 0 2]"_s;
    QTest::newRow("who fails and is surplus goes")
        << u"2"_s << u"start a:5!1 b:9 +1 workers=1 +20 ?"_s
        << u"+0, +1, b@0, a@1, a failed, -1, b done, [Running 0 0 1]"_s;
}

void tst_EngineLife::LIFE_1_states_data()
{
    addOperationColumns();
    QTest::newRow("all of them") << u"1"_s << u"? start ? a:9 +1 drain ? +9 ?"_s
                                 << u"[Idle 0 0 0], +0, [Running 0 0 1], a@0, [Draining 0 1 0], "
                                    "a done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("jobs wait for the start")
        << u"1"_s << u"a ? start +1 ?"_s << u"[Idle 1 0 0], +0, a@0, a done, [Running 0 0 1]"_s;
    QTest::newRow("without workers")
        << u"0"_s << u"start ? drain ?"_s << u"[Running 0 0 0], [Stopped 0 0 0]"_s;
}

void tst_EngineLife::LIFE_4_drainAndStop_data()
{
    addOperationColumns();
    QTest::newRow("drain finishes all") << u"1"_s << u"start a:5 +1 b:5 c:5 drain d +20 ?"_s
                                        << u"+0, a@0, d Shutdown, refused d, a done, b@0, b done, "
                                           "c@0, c done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("stop finishes what runs")
        << u"1"_s << u"start a:5 +1 b:5 stop c +20 ?"_s
        << u"+0, a@0, b Shutdown, c Shutdown, refused c, a done, "
           "-0, [Stopped 0 0 0]"_s;
    QTest::newRow("stop ends a drain") << u"1"_s << u"start a:5 +1 b:5 drain +1 stop +20 ?"_s
                                       << u"+0, a@0, b Shutdown, a done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("drain while starting") << u"1"_s << u"failbuilds=1 start a drain +200 ?"_s
                                          << u"+0, a@0, a done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("drain with nobody, until somebody comes")
        << u"0"_s << u"start a drain ? workers=1 +1 ?"_s
        << u"[Draining 1 0 0], +0, a@0, a done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("drain before the start")
        << u"1"_s << u"a drain ?"_s << u"a Shutdown, [Stopped 0 0 0]"_s;
    QTest::newRow("stop before the start")
        << u"1"_s << u"a stop start ?"_s << u"a Shutdown, [Stopped 0 0 0]"_s;
    QTest::newRow("stop while a worker backs off")
        << u"1"_s << u"failbuilds=9 start a +150 stop ?"_s << u"a Shutdown, [Stopped 0 0 0]"_s;
    QTest::newRow("drained with a replaced worker")
        << u"1"_s << u"start a:5!1 b:5 +1 drain +20 ?"_s
        << u"+0, a@0, a failed, -0, +0, b@0, b done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("drain waits for a retry") << u"1"_s << u"keep start a:5!1&2 +1 drain +20 ?"_s
                                             << u"+0, a@0, a@0, a done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("drain waits for a retry by a fresh worker")
        << u"1"_s << u"start a:5!1&2/10 +1 drain +30 ?"_s
        << u"+0, a@0, -0, +0, a@0, a done, -0, [Stopped 0 0 0]"_s;
}

void tst_EngineLife::LIFE_5_givingUp_data()
{
    addOperationColumns();
    QTest::newRow("names the jobs")
        << u"3"_s << u"start a:* b:* c +1 d +1 stop giveup ?"_s
        << u"+0, +1, +2, c@0, c done, b@1, a@2, d@0, d done, -0, b lost, "
           "a lost, unfinished b@1, unfinished a@2, [Stopped 0 0 0]"_s;
    QTest::newRow("a job that ended in time")
        << u"1"_s << u"start a:5 +9 stop giveup ?"_s << u"+0, a@0, a done, -0, [Stopped 0 0 0]"_s;
}

void tst_EngineLife::STAT_5_idleFactoriesHaveNoAlarm()
{
    World world({.workerCount = 4});
    world.engine().start();
    world.settle();
    QVERIFY(!world.clock().hasAlarm());
    for (int i = 0; i < 20; ++i)
        QVERIFY(world.submit({.name = QString::number(i), .duration = Millisecond}));
    QVERIFY(world.finish());
    world.pass(100 * Millisecond); // what was set for the jobs
    QVERIFY(!world.clock().hasAlarm());
    const int rung = world.clock().alarmsRung();
    world.pass(3'600'000 * Millisecond);
    QCOMPARE(world.clock().alarmsRung(), rung);
}

QTEST_GUILESS_MAIN(tst_EngineLife)
#include "tst_enginelife.moc"
