// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"
#include "support/simulation.h"

#include <Millwright/Factory>

#include <QTest>

#include <deque>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Simulation::World;
using Support::eventually;
using Support::hasEnded;

namespace {

constexpr qint64 Millisecond = 1'000'000;

//! A running world whose controllers are asked every 10 ms.
class Plant
{
public:
    explicit Plant(CapacityController capacity, QueueLimitController limit = {})
        : world({.name = u"plant"_s,
                 .workerCount = 2,
                 .queueLimit = 5,
                 .capacityController = std::move(capacity),
                 .queueLimitController = std::move(limit)})
    {
        world.engine().start();
        world.settle();
    }
    void tick(int intervals = 1) { world.pass(10 * Millisecond * intervals); }
    Engine *operator->() { return &world.engine(); }

    World world;
};

int failures(Engine &engine)
{
    int count = 0;
    for (const FactoryEvent &event : engine.eventsSince(0))
        count += event.kind == FactoryEvent::CallFailed ? 1 : 0;
    return count;
}

} // namespace

class tst_Controllers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void POOL_5_workerCountFollowsTheController();
    void POOL_5_answersAreKeptWithinMinimumAndMaximum_data();
    void POOL_5_answersAreKeptWithinMinimumAndMaximum();
    void POOL_5_controllersKeepTheirOwnIntervals();
    void POOL_5_hugeIntervalIsNotReached();
    void POOL_5_nextCallComesAnIntervalAfterTheLast_data();
    void POOL_5_nextCallComesAnIntervalAfterTheLast();
    void POOL_5_slowControllerIsNotCalledAgain();
    void POOL_5_failuresAreLoggedOncePerChange();
    void POOL_5_failureWithoutATextIsLogged();
    void POOL_5_nonsenseIsClampedWithAWarning_data();
    void POOL_5_nonsenseIsClampedWithAWarning();
    void POOL_5_unsuitableSettingsAreNamed_data();
    void POOL_5_unsuitableSettingsAreNamed();
    void POOL_5_drainingFactoryIsGivenWorkersAgain();
    void DISC_1_limitFollowsTheController();
    void DISC_1_limitMayBeAnsweredLater();
    void LIFE_3_controllersRunOnAThreadOfTheFactorysOwn();
    void LIFE_5_hangingControllerIsGivenUp_data();
    void LIFE_5_hangingControllerIsGivenUp();
    void LIFE_5_controllerWhoseTurnHasNotComeIsNotNamed();
    void LIFE_5_unansweredFutureHoldsUpNothing_data();
    void LIFE_5_unansweredFutureHoldsUpNothing();
    void LIFE_5_unansweredFutureIsNotBlamed();
    void LIFE_6_controllersMayBeExchanged();
    void LIFE_6_lateAnswerIsNotTakenForThatOfTheNewController();
    void LIFE_6_removedControllerThatNeverHadItsTurnIsNotCalled();
    void LIFE_4_stoppingFactoryAsksNoController();
    void STAT_5_controllersHaveATimerOnlyWhileTheFactoryRuns();
    void STAT_5_controllersSetAtTheWrongTimeHaveNoTimer();
};

void tst_Controllers::POOL_5_workerCountFollowsTheController()
{
    QList<int> seen;
    bool sawWorkers = false;
    Plant plant({.function =
                     [&](const FactorySnapshot &now) {
                         seen.append(now.workerCount);
                         sawWorkers = sawWorkers || !now.workers.isEmpty();
                         return now.workerCount + int(now.counters.waiting);
                     },
                 .interval = 10ms,
                 .maximum = 8});
    QCOMPARE(plant->workerCount(), 2);
    for (int i = 0; i < 5; ++i)
        plant.world.submit({.name = u"j%1"_s.arg(i), .duration = 25 * Millisecond});
    plant.world.pass(9 * Millisecond);
    QCOMPARE(seen, QList<int>()); // the first interval is not over
    plant.world.pass(Millisecond);
    QCOMPARE(seen, QList<int>{2});
    QCOMPARE(plant->workerCount(), 5); // as 3 waited
    QCOMPARE(plant.world.workersAlive(), 5);
    QCOMPARE(plant->counters().waiting, 0);
    plant.tick(3);
    QCOMPARE(seen, (QList<int>{2, 5, 5, 5}));
    QVERIFY(!sawWorkers); // they cost too much
}

