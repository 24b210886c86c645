// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"

#include <Millwright/Factory>
#include <Millwright/WorkerRegistry>

#include <QPromise>
#include <QTest>
#include <QThreadPool>
#include <QTimer>

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

// Workers whose process() returns a future, on real threads. Their place in the engine is shown by
// tst_engine::POOL_2_asynchronousJobs and tst_random.
namespace {

//! Where promises lie until the test fulfils them. Copies share one desk.
class Desk
{
public:
    [[nodiscard]] QFuture<QString> ask() const
    {
        const std::lock_guard locker(m_state->mutex);
        QPromise<QString> promise;
        promise.start();
        m_state->promises.push_back(std::move(promise));
        return m_state->promises.back().future();
    }
    [[nodiscard]] bool awaitQuestions(std::size_t count) const
    {
        return eventually([&] {
            const std::lock_guard locker(m_state->mutex);
            return m_state->promises.size() >= count;
        });
    }
    //! The test's from here on.
    [[nodiscard]] QPromise<QString> take(std::size_t index) const
    {
        const std::lock_guard locker(m_state->mutex);
        return std::move(m_state->promises.at(index));
    }
    void answer(std::size_t index, const QString &text) const
    {
        QPromise<QString> promise = take(index);
        promise.addResult(text);
        promise.finish();
    }

private:
    struct State
    {
        std::mutex mutex;
        std::vector<QPromise<QString>> promises;
    };
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

//! Asks the desk, and ends with its answer.
class Asker : public Worker<int, QString, QFuture<QString>>
{
public:
    explicit Asker(const Desk &desk) : m_desk(desk) { ++alive; }
    ~Asker() override { --alive; }

    QFuture<QString> process(Job &job) override
    {
        current = &job;
        return m_desk.ask();
    }

    static inline std::atomic<int> alive = 0;
    static inline std::atomic<Job *> current = nullptr;

private:
    const Desk m_desk;
};

//! Answers from its own timer and slot, after having heard its own event loop.
class Ticker : public Worker<int, std::unique_ptr<int>, QFuture<std::unique_ptr<int>>>
{
public:
    QFuture<std::unique_ptr<int>> process(Job &job) override
    {
        auto promise = std::make_shared<QPromise<std::unique_ptr<int>>>();
        promise->start();
        auto *timer = new QTimer(this);
        connect(timer, &QTimer::timeout, this, [this, timer, promise, &job, ticks = 0]() mutable {
            if (++ticks < 3)
                return;
            timer->deleteLater();
            timer->stop();
            QMetaObject::invokeMethod(
                this,
                [this, promise, &job] {
                    onOwnThread = thread() == QThread::currentThread();
                    promise->addResult(job.takeMessage()); // the job is still there
                    promise->finish();
                },
                Qt::QueuedConnection);
        });
        timer->start(1);
        return promise->future();
    }

    static inline std::atomic<bool> onOwnThread = false;
};

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

class tst_Async : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Asker::current = nullptr;
    }

    void POOL_2_theTypesAreThoseOfTheResult();
    void POOL_2_theJobEndsAsTheFuture_data();
    void POOL_2_theJobEndsAsTheFuture();
    void POOL_2_theWorkerIsBusyUntilTheFutureEnds();
    void POOL_2_theEventLoopGoesOn();
    void POOL_2_manyWaitOnOneThread();
    void POOL_2_cancelReachesTheFuture();
    void POOL_2_runTimeIncludesTheFuture();
    void POOL_2_stopLetsTheFutureEnd();
    void POOL_2_lateEndsOfGivenUpJobsAreIgnored_data();
    void POOL_2_lateEndsOfGivenUpJobsAreIgnored();
    void POOL_2_futuresWithoutAPromise();
    void POOL_2_manyThreadsEndManyJobs();
    void POOL_2_byName();
};

void tst_Async::POOL_2_theTypesAreThoseOfTheResult()
{
    Factory texts({.workerCount = 1}, [](Job<int, int> &job) {
        return QtFuture::makeReadyFuture(QString::number(job.message()));
    });
    Factory nothing({.workerCount = 1},
                    [](Job<int, int> &) { return QtFuture::makeReadyFuture(); });
    QVERIFY(texts.start() && nothing.start());
    QFuture<QString> text = texts.submit(1, 42);
    QFuture<void> none = nothing.submit(1, 42);
    QVERIFY(hasEnded(text) && hasEnded(none));
    QCOMPARE(text.result(), u"42"_s);
    QVERIFY(!none.isCanceled());
}

void tst_Async::POOL_2_theJobEndsAsTheFuture_data()
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

void tst_Async::POOL_2_theJobEndsAsTheFuture()
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

