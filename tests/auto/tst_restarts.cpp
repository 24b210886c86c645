// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/operations.h"

#include <Millwright/RestartPolicy>
#include <Millwright/StatisticsLayer>

#include <QLoggingCategory>
#include <QTest>

#include <limits>
#include <set>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// When a worker is replaced at once, and when it has to wait.
class tst_Restarts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void SUP_2_restartIntensity_data();
    void SUP_2_restartIntensity() { run(); }
    void SUP_2_backoffOfStarts_data();
    void SUP_2_backoffOfStarts() { run(); }
    void SUP_2_backoffGrowsUpToItsMaximum();
    void SUP_2_jitter();
    void SUP_2_workersThatFailTogetherComeBackOneByOne();
    void SUP_2_policyIsCorrected_data();
    void SUP_2_policyIsCorrected();
    void SUP_2_policyChangesWhileRunning();
    void SUP_2_itIsSaidOncePerWait();
    void SUP_2_keepingWorkersIsAdvised();
    void SUP_2_layerIsTold();
};

// What a worker in a crash loop says is looked at in one test, and no news in the others.
void tst_Restarts::init()
{
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s);
}

void tst_Restarts::cleanup()
{
    QLoggingCategory::setFilterRules(QString());
}

namespace {

//! Lets worker 0 of the factory fail so often, at once.
void fail(World &world, int times)
{
    static int jobs = 0;
    for (int i = 0; i < times; ++i) {
        const bool isAccepted = world.submit({.name = u"f%1"_s.arg(++jobs), .failures = 1});
        Q_ASSERT(isAccepted);
        world.settle();
    }
}

WorkerState stateOf(World &world, int worker = 0)
{
    return world.engine().snapshot(true).workers.at(worker).state;
}

//! How long worker 0, which is crash-looping, waits for its next start; in milliseconds.
qint64 waitOf(World &world)
{
    const qint64 begin = world.now();
    world.clearLog();
    for (int i = 0; i < 100'000; ++i) {
        if (world.takeLog().contains(u"+0"_s))
            return (world.now() - begin) / 1'000'000;
        world.pass(1'000'000);
    }
    return -1;
}

} // namespace

// --- Restart intensity ------------------------------------------------------------------------

