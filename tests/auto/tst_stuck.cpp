// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/countinglayer.h"
#include "support/operations.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QList<FactoryEvent> stuckEvents(Engine &engine)
{
    QList<FactoryEvent> events = engine.eventsSince(0);
    events.removeIf([](const FactoryEvent &e) { return e.kind != FactoryEvent::WorkerStuck; });
    return events;
}

} // namespace

// Who is found stuck, and when, in virtual time.
class tst_Stuck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void STUCK_1_detection_data();
    void STUCK_1_detection();
    void STUCK_1_reportNamesWorkerKeyAndTime();
    void STUCK_1_neverTooSoonAndSoonEnough_data();
    void STUCK_1_neverTooSoonAndSoonEnough();
    void STUCK_1_hintThatAWorkerMayWaitForItself_data();
    void STUCK_1_hintThatAWorkerMayWaitForItself();
    void STUCK_5_noAlarmWhileNothingRuns();
    void STUCK_5_fewAlarmsWhileSomethingRuns();
    void STUCK_5_offByDefault();
    void LIFE_6_changeableWhileRunning();
    void STUCK_1_badValuesAreRefused_data();
    void STUCK_1_badValuesAreRefused();
};

void tst_Stuck::STUCK_1_detection_data()
{
    addOperationColumns();
    const auto quiet = [](const char *name, const char *settings, const char *operations,
                          const char *expected) {
        QTest::newRow(name) << QString::fromLatin1(settings) << QString::fromLatin1(operations)
                            << QString::fromLatin1(expected);
    };
    quiet("just in time", "1 stuck=100/50", "start log a:99 +200", "+0, a@0, a done");
    quiet("too long", "1 stuck=100/50", "start log a:101 +200", "+0, a@0, stuck a@0 100, a done");
    quiet("once", "1 stuck=100/50", "start log a:* +900", "+0, a@0, stuck a@0 100");
    quiet("a heartbeat puts it off", "1 stuck=100/50",
          "start log a:* +60 beat=a +90 ! +9 beat=a +99 ! +1",
          "+0, a@0, [Busy; 0 condemned], [Busy; 0 condemned], stuck a@0 100");
    quiet("a heartbeat ends it, and it comes again", "1 stuck=100/50",
          "start log a:* +150 ! beat=a ! +150 !",
          "+0, a@0, stuck a@0 100, [Stuck; 0 condemned], [Busy; 0 condemned], stuck a@0 100, "
          "[Stuck; 0 condemned]");
    quiet("the end ends it", "1 stuck=100/50", "start log a:150 b:20 +120 ! +40 ! +100 !",
          "+0, a@0, stuck a@0 100, [Stuck; 0 condemned], a done, b@0, [Busy; 0 condemned], b done, "
          "[Idle; 0 condemned]");
    quiet("one of several", "3 stuck=100/50", "start log a:* b:30 c:50 +300",
          "+0, +1, +2, c@0, b@1, a@2, b done, c done, stuck a@2 100");
    quiet("each of them", "2 stuck=100/50", "start log a:* +30 b:* +300",
          "+0, +1, a@1, b@0, stuck a@1 100, stuck b@0 101");
    quiet("idle for long", "2 stuck=100/50", "start log +900 a:5 +900", "+0, +1, a@1, a done");
    quiet("jobs that wait are not stuck", "1 stuck=100/50", "start log a:90 b:90 c:90 +300",
          "+0, a@0, a done, b@0, b done, c@0, c done");
    quiet("asynchronous", "1 stuck=100/50", "start log a:*% +60 beat=a +90 ! +20 !",
          "+0, a@0, [Busy; 0 condemned], stuck a@0 100, [Stuck; 0 condemned]");
    quiet("asynchronous on a shared thread", "2 threads=1 stuck=100/50",
          "start log a:*% b:20 +30 c:5 +100",
          "+0, +1, a@0, b@1, b done, c@1, c done, stuck a@0 100");
    quiet("in its start", "1 stuck=100/50", "start log hangbuilds=1 +0 ! +150 ! endhangs a +10 !",
          "+0, [Idle; 0 condemned], [Idle; 0 condemned], a@0, a done, [Idle; 0 condemned]");
    quiet("in its start, now", "1 stuck=100/50",
          "log hangbuilds=1 start +50 ! +100 ! endhangs +5 !",
          "[Starting; 0 condemned], stuck @0 100, [Stuck; 0 condemned], +0, [Idle; 0 condemned]");
    quiet("in its end", "1 stuck=100/50", "start log hangends=1 stop +150 endhangs ?",
          "+0, stuck @0 100, -0, [Stopped 0 0 0]");
    quiet(
        "in an event", "1 keypersistent stuck=100/50",
        "start log deaf=0 +300 ! a:5 +90 ! +20 ! endhangs +6 !",
        "+0, [Idle; 0 condemned], [Busy; 0 condemned], stuck @0 100, [Stuck; 0 condemned], a@0, a "
        "done, [Idle; 0 condemned]");
    quiet("in an event, and others do the work", "2 stuck=100/50",
          "start log deaf=1 +9 a:5 +5 b:5 +300 !",
          "+0, +1, a@0, a done, b@0, b done, [Idle Idle; 0 condemned]");
    quiet(
        "in an event, when its future has ended", "1 stuck=100/50",
        "start log a:50% +1 deaf=0 +140 ! +20 ! endhangs !",
        "+0, a@0, stuck a@0 100, [Stuck; 0 condemned], stuck @0 100, [Stuck; 0 condemned], a done, "
        "[Idle; 0 condemned]");
    quiet("paused", "1 stuck=100/50", "start log a:* +10 pause +200", "+0, a@0, stuck a@0 100");
    quiet("while draining", "1 stuck=100/50", "start log a:150 drain +200 ?",
          "+0, a@0, stuck a@0 100, a done, -0, [Stopped 0 0 0]");
}

