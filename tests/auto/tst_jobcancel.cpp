// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/desk.h"
#include "support/expectations.h"
#include "support/gate.h"
#include "support/hangable.h"

#include <Millwright/Factory>

#include <QMutex>
#include <QPromise>
#include <QTest>
#include <QThread>

#include <atomic>
#include <functional>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::Gate;
using Support::hasEnded;

namespace {

quint64 idOf(const FactoryBase &factory, const QString &key)
{
    for (const JobSnapshot &job : factory.jobs()) {
        if (job.key == key)
            return job.id;
    }
    return 0;
}

} // namespace

// Jobs that are canceled by their ids.
class tst_JobCancel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void JOB_8_waitingJobIsCanceledByItsId_data();
    void JOB_8_waitingJobIsCanceledByItsId();
    void JOB_8_delayedJobsAreCanceledByTheirIds();
    void JOB_8_runningJobIsCanceledByItsId();
    void JOB_8_jobsInHandAreCanceledByTheirIds();
    void JOB_8_canceledJobIsNotTriedAgain_data();
    void JOB_8_canceledJobIsNotTriedAgain();
    void JOB_8_jobsAreCanceledByAFilter();
    void JOB_8_nothingToCancel();
    void JOB_8_cancelingEndsADrain();
    void JOB_8_jobIsCanceledAsItBeginsToWait();
    void JOB_8_canceledAsItEndsIsCanceledOrNot_data();
    void JOB_8_canceledAsItEndsIsCanceledOrNot();
    void LIFE_4_runningJobIsCanceledWhileTheFactoryStops_data();
    void LIFE_4_runningJobIsCanceledWhileTheFactoryStops();
    void LIFE_4_suspendedJobIsCanceledWhileTheFactoryStops();
};

void tst_JobCancel::JOB_8_waitingJobIsCanceledByItsId_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("queuer") << queuer();
    QTest::newRow("round-robin") << roundRobin();
    QTest::newRow("key-persistent") << keyPersistent();
    QTest::newRow("sticky") << stickyQueuer();
    QTest::newRow("least-loaded") << leastLoaded();
}

void tst_JobCancel::JOB_8_waitingJobIsCanceledByItsId()
{
    QFETCH(const RouterBuilder, router);
    const Gate gate;
    QMutex mutex;
    QStringList ran;
    Factory factory({.workerCount = 2, .router = router}, [&, gate](Job<QString, int> &job) {
        gate.pass();
        const QMutexLocker locker(&mutex);
        ran.append(job.key());
    });
    const Support::GateOpener opener(gate);
    factory.start();
    QList<QFuture<void>> futures;
    for (int key = 0; key < 10; ++key)
        futures.append(factory.submit(QString::number(key), 0));
    factory.dispatch(u"dispatched"_s, 0);
    QVERIFY(gate.awaitArrivals());
    QVERIFY(factory.cancelJob(idOf(factory, u"8"_s)));
    QVERIFY(futures.at(8).isFinished()); // at once
    QVERIFY(futures.at(8).isCanceled());
    QVERIFY(factory.cancelJob(idOf(factory, u"dispatched"_s)));
    QCOMPARE(factory.counters().canceled, 2);
    QVERIFY(Support::isConserved(factory.counters()));
    gate.open();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(ran.size(), 9);
    QVERIFY(!ran.contains(u"8"_s) && !ran.contains(u"dispatched"_s));
}

void tst_JobCancel::JOB_8_delayedJobsAreCanceledByTheirIds()
{
    Factory factory(
        {.workerCount = 1,
         .rateLimit = {.refill = 1, .interval = 1h, .maximum = 1, .initial = 1},
         .rateLimitMode = RateLimitMode::Delay,
         .onFailure = OnFailure::KeepWorker,
         .retry = {.maximumAttempts = 2, .backoff = 1h, .maximumBackoff = 1h, .jitter = 0}},
        [](Job<int, int> &) { throw JobError(u"on purpose"_s); });
    QVERIFY(factory.start());
    QFuture<void> backsOff = factory.submit(1, 0);
    QFuture<void> limited = factory.submit(2, 0);
    QVERIFY(eventually([&] { return factory.retried() == 1; }));
    QVERIFY(factory.cancelJob(idOf(factory, u"1"_s)));
    QVERIFY(factory.cancelJob(idOf(factory, u"2"_s)));
    QVERIFY(hasEnded(backsOff) && backsOff.isCanceled());
    QVERIFY(hasEnded(limited) && limited.isCanceled());
    QVERIFY(factory.jobs().isEmpty());
    QCOMPARE(factory.counters().canceled, 2);
    QCOMPARE(factory.queueDepth(), 0);
}

