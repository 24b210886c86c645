// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/countinglayer.h"
#include "support/randomscript.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

#include <algorithm>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::Dice;

// Random operations on factories in virtual time, with every interleaving of their stations that
// the seed happens to choose, and the conservation of jobs checked after every single one.
class tst_Random : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void JOB_2_conservationUnderRandomOperations_data();
    void JOB_2_conservationUnderRandomOperations();
    void ROUTE_1_noWorkerIdlesWhileAJobWaits();

private:
    struct Tally
    {
        int operations = 0;
        qint64 stuck = 0;
        qint64 returned = 0; // threads that were left behind
    };

    //! Everything that follows from one seed. Says what was wrong; empty if nothing was.
    static QString run(quint64 seed, Tally &tally);
};

namespace {

constexpr qint64 Millisecond = 1'000'000;
constexpr int RunsPerRow = 1'000;

// Sends some jobs to workers of their own, by key, and the others to the queue.
class MixedRouter final : public Router
{
public:
    explicit MixedRouter(bool keepsOrder) : m_keepsOrder(keepsOrder) {}

    bool keepsKeyOrder() const override { return m_keepsOrder; }
    Route route(const AbstractJob &job, const Workers &workers) override
    {
        if (job.keyHash() % 3 == 0 && workers.count() > 0)
            return Route::toWorker(int(job.keyHash() % 1000));
        return Route::toQueue();
    }

private:
    const bool m_keepsOrder;
};

RetryOutcomes randomOutcomes(Dice &dice)
{
    return RetryOutcomes(dice.below(8));
}

RetryPolicy randomPolicy(Dice &dice)
{
    return {.maximumAttempts = 1 + dice.below(4),
            .backoff = std::chrono::milliseconds(dice.below(4)),
            .jitter = dice.oneIn(2) ? 0 : 0.5,
            .on = randomOutcomes(dice)};
}

//! A job that is turned away stands in line anew, behind those that come meanwhile.
class FollowingLayer final : public Support::CountingLayer
{
public:
    void jobRetried(const AbstractJob &job, const JobRun &run,
                    const std::exception_ptr &error) override
    {
        CountingLayer::jobRetried(job, run, error);
        if (run.worker < 0)
            world->standsAnew(job.keyText());
    }

    World *world = nullptr;
};

RateLimit randomRateLimit(Dice &dice)
{
    if (!dice.oneIn(3))
        return {};
    return {.refill = dice.below(4),
            .interval = std::chrono::microseconds(1 + dice.below(4000)),
            .maximum = dice.below(5) - 1,
            .initial = dice.below(5) - 1};
}

DeadMansSwitch randomDeadMansSwitch(Dice &dice)
{
    DeadMansSwitch its;
    if (dice.oneIn(3))
        return its;
    its.timeout = std::chrono::milliseconds(1 + dice.below(20));
    its.action = dice.oneIn(4) ? StuckAction::Log : StuckAction::Replace;
    its.gracePeriod = std::chrono::milliseconds(dice.below(6));
    its.maximumCondemned = dice.oneIn(2) ? dice.below(3) : 1000;
    return its;
}

} // namespace

