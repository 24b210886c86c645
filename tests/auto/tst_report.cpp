// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>
#include <Millwright/WorkerModel>

#include <QFutureWatcher>
#include <QPromise>
#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::Gate;
using Support::GateOpener;
using Support::hasEnded;

// What a running job says about itself.
class tst_Report : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void JOB_9_progressIsSeenInTheFuture();
    void JOB_9_progressIsSeenInSnapshotsAndModels_data();
    void JOB_9_progressIsSeenInSnapshotsAndModels();
    void JOB_9_nextAttemptStartsAnew();
    void JOB_9_progressOfAReturnedFutureIsThatOfTheJob();
    void JOB_9_heartbeatsAreSeen_data();
    void JOB_9_heartbeatsAreSeen();
    void JOB_9_jobsThatDoNotRunReportNothing();
};

void tst_Report::JOB_9_progressIsSeenInTheFuture()
{
    const Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &job) {
        job.setProgressRange(10, 20);
        job.setProgress(13, u"three"_s);
        gate.pass();
        job.setProgress(20, u"all"_s);
        return 1;
    });
    const GateOpener opener(gate);
    QFuture<int> future = factory.submit(1, 1);
    QFutureWatcher<int> watcher;
    const QSignalSpy range(&watcher, &QFutureWatcherBase::progressRangeChanged);
    const QSignalSpy value(&watcher, &QFutureWatcherBase::progressValueChanged);
    const QSignalSpy text(&watcher, &QFutureWatcherBase::progressTextChanged);
    const QSignalSpy finished(&watcher, &QFutureWatcherBase::finished);
    watcher.setFuture(future);
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals());
    QCOMPARE(future.progressMinimum(), 10);
    QCOMPARE(future.progressMaximum(), 20);
    QCOMPARE(future.progressValue(), 13);
    QCOMPARE(future.progressText(), u"three"_s);
    gate.open();
    QVERIFY(eventually([&] { return finished.count() == 1; }));
    QCOMPARE(range.last(), (QVariantList{10, 20}));
    QCOMPARE(value.last(), QVariantList{20});
    QCOMPARE(text.last(), QVariantList{u"all"_s});
}

void tst_Report::JOB_9_progressIsSeenInSnapshotsAndModels_data()
{
    QTest::addColumn<bool>("submitted");
    QTest::newRow("submitted") << true;
    QTest::newRow("dispatched") << false;
}

void tst_Report::JOB_9_progressIsSeenInSnapshotsAndModels()
{
    QFETCH(bool, submitted);
    const Gate first;
    const Gate second;
    Factory factory({.workerCount = 1}, [=](Job<int, int> &job) {
        if (job.key() == 2) {
            second.pass();
            return;
        }
        job.setProgressRange(0, 8);
        job.setProgress(2, u"loading"_s);
        first.pass();
    });
    const GateOpener openFirst(first);
    const GateOpener openSecond(second);
    QVERIFY(factory.start());
    QFuture<void> future;
    for (int key : {1, 2}) {
        if (submitted)
            future = factory.submit(key, 0);
        else
            factory.dispatch(key, 0);
    }
    QVERIFY(first.awaitArrivals());
    WorkerSnapshot worker = factory.snapshot().workers.at(0);
    QCOMPARE(worker.progress, (JobProgress{0, 8, 2, u"loading"_s}));
    WorkerModel model;
    model.update({worker});
    QCOMPARE(model.index(0).data(WorkerModel::ProgressRole), QVariant(0.25));
    QCOMPARE(model.index(0).data(WorkerModel::ProgressTextRole), QVariant(u"loading"_s));

    first.open(); // the next job of this worker reports nothing
    QVERIFY(second.awaitArrivals());
    worker = factory.snapshot().workers.at(0);
    QCOMPARE(worker.key, u"2"_s);
    QCOMPARE(worker.progress, JobProgress());
    model.update({worker});
    QCOMPARE(model.index(0).data(WorkerModel::ProgressRole), QVariant(-1.0));
    second.open();
    QVERIFY(eventually([&] { return factory.counters().completed == 2; }));
    QCOMPARE(factory.snapshot().workers.at(0).lastHeartbeat, 0);
}