void tst_Restarts::SUP_2_restartIntensity_data()
{
    addOperationColumns();
    const QString twice = u"+0, a@0, a failed, -0, +0, b@0, b failed, -0, +0"_s;
    QTest::newRow("at once up to the maximum")
        << u"1"_s << u"restarts=2 start a!1 b!1 +0 !"_s << u"%1, [Idle]"_s.arg(twice);
    QTest::newRow("then after a wait")
        << u"1"_s << u"restarts=2 start a!1 b!1 c!1 +0 ! d +99 ! ? +1 !"_s
        << u"%1, c@0, c failed, -0, [CrashLooping], [CrashLooping], [Running 1 0 0], +0, d@0, "
           "d done, [Idle]"_s.arg(twice);
    QTest::newRow("the sixth by default")
        << u"1"_s << u"start a!1 b!1 c!1 d!1 e!1 +0 ! f!1 +0 !"_s
        << u"%1, c@0, c failed, -0, +0, d@0, d failed, -0, +0, e@0, e failed, -0, +0, [Idle], f@0, "
           "f failed, -0, [CrashLooping]"_s.arg(twice);
    QTest::newRow("always after a wait") << u"1"_s << u"restarts=0 start a!1 +0 ! +100 !"_s
                                         << u"+0, a@0, a failed, -0, [CrashLooping], +0, [Idle]"_s;
    QTest::newRow("never")
        << u"1"_s << u"restarts=-1 start a!1 b!1 c!1 d!1 e!1 f!1 g!1 +0 !"_s
        << u"%1, c@0, c failed, -0, +0, d@0, d failed, -0, +0, e@0, e failed, -0, +0, f@0, "
           "f failed, -0, +0, g@0, g failed, -0, +0, [Idle]"_s.arg(twice);
    QTest::newRow("only within the interval")
        << u"1"_s << u"restarts=1 start a!1 +60001 b!1 +0 !"_s << u"%1, [Idle]"_s.arg(twice);
    QTest::newRow("which is closed")
        << u"1"_s << u"restarts=1 start a!1 +60000 b!1 +0 !"_s
        << u"+0, a@0, a failed, -0, +0, b@0, b failed, -0, [CrashLooping]"_s;
    QTest::newRow("it slides") << u"1"_s << u"restarts=1 start a!1 +40000 b!1 +0 !"_s
                               << u"+0, a@0, a failed, -0, +0, b@0, b failed, -0, [CrashLooping]"_s;
    QTest::newRow("each further wait is longer")
        << u"1"_s << u"restarts=0 start a!1 +100 b!1 +199 ! +1 ! c!1 +399 ! +1 !"_s
        << u"%1, [CrashLooping], +0, [Idle], c@0, c failed, -0, [CrashLooping], +0, [Idle]"_s.arg(
               u"+0, a@0, a failed, -0, +0, b@0, b failed, -0"_s);
    QTest::newRow("even if fewer fail, until it has stayed up")
        << u"1"_s << u"restarts=1 start a!1 b!1 +50000 ! c!1 +199 ! +1 !"_s
        << u"+0, a@0, a failed, -0, +0, b@0, b failed, -0, +0, [Idle], c@0, c failed, -0, "
           "[CrashLooping], +0, [Idle]"_s;
    QTest::newRow("and no longer")
        << u"1"_s << u"restarts=1 start a!1 b!1 +60100 ! c!1 +0 ! d!1 +99 ! +1 !"_s
        << u"+0, a@0, a failed, -0, +0, b@0, b failed, -0, +0, [Idle], c@0, c failed, -0, +0, "
           "[Idle], d@0, d failed, -0, [CrashLooping], +0, [Idle]"_s;
    QTest::newRow("each worker for itself")
        << u"2 leastloaded"_s << u"restarts=1 start a:1!1 b:5 +2 c:1!1 +2 ! +5 d!1 +0 !"_s
        << u"+0, +1, a@0, b@1, a failed, -0, +0, c@0, c failed, -0, [CrashLooping Busy], b done, "
           "d@1, d failed, -1, +1, [CrashLooping Idle]"_s;
    QTest::newRow("workers that are kept do not count")
        << u"1"_s << u"restarts=0 keep start a!1 b!1 +0 !"_s
        << u"+0, a@0, a failed, b@0, b failed, [Idle]"_s;
    QTest::newRow("on a shared thread")
        << u"2 threads=1"_s << u"restarts=0 start a!1 +0 ! b c +0 +100 !"_s
        << u"+0, +1, a@0, a failed, -0, [CrashLooping Idle], b@1, b done, c@1, c done, +0, "
           "[Idle Idle]"_s;
    QTest::newRow("a job that waits expires as it would")
        << u"1"_s << u"restarts=0 start a!1 b~50 +49 ? +1 ?"_s
        << u"+0, a@0, a failed, -0, [Running 1 0 0], b TtlExpired, [Running 0 0 0]"_s;
    QTest::newRow("a job that is tried again is tried elsewhere")
        << u"2 leastloaded"_s << u"restarts=0 start a!1&2 +0 !"_s
        << u"+0, +1, a@0, -0, a@1, a done, [CrashLooping Idle]"_s;
}

