// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QMetaProperty>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! Stands at the gate inside `route()`, that is, under the lock.
class BlockingRouter : public Router
{
public:
    explicit BlockingRouter(const Support::Gate &gate) : m_gate(gate) {}
    Route route(const AbstractJob &, const Workers &) override
    {
        m_gate.pass();
        return Route::toQueue();
    }

private:
    const Support::Gate m_gate;
};

//! Keeps the processor for a while; what is measured has to agree with what it takes.
std::chrono::nanoseconds workFor(std::chrono::nanoseconds time)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.nsecsElapsed() < time.count()) {}
    return std::chrono::nanoseconds(timer.nsecsElapsed());
}

} // namespace

class tst_Statistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void STAT_2_countersOfWorkers();
    void STAT_2_histogramsShowWhatTheJobsTook();
    void STAT_2_onlyCompletedJobsAreMeasured();
    void STAT_2_histogramsOfWorkersAddUp();
    void STAT_2_snapshotShowsTheRunningJob();
    void STAT_3_readsDoNotWaitForABusyFactory();
    void STAT_3_readsFollowWhatHappens();
    void STAT_4_notificationsAreCoalesced();
    void STAT_4_notificationsComeOnlyOnChange();
    void STAT_4_notificationsOfEachProperty();
    void STAT_4_lastChangeIsNeverMissed();
    void STAT_4_notificationsFollowTheObjectToItsThread();
};

void tst_Statistics::STAT_2_countersOfWorkers()
{
    Factory factory({.workerCount = 1}, [](Job<int, bool> &job) {
        if (job.message())
            throw JobError({});
    });
    QVERIFY(factory.start());
    for (int i = 0; i < 10; ++i)
        factory.dispatch(i, i % 5 == 0);
    QVERIFY(eventually([&] {
        return factory.counters().completed == 8
               && factory.snapshot().workers.at(0).state == WorkerState::Idle;
    }));
    const WorkerSnapshot worker = factory.snapshot().workers.constFirst();
    QCOMPARE(worker.completed, 8); // of all its lives
    QCOMPARE(worker.failed, 2);
    QCOMPARE(worker.restarts, 2);
    QCOMPARE(factory.completed(), 8.0);
    QCOMPARE(factory.failed(), 2.0);
    QCOMPARE(factory.restarts(), 2.0);
    QCOMPARE(factory.submitted(), 10.0);
}

void tst_Statistics::STAT_2_histogramsShowWhatTheJobsTook()
{
    std::atomic<qint64> took = 0;
    const Support::Gate gate;
    Factory factory({.workerCount = 1}, [&, gate](Job<int, int> &) {
        gate.pass();
        took = workFor(5ms).count();
    });
    const Support::GateOpener opener(gate);
    QElapsedTimer total;
    total.start();
    auto future = factory.submit(1, 0);
    const qint64 queued = workFor(3ms).count(); // before the start, so the job waits for sure
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals());
    gate.open();
    QVERIFY(hasEnded(future));
    const qint64 all = total.nsecsElapsed();

    const Latencies latencies = factory.latencies();
    QCOMPARE(latencies.queueTime.count(), 1);
    QCOMPARE(latencies.runTime.count(), 1);
    QCOMPARE(latencies.totalTime.count(), 1);
    QVERIFY(latencies.queueTime.max() >= queued * 98 / 100);
    QVERIFY(latencies.runTime.max() >= took * 98 / 100);
    QVERIFY(latencies.totalTime.max() <= all * 102 / 100);
    const qint64 sum = latencies.queueTime.max() + latencies.runTime.max();
    QVERIFY(qAbs(latencies.totalTime.max() - sum) <= sum * 4 / 100);
}

void tst_Statistics::STAT_2_onlyCompletedJobsAreMeasured()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker},
                    [gate](Job<int, int> &job) {
                        if (job.key() == 0)
                            gate.pass();
                        if (job.key() < 3)
                            throw JobError({});
                    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    factory.dispatch(0, 0);
    QVERIFY(gate.awaitArrivals());
    for (int i = 1; i < 10; ++i)
        factory.dispatch(i, 0, {.timeToLive = i == 9 ? 1ms : 0ms});
    factory.submit(10, 0).cancel();
    QVERIFY(eventually([&] { return factory.counters().discarded() == 1; }));
    gate.open();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, 6);
    QCOMPARE(factory.latencies().runTime.count(), 6);
    QCOMPARE(factory.latencies().totalTime.count(), 6);
}

