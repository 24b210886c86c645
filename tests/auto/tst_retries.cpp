// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/countinglayer.h"
#include "support/operations.h"

#include <QtTest/qtest.h>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Retries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void SUP_3_policies_data();
    void SUP_3_policies() { Simulation::run(); }
    void SUP_3_loadshed_data();
    void SUP_3_loadshed() { Simulation::run(); }
    void SUP_3_lostWorkers_data();
    void SUP_3_lostWorkers() { Simulation::run(); }
    void SUP_3_backoffs_data();
    void SUP_3_backoffs();
    void SUP_3_jitterSpreadsTheAttempts();
    void SUP_3_manyAttemptsAtOnceAreNoLongSection();
    void SUP_3_turnedAwayJobTakesItsTokenOnce_data();
    void SUP_3_turnedAwayJobTakesItsTokenOnce();
    void SUP_3_turnedAwayCopyStaysWithItsWorker();
    void SUP_3_waitingForRoomComesBeforeTheBackoff();
    void SUP_3_attemptsDoNotOverflow();
    void SUP_3_layerIsToldOfEachAttempt();
    void SUP_4_atMostOnceByDefault_data();
    void SUP_4_atMostOnceByDefault() { Simulation::run(); }
    void SUP_4_messageThatCannotBeCopiedIsNotTriedAgain();
};

void tst_Retries::SUP_3_policies_data()
{
    addOperationColumns();
    QTest::newRow("of the factory") << u"1"_s << u"keep policy&3/10 start a!2 +9 ? +40"_s
                                    << u"+0, a@0, [Running 1 0 1], a@0, a@0, a done"_s;
    QTest::newRow("without a backoff") << u"1"_s << u"keep policy&3 start a!2. b +1"_s
                                       << u"+0, a@0, b@0, b done, a@0, a@0, a done"_s;
    QTest::newRow("the job's own goes before")
        << u"1"_s << u"keep policy&3 start a!2&1 +9"_s << u"+0, a@0, a failed"_s;
    QTest::newRow("and may ask for more")
        << u"1"_s << u"keep start a!1&2 b!1 +9"_s << u"+0, a@0, b@0, b failed, a@0, a done"_s;
    QTest::newRow("counts when the attempt has failed")
        << u"1"_s << u"keep start a:5!1 +1 policy&2 +9"_s << u"+0, a@0, a@0, a done"_s;
    QTest::newRow("one that backs off already is tried again")
        << u"1"_s << u"keep policy&2/9 start a!1 +1 policy&1 +9"_s << u"+0, a@0, a@0, a done"_s;
    QTest::newRow("not after an exception")
        << u"1"_s << u"keep start a!1&2wl +9"_s << u"+0, a@0, a failed"_s;
    QTest::newRow("an expired job is not tried again")
        << u"1"_s << u"start a:9 b~5&9fwl +20"_s << u"+0, a@0, b TtlExpired, a done"_s;
    QTest::newRow("one that backs off takes no room")
        << u"1"_s << u"keep limit=1 start a!1&2/50 +1 b:20 +1 ? c +1 ?"_s
        << u"+0, a@0, b@0, [Running 1 1 1], [Running 2 1 0]"_s;
}

