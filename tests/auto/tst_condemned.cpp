// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/operations.h"

#include "statistics/statisticslayer.h"

#include <QtCore/qloggingcategory.h>
#include <QtTest/qtest.h>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What becomes of workers that are stuck, in virtual time.
class tst_Condemned : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); }
    void cleanupTestCase() { QLoggingCategory::setFilterRules(QString()); }

    void STUCK_2_replace_data();
    void STUCK_2_replace();
    void STUCK_2_signOfLifeWhileItIsReported();
    void STUCK_2_shortJobsAreServedAtOnceAfterwards();
    void STUCK_3_threadsLeftBehind_data();
    void STUCK_3_threadsLeftBehind() { run(); }
    void STUCK_6_sharedThreads_data();
    void STUCK_6_sharedThreads() { run(); }
    void LIFE_5_exitWithCondemnedThreads_data();
    void LIFE_5_exitWithCondemnedThreads() { run(); }
};

static void addRow(const char *name, const char *settings, const char *operations,
                   const char *expected)
{
    QTest::newRow(name) << QString::fromLatin1(settings) << QString::fromLatin1(operations)
                        << QString::fromLatin1(expected);
}

void tst_Condemned::STUCK_2_replace_data()
{
    addOperationColumns();
    addRow("after the grace period", "1 stuck=100/50", "start a:* b:5 +149 ! +1 ! +20",
           "+0, a@0, stuck a@0 100, [Stuck; 0 condemned], a lost, +0, b@0, [Busy; 1 condemned], b "
           "done");
    addRow("without grace", "1 stuck=100/0", "start a:* b:5 +101 +20",
           "+0, a@0, stuck a@0 100, a lost, +0, b@0, b done");
    addRow("a heartbeat saves it", "1 stuck=100/50", "start a:* +140 beat=a +99 ! +40 !",
           "+0, a@0, stuck a@0 100, [Busy; 0 condemned], stuck a@0 100, [Stuck; 0 condemned]");
    addRow("it heeds the request", "1 stuck=100/50", "start a:*@ b:5 +102 ! +20",
           "+0, a@0, stuck a@0 100, a canceled, -0, +0, b@0, [Busy; 0 condemned], b done");
    addRow("what nobody holds, too", "1 stuck=100/50", "start a:*@. +120 !",
           "+0, a@0, stuck a@0 100, a canceled, -0, +0, [Idle; 0 condemned]");
    addRow("it ends by itself, too late to be wanted", "1 stuck=100/50",
           "start a:120 b:5 +122 ! +20",
           "+0, a@0, stuck a@0 100, a canceled, -0, +0, b@0, [Busy; 0 condemned], b done");
    addRow("it throws in the grace period", "1 stuck=100/50", "start a:120!1&3 +200 !",
           "+0, a@0, stuck a@0 100, a canceled, -0, +0, [Idle; 0 condemned]");
    addRow("a late answer is ignored", "1 stuck=100/50", "start a:* b:60 +160 end=a +100 !",
           "+0, a@0, stuck a@0 100, a lost, +0, b@0, -0, b done, [Idle; 0 condemned]");
    addRow("a late failure is ignored", "1 stuck=100/50", "start a:300!1&3 b:60 +400 !",
           "+0, a@0, stuck a@0 100, a lost, +0, b@0, b done, -0, [Idle; 0 condemned]");
    addRow("what waits for it keeps its order", "2 keypersistent stuck=100/50",
           "start a:* a1:5 a2:5 a3:5 +200",
           "+0, +1, a@1, stuck a@1 100, a lost, +1, a1@1, a1 done, a2@1, a2 done, a3@1, a3 done");
    addRow("its key is free for others", "2 sticky stuck=100/50", "start a:* a1:5 b:5 +200",
           "+0, +1, b@0, a@1, b done, stuck a@1 100, a lost, +1, a1@1, a1 done");
    addRow("its key may move", "2 keypersistent stuck=100/50", "start a:* +200 workers=1 a1:5 +20",
           "+0, +1, a@1, stuck a@1 100, a lost, +1, -1, a1@0, a1 done");
    addRow("its key may move, asynchronous", "2 keypersistent stuck=100/50",
           "start a:*% +200 workers=1 a1:5 +20",
           "+0, +1, a@1, stuck a@1 100, a lost, -1, +1, -1, a1@0, a1 done");
    addRow("asynchronous: on the same thread", "1 stuck=100/50",
           "start a:*% b:5 +160 ! end=a +10 !",
           "+0, a@0, stuck a@0 100, a lost, -0, +0, b@0, b done, [Idle; 0 condemned], [Idle; 0 "
           "condemned]");
    addRow("asynchronous: its future is canceled", "1 stuck=100/50", "start a:*%@ b:5 +160 !",
           "+0, a@0, stuck a@0 100, a canceled, b@0, b done, [Idle; 0 condemned]");
    addRow("an event", "1 stuck=100/50", "start deaf=0 +9 a:5 +110 ! +60 ! endhangs +1 !",
           "+0, stuck @0 100, [Stuck; 0 condemned], +0, a@0, a done, [Idle; 1 condemned], -0, "
           "[Idle; 0 "
           "condemned]");
    addRow(
        "an event, when its future does not end", "1 stuck=100/50",
        "start a:*% +1 deaf=0 b:5 +180 ! +200 ! endhangs +1 !",
        "+0, a@0, stuck a@0 100, a lost, [Restarting; 0 condemned], stuck @0 100, +0, b@0, b done, "
        "[Idle; 1 condemned], -0, [Idle; 0 condemned]");
    addRow("an event, when there is nothing but to go", "1 stuck=100/50",
           "start deaf=0 workers=0 +160 ! endhangs +1 !",
           "+0, stuck @0 100, [; 1 condemned], -0, [; 0 condemned]");
    addRow("its start", "1 stuck=100/50", "hangbuilds=1 start a:5 +151 ! +10 endhangs +10 !",
           "stuck @0 100, +0, a@0, [Busy; 1 condemned], a done, +0, -0, [Idle; 0 condemned]");
    addRow(
        "one start holds up nobody", "2 stuck=100/50", "hangbuilds=2 start cap=1 a:5 +200 ? !",
        "stuck @0 100, stuck @1 100, +0, a@0, a done, [Running 0 0 1], [Idle Stuck; 1 condemned]");
    addRow("one start after the other", "1 stuck=100/50", "hangbuilds=2 start +160 ? +200 a:5 +6",
           "stuck @0 100, [Running 0 0 0], stuck @0 100, +0, a@0, a done");
    addRow("the end of a worker that failed", "1 stuck=100/50",
           "start hangends=1 a!1 b:5 +160 ! endhangs +10 !",
           "+0, a@0, a failed, stuck @0 100, +0, b@0, b done, [Idle; 1 condemned], -0, [Idle; 0 "
           "condemned]");
    addRow("the end of one that is surplus", "2 stuck=100/50",
           "start hangends=1 workers=1 +100 ! +60 ! endhangs !",
           "+0, +1, stuck @1 100, [Idle Stuck; 0 condemned], [Idle; 1 condemned], -1, [Idle; 0 "
           "condemned]");
    addRow("one that was to go", "2 stuck=100/50", "start a:* b:* +1 workers=0 +160 !",
           "+0, +1, b@0, a@1, stuck a@1 100, stuck b@0 100, a lost, b lost, [; 2 condemned]");
}

