// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/engine.h"
#include "engine/threadstation.h"
#include "support/expectations.h"
#include "support/gate.h"
#include "support/slowstarter.h"

#include <Millwright/Factory>

#include <QEventLoop>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;
using Support::SlowStarter;
using Support::statesOf;

namespace {

//! A thread that never comes. As soon as it is opened it does something else.
class TrapStation final : public Station
{
public:
    explicit TrapStation(std::function<void()> trap) : m_trap(std::move(trap)) {}

    bool open(const std::shared_ptr<Engine> &) override
    {
        m_trap();
        return true;
    }
    bool ring() override { return false; }
    void close() override {}
    [[nodiscard]] bool join(QDeadlineTimer) override { return true; }
    [[nodiscard]] bool isCurrent() const override { return false; }
    void requestInterruption() override {}
    void terminate() override {}
    void setTerminable(bool) override {}

private:
    const std::function<void()> m_trap;
};

//! The first worker lives on a trap, the others on threads.
class TrapHost final : public StationHost
{
public:
    TrapHost(std::function<void()> trap, std::weak_ptr<Station> *thread)
        : m_trap(std::make_shared<TrapStation>(std::move(trap)))
        , m_thread(thread)
    {
    }
    [[nodiscard]] std::shared_ptr<Station> createStation(const QString &name) override
    {
        if (m_trap)
            return std::exchange(m_trap, nullptr);
        const std::shared_ptr<Station> station = m_threads.createStation(name);
        *m_thread = station;
        return station;
    }
    [[nodiscard]] std::unique_ptr<Executor> createExecutor() override
    {
        return m_threads.createExecutor();
    }

private:
    ThreadStationHost m_threads;
    std::shared_ptr<Station> m_trap;
    std::weak_ptr<Station> *m_thread;
};

std::shared_ptr<Engine> trapped(int workers, std::function<void()> trap,
                                std::weak_ptr<Station> *thread)
{
    return std::make_shared<Engine>(
        FactorySettings{.name = u"mill"_s, .workerCount = workers},
        [](const WorkerContext &) { return std::make_unique<QObject>(); }, Clock::system(),
        std::make_unique<TrapHost>(std::move(trap), thread));
}

void giveUp(const std::shared_ptr<Engine> &engine)
{
    engine->stop();
    engine->giveUp();
}

} // namespace

class tst_Stop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void LIFE_4_stopDiscardsWhatWaitsAndLetsRunningJobsFinish();
    void LIFE_4_stopWhileDraining();
    void LIFE_4_stopWhileStarting();
    void LIFE_4_stopIsHeardByManyAtOnce();
    void LIFE_4_idleWorkersGoWhileAnotherStillWorks();
    void LIFE_4_stopLetsEventLoopsOfJobsGoOn();
    void LIFE_4_stoppedMeansThatEveryOutcomeWasTold_data();
    void LIFE_4_stoppedMeansThatEveryOutcomeWasTold();
    void LIFE_5_givenUpMeansThatEveryOutcomeWasTold();
    void LIFE_5_deadlineMayBeVeryFar();
    void LIFE_5_threadIsGivenUpBeforeItIsStarted_data();
    void LIFE_5_threadIsGivenUpBeforeItIsStarted();
};

void tst_Stop::LIFE_4_stopDiscardsWhatWaitsAndLetsRunningJobsFinish()
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
    QVERIFY(hasEnded(running));
    QCOMPARE(running.result(), 11);
}

void tst_Stop::LIFE_4_stopWhileDraining()
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

void tst_Stop::LIFE_4_stopWhileStarting()
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

void tst_Stop::LIFE_4_stopIsHeardByManyAtOnce()
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
void tst_Stop::LIFE_4_idleWorkersGoWhileAnotherStillWorks()
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

// To end a thread means to end its event loops, which must not cut off a running job.
void tst_Stop::LIFE_4_stopLetsEventLoopsOfJobsGoOn()
{
    const Support::Gate gate;
    std::atomic<bool> isOver = false;
    Factory factory({.workerCount = 2}, [&, gate](Job<int, int> &) {
        QEventLoop loop;
        QTimer timer;
        QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
            if (isOver)
                loop.exit(1);
        });
        timer.start(1);
        QTimer::singleShot(0, &loop, [gate] { gate.pass(); });
        gate.open();
        return loop.exec();
    });
    QVERIFY(factory.start());
    auto future = factory.submit(1, 0);
    QVERIFY(gate.awaitArrivals());
    QFuture<void> stopped = factory.stop();
    QVERIFY(eventually(
        [&] { return factory.snapshot().workers.size() <= 2 && factory.activeWorkers() == 1; }));
    QVERIFY(!future.isFinished());
    isOver = true;
    QVERIFY(hasEnded(stopped));
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), 1); // not -1, which is what quit() makes of it
}

