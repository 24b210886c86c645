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
using namespace std::chrono_literals;
using Support::CountingLayer;

namespace {

constexpr qint64 Millisecond = 1'000'000;

//! Writes down what it is told, as text. Milliseconds.
class Recorder : public StatisticsLayer
{
public:
    explicit Recorder(std::chrono::milliseconds interval = 0ms) : m_interval(interval) {}

    void jobSubmitted(const AbstractJob &job) override { log += job.keyText() + u" submitted"_s; }
    void jobCompleted(const AbstractJob &job, const JobRun &run) override
    {
        log += job.keyText() + u" completed "_s + text(run);
    }
    void jobFailed(const AbstractJob &job, const JobRun &run,
                   const std::exception_ptr &error) override
    {
        log += job.keyText() + u" failed "_s + text(run) + u' ' + errorText(error);
    }
    void jobRetried(const AbstractJob &job, const JobRun &run,
                    const std::exception_ptr &error) override
    {
        log += job.keyText() + u" retried "_s + text(run) + u' ' + errorText(error);
    }
    void jobDiscarded(const AbstractJob &job, DiscardReason reason) override
    {
        log += job.keyText() + u" "_s + nameOf(reason);
    }
    void jobCanceled(const AbstractJob &job) override { log += job.keyText() + u" canceled"_s; }
    void jobLost(const AbstractJob &job, int worker) override
    {
        log += u"%1 lost@%2"_s.arg(job.keyText()).arg(worker);
    }
    void workerStarted(int worker) override { log += u"+%1"_s.arg(worker); }
    void workerRestarted(int worker) override { log += u"=%1"_s.arg(worker); }
    std::chrono::milliseconds samplingInterval() const override { return m_interval; }
    void sampled(const FactorySnapshot &snapshot) override
    {
        log += u"[%1 wait, %2 run, %3 of %4 active, limit %5]"_s.arg(snapshot.counters.waiting)
                   .arg(snapshot.counters.running)
                   .arg(snapshot.activeWorkers)
                   .arg(snapshot.workerCount)
                   .arg(snapshot.queueLimit);
    }

    [[nodiscard]] QString take() { return std::exchange(log, {}).join(u", "_s); }

    QStringList log;

private:
    // worker, attempt, queue time + run time = total time
    static QString text(const JobRun &run)
    {
        return u"@%1 #%2 %3+%4=%5"_s.arg(run.worker)
            .arg(run.attempt)
            .arg(run.queueTime().count() / Millisecond)
            .arg(run.runTime().count() / Millisecond)
            .arg(run.totalTime().count() / Millisecond);
    }

    const std::chrono::milliseconds m_interval;
};

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

class tst_Layer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void STAT_1_jobsAreTold();
    void STAT_1_discardedJobsAreTold();
    void STAT_1_workersAreTold();
    void STAT_1_lostJobsAreTold();
    void STAT_1_broadcastsAreTold();
    void STAT_1_samples();
    void STAT_1_nothingIsMissedUnderLoad();
    void STAT_1_isToldBeforeTheFuture();
    void STAT_1_mayDispatch();
    void STAT_1_exceptionsAreLogged();
    void STAT_2_quantilesOfJobs();
    void STAT_2_throughput();
    void STAT_5_layersOfIdleFactoriesRest();
    void LIFE_6_layersAreExchanged();
    void LIFE_6_exchangedUnderLoad();
};