void tst_Restarts::SUP_2_backoffOfStarts_data()
{
    addOperationColumns();
    QTest::newRow("doubles") << u"1"_s << u"failbuilds=3 start +99 +1 +199 +1 +399 ! +1 !"_s
                             << u"[CrashLooping], +0, [Idle]"_s;
    QTest::newRow("also where failing is not limited")
        << u"1"_s << u"restarts=-1 failbuilds=1 start ! +99 ! +1 !"_s
        << u"[CrashLooping], [CrashLooping], +0, [Idle]"_s;
    QTest::newRow("of a replacement") << u"1"_s << u"start failbuilds=1 a!1 +99 ! +1 !"_s
                                      << u"+0, a@0, a failed, -0, [CrashLooping], +0, [Idle]"_s;
    QTest::newRow("after failing, it goes on")
        << u"1"_s << u"restarts=0 start a!1 +0 failbuilds=1 +100 +199 ! +1 !"_s
        << u"+0, a@0, a failed, -0, [CrashLooping], +0, [Idle]"_s;
    QTest::newRow("up again, but not for long")
        << u"1"_s << u"failbuilds=1 start +100 a!1 +199 ! +1 !"_s
        << u"+0, a@0, a failed, -0, [CrashLooping], +0, [Idle]"_s;
    QTest::newRow("grown anew, it is tried at once, and then waits as before")
        << u"1"_s << u"break=0 start +100 workers=0 ! workers=1 +399 ! repair=0 +1 !"_s
        << u"[], [CrashLooping], +0, [Idle]"_s;
}

// --- The policy -------------------------------------------------------------------------------

void tst_Restarts::SUP_2_backoffGrowsUpToItsMaximum()
{
    const RestartPolicy policy{
        .backoff = 100ms, .backoffFactor = 3, .maximumBackoff = 5s, .jitter = 0};
    const std::vector<std::chrono::nanoseconds> expected{100ms, 300ms, 900ms, 2700ms, 5s, 5s};
    for (int number = 1; number <= 6; ++number)
        QCOMPARE(policy.backoffBefore(number, 1), expected[std::size_t(number - 1)]);
    QCOMPARE(policy.backoffBefore(std::numeric_limits<int>::max(), 1), 5s);
    QCOMPARE(RestartPolicy{.jitter = 0}.backoffBefore(1000, 1), 30s);
    QCOMPARE((RestartPolicy{.maximumBackoff = std::chrono::nanoseconds::max(), .jitter = 1}
                  .backoffBefore(1000, 1)
              > 0s),
             true);
}

void tst_Restarts::SUP_2_jitter()
{
    const RestartPolicy policy{.backoff = 1s, .jitter = 0.25};
    std::chrono::nanoseconds least = 1h;
    std::chrono::nanoseconds most = 0s;
    std::chrono::nanoseconds sum = 0s;
    for (quint64 chance = 0; chance < 1000; ++chance) {
        const std::chrono::nanoseconds wait = policy.backoffBefore(1, chance);
        least = std::min(least, wait);
        most = std::max(most, wait);
        sum += wait;
        QVERIFY(policy.backoffBefore(40, chance) >= 22500ms); // around the maximum, too
    }
    QVERIFY(least >= 750ms && least < 760ms);
    QVERIFY(most <= 1250ms && most > 1240ms);
    QVERIFY(sum / 1000 > 980ms && sum / 1000 < 1020ms);
    QVERIFY((RestartPolicy{.backoff = 1ms, .jitter = 1}.backoffBefore(1, 1) >= 1ms));
}

void tst_Restarts::SUP_2_workersThatFailTogetherComeBackOneByOne()
{
    constexpr int Workers = 50;
    World world({.workerCount = Workers});
    world.failBuilds(Workers);
    world.engine().start();
    world.settle();
    QCOMPARE(world.engine().crashLoopingWorkers(), Workers);
    std::set<qint64> times; // in milliseconds
    int up = 0;
    for (int i = 0; i < 130; ++i) {
        world.pass(1'000'000);
        if (const int now = Workers - world.engine().crashLoopingWorkers(); now > up) {
            QVERIFY(i >= 79 && i < 121);
            times.insert(i);
            up = now;
        }
    }
    QCOMPARE(up, Workers);
    QVERIFY(times.size() > 15);
}

