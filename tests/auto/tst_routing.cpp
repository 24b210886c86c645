// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/startedworld.h"

#include <Millwright/Factory>

#include "routing/consistentindex.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>

using namespace Simulation;
using namespace Qt::StringLiterals;
using Support::hasEnded;

namespace {

//! Runs one job for each of the keys; tells which worker has run it.
std::map<quint64, int> placesOf(World &world, int keys)
{
    world.clearLog();
    std::map<quint64, int> places;
    for (int i = 0; i < keys; ++i) {
        world.submit({.name = QString::number(i),
                      .key = quint64(i) * 0x9e3779b97f4a7c15ULL}); // as well mixed as real hashes
    }
    world.finish();
    for (const QString &entry : world.takeLog()) {
        if (const qsizetype at = entry.indexOf(u'@'); at > 0)
            places[entry.left(at).toULongLong()] = entry.mid(at + 1).toInt();
    }
    return places;
}

} // namespace

// The built-in routers. Their promise about the order of keys is tst_keyorder's.
class tst_Routing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void ROUTE_2_workersTakeTurns();
    void ROUTE_2_jobsWaitAtTheirWorker();
    void ROUTE_2_streamForOneWorkerKeepsNobodyWaiting();
    void ROUTE_3_keyHasAWorkerOfItsOwn();
    void ROUTE_3_shareOfKeysThatMove_data();
    void ROUTE_3_shareOfKeysThatMove();
    void ROUTE_3_placesAreEvenAndStable();
    void ROUTE_3_movedKeyWaitsForItsEarlierJobs();
    void ROUTE_3_keyOfALeavingWorkerMovesOn();
    void ROUTE_5_functionChooses();
    void ROUTE_5_indexOutOfRangeIsReduced();
    void ROUTE_5_otherKeyTypeIsReported();
    void ROUTE_6_leastLoadedWorker();
    void ROUTE_6_leastLoadedAfterResizing();
    void ROUTE_8_choiceDoesNotDependOnTheNumberOfWorkers_data();
    void ROUTE_8_choiceDoesNotDependOnTheNumberOfWorkers();
    void STAT_5_pausedFactoryDoesNotWatchWhatWaitsAtItsWorkers();
};

void tst_Routing::ROUTE_2_workersTakeTurns()
{
    const auto world = startedWorld(settingsOf(roundRobin(), 3));
    for (int i = 0; i < 7; ++i)
        QVERIFY(world->submit({.name = u"j%1"_s.arg(i), .key = 5, .duration = Millisecond}));
    QVERIFY(world->finish());
    QStringList starts = world->takeLog().filter(u"@"_s);
    starts.sort();
    QCOMPARE(starts, u"j0@0 j1@1 j2@2 j3@0 j4@1 j5@2 j6@0"_s.split(u' '));
}

void tst_Routing::ROUTE_2_jobsWaitAtTheirWorker()
{
    const auto world = startedWorld(settingsOf(roundRobin(), 2));
    world->submit({.name = u"long"_s, .duration = 100 * Millisecond});
    world->submit({.name = u"a"_s});
    world->submit({.name = u"b"_s}); // waits for worker 0, although worker 1 is free
    world->pass(Millisecond);
    QCOMPARE(world->engine().queueDepth(), 1);
    QCOMPARE(world->engine().snapshot(true).workers.at(0).waiting, 1);
    QVERIFY(world->finish());
    QVERIFY(world->takeLog().contains(u"b@0"_s));
}