void tst_Retries::SUP_3_loadshed_data()
{
    addOperationColumns();
    QTest::newRow("is let in when there is room")
        << u"1"_s << u"limit=0 start a:5 b&3/4l +1 ? +20 ?"_s
        << u"+0, a@0, [Running 1 1 0], a done, b@0, b done, [Running 0 0 1]"_s;
    QTest::newRow("by the policy of the factory")
        << u"1"_s << u"limit=0 policy&3/4l start a:5 b +20"_s << u"+0, a@0, a done, b@0, b done"_s;
    QTest::newRow("refused without it") << u"1"_s << u"limit=0 start a:5 b&3/4 +20"_s
                                        << u"+0, b Loadshed, refused b, a@0, a done"_s;
    QTest::newRow("refused at the only attempt") << u"1"_s << u"limit=0 start a:5 b&1l +1 letters"_s
                                                 << u"+0, b Loadshed, refused b, a@0, []"_s;
    QTest::newRow("the last attempt is the end")
        << u"1"_s << u"limit=0 start a:50 b&2/4l +3 ? +9 ? letters"_s
        << u"+0, a@0, [Running 1 1 0], b Loadshed, [Running 0 1 0], [1:b*2 Discarded]"_s;
    QTest::newRow("nobody spins") << u"1"_s << u"limit=0 start a:50 b&9l +7 ? +2"_s
                                  << u"+0, a@0, [Running 1 1 0], b Loadshed"_s;
    QTest::newRow("the oldest makes room and comes back")
        << u"1"_s << u"oldest limit=1 start a:5 +1 b&5/9l c +20"_s
        << u"+0, a@0, a done, c@0, c done, b@0, b done"_s;
    QTest::newRow("the oldest comes back in vain")
        << u"1"_s << u"oldest limit=1 start a:50 +1 b&2/9l c= +20 letters"_s
        << u"+0, a@0, b Loadshed, [1:b*2 Discarded]"_s;
    QTest::newRow("each makes room for the other")
        << u"1"_s << u"oldest limit=1 start a:50 +1 b&3/9l c&3/9l +60"_s
        << u"+0, a@0, a done, b@0, b done, c@0, c done"_s;
    QTest::newRow("takes up no room meanwhile")
        << u"1"_s << u"limit=2 start a:50 +1 b c d&9/100l +1 ? xb +30 ? e +1 ?"_s
        << u"+0, a@0, [Running 3 1 0], b canceled, [Running 2 1 1], [Running 3 1 0]"_s;
    QTest::newRow("stands in line anew")
        << u"1"_s << u"oldest limit=2 start a:20 +1 b&3/5l c d +30"_s
        << u"+0, a@0, c Loadshed, a done, d@0, d done, b@0, b done"_s;
    QTest::newRow("time to live binds")
        << u"1"_s << u"limit=0 start a:50 b&9/9l~15 +30"_s << u"+0, a@0, b TtlExpired"_s;
    QTest::newRow("can be canceled") << u"1"_s << u"limit=0 start a:50 b&9/90l xb +30 ?"_s
                                     << u"+0, a@0, b canceled, [Running 0 1 0]"_s;
    QTest::newRow("drain waits for it") << u"1"_s << u"limit=0 start a:5 b&9/3l +1 drain +30 ?"_s
                                        << u"+0, a@0, a done, b@0, b done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("stop does not") << u"1"_s << u"limit=0 start a:5 b&9/3l +1 stop +9 ?"_s
                                   << u"+0, a@0, b Shutdown, a done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("before the start")
        << u"1"_s << u"limit=1 a b&9/5l +1 start +9"_s << u"+0, a@0, a done, b@0, b done"_s;
    QTest::newRow("then fails") << u"1"_s << u"keep limit=0 start a:5 b!2&2/9fl +30"_s
                                << u"+0, a@0, a done, b@0, b failed"_s;
}

void tst_Retries::SUP_3_lostWorkers_data()
{
    addOperationColumns();
    QTest::newRow("runs again") << u"1"_s << u"start a:5*1&2w +1 lose=0 ? +9 ?"_s
                                << u"+0, a@0, +0, a@0, [Running 0 1 0], a done, [Running 0 0 1]"_s;
    QTest::newRow("by the policy of the factory")
        << u"1"_s << u"policy&2w start a:5*1 +1 lose=0 +9"_s << u"+0, a@0, +0, a@0, a done"_s;
    QTest::newRow("nobody holds its future")
        << u"1"_s << u"start a:5*1&2w. +1 lose=0 +9"_s << u"+0, a@0, +0, a@0, a done"_s;
    QTest::newRow("asynchronous") << u"1"_s << u"start a:5*1&2w% +1 lose=0 +9"_s
                                  << u"+0, a@0, -0, +0, a@0, a done"_s; // its thread is free to go
    QTest::newRow("others go first while it backs off")
        << u"1"_s << u"start a:5*1&2/10w b:1 +1 lose=0 +20"_s
        << u"+0, a@0, +0, b@0, b done, a@0, a done"_s;
    QTest::newRow("the last attempt is the end")
        << u"1"_s << u"start a:*&2w +1 lose=0 +1 lose=0 +1 letters"_s
        << u"+0, a@0, +0, a@0, a lost, +0, [1:a*2 WorkerLost]"_s;
    QTest::newRow("fails when it runs again")
        << u"1"_s << u"keep start a:5*1!2&2fw +1 lose=0 +9 letters"_s
        << u"+0, a@0, +0, a@0, a failed, [1:a*2 Failed]"_s;
    QTest::newRow("time to live binds")
        << u"1"_s << u"start a:5*1&2/9w~8 +1 lose=0 +20"_s << u"+0, a@0, +0, a TtlExpired"_s;
    QTest::newRow("can be canceled")
        << u"1"_s << u"start a:5*1&2/90w +1 lose=0 xa +30"_s << u"+0, a@0, +0, a canceled"_s;
    QTest::newRow("canceled stays canceled")
        << u"1"_s << u"start a:5*1&2w +1 xa lose=0 +9"_s << u"+0, a@0, a lost, +0"_s;
    QTest::newRow("drain waits for it") << u"1"_s << u"start a:5*1&2/9w +1 drain lose=0 +20 ?"_s
                                        << u"+0, a@0, +0, a@0, a done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("stop does not") << u"1"_s << u"start a:5*1&2/9w +1 lose=0 stop +20 ?"_s
                                   << u"+0, a@0, +0, a Shutdown, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("lost at the stop") << u"1"_s << u"start a:*&9w +1 stop giveup letters"_s
                                      << u"+0, a@0, a lost, unfinished a@0, [1:a*1 WorkerLost -]"_s;
}

