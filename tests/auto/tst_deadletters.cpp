// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/countinglayer.h"
#include "support/operations.h"
#include "support/startedworld.h"

#include <QtTest/qtest.h>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_DeadLetters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void SUP_5_whatGoesThere_data();
    void SUP_5_whatGoesThere() { Simulation::run(); }
    void SUP_5_retryAndDrop_data();
    void SUP_5_retryAndDrop() { Simulation::run(); }
    void SUP_5_newestAreKept_data();
    void SUP_5_newestAreKept() { Simulation::run(); }
    void SUP_5_letterTellsWhatHasHappened();
    void SUP_5_retriedJobHasItsOptions();
    void SUP_5_retryIsASubmission();
    void SUP_5_changesAreCounted();
};

void tst_DeadLetters::SUP_5_whatGoesThere_data()
{
    addOperationColumns();
    QTest::newRow("a job that has failed")
        << u"1"_s << u"keep start a!9 +1 letters"_s << u"+0, a@0, a failed, [1:a*1 Failed]"_s;
    QTest::newRow("after its last attempt alone")
        << u"1"_s << u"keep start a!9&2/9 +1 letters +9 letters"_s
        << u"+0, a@0, [], a@0, a failed, [1:a*2 Failed]"_s;
    QTest::newRow("nobody holds its future")
        << u"1"_s << u"start a!9. +1 letters"_s << u"+0, a@0, a failed, -0, +0, [1:a*1 Failed]"_s;
    QTest::newRow("asynchronous") << u"1"_s << u"keep start a:3!9% +5 letters"_s
                                  << u"+0, a@0, a failed, [1:a*1 Failed]"_s;
    QTest::newRow("not one that completes") << u"1"_s << u"keep start a!1&2 b +1 letters"_s
                                            << u"+0, a@0, b@0, b done, a@0, a done, []"_s;
    QTest::newRow("nor one that is canceled")
        << u"1"_s << u"keep start a:5!9 +1 xa +9 letters"_s << u"+0, a@0, a canceled, []"_s;
    QTest::newRow("expires") << u"1"_s << u"keep start a:9!9 b~5&9 +20 letters=1 letters"_s
                             << u"+0, a@0, b TtlExpired, a failed, [1:a*1 Failed]"_s;
    QTest::newRow("is shed without a policy")
        << u"1"_s << u"oldest limit=1 start a:9 +1 b c letters"_s << u"+0, a@0, b Loadshed, []"_s;
    QTest::newRow("is discarded by a stop")
        << u"1"_s << u"a&9fl stop letters"_s << u"a Shutdown, []"_s;
    QTest::newRow("fails after the stop") << u"1"_s << u"keep start a:5!9&9 +1 stop +9 letters"_s
                                          << u"+0, a@0, a failed, -0, [1:a*1 Failed]"_s;
}

void tst_DeadLetters::SUP_5_retryAndDrop_data()
{
    addOperationColumns();
    QTest::newRow("retried with success")
        << u"1"_s << u"keep start a!1 b +1 letters retry=1 letters"_s
        << u"+0, a@0, a failed, b@0, b done, [1:a*1 Failed], a'@0, a' done, []"_s;
    QTest::newRow("fails again") << u"1"_s << u"keep start a!2 +1 retry=1 letters"_s
                                 << u"+0, a@0, a failed, a'@0, a' failed, [2:a'*1 Failed]"_s;
    QTest::newRow("its retry policy begins anew")
        << u"1"_s << u"keep start a!3&2 +1 letters retry=1 +1 letters"_s
        << u"+0, a@0, a@0, a failed, [1:a*2 Failed], a'@0, a'@0, a' done, []"_s;
    QTest::newRow("there is no such letter")
        << u"1"_s << u"keep start a!1 +1 retry=2 drop=0 drop=1 drop=1 retry=1 letters"_s
        << u"+0, a@0, a failed, not retried 2, not dropped 0, not dropped 1, not retried 1, []"_s;
    QTest::newRow("refused, it stays")
        << u"1"_s << u"keep limit=0 start a!1 +1 b:9 +1 retry=1 letters +9 retry=1 letters"_s
        << u"+0, a@0, a failed, b@0, a' Loadshed, not retried 1, [1:a*1 Failed], b done, "
           "a''@0, a'' done, []"_s;
    QTest::newRow("may wait for room")
        << u"1"_s << u"keep limit=0 start a!1&9/9l +1 b:5 +1 retry=1 letters +9"_s
        << u"+0, a@0, a failed, b@0, [], b done, a'@0, a' done"_s;
    QTest::newRow("before the factory starts")
        << u"1"_s << u"limit=0 policy&2/5l a +9 letters limit=1 retry=1 start letters"_s
        << u"a Loadshed, [1:a*2 Discarded], +0, a'@0, a' done, []"_s;
    QTest::newRow("not while draining")
        << u"1"_s << u"keep start a!1 +1 b:5 +1 drain retry=1 letters +9 ?"_s
        << u"+0, a@0, a failed, b@0, not retried 1, [1:a*1 Failed], b done, -0, [Stopped 0 0 0]"_s;
    QTest::newRow("not after the stop, but dropped")
        << u"1"_s << u"keep start a!1 +1 stop letters retry=1 ? drop=1 letters"_s
        << u"+0, a@0, a failed, -0, [1:a*1 Failed], not retried 1, [Stopped 0 0 0], []"_s;
    QTest::newRow("lost with a copy of the message")
        << u"1"_s << u"start a:5*1&1w +1 lose=0 letters retry=1 +9 letters"_s
        << u"+0, a@0, a lost, +0, [1:a*1 WorkerLost], a'@0, a' done, []"_s;
    QTest::newRow("lost without one")
        << u"1"_s << u"start a:5*1 +1 lose=0 retry=1 letters drop=1 letters"_s
        << u"+0, a@0, a lost, +0, not retried 1, [1:a*1 WorkerLost -], []"_s;
}