void tst_Controllers::POOL_5_answersAreKeptWithinMinimumAndMaximum_data()
{
    QTest::addColumn<int>("answer");
    QTest::addColumn<int>("expected");
    QTest::newRow("less") << 0 << 2;
    QTest::newRow("minimum") << 2 << 2;
    QTest::newRow("between") << 3 << 3;
    QTest::newRow("maximum") << 4 << 4;
    QTest::newRow("more") << 5 << 4;
    QTest::newRow("the most that makes sense") << CapacityController::MostWorkers << 4;
}

void tst_Controllers::POOL_5_answersAreKeptWithinMinimumAndMaximum()
{
    QFETCH(const int, answer);
    QFETCH(const int, expected);
    Plant plant({.function = [=](const FactorySnapshot &) { return answer; },
                 .interval = 10ms,
                 .minimum = 2,
                 .maximum = 4});
    plant.tick();
    QCOMPARE(plant->workerCount(), expected);
}

void tst_Controllers::POOL_5_controllersKeepTheirOwnIntervals()
{
    int calls[2] = {};
    const auto count = [](int &number) {
        return [&number](const FactorySnapshot &) { return ++number, 2; };
    };
    Plant plant({.function = count(calls[0]), .interval = 10ms},
                {.function = count(calls[1]), .interval = 35ms});
    plant.tick(10);
    QCOMPARE(calls[0], 10);
    QCOMPARE(calls[1], 2);
}

void tst_Controllers::POOL_5_hugeIntervalIsNotReached()
{
    int calls = 0;
    Plant plant({.function = [&](const FactorySnapshot &) { return ++calls; },
                 .interval = std::chrono::milliseconds::max()});
    plant.world.pass(3600 * 1000 * Millisecond);
    QCOMPARE(calls, 0);
}

void tst_Controllers::POOL_5_nextCallComesAnIntervalAfterTheLast_data()
{
    QTest::addColumn<int>("answeredAfter"); // ms, as the next
    QTest::addColumn<int>("calledAfter");
    QTest::newRow("at once") << 0 << 10;
    QTest::newRow("in time") << 4 << 10;
    QTest::newRow("at the last moment") << 9 << 10;
    QTest::newRow("when it is due") << 10 << 20;
    QTest::newRow("late") << 14 << 24;
}

void tst_Controllers::POOL_5_nextCallComesAnIntervalAfterTheLast()
{
    QFETCH(const int, answeredAfter);
    QFETCH(const int, calledAfter);
    QPromise<int> promises[2];
    int calls = 0;
    Plant plant({.function =
                     [&](const FactorySnapshot &) {
                         promises[calls].start();
                         return promises[calls++].future();
                     },
                 .interval = 10ms});
    plant.tick();
    QCOMPARE(calls, 1);
    plant.world.pass(answeredAfter * Millisecond);
    promises[0].addResult(2);
    promises[0].finish();
    plant.world.pass((calledAfter - answeredAfter) * Millisecond - 1);
    QCOMPARE(calls, 1);
    plant.world.pass(1);
    QCOMPARE(calls, 2);
}

void tst_Controllers::POOL_5_slowControllerIsNotCalledAgain()
{
    std::deque<QPromise<int>> calls;
    Plant plant({.function =
                     [&](const FactorySnapshot &) {
                         calls.emplace_back().start();
                         return calls.back().future();
                     },
                 .interval = 10ms,
                 .maximum = 9});
    plant.tick(100);
    QCOMPARE(calls.size(), std::size_t(1));
    calls.at(0).addResult(7);
    QCOMPARE(plant->workerCount(), 2);
    calls.at(0).finish();
    QCOMPARE(plant->workerCount(), 7);
    plant.world.pass(9 * Millisecond);
    QCOMPARE(calls.size(), std::size_t(1)); // the answer was late, but the interval is kept
    plant.world.pass(Millisecond);
    QCOMPARE(calls.size(), std::size_t(2));
}

