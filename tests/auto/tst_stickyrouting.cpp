// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/startedworld.h"

#include <Millwright/Factory>

#include <QTest>

using namespace Simulation;
using namespace Qt::StringLiterals;

// The sticky router, and the limits of routers that let jobs wait at their workers.
class tst_StickyRouting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void ROUTE_4_jobsStayWithTheWorkerOfTheirKey();
    void ROUTE_4_laterJobDoesNotOvertakeInTheQueue();
    void ROUTE_4_jobsAtWorkersCountForTheLimit();
    void ROUTE_4_oldestOfAllIsShed();
    void ROUTE_4_leavingWorkerGetsNoMore();
    void ROUTE_4_keyOfADoneJobIsFree_data();
    void ROUTE_4_keyOfADoneJobIsFree();
    void DISC_4_limitZeroWithAStickyRouter();
    void DISC_5_limitIsForEachWorkerOrForTheFactory_data();
    void DISC_5_limitIsForEachWorkerOrForTheFactory();
};

void tst_StickyRouting::ROUTE_4_jobsStayWithTheWorkerOfTheirKey()
{
    const auto world = startedWorld(settingsOf(stickyQueuer(), 3));
    world->submit({.name = u"a1"_s, .key = 1, .duration = 10 * Millisecond});
    world->settle();
    const int holder = world->takeLog().constFirst().mid(3).toInt();
    world->submit({.name = u"a2"_s, .key = 1, .duration = 10 * Millisecond});
    world->submit({.name = u"b"_s, .key = 2});
    world->settle(); // the other workers are free, but not for key 1
    QCOMPARE(world->engine().queueDepth(), 1);
    QVERIFY(world->finish());
    const QStringList log = world->takeLog();
    QVERIFY(log.contains(u"a2@%1"_s.arg(holder)));
    QVERIFY(!log.contains(u"b@%1"_s.arg(holder)));
}

void tst_StickyRouting::ROUTE_4_laterJobDoesNotOvertakeInTheQueue()
{
    const auto world = startedWorld(settingsOf(stickyQueuer(), 2));
    world->submit({.name = u"x"_s, .key = 10, .duration = 10 * Millisecond});
    world->submit({.name = u"y"_s, .key = 11, .duration = 30 * Millisecond});
    world->settle();
    for (const QString &name : {u"a1"_s, u"a2"_s}) // both workers are busy: in the factory's queue
        world->submit({.name = name, .key = 1, .duration = 50 * Millisecond});
    world->submit({.name = u"z"_s, .key = 12, .duration = Millisecond});
    world->pass(15 * Millisecond); // a1 runs
    world->submit({.name = u"a3"_s, .key = 1});
    QVERIFY(world->finish());
    QStringList order;
    for (const QString &entry : world->takeLog().filter(u"@"_s))
        order += entry.left(entry.indexOf(u'@'));
    QCOMPARE(order.mid(2), u"a1 z a2 a3"_s.split(u' '));
}

void tst_StickyRouting::ROUTE_4_jobsAtWorkersCountForTheLimit()
{
    FactorySettings settings = settingsOf(stickyQueuer(), 2);
    settings.queueLimit = 2;
    const auto world = startedWorld(settings);
    world->submit({.name = u"a"_s, .key = 1, .duration = 10 * Millisecond});
    world->settle();
    QVERIFY(world->submit({.name = u"b"_s, .key = 1}));
    QVERIFY(world->submit({.name = u"c"_s, .key = 1}));
    QVERIFY(!world->submit({.name = u"d"_s, .key = 1}));
    QVERIFY(world->submit({.name = u"other"_s, .key = 2})); // runs at once
    QCOMPARE(world->engine().availableCapacity(), 0);
    QVERIFY(world->finish());
}

void tst_StickyRouting::ROUTE_4_oldestOfAllIsShed()
{
    FactorySettings settings = settingsOf(stickyQueuer(), 2);
    settings.queueLimit = 2;
    settings.discardMode = DiscardMode::Oldest;
    settings.queue = priorityQueue();
    const auto world = startedWorld(settings);
    for (const quint64 key : {1, 2})
        world->submit({.name = u"run%1"_s.arg(key), .key = key, .duration = 10 * Millisecond});
    world->settle();
    world->clearLog();
    const JobOptions high{.priority = Priority::High};
    world->submit({.name = u"a"_s, .key = 1, .options = high});
    world->submit({.name = u"b"_s, .key = 2});
    world->submit({.name = u"c"_s, .key = 3}); // b is older, a is more urgent
    world->submit({.name = u"d"_s, .key = 2});
    world->submit({.name = u"e"_s, .key = 1, .options = high});
    world->submit({.name = u"f"_s, .key = 4, .options = high});
    QCOMPARE(world->takeLog(),
             (QStringList{u"b Loadshed"_s, u"c Loadshed"_s, u"d Loadshed"_s, u"a Loadshed"_s}));
    QVERIFY(world->finish());
    QCOMPARE(world->takeLog().filter(u"done"_s).size(), 4);
}

