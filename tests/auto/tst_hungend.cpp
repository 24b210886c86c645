// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/desk.h"
#include "support/hangable.h"

#include <QLoggingCategory>
#include <QScopeGuard>
#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::Hangable;
using Support::hasEnded;
using Support::Trap;

namespace {

constexpr DeadMansSwitch Quick{.timeout = 40ms, .gracePeriod = 20ms};
// Long enough for a job to come to its end, on a loaded machine, too.
constexpr DeadMansSwitch Patient{.timeout = 40ms, .gracePeriod = 60s};

} // namespace

// How hung workers come to an end, and factories that have them, on real threads.
class tst_HungEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Hangable::lives = 0;
    }

    void STUCK_2_jobThatHeedsTheRequestIsCanceled_data();
    void STUCK_2_jobThatHeedsTheRequestIsCanceled();
    void STUCK_2_interruptionIsNotForTheNextJob_data();
    void STUCK_2_interruptionIsNotForTheNextJob();
    void STUCK_2_lateSignsOfLifeAreIgnored();
    void STUCK_2_asynchronousJobIsCanceled();
    void STUCK_2_asynchronousJobIsReplacedOnItsThread();
    void STUCK_2_asynchronousJobThatWasCalledOffBefore();
    void STUCK_3_destructorDoesNotWaitForThem();
    void LIFE_5_stopReportsWhatWasLostMeanwhile();
    void LIFE_5_hintAtAWorkerThatWaitsForTheCaller();
    void LIFE_5_everyStateEnds_data();
    void LIFE_5_everyStateEnds();
};

void tst_HungEnd::STUCK_2_jobThatHeedsTheRequestIsCanceled_data()
{
    QTest::addColumn<bool>("byInterruption");
    QTest::addColumn<bool>("throws");
    QTest::newRow("isCanceled()") << false << false;
    QTest::newRow("isInterruptionRequested()") << true << false;
    QTest::newRow("and throws") << false << true;
}

void tst_HungEnd::STUCK_2_jobThatHeedsTheRequestIsCanceled()
{
    QFETCH(const bool, byInterruption);
    QFETCH(const bool, throws);
    Factory factory({.workerCount = 1, .deadMansSwitch = Patient}, [=](Job<QString, int> &job) {
        while (byInterruption ? !QThread::currentThread()->isInterruptionRequested()
                              : !job.isCanceled())
            QThread::yieldCurrentThread();
        if (throws)
            throw JobError(u"half done"_s);
        return 5;
    });
    QVERIFY(factory.start());
    Support::expectStuck(u"job \"polite\""_s);
    QFuture<int> job = factory.submit(u"polite"_s, 0);
    QVERIFY(hasEnded(job));
    QVERIFY(job.isCanceled());
    QCOMPARE(job.resultCount(), 0);
    QVERIFY(!Support::errorOf(job));
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().canceled, 1);
    QCOMPARE(factory.counters().lost, 0);
    QCOMPARE(factory.condemnedThreads(), 0);
    QVERIFY(Support::awaitClock());
}

void tst_HungEnd::STUCK_2_interruptionIsNotForTheNextJob_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::newRow("thread per worker") << 0;
    QTest::newRow("shared threads") << 1;
}

void tst_HungEnd::STUCK_2_interruptionIsNotForTheNextJob()
{
    QFETCH(const int, threadCount);
    const Support::EventLog log;
    const Trap trap;
    const std::size_t jobs = 20;
    std::atomic<int> leaks = 0;
    Factory<Hangable> factory({.workerCount = 2,
                               .threadCount = threadCount,
                               .router = roundRobin(),
                               .deadMansSwitch = Patient},
                              workerBuilder<Hangable>(log));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    Support::expectStuck(u"job \"slow\""_s);
    factory.dispatch(u"slow"_s, [trap] {
        trap.enter();
        while (!QThread::currentThread()->isInterruptionRequested())
            QThread::yieldCurrentThread();
    });
    QVERIFY(trap.awaitEntry());
    for (std::size_t i = 0; i < jobs; ++i) {
        factory.dispatch(QString::number(i), [&] {
            leaks += QThread::currentThread()->isInterruptionRequested() ? 1 : 0;
        });
    }
    trap.release();
    QVERIFY(eventually([&] { return factory.counters().completed == qint64(jobs); }));
    QCOMPARE(leaks, 0);
    QCOMPARE(factory.counters().canceled, 1);
    // The thread has ended, and those who lived there have left it in order.
    const int moved = threadCount == 0 ? 1 : 2;
    QVERIFY(eventually([&] { return log.events().filter(u"-"_s).size() == moved; }));
    QCOMPARE(log.events().filter(u"stopping"_s).size(), moved);
    QCOMPARE(factory.counters().restarts, moved);
    QVERIFY(factory.stop(Support::Patience).isClean());
    QVERIFY(log.events().filter(u"astray"_s).isEmpty());
}

