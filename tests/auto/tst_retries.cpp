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
    void SUP_3_lostWorkers_data();
    void SUP_3_lostWorkers() { Simulation::run(); }
    void SUP_3_backoffs_data();
    void SUP_3_backoffs();
    void SUP_3_jitterSpreadsTheAttempts();
    void SUP_3_manyAttemptsAtOnceAreNoLongSection();
    void SUP_3_retriedJobIsNotTheOldest();
    void SUP_3_noAttemptAfterItsTime_data();
    void SUP_3_noAttemptAfterItsTime();
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
    QTest::newRow("time to live binds") << u"1"_s << u"start a:5*1&2/3w~8 +1 lose=0 b:20 +30"_s
                                        << u"+0, a@0, +0, b@0, a TtlExpired, b done"_s;
    QTest::newRow("its time would be over before it backs off")
        << u"1"_s << u"start a:5*1&2/9w~8 +1 lose=0 +20"_s << u"+0, a@0, a lost, +0"_s;
    QTest::newRow("has time to live left")
        << u"1"_s << u"start a:5*1&2w~90 +1 lose=0 +9"_s << u"+0, a@0, +0, a@0, a done"_s;
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

// It stands in line anew, also where the oldest makes room.
void tst_Retries::SUP_3_retriedJobIsNotTheOldest()
{
    World world({.workerCount = 1,
                 .router = stickyQueuer(),
                 .queueLimit = 2,
                 .discardMode = DiscardMode::Oldest,
                 .onFailure = OnFailure::KeepWorker,
                 .retry = {.maximumAttempts = 2, .backoff = 5ms}});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .key = 1, .failures = 1}));
    world.settle();
    QVERIFY(world.submit({.name = u"b"_s, .key = 2, .duration = 20'000'000}));
    world.settle();
    QVERIFY(world.submit({.name = u"c"_s, .key = 3}));
    world.pass(6'000'000);
    QCOMPARE(world.engine().counters().waiting, 2);
    QVERIFY(world.submit({.name = u"d"_s, .key = 4}));
    world.pass(20'000'000);
    QCOMPARE(world.takeLog().mid(1).join(u", "_s),
             u"a@0, b@0, c Loadshed, b done, a@0, a done, d@0, d done"_s);
}

void tst_Retries::SUP_3_noAttemptAfterItsTime_data()
{
    QTest::addColumn<std::chrono::milliseconds>("duration");
    QTest::addColumn<std::chrono::milliseconds>("backoff");
    QTest::addColumn<int>("attempts");
    QTest::newRow("over when it fails") << 20ms << 0ms << 1;
    QTest::newRow("over before the next attempt") << 1ms << 9ms << 1;
    QTest::newRow("over before the one after that") << 1ms << 4ms << 2;
    QTest::newRow("just in time") << 1ms << 8ms << 2;
}

// The last error counts, and at once, not that there was no time for another attempt.
void tst_Retries::SUP_3_noAttemptAfterItsTime()
{
    QFETCH(const std::chrono::milliseconds, duration);
    QFETCH(const std::chrono::milliseconds, backoff);
    QFETCH(const int, attempts);
    World world({.workerCount = 1,
                 .onFailure = OnFailure::KeepWorker,
                 .retry = {.maximumAttempts = 3, .backoff = backoff, .backoffFactor = 1}});
    world.engine().start();
    Script script{
        .name = u"a"_s, .duration = std::chrono::nanoseconds(duration).count(), .failures = 9};
    script.options.timeToLive = 10ms;
    const qint64 begin = world.now();
    QVERIFY(world.submit(script));
    QVERIFY(world.finish());
    QCOMPARE(world.fates().at(u"a"_s).failed, 1);
    QCOMPARE(world.fates().at(u"a"_s).started, attempts);
    QCOMPARE(world.engine().counters().retried, attempts - 1);
    QCOMPARE(world.engine().counters().failed, 1);
    QCOMPARE(world.engine().deadLetters().size(), 1);
    const auto took = duration * attempts + backoff * (attempts - 1);
    QCOMPARE(world.engine().deadLetters().first().time - begin,
             std::chrono::nanoseconds(took).count());
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
        void jobCompleted(const AbstractJob &job, const JobRun &run) override
        {
            CountingLayer::jobCompleted(job, run);
            submitted += run.submitted;
        }
        QStringList log;
        QList<qint64> submitted;
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
    const qint64 begin = world.now();
    QVERIFY(world.submit({.name = u"a"_s, .duration = 5'000'000}));
    QVERIFY(world.submit({.name = u"b"_s, .failures = 3, .hangs = 2}));
    world.pass(11'000'000);
    QVERIFY(world.abandon(0));
    world.pass(200'000'000);
    QCOMPARE(layer->log.join(u", "_s), u"b #1 @-1 discarded, "
                                       "b #2 @0 the worker that was running the job was given up, "
                                       "b #3 @0 scripted"_s);
    QCOMPARE(world.engine().counters().completed, 2);
    QCOMPARE(layer->submitted, (QList<qint64>{begin, begin}));
    QCOMPARE(layer->differences(world.engine().counters()), QString());
}

QTEST_GUILESS_MAIN(tst_Retries)
#include "tst_retries.moc"