void tst_Statistics::STAT_2_histogramsOfWorkersAddUp()
{
    Factory factory({.workerCount = 3}, [](Job<int, int> &) { workFor(20us); });
    QVERIFY(factory.start());
    for (int i = 0; i < 300; ++i)
        factory.dispatch(i, 0);
    factory.setWorkerCount(1); // the figures of those who go stay
    QVERIFY(hasEnded(factory.drain()));
    qint64 sum = 0;
    for (int worker = 0; worker < 3; ++worker)
        sum += factory.latencies(worker).runTime.count();
    QCOMPARE(sum, 300);
    QCOMPARE(factory.latencies().runTime.count(), 300);
    QCOMPARE(factory.latencies(3).runTime.count(), 0);
    QCOMPARE(factory.latencies(-1).runTime.count(), 0);
    QVERIFY(factory.latencies().runTime.quantile(0.5) >= 19'000);
}

void tst_Statistics::STAT_2_snapshotShowsTheRunningJob()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 2}, [gate](Job<QString, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    factory.dispatch(u"key"_s, 0, {.label = u"label"_s});
    QVERIFY(gate.awaitArrivals());
    workFor(1ms);
    const FactorySnapshot snapshot = factory.snapshot();
    QCOMPARE(snapshot.workers.size(), 2);
    QCOMPARE(snapshot.activeWorkers, 1);
    QCOMPARE(snapshot.workerCount, 2);
    QCOMPARE(snapshot.availableCapacity, 1);
    const bool first = snapshot.workers.at(0).state == WorkerState::Busy;
    const WorkerSnapshot &busy = snapshot.workers.at(first ? 0 : 1);
    const WorkerSnapshot &idle = snapshot.workers.at(first ? 1 : 0);
    QVERIFY(busy.state == WorkerState::Busy && idle.state == WorkerState::Idle);
    QCOMPARE(busy.key, u"key"_s);
    QCOMPARE(busy.label, u"label"_s);
    QVERIFY(busy.elapsed >= 1ms && busy.elapsed < 10s);
    QVERIFY(idle.key.isEmpty() && idle.elapsed == 0ns);
    QVERIFY(factory.snapshot(false).workers.isEmpty());
}

void tst_Statistics::STAT_3_readsDoNotWaitForABusyFactory()
{
    const Support::Gate gate;
    Factory factory(
        {.workerCount = 2, .router = customRouter<BlockingRouter>(gate), .queueLimit = 5},
        [](Job<int, int> &) {});
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    std::thread producer([&] { factory.dispatch(1, 0); }); // keeps the lock until the gate opens
    const auto join = qScopeGuard([&] {
        gate.open();
        producer.join();
    });
    QVERIFY(gate.awaitArrivals());
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(factory.queueDepth(), 0);
        QCOMPARE(factory.activeWorkers(), 0);
        QCOMPARE(factory.workerCount(), 2);
        QCOMPARE(factory.availableCapacity(), 7);
        QVERIFY(factory.state() == FactoryState::Running);
    }
    QVERIFY(timer.elapsed() < 5000);
}

void tst_Statistics::STAT_3_readsFollowWhatHappens()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 2, .queueLimit = 5}, [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 5; ++i)
        factory.dispatch(i, 0);
    QVERIFY(gate.awaitArrivals(2));
    QCOMPARE(factory.queueDepth(), 3);
    QCOMPARE(factory.activeWorkers(), 2);
    QCOMPARE(factory.availableCapacity(), 2);
    gate.open();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.queueDepth(), 0);
    QCOMPARE(factory.activeWorkers(), 0);
    QCOMPARE(factory.availableCapacity(), 0);
}

void tst_Statistics::STAT_4_notificationsAreCoalesced()
{
    Factory factory({.workerCount = 2}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    int signalCount = 0;
    bool onItsThread = true;
    connect(
        &factory, &FactoryBase::countersChanged, &factory,
        [&] {
            ++signalCount;
            onItsThread = onItsThread && QThread::currentThread() == factory.thread();
        },
        Qt::DirectConnection);
    QElapsedTimer timer;
    timer.start();
    int jobs = 0;
    while (timer.elapsed() < 450) {
        for (int i = 0; i < 100; ++i, ++jobs)
            factory.dispatch(i, i);
        QCoreApplication::processEvents();
    }
    const qint64 elapsed = timer.elapsed();
    QVERIFY(jobs > 1000);
    QVERIFY2(signalCount >= 3, qPrintable(QString::number(signalCount)));
    QVERIFY2(signalCount <= elapsed / FactoryBase::NotifyInterval.count() + 2,
             qPrintable(QString::number(signalCount)));
    QVERIFY(onItsThread);
}

void tst_Statistics::STAT_4_notificationsComeOnlyOnChange()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QSignalSpy states(&factory, &FactoryBase::stateChanged);
    QVERIFY(eventually([&] { return !states.isEmpty(); }));
    QTest::qWait(int(FactoryBase::NotifyInterval.count()) * 2); // what belongs to the start

    QSignalSpy counters(&factory, &FactoryBase::countersChanged);
    QSignalSpy workers(&factory, &FactoryBase::workerCountChanged);
    states.clear();
    factory.setQueueLimit(factory.queueLimit());
    factory.setWorkerCount(factory.workerCount());
    QVERIFY(hasEnded(factory.submit(1, 0)));
    QVERIFY(eventually([&] { return !counters.isEmpty(); })); // the marker
    QVERIFY(states.isEmpty());
    QVERIFY(workers.isEmpty());
}

