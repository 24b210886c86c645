// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/countinglayer.h"
#include "support/operations.h"

#include <QtTest/qtest.h>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

//! Whatever the others do.
class ToFirstWorker final : public Router
{
public:
    Route route(const AbstractJob &, const Workers &) override { return Route::toWorker(0); }
    WaitingPlace waitingPlace() const override { return WaitingPlace::AtWorkers; }
};

} // namespace

// Jobs that are tried again when there was no room for them.
class tst_ShedRetries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void SUP_3_loadshed_data();
    void SUP_3_loadshed() { Simulation::run(); }
    void SUP_3_turnedAwayJobTakesItsTokenOnce_data();
    void SUP_3_turnedAwayJobTakesItsTokenOnce();
    void SUP_3_shedJobTakesItsTokenOnce();
    void SUP_3_jobShedBeforeItsTokenTakesIt();
    void SUP_3_turnedAwayCopyStaysWithItsWorker();
    void SUP_3_waitingForRoomComesBeforeTheBackoff();
    void SUP_3_attemptsDoNotOverflow();
};

void tst_ShedRetries::SUP_3_loadshed_data()
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
    QTest::newRow("no attempt after its time")
        << u"1"_s << u"limit=0 start a:50 b&9/9l~15 +10 ? letters"_s
        << u"+0, a@0, b Loadshed, [Running 0 1 0], [1:b*2 Discarded]"_s;
    QTest::newRow("refused if there is no time for another attempt")
        << u"1"_s << u"limit=0 start a:50 b&9/9l~8 +10"_s << u"+0, b Loadshed, refused b, a@0"_s;
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

void tst_ShedRetries::SUP_3_turnedAwayJobTakesItsTokenOnce_data()
{
    QTest::addColumn<RateLimitMode>("mode");
    QTest::addColumn<bool>("hasToken");
    QTest::newRow("rejecting") << RateLimitMode::Reject << true;
    QTest::newRow("delaying, with a token") << RateLimitMode::Delay << true;
    QTest::newRow("delaying, without") << RateLimitMode::Delay << false;
}

// A token is taken when the job is accepted for the first time, and not by its further attempts.
void tst_ShedRetries::SUP_3_turnedAwayJobTakesItsTokenOnce()
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

void tst_ShedRetries::SUP_3_shedJobTakesItsTokenOnce()
{
    World world({.workerCount = 1,
                 .queueLimit = 1,
                 .discardMode = DiscardMode::Oldest,
                 .rateLimit = {.refill = 1, .interval = 1h, .maximum = 3, .initial = 3}});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .duration = 50'000'000}));
    world.settle();
    const RetryPolicy policy{.maximumAttempts = 2, .backoff = 20ms, .on = RetryOn::Loadshed};
    QVERIFY(world.submit({.name = u"b"_s, .options = {.retry = policy}}));
    QVERIFY(world.submit({.name = u"c"_s})); // the last token
    world.pass(60'000'000);
    QCOMPARE(world.takeLog().mid(1).join(u", "_s), u"a@0, c Loadshed, a done, b@0, b done"_s);
}

void tst_ShedRetries::SUP_3_jobShedBeforeItsTokenTakesIt()
{
    World world({.workerCount = 1,
                 .queueLimit = 1,
                 .discardMode = DiscardMode::Oldest,
                 .rateLimit = {.refill = 1, .interval = 100ms, .maximum = 1, .initial = 1},
                 .rateLimitMode = RateLimitMode::Delay});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s}));
    world.settle();
    const RetryPolicy policy{.maximumAttempts = 2, .backoff = 5ms, .on = RetryOn::Loadshed};
    QVERIFY(world.submit({.name = u"b"_s, .options = {.retry = policy}}));
    QVERIFY(world.submit({.name = u"c"_s}));
    world.pass(50'000'000);
    QCOMPARE(world.takeLog().mid(1).join(u", "_s), u"a@0, a done, c Loadshed"_s);
    world.pass(60'000'000);
    QCOMPARE(world.takeLog().join(u", "_s), u"b@0, b done"_s);
}

void tst_ShedRetries::SUP_3_turnedAwayCopyStaysWithItsWorker()
{
    World world({.workerCount = 2, .router = customRouter<ToFirstWorker>(), .queueLimit = 0});
    world.engine().start();
    world.settle();
    QVERIFY(world.broadcast({.name = u"a"_s, .duration = 5'000'000}));
    world.settle();
    QVERIFY(world.broadcast(
        {.name = u"c"_s,
         .options = {.retry = RetryPolicy{
                         .maximumAttempts = 2, .backoff = 10ms, .on = RetryOn::Loadshed}}}));
    world.pass(20'000'000);
    QStringList log = world.takeLog();
    QVERIFY2(log.contains(u"c0@0"_s) && log.contains(u"c1@1"_s), qPrintable(log.join(u' ')));
}

void tst_ShedRetries::SUP_3_waitingForRoomComesBeforeTheBackoff()
{
    World world({.workerCount = 2, .router = customRouter<ToFirstWorker>(), .queueLimit = 0});
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

// Their number stops growing at some point, the attempts do not.
void tst_ShedRetries::SUP_3_attemptsDoNotOverflow()
{
    struct Layer : Support::CountingLayer
    {
        void jobRetried(const AbstractJob &, const JobRun &run, const std::exception_ptr &) override
        {
            grows = grows && run.attempt >= last;
            last = run.attempt;
        }
        int last = 0;
        bool grows = true;
    };
    const auto layer = std::make_shared<Layer>();
    World world({.workerCount = 1,
                 .queueLimit = 0,
                 .retry = {.maximumAttempts = 70'000, .on = RetryOn::Loadshed},
                 .statistics = layer});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .duration = 80'000'000'000}));
    world.settle();
    QVERIFY(world.submit({.name = u"b"_s}));
    world.pass(79'000'000'000);
    QCOMPARE(world.engine().counters().retried, 79'001);
    QCOMPARE(layer->last, 65'535);
    QVERIFY(layer->grows);
    world.pass(2'000'000'000);
    QCOMPARE(world.engine().counters().completed, 2);
}

QTEST_GUILESS_MAIN(tst_ShedRetries)
#include "tst_shedretries.moc"
