// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"
#include "support/slowstarter.h"

#include <Millwright/Factory>

#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;
using Support::SlowStarter;
using Support::statesOf;

namespace {

enum class Ending { Drain, Stop, StopWithDeadline, Destructor };

} // namespace

class tst_Lifecycle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void LIFE_1_statesComeInTheirOrder_data();
    void LIFE_1_statesComeInTheirOrder();
    void LIFE_1_jobsWaitUntilAllWorkersAreUp();
    void LIFE_1_factoryStartsOnce();
    void LIFE_1_factoryThatNeverStarts_data();
    void LIFE_1_factoryThatNeverStarts();
    void LIFE_1_forgottenStartIsNamed();
    void LIFE_4_drainFinishesAllAcceptedJobs();
    void LIFE_4_drainRefusesNewJobs();
    void LIFE_4_drainBeforeTheWorkersAreUp();
    void LIFE_5_destructorEndsIdleFactoriesQuickly_data();
    void LIFE_5_destructorEndsIdleFactoriesQuickly();
    void LIFE_5_factoryOnAnotherThread();
};

void tst_Lifecycle::LIFE_1_statesComeInTheirOrder_data()
{
    QTest::addColumn<int>("workerCount");
    QTest::newRow("no workers") << 0;
    QTest::newRow("3 workers") << 3;
}

void tst_Lifecycle::LIFE_1_statesComeInTheirOrder()
{
    QFETCH(const int, workerCount);
    Factory factory({.workerCount = workerCount}, [](Job<int, int> &) {});
    QVERIFY(factory.state() == FactoryState::Idle);
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(factory.state() == FactoryState::Stopped);
    QCOMPARE(statesOf(factory), u"Starting Running Draining Stopped"_s.split(u' '));
    QVERIFY(factory.waitForStopped(0ms));
    QVERIFY(hasEnded(factory.stop())); // ends at once when it is over
}

void tst_Lifecycle::LIFE_1_jobsWaitUntilAllWorkersAreUp()
{
    const Support::Gate first;
    const Support::Gate last;
    Factory<SlowStarter> factory({.workerCount = 2}, [=](const WorkerContext &context) {
        return std::make_unique<SlowStarter>(context.id == 0 ? first : last);
    });
    const Support::GateOpener opener(last);
    first.open();
    auto early = factory.submit(1, 1);
    QVERIFY(factory.start());
    QVERIFY(first.awaitArrivals() && last.awaitArrivals());
    auto second = factory.submit(2, 2);
    QVERIFY(
        eventually([&] { return factory.snapshot().workers.at(0).state == WorkerState::Idle; }));
    QVERIFY(factory.state() == FactoryState::Starting);
    QCOMPARE(factory.counters().waiting, 2); // although one worker is ready
    last.open();
    QVERIFY(hasEnded(early) && hasEnded(second));
    QVERIFY(factory.state() == FactoryState::Running);
}

void tst_Lifecycle::LIFE_1_factoryStartsOnce()
{
    Factory factory({.name = u"mill"_s, .workerCount = 1}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"start\\(\\) was ignored, it is Running"_s));
    QVERIFY(!factory.start());
    QVERIFY(hasEnded(factory.stop()));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"start\\(\\) was ignored, it is Stopped"_s));
    QVERIFY(!factory.start());
}

void tst_Lifecycle::LIFE_1_factoryThatNeverStarts_data()
{
    QTest::addColumn<Ending>("ending");
    QTest::newRow("drain()") << Ending::Drain;
    QTest::newRow("stop()") << Ending::Stop;
    QTest::newRow("stop(deadline)") << Ending::StopWithDeadline;
    QTest::newRow("destructor") << Ending::Destructor;
}

void tst_Lifecycle::LIFE_1_factoryThatNeverStarts()
{
    QFETCH(const Ending, ending);
    std::optional factory = std::make_optional<Factory<FunctionWorker<int (*)(Job<int, int> &)>>>(
        FactorySettings{.workerCount = 2}, +[](Job<int, int> &) { return 1; });
    auto future = factory->submit(1, 0);
    switch (ending) {
    case Ending::Drain:
        QVERIFY(hasEnded(factory->drain()));
        break;
    case Ending::Stop:
        QVERIFY(hasEnded(factory->stop()));
        break;
    case Ending::StopWithDeadline:
        QVERIFY(factory->stop(0ms).isClean());
        break;
    case Ending::Destructor:
        factory.reset();
        break;
    }
    const auto error = Support::errorAs<JobDiscarded>(future);
    QVERIFY(error);
    QVERIFY(error->reason() == DiscardReason::Shutdown);
}