void tst_Stuck::STUCK_1_detection()
{
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s);
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });
    run();
}

void tst_Stuck::STUCK_1_reportNamesWorkerKeyAndTime()
{
    const auto layer = std::make_shared<Support::CountingLayer>();
    World world({.name = u"mill"_s,
                 .workerCount = 2,
                 .deadMansSwitch = {.timeout = 100ms, .action = StuckAction::Log},
                 .statistics = layer});
    world.engine().start();
    world.submit({.name = u"a"_s, .duration = 5 * Millisecond});
    world.submit({.name = u"key"_s, .duration = World::Hung});
    QTest::ignoreMessage(QtWarningMsg,
                         "Factory \"mill\": worker 1 is stuck: job \"key\" has given no "
                         "sign of life for 100 ms.");
    world.pass(500 * Millisecond);
    QCOMPARE(world.engine().counters().stuck, 1);
    QCOMPARE(layer->stuck, 1);
    const QList<FactoryEvent> events = stuckEvents(world.engine());
    QCOMPARE(events.size(), 1);
    QCOMPARE(events.first().worker, 1);
    QCOMPARE(events.first().key, u"key"_s);
    QVERIFY(events.first().text.contains(u"100 ms"_s));
    QCOMPARE(world.engine().counters().running, 1); // nothing else is done about it
    QVERIFY(world.violations().isEmpty());
}

void tst_Stuck::STUCK_1_neverTooSoonAndSoonEnough_data()
{
    QTest::addColumn<int>("before"); // jobs that take no time, in the same hand
    QTest::newRow("alone") << 0;
    QTest::newRow("the last of many") << 100;
}