QString tst_Random::run(quint64 seed, Tally &tally)
{
    Dice dice(seed);
    FactorySettings settings{.name = u"random"_s, .workerCount = dice.below(5)};
    settings.threadCount = dice.oneIn(2) ? 0 : 1 + dice.below(3);
    settings.queueLimit = dice.oneIn(2) ? -1 : dice.below(8);
    settings.discardMode = dice.oneIn(2) ? DiscardMode::Newest : DiscardMode::Oldest;
    settings.onFailure = dice.oneIn(2) ? OnFailure::ReplaceWorker : OnFailure::KeepWorker;
    if (dice.oneIn(2))
        settings.queue = priorityQueue({.aging = std::chrono::milliseconds(dice.below(4))});
    settings.restartPolicy = {.maximumRestarts = dice.below(5) - 1,
                              .interval = std::chrono::milliseconds(1 + dice.below(40)),
                              .backoff = std::chrono::milliseconds(1 + dice.below(4)),
                              .maximumBackoff = std::chrono::milliseconds(20)};
    switch (dice.below(8)) {
    case 0:
        settings.router = roundRobin();
        break;
    case 1:
        settings.router = keyPersistent();
        break;
    case 2:
        settings.router = stickyQueuer();
        break;
    case 3:
        settings.router = leastLoaded();
        break;
    case 4:
    case 5:
        settings.router = customRouter<MixedRouter>(dice.oneIn(2));
        break;
    }
    settings.rateLimit = randomRateLimit(dice);
    settings.rateLimitMode = dice.oneIn(3) ? RateLimitMode::Reject : RateLimitMode::Delay;

    settings.deadMansSwitch = randomDeadMansSwitch(dice);

    const bool startFails = dice.oneIn(8);
    if (startFails)
        settings.onStarted = [] { throw JobError(QStringLiteral("scripted")); };
    else if (dice.oneIn(2))
        settings.onStarted = settings.onDraining = settings.onStopped = [] {};

    const auto layer = std::make_shared<FollowingLayer>();
    settings.statistics = layer;
    settings.retry = dice.oneIn(2) ? randomPolicy(dice) : RetryPolicy();
    settings.deadLetterLimit = dice.below(5);
    World world(settings);
    layer->world = &world;
    Engine &engine = world.engine();
    int jobs = 0;
    QString wrong;
    const auto check = [&](const char *what) {
        ++tally.operations;
        if (wrong.isEmpty()) {
            if (const QString violations = world.violations(); !violations.isEmpty())
                wrong = u"after operation %1 (%2): %3"_s.arg(tally.operations)
                            .arg(QLatin1String(what), violations);
        }
    };

    const int length = 50 + dice.below(150);
    const int startAt = dice.oneIn(4) ? dice.below(20) : 0;
    for (int i = 0; i < length && wrong.isEmpty(); ++i) {
        if (i == startAt)
            engine.start();
        const int choice = dice.below(107);
        if (choice >= 100) {
            const QString job = QString::number(dice.below(std::max(1, jobs)));
            switch (choice) {
            case 100:
            case 101:
                world.beat(job);
                break;
            case 102:
                world.letGo(job); // wanted or not
                break;
            case 103:
                world.hangBuilds(dice.below(2));
                world.hangEnds(dice.below(2));
                break;
            case 104:
                world.letGo();
                break;
            case 106:
                world.deafen(dice.below(8));
                break;
            case 105:
                if (dice.oneIn(4))
                    engine.setDeadMansSwitch(randomDeadMansSwitch(dice));
                break;
            }
            check("hanging");
        } else if (choice < 35) {
            Script script = randomScript(dice, jobs++);
            script.copyable = !dice.oneIn(4);
            if (script.options.retry)
                script.options.retry->on = randomOutcomes(dice);
            world.submit(script);
            check("submit");
        } else if (choice < 75) {
            world.step(dice.any());
            check("step");
        } else if (choice < 83) {
            // So much at once is rare: alarms, too, come between two steps.
            world.clock().moveTo(world.clock().now() + dice.below(6) * Millisecond);
            check("time");
        } else if (choice < 85) {
            const int worker = dice.below(6);
            world.abandon(worker);
            check("abandon");
        } else if (choice < 87) {
            if (const QList<DeadLetter> letters = engine.deadLetters(); !letters.isEmpty()) {
                const DeadLetter &letter = letters.at(dice.below(int(letters.size())));
                if (dice.oneIn(4))
                    static_cast<void>(engine.dropDeadLetter(letter.id));
                else if (engine.retryDeadLetter(letter.id) && !letter.isRetriable)
                    wrong = u"letter %1 was retried without a message"_s.arg(letter.id);
            }
            check("dead letter");
        } else if (choice < 91) {
            if (jobs > 0)
                world.cancel(QString::number(dice.below(jobs)));
            check("cancel");
        } else if (choice < 94) {
            engine.setWorkerCount(dice.below(6));
            check("resize");
        } else if (choice < 96) {
            engine.setQueueLimit(dice.oneIn(2) ? -1 : dice.below(6));
            engine.setDiscardMode(dice.oneIn(2) ? DiscardMode::Newest : DiscardMode::Oldest);
            check("limit");
            if (dice.oneIn(2))
                engine.setRateLimit(randomRateLimit(dice));
            check("rate limit");
        } else if (choice < 97) {
            if (dice.oneIn(3))
                world.failBuilds(dice.below(3));
            else if (dice.oneIn(2))
                world.breakWorker(dice.below(5));
            else
                world.repairWorker(dice.below(5));
            check("failing builds");
        } else if (choice < 98) {
            if (engine.isPaused())
                engine.resume();
            else
                engine.pause();
            check("pause");
        } else if (choice < 99) {
            world.settle();
            check("settle");
        } else if (i > length / 2) {
            if (dice.oneIn(2))
                engine.drain();
            else
                engine.stop();
            check("end");
        }
    }

    // However it went: now it ends, and every job has ended exactly once.
    if (dice.oneIn(2))
        engine.drain();
    if (dice.oneIn(2))
        engine.resume();
    for (int i = 0; i < 40; ++i) {
        world.pass(dice.below(20) * Millisecond);
        check("end of drain");
    }
    engine.stop();
    world.pass(1000 * Millisecond);
    check("end of stop");
    if (engine.state() < FactoryState::Stopped) {
        const bool hangs = engine.counters().running > 0 || world.isHung();
        const DeadMansSwitch its = engine.deadMansSwitch();
        const bool isWatched = its.timeout > 0ms && its.action == StuckAction::Replace
                               && its.maximumCondemned == 1000;
        engine.giveUp();
        check("giving up");
        if ((!hangs || isWatched) && wrong.isEmpty())
            wrong = u"did not stop although nothing was running"_s;
    }
    world.letAllGo(); // nobody may care
    check("coming back");
    if (const QString differences = layer->differences(engine.counters());
        !differences.isEmpty() && wrong.isEmpty()) {
        wrong = u"the statistics layer was told something else: %1"_s.arg(differences);
    }
    for (const auto &[name, fate] : world.fates()) {
        if (fate.ends() != 1 && wrong.isEmpty())
            wrong = u"%1 has ended %2 times"_s.arg(name).arg(fate.ends());
        const int attempts = fate.script.options.retry.value_or(settings.retry).maximumAttempts;
        if (fate.started > attempts && wrong.isEmpty())
            wrong = u"%1 was started %2 times"_s.arg(name).arg(fate.started);
    }
    tally.stuck += engine.counters().stuck;
    for (const FactoryEvent &event : engine.eventsSince(0))
        tally.returned += event.kind == FactoryEvent::ThreadReturned ? 1 : 0;
    const QList<DeadLetter> letters = engine.deadLetters();
    for (const DeadLetter &letter : letters) {
        const Fate fate = world.fates().at(letter.key);
        const int ends = letter.outcome == Outcome::Failed       ? fate.failed
                         : letter.outcome == Outcome::WorkerLost ? fate.lost
                                                                 : fate.discarded;
        if (ends != 1 && wrong.isEmpty())
            wrong = u"%1 is a dead letter, but did not end like that"_s.arg(letter.key);
    }
    if (letters.size() > settings.deadLetterLimit && wrong.isEmpty())
        wrong = u"there are %1 dead letters"_s.arg(letters.size());
    if (world.keepsKeyOrder() && wrong.isEmpty())
        wrong = world.keyOrder().complaint();
    if (world.workersAlive() > 0 && wrong.isEmpty())
        wrong = u"%1 workers are left"_s.arg(world.workersAlive());
    if (engine.crashLoopingWorkers() > 0 && wrong.isEmpty())
        wrong = u"%1 workers are still crash-looping"_s.arg(engine.crashLoopingWorkers());
    return wrong;
}