void tst_DeadLetters::SUP_5_newestAreKept_data()
{
    addOperationColumns();
    QTest::newRow("no more than the limit")
        << u"1"_s << u"keep letters=2 start a!1 b!1 c!1 +1 letters"_s
        << u"+0, a@0, a failed, b@0, b failed, c@0, c failed, [2:b*1 Failed, 3:c*1 Failed]"_s;
    QTest::newRow("a lower limit drops the oldest")
        << u"1"_s << u"keep start a!1 b!1 c!1 +1 letters=1 letters letters=5 letters"_s
        << u"+0, a@0, a failed, b@0, b failed, c@0, c failed, [3:c*1 Failed], [3:c*1 Failed]"_s;
    QTest::newRow("none at all") << u"1"_s << u"keep letters=0 start a!1 +1 letters"_s
                                 << u"+0, a@0, a failed, []"_s;
    QTest::newRow("one that is refused keeps its place")
        << u"1"_s
        << u"keep limit=0 letters=2 start a!1 +1 b!1 +1 c:9 +1 retry=1 letters letters=1 letters"_s
        << u"+0, a@0, a failed, b@0, b failed, c@0, a' Loadshed, not retried 1, "
           "[1:a*1 Failed, 2:b*1 Failed], [2:b*1 Failed]"_s;
}

void tst_DeadLetters::SUP_5_letterTellsWhatHasHappened()
{
    const auto world = startedWorld({.workerCount = 1, .onFailure = OnFailure::KeepWorker});
    QVERIFY(world->submit(
        {.name = u"a"_s,
         .duration = 5'000'000,
         .failures = 2,
         .options = {.retry = RetryPolicy{.maximumAttempts = 2}, .label = u"label"_s}}));
    world->pass(20'000'000);
    const QList<DeadLetter> letters = world->engine().deadLetters();
    QCOMPARE(letters.size(), 1);
    const DeadLetter expected{.id = 1,
                              .time = world->now() - 10'000'000,
                              .outcome = Outcome::Failed,
                              .key = u"a"_s,
                              .label = u"label"_s,
                              .error = u"scripted"_s,
                              .attempts = 2,
                              .worker = 0,
                              .isRetriable = true};
    QVERIFY(letters.first() == expected);
}

void tst_DeadLetters::SUP_5_retriedJobHasItsOptions()
{
    const auto world = startedWorld({.workerCount = 1, .onFailure = OnFailure::KeepWorker});
    const JobOptions options{
        .timeToLive = 50ms, .priority = Priority::High, .discardable = false, .label = u"label"_s};
    QVERIFY(world->submit({.name = u"a"_s, .failures = 1, .options = options}));
    world->pass(40'000'000);
    // Not discardable: it exceeds the limit. Its time to live begins again.
    world->engine().setQueueLimit(0);
    QVERIFY(world->submit({.name = u"b"_s, .duration = 100'000'000}));
    world->settle();
    QVERIFY(world->engine().retryDeadLetter(1));
    world->pass(49'000'000);
    QCOMPARE(world->engine().counters().waiting, 1);
    world->pass(2'000'000);
    QCOMPARE(world->engine().counters().discarded(DiscardReason::TtlExpired), 1);
}

void tst_DeadLetters::SUP_5_retryIsASubmission()
{
    const auto layer = std::make_shared<Support::CountingLayer>();
    const auto world = startedWorld(
        {.workerCount = 1, .onFailure = OnFailure::KeepWorker, .statistics = layer});
    QVERIFY(world->submit({.name = u"a"_s, .failures = 2}));
    world->settle();
    QVERIFY(world->engine().retryDeadLetter(1));
    QCOMPARE(world->engine().counters().submitted, 2);
    world->settle();
    QCOMPARE(world->violations(), QString());
    QCOMPARE(world->engine().counters().failed, 2);
    QCOMPARE(world->engine().counters().retried, 0);
    QCOMPARE(layer->differences(world->engine().counters()), QString());
}

void tst_DeadLetters::SUP_5_changesAreCounted()
{
    const auto world = startedWorld({.workerCount = 1, .deadLetterLimit = 1});
    quint64 before = 0;
    const auto change = [&] {
        const FactorySnapshot now = world->engine().snapshot(false);
        const bool changed = std::exchange(before, now.deadLetterChanges) != now.deadLetterChanges;
        return u"%1%2"_s.arg(now.deadLetters).arg(changed ? u"!"_s : u""_s);
    };
    QCOMPARE(change(), u"0"_s);
    QVERIFY(world->submit({.name = u"a"_s, .failures = 1}));
    world->settle();
    QCOMPARE(change(), u"1!"_s);
    QVERIFY(world->submit({.name = u"b"_s, .failures = 1}));
    world->settle();
    QCOMPARE(change(), u"1!"_s); // another one
    QVERIFY(world->submit({.name = u"c"_s}));
    world->settle();
    QVERIFY(!world->engine().dropDeadLetter(1));
    QCOMPARE(change(), u"1"_s);
    QVERIFY(world->engine().dropDeadLetter(2));
    QCOMPARE(change(), u"0!"_s);
    world->engine().setDeadLetterLimit(-5); // as 0
    QCOMPARE(world->engine().deadLetterLimit(), 0);
    QVERIFY(world->submit({.name = u"d"_s, .failures = 1}));
    world->settle();
    QCOMPARE(change(), u"0"_s);
}

QTEST_GUILESS_MAIN(tst_DeadLetters)
#include "tst_deadletters.moc"
