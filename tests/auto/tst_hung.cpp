// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/hangable.h"

#include <QSignalSpy>
#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::Hangable;
using Support::hasEnded;
using Support::Trap;

namespace {

constexpr DeadMansSwitch Quick{.timeout = 40ms, .gracePeriod = 20ms};

} // namespace

// Workers that hang, on real threads. This thread runs no event loop but where a test says so.
class tst_Hung : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Hangable::lives = 0;
    }

    void STUCK_2_hungJobIsReplaced_data();
    void STUCK_2_hungJobIsReplaced();
    void STUCK_2_hungStartIsReplaced_data();
    void STUCK_2_hungStartIsReplaced();
    void STUCK_2_hungEndIsLeftBehind_data();
    void STUCK_2_hungEndIsLeftBehind();
    void STUCK_1_continuationThatHangs();
    void STUCK_1_eventHandlerThatHangs_data();
    void STUCK_1_eventHandlerThatHangs();
    void STUCK_1_signalIsEmittedOnTheThreadOfTheObject();
    void STUCK_1_heartbeatKeepsAlive();
    void STUCK_3_condemnedThreadIsAskedToEnd_data();
    void STUCK_3_condemnedThreadIsAskedToEnd();
    void STUCK_6_neighboursMove();
    void STUCK_4_terminate();
};

void tst_Hung::STUCK_2_hungJobIsReplaced_data()
{
    QTest::addColumn<Trap::Kind>("kind");
    QTest::newRow("at a semaphore") << Trap::AtGate;
    QTest::newRow("in a lock") << Trap::InLock;
    QTest::newRow("in a system call") << Trap::InSystemCall;
    QTest::newRow("in an endless loop") << Trap::InEndlessLoop;
    QTest::newRow("in an event loop") << Trap::InEventLoop;
}

void tst_Hung::STUCK_2_hungJobIsReplaced()
{
    QFETCH(const Trap::Kind, kind);
    const Trap trap(kind);
    const Support::EventLog log;
    Factory<Hangable> factory({.workerCount = 1, .deadMansSwitch = Quick},
                              workerBuilder<Hangable>(log));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    QFuture<int> hung = factory.submit(u"hung"_s, [trap] { trap.enter(); });
    QVERIFY(trap.awaitEntry());
    Support::expectStuck(u"job \"hung\" has given no sign of life for \\d+ ms"_s);
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
    factory.dispatch(u"next"_s, [log] { log.add(u"next"_s); });

    QVERIFY(hasEnded(hung)); // without this thread doing anything
    QVERIFY(Support::errorAs<WorkerLost>(hung));
    QVERIFY(eventually([&] { return factory.counters().completed == 1; }));
    QCOMPARE(log.events(), (QStringList{u"+1"_s, u"+2"_s, u"next"_s}));
    QCOMPARE(factory.condemnedThreads(), 1);
    QCOMPARE(factory.counters().lost, 1);
    QCOMPARE(factory.counters().stuck, 1);
    QVERIFY(Support::isConserved(factory.counters()));

    trap.release();
    QVERIFY(eventually([&] { return factory.condemnedThreads() == 0; }));
    QCOMPARE(log.await(4).at(3), u"-1"_s); // on its own thread, not in order
    QCOMPARE(hung.resultCount(), 0);
    QCOMPARE(factory.latencies().runTime.count(), 1);
    QVERIFY(factory.stop(Support::Patience).isClean());
    QVERIFY(factory.counters()
            == (Counters{.submitted = 2, .completed = 1, .lost = 1, .restarts = 1, .stuck = 1}));
}

void tst_Hung::STUCK_2_hungStartIsReplaced_data()
{
    QTest::addColumn<Hangable::Place>("place");
    QTest::newRow("constructor") << Hangable::InConstructor;
    QTest::newRow("starting()") << Hangable::InStarting;
}

