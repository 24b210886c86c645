// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/operations.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Hosted = 4;

FactorySettings settings()
{
    return {.workerCount = Hosted,
            .threadCount = 1,
            .router = roundRobin(),
            .deadMansSwitch = {.timeout = 100ms, .gracePeriod = 50ms}};
}

//! It has learned that jobs are short, so that its thread is dealt the hands of several workers at once;
//! the next job is worker 0's.
void makeQuick(World &world)
{
    world.engine().start();
    for (int i = 0; i < 10 * Hosted; ++i)
        world.submit({.name = u"quick%1"_s.arg(i)});
    world.settle();
    world.clearLog();
}

//! One that is not quick, and a quick one for each of the other workers, which stand behind it in the
//! hands of the same thread.
void submitRound(World &world, const Script &first)
{
    world.submit(first);
    for (const QString &name : {u"b"_s, u"c"_s, u"d"_s})
        world.submit({.name = name});
    world.settle();
}

//! Two workers are through, one hangs, and one has not begun.
void submitThirdHung(World &world)
{
    world.submit({.name = u"a"_s});
    world.submit({.name = u"b"_s});
    world.submit({.name = u"c"_s, .duration = World::Hung});
    world.submit({.name = u"d"_s});
    world.settle();
}

qsizetype handsOf(const World &world)
{
    return qsizetype(world.workloads().size());
}

} // namespace

// The hands of several workers, which one thread has been dealt at once.
class tst_SharedThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); }
    void cleanup() { QLoggingCategory::setFilterRules(QString()); }

    void POOL_3_oneAfterTheOther();
    void POOL_3_noMoreThanOneHandHolds();
    void POOL_3_longJobsAreTakenOneByOne();
    void STUCK_2_othersAreNotStuck();
    void STUCK_2_thoseThatAreThroughAreNotStuck();
    void STUCK_2_theyFollowOnAnotherThread();
    void STUCK_2_whoWasToBeReplacedAnywayIsOnce();
    void STUCK_2_theyDoNotRunWhereOneWasInterrupted();
    void LIFE_5_thoseThatAreThroughAreNotUnfinished();
    void DISC_2_oldestIsNotLookedForInNoHand();
    void POOL_6_theyAreNotStartedWhilePaused();
    void JOB_8_theyCanBeCanceled();
    void STAT_2_theyAreCounted();
};