void tst_HungEnd::STUCK_2_lateSignsOfLifeAreIgnored()
{
    const Trap trap;
    const Support::Gate ended;
    Factory factory({.workerCount = 1, .deadMansSwitch = Quick}, [=](Job<QString, int> &job) {
        if (job.key() == u"hung"_s)
            trap.enter();
        job.setProgressRange(0, 10);
        job.setProgress(5, u"too late"_s);
        job.heartbeat();
        ended.pass();
        return 7;
    });
    const Support::GateOpener gateOpener(ended);
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    QFuture<int> hung = factory.submit(u"hung"_s, 0);
    QVERIFY(trap.awaitEntry());
    Support::expectStuck(u"job \"hung\""_s);
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
    QVERIFY(hasEnded(hung));
    trap.release();
    QVERIFY(ended.awaitArrivals());
    QCOMPARE(hung.progressValue(), 0);
    QVERIFY(factory.snapshot().workers.at(0).progress == JobProgress());
    ended.open();
    QVERIFY(eventually([&] { return factory.condemnedThreads() == 0; }));
    QVERIFY(Support::errorAs<WorkerLost>(hung));
    QCOMPARE(factory.counters().completed, 0);
}

void tst_HungEnd::STUCK_2_asynchronousJobIsCanceled()
{
    const Support::Desk desk;
    Factory<Support::Asker> factory({.workerCount = 1, .deadMansSwitch = Patient},
                                    workerBuilder<Support::Asker>(desk));
    QVERIFY(factory.start());
    Support::expectStuck(u"job \"1\""_s);
    QFuture<QString> job = factory.submit(1, u"?"_s);
    QVERIFY(desk.awaitQuestions(1));
    QPromise<QString> promise = desk.take(0);
    QVERIFY(eventually([&] { return promise.isCanceled(); }));
    QVERIFY(!job.isFinished()); // until the future has ended
    promise.finish();
    QVERIFY(eventually([&] { return job.isFinished(); }));
    QVERIFY(job.isCanceled());
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().canceled, 1);
    QCOMPARE(factory.counters().restarts, 0); // the thread was never asked for anything
}

void tst_HungEnd::STUCK_2_asynchronousJobIsReplacedOnItsThread()
{
    const Support::Desk desk;
    Factory<Support::Asker> factory({.workerCount = 2, .threadCount = 1, .deadMansSwitch = Quick},
                                    workerBuilder<Support::Asker>(desk));
    QVERIFY(factory.start());
    Support::expectStuck(u"job \"1\""_s);
    Support::expectLost(u"1"_s);
    QFuture<QString> job = factory.submit(1, u"?"_s);
    QVERIFY(desk.awaitQuestions(1));
    QVERIFY(hasEnded(job));
    QVERIFY(Support::errorAs<WorkerLost>(job));
    QCOMPARE(factory.condemnedThreads(), 0);
    desk.answer(0, u"too late"_s);
    QFuture<QString> next = factory.submit(2, u"?"_s);
    QVERIFY(desk.awaitQuestions(2));
    desk.answer(1, u"in time"_s);
    QVERIFY(hasEnded(next));
    QCOMPARE(next.result(), u"in time"_s);
    QVERIFY(factory.stop(Support::Patience).isClean());
    QCOMPARE(Support::Asker::alive, 0);
}

// Before process() has returned the future that is to be canceled.
void tst_HungEnd::STUCK_2_asynchronousJobThatWasCalledOffBefore()
{
    struct LateAsker : Worker<QString, int, QFuture<QString>>
    {
        LateAsker(const Trap &theTrap, const Support::Desk &theDesk) : trap(theTrap), desk(theDesk)
        {
        }
        QFuture<QString> process(Job &) override
        {
            trap.enter();
            return desk.ask();
        }
        const Trap trap;
        const Support::Desk desk;
    };
    const Trap trap;
    const Support::Desk desk;
    Factory<LateAsker> factory({.workerCount = 1, .deadMansSwitch = Patient},
                               workerBuilder<LateAsker>(trap, desk));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    Support::expectStuck(u"job \"slow\""_s);
    QFuture<QString> job = factory.submit(u"slow"_s, 0);
    QVERIFY(trap.awaitEntry());
    QVERIFY(eventually([&] { return factory.counters().stuck == 1; }));
    trap.release();
    QVERIFY(desk.awaitQuestions(1));
    QPromise<QString> promise = desk.take(0);
    QVERIFY(eventually([&] { return promise.isCanceled(); }));
    promise.finish();
    QVERIFY(eventually([&] { return job.isFinished(); }));
    QVERIFY(job.isCanceled());
}

void tst_HungEnd::STUCK_3_destructorDoesNotWaitForThem()
{
    const Trap trap;
    const Support::TrapOpener opener(trap);
    const Support::EventLog log;
    QFuture<int> hung;
    {
        Factory<Hangable> factory({.workerCount = 1, .deadMansSwitch = Quick, .stopDeadline = 1h},
                                  workerBuilder<Hangable>(log));
        QVERIFY(factory.start());
        hung = factory.submit(u"hung"_s, [trap] { trap.enter(); });
        QVERIFY(trap.awaitEntry());
        Support::expectStuck(u"job \"hung\""_s);
        Support::expectReplaced();
        Support::expectLost(u"hung"_s);
        QVERIFY(hasEnded(hung));
    }
    QVERIFY(!log.events().contains(u"-1"_s));
    trap.release(); // after the factory has gone
    QVERIFY(eventually([&] { return log.events().contains(u"-1"_s); }));
}