void tst_Stop::LIFE_4_stoppedMeansThatEveryOutcomeWasTold_data()
{
    QTest::addColumn<DiscardReason>("reason");
    QTest::newRow("an alarm tells") << DiscardReason::TtlExpired;
    QTest::newRow("a producer tells") << DiscardReason::Loadshed;
}

// A handler that is called late would find that what it uses has gone with the factory.
void tst_Stop::LIFE_4_stoppedMeansThatEveryOutcomeWasTold()
{
    QFETCH(const DiscardReason, reason);
    const Support::Gate gate;
    Factory factory({.workerCount = 0, .queueLimit = 1, .discardMode = DiscardMode::Oldest},
                    [](Job<int, int> &) {});
    const Support::GateOpener opener(gate);
    factory.setDiscardHandler([&, gate](Job<int, int> &, DiscardReason why) {
        if (why == reason)
            gate.pass();
    });
    QVERIFY(factory.start());
    auto future = factory.submit(1, 0,
                                 {.timeToLive = reason == DiscardReason::TtlExpired ? 1ms : 0ms});
    std::thread producer([&] {
        if (reason == DiscardReason::Loadshed)
            factory.dispatch(2, 0); // makes room for itself
    });
    const auto join = qScopeGuard([&] {
        gate.open();
        producer.join();
    });
    QVERIFY(gate.awaitArrivals());
    QFuture<void> stopped = factory.stop();
    QVERIFY(!stopped.isFinished()); // although there is no worker to wait for
    QVERIFY(!future.isFinished());
    gate.open();
    QVERIFY(factory.waitForStopped(Support::Patience));
    QVERIFY(future.isFinished());
    QVERIFY(hasEnded(stopped));
}

// Further than nanoseconds can be counted.
void tst_Stop::LIFE_5_givenUpMeansThatEveryOutcomeWasTold()
{
    constexpr int jobs = 3;
    const Support::Gate gate;
    Factory factory({.workerCount = jobs}, [gate](Job<int, int> &) { gate.pass(); });
    QVERIFY(factory.start());
    QList<QFuture<void>> futures;
    for (int i = 0; i < jobs; ++i)
        futures.append(factory.submit(i, 0));
    QVERIFY(gate.awaitArrivals(jobs));
    qsizetype ended = 0;
    qsizetype letters = 0;
    QFuture<void> stopped = factory.stop().then([&] {
        ended = std::count_if(futures.begin(), futures.end(),
                              [](const auto &future) { return future.isFinished(); });
        letters = factory.deadLetters().size();
    });
    for (int i = 0; i < jobs; ++i)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has not finished job"_s));
    QVERIFY(!factory.stop(0ms).isClean());
    QVERIFY(hasEnded(stopped));
    QCOMPARE(ended, jobs);
    QCOMPARE(letters, jobs);
    gate.open();
}

void tst_Stop::LIFE_5_deadlineMayBeVeryFar()
{
    constexpr std::chrono::hours Centuries(24 * 366 * 300);
    const Support::Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &) { gate.pass(); });
    QVERIFY(factory.start());
    QVERIFY(factory.dispatch(1, 1));
    QVERIFY(gate.awaitArrivals());
    std::thread opener([&] {
        static_cast<void>(eventually([&] { return factory.state() == FactoryState::Draining; }));
        gate.open();
    });
    const StopReport report = factory.stop(Centuries);
    opener.join();
    QVERIFY(report.isClean());
}

void tst_Stop::LIFE_5_threadIsGivenUpBeforeItIsStarted_data()
{
    QTest::addColumn<bool>("hasTime");
    QTest::newRow("given up") << false;
    QTest::newRow("told to end") << true;
}

// A thread is opened without the lock: by then another one may have stopped the factory.
void tst_Stop::LIFE_5_threadIsGivenUpBeforeItIsStarted()
{
    QFETCH(const bool, hasTime);
    std::weak_ptr<Station> thread;
    std::weak_ptr<Station> none;
    const auto sweep = [&] { // whoever gives something up frees what has ended
        const auto other = trapped(
            1, [] {}, &none);
        QVERIFY(other->start());
        giveUp(other);
    };
    std::shared_ptr<Engine> engine;
    bool hasEnded = true;
    engine = trapped(
        2,
        [&] {
            const auto station = thread.lock();
            hasEnded = station->join(QDeadlineTimer(0));
            if (!hasTime) {
                giveUp(engine);
                sweep();
            } else {
                engine->stop();
            }
        },
        &thread);
    QVERIFY(engine->start());
    QVERIFY(!hasEnded);
    if (hasTime)
        QVERIFY(thread.lock()->join(QDeadlineTimer(10s)));
    giveUp(engine);
    engine.reset();
    QVERIFY(eventually([&] {
        sweep();
        return thread.expired();
    }));
}

QTEST_GUILESS_MAIN(tst_Stop)

#include "tst_stop.moc"
