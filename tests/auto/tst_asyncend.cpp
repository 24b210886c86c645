// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/desk.h"
#include "support/expectations.h"

#include <Millwright/Factory>

#include <QPromise>
#include <QTest>
#include <QThreadPool>

#include <memory>
#include <thread>
#include <vector>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::Asker;
using Support::Desk;
using Support::eventually;
using Support::hasEnded;

// How jobs end whose process() returns a future, on real threads.

namespace {

struct Mishap : QException
{
    void raise() const override { throw *this; }
    Mishap *clone() const override { return new Mishap(*this); }
};

enum class Ending { Result, Exception, Cancel, Abandoned, NoResult };

void end(QPromise<QString> promise, Ending ending)
{
    switch (ending) {
    case Ending::Result:
        promise.addResult(u"yes"_s);
        promise.finish();
        break;
    case Ending::Exception:
        promise.setException(Mishap());
        promise.finish();
        break;
    case Ending::Cancel:
        promise.future().cancel();
        promise.finish();
        break;
    case Ending::Abandoned:
        break;
    case Ending::NoResult:
        promise.finish();
        break;
    }
}

} // namespace

class tst_AsyncEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Asker::current = nullptr;
    }

    void POOL_2_theJobEndsAsTheFuture_data();
    void POOL_2_theJobEndsAsTheFuture();
    void POOL_2_cancelReachesTheFuture();
    void POOL_2_stopLetsTheFutureEnd();
    void POOL_2_lateEndsOfGivenUpJobsAreIgnored_data();
    void POOL_2_lateEndsOfGivenUpJobsAreIgnored();
    void POOL_2_futuresWithoutAPromise();
    void POOL_2_manyThreadsEndManyJobs();
};

void tst_AsyncEnd::POOL_2_theJobEndsAsTheFuture_data()
{
    QTest::addColumn<Ending>("ending");
    QTest::addColumn<bool>("atOnce");
    QTest::addColumn<bool>("submitted");
    QTest::addColumn<Outcome>("outcome");
    for (const bool atOnce : {true, false}) {
        for (const bool submitted : {true, false}) {
            const auto row = [&](const char *name) -> QTestData & {
                return QTest::addRow("%s, %s, %s", name, atOnce ? "at once" : "later",
                                     submitted ? "submitted" : "dispatched");
            };
            row("result") << Ending::Result << atOnce << submitted << Outcome::Completed;
            row("exception") << Ending::Exception << atOnce << submitted << Outcome::Failed;
            row("canceled") << Ending::Cancel << atOnce << submitted << Outcome::Canceled;
            row("abandoned") << Ending::Abandoned << atOnce << submitted << Outcome::Canceled;
            row("without a result") << Ending::NoResult << atOnce << submitted << Outcome::Failed;
        }
    }
}

void tst_AsyncEnd::POOL_2_theJobEndsAsTheFuture()
{
    QFETCH(Ending, ending);
    QFETCH(bool, atOnce);
    QFETCH(bool, submitted);
    QFETCH(Outcome, outcome);

    const Desk desk;
    Factory factory({.workerCount = 1}, [=](Job<int, int> &) {
        const QFuture<QString> answer = desk.ask();
        if (atOnce)
            end(desk.take(0), ending);
        return answer;
    });
    QVERIFY(factory.start());
    QFuture<QString> future;
    if (submitted)
        future = factory.submit(1, 1);
    else
        QVERIFY(factory.dispatch(1, 1));
    QVERIFY(desk.awaitQuestions(1));
    if (!atOnce) {
        QCOMPARE(factory.counters().running, 1);
        std::thread([&] { end(desk.take(0), ending); }).join();
    }
    QVERIFY(eventually([&] { return factory.counters().running == 0; }));
    const Counters counters = factory.counters();
    QCOMPARE(counters.completed, outcome == Outcome::Completed);
    QCOMPARE(counters.failed, outcome == Outcome::Failed);
    QCOMPARE(counters.canceled, outcome == Outcome::Canceled);
    QCOMPARE(counters.restarts, outcome == Outcome::Failed); // as if process() had thrown
    if (!submitted)
        return;
    QVERIFY(hasEnded(future));
    if (ending == Ending::Result) {
        QCOMPARE(future.result(), u"yes"_s);
    } else if (ending == Ending::Exception) {
        QVERIFY(Support::errorAs<Mishap>(future));
    } else if (ending == Ending::NoResult) {
        QVERIFY(Support::errorAs<JobError>(future)->text().contains(u"without a result"));
    } else {
        QVERIFY(future.isCanceled());
        QVERIFY(!Support::errorOf(future));
    }
}