// Short jobs are done by few threads; but not by those that may not have them.
void tst_Routing::ROUTE_2_streamForOneWorkerKeepsNobodyWaiting()
{
    struct ByKey : Router
    {
        Route route(const AbstractJob &job, const Workers &) override
        {
            return Route::toWorker(int(job.keyHash()));
        }
        WaitingPlace waitingPlace() const override { return WaitingPlace::AtWorkers; }
    };
    constexpr int Others = 200;
    constexpr qint64 Short = 10'000;
    const auto world = startedWorld(settingsOf(customRouter<ByKey>(), 1 + Others));
    int number = 0;
    const auto submit = [&](quint64 worker) {
        world->submit({.name = QString::number(++number), .key = worker, .duration = Short});
    };
    for (int i = 0; i < 50; ++i)
        submit(0);
    world->finish();
    for (int i = 0; i < 10; ++i)
        submit(0);
    world->settle();
    for (int i = 1; i <= Others; ++i)
        submit(quint64(i));
    const qint64 completed = world->engine().counters().completed;
    qint64 forOthers = 0;
    const qint64 start = world->now();
    while (forOthers < Others && world->now() < start + 50 * Millisecond) {
        for (qsizetype waiting = world->engine().snapshot(true).workers[0].waiting; waiting < 10;
             ++waiting)
            submit(0);
        world->pass(5 * Short);
        forOthers = 0;
        const auto workers = world->engine().snapshot(true).workers;
        for (int i = 1; i <= Others; ++i)
            forOthers += workers[i].completed;
    }
    QCOMPARE(forOthers, Others);
    QVERIFY(world->engine().counters().completed > completed + Others); // the stream went on
    QVERIFY(world->finish());
}

void tst_Routing::ROUTE_3_keyHasAWorkerOfItsOwn()
{
    const auto world = startedWorld(settingsOf(keyPersistent(), 7));
    const auto first = placesOf(*world, 500);
    QCOMPARE(first.size(), 500U);
    QVERIFY(placesOf(*world, 500) == first);
}

void tst_Routing::ROUTE_3_shareOfKeysThatMove_data()
{
    QTest::addColumn<int>("workers");
    QTest::newRow("4 to 5") << 4;
    QTest::newRow("8 to 9") << 8;
    QTest::newRow("100 to 101") << 100;
}

void tst_Routing::ROUTE_3_shareOfKeysThatMove()
{
    QFETCH(const int, workers);
    constexpr int Keys = 5000;
    const auto world = startedWorld(settingsOf(keyPersistent(), workers));
    const auto before = placesOf(*world, Keys);
    world->engine().setWorkerCount(workers + 1);
    world->settle();
    const auto after = placesOf(*world, Keys);
    int moved = 0;
    for (const auto &[key, place] : after) {
        if (place == before.at(key))
            continue;
        ++moved;
        QCOMPARE(place, workers); // nobody moves but to the new worker
    }
    const double expected = double(Keys) / (workers + 1);
    QVERIFY2(moved > 0.6 * expected && moved < 1.4 * expected, qPrintable(QString::number(moved)));
    world->engine().setWorkerCount(workers);
    world->settle();
    QVERIFY(placesOf(*world, Keys) == before);
}

void tst_Routing::ROUTE_3_placesAreEvenAndStable()
{
    constexpr int Keys = 20'000;
    std::vector<int> places(Keys, 0);
    for (int count = 1; count <= 150; ++count) {
        std::vector<int> shares(std::size_t(count), 0);
        for (int i = 0; i < Keys; ++i) {
            const int place = consistentIndex(quint64(i) * 0x9e3779b97f4a7c15ULL, count);
            QVERIFY(place >= 0 && place < count);
            QVERIFY(place == places[std::size_t(i)] || place == count - 1);
            places[std::size_t(i)] = place;
            ++shares[std::size_t(place)];
        }
        const double mean = double(Keys) / count;
        for (const int share : shares)
            QVERIFY(std::abs(share - mean) < 5.5 * std::sqrt(mean)); // a matter of chance
    }
}

