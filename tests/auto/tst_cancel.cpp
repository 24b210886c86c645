// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using Support::eventually;
using Support::hasEnded;

class tst_Cancel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void JOB_8_canceledWaitingJobNeverRuns();
    void JOB_8_canceledJobOfAnIdleFactoryLeaves();
    void JOB_8_canceledRunningJobSeesIt();
    void JOB_8_errorOfACanceledJobIsNotAFailure();
    void JOB_8_droppedFutureCancelsNothing();
};

void tst_Cancel::JOB_8_canceledWaitingJobNeverRuns()
{
    const Support::Gate gate;
    std::atomic<bool> hasRun = false;
    Factory factory({.workerCount = 1}, [&, gate](Job<int, int> &job) {
        gate.pass();
        if (job.key() == 2)
            hasRun = true;
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    factory.dispatch(1, 0);
    QVERIFY(gate.awaitArrivals());
    auto future = factory.submit(2, 0);
    auto marker = factory.submit(3, 0);
    future.cancel();
    QVERIFY(hasEnded(future)); // while the worker is still busy
    QCOMPARE(factory.counters().canceled, 1);
    QCOMPARE(factory.counters().waiting, 1);
    gate.open();
    QVERIFY(hasEnded(marker));
    QVERIFY(!hasRun);
}

void tst_Cancel::JOB_8_canceledJobOfAnIdleFactoryLeaves()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) { return 1; });
    auto future = factory.submit(1, 0);
    future.cancel();
    QVERIFY(hasEnded(future));
    QCOMPARE(factory.counters().canceled, 1);
    QCOMPARE(factory.queueDepth(), 0);
}

void tst_Cancel::JOB_8_canceledRunningJobSeesIt()
{
    std::atomic<bool> runs = false;
    Factory factory({.workerCount = 1}, [&](Job<int, int> &job) {
        runs = true;
        const QDeadlineTimer deadline(Support::Patience);
        while (!job.isCanceled() && !deadline.hasExpired())
            QThread::yieldCurrentThread();
        return job.isCanceled() ? 1 : 2;
    });
    QVERIFY(factory.start());
    auto future = factory.submit(1, 0);
    QVERIFY(eventually([&] { return runs.load(); }));
    QCOMPARE(factory.counters().running, 1);
    future.cancel();
    QVERIFY(hasEnded(future));
    QVERIFY(future.isCanceled());
    QCOMPARE(future.resultCount(), 0);
    QVERIFY(factory.counters() == (Counters{.submitted = 1, .canceled = 1}));
}

void tst_Cancel::JOB_8_errorOfACanceledJobIsNotAFailure()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker},
                    [gate](Job<int, int> &) {
                        gate.pass();
                        throw JobError(u"interrupted"_s);
                    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    auto future = factory.submit(1, 0);
    QVERIFY(gate.awaitArrivals());
    future.cancel();
    gate.open();
    QVERIFY(hasEnded(future));
    QVERIFY(!Support::errorOf(future));
    QVERIFY(factory.counters() == (Counters{.submitted = 1, .canceled = 1}));
}

void tst_Cancel::JOB_8_droppedFutureCancelsNothing()
{
    std::atomic<int> runs = 0;
    Factory factory({.workerCount = 1}, [&](Job<int, int> &) { return ++runs; });
    for (int i = 0; i < 10; ++i)
        static_cast<void>(factory.submit(i, 0));
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(runs, 10);
}

QTEST_GUILESS_MAIN(tst_Cancel)

#include "tst_cancel.moc"
