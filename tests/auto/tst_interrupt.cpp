// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/desk.h"
#include "support/hangable.h"

#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::Asker;
using Support::Desk;
using Support::eventually;
using Support::Gate;
using Support::Hangable;
using Support::hasEnded;
using Support::Trap;

// Workers that are interrupted and replaced by hand, on real threads.
class tst_Interrupt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Hangable::lives = 0;
    }

    void STUCK_2_jobThatAsksEnds_data();
    void STUCK_2_jobThatAsksEnds();
    void STUCK_2_jobThatDoesNotAskGoesOn();
    void STUCK_2_asynchronousJobIsCanceled();
    void STUCK_2_workerIsReplaced();
    void STUCK_3_replacedWorkerThatWasLeavingEndsADrain();
    void STUCK_2_nothingToInterrupt();
};

void tst_Interrupt::STUCK_2_jobThatAsksEnds_data()
{
    QTest::addColumn<bool>("asksThread");
    QTest::newRow("isCanceled()") << false;
    QTest::newRow("isInterruptionRequested()") << true;
}

void tst_Interrupt::STUCK_2_jobThatAsksEnds()
{
    QFETCH(const bool, asksThread);
    const Gate gate;
    gate.open();
    Factory factory({.workerCount = 1}, [=](Job<int, int> &job) {
        if (job.key() != 1)
            return job.key();
        gate.pass();
        while (asksThread ? !QThread::currentThread()->isInterruptionRequested()
                          : !job.isCanceled())
            QThread::yieldCurrentThread();
        return job.key();
    });
    QVERIFY(factory.start());
    QFuture<int> first = factory.submit(1, 0);
    QFuture<int> second = factory.submit(2, 0);
    QVERIFY(gate.awaitArrivals());
    QVERIFY(factory.interruptWorker(0));
    QVERIFY(hasEnded(first));
    QVERIFY(first.isCanceled());
    QVERIFY(hasEnded(second)); // another one is not meant
    QCOMPARE(second.result(), 2);
    QCOMPARE(factory.counters().canceled, 1);
    QCOMPARE(factory.counters().lost, 0);
    QCOMPARE(factory.condemnedThreads(), 0);
    QVERIFY(factory.stop(Support::Patience).isClean());
}

void tst_Interrupt::STUCK_2_jobThatDoesNotAskGoesOn()
{
    const Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &job) {
        gate.pass();
        return job.key();
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    QFuture<int> job = factory.submit(1, 0);
    QVERIFY(gate.awaitArrivals());
    QVERIFY(factory.interruptWorker(0));
    QVERIFY(factory.interruptWorker(0)); // once more does no harm
    QCOMPARE(factory.counters().running, 1);
    gate.open();
    QVERIFY(hasEnded(job));
    QVERIFY(job.isCanceled());
    QCOMPARE(factory.counters().canceled, 1);
}

void tst_Interrupt::STUCK_2_asynchronousJobIsCanceled()
{
    const Desk desk;
    Factory<Asker> factory({.workerCount = 1}, workerBuilder<Asker>(desk));
    QVERIFY(factory.start());
    auto job = factory.submit(1, {});
    QVERIFY(desk.awaitQuestions(1));
    QVERIFY(eventually([&] { return factory.interruptWorker(0); }));
    QPromise<QString> promise = desk.take(0);
    QVERIFY(eventually([&] { return promise.isCanceled(); }));
    promise.finish();
    QVERIFY(hasEnded(job));
    QVERIFY(job.isCanceled());
    QCOMPARE(factory.counters().canceled, 1);
}

void tst_Interrupt::STUCK_2_workerIsReplaced()
{
    const Trap trap;
    const Support::EventLog log;
    Factory<Hangable> factory({.workerCount = 1}, workerBuilder<Hangable>(log));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    QFuture<int> hung = factory.submit(u"hung"_s, [trap] { trap.enter(); });
    QFuture<int> next = factory.submit(u"next"_s, {});
    QVERIFY(trap.awaitEntry());
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
    QVERIFY(factory.replaceWorker(0));
    QVERIFY(Support::errorAs<WorkerLost>(hung));
    QVERIFY(hasEnded(next));
    QCOMPARE(next.result(), 2);
    QCOMPARE(factory.condemnedThreads(), 1);
    QCOMPARE(factory.counters().lost, 1);
    QCOMPARE(factory.counters().stuck, 0); // nobody has found it so
    trap.release();
    QVERIFY(eventually([&] { return factory.condemnedThreads() == 0; }));
    QVERIFY(factory.stop(Support::Patience).isClean());
}

void tst_Interrupt::STUCK_3_replacedWorkerThatWasLeavingEndsADrain()
{
    const Trap trap;
    const Support::EventLog log;
    Factory<Hangable> factory({.workerCount = 1}, workerBuilder<Hangable>(log));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    factory.dispatch(u"hung"_s, [trap] { trap.enter(); });
    QVERIFY(trap.awaitEntry());
    factory.setWorkerCount(0); // nothing else happens there that would let it look
    QFuture<void> drained = factory.drain();
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
    QVERIFY(factory.replaceWorker(0));
    QCOMPARE(factory.counters().lost, 1);
    QVERIFY(hasEnded(drained));
    QVERIFY(factory.state() == FactoryState::Stopped);
}

void tst_Interrupt::STUCK_2_nothingToInterrupt()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) {});
    const auto isRefused = [&](int worker) {
        return !factory.interruptWorker(worker) && !factory.replaceWorker(worker);
    };
    QVERIFY(isRefused(0)); // it has not started
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(1, 1)));
    QVERIFY(eventually([&] { return factory.activeWorkers() == 0; }));
    QVERIFY(isRefused(0));
    QVERIFY(isRefused(-1));
    QVERIFY(isRefused(1));
    QVERIFY(factory.stop(Support::Patience).isClean());
    QVERIFY(isRefused(0));
}

QTEST_GUILESS_MAIN(tst_Interrupt)
#include "tst_interrupt.moc"
