// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/counted.h"
#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QtConcurrent>
#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::Counted;
using Support::echo;
using Support::eventually;
using Support::hasEnded;
using Support::Plain;
using Support::statesOf;

class tst_Hooks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void LIFE_2_exampleTrafficIsRefusedUntilTheDatabaseIsOpen();
    void LIFE_2_hooksComeInTheirOrder_data();
    void LIFE_2_hooksComeInTheirOrder();
    void LIFE_2_nothingRunsBeforeOnStartedHasEnded();
    void LIFE_2_waitingJobsRunWhenOnStartedHasEnded();
    void LIFE_2_drainingWaitsForItsHook();
    void LIFE_2_stoppedWaitsForItsHook();
    void LIFE_2_workersAreGoneWhenOnStoppedIsCalled();
    void LIFE_2_factoryThatNeverRanCallsNoHooks();
    void LIFE_3_hooksRunOnAThreadOfTheFactorysOwn();
    void LIFE_3_hooksMayUseTheFactory();
    void LIFE_6_hooksMayBeExchanged();
};

// How a service opens something slow before it lets jobs in, and closes it behind the last one.
void tst_Hooks::LIFE_2_exampleTrafficIsRefusedUntilTheDatabaseIsOpen()
{
    struct Database
    {
        std::atomic<bool> isOpen = false;
        void open() { isOpen = true; } // takes its time
        void close() { isOpen = false; }
    };
    const auto database = std::make_shared<Database>();
    const Support::Gate startUp;

    Factory lookups({
                        .name = u"lookups"_s,
                        .workerCount = 2,
                        .queueLimit = 0, // there is no use in waiting
                        .onStarted =
                            [database, startUp] {
                                startUp.pass();
                                database->open();
                            },
                        .onStopped = [database] { database->close(); },
                    },
                    [database](Job<int, int> &) { return database->isOpen.load(); });
    const Support::GateOpener opener(startUp);

    lookups.start();
    QVERIFY(startUp.awaitArrivals());
    QVERIFY(lookups.dispatch(1, 0).reason() == DiscardReason::Loadshed); // "try again later"
    QCOMPARE(lookups.availableCapacity(), 0);

    startUp.open();
    QVERIFY(eventually([&] { return lookups.state() == FactoryState::Running; }));
    auto found = lookups.submit(1, 0);
    QVERIFY(hasEnded(found));
    QVERIFY(found.result());

    QVERIFY(hasEnded(lookups.drain()));
    QVERIFY(!database->isOpen);
}

void tst_Hooks::LIFE_2_hooksComeInTheirOrder_data()
{
    QTest::addColumn<bool>("returnsFuture");
    QTest::addColumn<int>("workerCount");
    QTest::addColumn<bool>("stops");
    QTest::newRow("void, drain()") << false << 1 << false;
    QTest::newRow("void, stop()") << false << 1 << true;
    QTest::newRow("QFuture<void>, drain()") << true << 1 << false;
    QTest::newRow("QFuture<void>, stop()") << true << 1 << true;
    QTest::newRow("no workers, drain()") << true << 0 << false;
    QTest::newRow("no workers, stop()") << true << 0 << true;
}

void tst_Hooks::LIFE_2_hooksComeInTheirOrder()
{
    QFETCH(const bool, returnsFuture);
    QFETCH(const int, workerCount);
    QFETCH(const bool, stops);
    const Support::EventLog log;
    const auto hook = [&](const QString &name) -> Hook {
        if (returnsFuture)
            return [=] { return QtConcurrent::run([=] { log.add(name); }); };
        return [=] { log.add(name); };
    };
    Factory factory({.workerCount = workerCount,
                     .onStarted = hook(u"started"_s),
                     .onDraining = hook(u"draining"_s),
                     .onStopped = hook(u"stopped"_s)},
                    echo);
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QCOMPARE(log.events(), QStringList(u"started"_s));
    QVERIFY(hasEnded(stops ? factory.stop() : factory.drain()));
    QVERIFY(factory.state() == FactoryState::Stopped);
    QCOMPARE(log.events(), (QStringList{u"started"_s, u"draining"_s, u"stopped"_s}));
    QCOMPARE(statesOf(factory), u"Starting Running Draining Stopped"_s.split(u' '));
}

void tst_Hooks::LIFE_2_nothingRunsBeforeOnStartedHasEnded()
{
    const Support::Gate gate;
    QPromise<void> promise;
    promise.start();
    Factory factory({.workerCount = 2,
                     .onStarted =
                         [&, gate] {
                             gate.open();
                             return promise.future();
                         }},
                    echo);
    auto before = factory.submit(1, 1);
    QVERIFY(factory.start());
    QVERIFY(gate.pass());
    auto during = factory.submit(2, 2);
    QVERIFY(factory.state() == FactoryState::Starting);
    QCOMPARE(factory.counters().waiting, 2);
    for (const WorkerSnapshot &worker : factory.snapshot().workers)
        QVERIFY(worker.state == WorkerState::Idle); // all are up
    promise.finish();
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QVERIFY(hasEnded(before) && hasEnded(during));
    QCOMPARE(before.result() + during.result(), 3);
}

// Dispatched jobs need no alarm for cancels, so nothing else wakes the workers.
void tst_Hooks::LIFE_2_waitingJobsRunWhenOnStartedHasEnded()
{
    const Support::Gate called;
    called.open();
    QPromise<void> promise;
    promise.start();
    Factory factory({.workerCount = 2,
                     .onStarted =
                         [&, called] {
                             called.pass();
                             return promise.future();
                         }},
                    echo);
    for (int i = 0; i < 10; ++i)
        QVERIFY(factory.dispatch(i, 0));
    QVERIFY(factory.start());
    QVERIFY(called.awaitArrivals());
    QCOMPARE(factory.counters().waiting, 10);
    promise.finish();
    QVERIFY(eventually([&] { return factory.counters().completed == 10; }));
}