void tst_Controllers::POOL_5_failuresAreLoggedOncePerChange()
{
    QStringList errors = u"a a a b b - b"_s.split(u' ');
    int calls = 0;
    Plant plant({.function =
                     [&](const FactorySnapshot &) {
                         const QString error = errors.value(calls++, u"-"_s);
                         if (error == u'-')
                             return QtFuture::makeReadyFuture(4);
                         if (calls % 2)
                             throw JobError(error);
                         return QtFuture::makeExceptionalFuture<int>(JobError(error));
                     },
                 .interval = 10ms,
                 .maximum = 9});
    const auto expect = [](const char *error) {
        QTest::ignoreMessage(
            QtWarningMsg, qPrintable(u"Factory \"plant\": the capacityController failed: %1."_s.arg(
                              QLatin1String(error))));
    };
    expect("a");
    plant.tick(3);
    QCOMPARE(failures(plant.world.engine()), 1);
    expect("b");
    plant.tick(2);
    QCOMPARE(failures(plant.world.engine()), 2);
    QCOMPARE(plant->workerCount(), 2); // so far nothing has changed
    plant.tick();
    QCOMPARE(plant->workerCount(), 4);
    expect("b");
    plant.tick(3);
    QCOMPARE(failures(plant.world.engine()), 3);
    QCOMPARE(calls, 9);
    QVERIFY(plant->state() == FactoryState::Running);
}

void tst_Controllers::POOL_5_failureWithoutATextIsLogged()
{
    Plant plant({.function = [](const FactorySnapshot &) -> int { throw JobError(QString()); },
                 .interval = 10ms});
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"capacityController failed: unknown error"_s));
    plant.tick(3);
    QCOMPARE(failures(plant.world.engine()), 1);
}

void tst_Controllers::POOL_5_nonsenseIsClampedWithAWarning_data()
{
    QTest::addColumn<bool>("limit");
    QTest::addColumn<qint64>("answer");
    QTest::addColumn<int>("expected");
    QTest::newRow("workers, negative") << false << qint64(-1) << 1;
    QTest::newRow("workers, huge") << false << (qint64(1) << 62) << 4;
    QTest::newRow("workers, hugely negative") << false << std::numeric_limits<qint64>::min() << 1;
    QTest::newRow("limit, negative") << true << qint64(-2) << 0;
}

void tst_Controllers::POOL_5_nonsenseIsClampedWithAWarning()
{
    QFETCH(const bool, limit);
    QFETCH(const qint64, answer);
    QFETCH(const int, expected);
    const auto function = [=](const FactorySnapshot &) { return answer; };
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"the %1 failed: it answered -?\\d+, and %2 was used"_s
                               .arg(limit ? u"queueLimitController"_s : u"capacityController"_s)
                               .arg(expected)));
    Plant plant(limit ? CapacityController()
                      : CapacityController{.function = function, .interval = 10ms, .maximum = 4},
                limit ? QueueLimitController{.function = function, .interval = 10ms}
                      : QueueLimitController());
    plant.tick(3);
    QCOMPARE(limit ? int(plant->queueLimit()) : plant->workerCount(), expected);
}

void tst_Controllers::POOL_5_unsuitableSettingsAreNamed_data()
{
    QTest::addColumn<int>("minimum");
    QTest::addColumn<int>("maximum");
    QTest::addColumn<int>("interval"); // ms
    QTest::addColumn<QString>("used");
    QTest::addColumn<int>("expected"); // number of workers, after one answer of 7 in 10 ms
    QTest::newRow("negative") << -3 << -5 << 10 << u"0, 0 and 10 ms"_s << 0;
    QTest::newRow("negative minimum") << -3 << 5 << 10 << u"0, 5 and 10 ms"_s << 5;
    QTest::newRow("maximum below minimum") << 9 << 8 << 10 << u"9, 9 and 10 ms"_s << 9;
    QTest::newRow("huge maximum") << 0 << 100'001 << 10
                                  << u"0, %1 and 10 ms"_s.arg(CapacityController::MostWorkers) << 7;
    QTest::newRow("no interval") << 0 << 9 << 0 << u"0, 9 and 1 ms"_s << 7;
}