void tst_Layer::STAT_1_jobsAreTold()
{
    const auto layer = std::make_shared<Recorder>();
    World world({.workerCount = 1, .onFailure = OnFailure::KeepWorker, .statistics = layer});
    world.engine().start();
    world.settle();
    QCOMPARE(layer->take(), u"+0"_s);

    world.submit({.name = u"a"_s, .duration = 5 * Millisecond});
    world.settle();
    world.submit({.name = u"b"_s, .duration = 2 * Millisecond, .asynchronous = true});
    QVERIFY(world.finish());
    QCOMPARE(layer->take(),
             u"a submitted, b submitted, a completed @0 #1 0+5=5, b completed @0 #1 5+2=7"_s);

    world.submit({.name = u"c"_s, .duration = 1 * Millisecond, .failures = 1});
    QVERIFY(world.finish());
    QCOMPARE(layer->take(), u"c submitted, c failed @0 #1 0+1=1 scripted"_s);

    Script again{.name = u"d"_s, .duration = 1 * Millisecond, .failures = 1};
    again.options.retry = {.maximumAttempts = 2, .backoff = 4ms};
    world.submit(again);
    QVERIFY(world.finish());
    QCOMPARE(layer->take(),
             u"d submitted, d retried @0 #1 0+1=1 scripted, d completed @0 #2 5+1=6"_s);

    world.submit({.name = u"e"_s, .duration = 5 * Millisecond});
    world.submit({.name = u"f"_s});
    world.settle();
    world.cancel(u"e"_s);
    world.cancel(u"f"_s);
    world.pass(50 * Millisecond);
    QCOMPARE(layer->take(), u"e submitted, f submitted, e canceled, f canceled"_s);
}

void tst_Layer::STAT_1_discardedJobsAreTold()
{
    const auto layer = std::make_shared<Recorder>();
    World world({.workerCount = 1, .queueLimit = 2, .statistics = layer});
    world.engine().start();
    world.settle();
    layer->log.clear();
    world.submit({.name = u"a"_s, .duration = 50 * Millisecond});
    world.settle();
    Script expiring{.name = u"b"_s};
    expiring.options.timeToLive = 5ms;
    world.submit(expiring);
    world.submit({.name = u"c"_s});
    world.submit({.name = u"d"_s});
    QCOMPARE(layer->take(), u"a submitted, b submitted, c submitted, d submitted, d Loadshed"_s);
    world.pass(20 * Millisecond);
    QCOMPARE(layer->take(), u"b TtlExpired"_s);
    world.engine().stop();
    world.submit({.name = u"e"_s});
    QCOMPARE(layer->take(), u"c Shutdown, e submitted, e Shutdown"_s);
    QVERIFY(world.finish());
    QCOMPARE(layer->take(), u"a completed @0 #1 0+50=50"_s);
}

void tst_Layer::STAT_1_workersAreTold()
{
    const auto layer = std::make_shared<Recorder>();
    World world({.workerCount = 2, .statistics = layer});
    world.engine().start();
    world.settle();
    QCOMPARE(layer->take(), u"+0, +1"_s);
    world.submit({.name = u"a"_s, .failures = 1});
    world.settle();
    const QString worker = world.takeLog().join(u' ').contains(u"a@1") ? u"1"_s : u"0"_s;
    QCOMPARE(layer->take(), u"a submitted, a failed @%1 #1 0+0=0 scripted, =%1"_s.arg(worker));
    world.engine().setWorkerCount(3);
    world.settle();
    QCOMPARE(layer->take(), u"+2"_s);
}

void tst_Layer::STAT_1_lostJobsAreTold()
{
    const auto layer = std::make_shared<Recorder>();
    World world({.workerCount = 1, .statistics = layer});
    world.engine().start();
    world.submit({.name = u"a"_s, .duration = World::Hung});
    world.settle();
    layer->log.clear();
    world.engine().stop();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has not finished job \"a\""_s));
    QCOMPARE(world.engine().giveUp().unfinished.size(), 1);
    QCOMPARE(layer->take(), u"a lost@0"_s);
}

void tst_Layer::STAT_1_broadcastsAreTold()
{
    const auto layer = std::make_shared<CountingLayer>();
    Factory factory({.workerCount = 3, .queueLimit = 0, .statistics = layer},
                    [](Job<int, int> &) {});
    static_cast<void>(factory.broadcast(1, 1)); // nobody is there yet
    QVERIFY(factory.start());
    QVERIFY(Support::eventually([&] { return factory.availableCapacity() == 3; }));
    static_cast<void>(factory.broadcast(1, 1));
    QVERIFY(factory.stop(Support::Patience).isClean());
    QCOMPARE(layer->submitted, 6);
    QCOMPARE(layer->differences(factory.counters()), QString());
}

