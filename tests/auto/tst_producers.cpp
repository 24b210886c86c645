// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/dice.h"
#include "support/expectations.h"
#include "support/simulation.h"

#include <QTest>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::Dice;

namespace {

enum class Rate { None, Reject, Delay };

FactorySettings settingsFor(RouterBuilder router, int limit, Rate rate)
{
    FactorySettings settings{.workerCount = 2, .router = std::move(router), .queueLimit = limit};
    if (rate != Rate::None)
        settings.rateLimit = {1, 5ms, 3};
    settings.rateLimitMode = rate == Rate::Delay ? RateLimitMode::Delay : RateLimitMode::Reject;
    return settings;
}

//! A world of jobs of a few keys, with producers that wait.
class Mill
{
public:
    explicit Mill(FactorySettings settings) : world(std::move(settings))
    {
        world.engine().start();
        settle();
    }
    ~Mill()
    {
        world.engine().resume();
        world.engine().setWorkerCount(2);
        pass(3000 * Millisecond);
    }

    bool dispatch(quint64 key, qint64 duration)
    {
        const bool accepted = world.submit(
            {.name = u"j%1"_s.arg(++m_jobs), .key = key, .duration = duration});
        settle();
        return accepted;
    }
    void dispatchPatiently(quint64 key)
    {
        m_producers.push_back(
            {key, world.submitPatiently(
                      {.name = u"p%1"_s.arg(++m_jobs), .key = key, .duration = Millisecond})});
        settle();
    }
    //! Until everything that happens has happened, and nobody is on the way.
    void settle()
    {
        do {
            world.awaitProducers();
        } while (world.step());
    }
    void pass(qint64 time)
    {
        const qint64 end = world.now() + time;
        for (settle(); world.now() < end; settle()) {
            qint64 next = std::min(world.nextFinish(), end);
            if (world.clock().hasAlarm())
                next = std::min(next, world.clock().nextAlarm());
            world.clock().moveTo(next);
        }
    }
    //! The keys of those that wait. Counts those that do no longer.
    QList<quint64> waitingKeys()
    {
        QList<quint64> keys;
        std::erase_if(m_producers, [&](Producer &producer) {
            if (producer.refused.wait_for(0s) != std::future_status::ready) {
                keys.append(producer.key);
                return false;
            }
            const Refusal refused = producer.refused.get();
            ++(refused ? refusedFor[*refused] : entered);
            return true;
        });
        return keys;
    }
    [[nodiscard]] qint64 wakeUps() const { return world.engine().sleepsForRoom().ended; }

    mutable World world;
    int entered = 0;
    std::map<DiscardReason, int> refusedFor;

private:
    struct Producer
    {
        quint64 key;
        std::future<Refusal> refused;
    };
    std::vector<Producer> m_producers;
    int m_jobs = 0;
};

} // namespace

class tst_Producers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void DISC_11_waitsForTheWorkerOfItsKey_data();
    void DISC_11_waitsForTheWorkerOfItsKey();
    void DISC_11_leavingWorkersTakeNoRoom();
    void DISC_11_tokenWakesWhoWaitsForIt();
    void DISC_11_entersWhenThereIsRoomAndDoesNotPoll_data();
    void DISC_11_entersWhenThereIsRoomAndDoesNotPoll();
};

void tst_Producers::DISC_11_waitsForTheWorkerOfItsKey_data()
{
    QTest::addColumn<int>("limit");
    QTest::newRow("0") << 0;
    QTest::newRow("1") << 1;
    QTest::newRow("3") << 3;
}

// Whatever the other worker does meanwhile.
void tst_Producers::DISC_11_waitsForTheWorkerOfItsKey()
{
    QFETCH(const int, limit);
    Mill mill(settingsFor(keyPersistent(), limit, Rate::None));
    while (mill.dispatch(1, 100 * Millisecond))
        ;
    quint64 other = 2;
    while (!mill.dispatch(other, Millisecond)) // a key of the other worker
        ++other;
    mill.dispatchPatiently(1);
    for (int i = 0; i < 50; ++i) {
        mill.pass(Millisecond);
        QVERIFY(mill.dispatch(other, Millisecond));
    }
    QCOMPARE(mill.waitingKeys(), QList<quint64>{1});
    const qint64 before = mill.wakeUps();
    QVERIFY(before <= 1); // when the router was asked which one it is
    mill.pass(50 * Millisecond);
    QCOMPARE(mill.waitingKeys(), QList<quint64>());
    QCOMPARE(mill.entered, 1);
    QCOMPARE(mill.wakeUps(), before + 1);
}

void tst_Producers::DISC_11_leavingWorkersTakeNoRoom()
{
    FactorySettings settings = settingsFor(keyPersistent(), 2, Rate::None);
    settings.workerCount = 4;
    Mill mill(settings);
    for (quint64 key = 0; key < 40; ++key)
        mill.dispatch(key, 100 * Millisecond);
    const QFuture<void> available = mill.world.engine().whenCapacityAvailable();
    QVERIFY(!available.isFinished());
    mill.dispatchPatiently(0);
    mill.world.engine().setWorkerCount(1); // those that leave have more than this one may have
    mill.pass(99 * Millisecond);
    QVERIFY(!available.isFinished());
    QCOMPARE(mill.wakeUps(), 0);
    mill.pass(2 * Millisecond);
    QVERIFY(available.isFinished());
    QVERIFY(mill.waitingKeys().isEmpty());
    QCOMPARE(mill.entered, 1);
}