void tst_Condemned::STUCK_2_replace()
{
    run();
}

// Between the look and what is done about it, without the lock.
void tst_Condemned::STUCK_2_signOfLifeWhileItIsReported()
{
    class Rescuer final : public StatisticsLayer
    {
    public:
        void workerStuck(int, const QString &key, std::chrono::nanoseconds) override
        {
            if (++reports == 1)
                world->beat(key);
        }
        World *world = nullptr;
        int reports = 0;
    };
    const auto layer = std::make_shared<Rescuer>();
    World world({.workerCount = 1,
                 .deadMansSwitch = {.timeout = 100ms, .gracePeriod = 0ms},
                 .statistics = layer});
    layer->world = &world;
    world.engine().start();
    world.submit({.name = u"a"_s, .duration = World::Hung});
    world.settle();
    world.pass(190 * Millisecond);
    QCOMPARE(layer->reports, 1);
    QCOMPARE(world.engine().counters().running, 1); // it was saved
    world.pass(50 * Millisecond);
    QCOMPARE(layer->reports, 2);
    QCOMPARE(world.engine().counters().lost, 1); // and was looked at again
    QCOMPARE(world.violations(), QString());
}

// A thread that is left behind is not one that serves.
void tst_Condemned::STUCK_2_shortJobsAreServedAtOnceAfterwards()
{
    World world({.workerCount = 1, .deadMansSwitch = {.timeout = 100ms, .gracePeriod = 0ms}});
    world.engine().start();
    world.submit({.name = u"a"_s, .duration = World::Hung});
    world.pass(200 * Millisecond);
    QCOMPARE(world.engine().counters().lost, 1);
    for (int i = 0; i < 500; ++i) {
        world.submit({.name = u"s%1"_s.arg(i), .promised = false});
        world.pass(Millisecond / 100);
    }
    world.pass(100 * Millisecond);
    QCOMPARE(world.engine().counters().completed, 500);
    world.submit({.name = u"last"_s, .promised = false});
    world.settle();
    QCOMPARE(world.engine().counters().completed, 501);
}