void tst_Controllers::POOL_5_unsuitableSettingsAreNamed()
{
    QFETCH(const int, minimum);
    QFETCH(const int, maximum);
    QFETCH(const int, interval);
    QFETCH(const QString, used);
    QFETCH(const int, expected);
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"the capacityController has a minimum of %1, a maximum of %2 and an "
                           "interval of %3 ms; %4 are used"_s.arg(minimum)
                               .arg(maximum)
                               .arg(interval)
                               .arg(used)));
    int calls = 0;
    Plant plant({.function =
                     [&](const FactorySnapshot &) {
                         ++calls;
                         return 7;
                     },
                 .interval = std::chrono::milliseconds(interval),
                 .minimum = minimum,
                 .maximum = maximum});
    plant.tick();
    QCOMPARE(calls, interval == 0 ? 10 : 1);
    QCOMPARE(plant->workerCount(), expected);
}

void tst_Controllers::POOL_5_drainingFactoryIsGivenWorkersAgain()
{
    World world({.workerCount = 0,
                 .capacityController = {
                     .function = [](const FactorySnapshot &now) { return now.counters.waiting; },
                     .interval = 10ms,
                     .minimum = 0}});
    world.engine().start();
    world.settle();
    world.submit({.name = u"j"_s});
    world.engine().drain(); // before the controller has seen the job
    world.pass(100 * Millisecond);
    QVERIFY(world.engine().state() == FactoryState::Stopped);
    QCOMPARE(world.engine().counters().completed, 1);
}

void tst_Controllers::DISC_1_limitFollowsTheController()
{
    int limit = 2;
    Plant plant({}, {.function = [&](const FactorySnapshot &) { return limit; },
                     .interval = 10ms,
                     .maximum = 3});
    QCOMPARE(plant->queueLimit(), 5);
    auto offer = [&, next = 0](int count) mutable {
        int accepted = 0;
        for (int i = 0; i < count; ++i) {
            accepted += plant.world.submit(
                {.name = u"j%1"_s.arg(next++), .duration = 500 * Millisecond});
        }
        return accepted;
    };
    plant.tick();
    QCOMPARE(plant->queueLimit(), 2);
    QCOMPARE(offer(9), 4); // 2 run
    plant.world.settle();
    limit = 100;
    plant.tick();
    QCOMPARE(plant->queueLimit(), 3);
    QCOMPARE(offer(9), 1);
    limit = 0;
    plant.tick();
    QCOMPARE(plant->counters().waiting, 3); // who waits already is left in peace
    QCOMPARE(offer(9), 0);
    limit = FactorySettings::Unlimited;
    plant.tick();
    QCOMPARE(plant->queueLimit(), -1);
    QCOMPARE(offer(9), 9);
    QVERIFY(plant.world.finish());
    QCOMPARE(plant.world.violations(), QString());
}

void tst_Controllers::DISC_1_limitMayBeAnsweredLater()
{
    QPromise<int> promise;
    promise.start();
    Plant plant({}, {.function = [&](const FactorySnapshot &) { return promise.future(); },
                     .interval = 10ms});
    plant.tick(10);
    QCOMPARE(plant->queueLimit(), 5);
    promise.addResult(1);
    promise.finish();
    QCOMPARE(plant->queueLimit(), 1);
}

void tst_Controllers::LIFE_3_controllersRunOnAThreadOfTheFactorysOwn()
{
    struct Where : Worker<int, int, QThread *>
    {
        QThread *process(Job &) override { return QThread::currentThread(); }
    };
    const Support::Gate gate;
    std::atomic<QThread *> thread = nullptr;
    Factory<Where> factory({.workerCount = 1,
                            .capacityController = {.function =
                                                       [&, gate](const FactorySnapshot &) {
                                                           thread = QThread::currentThread();
                                                           gate.pass();
                                                           return 3;
                                                       },
                                                   .interval = 1ms,
                                                   .maximum = 3}});
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals());
    auto workerThread = factory.submit(1, 0); // nobody is held up
    QVERIFY(hasEnded(workerThread));
    QVERIFY(thread && thread != QThread::currentThread() && thread != workerThread.result());
    gate.open();
    QVERIFY(eventually([&] { return factory.workerCount() == 3; }));
}

void tst_Controllers::LIFE_5_hangingControllerIsGivenUp_data()
{
    QTest::addColumn<bool>("limit");
    QTest::newRow("capacity") << false;
    QTest::newRow("queue limit") << true;
}

