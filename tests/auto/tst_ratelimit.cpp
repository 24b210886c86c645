// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/limitedworld.h"
#include "support/simulation.h"

#include <Millwright/Factory>
#include <Millwright/RateLimiter>

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <random>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 Huge = std::numeric_limits<qint64>::max();

//! What a bucket must do, as simply as it can be said.
struct Model
{
    RateLimit limit;
    qint64 now;
    qint64 tick = now;
    qint64 maximum = limit.maximum < 0 ? limit.refill : limit.maximum;
    qint64 tokens = limit.initial < 0 ? maximum : std::min(limit.initial, maximum);

    bool take()
    {
        if (tokens == 0)
            return false;
        --tokens;
        return true;
    }
    void moveTo(qint64 time)
    {
        now = time;
        while (tick + limit.interval.count() <= now) {
            tick += limit.interval.count();
            tokens = std::min(maximum, tokens + limit.refill);
        }
    }
};

} // namespace

class tst_RateLimit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void RATE_1_bucket_data();
    void RATE_1_bucket();
    void RATE_1_bucketEqualsItsModel();
    void RATE_1_noLimitByDefault();
    void RATE_1_subMillisecondIntervalsAreExact();
    void RATE_2_rejectedJobComesBackAtOnce();
    void RATE_2_rejectedFutureHasEnded();
    void RATE_2_admissionsEqualTheModel_data();
    void RATE_2_admissionsEqualTheModel();
    void RATE_3_refusedJobCostsNoTurn();
    void RATE_3_shedJobTakesNoToken();
    void RATE_3_retriedJobTakesNoToken();
    void RATE_5_changedLimitCountsAtOnce_data();
    void RATE_5_changedLimitCountsAtOnce();
    void RATE_5_properties();
    void RATE_5_wrongValuesAreNamed();
};

void tst_RateLimit::RATE_1_bucket_data()
{
    QTest::addColumn<RateLimit>("limit");
    // Times at which somebody comes; with "!" he gets a token.
    QTest::addColumn<QString>("visits");
    const auto row = [](const char *name, const RateLimit &limit, const QString &visits) {
        QTest::newRow(name) << limit << visits;
    };
    row("full at first", {2, 10ns}, u"0! 0! 0 9 10! 10! 10"_s);
    row("empty at first", {2, 10ns, -1, 0}, u"0 9 10! 10! 10 19 20! 20! 20"_s);
    row("maximum", {1, 10ns, 3, 0}, u"9 500! 500! 500! 500 509 510! 510"_s);
    row("refill above the maximum", {9, 10ns, 2}, u"0! 0! 0 10! 10! 10"_s);
    row("initial above the maximum", {1, 10ns, 2, 99}, u"0! 0! 0 10! 10"_s);
    row("ticks do not move", {1, 10ns, 1}, u"0! 19! 19 20! 20 29 30!"_s);
    row("one nanosecond", {1, 1ns, 1}, u"0! 0 1! 1 2! 2 1000000000! 1000000000"_s);
    row("a late visit of a fast bucket", {Huge, 1ns, Huge, 0}, u"0 1! %1! %1!"_s.arg(Huge / 2));
    row("no refill", {0, 10ns, 5, 2}, u"0! 0! 0 1000 %1"_s.arg(Huge / 2));
    row("negative refill", {-7, 10ns, 5, 1}, u"0! 0 1000"_s);
    row("nothing fits in", {5, 10ns, 0, 5}, u"0 10 1000"_s);
    row("a huge interval", {1, std::chrono::nanoseconds::max(), 1}, u"0! 0 %1"_s.arg(Huge / 2));
    row("all is huge", {Huge, std::chrono::nanoseconds::max(), Huge, Huge}, u"0! 5! 7!"_s);
}

void tst_RateLimit::RATE_1_bucket()
{
    QFETCH(RateLimit, limit);
    QFETCH(QString, visits);
    constexpr qint64 Begin = 1'000'000'000;
    TokenBucket bucket(limit, Begin);
    QStringList seen;
    const auto times = visits.split(u' ');
    for (QString time : times) {
        time.remove(u'!');
        const qint64 now = Begin + time.toLongLong();
        const qint64 next = bucket.nextAvailable(now);
        if (next <= now)
            bucket.acquire(now);
        else if (next < RateLimiter::Never)
            QVERIFY(next <= now + limit.interval.count());
        seen += next <= now ? time + u'!' : time;
    }
    QCOMPARE(seen.join(u' '), visits);
}