void tst_Hung::STUCK_2_hungStartIsReplaced()
{
    QFETCH(const Hangable::Place, place);
    const Trap trap;
    const Support::EventLog log;
    Factory<Hangable> factory({.workerCount = 1, .deadMansSwitch = Quick},
                              workerBuilder<Hangable>(log, place, trap));
    const Support::TrapOpener opener(trap);
    Support::expectStuck(u"its constructor or starting\\(\\) has not ended for \\d+ ms"_s);
    Support::expectReplaced();
    QFuture<int> job = factory.submit(u"job"_s, {});
    QVERIFY(factory.start());
    QVERIFY(trap.awaitEntry());
    QVERIFY(hasEnded(job));
    QCOMPARE(job.result(), 2);
    trap.release();
    QVERIFY(eventually([&] { return log.events().contains(u"-1"_s); }));
    QVERIFY(factory.stop(Support::Patience).isClean());
}

void tst_Hung::STUCK_2_hungEndIsLeftBehind_data()
{
    QTest::addColumn<Hangable::Place>("place");
    QTest::addColumn<bool>("stops"); // or else the worker is surplus
    QTest::newRow("stopping(), surplus") << Hangable::InStopping << false;
    QTest::newRow("destructor, surplus") << Hangable::InDestructor << false;
    QTest::newRow("stopping(), at the end") << Hangable::InStopping << true;
    QTest::newRow("destructor, at the end") << Hangable::InDestructor << true;
}

void tst_Hung::STUCK_2_hungEndIsLeftBehind()
{
    QFETCH(const Hangable::Place, place);
    QFETCH(const bool, stops);
    const Trap trap;
    const Support::EventLog log;
    Factory<Hangable> factory({.workerCount = 1, .deadMansSwitch = Quick},
                              workerBuilder<Hangable>(log, place, trap));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(u"job"_s, {})));
    Support::expectStuck(u"stopping\\(\\) or its destructor has not ended for \\d+ ms"_s);
    Support::expectReplaced();
    QFuture<void> stopped;
    if (stops)
        stopped = factory.stop();
    else
        factory.setWorkerCount(0);
    QVERIFY(trap.awaitEntry());
    QVERIFY(eventually([&] { return factory.condemnedThreads() == 1; }));
    if (stops) {
        QVERIFY(hasEnded(stopped)); // nobody waits for it
    } else {
        factory.setWorkerCount(1);
        QFuture<int> job = factory.submit(u"job"_s, {});
        QVERIFY(hasEnded(job));
        QCOMPARE(job.result(), 2);
    }
    trap.release();
    QVERIFY(eventually([&] { return log.events().contains(u"-1"_s); }));
    QVERIFY(factory.stop(Support::Patience).isClean());
}

void tst_Hung::STUCK_1_continuationThatHangs()
{
    const Trap trap;
    const Support::EventLog log;
    Factory<Hangable> factory({.workerCount = 1, .deadMansSwitch = Quick},
                              workerBuilder<Hangable>(log));
    const Support::TrapOpener opener(trap);
    const Support::Gate gate;
    const Support::GateOpener gateOpener(gate);
    QFuture<int> first = factory.submit(u"first"_s, [gate] { gate.pass(); });
    QFuture<void> followed = first.then([trap](int) { trap.enter(); });
    Support::expectStuck(u"what follows job \"first\" on its thread, a continuation.* \\d+ ms"_s);
    Support::expectReplaced();
    gate.open();
    QVERIFY(factory.start());
    QVERIFY(trap.awaitEntry());
    QFuture<int> second = factory.submit(u"second"_s, {});
    QVERIFY(hasEnded(second));
    QCOMPARE(second.result(), 2);
    QCOMPARE(factory.counters().lost, 0); // the job was done
    trap.release();
    QVERIFY(hasEnded(followed));
}

void tst_Hung::STUCK_1_eventHandlerThatHangs_data()
{
    QTest::addColumn<bool>("isBusy"); // so that the thread goes to its events before it rests
    QTest::newRow("at rest") << false;
    QTest::newRow("in between") << true;
}