void tst_HungEnd::LIFE_5_stopReportsWhatWasLostMeanwhile()
{
    const Trap trap;
    Factory<Hangable> factory({.workerCount = 1, .deadMansSwitch = Quick},
                              workerBuilder<Hangable>(Support::EventLog()));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    QFuture<int> hung = factory.submit(u"hung"_s, [trap] { trap.enter(); }, {.label = u"label"_s});
    QVERIFY(trap.awaitEntry());
    Support::expectStuck(u"job \"hung\""_s);
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
    const StopReport report = factory.stop(Support::Patience);
    QCOMPARE(report.unfinished.size(), 1);
    QCOMPARE(report.unfinished.first().key, u"hung"_s);
    QCOMPARE(report.unfinished.first().label, u"label"_s);
    QVERIFY(report.unfinished.first().elapsed >= 40ms);
    QVERIFY(factory.state() == FactoryState::Stopped);
    QVERIFY(hung.isFinished());
}

// A worker that calls this thread, which waits for the worker in stop().
void tst_HungEnd::LIFE_5_hintAtAWorkerThatWaitsForTheCaller()
{
    const Trap trap;
    trap.release();
    Factory<Hangable> factory({.workerCount = 1}, workerBuilder<Hangable>(Support::EventLog()));
    QVERIFY(factory.start());
    QFuture<int> job = factory.submit(u"asks"_s, [this, trap] {
        trap.enter();
        QMetaObject::invokeMethod(
            this, [] {}, Qt::BlockingQueuedConnection);
    });
    QVERIFY(trap.awaitEntry());
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"has not finished job \"asks\".* given up\\..* If it waits "
                           "for this thread, as in a Qt::BlockingQueuedConnection, "
                           "neither can go on: use a Qt::QueuedConnection"_s));
    QVERIFY(!factory.stop(50ms).isClean());
    QVERIFY(Support::errorAs<WorkerLost>(job));
    QCoreApplication::processEvents(); // it comes back

    std::thread([] { // elsewhere, nobody is likely to wait for the caller
        const Trap other;
        Factory<Hangable> another({.workerCount = 1}, workerBuilder<Hangable>(Support::EventLog()));
        const Support::TrapOpener opener(other);
        another.start();
        another.dispatch(u"hung"_s, [other] { other.enter(); });
        static_cast<void>(other.awaitEntry());
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"its thread was given up\\.$"_s));
        another.stop(1ms);
    })
        .join();
}

void tst_HungEnd::LIFE_5_everyStateEnds_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::addColumn<QString>("action");
    QTest::addColumn<bool>("drains");
    for (const int threadCount : {0, 1}) {
        for (const char *action : {"off", "log", "replace", "held"}) {
            for (const bool drains : {false, true}) {
                QTest::addRow("%d threads, %s, %s", threadCount, action, drains ? "drain" : "stop")
                    << threadCount << QString::fromLatin1(action) << drains;
            }
        }
    }
}

void tst_HungEnd::LIFE_5_everyStateEnds()
{
    QFETCH(const int, threadCount);
    QFETCH(const QString, action);
    QFETCH(const bool, drains);
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); // other tests look at them
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });
    DeadMansSwitch its = Quick;
    if (action == u"off"_s)
        its.timeout = 0ms;
    if (action == u"log"_s)
        its.action = StuckAction::Log;
    if (action == u"held"_s)
        its.maximumCondemned = 0;
    const Trap trap;
    const Support::TrapOpener opener(trap);
    const Support::EventLog log;
    QList<QFuture<int>> futures;
    QElapsedTimer timer;
    {
        Factory<Hangable> factory({.workerCount = 3,
                                   .threadCount = threadCount,
                                   .deadMansSwitch = its,
                                   .stopDeadline = 300ms},
                                  workerBuilder<Hangable>(log));
        QVERIFY(factory.start());
        for (int i = 0; i < 6; ++i)
            futures.append(factory.submit(QString::number(i), [trap] { trap.enter(); }));
        QVERIFY(trap.awaitEntry());
        if (drains)
            factory.drain();
        timer.start();
    }
    QVERIFY(timer.elapsed() < 300 + 5000);
    for (const QFuture<int> &future : std::as_const(futures))
        QVERIFY(future.isFinished());
    trap.release();
    QVERIFY(eventually(
        [&] { return log.events().filter(u"+"_s).size() == log.events().filter(u"-"_s).size(); }));
    QVERIFY(log.events().filter(u"astray"_s).isEmpty());
}

QTEST_GUILESS_MAIN(tst_HungEnd)

#include "tst_hungend.moc"
