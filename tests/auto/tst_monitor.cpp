// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/watched.h"

#include <Millwright/Factory>
#include <Millwright/FactoryMonitor>

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <cmath>

using namespace Millwright;
using namespace Qt::StringLiterals;
using Support::hasTimer;
using Support::isLooking;
using Support::looks;
using Support::Watched;

class tst_Monitor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_samplesOnlyWhileActive();
    void STAT_5_restsWhileNothingChanges();
    void STAT_5_ticksWhileAWorkerIsBusy();
    void STAT_5_restIsPartOfTheHistory();
    void UI_6_capacityOfTheQueues_data();
    void UI_6_capacityOfTheQueues();
    void UI_6_valuesAreThoseOfTheFactory();
    void UI_6_throughputRisesAndFalls();
    void UI_6_latenciesAreOfTheFactoryAndOfLate();
    void UI_6_historyIsBounded();
    void UI_6_latenciesArePartOfTheHistory();
    void UI_6_historyIsTakenOver();
    void UI_6_historyOfAnotherIntervalIsNot();
    void UI_6_restIsTakenOver();
    void UI_6_restIsTakenOverByWhoSawWork();
    void UI_6_ownHistoryIsKept();
};

void tst_Monitor::UI_6_samplesOnlyWhileActive()
{
    Watched watched;
    QSignalSpy sampled(&watched.monitor, &FactoryMonitor::sampled);
    QSignalSpy changed(watched.factory.get(), &FactoryBase::countersChanged);
    watched.factory->start();
    watched.dispatch(2);
    QTRY_VERIFY(changed.count() > 0);
    QTRY_COMPARE(watched.factory->activeWorkers(), 2);
    QVERIFY(!watched.monitor.isActive());
    QVERIFY(!hasTimer(watched.monitor));
    QCOMPARE(sampled.count(), 0);
    QCOMPARE(looks.load(), 0);
    QCOMPARE(watched.monitor.submitted(), 0.0);
    QCOMPARE(watched.monitor.workers()->rowCount(), 0);

    watched.monitor.setActive(true);
    QCOMPARE(sampled.count(), 1);
    QCOMPARE(watched.monitor.submitted(), 2.0);
    QVERIFY(looks > 0);
    QTRY_VERIFY(sampled.count() > 3);

    watched.monitor.setActive(false);
    QVERIFY(!hasTimer(watched.monitor));
    sampled.clear();
    changed.clear();
    looks = 0;
    watched.gate.open();
    QTRY_COMPARE(watched.factory->completed(), 2.0);
    QTRY_VERIFY(changed.count() > 0);
    QVERIFY(!hasTimer(watched.monitor));
    QCOMPARE(sampled.count(), 0);
    QCOMPARE(looks.load(), 0);
    QCOMPARE(watched.monitor.completed(), 0.0);
}