void tst_JobCancel::JOB_8_runningJobIsCanceledByItsId()
{
    const Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &job) {
        if (job.key() != 1)
            return;
        gate.pass();
        while (!job.isCanceled())
            QThread::yieldCurrentThread();
    });
    gate.open();
    QVERIFY(factory.start());
    QFuture<void> job = factory.submit(1, 0);
    QFuture<void> next = factory.submit(2, 0);
    QVERIFY(gate.awaitArrivals());
    QVERIFY(factory.cancelJob(idOf(factory, u"1"_s)));
    QVERIFY(hasEnded(job) && job.isCanceled());
    QVERIFY(hasEnded(next) && !next.isCanceled());
    QCOMPARE(factory.counters().canceled, 1);
}

void tst_JobCancel::JOB_8_jobsInHandAreCanceledByTheirIds()
{
    const Gate gate;
    std::atomic<int> ran = 0;
    Factory factory({.workerCount = 1}, [&, gate](Job<int, int> &job) {
        if (job.message() == 1)
            gate.pass();
        ++ran;
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 1000; ++i)
        factory.dispatch(i, 0);
    QVERIFY(eventually([&] { return factory.completed() == 1000; }));
    factory.pause();
    for (int key = 1; key <= 9; ++key)
        factory.dispatch(key, 1);
    factory.resume();
    QVERIFY(gate.awaitArrivals());
    QCOMPARE(factory.cancelJobs([](const JobSnapshot &job) { return job.key.toInt() > 5; }), 4);
    QCOMPARE(factory.counters().canceled, 4);
    gate.open();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(ran, 1005);
}

void tst_JobCancel::JOB_8_canceledJobIsNotTriedAgain_data()
{
    QTest::addColumn<bool>("submitted");
    QTest::newRow("dispatched") << false;
    QTest::newRow("submitted") << true;
}

// It does not listen, so somebody has its worker replaced.
void tst_JobCancel::JOB_8_canceledJobIsNotTriedAgain()
{
    QFETCH(const bool, submitted);
    const Support::Trap trap;
    const Support::EventLog log;
    Factory<Support::Hangable> factory(
        {.workerCount = 1,
         .retry = {.maximumAttempts = 3, .backoff = 0ms, .on = RetryOn::WorkerLost}},
        workerBuilder<Support::Hangable>(log));
    const Support::TrapOpener opener(trap);
    QVERIFY(factory.start());
    if (submitted)
        static_cast<void>(factory.submit(u"hung"_s, [trap] { trap.enter(); }));
    else
        factory.dispatch(u"hung"_s, [trap] { trap.enter(); });
    QVERIFY(trap.awaitEntry());
    QVERIFY(factory.cancelJob(idOf(factory, u"hung"_s)));
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
    QVERIFY(factory.replaceWorker(0));
    QVERIFY(eventually([&] { return factory.lost() == 1; }));
    QCOMPARE(factory.retried(), 0);
    QVERIFY(factory.jobs().isEmpty());
    trap.release();
    QVERIFY(eventually([&] { return factory.condemnedThreads() == 0; }));
}

void tst_JobCancel::JOB_8_jobsAreCanceledByAFilter()
{
    Factory factory({.workerCount = 0}, [](Job<QString, int> &) {});
    for (int i = 0; i < 3000; ++i)
        factory.dispatch(i % 3 == 0 ? u"video"_s : u"image"_s, 0, {.label = QString::number(i)});
    const auto isVideo = [&](const JobSnapshot &job) {
        return factory.counters().submitted == 3000 && job.key == u"video"_s; // no lock is held
    };
    QCOMPARE(factory.cancelJobs(isVideo), 1000);
    QCOMPARE(factory.cancelJobs(isVideo), 0);
    QCOMPARE(factory.queueDepth(), 2000);
    QCOMPARE(factory.cancelJobs([](const JobSnapshot &job) { return job.label == u"100"_s; }), 1);
    QCOMPARE(factory.counters().canceled, 1001);
    QVERIFY(Support::isConserved(factory.counters()));
}

void tst_JobCancel::JOB_8_nothingToCancel()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) {});
    QVERIFY(!factory.cancelJob(0));
    QVERIFY(!factory.cancelJob(1));
    factory.dispatch(1, 0);
    const quint64 id = idOf(factory, u"1"_s);
    QVERIFY(id > 0);
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.completed() == 1; }));
    QVERIFY(!factory.cancelJob(id));
    QCOMPARE(factory.counters().canceled, 0);
    QVERIFY(factory.stop(Support::Patience).isClean());
    QVERIFY(!factory.cancelJob(id));
}

