// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/desk.h"
#include "support/expectations.h"

#include <Millwright/Factory>
#include <Millwright/WorkerRegistry>

#include <QPromise>
#include <QTest>
#include <QTimer>

#include <memory>
#include <vector>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::Asker;
using Support::Desk;
using Support::eventually;
using Support::hasEnded;

// Workers whose process() returns a future, on real threads. Their place in the engine is shown by
// tst_engine::POOL_2_asynchronousJobs and tst_model.

namespace {

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
    void POOL_2_theWorkerIsBusyUntilTheFutureEnds();
    void POOL_2_theEventLoopGoesOn();
    void POOL_2_manyWaitOnOneThread();
    void POOL_2_chainOfContinuations();
    void POOL_2_runTimeIncludesTheFuture();
    void POOL_2_byName();
    void POOL_2_promiseThatGoesIsCanceled();
};

void tst_Async::POOL_2_theTypesAreThoseOfTheResult()
{
    Factory texts({.workerCount = 1}, [](Job<int, int> &job) {
        return QtFuture::makeReadyFuture(QString::number(job.message()));
    });
    Factory nothing({.workerCount = 1}, [](Job<int, int> &) { return Detail::readyFuture(); });
    QVERIFY(texts.start() && nothing.start());
    QFuture<QString> text = texts.submit(1, 42);
    QFuture<void> none = nothing.submit(1, 42);
    QVERIFY(hasEnded(text) && hasEnded(none));
    QCOMPARE(text.result(), u"42"_s);
    QVERIFY(!none.isCanceled());
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

// The future by then() does not begin before what it follows has ended.
void tst_Async::POOL_2_chainOfContinuations()
{
    const Desk desk;
    Factory factory({.workerCount = 1}, [desk](Job<int, int> &) {
        return desk.ask()
            .then([](const QString &text) { return text.size(); })
            .then([](QFuture<qsizetype> size) {
                if (size.result() == 0)
                    throw JobError(u"nothing"_s);
                return size.result() * 2;
            });
    });
    QVERIFY(factory.start());
    QFuture<qsizetype> good = factory.submit(1, 0);
    QFuture<qsizetype> bad = factory.submit(2, 0);
    QVERIFY(desk.awaitQuestions(1));
    QCOMPARE(factory.counters().running, 1);
    QCOMPARE(factory.counters().waiting, 1);
    desk.answer(0, u"text"_s);
    QVERIFY(hasEnded(good));
    QCOMPARE(good.result(), 8);
    QVERIFY(desk.awaitQuestions(2));
    desk.answer(1, {});
    const auto error = Support::errorAs<JobError>(bad);
    QVERIFY(error && error->text() == u"nothing"_s);
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

// It cannot be told from a cancellation, but that nobody has asked for one.
void tst_Async::POOL_2_promiseThatGoesIsCanceled()
{
    Factory factory({.name = u"mill"_s, .workerCount = 1}, [](Job<int, int> &) {
        QPromise<int> promise;
        promise.start();
        return promise.future();
    });
    QVERIFY(factory.start());
    QTest::ignoreMessage(
        QtInfoMsg, QRegularExpression(u"^Factory \"mill\": the future that process\\(\\) returned "
                                      "for job \"1\" ended canceled, though nobody"_s));
    for (int i = 1; i <= 2; ++i) { // said once
        QFuture<int> future = factory.submit(i, 0);
        QVERIFY(hasEnded(future));
        QVERIFY(future.isCanceled());
    }
}

QTEST_GUILESS_MAIN(tst_Async)
#include "tst_async.moc"