void tst_Monitor::STAT_5_restsWhileNothingChanges()
{
    Watched watched;
    watched.gate.open();
    watched.monitor.setActive(true);
    QTRY_VERIFY(!isLooking(watched.monitor)); // idle

    watched.factory->start();
    QTRY_VERIFY(watched.monitor.state() == FactoryState::Running);
    QTRY_VERIFY(!isLooking(watched.monitor)); // running, and nothing to do

    QSignalSpy sampled(&watched.monitor, &FactoryMonitor::sampled);
    watched.dispatch(1);
    QTRY_COMPARE(watched.monitor.completed(), 1.0);
    QVERIFY(sampled.count() > 0);
    // Awake until the last second and the recent latencies have nothing to tell any more.
    QTRY_VERIFY_WITH_TIMEOUT(!isLooking(watched.monitor), 20'000);
    QCOMPARE(watched.monitor.throughput(), 0.0);
    QCOMPARE(watched.monitor.recentTotalTime().count, 0.0);

    watched.factory->setWorkerCount(3);
    QTRY_COMPARE(watched.monitor.workers()->rowCount(), 3);
    watched.factory->drain();
    QTRY_VERIFY(watched.monitor.state() == FactoryState::Stopped);
    QTRY_VERIFY(!isLooking(watched.monitor));
}

void tst_Monitor::STAT_5_ticksWhileAWorkerIsBusy()
{
    Watched watched({.workerCount = 1});
    watched.factory->start();
    watched.monitor.setActive(true);
    watched.dispatch(1);
    const auto value = [&](int role) { return watched.monitor.workers()->index(0).data(role); };
    QTRY_COMPARE(value(WorkerModel::StateNameRole).toString(), u"Busy"_s);
    QCOMPARE(value(WorkerModel::StateRole).toInt(), int(WorkerState::Busy));
    QTRY_COMPARE(value(WorkerModel::KeyRole).toString(), u"0"_s);
    QCOMPARE(value(WorkerModel::LabelRole).toString(), u"label"_s);
    for (int i = 0; i < 5; ++i) {
        const double elapsed = value(WorkerModel::ElapsedRole).toDouble();
        QTRY_VERIFY(value(WorkerModel::ElapsedRole).toDouble() > elapsed);
    }
    QVERIFY(isLooking(watched.monitor));
    watched.gate.open();
    QTRY_COMPARE(value(WorkerModel::StateNameRole).toString(), u"Idle"_s);
    QCOMPARE(value(WorkerModel::KeyRole).toString(), QString());
    QCOMPARE(value(WorkerModel::ElapsedRole).toDouble(), 0.0);
    QCOMPARE(value(WorkerModel::CompletedRole).toDouble(), 1.0);
}

void tst_Monitor::STAT_5_restIsPartOfTheHistory()
{
    Watched watched({.workerCount = 0});
    watched.factory->start();
    watched.monitor.setActive(true);
    QTRY_VERIFY(!isLooking(watched.monitor)); // nothing to do, and nobody to do it
    const auto depths = [&] { return watched.monitor.history(FactoryMonitor::QueueDepth); };
    const qsizetype before = depths().size();
    QElapsedTimer asleep;
    asleep.start();
    QTRY_VERIFY(asleep.hasExpired(20 * FactoryMonitor::MinimumInterval));

    watched.dispatch(4);
    QTRY_COMPARE(watched.monitor.queueDepth(), 4);
    QVERIFY2(depths().size() >= before + 15, qPrintable(QString::number(depths().size() - before)));
    QCOMPARE(depths().size(), watched.monitor.history(FactoryMonitor::Throughput).size());
    QVERIFY(depths().indexOf(4) >= before + 15);
    const QList<double> history = depths();
    QVERIFY(std::all_of(history.begin(), history.begin() + before + 15,
                        [](double depth) { return depth == 0; }));
    // While jobs wait, how long they have been waiting changes.
    for (int i = 0; i < 3; ++i) {
        const double oldest = watched.monitor.oldestWaiting();
        QTRY_VERIFY(watched.monitor.oldestWaiting() > oldest);
    }
}

// Of a limit for each worker, too.
void tst_Monitor::UI_6_capacityOfTheQueues_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<int>("limit");
    QTest::addColumn<int>("capacity");
    QTest::newRow("no limit") << queuer() << -1 << -1;
    QTest::newRow("of the factory") << queuer() << 5 << 5;
    QTest::newRow("of the factory and the workers") << stickyQueuer() << 5 << 5;
    QTest::newRow("of each worker") << roundRobin() << 5 << 15;
    QTest::newRow("of each worker, none") << roundRobin() << 0 << 0;
}

void tst_Monitor::UI_6_capacityOfTheQueues()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const int, limit);
    QFETCH(const int, capacity);
    Watched watched({.workerCount = 3, .router = router, .queueLimit = limit});
    watched.monitor.setActive(true);
    QCOMPARE(watched.monitor.queueCapacity(), capacity);
    QCOMPARE(watched.monitor.queueLimit(), limit);
}

