// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/dice.h"
#include "support/expectations.h"
#include "support/gate.h"
#include "support/simulation.h"

#include <Millwright/Factory>

#include <QLoggingCategory>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>

#include <array>
#include <thread>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

using Act = std::function<void(World &)>;

//! One worker, busy for 50 ms, and no room for more than those that wait.
class FullWorld
{
public:
    explicit FullWorld(FactorySettings settings = {}) : m_world(completed(std::move(settings)))
    {
        m_world.engine().start();
        m_world.submit({.name = u"runs"_s, .duration = 50 * Millisecond});
        m_world.pass(Millisecond);
        m_world.submit({.name = u"w1"_s, .options = {.timeToLive = 20ms}});
        m_world.submit({.name = u"w2"_s, .duration = 50 * Millisecond});
    }
    ~FullWorld() { m_world.finish(); }
    FullWorld(const FullWorld &) = delete;
    FullWorld &operator=(const FullWorld &) = delete;

    World *operator->() { return &m_world; }
    World &operator*() { return m_world; }

private:
    static FactorySettings completed(FactorySettings settings)
    {
        settings.workerCount = 1;
        settings.queueLimit = 2;
        return settings;
    }
    World m_world;
};

//! A factory whose jobs stand at a gate, with one of them there and as many waiting as may.
class FullMill
{
public:
    explicit FullMill(FactorySettings settings = {})
        : m_factory(completed(std::move(settings)), Pass{m_gate})
        , m_opener(m_gate)
    {
        m_factory.setDiscardHandler([this](Job<int, QString> &, DiscardReason) { ++m_told; });
        m_factory.start();
        m_factory.dispatch(0, u"at the gate"_s);
        m_full = m_gate.awaitArrivals() && m_factory.dispatch(1, u"waiting"_s);
    }

    struct Pass
    {
        Support::Gate gate;
        int operator()(Job<int, QString> &job) const
        {
            gate.pass();
            return job.key();
        }
    };

    auto *operator->() { return &m_factory; }
    [[nodiscard]] bool isFull() const { return m_full; }
    [[nodiscard]] int told() const { return m_told; }
    void open() { m_gate.open(); }

private:
    static FactorySettings completed(FactorySettings settings)
    {
        settings.name = u"mill"_s;
        settings.workerCount = 1;
        settings.queueLimit = 1;
        return settings;
    }

    const Support::Gate m_gate;
    std::atomic<int> m_told = 0;
    Factory<FunctionWorker<Pass>> m_factory;
    const Support::GateOpener m_opener;
    bool m_full = false;
};

} // namespace

class tst_Backpressure : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void DISC_9_futureEndsWhenThereIsRoom_data();
    void DISC_9_futureEndsWhenThereIsRoom();
    void DISC_9_futureEndsAtOnceIfThereIsRoom();
    void DISC_9_futureIsCanceledWhenTheFactoryEnds_data();
    void DISC_9_futureIsCanceledWhenTheFactoryEnds();
    void DISC_9_futureNeverMissesRoom();
    void DISC_9_roomForAKey_data();
    void DISC_9_roomForAKey();
    void DISC_9_roomForAKeyNeedsAToken();
    void DISC_9_pumpForAKey();
    void DISC_9_futureNeedsNoEventLoop();
    void DISC_9_signal();
    void DISC_9_noSignalWithoutCause();
    void DISC_9_refusalAloneIsNoReturnOfRoom();
    void DISC_10_congestion_data();
    void DISC_10_congestion();
    void DISC_10_properties();
    void DISC_11_waitsForRoom_data();
    void DISC_11_waitsForRoom();
    void DISC_11_waitsAtTheWorkers_data();
    void DISC_11_waitsAtTheWorkers();
    void DISC_11_routerIsNotAskedWithoutRoom();
    void DISC_11_deadline_data();
    void DISC_11_deadline();
    void DISC_11_nothingIsCountedWhileWaiting();
    void DISC_11_endOfTheFactoryEndsTheWait_data();
    void DISC_11_endOfTheFactoryEndsTheWait();
    void DISC_11_workerDoesNotWaitForItself();
    void DISC_11_expiryHandlerDoesNotWait();
    void DISC_11_futureOfAJobThatWaited();
    void DISC_11_jobOverTheRateIsRefusedAtOnce();
};