void tst_Producers::DISC_11_tokenWakesWhoWaitsForIt()
{
    for (const RouterBuilder &router : {queuer(), keyPersistent(), stickyQueuer()}) {
        FactorySettings settings = settingsFor(router, 0, Rate::Delay);
        settings.rateLimit = {1, 10ms};
        Mill mill(settings);
        QVERIFY(mill.dispatch(1, Millisecond));
        mill.pass(2 * Millisecond);
        const QFuture<void> available = mill.world.engine().whenCapacityAvailable();
        for (int i = 0; i < 3; ++i)
            mill.dispatchPatiently(1);
        const int alarms = mill.world.clock().alarmsRung();
        mill.pass(7 * Millisecond);
        QVERIFY(!available.isFinished());
        QCOMPARE(mill.waitingKeys().size(), 3);
        QCOMPARE(mill.wakeUps(), 0);
        mill.pass(2 * Millisecond);
        QVERIFY(available.isFinished());
        QCOMPARE(mill.waitingKeys().size(), 2);
        mill.pass(20 * Millisecond);
        QCOMPARE(mill.waitingKeys().size(), 0);
        QCOMPARE(mill.wakeUps(), 3);
        QVERIFY(mill.world.clock().alarmsRung() - alarms <= 12);
    }
}

void tst_Producers::DISC_11_entersWhenThereIsRoomAndDoesNotPoll_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<int>("limit");
    QTest::addColumn<Rate>("rate");
    for (const auto &[name, router] : {std::pair{"in the factory", queuer()},
                                       {"anywhere", stickyQueuer()},
                                       {"at the workers, by key", keyPersistent()},
                                       {"at the workers, by load", leastLoaded()},
                                       {"at the workers, by turn", roundRobin()}}) {
        for (const int limit : {0, 1, 4}) {
            for (const auto &[rateName, rate] : {std::pair{"no rate", Rate::None},
                                                 {"rejecting", Rate::Reject},
                                                 {"delaying", Rate::Delay}}) {
                QTest::addRow("%s, %d, %s", name, limit, rateName) << router << limit << rate;
            }
        }
    }
}

void tst_Producers::DISC_11_entersWhenThereIsRoomAndDoesNotPoll()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const int, limit);
    QFETCH(const Rate, rate);
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    const bool isByTurn = tag.contains(u"by turn"_s);
    int waited = 0;
    for (quint64 seed = 1; seed <= 8; ++seed) {
        Dice dice(seed);
        Mill mill(settingsFor(router, limit, rate));
        Engine &engine = mill.world.engine();
        QFuture<void> available = engine.whenCapacityAvailable();
        int producers = 0;
        int changes = 0;
        for (int i = 0; i < 120; ++i) {
            const QByteArray where = u"seed %1, operation %2"_s.arg(seed).arg(i).toUtf8();
            switch (dice.below(12)) {
            case 0:
                engine.setWorkerCount(dice.below(4));
                ++changes;
                break;
            case 1:
                if (engine.isPaused())
                    engine.resume();
                else
                    engine.pause();
                break;
            case 2:
            case 3:
            case 4:
                mill.pass(dice.below(8) * Millisecond);
                break;
            case 5:
            case 6:
                if (mill.waitingKeys().size() < 4) {
                    mill.dispatchPatiently(quint64(dice.below(5)));
                    ++producers;
                }
                break;
            default: {
                mill.settle();
                const auto key = quint64(dice.below(5));
                const bool isWaitedFor = mill.waitingKeys().contains(key);
                const bool isFull = !available.isFinished();
                if (mill.dispatch(key, dice.below(9) * Millisecond)) {
                    QVERIFY2(!isFull, where.constData());
                    QVERIFY2(!isWaitedFor || isByTurn, where.constData());
                }
            }
            }
            mill.settle();
            waited += int(mill.waitingKeys().size());
            if (available.isFinished())
                available = engine.whenCapacityAvailable();
        }
        engine.resume();
        engine.setWorkerCount(2);
        mill.pass(3000 * Millisecond);
        QVERIFY2(mill.waitingKeys().isEmpty(), qPrintable(u"seed %1"_s.arg(seed)));
        QCOMPARE(mill.entered + mill.refusedFor[DiscardReason::RateLimited], producers);
        // Nearly everybody who is woken gets in.
        QVERIFY2(mill.wakeUps() <= producers + 4 * changes,
                 qPrintable(u"%1 of %2, %3"_s.arg(mill.wakeUps()).arg(producers).arg(changes)));
        QCOMPARE(mill.world.violations(), QString());
    }
    QVERIFY2(waited > (rate == Rate::Reject ? 10 : 100), qPrintable(QString::number(waited)));
}

QTEST_GUILESS_MAIN(tst_Producers)

#include "tst_producers.moc"