void tst_Statistics::STAT_4_notificationsOfEachProperty()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) {});
    const QMetaObject *meta = factory.metaObject();
    std::vector<std::unique_ptr<QSignalSpy>> spies;
    for (int i = meta->propertyOffset(); i < meta->propertyCount(); ++i) {
        const QMetaProperty property = meta->property(i);
        QVERIFY2(property.hasNotifySignal(), property.name());
        QVERIFY2(property.read(&factory).isValid(), property.name());
        spies.push_back(std::make_unique<QSignalSpy>(&factory, property.notifySignal()));
    }
    const QSignalSpy congested(&factory, &FactoryBase::congestedChanged);
    factory.setWorkerCount(2);
    factory.setQueueLimit(0);
    factory.setDiscardMode(DiscardMode::Oldest);
    factory.setOnFailure(OnFailure::KeepWorker);
    factory.setRestartPolicy({.maximumRestarts = 1});
    factory.setDeadMansSwitch({.timeout = 1h});
    factory.setStopDeadline(1000);
    factory.setRetryPolicy({.maximumAttempts = 2, .on = RetryOn::Loadshed});
    factory.setDeadLetterLimit(5);
    factory.dispatch(0, 0);
    QVERIFY(eventually([&] { return factory.deadLetterCount() == 1; }));
    factory.setQueueLimit(3);
    factory.setPaused(true);
    factory.setHighWaterMark(0);
    factory.setLowWaterMark(0);
    factory.setRateLimit({.refill = 1, .interval = 1ms});
    factory.setRateLimitMode(RateLimitMode::Delay);
    factory.setOnStarted([] { throw JobError(u"on purpose"_s); });
    factory.dispatch(1, 0);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"onStarted failed: on purpose"_s));
    QVERIFY(eventually([&] { return !congested.isEmpty(); }));
    QVERIFY(factory.start());
    for (const auto &spy : spies) {
        const QByteArray signal = spy->signal();
        const bool isConstant = signal == "nameChanged()" || signal == "threadCountChanged()";
        const bool isBrief = signal == "queueDepthChanged()" || signal == "activeWorkersChanged()"
                             || signal == "crashLoopingWorkersChanged()";
        const bool isElsewhere = signal == "condemnedThreadsChanged()"; // tst_deadmansswitch.qml
        if (!isBrief && !isElsewhere)
            QVERIFY2(eventually([&] { return isConstant || !spy->isEmpty(); }), signal);
    }
}

void tst_Statistics::STAT_4_lastChangeIsNeverMissed()
{
    Factory factory({.workerCount = 2}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    double seen = 0;
    connect(&factory, &FactoryBase::countersChanged, &factory, [&] { seen = factory.completed(); });
    int expected = 0;
    for (int burst = 1; burst < 20; ++burst) {
        for (int i = 0; i < burst * 7; ++i, ++expected)
            factory.dispatch(i, i);
        QCoreApplication::processEvents(); // lets some notifications through
    }
    QVERIFY(eventually([&] { return seen == expected; }));
}

void tst_Statistics::STAT_4_notificationsFollowTheObjectToItsThread()
{
    QThread thread;
    thread.start();
    auto *factory = new Factory({.workerCount = 1}, [](Job<int, int> &) {});
    std::atomic<QThread *> where = nullptr;
    connect(
        factory, &FactoryBase::countersChanged, factory, [&] { where = QThread::currentThread(); },
        Qt::DirectConnection);
    factory->moveToThread(&thread);
    const bool isStarted = factory->start();
    factory->dispatch(1, 0);
    const bool isNotified = eventually([&] { return where != nullptr; });
    factory->deleteLater();
    thread.quit();
    QVERIFY(thread.wait(Support::Patience));
    QVERIFY(isStarted && isNotified);
    QCOMPARE(where, &thread);
}

QTEST_GUILESS_MAIN(tst_Statistics)

#include "tst_statistics.moc"