void tst_Restarts::SUP_2_policyIsCorrected_data()
{
    QTest::addColumn<RestartPolicy>("given");
    QTest::addColumn<RestartPolicy>("corrected");
    QTest::addColumn<QString>("complaint");
    QTest::newRow("nothing") << RestartPolicy() << RestartPolicy() << QString();
    QTest::newRow("restarts")
        << RestartPolicy{.maximumRestarts = -2} << RestartPolicy{.maximumRestarts = -1}
        << u"a maximum of -2 restarts counts as -1, no limit; it must be that, 0 or more"_s;
    QTest::newRow("interval")
        << RestartPolicy{.interval = -5ms} << RestartPolicy{.interval = 1ms}
        << u"a restart interval of -5 ms counts as 1 ms; it must be 1 or more"_s;
    QTest::newRow("backoff") << RestartPolicy{.backoff = 0s} << RestartPolicy{.backoff = 1ms}
                             << u"a restart backoff of 0 ms counts as 1 ms; it must be 1 or more"_s;
    QTest::newRow("maximum backoff")
        << RestartPolicy{.maximumBackoff = 100us} << RestartPolicy{.maximumBackoff = 1ms}
        << u"a restart maximum backoff of 0.1 ms counts as 1 ms; it must be 1 or more"_s;
    QTest::newRow("factor")
        << RestartPolicy{.backoffFactor = 0.5} << RestartPolicy{.backoffFactor = 1}
        << u"a restart backoff factor of 0.5 counts as 1; it must be 1 or more"_s;
    QTest::newRow("no factor")
        << RestartPolicy{.backoffFactor = qQNaN()} << RestartPolicy{.backoffFactor = 1}
        << u"a restart backoff factor of nan counts as 1; it must be 1 or more"_s;
    QTest::newRow("jitter") << RestartPolicy{.jitter = 1.5} << RestartPolicy{.jitter = 1}
                            << u"a restart jitter of 1.5 counts as 1; it must be from 0 to 1"_s;
    QTest::newRow("no jitter") << RestartPolicy{.jitter = -1} << RestartPolicy{.jitter = 0}
                               << u"a restart jitter of -1 counts as 0; it must be from 0 to 1"_s;
}

void tst_Restarts::SUP_2_policyIsCorrected()
{
    QFETCH(const RestartPolicy, given);
    QFETCH(const RestartPolicy, corrected);
    QFETCH(const QString, complaint);
    QLoggingCategory::setFilterRules(QString());
    const auto expectComplaint = [&] {
        if (!complaint.isEmpty())
            QTest::ignoreMessage(QtWarningMsg,
                                 qPrintable(u"Factory \"mill\": %1."_s.arg(complaint)));
    };
    expectComplaint();
    World world({.name = u"mill"_s, .restartPolicy = given});
    QVERIFY(world.engine().restartPolicy() == corrected);
    world.engine().setRestartPolicy({});
    expectComplaint();
    world.engine().setRestartPolicy(given);
    QVERIFY(world.engine().restartPolicy() == corrected);
}