void tst_Async::POOL_2_theWorkerIsBusyUntilTheFutureEnds()
{
    const Desk desk;
    Factory<Asker> factory({.workerCount = 1}, workerBuilder<Asker>(desk));
    QVERIFY(factory.start());
    auto first = factory.submit(1, u"message"_s);
    auto second = factory.submit(2, {}, {.timeToLive = 1h});
    QVERIFY(desk.awaitQuestions(1));
    QCOMPARE(factory.counters().running, 1);
    QCOMPARE(factory.counters().waiting, 1);
    QCOMPARE(factory.activeWorkers(), 1);
    QCOMPARE(factory.availableCapacity(), 0);
    const FactorySnapshot snapshot = factory.snapshot();
    QCOMPARE(snapshot.workers.at(0).key, u"1"_s);
    QVERIFY(snapshot.workers.at(0).elapsed > 0ns);
    QCOMPARE(Asker::current.load()->message(), u"message"_s);

    desk.answer(0, u"one"_s);
    QVERIFY(hasEnded(first));
    QCOMPARE(first.result(), u"one"_s);
    QVERIFY(desk.awaitQuestions(2));
    desk.answer(1, u"two"_s);
    QVERIFY(hasEnded(second));
    QCOMPARE(second.result(), u"two"_s);
}

// A message and a result that can only be moved; the job lives until the future has ended.
void tst_Async::POOL_2_theEventLoopGoesOn()
{
    Ticker::onOwnThread = false;
    Factory<Ticker> factory({.workerCount = 1});
    QVERIFY(factory.start());
    auto future = factory.submit(1, std::make_unique<int>(7));
    QVERIFY(hasEnded(future));
    QCOMPARE(*future.takeResult(), 7);
    QVERIFY(Ticker::onOwnThread);
}

void tst_Async::POOL_2_manyWaitOnOneThread()
{
    constexpr int Many = 100;
    const Desk desk;
    Factory<Asker> factory({.workerCount = Many, .threadCount = 1}, workerBuilder<Asker>(desk));
    QVERIFY(factory.start());
    std::vector<QFuture<QString>> futures;
    for (int i = 0; i < Many + 1; ++i)
        futures.push_back(factory.submit(i, {}));
    QVERIFY(desk.awaitQuestions(Many));
    QCOMPARE(factory.counters().running, Many);
    QCOMPARE(factory.counters().waiting, 1);
    desk.answer(0, u"first"_s); // in any order
    QVERIFY(desk.awaitQuestions(Many + 1));
    for (int i = Many; i > 0; --i)
        desk.answer(std::size_t(i), QString::number(i));
    for (const QFuture<QString> &future : futures)
        QVERIFY(hasEnded(future));
    QCOMPARE(factory.counters().completed, Many + 1);
}

void tst_Async::POOL_2_cancelReachesTheFuture()
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

void tst_Async::POOL_2_runTimeIncludesTheFuture()
{
    const Desk desk;
    Factory<Asker> factory({.workerCount = 1}, workerBuilder<Asker>(desk));
    QVERIFY(factory.start());
    auto future = factory.submit(1, {});
    QVERIFY(desk.awaitQuestions(1));
    QVERIFY(eventually([&] { return factory.snapshot().workers.at(0).elapsed >= 20ms; }));
    desk.answer(0, {});
    QVERIFY(hasEnded(future));
    const Latencies latencies = factory.latencies();
    QCOMPARE(latencies.runTime.count(), 1);
    QVERIFY(latencies.runTime.max() >= 20'000'000);
}

void tst_Async::POOL_2_stopLetsTheFutureEnd()
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

void tst_Async::POOL_2_lateEndsOfGivenUpJobsAreIgnored_data()
{
    QTest::addColumn<Ending>("ending");
    QTest::newRow("result") << Ending::Result;
    QTest::newRow("exception") << Ending::Exception;
    QTest::newRow("canceled") << Ending::Cancel;
    QTest::newRow("abandoned") << Ending::Abandoned;
}

void tst_Async::POOL_2_lateEndsOfGivenUpJobsAreIgnored()
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

void tst_Async::POOL_2_futuresWithoutAPromise()
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
void tst_Async::POOL_2_manyThreadsEndManyJobs()
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

void tst_Async::POOL_2_byName()
{
    registerWorker(u"async"_s, [](Job<int, int> &job) {
        return QtFuture::makeReadyFuture(job.message() + job.key());
    });
    struct NamedFactory : FactoryBase
    {
        explicit NamedFactory(const WorkerType &type)
            : FactoryBase({.workerCount = 1}, type.builder(), nullptr)
        {
        }
        using FactoryBase::engine;
    };
    const auto type = WorkerRegistry::find(u"async"_s);
    NamedFactory factory(*type);
    QVERIFY(factory.start());
    const VariantFuture future = type->submit(factory.engine(), 1, 41, {});
    QVERIFY(hasEnded(future.job));
    QCOMPARE(future.result(), QVariant(42));
}

QTEST_GUILESS_MAIN(tst_Async)
#include "tst_async.moc"