void tst_Report::JOB_9_nextAttemptStartsAnew()
{
    const Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &job) {
        if (job.attempt() == 1) {
            job.setProgressRange(0, 100);
            job.setProgress(90, u"first"_s);
            throw JobError(u"no"_s);
        }
        gate.pass();
        job.setProgressRange(0, 100);
        job.setProgress(5, u"second"_s);
    });
    const GateOpener opener(gate);
    QVERIFY(factory.start());
    QFuture<void> future = factory.submit(1, 1, {.retry = RetryPolicy{.maximumAttempts = 2}});
    QVERIFY(gate.awaitArrivals());
    QCOMPARE(factory.snapshot().workers.at(0).progress, JobProgress());
    gate.open();
    QVERIFY(hasEnded(future));
    QCOMPARE(future.progressValue(), 5);
    QCOMPARE(future.progressText(), u"second"_s);
}

void tst_Report::JOB_9_progressOfAReturnedFutureIsThatOfTheJob()
{
    const auto promise = std::make_shared<QPromise<int>>();
    Factory factory({.workerCount = 1}, [promise](Job<int, int> &) {
        promise->start();
        return promise->future();
    });
    QVERIFY(factory.start());
    QFuture<int> future = factory.submit(1, 1);
    QVERIFY(eventually([&] { return factory.counters().running == 1; }));
    promise->setProgressRange(0, 4);
    promise->setProgressValueAndText(3, u"nearly"_s);
    QVERIFY(eventually([&] { return future.progressText() == u"nearly"; }));
    QCOMPARE(future.progressMaximum(), 4);
    QCOMPARE(future.progressValue(), 3);
    QCOMPARE(factory.snapshot().workers.at(0).progress, (JobProgress{0, 4, 3, u"nearly"_s}));
    promise->addResult(7);
    promise->finish();
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), 7);
}

void tst_Report::JOB_9_heartbeatsAreSeen_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("heartbeat") << 0;
    QTest::newRow("progress range") << 1;
    QTest::newRow("progress") << 2;
    QTest::newRow("from another thread") << 3;
}

void tst_Report::JOB_9_heartbeatsAreSeen()
{
    QFETCH(int, kind);
    const Gate before;
    const Gate after;
    Factory factory({.workerCount = 1}, [=](Job<int, int> &job) {
        before.pass();
        if (kind == 0)
            job.heartbeat();
        else if (kind == 1)
            job.setProgressRange(0, 1);
        else if (kind == 2)
            job.setProgress(1);
        else
            std::thread([&] { job.heartbeat(); }).join();
        after.pass();
    });
    const GateOpener openAfter(after);
    const GateOpener openBefore(before);
    QVERIFY(factory.start());
    factory.dispatch(1, 1);
    QVERIFY(before.awaitArrivals());
    const FactorySnapshot silent = factory.snapshot();
    const qint64 start = silent.workers.at(0).lastHeartbeat;
    QCOMPARE(start, silent.time - silent.workers.at(0).elapsed.count());
    before.open();
    QVERIFY(after.awaitArrivals());
    const FactorySnapshot alive = factory.snapshot();
    QVERIFY(alive.workers.at(0).lastHeartbeat > silent.time);
    QVERIFY(alive.workers.at(0).lastHeartbeat < alive.time);
}

// The same functions do nothing while a job waits and where it is discarded.
void tst_Report::JOB_9_jobsThatDoNotRunReportNothing()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) {});
    std::atomic<int> discarded = 0;
    factory.setDiscardHandler([&](Job<int, int> &job, DiscardReason) {
        job.heartbeat();
        job.setProgressRange(0, 10);
        job.setProgress(5, u"five"_s);
        ++discarded;
    });
    QFuture<void> waiting = factory.submit(1, 1);
    QVERIFY(factory.stop(Support::Patience).isClean());
    QFuture<void> refused = factory.submit(1, 1);
    QCOMPARE(discarded, 2);
    for (const QFuture<void> &future : {waiting, refused}) {
        QVERIFY(Support::errorAs<JobDiscarded>(future));
        QCOMPARE(future.progressMaximum(), 0);
        QCOMPARE(future.progressText(), QString());
    }
}

QTEST_GUILESS_MAIN(tst_Report)
#include "tst_report.moc"