void tst_Condemned::STUCK_3_threadsLeftBehind_data()
{
    addOperationColumns();
    addRow("counted, and taken back", "2 stuck=100/50",
           "start a:* b:* +160 ! end=b +50 ! end=a +50 !",
           "+0, +1, b@0, a@1, stuck a@1 100, stuck b@0 100, a lost, b lost, +1, +0, [Idle Idle; 2 "
           "condemned], -0, [Idle Idle; 1 condemned], -1, [Idle Idle; 0 condemned]");
    addRow(
        "capped", "2 stuck=100/50", "start cap=1 a:* b:* c:5 +900 ! end=a +5 !",
        "+0, +1, b@0, a@1, stuck a@1 100, stuck b@0 100, a lost, +1, c@1, c done, [Stuck Idle; 1 "
        "condemned], -1, b lost, +0, [Idle Idle; 1 condemned]");
    addRow(
        "never", "1 stuck=100/50", "start cap=0 a:* b +900 ! end=a +5 !",
        "+0, a@0, stuck a@0 100, [Stuck; 0 condemned], a canceled, -0, +0, b@0, b done, [Idle; 0 "
        "condemned]");
    addRow(
        "a higher cap counts at once", "2 stuck=100/50", "start cap=0 a:* b:* +300 ! cap=1 +1 !",
        "+0, +1, b@0, a@1, stuck a@1 100, stuck b@0 100, [Stuck Stuck; 0 condemned], a lost, +1, "
        "[Stuck Idle; 1 condemned]");
    addRow("it hangs in its end once more", "1 stuck=100/50", "start a:* +160 end=a +10 !",
           "+0, a@0, stuck a@0 100, a lost, +0, -0, [Idle; 0 condemned]");
}