void tst_Monitor::UI_6_valuesAreThoseOfTheFactory()
{
    Watched watched({.workerCount = 2, .queueLimit = 3});
    FactoryMonitor &monitor = watched.monitor;
    FactoryBase &factory = *watched.factory;
    monitor.setActive(true);
    factory.start();
    QTRY_VERIFY(factory.state() == FactoryState::Running);
    watched.dispatch(1, false);
    watched.dispatch(7);
    auto future = watched.factory->submit({u"canceled"_s}, true);
    QTRY_COMPARE(factory.activeWorkers(), 2);

    const auto agree = [&] {
        const Counters counters = factory.counters();
        return monitor.state() == factory.state() && monitor.queueDepth() == factory.queueDepth()
               && monitor.queueLimit() == factory.queueLimit()
               && monitor.activeWorkers() == factory.activeWorkers()
               && monitor.workerCount() == factory.workerCount()
               && monitor.availableCapacity() == factory.availableCapacity()
               && monitor.submitted() == double(counters.submitted)
               && monitor.completed() == double(counters.completed)
               && monitor.failed() == double(counters.failed)
               && monitor.discarded() == double(counters.discarded())
               && monitor.discardedExpired() == factory.discardedExpired()
               && monitor.discardedShed() == factory.discardedShed()
               && monitor.discardedRateLimited() == factory.discardedRateLimited()
               && monitor.discardedShutdown() == factory.discardedShutdown()
               && monitor.isPaused() == factory.isPaused()
               && monitor.errorString() == factory.errorString()
               && monitor.condemnedThreads() == factory.condemnedThreads()
               && monitor.stuck() == factory.stuck()
               && monitor.canceled() == double(counters.canceled)
               && monitor.lost() == double(counters.lost)
               && monitor.retried() == double(counters.retried)
               && monitor.restarts() == double(counters.restarts);
    };
    QTRY_VERIFY(agree());
    QCOMPARE(monitor.queueDepth(), 3);
    QCOMPARE(monitor.discarded(), 4.0);
    QCOMPARE(monitor.discardedShed(), 4.0);
    QCOMPARE(monitor.health(), Health::Attention);
    QCOMPARE(monitor.healthReasons(), QStringList{u"jobs shed in the last minute: 4"_s});
    QCOMPARE(monitor.jobs()->rowCount(), 5);
    watched.gate.open();
    QTRY_COMPARE(monitor.completed(), 4.0);
    QTRY_COMPARE(monitor.failed(), 1.0);
    QTRY_COMPARE(monitor.restarts(), 1.0);
    QTRY_VERIFY(agree());
    const auto *events = monitor.events();
    QTRY_VERIFY(
        !events->match(events->index(0), EventModel::KindRole, EventModel::JobFailed).isEmpty());
    const QModelIndex failure
        = events->match(events->index(0), EventModel::KindRole, EventModel::JobFailed).first();
    QCOMPARE(failure.data(EventModel::TextRole).toString(), u"on purpose"_s);
    QCOMPARE(failure.data(EventModel::KeyRole).toString(), u"0"_s);
    QVERIFY(failure.data(EventModel::IsProblemRole).toBool());
    QVERIFY(future.isFinished());
}

void tst_Monitor::UI_6_throughputRisesAndFalls()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    watched.factory->start();
    watched.dispatch(1000);
    QTRY_COMPARE(watched.factory->activeWorkers(), 2);
    monitor.setActive(true);
    QCOMPARE(monitor.throughput(), 0.0);

    QElapsedTimer time;
    time.start();
    watched.gate.open();
    QTRY_VERIFY(monitor.completed() == 1000);
    const double slowest = 1000.0 / (double(time.elapsed()) / 1000.0 + 1.0);
    QVERIFY2(monitor.throughput() >= slowest, qPrintable(QString::number(monitor.throughput())));
    QTRY_COMPARE(monitor.throughput(), 0.0);
    const QList<double> history = monitor.history(FactoryMonitor::Throughput);
    QVERIFY(std::isnan(history.first())); // a rate is known from the second look on
    QVERIFY(*std::max_element(history.begin() + 1, history.end()) >= slowest);
    QCOMPARE(history.last(), 0.0);
}

void tst_Monitor::UI_6_latenciesAreOfTheFactoryAndOfLate()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    watched.factory->start();
    watched.dispatch(2);
    watched.gate.open();
    QTRY_COMPARE(watched.factory->completed(), 2.0);
    QTRY_COMPARE(watched.factory->latencies().totalTime.count(), 2);

    monitor.setActive(true);
    QCOMPARE(monitor.totalTime().count, 2.0);
    QCOMPARE(monitor.recentTotalTime().count, 0.0); // before anybody looked
    watched.dispatch(50);
    QTRY_COMPARE(monitor.totalTime().count, 52.0);
    QCOMPARE(monitor.recentTotalTime().count, 50.0);
    const LatencySummary all = LatencySummary::of(watched.factory->latencies().totalTime);
    QCOMPARE(monitor.totalTime(), all);
    QVERIFY(all.p50 > 0 && all.p50 <= all.p90 && all.p90 <= all.p99 && all.p99 <= all.maximum);
    QVERIFY(monitor.queueTime().maximum <= all.maximum);
    QVERIFY(monitor.runTime().mean <= all.mean);
    QTRY_COMPARE_WITH_TIMEOUT(monitor.recentTotalTime().count, 0.0, 20'000);
    QCOMPARE(monitor.totalTime().count, 52.0);
}

