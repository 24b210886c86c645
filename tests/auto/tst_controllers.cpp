// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/plant.h"

#include <Millwright/Factory>

#include <QTest>

#include <deque>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Simulation::failures;
using Simulation::Plant;

namespace {

constexpr qint64 Millisecond = 1'000'000;

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
    void DISC_1_limitFollowsTheController();
    void DISC_1_limitMayBeAnsweredLater();
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

QTEST_GUILESS_MAIN(tst_Controllers)

#include "tst_controllers.moc"