void tst_Condemned::STUCK_6_sharedThreads_data()
{
    addOperationColumns();
    addRow("neighbours move", "3 threads=1 stuck=100/50", "start a:* b:5 c:5 +200 !",
           "+0, +1, +2, a@0, stuck a@0 100, a lost, +0, +1, +2, b@0, b done, c@0, c done, [Idle "
           "Idle Idle; 1 condemned]");
    addRow("with what waits for them", "2 threads=1 keypersistent stuck=100/50",
           "start a:* b:5 b1:5 a1:5 +200 ! end=a +5 !",
           "+0, +1, a@1, stuck a@1 100, a lost, +0, +1, b@0, b done, a1@1, a1 done, b1@0, b1 done, "
           "[Idle Idle; 1 condemned], -0, -1, [Idle Idle; 0 condemned]");
    addRow("all to the same thread", "6 threads=2 stuck=100/50",
           "start a:* +160 a1:5 b1:5 c1:5 d1:5 +1 ? +30 !",
           "+0, +2, +4, +1, +3, +5, a@1, stuck a@1 100, a lost, +1, +3, +5, b1@0, a1@1, [Running 2 "
           "2 0], b1 done, c1@0, a1 done, d1@1, c1 done, d1 done, [Idle Idle Idle Idle Idle Idle; "
           "1 condemned]");
    addRow("and not to the other one", "6 threads=2 stuck=100/50", "start z:90 a:* +260 !",
           "+0, +2, +4, +1, +3, +5, a@0, z@1, z done, stuck a@0 100, a lost, +0, +2, +4, [Idle "
           "Idle Idle Idle Idle Idle; 1 condemned]");
    addRow("a neighbour's asynchronous job is lost", "2 threads=1 stuck=100/50",
           "start a:*% b:* +40 beat=a +70 beat=a +90 !",
           "+0, +1, a@0, b@1, stuck b@1 100, a lost, b lost, +0, +1, [Idle Idle; 1 condemned]");
    addRow("an asynchronous job condemns no thread", "2 threads=1 stuck=100/50",
           "start a:*% +60 b:5 +200 !",
           "+0, +1, a@0, b@1, b done, stuck a@0 100, a lost, -0, +0, [Idle Idle; 0 condemned]");
    addRow("a start", "2 threads=1 stuck=100/50", "hangbuilds=1 start a:5 +200 ! endhangs +5 !",
           "stuck @0 100, +0, +1, a@0, a done, [Idle Idle; 1 condemned], +0, -0, [Idle Idle; 0 "
           "condemned]");
    addRow("who was interrupted takes them along", "2 threads=1 stuck=100/50",
           "start a:*@ b:5 +160 !",
           "+0, +1, a@0, stuck a@0 100, a canceled, -0, -1, +0, +1, b@0, b done, [Idle Idle; 0 "
           "condemned]");
    addRow("but waits for asynchronous ones", "2 threads=1 stuck=100/50",
           "start b:*% a:*@ c:5 +60 beat=b +80 ! beat=b end=b +5 !",
           "+0, +1, b@0, a@1, stuck a@1 100, a canceled, -1, +1, c@1, c done, [Busy Idle; 0 "
           "condemned], b done, -0, +0, [Idle Idle; 0 condemned]");
}

void tst_Condemned::LIFE_5_exitWithCondemnedThreads_data()
{
    addOperationColumns();
    addRow("drain goes on without it", "1 stuck=100/50", "start a:* b:5 drain +200 ?",
           "+0, a@0, stuck a@0 100, a lost, +0, b@0, b done, -0, [Stopped 0 0 0]");
    addRow("drain with nobody left", "1 stuck=100/50", "start a:* +1 workers=0 drain +151 ?",
           "+0, a@0, stuck a@0 100, a lost, [Stopped 0 0 0]");
    addRow("stop goes on without it", "1 stuck=100/50", "start a:* b:5 +1 stop +200 ? end=a +5",
           "+0, a@0, b Shutdown, stuck a@0 100, a lost, [Stopped 0 0 0], -0");
    addRow("condemned before", "1 stuck=100/50", "start a:* +160 stop ? end=a +5",
           "+0, a@0, stuck a@0 100, a lost, +0, -0, [Stopped 0 0 0], -0");
    addRow("in its end", "2 stuck=100/50", "start hangends=2 stop +200 ? endhangs +5",
           "+0, +1, stuck @0 100, stuck @1 100, [Stopped 0 0 0], -0, -1");
    addRow("in its start", "1 stuck=100/50", "hangbuilds=1 start stop +200 ? endhangs +5",
           "stuck @0 100, [Stopped 0 0 0], +0, -0");
    addRow("given up in the grace period", "1 stuck=100/50",
           "start a:* +120 stop giveup ? end=a +5",
           "+0, a@0, stuck a@0 100, a lost, unfinished a@0, [Stopped 0 0 0], -0");
    addRow(
        "given up with others condemned", "2 stuck=100/50",
        "start a:* +160 b:* +1 stop giveup ? end=a end=b +5",
        "+0, +1, a@1, stuck a@1 100, a lost, +1, b@1, -0, b lost, unfinished b@1, [Stopped 0 0 0], "
        "-1, -1");
    addRow("shared threads", "3 threads=1 stuck=100/50", "start a:* b:* +1 stop +200 ? end=a +5",
           "+0, +1, +2, a@0, b Shutdown, stuck a@0 100, a lost, [Stopped 0 0 0], -0, -1, -2");
}

QTEST_GUILESS_MAIN(tst_Condemned)
#include "tst_condemned.moc"