void tst_Retries::SUP_4_atMostOnceByDefault_data()
{
    addOperationColumns();
    QTest::newRow("no policy") << u"1"_s << u"start a:5*1 +1 lose=0 +9 letters"_s
                               << u"+0, a@0, a lost, +0, [1:a*1 WorkerLost -]"_s;
    QTest::newRow("a policy for exceptions")
        << u"1"_s << u"policy&9l start a:5*1&9 +1 lose=0 +9 letters"_s
        << u"+0, a@0, a lost, +0, [1:a*1 WorkerLost -]"_s;
    QTest::newRow("nobody holds its future")
        << u"1"_s << u"start a:5*1. +1 lose=0 +9 ?"_s << u"+0, a@0, a lost, +0, [Running 0 0 1]"_s;
    QTest::newRow("no attempts left") << u"1"_s << u"start a:5*1&1w +1 lose=0 +9 letters"_s
                                      << u"+0, a@0, a lost, +0, [1:a*1 WorkerLost]"_s;
}

void tst_Retries::SUP_4_messageThatCannotBeCopiedIsNotTriedAgain()
{
    World world({.name = u"mill"_s, .workerCount = 1});
    world.engine().start();
    QTest::ignoreMessage(
        QtWarningMsg,
        "Factory \"mill\": the retry policy of job \"a\" asks for another attempt when "
        "its worker is lost, but there will be none: its message can only be "
        "moved. Wrap the message in a std::shared_ptr.");
    for (const QString &name : {u"a"_s, u"b"_s}) { // said once
        Script script{.name = name, .hangs = 1, .copyable = false};
        script.options.retry = RetryPolicy{.maximumAttempts = 2, .on = RetryOn::WorkerLost};
        QVERIFY(world.submit(script));
        world.settle();
        QVERIFY(world.abandon(0));
    }
    world.settle();
    QCOMPARE(world.takeLog().join(u", "_s), u"+0, a@0, a lost, +0, b@0, b lost, +0"_s);
}

void tst_Retries::SUP_3_backoffs_data()
{
    QTest::addColumn<RetryPolicy>("policy");
    QTest::addColumn<QString>("waits"); // before attempts 2 to 5, in milliseconds
    QTest::newRow("none") << RetryPolicy{} << u"0 0 0 0"_s;
    QTest::newRow("doubles") << RetryPolicy{.backoff = 10ms} << u"10 20 40 80"_s;
    QTest::newRow("constant") << RetryPolicy{.backoff = 10ms, .backoffFactor = 1}
                              << u"10 10 10 10"_s;
    QTest::newRow("never shrinks")
        << RetryPolicy{.backoff = 10ms, .backoffFactor = 0.5} << u"10 10 10 10"_s;
    QTest::newRow("bounded") << RetryPolicy{.backoff = 10ms, .maximumBackoff = 25ms}
                             << u"10 20 25 25"_s;
    QTest::newRow("huge") << RetryPolicy{.backoff = 1h,
                                         .backoffFactor = 1e300,
                                         .maximumBackoff = 2h}
                          << u"3600000 7200000 7200000 7200000"_s;
    QTest::newRow("none, however often") << RetryPolicy{.backoffFactor = 1e300} << u"0 0 0 0"_s;
    QTest::newRow("negative") << RetryPolicy{.backoff = -1h} << u"0 0 0 0"_s;
    QTest::newRow("half of the jitter")
        << RetryPolicy{.backoff = 10ms, .jitter = 0.5} << u"7.5 15 30 60"_s;
    QTest::newRow("no more jitter than all")
        << RetryPolicy{.backoff = 10ms, .jitter = 9} << u"5 10 20 40"_s;
}