void tst_Hung::STUCK_1_eventHandlerThatHangs()
{
    QFETCH(const bool, isBusy);
    const Trap trap;
    const Support::EventLog log;
    Factory<Hangable> factory({.workerCount = 1, .deadMansSwitch = Quick},
                              workerBuilder<Hangable>(log));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(u"first"_s, [trap, isBusy] {
        QTimer::singleShot(0, [trap] { trap.enter(); });
        const QDeadlineTimer longerThanOneTurn(isBusy ? 10ms : 0ms);
        while (!longerThanOneTurn.hasExpired())
            QThread::yieldCurrentThread();
    })));
    QVERIFY(trap.awaitEntry());
    QCOMPARE(factory.counters().stuck, 0);
    Support::expectStuck(u"its thread has not come to what waits for it for \\d+ ms"_s);
    Support::expectReplaced();
    QFuture<int> second = factory.submit(u"second"_s, {});
    QVERIFY(hasEnded(second));
    QCOMPARE(second.result(), 2);
    trap.release();
    QVERIFY(eventually([&] { return log.events().contains(u"-1"_s); }));
}

void tst_Hung::STUCK_1_signalIsEmittedOnTheThreadOfTheObject()
{
    const Trap trap;
    Factory<Hangable> factory(
        {.workerCount = 1, .deadMansSwitch = {.timeout = 40ms, .action = StuckAction::Log}},
        workerBuilder<Hangable>(Support::EventLog()));
    const Support::TrapOpener opener(trap);
    QSignalSpy spy(&factory, &FactoryBase::workerStuck);
    QThread *where = nullptr;
    connect(
        &factory, &FactoryBase::workerStuck, &factory, [&] { where = QThread::currentThread(); },
        Qt::DirectConnection);
    QVERIFY(factory.start());
    QFuture<int> job = factory.submit(u"hung"_s, [trap] { trap.enter(); });
    QVERIFY(trap.awaitEntry());
    Support::expectStuck(u"job \"hung\""_s);
    QVERIFY(eventually([&] { return !spy.isEmpty(); }));
    QCOMPARE(spy.size(), 1);
    QCOMPARE(spy.at(0).at(0).toInt(), 0);
    QCOMPARE(spy.at(0).at(1).toString(), u"hung"_s);
    QVERIFY(spy.at(0).at(2).toLongLong() >= 40);
    QCOMPARE(where, thread());
    QVERIFY(factory.snapshot().workers.at(0).state == WorkerState::Stuck);
    trap.release();
    QVERIFY(hasEnded(job));
    QCOMPARE(job.result(), 1); // with Log, it is as if nothing had been
    QVERIFY(
        eventually([&] { return factory.snapshot().workers.at(0).state == WorkerState::Idle; }));
}

void tst_Hung::STUCK_1_heartbeatKeepsAlive()
{
    using Beater = FunctionWorker<std::function<void(Job<int, int> &)>>;
    Factory<Beater> factory({.workerCount = 1, .deadMansSwitch = {.timeout = 400ms}},
                            [](const WorkerContext &) {
                                return std::make_unique<Beater>([](Job<int, int> &job) {
                                    const QDeadlineTimer longer(900ms);
                                    while (!longer.hasExpired()) {
                                        job.heartbeat();
                                        QThread::yieldCurrentThread();
                                    }
                                });
                            });
    QVERIFY(factory.start());
    QFuture<void> job = factory.submit(1, 1);
    QVERIFY(hasEnded(job));
    QVERIFY(!job.isCanceled());
    QCOMPARE(factory.counters().stuck, 0);
}

void tst_Hung::STUCK_3_condemnedThreadIsAskedToEnd_data()
{
    QTest::addColumn<bool>("inStart");
    QTest::newRow("a start that looks whether it is interrupted") << true;
    QTest::newRow("an event loop in a job") << false;
}