// However jobs come, with or without others: from the timeout on to a quarter of it later.
void tst_Stuck::STUCK_1_neverTooSoonAndSoonEnough()
{
    QFETCH(const int, before);
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s);
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });
    for (qint64 shift = 0; shift < 40; ++shift) {
        World world(
            {.workerCount = 2, .deadMansSwitch = {.timeout = 100ms, .action = StuckAction::Log}});
        world.engine().start();
        world.submit({.name = u"other"_s, .duration = 33 * Millisecond});
        world.pass(shift * 7 * Millisecond);
        for (int i = 0; i < 3000; ++i) { // so that short jobs are taken in hands
            world.submit({.name = u"s%1"_s.arg(i), .promised = false});
            world.settle();
        }
        for (int i = 0; i < before; ++i)
            world.submit({.name = u"b%1"_s.arg(i), .promised = false});
        world.submit({.name = u"hung"_s, .duration = World::Hung});
        while (world.fates().at(u"hung"_s).started == 0)
            world.pass(Millisecond / 10);
        const qint64 start = world.now();
        while (world.engine().counters().stuck == 0 && world.now() < start + 1000 * Millisecond)
            world.pass(Millisecond);
        const qint64 took = (world.now() - start) / Millisecond;
        QVERIFY2(took >= 100 && took <= 126, qPrintable(QString::number(took)));
    }
}

void tst_Stuck::STUCK_1_hintThatAWorkerMayWaitForItself_data()
{
    QTest::addColumn<bool>("hasFreeWorker");
    QTest::addColumn<bool>("isPromised");
    QTest::addColumn<bool>("isHinted");
    QTest::newRow("its own factory is full") << false << true << true;
    QTest::newRow("a worker is free") << true << true << false;
    QTest::newRow("nobody waits for a future") << false << false << false;
}

void tst_Stuck::STUCK_1_hintThatAWorkerMayWaitForItself()
{
    QFETCH(const bool, hasFreeWorker);
    QFETCH(const bool, isPromised);
    QFETCH(const bool, isHinted);
    QTest::failOnWarning(QRegularExpression(u"all workers are busy"_s));
    World world({.name = u"mill"_s,
                 .workerCount = hasFreeWorker ? 2 : 1,
                 .deadMansSwitch = {.timeout = 100ms, .action = StuckAction::Log}});
    world.engine().start();
    world.submit({.name = u"hung"_s, .duration = World::Hung});
    world.settle();
    if (hasFreeWorker)
        world.engine().pause(); // so that the job waits all the same
    world.submit({.name = u"inner"_s, .promised = isPromised});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"worker \\d is stuck"_s));
    if (isHinted) {
        QTest::ignoreMessage(QtWarningMsg, "Factory \"mill\": all workers are busy, and 1 jobs "
                                           "wait. If worker 0 waits for a job of "
                                           "its own factory, it waits for itself: let process() "
                                           "return a QFuture, or give such jobs "
                                           "to another factory.");
    }
    world.pass(200 * Millisecond);
    world.beat(u"hung"_s);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"worker \\d is stuck"_s));
    world.pass(200 * Millisecond); // stuck again: that is not said twice
    QCOMPARE(world.engine().counters().stuck, 2);
}