void tst_Backpressure::DISC_9_futureEndsWhenThereIsRoom_data()
{
    QTest::addColumn<Act>("act");
    QTest::addColumn<bool>("makesRoom");
    const auto row = [](const char *name, Act act, bool makesRoom = true) {
        QTest::newRow(name) << act << makesRoom;
    };
    row(
        "nothing happens", [](World &world) { world.pass(19 * Millisecond); }, false);
    row("a job expires", [](World &world) { world.pass(20 * Millisecond); });
    row("a job is taken", [](World &world) { world.pass(49 * Millisecond); });
    row("a job is canceled", [](World &world) {
        world.cancel(u"w2"_s);
        world.clock().moveTo(world.now() + 25 * Millisecond);
    });
    row("the limit is raised", [](World &world) { world.engine().setQueueLimit(3); });
    row(
        "the limit is the same", [](World &world) { world.engine().setQueueLimit(2); }, false);
    row("the limit goes", [](World &world) { world.engine().setQueueLimit(-1); });
    row("a worker comes", [](World &world) {
        world.engine().setWorkerCount(2);
        world.settle();
    });
    row(
        "a job is refused", [](World &world) { world.submit({.name = u"x"_s}); }, false);
}

void tst_Backpressure::DISC_9_futureEndsWhenThereIsRoom()
{
    QFETCH(Act, act);
    QFETCH(bool, makesRoom);
    FullWorld world;
    const QFuture<void> first = world->engine().whenCapacityAvailable();
    const QFuture<void> second = world->engine().whenCapacityAvailable();
    QVERIFY(!first.isFinished());
    act(*world);
    QCOMPARE(first.isFinished(), makesRoom);
    QCOMPARE(second.isFinished(), makesRoom);
    QVERIFY(!first.isCanceled());
    QCOMPARE(world->submit({.name = u"next"_s}), makesRoom);
}

void tst_Backpressure::DISC_9_futureEndsAtOnceIfThereIsRoom()
{
    World unlimited({.workerCount = 0});
    QVERIFY(unlimited.engine().whenCapacityAvailable().isFinished());
    World limited({.workerCount = 0, .queueLimit = 1});
    const QFuture<void> future = limited.engine().whenCapacityAvailable();
    QVERIFY(future.isFinished() && !future.isCanceled());
    World atOnce({.workerCount = 1, .queueLimit = 0});
    QVERIFY(!atOnce.engine().whenCapacityAvailable().isFinished());
    const QFuture<void> started = atOnce.engine().whenCapacityAvailable();
    atOnce.engine().start();
    atOnce.settle();
    QVERIFY(started.isFinished());
}

void tst_Backpressure::DISC_9_futureIsCanceledWhenTheFactoryEnds_data()
{
    QTest::addColumn<Act>("act");
    QTest::newRow("stop") << Act([](World &world) { world.engine().stop(); });
    QTest::newRow("drain") << Act([](World &world) { world.engine().drain(); });
}

void tst_Backpressure::DISC_9_futureIsCanceledWhenTheFactoryEnds()
{
    QFETCH(Act, act);
    FullWorld world;
    const QFuture<void> before = world->engine().whenCapacityAvailable();
    act(*world);
    QVERIFY(before.isFinished() && before.isCanceled());
    const QFuture<void> after = world->engine().whenCapacityAvailable();
    QVERIFY(after.isFinished() && after.isCanceled());
}