void tst_Monitor::UI_6_historyIsBounded()
{
    Watched watched({.workerCount = 1});
    watched.factory->start();
    watched.monitor.setInterval(20);
    watched.monitor.setHistorySpan(1);
    watched.dispatch(1); // keeps the worker busy, hence the monitor awake
    watched.monitor.setActive(true);
    QTRY_COMPARE(watched.monitor.history(FactoryMonitor::Throughput).size(), 50);
    QSignalSpy sampled(&watched.monitor, &FactoryMonitor::sampled);
    QTRY_VERIFY(sampled.count() >= 3);
    QCOMPARE(watched.monitor.history(FactoryMonitor::Throughput).size(), 50);
    QCOMPARE(watched.monitor.history(FactoryMonitor::QueueDepth).size(), 50);

    watched.monitor.setInterval(30);
    QVERIFY(watched.monitor.history(FactoryMonitor::Throughput).isEmpty());
    QTRY_COMPARE(watched.monitor.history(FactoryMonitor::Throughput).size(), 33);
}

void tst_Monitor::UI_6_latenciesArePartOfTheHistory()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    watched.factory->start();
    monitor.setActive(true);
    const auto known = [&](FactoryMonitor::Series series) {
        QList<double> values = monitor.history(series);
        values.removeIf([](double value) { return std::isnan(value); });
        return values;
    };
    QVERIFY(known(FactoryMonitor::RunTimeMedian).isEmpty()); // there were no jobs
    watched.dispatch(3);
    QTRY_COMPARE(watched.factory->activeWorkers(), 2);
    QElapsedTimer held;
    held.start();
    QTRY_VERIFY(held.hasExpired(20));
    watched.gate.open();
    QTRY_VERIFY(!known(FactoryMonitor::RunTimeMedian).isEmpty());
    for (const auto series : {FactoryMonitor::RunTimeP99, FactoryMonitor::RunTimeMaximum,
                              FactoryMonitor::QueueTimeMaximum})
        QVERIFY(known(series).first() >= 19);
    QVERIFY(known(FactoryMonitor::QueueTimeMedian).first()
            <= known(FactoryMonitor::QueueTimeP99).first());
    // And not for ever.
    QTRY_VERIFY(std::isnan(monitor.history(FactoryMonitor::RunTimeMedian).last()));
}

namespace {

qsizetype known(const QList<double> &history)
{
    return std::count_if(history.begin(), history.end(),
                         [](double value) { return !std::isnan(value); });
}

bool hasGap(const QList<double> &history)
{
    return known(history) < history.size();
}

} // namespace

void tst_Monitor::UI_6_historyIsTakenOver()
{
    Watched watched({.workerCount = 1});
    FactoryMonitor &first = watched.monitor;
    first.setInterval(50);
    watched.factory->start();
    watched.dispatch(2);
    first.setActive(true);
    const auto depths = [](const FactoryMonitor &monitor) {
        return monitor.history(FactoryMonitor::QueueDepth);
    };
    QTRY_VERIFY(depths(first).size() >= 5);

    FactoryMonitor second;
    second.setInterval(50);
    second.setFactory(watched.factory.get());
    QVERIFY(depths(second).isEmpty()); // nobody looks
    second.setActive(true);
    QVERIFY(depths(second).size() > depths(first).size());
    QVERIFY(depths(second).endsWith(1.0));
    QVERIFY(!std::isnan(second.history(FactoryMonitor::Throughput).last())); // known at once
    QVERIFY(std::isnan(second.history(FactoryMonitor::Throughput).first()));
    QCOMPARE(second.totalTime(), first.totalTime());

    // What it does not see itself.
    second.setActive(false);
    const qsizetype before = depths(second).size();
    QTRY_VERIFY(first.time() - second.time() > 500'000'000);
    QCOMPARE(depths(second).size(), before);
    second.setActive(true);
    QVERIFY(known(depths(second)) > before + 5); // they are fewer if they come late

    // What nobody sees.
    first.setActive(false);
    second.setActive(false);
    QTRY_VERIFY(watched.factory->snapshot(false).time - second.time() > 500'000'000);
    second.setActive(true);
    QVERIFY(hasGap(depths(second)));
    first.setActive(true);
    QVERIFY(hasGap(depths(first)));

    // One that has begun only now knows less than one that was there before.
    auto other = std::make_unique<FactoryMonitor>();
    first.setActive(false);
    second.setActive(false);
    first.setFactory(nullptr);
    second.setFactory(nullptr);
    other->setInterval(50);
    other->setFactory(watched.factory.get());
    other->setActive(true);
    QCOMPARE(depths(*other).size(), 1);
    const double now = depths(*other).last();
    other.reset();
    second.setFactory(watched.factory.get()); // there is none any more to learn from
    second.setActive(true);
    QCOMPARE(depths(second), QList<double>{now});
    watched.gate.open();
}

