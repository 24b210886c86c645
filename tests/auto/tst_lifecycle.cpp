// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

QStringList statesOf(const FactoryBase &factory)
{
    QStringList states;
    for (const FactoryEvent &event : factory.eventsSince(0)) {
        if (event.kind == FactoryEvent::StateChanged)
            states.append(event.text);
    }
    return states;
}

struct SlowStarter : Worker<int, int, int>
{
    explicit SlowStarter(const Support::Gate &theGate) : gate(theGate) {}
    void starting() override { gate.pass(); }
    int process(Job &job) override { return job.message(); }
    const Support::Gate gate;
};

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
    void LIFE_4_drainFinishesAllAcceptedJobs();
    void LIFE_4_drainRefusesNewJobs();
    void LIFE_4_drainBeforeTheWorkersAreUp();
    void LIFE_4_stopDiscardsWhatWaitsAndLetsRunningJobsFinish();
    void LIFE_4_stopWhileDraining();
    void LIFE_4_stopWhileStarting();
    void LIFE_4_stopIsHeardByManyAtOnce();
    void LIFE_4_idleWorkersGoWhileAnotherStillWorks();
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
    QVERIFY(eventually([&] { return factory.snapshot().workers.at(0).state == WorkerState::Idle; }));
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
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"start\\(\\) was ignored, it is Running"_s));
    QVERIFY(!factory.start());
    QVERIFY(hasEnded(factory.stop()));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"start\\(\\) was ignored, it is Stopped"_s));
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
    QCOMPARE(future.result(), 5);
}

void tst_Lifecycle::LIFE_4_stopDiscardsWhatWaitsAndLetsRunningJobsFinish()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &job) {
        gate.pass();
        return job.message();
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    auto running = factory.submit(1, 11);
    QVERIFY(gate.awaitArrivals());
    auto waiting = factory.submit(2, 22);
    QFuture<void> stopped = factory.stop();
    QVERIFY(waiting.isFinished()); // at once
    QVERIFY(Support::errorAs<JobDiscarded>(waiting));
    QVERIFY(!running.isFinished() && !stopped.isFinished());
    gate.open();
    QVERIFY(hasEnded(stopped));
    QCOMPARE(running.result(), 11);
}

void tst_Lifecycle::LIFE_4_stopWhileDraining()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 3; ++i)
        factory.dispatch(i, 0);
    QVERIFY(gate.awaitArrivals());
    QFuture<void> drained = factory.drain();
    QCOMPARE(factory.counters().waiting, 2);
    QFuture<void> stopped = factory.stop();
    QCOMPARE(factory.counters().discarded(DiscardReason::Shutdown), 2);
    gate.open();
    QVERIFY(hasEnded(drained) && hasEnded(stopped));
    QVERIFY(factory.counters().completed == 1);
}

void tst_Lifecycle::LIFE_4_stopWhileStarting()
{
    const Support::Gate gate;
    Factory<SlowStarter> factory({.workerCount = 2}, workerBuilder<SlowStarter>(gate));
    const Support::GateOpener opener(gate);
    auto future = factory.submit(1, 5);
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals(2));
    QFuture<void> stopped = factory.stop();
    QVERIFY(Support::errorAs<JobDiscarded>(future));
    QVERIFY(!stopped.isFinished());
    gate.open();
    QVERIFY(hasEnded(stopped));
    QCOMPARE(statesOf(factory), u"Starting Draining Stopped"_s.split(u' '));
}

void tst_Lifecycle::LIFE_4_stopIsHeardByManyAtOnce()
{
    for (int round = 0; round < 20; ++round) {
        Factory factory({.workerCount = 3}, [](Job<int, int> &) {});
        QVERIFY(factory.start());
        for (int i = 0; i < 50; ++i)
            factory.dispatch(i, 0);
        std::vector<std::thread> threads;
        std::atomic<int> clean = 0;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&] { clean += factory.stop(Support::Patience).isClean(); });
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(clean, 3);
        QVERIFY(factory.state() == FactoryState::Stopped);
        QVERIFY(Support::isConserved(factory.counters()));
    }
}

// A long job of one worker is no reason to keep the others.
void tst_Lifecycle::LIFE_4_idleWorkersGoWhileAnotherStillWorks()
{
    struct Counted : Worker<int, Support::Gate, void>
    {
        explicit Counted(std::shared_ptr<std::atomic<int>> count) : gone(std::move(count)) {}
        void stopping() override { ++*gone; }
        void process(Job &job) override { job.message().pass(); }
        const std::shared_ptr<std::atomic<int>> gone;
    };
    const Support::Gate gate;
    const auto gone = std::make_shared<std::atomic<int>>(0);
    Factory<Counted> factory({.workerCount = 3}, workerBuilder<Counted>(gone));
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    factory.dispatch(1, gate);
    QVERIFY(gate.awaitArrivals());
    QFuture<void> stopped = factory.stop();
    QVERIFY(eventually([&] { return *gone == 2; }));
    gate.open();
    QVERIFY(hasEnded(stopped));
    QCOMPARE(*gone, 3);
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
