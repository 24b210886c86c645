// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"
#include "support/limitedworld.h"
#include "support/simulation.h"

#include <Millwright/Factory>
#include <Millwright/RateLimiter>

#include <QTest>

#include <algorithm>

using namespace Simulation;
using namespace Qt::StringLiterals;

namespace {

//! Lets one in every millisecond.
class Pacemaker final : public RateLimiter
{
public:
    explicit Pacemaker(int *taken) : m_taken(taken) {}
    qint64 nextAvailable(qint64 now) override { return std::max(now, m_free); }
    void acquire(qint64 now) override
    {
        ++*m_taken;
        m_free = now + Millisecond;
    }

private:
    int *m_taken;
    qint64 m_free = 0;
};

class Throwing final : public RateLimiter
{
public:
    qint64 nextAvailable(qint64) override { throw std::runtime_error("out of order"); }
    void acquire(qint64) override { throw std::runtime_error("out of order"); }
};

} // namespace

// Limiters of one's own.
class tst_UserLimiter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void RATE_4_userLimiter();
    void RATE_4_timeDoesNotGoBackFromThreadToThread();
    void RATE_4_userLimiterMaySayNever();
    void RATE_4_limiterMayChangeItsMind();
    void RATE_4_drainEndsWhenTheLimiterSaysNever();
    void RATE_4_throwingLimiterLosesNoJob();
};

void tst_UserLimiter::RATE_4_userLimiter()
{
    int taken = 0;
    {
        LimitedWorld world({.workerCount = 1, .rateLimiter = customLimiter<Pacemaker>(&taken)});
        QVERIFY(world.submit(1));
        QVERIFY(!world.submit(2));
        world->pass(Millisecond);
        QVERIFY(world.submit(3));
        QCOMPARE(taken, 2);
        QVERIFY(!world->engine().rateLimit().isLimited());
        world->engine().setRateLimitMode(RateLimitMode::Delay);
        world.submit({4, 5});
        world->pass(5 * Millisecond);
        QCOMPARE(world.admitted(), u"1@0 3@1 4@2 5@3"_s);
        QCOMPARE(taken, 4);
    }
    Factory factory({.workerCount = 1, .rateLimiter = customLimiter<Pacemaker>(&taken)},
                    [](Job<int, int> &) {});
    QVERIFY(factory.dispatch(1, 1));
    QCOMPARE(taken, 5);
    factory.setRateLimiter({});
    for (int i = 0; i < 10; ++i)
        QVERIFY(factory.dispatch(i, i));
    QCOMPARE(taken, 5);
}

// Though the clock of one may be a little behind that of another.
void tst_UserLimiter::RATE_4_timeDoesNotGoBackFromThreadToThread()
{
    struct Watch : RateLimiter
    {
        explicit Watch(QList<qint64> *list) : times(list) {}
        qint64 nextAvailable(qint64 now) override
        {
            times->append(now);
            return now;
        }
        void acquire(qint64 now) override { times->append(now); }
        QList<qint64> *times;
    };
    QList<qint64> times;
    LimitedWorld world({.workerCount = 1, .rateLimiter = customLimiter<Watch>(&times)});
    QVERIFY(world.submit(1));
    world->clock().lag(20);
    QVERIFY(world.submit(2));
    world->pass(Millisecond);
    world->clock().lag(20);
    QVERIFY(world.submit(3));
    QVERIFY(times.size() >= 6);
    QVERIFY(std::is_sorted(times.cbegin(), times.cend()));
}