void tst_JobCancel::JOB_8_cancelingEndsADrain()
{
    Factory factory({.workerCount = 0}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    factory.dispatch(1, 0);
    QFuture<void> drained = factory.drain();
    QVERIFY(!drained.isFinished());
    QVERIFY(factory.cancelJob(idOf(factory, u"1"_s)));
    QVERIFY(hasEnded(drained));
}

// Between the moment when process() returns its future and the one when the engine knows that it waits.
void tst_JobCancel::JOB_8_jobIsCanceledAsItBeginsToWait()
{
    constexpr int rounds = 2000;
    std::atomic<int> begun = 0;
    QPromise<void> *answer = nullptr; // this round's
    Factory factory({.workerCount = 1}, [&](Job<int, int> &) {
        QFuture<void> future = answer->future();
        ++begun;
        return future;
    });
    QVERIFY(factory.start());
    for (int round = 1; round <= rounds; ++round) {
        QPromise<void> promise;
        promise.start();
        answer = &promise;
        QFuture<void> job = factory.submit(round, 0);
        while (begun < round)
            QThread::yieldCurrentThread();
        for (volatile int spins = round % 200; spins > 0;)
            spins = spins - 1;
        QCOMPARE(factory.cancelJobs([](const JobSnapshot &) { return true; }), 1);
        QVERIFY(eventually([&] { return promise.isCanceled(); }));
        promise.finish();
        QVERIFY(hasEnded(job) && job.isCanceled());
    }
    QCOMPARE(factory.counters().canceled, rounds);
}

void tst_JobCancel::JOB_8_canceledAsItEndsIsCanceledOrNot_data()
{
    QTest::addColumn<bool>("submitted");
    QTest::newRow("submitted") << true;
    QTest::newRow("dispatched") << false;
}

// What cancelJobs() says is what becomes of the job.
void tst_JobCancel::JOB_8_canceledAsItEndsIsCanceledOrNot()
{
    QFETCH(const bool, submitted);
    const auto spin = [](int times) {
        for (volatile int left = times; left > 0;)
            left = left - 1;
    };
    std::atomic<int> begun = 0;
    Factory factory({.workerCount = 1}, [&](Job<int, int> &) {
        ++begun;
        spin(1500);
    });
    QVERIFY(factory.start());
    int canceled = 0;
    for (int round = 1; round <= 5000; ++round) {
        if (submitted)
            static_cast<void>(factory.submit(round, 0));
        else
            factory.dispatch(round, 0);
        while (begun < round)
            QThread::yieldCurrentThread();
        spin(15 * (round % 100));
        canceled += factory.cancelJobs([](const JobSnapshot &) { return true; });
        QVERIFY(eventually([&] {
            const Counters counters = factory.counters();
            return counters.completed + counters.canceled == round;
        }));
        QCOMPARE(factory.counters().canceled, canceled);
    }
}

void tst_JobCancel::LIFE_4_runningJobIsCanceledWhileTheFactoryStops_data()
{
    using Cancel = std::function<bool(FactoryBase &)>;
    QTest::addColumn<Cancel>("cancel");
    QTest::newRow("by its id") << Cancel(
        [](FactoryBase &factory) { return factory.cancelJob(idOf(factory, u"runs"_s)); });
    QTest::newRow("by a filter") << Cancel([](FactoryBase &factory) {
        return factory.cancelJobs([](const JobSnapshot &) { return true; }) == 1;
    });
    QTest::newRow("by its worker")
        << Cancel([](FactoryBase &factory) { return factory.interruptWorker(0); });
}

// stop() lets it run to its end; somebody does not want to wait for that.
void tst_JobCancel::LIFE_4_runningJobIsCanceledWhileTheFactoryStops()
{
    QFETCH(const std::function<bool(FactoryBase &)>, cancel);
    const Gate gate;
    Factory factory({.workerCount = 2, .threadCount = 1}, [gate](Job<QString, int> &job) {
        gate.pass();
        while (!job.isCanceled())
            QThread::yieldCurrentThread();
    });
    gate.open();
    QVERIFY(factory.start());
    QFuture<void> runs = factory.submit(u"runs"_s, 0);
    QVERIFY(gate.awaitArrivals());
    QFuture<void> waits = factory.submit(u"waits"_s, 0);
    QFuture<void> stopped = factory.stop();
    QVERIFY(hasEnded(waits));
    QVERIFY(factory.state() == FactoryState::Draining);
    QVERIFY(cancel(factory));
    QVERIFY(hasEnded(runs) && runs.isCanceled());
    QVERIFY(hasEnded(stopped));
    QVERIFY(factory.state() == FactoryState::Stopped);
    QCOMPARE(factory.counters().canceled, 1);
    QCOMPARE(factory.counters().discarded(DiscardReason::Shutdown), 1);
    QVERIFY(!cancel(factory));
}

void tst_JobCancel::LIFE_4_suspendedJobIsCanceledWhileTheFactoryStops()
{
    const Support::Desk desk;
    Factory<Support::Asker> factory({.workerCount = 1}, workerBuilder<Support::Asker>(desk));
    QVERIFY(factory.start());
    auto job = factory.submit(1, {});
    QVERIFY(desk.awaitQuestions(1));
    QPromise<QString> answer = desk.take(0);
    QFuture<void> stopped = factory.stop();
    QVERIFY(factory.cancelJob(idOf(factory, u"1"_s)));
    QVERIFY(eventually([&] { return answer.isCanceled(); })); // it may just have asked
    answer.finish();
    QVERIFY(hasEnded(job) && job.isCanceled());
    QVERIFY(hasEnded(stopped));
}

QTEST_GUILESS_MAIN(tst_JobCancel)
#include "tst_jobcancel.moc"