// What hangs may still come to an end by itself.
void tst_Hung::STUCK_3_condemnedThreadIsAskedToEnd()
{
    QFETCH(const bool, inStart);
    struct Waiting : Worker<QString, bool, void>
    {
        explicit Waiting(bool waits)
        {
            while (waits && !QThread::currentThread()->isInterruptionRequested())
                QThread::yieldCurrentThread();
        }
        void process(Job &job) override
        {
            QEventLoop loop;
            if (job.message())
                loop.exec(); // nobody quits it but the thread itself
        }
    };
    const auto built = std::make_shared<std::atomic<int>>(0);
    Factory<Waiting> factory(
        {.workerCount = 1, .deadMansSwitch = Quick},
        [=](const WorkerContext &) { return std::make_unique<Waiting>(inStart && ++*built == 1); });
    Support::expectStuck(QString());
    Support::expectReplaced();
    if (!inStart)
        Support::expectLost(u"hung"_s);
    QVERIFY(factory.start());
    factory.dispatch(u"hung"_s, !inStart);
    QVERIFY(eventually([&] {
        const QList<FactoryEvent> events = factory.eventsSince(0);
        return std::any_of(events.begin(), events.end(), [](const FactoryEvent &event) {
            return event.kind == FactoryEvent::ThreadReturned;
        });
    }));
    QCOMPARE(factory.condemnedThreads(), 0);
}

void tst_Hung::STUCK_6_neighboursMove()
{
    const Trap trap;
    const Support::EventLog log;
    Factory<Hangable> factory(
        {.workerCount = 3, .threadCount = 1, .router = roundRobin(), .deadMansSwitch = Quick},
        workerBuilder<Hangable>(log));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    QFuture<int> hung = factory.submit(u"hung"_s, [trap] { trap.enter(); });
    QVERIFY(trap.awaitEntry());
    Support::expectStuck(u"job \"hung\""_s);
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
    for (int i = 0; i < 6; ++i)
        factory.dispatch(QString::number(i), [log, i] { log.add(QString::number(i)); });
    QVERIFY(hasEnded(hung));
    QVERIFY(eventually([&] { return factory.counters().completed == 6; }));
    QStringList done = log.events().filter(QRegularExpression(u"^\\d$"_s));
    for (const auto &[earlier, later] : {std::pair(0, 3), {1, 4}, {2, 5}})
        QVERIFY(done.indexOf(QString::number(earlier)) < done.indexOf(QString::number(later)));
    QVERIFY(!log.events().contains(u"-2"_s)); // the old ones wait for their thread
    trap.release();
    QVERIFY(eventually([&] { return log.events().filter(u"-"_s).size() == 3; }));
    QVERIFY(log.events().filter(u"astray"_s).isEmpty());
}

void tst_Hung::STUCK_4_terminate()
{
#ifndef Q_OS_UNIX
    QSKIP("Where a thread can be terminated depends on the system.");
#endif
#ifdef __SANITIZE_ADDRESS__
    QSKIP("A thread that is terminated leaves behind what the sanitizers complain of.");
#endif
    const Trap trap(Trap::InSystemCall);
    const Support::EventLog log;
    DeadMansSwitch terminating = Quick;
    terminating.action = StuckAction::Terminate;
    Factory<Hangable> factory({.workerCount = 1, .deadMansSwitch = terminating},
                              workerBuilder<Hangable>(log));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    QFuture<int> hung = factory.submit(u"hung"_s, [trap] { trap.enter(); });
    QVERIFY(trap.awaitEntry());
    Support::expectStuck(u"job \"hung\""_s);
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
#ifdef __GLIBCXX__
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Qt has caught an exception"_s));
#endif
    QVERIFY(hasEnded(hung));
    QVERIFY(Support::errorAs<WorkerLost>(hung));
    QVERIFY(eventually([&] { return factory.condemnedThreads() == 0; })); // nobody has released it
    QFuture<int> next = factory.submit(u"next"_s, {});
    QVERIFY(hasEnded(next));
    QCOMPARE(next.result(), 2);
    QVERIFY(factory.stop(Support::Patience).isClean());
    QVERIFY(!log.events().contains(u"-1"_s)); // never
}

QTEST_GUILESS_MAIN(tst_Hung)

#include "tst_hung.moc"