// Never to those that wait, and then at once to the one that comes: each ends for its own reason.
void tst_UserLimiter::RATE_4_limiterMayChangeItsMind()
{
    enum class Mood { Open, Closed, ClosedForAMoment };
    struct Fickle : RateLimiter
    {
        explicit Fickle(Mood *m) : mood(m) {}
        qint64 nextAvailable(qint64 now) override
        {
            if (*mood == Mood::Closed)
                return now + 3'600'000 * Millisecond;
            return std::exchange(*mood, Mood::Open) == Mood::Open ? now : Never;
        }
        void acquire(qint64) override {}
        Mood *mood;
    };
    Mood mood = Mood::Open;
    const Support::Gate gate;
    Factory factory({.workerCount = 1,
                     .queueLimit = 2,
                     .discardMode = DiscardMode::Oldest,
                     .rateLimiter = customLimiter<Fickle>(&mood),
                     .rateLimitMode = RateLimitMode::Delay},
                    [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QMap<int, DiscardReason> discarded;
    factory.setDiscardHandler(
        [&](Job<int, int> &job, DiscardReason reason) { discarded.insert(job.key(), reason); });
    QVERIFY(factory.start());
    QVERIFY(factory.dispatch(0, 0));
    QVERIFY(gate.awaitArrivals());
    QVERIFY(factory.dispatch(1, 0));
    mood = Mood::Closed;
    QVERIFY(factory.dispatch(2, 0)); // is delayed
    factory.setQueueLimit(1);
    mood = Mood::ClosedForAMoment;
    QVERIFY(factory.dispatch(3, 0)); // is let in, instead of the oldest one
    QCOMPARE(discarded, (QMap<int, DiscardReason>{{1, DiscardReason::Loadshed},
                                                  {2, DiscardReason::RateLimited}}));
    gate.open();
    QVERIFY(Support::hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, 2);
    QVERIFY(Support::isConserved(factory.counters()));
}

void tst_UserLimiter::RATE_4_drainEndsWhenTheLimiterSaysNever()
{
    struct Broken : RateLimiter // promises a token, and has none when its time has come
    {
        qint64 nextAvailable(qint64 now) override
        {
            if (due == 0)
                due = now + 10 * Millisecond;
            return now < due ? due : Never;
        }
        void acquire(qint64) override {}
        qint64 due = 0;
    };
    LimitedWorld world({.workerCount = 1,
                        .rateLimiter = customLimiter<Broken>(),
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2});
    world->engine().drain();
    world->pass(5 * Millisecond);
    QVERIFY(world->engine().state() == FactoryState::Draining);
    world->pass(10 * Millisecond);
    QVERIFY(world->engine().state() == FactoryState::Stopped);
    QCOMPARE(world->engine().counters().discarded(DiscardReason::RateLimited), 2);
}

void tst_UserLimiter::RATE_4_userLimiterMaySayNever()
{
    struct Closing : RateLimiter // open for two, then for one after 10 ms, then never again
    {
        qint64 nextAvailable(qint64 now) override
        {
            if (taken == 2)
                return last + 10 * Millisecond;
            return taken < 2 ? now : Never;
        }
        void acquire(qint64 now) override
        {
            ++taken;
            last = now;
        }
        int taken = 0;
        qint64 last = 0;
    };
    LimitedWorld world({.workerCount = 1,
                        .rateLimiter = customLimiter<Closing>(),
                        .rateLimitMode = RateLimitMode::Delay});
    world.submit({1, 2, 3, 4, 5});
    QCOMPARE(world->engine().counters().waiting + world->engine().counters().running, 5);
    world->pass(20 * Millisecond);
    QCOMPARE(world.admitted(), u"1@0 2@0 3@10"_s);
    QCOMPARE(world->engine().counters().discarded(DiscardReason::RateLimited), 2);
    QVERIFY(!world.submit(6));
    QCOMPARE(world->violations(), QString());
}

void tst_UserLimiter::RATE_4_throwingLimiterLosesNoJob()
{
    Factory factory({.name = u"mill"_s, .workerCount = 1, .rateLimiter = customLimiter<Throwing>()},
                    [](Job<int, int> &) { return 1; });
    for (int i = 0; i < 2; ++i) {
        QTest::ignoreMessage(
            QtCriticalMsg,
            QRegularExpression(u"rate limiter of factory \"mill\" threw \"out of order\""_s));
    }
    QVERIFY(factory.start());
    const QFuture<int> future = factory.submit(1, 1);
    QVERIFY(Support::hasEnded(future));
    QCOMPARE(future.resultCount(), 1);
}

QTEST_GUILESS_MAIN(tst_UserLimiter)

#include "tst_userlimiter.moc"