void tst_Stuck::STUCK_5_noAlarmWhileNothingRuns()
{
    World world({.workerCount = 2, .deadMansSwitch = {.timeout = 100ms}});
    world.engine().start();
    world.settle();
    world.pass(300 * Millisecond);
    for (int i = 0; i < 3; ++i) {
        world.submit({.name = u"j%1"_s.arg(i), .duration = 10 * Millisecond});
        world.pass(300 * Millisecond);
    }
    QVERIFY(!world.clock().hasAlarm());
    const int rung = world.clock().alarmsRung();
    world.pass(10'000 * Millisecond);
    QCOMPARE(world.clock().alarmsRung(), rung);
}

void tst_Stuck::STUCK_5_fewAlarmsWhileSomethingRuns()
{
    World world({.workerCount = 64, .deadMansSwitch = {.timeout = 1s}});
    world.engine().start();
    for (int i = 0; i < 64; ++i) {
        world.submit({.name = u"j%1"_s.arg(i), .duration = 900 * Millisecond, .promised = false});
        world.pass(13 * Millisecond); // all are due at different times
    }
    const int before = world.clock().alarmsRung();
    world.pass(1000 * Millisecond);
    QVERIFY2(world.clock().alarmsRung() - before <= 17,
             qPrintable(QString::number(world.clock().alarmsRung() - before)));
    QCOMPARE(world.engine().counters().stuck, 0);
}

void tst_Stuck::STUCK_5_offByDefault()
{
    World world({.workerCount = 1});
    world.engine().start();
    world.submit({.name = u"a"_s, .duration = World::Hung, .promised = false});
    world.pass(3600'000 * Millisecond);
    QVERIFY(!world.clock().hasAlarm());
    QCOMPARE(world.engine().counters().stuck, 0);
    QCOMPARE(world.engine().deadMansSwitch(), DeadMansSwitch());
}

void tst_Stuck::LIFE_6_changeableWhileRunning()
{
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s);
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });
    World world({.workerCount = 1});
    Engine &engine = world.engine();
    engine.start();
    world.submit({.name = u"a"_s, .duration = World::Hung});
    world.pass(300 * Millisecond);
    engine.setDeadMansSwitch({.timeout = 500ms, .action = StuckAction::Log});
    world.pass(199 * Millisecond);
    QCOMPARE(engine.counters().stuck, 0);
    world.pass(26 * Millisecond);
    QCOMPARE(engine.counters().stuck, 1);
    engine.setDeadMansSwitch({});
    world.beat(u"a"_s);
    world.pass(3000 * Millisecond);
    QCOMPARE(engine.counters().stuck, 1);
    QVERIFY(engine.snapshot(true).workers.at(0).state == WorkerState::Busy);
    QVERIFY(!engine.jobs(0).at(0).stuck);
    engine.setDeadMansSwitch({.timeout = 100ms, .action = StuckAction::Log}); // long overdue
    world.pass(1);
    QCOMPARE(engine.counters().stuck, 2);
    QVERIFY(engine.jobs(0).at(0).stuck);
    engine.setDeadMansSwitch({.timeout = 100ms, .gracePeriod = 50ms});
    world.pass(51 * Millisecond);
    QCOMPARE(engine.counters().lost, 1);
}

void tst_Stuck::STUCK_1_badValuesAreRefused_data()
{
    QTest::addColumn<DeadMansSwitch>("wanted");
    QTest::addColumn<DeadMansSwitch>("used");
    QTest::newRow("timeout") << DeadMansSwitch{.timeout = -1ms} << DeadMansSwitch{};
    QTest::newRow("grace period") << DeadMansSwitch{.timeout = 1s, .gracePeriod = -1ms}
                                  << DeadMansSwitch{.timeout = 1s, .gracePeriod = 0ms};
    QTest::newRow("maximum") << DeadMansSwitch{.maximumCondemned = -2}
                             << DeadMansSwitch{.maximumCondemned = 0};
    QTest::newRow("huge") << DeadMansSwitch{.timeout = std::chrono::milliseconds::max(),
                                            .gracePeriod = std::chrono::milliseconds::max()}
                          << DeadMansSwitch{.timeout = std::chrono::milliseconds::max(),
                                            .gracePeriod = std::chrono::milliseconds::max()};
}

void tst_Stuck::STUCK_1_badValuesAreRefused()
{
    QFETCH(const DeadMansSwitch, wanted);
    QFETCH(const DeadMansSwitch, used);
    QTest::failOnWarning(QRegularExpression(u"."_s));
    if (wanted != used) {
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"Factory \"mill\": the dead man's switch has .* "
                                                "None may be negative"_s));
    }
    World world({.name = u"mill"_s, .workerCount = 1, .deadMansSwitch = wanted});
    QCOMPARE(world.engine().deadMansSwitch(), used);
    world.engine().start();
    world.submit({.name = u"a"_s, .duration = 50 * Millisecond});
    QVERIFY(world.finish());
    QCOMPARE(world.engine().counters().completed, 1);
}

QTEST_GUILESS_MAIN(tst_Stuck)
#include "tst_stuck.moc"