void tst_Restarts::SUP_2_policyChangesWhileRunning()
{
    World world({.workerCount = 1, .restartPolicy = {.maximumRestarts = 0, .jitter = 0}});
    world.engine().start();
    fail(world, 1);
    QCOMPARE(waitOf(world), 100);

    world.engine().setRestartPolicy({.maximumRestarts = 0, .backoff = 1s, .jitter = 0});
    fail(world, 1);
    world.engine().setRestartPolicy({.maximumRestarts = 3, .interval = 1s, .jitter = 0});
    QCOMPARE(waitOf(world), 2000); // the second; one that has begun stays as it is

    world.pass(1'000'000'000);
    fail(world, 3);
    QCOMPARE(stateOf(world), WorkerState::Idle);
    world.engine().setRestartPolicy({.maximumRestarts = 2, .interval = 1s, .jitter = 0});
    fail(world, 1); // the fourth within a second
    QCOMPARE(waitOf(world), 100);
}

// --- Who is told ------------------------------------------------------------------------------

void tst_Restarts::SUP_2_itIsSaidOncePerWait()
{
    QLoggingCategory::setFilterRules(QString());
    World world({.name = u"mill"_s,
                 .workerCount = 1,
                 .restartPolicy = {.maximumRestarts = 0, .jitter = 0}});
    world.engine().start();
    world.settle();
    QTest::ignoreMessage(QtWarningMsg, "Factory \"mill\": worker 0 has failed too often: scripted; "
                                       "next start in 100 ms.");
    fail(world, 1);
    world.breakWorker(0);
    QTest::ignoreMessage(QtWarningMsg, "Factory \"mill\": worker 0 could not start: broken; next "
                                       "start in 200 ms.");
    world.pass(299'000'000);
    QCOMPARE(world.engine().snapshot(true).workers.at(0).untilStart, 1ms);
    world.repairWorker(0);
    world.pass(1'000'000);
    QCOMPARE(stateOf(world), WorkerState::Idle);
    QCOMPARE(world.engine().snapshot(true).workers.at(0).untilStart, 0ms);

    QStringList events;
    const QList<FactoryEvent> all = world.engine().eventsSince(0);
    for (const FactoryEvent &event : all) {
        if (event.kind == FactoryEvent::WorkerCrashLooping)
            events += u"%1: %2"_s.arg(event.worker).arg(event.text);
        if (event.kind == FactoryEvent::WorkerRestarted)
            events += u"%1 is up"_s.arg(event.worker);
    }
    QCOMPARE(events.join(u", "_s), u"0: has failed too often: scripted; next start in 100 ms, "
                                   "0: could not start: broken; next start in 200 ms, 0 is up"_s);
}

// Who meets a pause because of ordinary failures is told of the setting, once.
void tst_Restarts::SUP_2_keepingWorkersIsAdvised()
{
    QLoggingCategory::setFilterRules(QString());
    static QStringList said;
    const QtMessageHandler before = qInstallMessageHandler(
        [](QtMsgType, const QMessageLogContext &, const QString &text) { said += text; });
    {
        World world({.name = u"mill"_s,
                     .workerCount = 2,
                     .restartPolicy = {.maximumRestarts = 1, .jitter = 0}});
        world.engine().start();
        world.settle();
        fail(world, 1);
        QCOMPARE(said.filter(u"KeepWorker"_s).size(), 0);
        fail(world, 4);
    }
    qInstallMessageHandler(before);
    QVERIFY(said.filter(u"has failed too often"_s).size() >= 2);
    QCOMPARE(said.filter(u"set onFailure to OnFailure::KeepWorker"_s).size(), 1);
}

void tst_Restarts::SUP_2_layerIsTold()
{
    struct Layer : StatisticsLayer
    {
        void workerStarted(int worker) override { told += u"started %1"_s.arg(worker); }
        void workerRestarted(int worker) override { told += u"restarted %1"_s.arg(worker); }
        void workerCrashLooping(int worker, std::chrono::nanoseconds wait) override
        {
            told += u"crash-looping %1 for %2"_s.arg(worker).arg(wait / 1ms);
        }
        QStringList told;
    };
    const auto layer = std::make_shared<Layer>();
    World world({.workerCount = 1,
                 .restartPolicy = {.maximumRestarts = 0, .jitter = 0},
                 .statistics = layer});
    world.failBuilds(1);
    world.engine().start();
    world.pass(100'000'000);
    fail(world, 1);
    world.failBuilds(1);
    world.pass(1'000'000'000);
    QCOMPARE(
        layer->told.join(u", "_s),
        u"crash-looping 0 for 100, started 0, crash-looping 0 for 200, crash-looping 0 for 400, "
        "restarted 0"_s);
    QCOMPARE(world.engine().counters().restarts, 1);
}

QTEST_GUILESS_MAIN(tst_Restarts)
#include "tst_restarts.moc"