void tst_SharedThreads::POOL_3_oneAfterTheOther()
{
    World world(settings());
    makeQuick(world);
    submitRound(world, {.name = u"a"_s, .duration = Millisecond});
    QCOMPARE(handsOf(world), Hosted);
    world.pass(2 * Millisecond);
    QCOMPARE(world.takeLog(), (QStringList{u"a@0"_s, u"a done"_s, u"b@1"_s, u"b done"_s, u"c@2"_s,
                                           u"c done"_s, u"d@3"_s, u"d done"_s}));
    QCOMPARE(handsOf(world), 0);
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::POOL_3_noMoreThanOneHandHolds()
{
    FactorySettings wide = settings();
    wide.workerCount = 300;
    World world(wide);
    world.engine().start();
    for (int i = 0; i < 3000; ++i)
        world.submit({.name = u"quick%1"_s.arg(i)});
    qsizetype most = 0;
    while (world.step()) {
        qsizetype unstarted = 0;
        for (const Workload &load : world.workloads())
            unstarted += load.unstarted.size();
        QVERIFY2(unstarted <= Hand::Capacity, qPrintable(QString::number(unstarted)));
        most = std::max(most, handsOf(world));
    }
    QCOMPARE(most, 16);
    QCOMPARE(world.engine().counters().completed, 3000);
    for (const WorkerSnapshot &worker : world.engine().snapshot(true).workers)
        QCOMPARE(worker.completed, 10);
}

void tst_SharedThreads::POOL_3_longJobsAreTakenOneByOne()
{
    World world(settings());
    world.engine().start();
    for (int i = 0; i < 10 * Hosted; ++i)
        world.submit({.name = u"long%1"_s.arg(i), .duration = Millisecond});
    while (world.step())
        QVERIFY(handsOf(world) <= 1);
    QVERIFY(world.finish());
}

void tst_SharedThreads::STUCK_2_othersAreNotStuck()
{
    World world(settings());
    makeQuick(world);
    submitRound(world, {.name = u"a"_s, .duration = 149 * Millisecond});
    world.pass(145 * Millisecond);
    QCOMPARE(world.engine().counters().stuck, 1);
    QCOMPARE(world.engine().snapshot(true).workers.at(0).state, WorkerState::Stuck);
    for (int i = 1; i < Hosted; ++i)
        QCOMPARE(world.engine().snapshot(true).workers.at(i).state, WorkerState::Busy);
    QVERIFY(world.finish());
    QCOMPARE(world.engine().counters().lost, 0);
    QCOMPARE(world.engine().counters().canceled, 1); // it was called off
    QCOMPARE(world.engine().counters().completed, 11 * Hosted - 1);
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::STUCK_2_thoseThatAreThroughAreNotStuck()
{
    World world(settings());
    makeQuick(world);
    submitThirdHung(world);
    QCOMPARE(handsOf(world), Hosted);
    world.pass(130 * Millisecond); // when its job has begun is not known
    QCOMPARE(world.engine().counters().stuck, 1);
    QCOMPARE(world.engine().snapshot(true).workers.at(2).state, WorkerState::Stuck);
    world.pass(70 * Millisecond);
    const Counters counters = world.engine().counters();
    QCOMPARE(counters.stuck, 1);
    QCOMPARE(counters.lost, 1);
    QCOMPARE(counters.completed, 10 * Hosted + 3);
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::STUCK_2_theyFollowOnAnotherThread()
{
    World world(settings());
    makeQuick(world);
    submitRound(world, {.name = u"a"_s, .duration = World::Hung});
    world.pass(200 * Millisecond);
    const Counters counters = world.engine().counters();
    QCOMPARE(counters.stuck, 1);
    QCOMPARE(counters.lost, 1);
    QCOMPARE(counters.completed, 10 * Hosted + 3);
    QCOMPARE(counters.waiting, 0);
    world.letAllGo();
    QVERIFY(world.finish());
    QCOMPARE(handsOf(world), 0);
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::STUCK_2_theyDoNotRunWhereOneWasInterrupted()
{
    World world(settings());
    makeQuick(world);
    submitRound(world, {.name = u"a"_s, .duration = World::Hung, .heeds = true});
    QVERIFY(world.engine().interrupt(0));
    QVERIFY(world.finish());
    QCOMPARE(world.complaint(), QString());
    QCOMPARE(world.engine().counters().completed, 10 * Hosted + 3);
    QCOMPARE(world.engine().counters().canceled, 1);
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::LIFE_5_thoseThatAreThroughAreNotUnfinished()
{
    FactorySettings patient = settings();
    patient.deadMansSwitch = {};
    World world(patient);
    makeQuick(world);
    submitThirdHung(world);
    QCOMPARE(handsOf(world), Hosted);
    world.engine().stop();
    const StopReport report = world.engine().giveUp();
    QCOMPARE(report.unfinished.size(), 1);
    QCOMPARE(report.unfinished.first().worker, 2);
}

void tst_SharedThreads::DISC_2_oldestIsNotLookedForInNoHand()
{
    FactorySettings oldest = settings();
    oldest.discardMode = DiscardMode::Oldest;
    World world(oldest);
    makeQuick(world);
    world.submit({.name = u"a"_s, .duration = Millisecond});
    world.submit({.name = u"b"_s});
    world.settle();
    QCOMPARE(handsOf(world), 2);
    world.engine().setQueueLimit(0);
    world.submit({.name = u"c"_s}); // to a worker with nothing in its hand
    world.engine().setQueueLimit(-1);
    world.submit({.name = u"d"_s});
    world.engine().drain();
    QVERIFY(world.finish());
    QCOMPARE(world.engine().state(), FactoryState::Stopped);
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::STUCK_2_whoWasToBeReplacedAnywayIsOnce()
{
    FactorySettings strict = settings();
    strict.onFailure = OnFailure::ReplaceWorker;
    World world(strict);
    makeQuick(world);
    world.submit({.name = u"a"_s, .failures = 1});
    world.submit({.name = u"b"_s, .duration = World::Hung});
    world.settle();
    QCOMPARE(world.engine().counters().running, 1);
    world.pass(200 * Millisecond);
    const Counters counters = world.engine().counters();
    QCOMPARE(counters.lost, 1);
    QCOMPARE(counters.failed, 1);
    QCOMPARE(counters.restarts, Hosted); // all who live there
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::POOL_6_theyAreNotStartedWhilePaused()
{
    World world(settings());
    makeQuick(world);
    submitRound(world, {.name = u"a"_s, .duration = Millisecond});
    world.engine().pause();
    world.pass(10 * Millisecond);
    QCOMPARE(world.takeLog(), (QStringList{u"a@0"_s, u"a done"_s}));
    QCOMPARE(world.engine().counters().waiting, 3);
    world.engine().resume();
    QVERIFY(world.finish());
    QCOMPARE(world.engine().counters().completed, 11 * Hosted);
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::JOB_8_theyCanBeCanceled()
{
    World world(settings());
    makeQuick(world);
    submitRound(world, {.name = u"a"_s, .duration = Millisecond});
    world.cancel(u"c"_s);
    world.pass(10 * Millisecond);
    QCOMPARE(world.engine().counters().canceled, 1);
    QCOMPARE(world.engine().counters().completed, 11 * Hosted - 1);
    QVERIFY(!world.takeLog().contains(u"c@2"_s));
    QVERIFY(world.violations().isEmpty());
}

void tst_SharedThreads::STAT_2_theyAreCounted()
{
    World world(settings());
    makeQuick(world);
    submitRound(world, {.name = u"a"_s, .duration = Millisecond});
    const Counters counters = world.engine().counters();
    QCOMPARE(counters.running, 1);
    QCOMPARE(counters.waiting, 3);
    for (const WorkerSnapshot &worker : world.engine().snapshot(true).workers)
        QCOMPARE(worker.waiting, worker.id == 0 ? 0 : 1);
    QCOMPARE(world.engine().jobs(100).size(), 4);
    QVERIFY(world.finish());
}

QTEST_GUILESS_MAIN(tst_SharedThreads)
#include "tst_sharedthreads.moc"