void tst_Routing::ROUTE_3_movedKeyWaitsForItsEarlierJobs()
{
    // A key whose place is worker 2 of 3, but worker 0 or 1 of 2.
    quint64 key = 1;
    while (consistentIndex(key, 3) != 2)
        ++key;
    const int home = consistentIndex(key, 2);
    const auto world = startedWorld(settingsOf(keyPersistent(), 2));
    world->submit({.name = u"a"_s, .key = key, .duration = 50 * Millisecond});
    world->submit({.name = u"b"_s, .key = key});
    world->settle();
    world->engine().setWorkerCount(3);
    world->submit({.name = u"c"_s, .key = key});
    world->pass(10 * Millisecond);
    QCOMPARE(world->engine().queueDepth(), 2);
    QVERIFY(world->finish());
    QCOMPARE(world->takeLog().filter(u"@"_s),
             (QStringList{u"a@%1"_s.arg(home), u"b@%1"_s.arg(home), u"c@2"_s}));
}

void tst_Routing::ROUTE_3_keyOfALeavingWorkerMovesOn()
{
    quint64 key = 1;
    while (consistentIndex(key, 3) != 2)
        ++key;
    const int next = consistentIndex(key, 2);
    const auto world = startedWorld(settingsOf(keyPersistent(), 3));
    world->submit({.name = u"a"_s, .key = key, .duration = 50 * Millisecond});
    world->settle();
    world->engine().setWorkerCount(2);
    world->submit({.name = u"b"_s, .key = key});
    world->submit({.name = u"canceled"_s, .key = key});
    world->submit({.name = u"expired"_s,
                   .key = key,
                   .options = {.timeToLive = std::chrono::milliseconds(20)}});
    world->cancel(u"canceled"_s);
    world->submit({.name = u"c"_s, .key = key});
    QVERIFY(world->finish());
    const QStringList log = world->takeLog();
    QCOMPARE(log.filter(u"@"_s), (QStringList{u"a@2"_s, u"b@%1"_s.arg(next), u"c@%1"_s.arg(next)}));
    QVERIFY(log.contains(u"canceled canceled"_s) && log.contains(u"expired TtlExpired"_s));
    QVERIFY(log.contains(u"-2"_s));
}

void tst_Routing::ROUTE_5_functionChooses()
{
    const Support::EventLog log;
    Factory factory(
        {.workerCount = 3, .router = customHash<QString>([](const QString &key, int count) {
                               return std::size_t(key.size() * 10 + count);
                           })},
        [log](Job<QString, int> &job) {
            log.add(job.key() + QThread::currentThread()->objectName());
        });
    QVERIFY(factory.start());
    for (const QString &key : {u"a"_s, u"bb"_s, u"ccc"_s})
        QVERIFY(factory.dispatch(key, 0));
    QVERIFY(hasEnded(factory.drain()));
    QStringList events = log.events();
    events.sort();
    QCOMPARE(events, (QStringList{u"a 1"_s, u"bb 2"_s, u"ccc 0"_s}));
}

void tst_Routing::ROUTE_5_indexOutOfRangeIsReduced()
{
    Factory factory({.workerCount = 2,
                     .router = customHash<int>([](const int &, int) { return std::size_t(-1); })},
                    [](Job<int, int> &) { return QThread::currentThread()->objectName(); });
    QVERIFY(factory.start());
    auto future = factory.submit(1, 0);
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), u" 1"_s);
}

// Once, not with each job.
void tst_Routing::ROUTE_5_otherKeyTypeIsReported()
{
    static std::atomic<int> said;
    said = 0;
    const QtMessageHandler before = qInstallMessageHandler(
        [](QtMsgType type, const QMessageLogContext &, const QString &text) {
            const bool isMeant = text.contains(u"router of factory \"mill\""_s)
                                 && text.contains(u"Key is not the key type"_s);
            said += type == QtCriticalMsg && isMeant ? 1 : 100;
        });
    {
        Factory factory(
            {.name = u"mill"_s,
             .workerCount = 1,
             .router = customHash<int>([](const int &key, int) { return std::size_t(key); })},
            [](Job<QString, int> &) {});
        factory.start();
        for (int i = 0; i < 3; ++i)
            factory.dispatch(u"x"_s, i);
        static_cast<void>(hasEnded(factory.drain()));
        said += factory.counters().completed == 3 ? 0 : 1000;
    }
    qInstallMessageHandler(before);
    QCOMPARE(said.load(), 1);
}