void tst_StickyRouting::ROUTE_4_leavingWorkerGetsNoMore()
{
    const auto world = startedWorld(settingsOf(stickyQueuer(), 2));
    for (const quint64 key : {1, 2}) // so that worker 1 has one of them
        world->submit({.name = u"k%1"_s.arg(key), .key = key, .duration = 20 * Millisecond});
    world->settle();
    const quint64 key = world->takeLog().contains(u"k1@1"_s) ? 1 : 2;
    world->engine().setWorkerCount(1);
    for (int i = 0; i < 30; ++i) { // a stream of its key does not keep the worker
        world->submit({.name = u"s%1"_s.arg(i), .key = key, .duration = Millisecond});
        world->pass(2 * Millisecond);
    }
    QVERIFY(world->takeLog().contains(u"-1"_s));
    QVERIFY(world->finish());
    QCOMPARE(world->keyOrder().complaint(), QString());
}

void tst_StickyRouting::ROUTE_4_keyOfADoneJobIsFree_data()
{
    QTest::addColumn<qint64>("duration");
    QTest::newRow("the other one lasts at once") << qint64(100);
    QTest::newRow("the other one lasts later") << qint64(180'000);
}

// A worker takes short jobs several at a time. One that is done does not tie its key to the worker
// because another one of them lasts.
void tst_StickyRouting::ROUTE_4_keyOfADoneJobIsFree()
{
    QFETCH(const qint64, duration);
    const auto world = startedWorld(settingsOf(stickyQueuer(), 2));
    for (int i = 0; i < 64; ++i)
        world->submit({.name = u"short %1"_s.arg(i), .key = quint64(100 + i), .duration = 100});
    world->finish();
    world->clearLog();
    world->submit({.name = u"a1"_s, .key = 1, .duration = duration});
    world->submit({.name = u"b1"_s, .key = 2, .duration = 1000 * Millisecond});
    world->pass(5 * Millisecond);
    QString log = world->takeLog().join(u' ');
    QVERIFY2(log == u"a1@0 a1 done b1@0"_s || log == u"a1@1 a1 done b1@1"_s, qPrintable(log));
    world->submit({.name = u"a2"_s, .key = 1, .duration = Millisecond});
    world->submit({.name = u"b2"_s, .key = 2});
    world->pass(5 * Millisecond);
    const QString other = log.contains(u"b1@0"_s) ? u"1"_s : u"0"_s;
    QCOMPARE(world->takeLog(), (QStringList{u"a2@"_s + other, u"a2 done"_s}));
    QVERIFY(world->finish());
    QCOMPARE(world->keyOrder().complaint(), QString());
}

void tst_StickyRouting::DISC_4_limitZeroWithAStickyRouter()
{
    FactorySettings settings = settingsOf(stickyQueuer(), 2);
    settings.queueLimit = 0;
    const auto world = startedWorld(settings);
    QVERIFY(world->submit({.name = u"a"_s, .key = 1, .duration = 10 * Millisecond}));
    QVERIFY(!world->submit({.name = u"b"_s, .key = 1})); // would have to wait for its key
    QVERIFY(world->submit({.name = u"c"_s, .key = 2, .duration = 10 * Millisecond}));
    QVERIFY(!world->submit({.name = u"d"_s, .key = 3}));
    QVERIFY(world->finish());
    QVERIFY(world->submit({.name = u"e"_s, .key = 1}));
    QVERIFY(world->finish());
}

void tst_StickyRouting::DISC_5_limitIsForEachWorkerOrForTheFactory_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<int>("accepted");
    // Two run, and one may wait: at each worker, or in all.
    QTest::newRow("queuer") << queuer() << 3;
    QTest::newRow("sticky") << stickyQueuer() << 3;
    QTest::newRow("round-robin") << roundRobin() << 4;
    QTest::newRow("least-loaded") << leastLoaded() << 4;
}

void tst_StickyRouting::DISC_5_limitIsForEachWorkerOrForTheFactory()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const int, accepted);
    FactorySettings settings = settingsOf(router, 2);
    settings.queueLimit = 1;
    const auto world = startedWorld(settings);
    QCOMPARE(world->engine().availableCapacity(), accepted);
    int taken = 0;
    for (int i = 0; i < 10; ++i) {
        taken += world->submit(
            {.name = u"j%1"_s.arg(i), .key = quint64(i), .duration = Millisecond});
        world->settle();
    }
    QCOMPARE(taken, accepted);
    QCOMPARE(world->engine().availableCapacity(), 0);
    QVERIFY(world->finish());
}

QTEST_GUILESS_MAIN(tst_StickyRouting)
#include "tst_stickyrouting.moc"