void tst_Controllers::LIFE_5_hangingControllerIsGivenUp()
{
    QFETCH(const bool, limit);
    const QString name = limit ? u"queueLimitController"_s : u"capacityController"_s;
    const Support::Gate gate;
    const auto hang = [gate](const FactorySnapshot &) {
        gate.pass();
        return 1;
    };
    Factory factory({.name = u"mill"_s, .workerCount = 1}, [](Job<int, int> &) {});
    const Support::GateOpener opener(gate);
    if (limit)
        factory.setQueueLimitController({.function = hang, .interval = 1ms});
    else
        factory.setCapacityController({.function = hang, .interval = 1ms});
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals());
    QTest::ignoreMessage(QtWarningMsg,
                         qPrintable(u"Factory \"mill\": %1 has not ended by the deadline; it was "
                                    "given up."_s.arg(name)));
    const StopReport report = factory.stop(20ms);
    QCOMPARE(report.calls, QStringList(name));
    QVERIFY(factory.state() == FactoryState::Stopped);
}

void tst_Controllers::LIFE_5_controllerWhoseTurnHasNotComeIsNotNamed()
{
    const Support::Gate gate;
    std::atomic<int> calls = 0;
    Factory factory(
        {.name = u"mill"_s,
         .workerCount = 1,
         .capacityController = {.function =
                                    [gate](const FactorySnapshot &) {
                                        gate.pass();
                                        return 1;
                                    },
                                .interval = 1ms},
         .queueLimitController = {.function = [&](const FactorySnapshot &) { return ++calls; },
                                  .interval = 1ms}},
        [](Job<int, int> &) {});
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals()); // at the same alarm the other one has got its place behind it
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"capacityController has not ended"_s));
    const StopReport report = factory.stop(20ms);
    QCOMPARE(report.calls, QStringList(u"capacityController"_s));
    gate.open();
    QCOMPARE(calls, 0);
}

void tst_Controllers::LIFE_5_unansweredFutureHoldsUpNothing_data()
{
    QTest::addColumn<bool>("fails");
    QTest::newRow("late answer") << false;
    QTest::newRow("late error") << true;
}

void tst_Controllers::LIFE_5_unansweredFutureHoldsUpNothing()
{
    QFETCH(const bool, fails);
    QPromise<int> promises[2];
    int calls = 0;
    const auto ask = [&](QPromise<int> &promise) {
        promise.start();
        return [&](const FactorySnapshot &) {
            ++calls;
            return promise.future();
        };
    };
    Plant plant({.function = ask(promises[0]), .interval = 10ms},
                {.function = ask(promises[1]), .interval = 10ms});
    plant.tick(2);
    QCOMPARE(calls, 2);
    plant->drain();
    plant.world.settle();
    QVERIFY(plant->state() == FactoryState::Stopped);
    for (QPromise<int> &promise : promises) { // are heard by nobody
        if (fails)
            promise.setException(JobError(u"late"_s));
        else
            promise.addResult(1);
        promise.finish();
    }
    QCOMPARE(plant->workerCount(), 2);
    QCOMPARE(plant->queueLimit(), 5);
    QCOMPARE(failures(plant.world.engine()), 0);
}

// It is a job that holds up the end.
void tst_Controllers::LIFE_5_unansweredFutureIsNotBlamed()
{
    QPromise<int> promise;
    promise.start();
    Plant plant(
        {.function = [&](const FactorySnapshot &) { return promise.future(); }, .interval = 10ms});
    plant.world.submit({.name = u"j"_s, .duration = World::Hung});
    plant.tick();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has not finished job \"j\""_s));
    const StopReport report = plant->stop(QDeadlineTimer(0));
    QCOMPARE(report.unfinished.size(), 1);
    QCOMPARE(report.calls, QStringList());
}

void tst_Controllers::LIFE_6_controllersMayBeExchanged()
{
    QPromise<int> promise;
    promise.start();
    Plant plant({.function = [&](const FactorySnapshot &) { return promise.future(); },
                 .interval = 10ms,
                 .maximum = 9});
    plant.tick();
    plant->setCapacityController(
        {.function = [](const FactorySnapshot &) { return 3; }, .interval = 20ms, .maximum = 9});
    promise.addResult(8);
    promise.finish();
    QCOMPARE(plant->workerCount(), 2); // the old one is not listened to
    plant.tick();
    QCOMPARE(plant->workerCount(), 2);
    plant.tick();
    QCOMPARE(plant->workerCount(), 3);
    plant->setCapacityController({});
    plant->setWorkerCount(4);
    plant.tick(10);
    QCOMPARE(plant->workerCount(), 4);
    QVERIFY(!plant.world.clock().hasAlarm());
}