void tst_Retries::SUP_3_backoffs()
{
    QFETCH(const RetryPolicy, policy);
    QFETCH(const QString, waits);
    QStringList texts;
    for (int attempt = 1; attempt < 5; ++attempt)
        texts += QString::number(double(policy.backoffAfter(attempt, 0.5).count()) / 1e6, 'g', 10);
    QCOMPARE(texts.join(u' '), waits);
}

void tst_Retries::SUP_3_jitterSpreadsTheAttempts()
{
    World world({.workerCount = 1,
                 .onFailure = OnFailure::KeepWorker,
                 .retry = {.maximumAttempts = 2, .backoff = 100ms, .jitter = 0.5}});
    world.engine().start();
    for (int i = 0; i < 100; ++i)
        QVERIFY(world.submit({.name = QString::number(i), .failures = 1}));
    const qint64 begin = world.now();
    world.pass(50'000'000 - 1);
    QCOMPARE(world.engine().counters().waiting, 100);
    QList<qint64> left;
    for (int i = 0; i < 50; ++i) {
        world.pass(1'000'000);
        left.append(world.engine().counters().waiting);
    }
    world.pass(1'000'000);
    QCOMPARE(world.engine().counters().completed, 100);
    QVERIFY(world.now() - begin < 102'000'000);
    QVERIFY(left.at(12) < 95 && left.at(12) > 55); // about 75
    QVERIFY(left.at(37) < 45 && left.at(37) > 5); // about 25
}

void tst_Retries::SUP_3_manyAttemptsAtOnceAreNoLongSection()
{
    World world({.workerCount = 1, .onFailure = OnFailure::KeepWorker});
    world.engine().start();
    world.engine().pause();
    Script script{.promised = false};
    script.options.timeToLive = 1ms;
    for (int i = 0; i < 3000; ++i) {
        script.name = QString::number(i);
        QVERIFY(world.submit(script));
    }
    const int rung = world.clock().alarmsRung();
    world.clock().moveTo(world.now() + 1'000'000);
    QCOMPARE(world.engine().counters().discarded(), 3000);
    QCOMPARE(world.clock().alarmsRung() - rung, 3);
}

void tst_Retries::SUP_3_turnedAwayJobTakesItsTokenOnce_data()
{
    QTest::addColumn<RateLimitMode>("mode");
    QTest::addColumn<bool>("hasToken");
    QTest::newRow("rejecting") << RateLimitMode::Reject << true;
    QTest::newRow("delaying, with a token") << RateLimitMode::Delay << true;
    QTest::newRow("delaying, without") << RateLimitMode::Delay << false;
}

// A token is taken when the job is accepted for the first time, and not by its further attempts.
void tst_Retries::SUP_3_turnedAwayJobTakesItsTokenOnce()
{
    QFETCH(const RateLimitMode, mode);
    QFETCH(const bool, hasToken);
    const qint64 tokens = hasToken ? 3 : 1;
    World world({.workerCount = 1,
                 .queueLimit = 0,
                 .rateLimit = {.refill = 1, .interval = 100ms, .maximum = 3, .initial = tokens},
                 .rateLimitMode = mode});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .duration = 50'000'000}));
    world.settle();
    Script script{.name = u"b"_s};
    script.options.retry = RetryPolicy{
        .maximumAttempts = 9, .backoff = 20ms, .backoffFactor = 1, .on = RetryOn::Loadshed};
    QVERIFY(world.submit(script));
    world.pass(70'000'000);
    QCOMPARE(world.engine().counters().completed, hasToken ? 2 : 1);
    world.pass(60'000'000);
    QCOMPARE(world.engine().counters().completed, 2); // once there was a token
    // What is left of them, and those that have come since.
    int accepted = 0;
    for (int i = 0; i < 5; ++i) {
        accepted += world.submit({.name = u"c%1"_s.arg(i), .promised = false}) ? 1 : 0;
        world.settle();
    }
    QCOMPARE(accepted, hasToken ? 2 : 0);
}

