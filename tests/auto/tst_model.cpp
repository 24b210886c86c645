// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/chaos.h"
#include "support/dice.h"
#include "support/simulation.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Chaos;
using Simulation::Millisecond;
using Simulation::World;
using Support::Dice;
using namespace Qt::StringLiterals;

//! Random operations on factories in virtual time, which must do what the model of the contract says:
//! see support/model.h.
class tst_Model : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // Factories that give workers up, and routers that throw, say so; here that is no news.
    void init() { QLoggingCategory::setFilterRules(u"millwright*=false"_s); }
    void cleanup() { QLoggingCategory::setFilterRules(QString()); }

    void JOB_2_engineAgreesWithTheModel_data();
    void JOB_2_engineAgreesWithTheModel();
    void JOB_2_aSeedIsAlwaysTheSame();
    void JOB_2_whatIsWrongIsMadeShort_data();
    void JOB_2_whatIsWrongIsMadeShort();
    void ROUTE_1_noWorkerIdlesWhileAJobWaits();
};

namespace {

constexpr int RunsPerRow = 1'000;
#ifdef __SANITIZE_THREAD__
constexpr int Rows = 2; // all is on one thread
#else
constexpr int Rows = 20;
#endif

// What was wrong, whoever was concerned.
QString kindOf(QString wrong)
{
    static const QRegularExpression place(u"^.* at (?=[\\d.e-]+ ms)|\\d+"_s);
    return wrong.remove(place);
}

} // namespace

void tst_Model::JOB_2_engineAgreesWithTheModel_data()
{
    QTest::addColumn<quint64>("firstSeed");
    // A seed of one's own: MILLWRIGHT_SEED=42 tst_model
    bool given = false;
    const quint64 own = qEnvironmentVariable("MILLWRIGHT_SEED").toULongLong(&given);
    if (given) {
        QTest::addRow("seed %llu", own) << own;
        return;
    }
    // More of them, and others: see scripts/chaos.
    const int rows = std::max(1, qEnvironmentVariableIntValue("MILLWRIGHT_SEEDS") / RunsPerRow);
    const quint64 start = qEnvironmentVariable("MILLWRIGHT_FIRST_SEED").toULongLong();
    const quint64 end = start
                        + quint64(qEnvironmentVariableIsSet("MILLWRIGHT_SEEDS") ? rows : Rows)
                              * RunsPerRow;
    for (quint64 first = start; first < end; first += RunsPerRow)
        QTest::addRow("seeds %llu to %llu", first, first + RunsPerRow - 1) << first;
}

void tst_Model::JOB_2_engineAgreesWithTheModel()
{
    QFETCH(quint64, firstSeed);
    const bool given = qEnvironmentVariableIsSet("MILLWRIGHT_SEED");
    const int runs = given ? 1 : RunsPerRow;
    Tally tally;
    for (quint64 seed = firstSeed; seed < firstSeed + quint64(runs); ++seed) {
        const Script script = scriptOf(seed);
        const QString wrong = disagreement(script, tally);
        if (wrong.isEmpty())
            continue;
        const Script small = shrunk(script, [&](const Script &candidate) {
            Tally unused;
            return kindOf(disagreement(candidate, unused)) == kindOf(wrong);
        });
        Tally unused;
        QFAIL(qPrintable(u"seed %1: %2\nThe shortest script:\n  %3\n%4"_s.arg(
            QString::number(seed), wrong, textOf(small).join(u"\n  "_s),
            disagreement(small, unused))));
    }
    if (qEnvironmentVariableIsSet("MILLWRIGHT_SEEDS"))
        qInfo("%lld operations", tally.operations);
    if (given)
        return;
    // What the runs have come across is what they are for.
    QVERIFY(tally.operations > 50 * runs);
    const QString all
        = u"%1 of %2 verdicts predicted, %3 stuck, %4 returned, %5 retried, %6 loops"_s
              .arg(tally.predicted)
              .arg(tally.verdicts)
              .arg(tally.stuck)
              .arg(tally.returned)
              .arg(tally.retried)
              .arg(tally.crashLoops);
    QVERIFY2(tally.predicted > tally.verdicts / 4 && tally.stuck > runs / 4
                 && tally.returned > runs / 20 && tally.retried > runs && tally.crashLoops > runs,
             qPrintable(all));
}