void tst_Controllers::LIFE_6_lateAnswerIsNotTakenForThatOfTheNewController()
{
    QPromise<int> promises[2];
    Plant plant({});
    for (QPromise<int> &promise : promises) {
        promise.start();
        plant->setCapacityController(
            {.function = [&](const FactorySnapshot &) { return promise.future(); },
             .interval = 10ms,
             .maximum = 9});
        plant.tick();
    }
    promises[0].addResult(8);
    promises[0].finish();
    QCOMPARE(plant->workerCount(), 2); // the new one has been asked, and not answered
    promises[1].addResult(3);
    promises[1].finish();
    QCOMPARE(plant->workerCount(), 3);
}

void tst_Controllers::LIFE_6_removedControllerThatNeverHadItsTurnIsNotCalled()
{
    int calls = 0;
    Plant plant({.function = [&](const FactorySnapshot &) { return ++calls; }, .interval = 10ms});
    plant.world.clock().moveTo(plant.world.clock().now() + 10 * Millisecond); // due
    plant->setCapacityController({});
    plant.tick(3);
    QCOMPARE(calls, 0);
    plant->drain();
    plant.world.settle();
    QVERIFY(plant->state() == FactoryState::Stopped);
}

void tst_Controllers::LIFE_4_stoppingFactoryAsksNoController()
{
    int calls = 0;
    const auto count = [&](const FactorySnapshot &) { return ++calls; };
    Plant plant({.function = count, .interval = 10ms}, {.function = count, .interval = 10ms});
    plant.world.submit({.name = u"runs"_s, .duration = 50 * Millisecond});
    plant.world.settle();
    plant.world.clock().moveTo(plant.world.clock().now() + 10 * Millisecond); // both are due
    plant->stop();
    plant.world.settle();
    QCOMPARE(calls, 0);
    QVERIFY(plant->state() == FactoryState::Draining);
    plant.world.pass(50 * Millisecond);
    QVERIFY(plant->state() == FactoryState::Stopped);
    QCOMPARE(calls, 0);
}

void tst_Controllers::STAT_5_controllersHaveATimerOnlyWhileTheFactoryRuns()
{
    int calls = 0;
    World world({.workerCount = 1,
                 .capacityController = {.function =
                                            [&](const FactorySnapshot &) {
                                                ++calls;
                                                return 1;
                                            },
                                        .interval = 10ms}});
    QVERIFY(!world.clock().hasAlarm());
    world.engine().start();
    QVERIFY(!world.clock().hasAlarm()); // Starting
    world.settle();
    QVERIFY(world.clock().hasAlarm());
    world.pass(50 * Millisecond);
    QCOMPARE(calls, 5);
    world.submit({.name = u"j"_s, .duration = 50 * Millisecond, .promised = false});
    world.settle();
    world.engine().stop();
    world.pass(49 * Millisecond);
    QVERIFY(world.engine().state() == FactoryState::Draining);
    QVERIFY(!world.clock().hasAlarm()); // nothing is left to control
    world.pass(Millisecond);
    QVERIFY(world.engine().state() == FactoryState::Stopped);
    QCOMPARE(calls, 5);
}

void tst_Controllers::STAT_5_controllersSetAtTheWrongTimeHaveNoTimer()
{
    World world({.workerCount = 1});
    const auto setsAlarm = [&] {
        world.engine().setCapacityController(
            {.function = [](const FactorySnapshot &) { return 1; }, .interval = 10ms});
        const bool hasAlarm = world.clock().hasAlarm();
        world.engine().setCapacityController({});
        return hasAlarm;
    };
    QVERIFY(!setsAlarm()); // Idle
    world.submit({.name = u"j"_s, .promised = false});
    world.engine().start();
    QVERIFY(!setsAlarm()); // Starting
    world.engine().drain();
    QVERIFY(!setsAlarm()); // Draining, and not yet open for work
    world.settle();
    QVERIFY(world.engine().state() == FactoryState::Stopped);
    QVERIFY(!setsAlarm());
    QCOMPARE(world.engine().counters().completed, 1);
}

QTEST_GUILESS_MAIN(tst_Controllers)

#include "tst_controllers.moc"