void tst_RateLimit::RATE_1_bucketEqualsItsModel()
{
    std::mt19937_64 dice(1);
    const auto below = [&dice](qint64 limit) { return qint64(dice() % quint64(limit)); };
    int taken = 0;
    for (int run = 0; run < 2000; ++run) {
        const RateLimit limit{below(5), std::chrono::nanoseconds(1 + below(50)), below(8) - 1,
                              below(10) - 1};
        const qint64 begin = below(1000);
        TokenBucket bucket(limit, begin);
        Model model{limit, begin};
        for (int i = 0; i < 100; ++i) {
            model.moveTo(model.now + (below(3) == 0 ? below(200) : below(5)));
            const qint64 next = bucket.nextAvailable(model.now);
            const bool mayTake = model.take();
            QCOMPARE(next <= model.now, mayTake);
            taken += mayTake ? 1 : 0;
            if (mayTake) {
                bucket.acquire(model.now);
            } else if (next == RateLimiter::Never) {
                QVERIFY(limit.refill == 0 || model.maximum == 0);
            } else { // not earlier, not later
                QCOMPARE(next, model.tick + limit.interval.count());
            }
        }
    }
    QVERIFY(taken > 10'000);
}

void tst_RateLimit::RATE_1_noLimitByDefault()
{
    for (const RateLimit &none : {RateLimit(), RateLimit{0, 0ns, 0, 0}, RateLimit{1, -5ns}}) {
        LimitedWorld world({.workerCount = 1, .rateLimit = none});
        world.submit({1, 2, 3, 4, 5});
        QCOMPARE(world.admitted(), u"1@0 2@0 3@0 4@0 5@0"_s);
    }
}

void tst_RateLimit::RATE_1_subMillisecondIntervalsAreExact()
{
    LimitedWorld world({.workerCount = 2,
                        .rateLimit = {.refill = 1, .interval = 333ns, .initial = 0},
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2, 3, 4});
    world->pass(Millisecond);
    QCOMPARE(world.admitted(1), u"1@333 2@666 3@999 4@1332"_s);
}

void tst_RateLimit::RATE_2_rejectedJobComesBackAtOnce()
{
    Factory factory({.workerCount = 1, .rateLimit = {.refill = 2, .interval = 10h}},
                    [](Job<int, QString> &) {});
    QStringList told;
    factory.setDiscardHandler([&](Job<int, QString> &job, DiscardReason reason) {
        told += job.message() + u' ' + nameOf(reason);
    });
    QVERIFY(factory.start());
    QVERIFY(factory.dispatch(1, u"first"_s));
    QVERIFY(factory.dispatch(2, u"second"_s));
    auto verdict = factory.dispatch(3, u"third"_s);
    QVERIFY(verdict.reason() == DiscardReason::RateLimited);
    QCOMPARE(verdict.takeMessage(), u"third"_s);
    QCOMPARE(told, QStringList{u"third RateLimited"_s});
    QVERIFY(Support::hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, 2);
    QCOMPARE(factory.discardedRateLimited(), 1.0);
    QVERIFY(Support::isConserved(factory.counters()));
}

void tst_RateLimit::RATE_2_rejectedFutureHasEnded()
{
    Factory factory({.workerCount = 1, .rateLimit = {.interval = 10h, .maximum = 0}},
                    [](Job<int, int> &) { return 1; });
    const QFuture<int> future = factory.submit(1, 1);
    QVERIFY(future.isFinished());
    const auto discarded = Support::errorAs<JobDiscarded>(future);
    QVERIFY(discarded && discarded->reason() == DiscardReason::RateLimited);
}

void tst_RateLimit::RATE_2_admissionsEqualTheModel_data()
{
    QTest::addColumn<RateLimitMode>("mode");
    QTest::newRow("reject") << RateLimitMode::Reject;
    QTest::newRow("delay") << RateLimitMode::Delay;
}

// Jobs come at random times; each must go on at exactly the time the model says, or be refused.
void tst_RateLimit::RATE_2_admissionsEqualTheModel()
{
    QFETCH(RateLimitMode, mode);
    for (quint64 seed = 1; seed <= 200; ++seed) {
        std::mt19937_64 dice(seed);
        const auto below = [&dice](qint64 limit) { return qint64(dice() % quint64(limit)); };
        const RateLimit limit{1 + below(4), std::chrono::nanoseconds(1 + below(3000)), 1 + below(6),
                              below(8) - 1};
        LimitedWorld world({.workerCount = 3, .rateLimit = limit, .rateLimitMode = mode});
        Model model{limit, world.admissions().begin};
        std::vector<Admissions::One> expected;
        std::deque<quint64> delayed;
        const auto admitDelayed = [&](qint64 until) { // token by token
            while (!delayed.empty()) {
                if (model.take()) {
                    expected.push_back({delayed.front(), model.now});
                    delayed.pop_front();
                } else if (model.tick + limit.interval.count() <= until) {
                    model.moveTo(model.tick + limit.interval.count());
                } else {
                    break;
                }
            }
            model.moveTo(std::max(until, model.now));
        };
        for (quint64 key = 0; key < 150; ++key) {
            if (const qint64 pause = below(3) == 0 ? below(10'000) : below(300); pause > 0) {
                world->pass(pause);
                admitDelayed(world->clock().now());
            }
            const bool accepted = world.submit(key);
            if (delayed.empty() && model.take())
                expected.push_back({key, model.now});
            else if (mode == RateLimitMode::Delay)
                delayed.push_back(key);
            else
                QVERIFY(!accepted);
            QCOMPARE(accepted || mode == RateLimitMode::Reject, true);
            QCOMPARE(world->violations(), QString());
        }
        world->pass(1000 * Millisecond);
        admitDelayed(world->clock().now());
        QVERIFY2(world.admissions().all == expected, qPrintable(u"seed %1"_s.arg(seed)));
        QCOMPARE(world->engine().counters().completed, qint64(expected.size()));
    }
}

void tst_RateLimit::RATE_3_refusedJobCostsNoTurn()
{
    LimitedWorld world({.workerCount = 3, .rateLimit = {.refill = 2, .interval = 10ms}});
    world.submit({1, 2, 3, 4, 5});
    world->pass(10 * Millisecond);
    world.submit({6, 7, 8});
    world->settle();
    QCOMPARE(world.admitted(), u"1@0 2@0 6@10 7@10"_s); // 3, 4, 5 and 8 were never routed
    const QStringList log = world->takeLog().filter(u"@"_s);
    for (const QString &start : {u"j1@0"_s, u"j2@1"_s, u"j6@2"_s, u"j7@0"_s})
        QVERIFY2(log.contains(start), qPrintable(log.join(u' ')));
    QCOMPARE(log.size(), 4);
}

void tst_RateLimit::RATE_3_shedJobTakesNoToken()
{
    LimitedWorld world(
        {.workerCount = 0, .queueLimit = 1, .rateLimit = {.refill = 2, .interval = 10h}});
    QVERIFY(world.submit(1));
    QVERIFY(!world.submit(2)); // no room
    QVERIFY(!world.submit(3));
    QCOMPARE(world->engine().counters().discarded(DiscardReason::Loadshed), 2);
    world->engine().setQueueLimit(5);
    QVERIFY(world.submit(4)); // with the second token
    QVERIFY(!world.submit(5));
    QCOMPARE(world->engine().counters().discarded(DiscardReason::RateLimited), 1);
}

void tst_RateLimit::RATE_3_retriedJobTakesNoToken()
{
    LimitedWorld world({.workerCount = 1,
                        .rateLimit = {.refill = 1, .interval = 10h},
                        .onFailure = OnFailure::KeepWorker});
    QVERIFY(
        world->submit({.name = u"again"_s,
                       .failures = 2,
                       .options = {.retry = RetryPolicy{.maximumAttempts = 3, .backoff = 1ms}}}));
    world->pass(100 * Millisecond);
    QCOMPARE(world->engine().counters().completed, 1);
    QCOMPARE(world->engine().counters().retried, 2);
}

void tst_RateLimit::RATE_5_changedLimitCountsAtOnce_data()
{
    QTest::addColumn<RateLimit>("changed");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<int>("discarded");
    // Before: 1 token every 10 ms; job 1 took one at 0, jobs 2, 3 and 4 wait. Changed at 4 ms.
    QTest::newRow("unchanged") << RateLimit{1, 10ms} << u"1@0 2@10 3@20 4@30"_s << 0;
    QTest::newRow("no limit") << RateLimit{} << u"1@0 2@4 3@4 4@4"_s << 0;
    QTest::newRow("more often") << RateLimit{1, 6ms} << u"1@0 2@6 3@12 4@18"_s << 0;
    QTest::newRow("so often that a token is there")
        << RateLimit{1, 3ms} << u"1@0 2@4 3@7 4@10"_s << 0;
    QTest::newRow("more seldom") << RateLimit{1, 20ms} << u"1@0 2@20 3@40 4@60"_s << 0;
    QTest::newRow("more at once") << RateLimit{3, 10ms} << u"1@0 2@10 3@10 4@10"_s << 0;
    QTest::newRow("never again") << RateLimit{0, 10ms} << u"1@0"_s << 3;
    QTest::newRow("no room for a token") << RateLimit{1, 10ms, 0} << u"1@0"_s << 3;
}

void tst_RateLimit::RATE_5_changedLimitCountsAtOnce()
{
    QFETCH(RateLimit, changed);
    QFETCH(QString, expected);
    QFETCH(int, discarded);
    LimitedWorld world(
        {.workerCount = 2, .rateLimit = {1, 10ms}, .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2, 3, 4});
    world->pass(4 * Millisecond);
    world->engine().setRateLimit(changed);
    QVERIFY(world->engine().rateLimit() == changed);
    QCOMPARE(world->engine().counters().discarded(DiscardReason::RateLimited), discarded);
    world->pass(100 * Millisecond);
    QCOMPARE(world.admitted(), expected);
    QCOMPARE(world->violations(), QString());
}

void tst_RateLimit::RATE_5_properties()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) {});
    QSignalSpy limit(&factory, &FactoryBase::rateLimitChanged);
    QSignalSpy mode(&factory, &FactoryBase::rateLimitModeChanged);
    QVERIFY(factory.setProperty("rateLimitRefill", 3));
    QVERIFY(factory.setProperty("rateLimitMaximum", 7));
    QVERIFY(factory.setProperty("rateLimitInitial", 0));
    QVERIFY(factory.setProperty("rateLimitInterval", 0.25));
    QVERIFY((factory.rateLimit() == RateLimit{3, 250us, 7, 0}));
    QVERIFY(Support::eventually([&] { return limit.count() > 0; }));
    QVERIFY(mode.isEmpty());
    QVERIFY(factory.setProperty("rateLimitMode", QVariant::fromValue(RateLimitMode::Delay)));
    QVERIFY(Support::eventually([&] { return mode.count() > 0; }));
    QVERIFY(factory.rateLimitMode() == RateLimitMode::Delay);
    QCOMPARE(factory.property("rateLimitInterval").toDouble(), 0.25);
    QCOMPARE(factory.property("rateLimitMaximum").toDouble(), 7.0);
    factory.setRateLimitInterval(1e300); // longer than can be counted is as long as can be counted
    QVERIFY(factory.rateLimit().interval > std::chrono::hours(24 * 365 * 200));
}

void tst_RateLimit::RATE_5_wrongValuesAreNamed()
{
    Factory factory({.name = u"mill"_s, .workerCount = 1}, [](Job<int, int> &) {});
    const auto expect = [](const QString &text) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(text));
    };
    expect(u"\"mill\": a rateLimitRefill of -1 was ignored; it must be 0 or more"_s);
    factory.setRateLimitRefill(-1);
    expect(u"\"mill\": a rateLimitMaximum of -2 was ignored; it must be -1 or more"_s);
    factory.setRateLimitMaximum(-2);
    expect(u"\"mill\": a rateLimitInitial of nan was ignored"_s);
    factory.setRateLimitInitial(qQNaN());
    expect(u"\"mill\": a rateLimitInterval of -1 ms was ignored"_s);
    factory.setRateLimitInterval(-1);
    expect(u"\"mill\": there is no rate limit mode 5"_s);
    factory.setRateLimitMode(RateLimitMode(5));
    QVERIFY(factory.rateLimit() == RateLimit());
    QVERIFY(factory.rateLimitMode() == RateLimitMode::Reject);
}

QTEST_GUILESS_MAIN(tst_RateLimit)

#include "tst_ratelimit.moc"