void tst_Hooks::LIFE_2_drainingWaitsForItsHook()
{
    const Support::Gate gate;
    QPromise<void> promise;
    promise.start();
    Factory<Counted> factory({.workerCount = 1, .onDraining = [&, gate] {
                                  gate.open();
                                  return promise.future();
                              }});
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    auto accepted = factory.submit(1, 1);
    QFuture<void> drained = factory.drain();
    QVERIFY(gate.pass());
    QVERIFY(hasEnded(accepted)); // work goes on
    QVERIFY(!drained.isFinished());
    QCOMPARE(Counted::alive, 1);
    promise.finish();
    QVERIFY(hasEnded(drained));
    QCOMPARE(Counted::alive, 0);
}

void tst_Hooks::LIFE_2_stoppedWaitsForItsHook()
{
    const Support::Gate gate;
    QPromise<void> promise;
    promise.start();
    Factory factory({.workerCount = 1,
                     .onStopped =
                         [&, gate] {
                             gate.open();
                             return promise.future();
                         }},
                    echo);
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QFuture<void> stopped = factory.stop();
    QVERIFY(gate.pass());
    QVERIFY(factory.state() == FactoryState::Draining);
    QVERIFY(!stopped.isFinished() && !factory.waitForStopped(0ms));
    promise.finish();
    QVERIFY(hasEnded(stopped));
    QVERIFY(factory.state() == FactoryState::Stopped);
}

void tst_Hooks::LIFE_2_workersAreGoneWhenOnStoppedIsCalled()
{
    int alive = -1;
    Factory<Counted> factory({.workerCount = 4, .onStopped = [&] { alive = Counted::alive; }});
    QVERIFY(factory.start());
    for (int i = 0; i < 100; ++i)
        factory.dispatch(i, 0);
    QVERIFY(eventually([&] { return factory.counters().completed == 100; }));
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(alive, 0);
}

void tst_Hooks::LIFE_2_factoryThatNeverRanCallsNoHooks()
{
    const Support::EventLog log;
    const auto hook = [log] { log.add(u"called"_s); };
    {
        Factory factory({.onStarted = hook, .onDraining = hook, .onStopped = hook}, echo);
        QVERIFY(hasEnded(factory.drain()));
        QVERIFY(factory.state() == FactoryState::Stopped);
    }
    QCOMPARE(log.events(), QStringList());
}

void tst_Hooks::LIFE_3_hooksRunOnAThreadOfTheFactorysOwn()
{
    struct Where : Worker<int, int, QThread *>
    {
        QThread *process(Job &) override { return QThread::currentThread(); }
    };
    const Support::Gate gate;
    QThread *hookThread = nullptr;
    QThread *otherHookThread = nullptr;
    Factory<Where> other({.workerCount = 1, .onStarted = [&, gate] {
                              otherHookThread = QThread::currentThread();
                              gate.pass();
                          }});
    const Support::GateOpener opener(gate);
    Factory<Where> factory(
        {.workerCount = 1, .onStarted = [&] { hookThread = QThread::currentThread(); }});
    QVERIFY(other.start());
    QVERIFY(gate.awaitArrivals());
    QVERIFY(factory.start()); // is not held up by the other
    auto workerThread = factory.submit(1, 0);
    QVERIFY(hasEnded(workerThread));
    QVERIFY(hookThread && hookThread != QThread::currentThread());
    QVERIFY(hookThread != workerThread.result());
    QVERIFY(hookThread != otherHookThread);
    QCOMPARE(QThreadPool::globalInstance()->activeThreadCount(), 0);
}

// Nothing is locked while a hook runs.
void tst_Hooks::LIFE_3_hooksMayUseTheFactory()
{
    std::optional<Factory<Plain>> factory;
    QFuture<int> result;
    std::optional<DiscardReason> refused;
    factory.emplace(
        FactorySettings{.workerCount = 1,
                        .onStarted =
                            [&] {
                                result = factory->submit(1, 7);
                                factory->setWorkerCount(2);
                            },
                        .onDraining = [&] { refused = factory->dispatch(2, 0).reason(); },
                        .onStopped = [&] { factory->stop(); }},
        echo);
    QVERIFY(factory->start());
    QVERIFY(eventually([&] { return factory->state() == FactoryState::Running; }));
    QVERIFY(hasEnded(result));
    QCOMPARE(result.result(), 7);
    QCOMPARE(factory->workerCount(), 2);
    QVERIFY(hasEnded(factory->drain()));
    QVERIFY(refused == DiscardReason::Shutdown);
}

void tst_Hooks::LIFE_6_hooksMayBeExchanged()
{
    const Support::EventLog log;
    const auto hook = [log](const QString &name) { return [=] { log.add(name); }; };
    Factory factory({.workerCount = 1,
                     .onStarted = hook(u"old start"_s),
                     .onDraining = hook(u"old drain"_s),
                     .onStopped = hook(u"old stop"_s)},
                    echo);
    factory.setOnStarted({});
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    factory.setOnStarted(hook(u"too late"_s));
    factory.setOnDraining(hook(u"new drain"_s));
    factory.setOnStopped(hook(u"new stop"_s));
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(log.events(), (QStringList{u"new drain"_s, u"new stop"_s}));
}

QTEST_GUILESS_MAIN(tst_Hooks)

#include "tst_hooks.moc"
