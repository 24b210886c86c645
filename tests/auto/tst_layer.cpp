// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/countinglayer.h"
#include "support/expectations.h"
#include "support/simulation.h"

#include <Millwright/Factory>
#include <Millwright/StatisticsLayer>

#include <QTest>

using namespace Millwright;
using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::CountingLayer;

namespace {

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

//! Keeps what attempts have told.
class Timekeeper final : public StatisticsLayer
{
public:
    void jobCompleted(const AbstractJob &, const JobRun &run) override { runs += run; }
    void jobRetried(const AbstractJob &, const JobRun &run, const std::exception_ptr &) override
    {
        runs += run;
    }

    QList<JobRun> runs;
};

constexpr qint64 Lag = 20; // of the clock of another thread

} // namespace

class tst_Layer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void JOB_7_clocksOfThreadsMayDiffer();
    void JOB_7_attemptsThatOthersEndMayDiffer();
    void JOB_7_handBehindAnEmptiedOne();
    void STAT_1_jobsAreTold();
    void STAT_1_discardedJobsAreTold();
    void STAT_1_workersAreTold();
    void STAT_1_lostJobsAreTold();
    void STAT_1_broadcastsAreTold();
    void STAT_1_samples();
    void STAT_5_layersOfIdleFactoriesRest();
    void LIFE_6_layersAreExchanged();
};

void tst_Layer::JOB_7_clocksOfThreadsMayDiffer()
{
    const auto layer = std::make_shared<Timekeeper>();
    World world({.workerCount = 1, .statistics = layer});
    world.engine().start();
    world.settle();
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s}) {
        world.pass(Millisecond);
        world.submit({.name = name});
        world.clock().lag(Lag); // before the worker looks
        world.settle();
    }
    QCOMPARE(layer->runs.size(), 3);
    for (const JobRun &run : std::as_const(layer->runs)) {
        QVERIFY(run.submitted <= run.routed);
        QVERIFY(run.routed <= run.started);
        QVERIFY(run.started <= run.finished);
    }
    const Latencies latencies = world.engine().latencies();
    for (const HistogramSnapshot &times :
         {latencies.queueTime, latencies.runTime, latencies.totalTime}) {
        QCOMPARE(times.count(), 3);
        QCOMPARE(times.min(), 0);
        QCOMPARE(times.max(), 0);
    }

    world.pass(Millisecond);
    world.submit({.name = u"d"_s, .duration = Millisecond});
    world.submit({.name = u"e"_s});
    world.settle();
    world.clock().lag(Lag);
    const FactorySnapshot now = world.engine().snapshot(true);
    QCOMPARE(now.workers.at(0).elapsed.count(), 0);
    QCOMPARE(now.oldestWaiting.count(), 0);
    QVERIFY(world.finish());
}

// By a thread that sheds them, or that gives their worker up.
void tst_Layer::JOB_7_attemptsThatOthersEndMayDiffer()
{
    const auto layer = std::make_shared<Timekeeper>();
    const RetryPolicy retry{
        .maximumAttempts = 2, .backoff = 1ms, .on = RetryOn::Loadshed | RetryOn::WorkerLost};
    World world({.workerCount = 1,
                 .queueLimit = 1,
                 .discardMode = DiscardMode::Oldest,
                 .statistics = layer});
    world.engine().start();
    world.pass(Millisecond);
    world.submit({.name = u"lost"_s, .hangs = 1, .options = {.retry = retry}});
    world.settle();
    world.submit({.name = u"shed"_s, .options = {.retry = retry}});
    world.clock().lag(Lag);
    world.submit({.name = u"other"_s});
    QCOMPARE(layer->runs.size(), 1);
    QVERIFY(layer->runs.constFirst().submitted <= layer->runs.constFirst().finished);

    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"its thread was left behind"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"job \"lost\" of worker 0 is lost"_s));
    QVERIFY(world.abandon(0));
    QCOMPARE(layer->runs.size(), 2);
    QVERIFY(layer->runs.constLast().started <= layer->runs.constLast().finished);
    world.letAllGo();
    QVERIFY(world.finish());
}

// What two workers of a thread have was dealt together, one after the other. The first loses all of it before it
// begins.
void tst_Layer::JOB_7_handBehindAnEmptiedOne()
{
    const auto layer = std::make_shared<Timekeeper>();
    World world({.workerCount = 2,
                 .threadCount = 1,
                 .router = roundRobin(),
                 .queueLimit = 2,
                 .discardMode = DiscardMode::Oldest,
                 .statistics = layer});
    world.engine().start();
    world.settle();
    for (const QString &name : {u"short 0"_s, u"short 1"_s}) {
        world.submit({.name = name});
        world.settle();
    }
    layer->runs.clear();

    world.clock().setLookTime(Lag);
    for (const QString &name : {u"shed"_s, u"behind"_s, u"last"_s})
        world.submit({.name = name});
    const auto dealt = [&] {
        const std::vector<Workload> workloads = world.workloads();
        return std::ranges::count_if(workloads, &Workload::isBatch);
    };
    while (dealt() < 2)
        QVERIFY(world.step());
    world.submit({.name = u"later"_s});
    world.engine().setQueueLimit(1);
    world.submit({.name = u"one too many"_s});
    QCOMPARE(world.fates().at(u"shed"_s).discarded, 1);
    QCOMPARE(dealt(), 1);
    QVERIFY(world.finish());
    QCOMPARE(layer->runs.size(), 4);
    for (const JobRun &run : std::as_const(layer->runs)) {
        QVERIFY(run.submitted <= run.routed);
        QVERIFY(run.routed <= run.started);
        QVERIFY(run.started <= run.finished);
    }
}

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
    again.options.retry = RetryPolicy{.maximumAttempts = 2, .backoff = 4ms};
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

QTEST_GUILESS_MAIN(tst_Layer)
#include "tst_layer.moc"