void tst_Monitor::UI_6_historyOfAnotherIntervalIsNot()
{
    Watched watched({.workerCount = 1});
    watched.monitor.setInterval(20);
    watched.factory->start();
    watched.dispatch(1);
    watched.monitor.setActive(true);
    const auto samples = [](const FactoryMonitor &monitor) {
        return monitor.history(FactoryMonitor::QueueDepth).size();
    };
    QTRY_VERIFY(samples(watched.monitor) >= 5);
    FactoryMonitor second;
    second.setInterval(30);
    second.setFactory(watched.factory.get());
    second.setActive(true);
    QCOMPARE(samples(second), 1);

    // And one that began later has not seen what is missing.
    second.setActive(false);
    FactoryMonitor third;
    third.setInterval(20);
    third.setFactory(watched.factory.get());
    third.setActive(true);
    QVERIFY(samples(third) >= 5);
    Watched elsewhere({.workerCount = 1});
    third.setFactory(elsewhere.factory.get());
    QCOMPARE(samples(third), 1);
    watched.gate.open();
}

void tst_Monitor::UI_6_restIsTakenOver()
{
    Watched watched;
    watched.gate.open();
    watched.monitor.setInterval(20);
    watched.factory->start();
    watched.monitor.setActive(true);
    QTRY_VERIFY(watched.monitor.state() == FactoryState::Running);
    QTRY_VERIFY(!isLooking(watched.monitor));
    QTRY_VERIFY(watched.factory->snapshot(false).time - watched.monitor.time() > 200'000'000);
    FactoryMonitor second;
    second.setInterval(20);
    second.setFactory(watched.factory.get());
    second.setActive(true);
    const QList<double> depths = second.history(FactoryMonitor::QueueDepth);
    QVERIFY(depths.size() > 10);
    QVERIFY(!hasGap(depths));
}

// Who has last looked while there was work does not take the rest of another one for more of it.
void tst_Monitor::UI_6_restIsTakenOverByWhoSawWork()
{
    Watched watched({.workerCount = 1});
    watched.monitor.setInterval(20);
    FactoryMonitor second;
    second.setInterval(20);
    second.setFactory(watched.factory.get());
    watched.factory->start();
    watched.dispatch(3);
    QTRY_COMPARE(watched.factory->activeWorkers(), 1);
    watched.monitor.setActive(true);
    second.setActive(true);
    QCOMPARE(second.queueDepth(), 2);
    second.setActive(false);
    watched.gate.open();
    QTRY_COMPARE(watched.monitor.completed(), 3.0);
    QTRY_VERIFY_WITH_TIMEOUT(!isLooking(watched.monitor), 20'000);
    QTRY_VERIFY(watched.factory->snapshot(false).time - watched.monitor.time() > 200'000'000);
    second.setActive(true);
    const QList<double> depths = second.history(FactoryMonitor::QueueDepth);
    QVERIFY(!hasGap(depths));
    QCOMPARE(depths.last(10), QList<double>(10, 0.0));
}

// Of another one that remembers less nothing is taken but what is missing.
void tst_Monitor::UI_6_ownHistoryIsKept()
{
    Watched watched({.workerCount = 1});
    FactoryMonitor &first = watched.monitor;
    first.setInterval(20);
    watched.factory->start();
    watched.dispatch(1);
    first.setActive(true);
    const auto samples = [](const FactoryMonitor &monitor) {
        return monitor.history(FactoryMonitor::QueueDepth).size();
    };
    QTRY_VERIFY(samples(first) >= 80);
    FactoryMonitor second;
    second.setInterval(20);
    second.setHistorySpan(1);
    second.setFactory(watched.factory.get());
    second.setActive(true);
    QTRY_COMPARE(samples(second), 50);
    first.setActive(false);
    const qint64 before = second.time();
    QTRY_VERIFY(second.time() - before > 100'000'000);
    first.setActive(true);
    QVERIFY(samples(first) > 80);
    watched.gate.open();
}

QTEST_GUILESS_MAIN(tst_Monitor)
#include "tst_monitor.moc"
