// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/countinglayer.h"
#include "support/expectations.h"
#include "support/gate.h"
#include "support/simulation.h"

#include <Millwright/Factory>
#include <Millwright/StatisticsLayer>

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

using namespace Millwright;
using namespace Simulation;
using namespace Qt::StringLiterals;
using Support::CountingLayer;

namespace {

class Thrower final : public CountingLayer
{
public:
    void jobSubmitted(const AbstractJob &) override { throw JobError(u"submitted"_s); }
    void jobCompleted(const AbstractJob &, const JobRun &) override
    {
        throw JobError(u"completed"_s);
    }
};

} // namespace

// Statistics layers on real threads.
class tst_LayerLoad : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void STAT_1_nothingIsMissedUnderLoad();
    void STAT_1_isToldBeforeTheFuture();
    void STAT_1_mayDispatch();
    void STAT_1_exceptionsAreLogged();
    void STAT_2_quantilesOfJobs();
    void STAT_2_throughput();
    void LIFE_6_exchangedUnderLoad();
};

// The histograms of a factory and of each of its workers against the exact times.
void tst_LayerLoad::STAT_2_quantilesOfJobs()
{
    class Keeper final : public StatisticsLayer
    {
    public:
        void jobCompleted(const AbstractJob &, const JobRun &run) override { runs.push_back(run); }
        std::vector<JobRun> runs;
    };
    constexpr int Workers = 3;
    const auto layer = std::make_shared<Keeper>();
    World world({.workerCount = Workers, .statistics = layer});
    world.engine().start();
    std::mt19937_64 random(42);
    for (int i = 0; i < 3'000; ++i) {
        const double magnitude = double(random() % 1000) / 200; // 1 µs to 0.1 s
        world.submit({.name = QString::number(i),
                      .duration = qint64(1'000 * std::pow(10, magnitude)),
                      .promised = false,
                      .asynchronous = random() % 4 == 0});
        if (i % 50 == 0)
            world.pass(qint64(random() % (100 * Millisecond)));
    }
    QVERIFY(world.finish());
    QCOMPARE(layer->runs.size(), std::size_t(3'000));

    using Time = std::chrono::nanoseconds (JobRun::*)() const;
    const auto compare = [&](const HistogramSnapshot &histogram, Time time, int worker) {
        std::vector<qint64> exact;
        for (const JobRun &run : layer->runs) {
            if (worker < 0 || run.worker == worker)
                exact.push_back((run.*time)().count());
        }
        std::sort(exact.begin(), exact.end());
        QCOMPARE(histogram.count(), qint64(exact.size()));
        for (const double q : {0.01, 0.25, 0.5, 0.9, 0.99, 0.999}) {
            const auto index = std::size_t(std::ceil(q * double(exact.size()))) - 1;
            const double difference = std::abs(double(histogram.quantile(q) - exact[index]));
            QVERIFY2(difference <= 0.02 * double(exact[index]),
                     qPrintable(u"worker %1, quantile %2: %3 instead of %4"_s.arg(worker)
                                    .arg(q)
                                    .arg(histogram.quantile(q))
                                    .arg(exact[index])));
        }
    };
    for (int worker = -1; worker < Workers; ++worker) {
        const Latencies latencies = worker < 0 ? world.engine().latencies()
                                               : *world.engine().latencies(worker);
        compare(latencies.queueTime, &JobRun::queueTime, worker);
        compare(latencies.runTime, &JobRun::runTime, worker);
        compare(latencies.totalTime, &JobRun::totalTime, worker);
    }
}

void tst_LayerLoad::STAT_2_throughput()
{
    World world({.workerCount = 2});
    world.engine().start();
    world.settle();
    QCOMPARE(world.engine().throughput(), 0.0);
    // One job every 10 ms, which two workers do by turns.
    for (int i = 0; i < 1'000; ++i) {
        world.submit({.name = QString::number(i)});
        world.pass(10 * Millisecond);
    }
    QVERIFY(std::abs(world.engine().throughput() - 100) < 1);
    world.pass(1'500 * Millisecond);
    QVERIFY(world.engine().throughput() > 10);
    QVERIFY(world.engine().throughput() < 80);
    world.pass(3'000 * Millisecond);
    QCOMPARE(world.engine().throughput(), 0.0);
    world.pass(4'000 * Millisecond); // the same entries again
    QCOMPARE(world.engine().throughput(), 0.0);
    world.submit({.name = u"last"_s});
    world.settle();
    QVERIFY(world.engine().throughput() > 0.2);
    QVERIFY(world.engine().throughput() < 0.4);
}

void tst_LayerLoad::LIFE_6_exchangedUnderLoad()
{
    Factory factory({.workerCount = 2}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    std::atomic<bool> done = false;
    std::thread submitter([&] {
        while (!done)
            factory.dispatch(1, 1);
    });
    std::vector<std::shared_ptr<CountingLayer>> layers;
    qint64 completed = 0;
    for (int i = 0; i < 200; ++i) {
        layers.push_back(std::make_shared<CountingLayer>());
        factory.setStatisticsLayer(layers.back());
        QThread::yieldCurrentThread();
    }
    const bool heard = Support::eventually([&] { return layers.back()->completed > 0; });
    done = true;
    submitter.join();
    QVERIFY(heard);
    QVERIFY(factory.stop(Support::Patience).isClean());
    for (const auto &layer : layers)
        completed += layer->completed;
    QVERIFY(completed <= factory.counters().completed);
}

void tst_LayerLoad::STAT_1_nothingIsMissedUnderLoad()
{
    constexpr int Each = 3'000;
    const auto layer = std::make_shared<CountingLayer>();
    Factory factory({.workerCount = 3, .queueLimit = 100, .statistics = layer},
                    [](Job<int, int> &job) {
                        if (job.message() % 100 == 0)
                            throw JobError(u"no"_s);
                    });
    factory.setOnFailure(OnFailure::KeepWorker);
    QVERIFY(factory.start());
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < Each; ++i) {
                QFuture<void> future = factory.submit(i, i,
                                                      {.retry = RetryPolicy{.maximumAttempts = 2}});
                if (i % 50 == 1)
                    future.cancel();
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY(Support::hasEnded(factory.drain()));
    QCOMPARE(layer->submitted, 3 * Each);
    QVERIFY(layer->retried > 0);
    QCOMPARE(layer->differences(factory.counters()), QString());
}

void tst_LayerLoad::STAT_1_isToldBeforeTheFuture()
{
    class Looker final : public StatisticsLayer
    {
    public:
        void jobCompleted(const AbstractJob &, const JobRun &) override { look(); }
        void jobFailed(const AbstractJob &, const JobRun &, const std::exception_ptr &) override
        {
            look();
        }
        void jobDiscarded(const AbstractJob &, DiscardReason) override { look(); }
        void jobCanceled(const AbstractJob &) override { look(); }
        void look() { (future.isFinished() ? late : intime) += 1; }
        QFuture<void> future;
        int late = 0;
        int intime = 0;
    };
    for (const QString &end : {u"completed"_s, u"failed"_s, u"canceled"_s, u"discarded"_s}) {
        const Support::Gate gate;
        const auto layer = std::make_shared<Looker>();
        Factory factory({.workerCount = 1, .statistics = layer}, [=](Job<QString, int> &job) {
            gate.pass();
            if (job.key() == u"failed")
                throw JobError({});
        });
        const Support::GateOpener opener(gate);
        layer->future = factory.submit(end, 0);
        if (end != u"discarded") {
            QVERIFY(factory.start());
            QVERIFY(gate.awaitArrivals());
        }
        if (end == u"canceled")
            layer->future.cancel();
        gate.open();
        QVERIFY(factory.stop(Support::Patience).isClean());
        QVERIFY(layer->future.isFinished());
        QVERIFY2(layer->intime == 1 && layer->late == 0, qPrintable(end));
    }
}

void tst_LayerLoad::STAT_1_mayDispatch()
{
    class Dispatcher final : public CountingLayer
    {
    public:
        void jobCompleted(const AbstractJob &job, const JobRun &run) override
        {
            CountingLayer::jobCompleted(job, run);
            if (completed < 10)
                again();
        }
        std::function<void()> again;
    };
    const auto layer = std::make_shared<Dispatcher>();
    Factory factory({.workerCount = 1, .statistics = layer}, [](Job<int, int> &) {});
    layer->again = [&factory] {
        static_cast<void>(factory.counters());
        factory.dispatch(1, 1);
    };
    QVERIFY(factory.start());
    factory.dispatch(1, 1);
    QVERIFY(Support::eventually([&] { return layer->completed == 10; }));
    QVERIFY(factory.stop(Support::Patience).isClean());
}

void tst_LayerLoad::STAT_1_exceptionsAreLogged()
{
    Factory factory({.workerCount = 1, .statistics = std::make_shared<Thrower>()},
                    [](Job<int, int> &) {});
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"layer threw \"submitted\"; layers must not throw"_s));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"layer threw \"completed\"; layers must not throw"_s));
    QVERIFY(factory.start());
    QFuture<void> future = factory.submit(1, 1);
    QVERIFY(Support::hasEnded(future));
    QVERIFY(!Support::errorOf(future));
}

QTEST_GUILESS_MAIN(tst_LayerLoad)
#include "tst_layerload.moc"