void tst_Random::JOB_2_conservationUnderRandomOperations_data()
{
    QTest::addColumn<quint64>("firstSeed");
    // A seed of one's own: MILLWRIGHT_SEED=42 tst_random
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
                        + quint64(qEnvironmentVariableIsSet("MILLWRIGHT_SEEDS") ? rows : 10)
                              * RunsPerRow;
    for (quint64 first = start; first < end; first += RunsPerRow)
        QTest::addRow("seeds %llu to %llu", first, first + RunsPerRow - 1) << first;
}

void tst_Random::JOB_2_conservationUnderRandomOperations()
{
    QFETCH(quint64, firstSeed);
    // Factories that give workers up say so; here that is no news.
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s);
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });

    const bool given = qEnvironmentVariableIsSet("MILLWRIGHT_SEED");
    const int runs = given ? 1 : RunsPerRow;
    Tally tally;
    for (quint64 seed = firstSeed; seed < firstSeed + quint64(runs); ++seed) {
        const QString wrong = run(seed, tally);
        QVERIFY2(wrong.isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(wrong)));
    }
    if (qEnvironmentVariableIsSet("MILLWRIGHT_SEEDS"))
        qInfo("%d operations", tally.operations);
    QVERIFY(tally.operations > 50 * runs);
    QVERIFY2(given || (tally.stuck > runs / 2 && tally.returned > runs / 10),
             qPrintable(u"%1 stuck, %2 returned"_s.arg(tally.stuck).arg(tally.returned)));
}

// Whatever has happened before: a moment later no worker is free while a job waits in the queue.
void tst_Random::ROUTE_1_noWorkerIdlesWhileAJobWaits()
{
    for (quint64 seed = 1; seed <= 500; ++seed) {
        Dice dice(seed);
        World world({.workerCount = 1 + dice.below(6), .threadCount = 0});
        world.engine().start();
        int jobs = 0;
        for (int i = 0; i < 100; ++i) {
            const int burst = dice.oneIn(5) ? 60 : 1 + dice.below(3);
            for (int j = 0; j < burst; ++j) {
                Script script{.name = u"j%1"_s.arg(jobs++)};
                script.duration = dice.oneIn(3) ? dice.below(20) * Millisecond : 0;
                QVERIFY(world.submit(script));
            }
            for (int step = dice.below(4); step > 0; --step)
                world.step(dice.any());
            world.pass(5 * Millisecond);
            const FactorySnapshot now = world.engine().snapshot(false);
            QVERIFY2(now.counters.waiting == 0 || now.activeWorkers == now.workerCount,
                     qPrintable(u"seed %1: %2 wait, %3 of %4 workers are active"_s.arg(seed)
                                    .arg(now.counters.waiting)
                                    .arg(now.activeWorkers)
                                    .arg(now.workerCount)));
        }
        QVERIFY(world.finish());
    }
}

QTEST_GUILESS_MAIN(tst_Random)
#include "tst_random.moc"