void tst_Model::JOB_2_aSeedIsAlwaysTheSame()
{
    QCOMPARE(textOf(scriptOf(42)), textOf(scriptOf(42)));
    QVERIFY(textOf(scriptOf(42)) != textOf(scriptOf(43)));
    for (quint64 seed = 0; seed < 20; ++seed) {
        Tally first;
        Tally second;
        const Script script = scriptOf(seed);
        QCOMPARE(disagreement(script, first), disagreement(script, second));
        QCOMPARE(first.retried, second.retried);
        QCOMPARE(first.stuck, second.stuck);
    }
}

void tst_Model::JOB_2_whatIsWrongIsMadeShort_data()
{
    QTest::addColumn<quint64>("seed");
    for (quint64 seed : {1, 2, 3})
        QTest::addRow("seed %llu", seed) << seed;
}

// A test double that is wrong where a job of key 3 is submitted after a pause, with a worker count of
// two or more set at some time before.
void tst_Model::JOB_2_whatIsWrongIsMadeShort()
{
    QFETCH(quint64, seed);
    const auto isWrong = [](const Script &script) {
        bool workers = false;
        bool paused = false;
        for (const Operation &operation : script) {
            workers = workers || (operation.kind == Kind::Workers && operation.value(0) >= 2);
            paused = paused || (workers && operation.kind == Kind::Pause);
            if (paused && operation.kind == Kind::Submit && operation.value(0) >= 3)
                return true;
        }
        return false;
    };
    Script script = scriptOf(seed);
    script.insert(script.begin() + 20, {Kind::Workers, {5}});
    script.insert(script.begin() + 40, {Kind::Pause, {}});
    script.insert(script.begin() + 60, {Kind::Submit, {11, 7, 3, 1, 9}});
    QVERIFY(script.size() > 60);
    QVERIFY(isWrong(script));
    QCOMPARE(textOf(shrunk(script, isWrong)),
             QStringList({u"workers count=2"_s, u"pause"_s, u"submit key=3"_s}));
}

// Whatever has happened before: a moment later no worker is free while a job waits in the queue.
void tst_Model::ROUTE_1_noWorkerIdlesWhileAJobWaits()
{
    for (quint64 seed = 1; seed <= 25 * Rows; ++seed) {
        Dice dice(seed);
        World world({.workerCount = 1 + dice.below(6), .threadCount = 0});
        world.engine().start();
        int jobs = 0;
        for (int i = 0; i < 100; ++i) {
            const int burst = dice.oneIn(5) ? 60 : 1 + dice.below(3);
            for (int j = 0; j < burst; ++j) {
                Simulation::Script script{.name = u"j%1"_s.arg(jobs++)};
                script.duration = dice.oneIn(3) ? dice.below(20) * Millisecond : 0;
                QVERIFY(world.submit(script));
            }
            for (int step = dice.below(4); step > 0; --step)
                world.step(dice.any());
            world.pass(5 * Millisecond);
            const Millwright::FactorySnapshot now = world.engine().snapshot(false);
            QVERIFY2(now.counters.waiting == 0 || now.activeWorkers == now.workerCount,
                     qPrintable(u"seed %1: %2 wait, %3 of %4 workers are active"_s.arg(seed)
                                    .arg(now.counters.waiting)
                                    .arg(now.activeWorkers)
                                    .arg(now.workerCount)));
        }
        QVERIFY(world.finish());
    }
}

QTEST_GUILESS_MAIN(tst_Model)
#include "tst_model.moc"