void tst_Retries::SUP_3_turnedAwayCopyStaysWithItsWorker()
{
    World world({.workerCount = 2, .router = roundRobin(), .queueLimit = 0});
    world.engine().start();
    world.settle();
    for (const QString &name : {u"a"_s, u"b"_s}) {
        QVERIFY(world.submit({.name = name, .duration = 5'000'000}));
        world.settle();
    }
    QVERIFY(world.broadcast(
        {.name = u"c"_s,
         .options = {.retry = RetryPolicy{
                         .maximumAttempts = 2, .backoff = 10ms, .on = RetryOn::Loadshed}}}));
    world.pass(20'000'000);
    QStringList log = world.takeLog();
    QVERIFY2(log.contains(u"c0@0"_s) && log.contains(u"c1@1"_s), qPrintable(log.join(u' ')));
}

void tst_Retries::SUP_3_waitingForRoomComesBeforeTheBackoff()
{
    World world({.workerCount = 1, .queueLimit = 0});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .duration = 5'000'000}));
    world.settle();
    Script script{.name = u"b"_s};
    script.options.retry = RetryPolicy{
        .maximumAttempts = 9, .backoff = 1h, .on = RetryOn::Loadshed};
    auto refused = world.submitPatiently(script);
    world.awaitProducers();
    QCOMPARE(world.engine().counters().waiting, 0); // not accepted yet
    world.pass(5'000'000);
    world.awaitProducers();
    QVERIFY(!refused.get());
    world.pass(1'000'000);
    QCOMPARE(world.engine().counters().completed, 2);
    QCOMPARE(world.engine().counters().retried, 0);
}

void tst_Retries::SUP_3_attemptsDoNotOverflow()
{
    World world(
        {.workerCount = 1,
         .queueLimit = 0,
         .retry = {.maximumAttempts = std::numeric_limits<int>::max(), .on = RetryOn::Loadshed}});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .duration = 70'000'000'000}));
    world.settle();
    QVERIFY(world.submit({.name = u"b"_s}));
    world.pass(69'000'000'000);
    QCOMPARE(world.engine().counters().retried, 69'001);
    world.pass(2'000'000'000);
    QCOMPARE(world.engine().counters().completed, 2);
}

void tst_Retries::SUP_3_layerIsToldOfEachAttempt()
{
    struct Layer : Support::CountingLayer
    {
        void jobRetried(const AbstractJob &job, const JobRun &run,
                        const std::exception_ptr &error) override
        {
            CountingLayer::jobRetried(job, run, error);
            log += u"%1 #%2 @%3 %4"_s.arg(job.keyText())
                       .arg(run.attempt)
                       .arg(run.worker)
                       .arg(errorText(error).section(u':', 0, 0));
        }
        QStringList log;
    };
    const auto layer = std::make_shared<Layer>();
    World world({.workerCount = 1,
                 .queueLimit = 0,
                 .onFailure = OnFailure::KeepWorker,
                 .retry = {.maximumAttempts = 4,
                           .backoff = 10ms,
                           .on = RetryOn::Failed | RetryOn::WorkerLost | RetryOn::Loadshed},
                 .statistics = layer});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .duration = 5'000'000}));
    QVERIFY(world.submit({.name = u"b"_s, .failures = 3, .hangs = 2}));
    world.pass(11'000'000);
    QVERIFY(world.abandon(0));
    world.pass(200'000'000);
    QCOMPARE(layer->log.join(u", "_s), u"b #1 @-1 discarded, "
                                       "b #2 @0 the worker that was running the job was given up, "
                                       "b #3 @0 scripted"_s);
    QCOMPARE(world.engine().counters().completed, 2);
    QCOMPARE(layer->differences(world.engine().counters()), QString());
}

QTEST_GUILESS_MAIN(tst_Retries)
#include "tst_retries.moc"