// Whatever happens: a future that has not ended means that there is no room.
void tst_Backpressure::DISC_9_futureNeverMissesRoom()
{
    int full = 0;
    for (quint64 seed = 1; seed <= 300; ++seed) {
        Support::Dice dice(seed);
        World world({.workerCount = dice.below(3), .queueLimit = dice.below(4)});
        Engine &engine = world.engine();
        engine.start();
        world.settle();
        QFuture<void> future = engine.whenCapacityAvailable();
        int jobs = 0;
        for (int i = 0; i < 150; ++i) {
            switch (dice.below(12)) {
            case 0:
                engine.setWorkerCount(dice.below(4));
                break;
            case 1:
                engine.setQueueLimit(dice.oneIn(5) ? -1 : dice.below(4));
                break;
            case 2:
                world.cancel(u"j%1"_s.arg(dice.below(jobs + 1)));
                break;
            case 3:
                engine.setRateLimit(dice.oneIn(2) ? RateLimit{1, 3ms} : RateLimit{});
                engine.setRateLimitMode(RateLimitMode::Delay);
                break;
            case 4:
            case 5:
            case 6:
                world.pass(dice.below(8) * Millisecond);
                break;
            default:
                Script script{.name = u"j%1"_s.arg(jobs++),
                              .duration = dice.below(6) * Millisecond};
                if (dice.oneIn(3))
                    script.options.timeToLive = std::chrono::milliseconds(1 + dice.below(9));
                world.submit(script);
            }
            world.settle();
            if (!future.isFinished()) {
                QVERIFY2(!world.submit({.name = u"probe"_s}),
                         qPrintable(u"seed %1, operation %2"_s.arg(seed).arg(i)));
                ++full;
            } else {
                future = engine.whenCapacityAvailable();
            }
        }
        engine.setWorkerCount(1);
        QVERIFY(world.finish());
    }
    QVERIFY(full > 1000);
}

void tst_Backpressure::DISC_9_roomForAKey_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("queuer") << queuer();
    QTest::newRow("stickyQueuer") << stickyQueuer();
    QTest::newRow("keyPersistent") << keyPersistent();
}

// At any moment the future of a key has ended exactly if a job of that key would be accepted, and one that has not
// ended yet means that none would.
void tst_Backpressure::DISC_9_roomForAKey()
{
    QFETCH(const RouterBuilder, router);
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); // of workers in a crash loop
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });
    constexpr int Keys = 4;
    int full = 0;
    int fullForSome = 0;
    int looping = 0;
    for (quint64 seed = 1; seed <= 150; ++seed) {
        Support::Dice dice(seed);
        World world({.workerCount = dice.below(4),
                     .router = router,
                     .queueLimit = dice.below(4),
                     .restartPolicy = {.maximumRestarts = 1, .backoff = 5ms}});
        Engine &engine = world.engine();
        const auto roomFor = [&](quint64 key) {
            return engine.whenCapacityAvailable(Detail::makeJob<Detail::KeyProbe<quint64>>(key));
        };
        engine.start();
        world.settle();
        std::array<QFuture<void>, Keys> futures;
        for (int key = 0; key < Keys; ++key)
            futures[std::size_t(key)] = roomFor(quint64(key));
        int jobs = 0;
        for (int i = 0; i < 150; ++i) {
            switch (dice.below(14)) {
            case 0:
                engine.setWorkerCount(dice.below(4));
                break;
            case 10:
                if (dice.oneIn(2))
                    engine.pause();
                else
                    engine.resume();
                break;
            case 11:
                world.breakWorker(dice.below(4));
                break;
            case 12:
                world.repairWorkers();
                break;
            case 1:
                engine.setQueueLimit(dice.oneIn(5) ? -1 : dice.below(4));
                break;
            case 2:
                world.cancel(u"j%1"_s.arg(dice.below(jobs + 1)));
                break;
            case 3:
            case 4:
                world.pass(dice.below(8) * Millisecond);
                break;
            default:
                world.submit({.name = u"j%1"_s.arg(jobs++),
                              .key = Detail::hashKey(quint64(dice.below(Keys))),
                              .duration = dice.below(6) * Millisecond,
                              .failures = dice.oneIn(8) ? 1 : 0});
            }
            if (dice.oneIn(2))
                world.settle();
            const auto key = quint64(dice.below(Keys));
            QFuture<void> &future = futures[key];
            const bool hasRoom = roomFor(key).isFinished();
            const auto where = [&] { return u"seed %1, operation %2"_s.arg(seed).arg(i); };
            QVERIFY2(!hasRoom || future.isFinished(), qPrintable(where()));
            fullForSome += !hasRoom && engine.whenCapacityAvailable().isFinished() ? 1 : 0;
            QVERIFY2(world.submit({.name = u"probe %1"_s.arg(i),
                                   .key = Detail::hashKey(key),
                                   .duration = dice.below(3) * Millisecond})
                         == hasRoom,
                     qPrintable(where()));
            full += hasRoom ? 0 : 1;
            looping += engine.crashLoopingWorkers() > 0 ? 1 : 0;
            if (future.isFinished())
                future = roomFor(key);
        }
        world.repairWorkers();
        engine.resume();
        engine.setWorkerCount(2);
        QVERIFY(world.finish());
    }
    QVERIFY(full > 1000);
    QVERIFY(looping > 1000);
    QCOMPARE(fullForSome > 100, QLatin1String(QTest::currentDataTag()) != "queuer"_L1);
}