void tst_Lifecycle::LIFE_1_forgottenStartIsNamed()
{
    const auto make = [] {
        return Factory({.name = u"mill"_s, .workerCount = 1}, [](Job<int, int> &) {});
    };
    make();
    {
        auto stopped = make();
        QVERIFY(stopped.dispatch(1, 1));
        stopped.stop(); // nobody has forgotten it
    }
    auto forgotten = make();
    QVERIFY(forgotten.dispatch(1, 1));
    QVERIFY(forgotten.dispatch(2, 2));
    QTest::ignoreMessage(QtInfoMsg,
                         "Factory \"mill\" was never started; 2 jobs that waited for that are "
                         "discarded. Call start().");
}

void tst_Lifecycle::LIFE_4_drainFinishesAllAcceptedJobs()
{
    const Support::Gate gate;
    std::atomic<int> done = 0;
    Factory factory({.workerCount = 2}, [&, gate](Job<int, int> &) {
        gate.pass();
        ++done;
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 100; ++i)
        factory.dispatch(i, 0);
    QVERIFY(gate.awaitArrivals(2));
    QFuture<void> drained = factory.drain();
    QVERIFY(factory.state() == FactoryState::Draining);
    QVERIFY(!drained.isFinished());
    QVERIFY(!factory.waitForStopped(0ms));
    gate.open();
    QVERIFY(hasEnded(drained));
    QCOMPARE(done, 100);
}

void tst_Lifecycle::LIFE_4_drainRefusesNewJobs()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    factory.dispatch(1, 0);
    QVERIFY(gate.awaitArrivals());
    QFuture<void> drained = factory.drain();
    QVERIFY(factory.dispatch(2, 0).reason() == DiscardReason::Shutdown);
    QVERIFY(factory.dispatch(3, 0, {.discardable = false}).reason() == DiscardReason::Shutdown);
    QCOMPARE(factory.availableCapacity(), 0);
    gate.open();
    QVERIFY(hasEnded(drained));
    QVERIFY(factory.dispatch(4, 0).reason() == DiscardReason::Shutdown);
    QCOMPARE(factory.counters().discarded(DiscardReason::Shutdown), 3);
}

void tst_Lifecycle::LIFE_4_drainBeforeTheWorkersAreUp()
{
    const Support::Gate gate;
    Factory<SlowStarter> factory({.workerCount = 2}, workerBuilder<SlowStarter>(gate));
    const Support::GateOpener opener(gate);
    auto future = factory.submit(1, 5);
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals(2));
    QFuture<void> drained = factory.drain();
    gate.open();
    QVERIFY(hasEnded(drained));
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), 5);
}

void tst_Lifecycle::LIFE_5_destructorEndsIdleFactoriesQuickly_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::newRow("thread per worker") << 0;
    QTest::newRow("shared threads") << 2;
}

void tst_Lifecycle::LIFE_5_destructorEndsIdleFactoriesQuickly()
{
    QFETCH(const int, threadCount);
    QElapsedTimer timer;
    for (int round = 0; round < 50; ++round) {
        Factory factory({.workerCount = 4, .threadCount = threadCount}, [](Job<int, int> &) {});
        QVERIFY(factory.start()); // sometimes the workers are up in time, sometimes not
        factory.dispatch(1, 0);
        timer.start();
    }
    QVERIFY(timer.elapsed() < 2000); // the last one alone, and far from the deadline
}

void tst_Lifecycle::LIFE_5_factoryOnAnotherThread()
{
    bool isClean = false;
    std::thread([&] {
        Factory factory({.workerCount = 2}, [](Job<int, int> &job) { return job.message(); });
        auto future = factory.submit(1, 3);
        isClean = factory.start() && hasEnded(future) && future.result() == 3;
        isClean = factory.stop(Support::Patience).isClean() && isClean;
    }).join();
    QVERIFY(isClean);
}

QTEST_GUILESS_MAIN(tst_Lifecycle)

#include "tst_lifecycle.moc"
