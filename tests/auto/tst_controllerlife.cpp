// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"
#include "support/plant.h"

#include <Millwright/Factory>

#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Simulation::failures;
using Simulation::Plant;
using Simulation::World;
using Support::eventually;
using Support::hasEnded;

namespace {

constexpr qint64 Millisecond = 1'000'000;

} // namespace

// Controllers at the start and the end of a factory, on their own thread, and exchanged.
class tst_ControllerLife : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void POOL_5_drainingFactoryIsGivenWorkersAgain();
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

void tst_ControllerLife::POOL_5_drainingFactoryIsGivenWorkersAgain()
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

void tst_ControllerLife::LIFE_3_controllersRunOnAThreadOfTheFactorysOwn()
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

void tst_ControllerLife::LIFE_5_hangingControllerIsGivenUp_data()
{
    QTest::addColumn<bool>("limit");
    QTest::newRow("capacity") << false;
    QTest::newRow("queue limit") << true;
}

void tst_ControllerLife::LIFE_5_hangingControllerIsGivenUp()
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

void tst_ControllerLife::LIFE_5_controllerWhoseTurnHasNotComeIsNotNamed()
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

void tst_ControllerLife::LIFE_5_unansweredFutureHoldsUpNothing_data()
{
    QTest::addColumn<bool>("fails");
    QTest::newRow("late answer") << false;
    QTest::newRow("late error") << true;
}

void tst_ControllerLife::LIFE_5_unansweredFutureHoldsUpNothing()
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
void tst_ControllerLife::LIFE_5_unansweredFutureIsNotBlamed()
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

void tst_ControllerLife::LIFE_6_controllersMayBeExchanged()
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

void tst_ControllerLife::LIFE_6_lateAnswerIsNotTakenForThatOfTheNewController()
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

void tst_ControllerLife::LIFE_6_removedControllerThatNeverHadItsTurnIsNotCalled()
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

void tst_ControllerLife::LIFE_4_stoppingFactoryAsksNoController()
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

void tst_ControllerLife::STAT_5_controllersHaveATimerOnlyWhileTheFactoryRuns()
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

void tst_ControllerLife::STAT_5_controllersSetAtTheWrongTimeHaveNoTimer()
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

QTEST_GUILESS_MAIN(tst_ControllerLife)

#include "tst_controllerlife.moc"