void tst_Backpressure::DISC_9_roomForAKeyNeedsAToken()
{
    World world({.workerCount = 1,
                 .router = keyPersistent(),
                 .rateLimit = {.refill = 1, .interval = 10ms},
                 .rateLimitMode = RateLimitMode::Reject});
    world.engine().start();
    world.settle();
    const auto room = [&] {
        return world.engine().whenCapacityAvailable(
            Detail::makeJob<Detail::KeyProbe<quint64>>(quint64(1)));
    };
    QVERIFY(room().isFinished());
    QVERIFY(world.submit({.name = u"a"_s, .key = Detail::hashKey(quint64(1))}));
    QVERIFY(!world.submit({.name = u"b"_s, .key = Detail::hashKey(quint64(1))}));
    const QFuture<void> future = room();
    QVERIFY(!future.isFinished());
    world.pass(10 * Millisecond);
    QVERIFY(future.isFinished());
    QVERIFY(!future.isCanceled());
    QVERIFY(world.submit({.name = u"c"_s, .key = Detail::hashKey(quint64(1))}));
    const QFuture<void> last = room();
    world.engine().stop();
    QVERIFY(last.isFinished() && last.isCanceled());
    QVERIFY(room().isCanceled());
}

// A thread that may not block, and gives its jobs of one key as they find room.
void tst_Backpressure::DISC_9_pumpForAKey()
{
    constexpr int Jobs = 200;
    Factory factory({.workerCount = 2, .router = stickyQueuer(), .queueLimit = 3},
                    [](Job<int, int> &) {});
    factory.start();
    QObject context;
    int next = 0;
    int refused = 0;
    std::function<void()> pump = [&] {
        while (next < Jobs && factory.dispatch(1, next))
            ++next;
        if (next < Jobs) {
            ++refused;
            factory.whenCapacityAvailable(1).then(
                [&] { QMetaObject::invokeMethod(&context, pump, Qt::QueuedConnection); });
        }
    };
    pump();
    QVERIFY(QTest::qWaitFor([&] { return next == Jobs; }, 30'000));
    QVERIFY(refused <= Jobs);
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, Jobs);
}

void tst_Backpressure::DISC_9_futureNeedsNoEventLoop()
{
    FullMill mill;
    QVERIFY(mill.isFull());
    QVERIFY(!mill->dispatch(2, u"refused"_s));
    std::atomic<bool> accepted = false;
    const QFuture<void> future = mill->whenCapacityAvailable().then(
        [&] { accepted = mill->dispatch(3, u"later"_s).isAccepted(); });
    QVERIFY(!future.isFinished());
    mill.open();
    QVERIFY(hasEnded(future));
    QVERIFY(accepted);
    QVERIFY(hasEnded(mill->drain()));
    QCOMPARE(mill->counters().completed, 3);
}

void tst_Backpressure::DISC_9_signal()
{
    FullMill mill;
    QVERIFY(mill.isFull());
    QSignalSpy available(mill.operator->(), &FactoryBase::capacityAvailable);
    QVERIFY(!mill->dispatch(2, u"refused"_s));
    // What is refused is told before the room is.
    QVERIFY(eventually([&] { return mill->discardedShed() > 0; }));
    QCOMPARE(available.count(), 0);
    mill.open();
    QVERIFY(eventually([&] { return available.count() > 0; }));
    QVERIFY(hasEnded(mill->drain()));
    QCOMPARE(available.count(), 1);
}

void tst_Backpressure::DISC_9_noSignalWithoutCause()
{
    Factory factory({.workerCount = 1, .queueLimit = 1000}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QSignalSpy available(&factory, &FactoryBase::capacityAvailable);
    QSignalSpy counters(&factory, &FactoryBase::countersChanged);
    for (int i = 0; i < 100; ++i)
        QVERIFY(factory.dispatch(i, i));
    QVERIFY(eventually([&] { return factory.completed() == 100 && counters.count() > 0; }));
    QCOMPARE(available.count(), 0);
}

void tst_Backpressure::DISC_9_refusalAloneIsNoReturnOfRoom()
{
    World world({.workerCount = 2, .router = keyPersistent(), .queueLimit = 1});
    Engine &engine = world.engine();
    engine.start();
    world.settle();
    for (const QString &name : {u"runs"_s, u"waits"_s}) {
        QVERIFY(world.submit({.name = name, .key = 1, .duration = 10 * Millisecond}));
        world.pass(Millisecond);
    }
    for (int i = 0; i < 3; ++i) { // there is room at the other worker, but not for these
        QVERIFY(!world.submit({.name = u"x%1"_s.arg(i), .key = 1}));
        QVERIFY(engine.availableCapacity() > 0);
    }
    QCOMPARE(engine.roomReturns(), 0);
    world.pass(10 * Millisecond);
    QCOMPARE(engine.roomReturns(), 1);
    QVERIFY(world.finish());
}

void tst_Backpressure::DISC_10_congestion_data()
{
    QTest::addColumn<int>("high");
    QTest::addColumn<int>("low");
    // What is congested while 1, 2, ... 8 jobs come to wait, and then while they go again.
    QTest::addColumn<QString>("coming");
    QTest::addColumn<QString>("going");
    QTest::newRow("no marks") << -1 << -1 << u"--------"_s << u"--------"_s;
    QTest::newRow("high and low") << 5 << 2 << u"-----+++"_s << u"+++++---"_s;
    QTest::newRow("low is half of high") << 6 << -1 << u"------++"_s << u"++++----"_s;
    QTest::newRow("one and the same") << 4 << 4 << u"----++++"_s << u"+++-----"_s;
    QTest::newRow("low above high") << 4 << 7 << u"----++++"_s << u"+++-----"_s;
    QTest::newRow("anything") << 0 << 0 << u"++++++++"_s << u"+++++++-"_s;
    QTest::newRow("low alone") << -1 << 3 << u"--------"_s << u"--------"_s;
}

void tst_Backpressure::DISC_10_congestion()
{
    QFETCH(int, high);
    QFETCH(int, low);
    QFETCH(QString, coming);
    QFETCH(QString, going);
    World world({.workerCount = 1, .highWaterMark = high, .lowWaterMark = low});
    QCOMPARE(world.engine().highWaterMark(), high);
    QCOMPARE(world.engine().lowWaterMark(), low);
    world.engine().start();
    world.submit({.name = u"runs"_s, .duration = Millisecond});
    world.settle();
    const auto seen = [&] { return world.engine().isCongested() ? u'+' : u'-'; };
    QString came;
    for (int i = 0; i < 8; ++i) {
        world.submit({.name = u"j%1"_s.arg(i), .duration = Millisecond});
        came += seen();
    }
    QCOMPARE(came, coming);
    QString went;
    for (int i = 0; i < 8; ++i) {
        world.pass(Millisecond);
        went += seen();
    }
    QCOMPARE(went, going);
    // A mark that is set counts at once.
    world.submit({.name = u"more"_s});
    world.submit({.name = u"and more"_s});
    world.engine().setHighWaterMark(0);
    world.engine().setLowWaterMark(0);
    QVERIFY(world.engine().isCongested());
    world.engine().setHighWaterMark(-1);
    QVERIFY(!world.engine().isCongested());
    QVERIFY(world.finish());
}

void tst_Backpressure::DISC_10_properties()
{
    FullMill mill;
    QVERIFY(mill.isFull());
    FactoryBase *factory = mill.operator->();
    QSignalSpy high(factory, &FactoryBase::highWaterMarkChanged);
    QSignalSpy low(factory, &FactoryBase::lowWaterMarkChanged);
    QSignalSpy congested(factory, &FactoryBase::congestedChanged);
    QVERIFY(factory->setProperty("lowWaterMark", 0));
    QVERIFY(factory->setProperty("highWaterMark", 0));
    QVERIFY(eventually([&] { return congested.count() == 1; }));
    QCOMPARE(high.count(), 1);
    QCOMPARE(low.count(), 1);
    QVERIFY(factory->property("congested").toBool());
    mill.open();
    QVERIFY(eventually([&] { return congested.count() == 2; }));
    QVERIFY(!factory->property("congested").toBool());
}

void tst_Backpressure::DISC_11_waitsForRoom_data()
{
    QTest::addColumn<int>("producers");
    QTest::addColumn<int>("limit");
    QTest::addColumn<DiscardMode>("mode");
    QTest::newRow("one producer") << 1 << 2 << DiscardMode::Newest;
    QTest::newRow("limit 0") << 1 << 0 << DiscardMode::Newest;
    QTest::newRow("many producers") << 8 << 3 << DiscardMode::Newest;
    QTest::newRow("many producers, limit 0") << 8 << 0 << DiscardMode::Newest;
    QTest::newRow("nothing older is shed") << 4 << 3 << DiscardMode::Oldest;
}

void tst_Backpressure::DISC_11_waitsForRoom()
{
    QFETCH(int, producers);
    QFETCH(int, limit);
    QFETCH(DiscardMode, mode);
    constexpr int Each = 400;
    std::atomic<int> most = 0;
    FactoryBase *base = nullptr;
    Factory factory({.workerCount = 2, .queueLimit = limit, .discardMode = mode},
                    [&](Job<int, int> &) {
                        const auto depth = int(base->counters().waiting);
                        int before = most;
                        while (depth > before && !most.compare_exchange_weak(before, depth))
                            ;
                    });
    base = &factory;
    QVERIFY(factory.start());
    std::atomic<int> accepted = 0;
    std::vector<std::thread> threads;
    for (int p = 0; p < producers; ++p) {
        threads.emplace_back([&, p] {
            for (int i = 0; i < Each; ++i)
                accepted += factory.dispatchFor(p, i, 60s) ? 1 : 0;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(accepted, producers * Each);
    QCOMPARE(factory.counters().completed, producers * Each);
    QCOMPARE(factory.counters().submitted, producers * Each);
    QVERIFY(most <= limit + 2); // those that the two workers are about to take
}

void tst_Backpressure::DISC_11_waitsAtTheWorkers_data()
{
    QTest::addColumn<DiscardMode>("mode");
    QTest::newRow("newest") << DiscardMode::Newest;
    QTest::newRow("oldest") << DiscardMode::Oldest;
}

void tst_Backpressure::DISC_11_waitsAtTheWorkers()
{
    QFETCH(DiscardMode, mode);
    constexpr int Producers = 4;
    constexpr int Each = 300;
    Factory factory(
        {.workerCount = 3, .router = keyPersistent(), .queueLimit = 1, .discardMode = mode},
        [](Job<int, int> &) {});
    QVERIFY(factory.start());
    std::vector<std::thread> threads;
    for (int p = 0; p < Producers; ++p) {
        threads.emplace_back([&, p] {
            for (int i = 0; i < Each; ++i)
                factory.dispatchFor(p, i, 60s);
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, Producers * Each);
}

void tst_Backpressure::DISC_11_routerIsNotAskedWithoutRoom()
{
    struct Asked : Router
    {
        explicit Asked(std::atomic<int> *c) : count(c) {}
        Route route(const AbstractJob &, const Workers &) override
        {
            ++*count;
            return Route::toQueue();
        }
        std::atomic<int> *count;
    };
    std::atomic<int> asked = 0;
    FullMill mill({.router = customRouter<Asked>(&asked)});
    QVERIFY(mill.isFull());
    QCOMPARE(asked, 2);
    QVERIFY(!mill->dispatchFor(2, u"patient"_s, 20ms));
    QCOMPARE(asked, 3); // when it was the last try
}

void tst_Backpressure::DISC_11_deadline_data()
{
    QTest::addColumn<DiscardMode>("mode");
    QTest::addColumn<bool>("discardable");
    QTest::addColumn<bool>("accepted");
    QTest::addColumn<int>("shed");
    QTest::newRow("newest") << DiscardMode::Newest << true << false << 1;
    QTest::newRow("oldest makes room") << DiscardMode::Oldest << true << true << 1;
    QTest::newRow("firm job exceeds the limit") << DiscardMode::Newest << false << true << 0;
}

void tst_Backpressure::DISC_11_deadline()
{
    QFETCH(DiscardMode, mode);
    QFETCH(bool, discardable);
    QFETCH(bool, accepted);
    QFETCH(int, shed);
    for (const auto deadline : {60ms, 0ms, -5ms}) {
        FullMill mill({.discardMode = mode});
        QVERIFY(mill.isFull());
        QElapsedTimer timer;
        timer.start();
        auto verdict = mill->dispatchFor(2, u"patient"_s, deadline, {.discardable = discardable});
        QVERIFY(timer.elapsed() >= deadline.count());
        QCOMPARE(verdict.isAccepted(), accepted);
        if (!accepted) {
            QVERIFY(verdict.reason() == DiscardReason::Loadshed);
            QCOMPARE(verdict.takeMessage(), u"patient"_s);
        }
        QCOMPARE(mill->counters().discarded(DiscardReason::Loadshed), shed);
        QCOMPARE(mill->counters().submitted, 3);
        QCOMPARE(mill.told(), shed); // once
        QVERIFY(Support::isConserved(mill->counters()));
    }
}

void tst_Backpressure::DISC_11_nothingIsCountedWhileWaiting()
{
    FullMill mill;
    QVERIFY(mill.isFull());
    std::atomic<bool> done = false;
    std::thread producer([&] {
        mill->dispatchFor(2, u"patient"_s, std::chrono::milliseconds::max());
        done = true;
    });
    for (int i = 0; i < 1000; ++i) {
        QCOMPARE(mill->counters().submitted, 2);
        QVERIFY(Support::isConserved(mill->counters()));
    }
    QVERIFY(!done);
    mill.open();
    producer.join();
    QVERIFY(hasEnded(mill->drain()));
    QCOMPARE(mill->counters().completed, 3);
    QCOMPARE(mill.told(), 0);
}

void tst_Backpressure::DISC_11_endOfTheFactoryEndsTheWait_data()
{
    QTest::addColumn<bool>("drains");
    QTest::newRow("stop") << false;
    QTest::newRow("drain") << true;
}

void tst_Backpressure::DISC_11_endOfTheFactoryEndsTheWait()
{
    QFETCH(bool, drains);
    for (int run = 0; run < 20; ++run) {
        FullMill mill;
        QVERIFY(mill.isFull());
        std::atomic<int> started = 0;
        std::atomic<int> refused = 0;
        std::vector<std::thread> producers;
        for (int p = 0; p < 3; ++p) {
            producers.emplace_back([&] {
                ++started;
                auto verdict = mill->dispatchFor(2, u"patient"_s, 10h);
                refused += verdict.reason() == DiscardReason::Shutdown
                                   && verdict.takeMessage() == u"patient"_s
                               ? 1
                               : 0;
            });
        }
        while (started < 3)
            std::this_thread::yield();
        for (int i = 0; i < run * 20; ++i)
            static_cast<void>(mill->counters());
        if (drains)
            mill->drain();
        else
            mill->stop();
        for (std::thread &producer : producers)
            producer.join(); // although the gate is closed
        QCOMPARE(refused, 3);
    }
}

void tst_Backpressure::DISC_11_workerDoesNotWaitForItself()
{
    struct Shared
    {
        std::function<Verdict<int>(int)> dispatchFor;
        std::atomic<int> refused = 0;
    } shared;
    Factory factory({.name = u"mill"_s, .workerCount = 1, .queueLimit = 0},
                    [&](Job<int, int> &job) {
                        if (job.key() == 0 && !shared.dispatchFor(1))
                            ++shared.refused;
                    });
    shared.dispatchFor = [&](int key) { return factory.dispatchFor(key, 0, 10h); };
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.availableCapacity() == 1; }));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"\"mill\": dispatchFor\\(\\) .* do not wait .* on a "
                                            "worker thread of this factory.*use dispatch\\(\\)"_s));
    QVERIFY(factory.dispatch(0, 0));
    QVERIFY(eventually([&] { return shared.refused == 1; }));
}

void tst_Backpressure::DISC_11_expiryHandlerDoesNotWait()
{
    const Support::Gate gate;
    Factory factory({.name = u"mill"_s, .workerCount = 1, .queueLimit = 1},
                    [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    std::atomic<int> refused = 0;
    factory.setDiscardHandler([&](Job<int, int> &job, DiscardReason reason) {
        if (reason == DiscardReason::TtlExpired) {
            factory.dispatch(8, 0); // takes the room that is there now
            refused += factory.dispatchFor(job.key(), 0, 10h) ? 0 : 1;
        }
    });
    QVERIFY(factory.start());
    QVERIFY(factory.dispatch(0, 0));
    QVERIFY(gate.awaitArrivals());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"thread that watches the time"_s));
    QVERIFY(factory.dispatch(1, 0, {.timeToLive = 1ms}));
    QVERIFY(eventually([&] { return refused == 1; }));
}

void tst_Backpressure::DISC_11_futureOfAJobThatWaited()
{
    FullMill mill;
    QVERIFY(mill.isFull());
    const QFuture<int> impatient = mill->submitFor(2, u"impatient"_s, 1ms);
    QVERIFY(impatient.isFinished());
    const auto discarded = Support::errorAs<JobDiscarded>(impatient);
    QVERIFY(discarded && discarded->reason() == DiscardReason::Loadshed);
    QFuture<int> patient;
    std::thread producer([&] { patient = mill->submitFor(3, u"patient"_s, 60s); });
    mill.open();
    producer.join();
    QVERIFY(hasEnded(patient));
    QCOMPARE(patient.result(), 3);
}

void tst_Backpressure::DISC_11_jobOverTheRateIsRefusedAtOnce()
{
    Factory factory({.workerCount = 1, .queueLimit = 5, .rateLimit = {1, 10h}},
                    [](Job<int, int> &) {});
    QVERIFY(factory.dispatchFor(1, 1, 10h));
    QVERIFY(factory.dispatchFor(2, 2, 10h).reason() == DiscardReason::RateLimited);
}

QTEST_GUILESS_MAIN(tst_Backpressure)

#include "tst_backpressure.moc"