void tst_AsyncEnd::POOL_2_cancelReachesTheFuture()
{
    const Desk desk;
    Factory<Asker> factory({.workerCount = 1}, workerBuilder<Asker>(desk));
    QVERIFY(factory.start());
    auto future = factory.submit(1, {});
    QVERIFY(desk.awaitQuestions(1));
    QVERIFY(eventually([&] { return factory.counters().running == 1 && Asker::current.load(); }));
    QPromise<QString> promise = desk.take(0);
    QVERIFY(!promise.isCanceled() && !Asker::current.load()->isCanceled());
    future.cancel();
    QVERIFY(Asker::current.load()->isCanceled());
    QVERIFY(eventually([&] { return promise.isCanceled(); }));
    QCOMPARE(factory.counters().running, 1); // until the future ends
    promise.finish();
    QVERIFY(hasEnded(future));
    QCOMPARE(factory.counters().canceled, 1);
}

void tst_AsyncEnd::POOL_2_stopLetsTheFutureEnd()
{
    const Desk desk;
    Factory<Asker> factory({.workerCount = 3, .threadCount = 2}, workerBuilder<Asker>(desk));
    QVERIFY(factory.start());
    auto future = factory.submit(1, {});
    QVERIFY(desk.awaitQuestions(1));
    QFuture<void> stopped = factory.stop();
    QVERIFY(eventually([] { return Asker::alive == 1; })); // the others have gone
    QVERIFY(!stopped.isFinished());
    desk.answer(0, u"late"_s);
    QVERIFY(hasEnded(stopped));
    QCOMPARE(future.result(), u"late"_s);
    QCOMPARE(Asker::alive, 0);
}

void tst_AsyncEnd::POOL_2_lateEndsOfGivenUpJobsAreIgnored_data()
{
    QTest::addColumn<Ending>("ending");
    QTest::newRow("result") << Ending::Result;
    QTest::newRow("exception") << Ending::Exception;
    QTest::newRow("canceled") << Ending::Cancel;
    QTest::newRow("abandoned") << Ending::Abandoned;
}

void tst_AsyncEnd::POOL_2_lateEndsOfGivenUpJobsAreIgnored()
{
    QFETCH(Ending, ending);
    const Desk desk;
    QFuture<QString> future;
    {
        Factory<Asker> factory({.workerCount = 3, .threadCount = 1}, workerBuilder<Asker>(desk));
        QVERIFY(factory.start());
        future = factory.submit(0, {});
        factory.dispatch(1, {});
        factory.dispatch(2, {});
        QVERIFY(desk.awaitQuestions(3));
        for (int i = 0; i < 3; ++i)
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has not finished job"_s));
        const StopReport report = factory.stop(1ms);
        QCOMPARE(report.unfinished.size(), 3);
        QVERIFY(Support::errorAs<WorkerLost>(future));
        QCOMPARE(factory.counters().lost, 3);
        end(desk.take(1), ending); // perhaps before the thread has heard that it was given up
    }
    QVERIFY(eventually([] { return Asker::alive == 0; })); // the thread was free to go
    for (const std::size_t index : {0, 2}) {
        QPromise<QString> late = desk.take(index);
        QVERIFY(eventually([&] { return late.isCanceled(); }));
        end(std::move(late), ending);
    }
}

void tst_AsyncEnd::POOL_2_futuresWithoutAPromise()
{
    Factory factory({.workerCount = 1}, [](Job<int, bool> &job) {
        QFuture<int> future; // as good as canceled
        if (job.message()) {
            future = QtFuture::makeReadyFuture(1);
            static_cast<void>(future.takeResult());
        }
        return future;
    });
    QVERIFY(factory.start());
    QFuture<int> canceled = factory.submit(1, false);
    QFuture<int> taken = factory.submit(1, true);
    QVERIFY(hasEnded(canceled));
    QVERIFY(canceled.isCanceled());
    const auto error = Support::errorAs<JobError>(taken);
    QVERIFY(error && error->text().contains(u"was taken"));
    QCOMPARE(factory.counters().canceled, 1);
    QCOMPARE(factory.counters().failed, 1);
}

// Ends race with the suspension of the job, with the next job and with each other.
void tst_AsyncEnd::POOL_2_manyThreadsEndManyJobs()
{
    constexpr int Jobs = 2'000;
    Factory factory({.workerCount = 8, .threadCount = 2}, [](Job<int, int> &job) {
        auto promise = std::make_shared<QPromise<int>>();
        promise->start();
        QThreadPool::globalInstance()->start([promise, number = job.message()] {
            promise->addResult(number);
            promise->finish();
        });
        return promise->future();
    });
    QVERIFY(factory.start());
    std::vector<QFuture<int>> futures;
    for (int i = 0; i < Jobs; ++i)
        futures.push_back(factory.submit(i, i));
    for (int i = 0; i < Jobs; ++i) {
        QVERIFY(hasEnded(futures[std::size_t(i)]));
        QCOMPARE(futures[std::size_t(i)].result(), i);
    }
    QCOMPARE(factory.counters().completed, Jobs);
    QVERIFY(factory.stop(Support::Patience).isClean());
}

QTEST_GUILESS_MAIN(tst_AsyncEnd)
#include "tst_asyncend.moc"