void tst_Routing::ROUTE_6_leastLoadedWorker()
{
    const auto world = startedWorld(settingsOf(leastLoaded(), 3));
    const auto submit = [&](const QString &name, int milliseconds) {
        world->submit({.name = name, .duration = milliseconds * Millisecond});
        world->settle();
    };
    submit(u"a"_s, 10); // all have nothing: worker 0
    submit(u"b"_s, 30);
    submit(u"c"_s, 50);
    submit(u"d"_s, 10); // all have one: worker 0
    world->pass(15 * Millisecond); // a is done, d runs there
    submit(u"e"_s, 10); // all have one: worker 0
    submit(u"f"_s, 10); // worker 1 and 2 have one
    QVERIFY(world->finish());
    QStringList starts = world->takeLog().filter(u"@"_s);
    starts.sort();
    QCOMPARE(starts, u"a@0 b@1 c@2 d@0 e@0 f@1"_s.split(u' '));
}

void tst_Routing::ROUTE_6_leastLoadedAfterResizing()
{
    const auto world = startedWorld(settingsOf(leastLoaded(), 2));
    const auto submit = [&](const QString &name) {
        world->submit({.name = name, .duration = 10 * Millisecond});
        world->settle();
    };
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
        submit(name);
    world->engine().setWorkerCount(3);
    world->settle();
    submit(u"d"_s);
    world->engine().setWorkerCount(1);
    submit(u"e"_s);
    QVERIFY(world->finish());
    QStringList starts = world->takeLog().filter(u"@"_s);
    starts.sort();
    QCOMPARE(starts, u"a@0 b@1 c@0 d@2 e@0"_s.split(u' '));
}

void tst_Routing::ROUTE_8_choiceDoesNotDependOnTheNumberOfWorkers_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("queuer") << queuer();
    QTest::newRow("round-robin") << roundRobin();
    QTest::newRow("key-persistent") << keyPersistent();
    QTest::newRow("sticky") << stickyQueuer();
    QTest::newRow("least-loaded") << leastLoaded();
}

// A time, but one that a scan of the workers would miss by a factor of a thousand.
void tst_Routing::ROUTE_8_choiceDoesNotDependOnTheNumberOfWorkers()
{
    QFETCH(const RouterBuilder, router);
    constexpr int Jobs = 2000;
    const auto timeWith = [&](int workers) {
        FactorySettings settings = settingsOf(router, workers);
        settings.threadCount = 1; // the fewest stations to look for in the simulation
        settings.queueLimit = 1'000'000; // is looked at
        const auto world = startedWorld(settings);
        qint64 best = std::numeric_limits<qint64>::max();
        for (int round = 0; round < 5; ++round) {
            QElapsedTimer timer;
            timer.start();
            for (int i = 0; i < Jobs; ++i)
                world->submit({.name = u"j"_s, .key = quint64(i) * 0x9e3779b97f4a7c15ULL});
            best = std::min(best, timer.nsecsElapsed());
            world->settle();
        }
        return double(best);
    };
    const double few = timeWith(4);
    const double many = timeWith(10'000);
    QVERIFY2(many < 10 * few, qPrintable(u"%1 times"_s.arg(many / few)));
}

void tst_Routing::STAT_5_pausedFactoryDoesNotWatchWhatWaitsAtItsWorkers()
{
    World world({.workerCount = 2, .router = roundRobin()});
    world.engine().start();
    world.settle();
    for (int i = 0; i < 20; ++i) // short ones: from now on progress is watched
        world.submit({.name = u"j%1"_s.arg(i), .promised = false});
    world.engine().pause();
    world.settle();
    world.submit({.name = u"waits"_s, .promised = false});
    world.pass(10 * Millisecond);
    const int before = world.clock().alarmsRung();
    world.pass(200 * Millisecond);
    QCOMPARE(world.clock().alarmsRung(), before);
    world.engine().resume();
    QVERIFY(world.finish());
}

QTEST_GUILESS_MAIN(tst_Routing)
#include "tst_routing.moc"