void tst_Layer::STAT_1_samples()
{
    const auto layer = std::make_shared<Recorder>(10ms);
    World world({.workerCount = 2, .queueLimit = 7, .statistics = layer});
    world.submit({.name = u"early"_s, .duration = 5 * Millisecond});
    world.pass(50 * Millisecond); // not while it is not started
    QVERIFY(!layer->log.join(u' ').contains(u"wait"));
    world.engine().start();
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
        world.submit({.name = name, .duration = 12 * Millisecond});
    world.pass(1000 * Millisecond);
    const QStringList samples = layer->log.filter(u"wait"_s);
    QCOMPARE(samples, (QStringList{u"[1 wait, 2 run, 2 of 2 active, limit 7]"_s,
                                   u"[0 wait, 1 run, 1 of 2 active, limit 7]"_s,
                                   u"[0 wait, 0 run, 0 of 2 active, limit 7]"_s}));
}

// The histograms of a factory and of each of its workers against the exact times.
void tst_Layer::STAT_2_quantilesOfJobs()
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

void tst_Layer::STAT_2_throughput()
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

void tst_Layer::STAT_5_layersOfIdleFactoriesRest()
{
    const auto layer = std::make_shared<Recorder>(10ms);
    World world({.workerCount = 2, .statistics = layer});
    world.engine().start();
    world.pass(100 * Millisecond);
    QVERIFY(!world.clock().hasAlarm());
    layer->log.clear();
    const int rung = world.clock().alarmsRung();
    world.pass(3'600'000 * Millisecond);
    QCOMPARE(world.clock().alarmsRung(), rung);
    QCOMPARE(layer->take(), QString());

    // Something happens: it is seen once, and then there is rest again.
    world.engine().setWorkerCount(1);
    world.pass(1000 * Millisecond);
    QCOMPARE(layer->take(), u"[0 wait, 0 run, 0 of 1 active, limit -1]"_s);
    QVERIFY(!world.clock().hasAlarm());

    // Nobody wants samples any more.
    world.submit({.name = u"a"_s, .duration = World::Hung});
    world.settle();
    QVERIFY(world.clock().hasAlarm());
    world.engine().setStatisticsLayer(std::make_shared<Recorder>());
    world.pass(100 * Millisecond);
    QVERIFY(!world.clock().hasAlarm());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has not finished job \"a\""_s));
    world.engine().stop();
    world.engine().giveUp();
}

void tst_Layer::LIFE_6_layersAreExchanged()
{
    const auto first = std::make_shared<Recorder>();
    const auto second = std::make_shared<Recorder>();
    World world({.workerCount = 1});
    QVERIFY(!world.engine().statisticsLayer());
    world.engine().start();
    world.submit({.name = u"a"_s, .duration = 5 * Millisecond});
    world.settle();
    world.engine().setStatisticsLayer(first); // while the job runs
    QCOMPARE(world.engine().statisticsLayer(), std::shared_ptr<StatisticsLayer>(first));
    QVERIFY(world.finish());
    QCOMPARE(first->take(), u"a completed @0 #1 0+5=5"_s);

    world.submit({.name = u"b"_s, .duration = 5 * Millisecond});
    world.settle();
    world.engine().setStatisticsLayer(second);
    QVERIFY(world.finish());
    QCOMPARE(first->take(), u"b submitted"_s);
    QCOMPARE(second->take(), u"b completed @0 #1 0+5=5"_s);
    QCOMPARE(first.use_count(), 1); // released

    world.submit({.name = u"c"_s});
    world.settle();
    world.engine().setStatisticsLayer(nullptr);
    QCOMPARE(second.use_count(), 1);
    world.submit({.name = u"d"_s});
    QVERIFY(world.finish());
    QCOMPARE(second->take(), u"c submitted, c completed @0 #1 0+0=0"_s);
}

void tst_Layer::LIFE_6_exchangedUnderLoad()
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

void tst_Layer::STAT_1_nothingIsMissedUnderLoad()
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
                QFuture<void> future = factory.submit(i, i, {.retry = {.maximumAttempts = 2}});
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

void tst_Layer::STAT_1_isToldBeforeTheFuture()
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

void tst_Layer::STAT_1_mayDispatch()
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

void tst_Layer::STAT_1_exceptionsAreLogged()
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

QTEST_GUILESS_MAIN(tst_Layer)
#include "tst_layer.moc"
