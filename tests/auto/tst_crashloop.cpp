// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/operations.h"

#include "routing/consistentindex.h"

#include <Millwright/RestartPolicy>

#include <QLoggingCategory>
#include <QTest>

#include <algorithm>

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What becomes of jobs, and of the factory, while workers are crash-looping.
class tst_CrashLoop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); }
    void cleanup() { QLoggingCategory::setFilterRules(QString()); }

    void SUP_2_jobsRunElsewhere_data();
    void SUP_2_jobsRunElsewhere() { run(); }
    void SUP_2_jobsAreNotStarvedByThoseOfTheOthers_data();
    void SUP_2_jobsAreNotStarvedByThoseOfTheOthers();
    void SUP_2_onlyItsKeysMoveAndComeBack();
    void SUP_2_keysKeepTheirOrder_data();
    void SUP_2_keysKeepTheirOrder();
    void SUP_2_theQueueHasTheLimitOfThoseMissing();
    void SUP_2_whoWaitsForRoomWaitsForNobodyWhoIsMissing();
    void SUP_2_routersMayAskWhoIsAvailable();
};

namespace {

const RestartPolicy Strict{.maximumRestarts = 0, .jitter = 0};

//! Which worker runs a job of each of these keys, with nothing else to do.
QList<int> workersOf(World &world, int keys)
{
    world.clearLog();
    for (int key = 0; key < keys; ++key) {
        [[maybe_unused]] const bool isAccepted = world.submit(
            {.name = u"k%1"_s.arg(key), .key = quint64(key)});
        Q_ASSERT(isAccepted);
        world.settle();
    }
    QList<int> workers(keys, -1);
    const QStringList log = world.takeLog();
    for (const QString &entry : log) {
        if (const auto at = entry.indexOf(u'@'); at > 0)
            workers[entry.sliced(1, at - 1).toInt()] = entry.sliced(at + 1).toInt();
    }
    return workers;
}

} // namespace

// --- Jobs that may run elsewhere do -----------------------------------------------------------

void tst_CrashLoop::SUP_2_jobsRunElsewhere_data()
{
    addOperationColumns();
    QTest::newRow("round robin, what waits there")
        << u"2 roundrobin"_s << u"restarts=0 start a:1!1 b:5 c d e f +9 !"_s
        << u"+0, +1, a@0, b@1, a failed, -0, b done, c@1, c done, d@1, d done, e@1, e done, f@1, "
           "f done, [CrashLooping Idle]"_s;
    QTest::newRow("round robin, what comes")
        << u"3 roundrobin"_s << u"break=1 start a:1 b:1 c:1 d:1 +9 !"_s
        << u"+0, +2, a@0, c@2, a done, b@0, c done, b done, d@0, d done, "
           "[Idle CrashLooping Idle]"_s;
    QTest::newRow("least loaded")
        << u"3 leastloaded"_s << u"break=0 start a:1 b:2 c:1 d:1 +9 repair=0 +91 e +0 !"_s
        << u"+1, +2, a@1, b@2, a done, c@1, c done, b done, d@2, d done, +0, e@0, e done, "
           "[Idle Idle Idle]"_s;
    QTest::newRow("least loaded, nobody is left")
        << u"2 leastloaded"_s << u"break=0 break=1 start a b +9 ? repair=1 +91 ! ?"_s
        << u"[Running 2 0 0], +1, a@1, a done, b@1, b done, [CrashLooping Idle], [Running 0 0 1]"_s;
    QTest::newRow("sticky, what waits there")
        << u"2 sticky"_s << u"restarts=0 start a1:3!1 b1:9 a2 a3 +2 ! +20 !"_s
        << u"+0, +1, b1@0, a1@1, [Busy Busy], a1 failed, -1, b1 done, a2@0, a2 done, a3@0, a3 "
           u"done, "
           "[Idle CrashLooping]"_s;
    QTest::newRow("sticky, by somebody who is free")
        << u"3 sticky"_s << u"restarts=0 start a1:3!1 a2:3 a3:3 +0 +20 !"_s
        << u"+0, +1, +2, a1@2, a1 failed, a2@1, -2, a2 done, a3@1, a3 done, "
           "[Idle Idle CrashLooping]"_s;
    QTest::newRow("in a worker's hand already") // short jobs are taken many at a time
        << u"2 roundrobin"_s << u"restarts=0 start a b c d +0 e f g!1 h i j k l m n +0 !"_s
        << u"+0, +1, a@0, a done, c@0, c done, b@1, b done, d@1, d done, e@0, e done, g@0, "
           "g failed, -0, i@1, i done, k@1, k done, m@1, m done, f@1, f done, h@1, h done, j@1, "
           "j done, l@1, l done, n@1, n done, [CrashLooping Idle]"_s;
}

void tst_CrashLoop::SUP_2_jobsAreNotStarvedByThoseOfTheOthers_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<int>("threads");
    for (const int threads : {0, 1, 2}) {
        QTest::addRow("round robin, %d threads", threads) << roundRobin() << threads;
        QTest::addRow("key-persistent, %d threads", threads) << keyPersistent() << threads;
    }
}

// The other workers are never free: each has ever more jobs of its own.
void tst_CrashLoop::SUP_2_jobsAreNotStarvedByThoseOfTheOthers()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const int, threads);
    World world(
        {.workerCount = 4, .threadCount = threads, .router = router, .restartPolicy = Strict});
    world.breakWorker(1);
    world.engine().start();
    world.settle();
    const bool isByKey = router()->keepsKeyOrder();
    QSet<QString> itsJobs;
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 40; ++i) {
            const QString name = u"r%1x%2"_s.arg(round).arg(i);
            QVERIFY(world.submit({.name = name, .key = quint64(i), .duration = Millisecond}));
            if ((isByKey ? consistentIndex(quint64(i), 4) : i % 4) == 1)
                itsJobs.insert(name);
        }
        world.pass(5 * Millisecond);
    }
    int done = 0;
    for (const QString &name : std::as_const(itsJobs))
        done += world.fates().at(name).completed;
    const int all = int(world.engine().counters().completed);
    QVERIFY2(done >= all / 5,
             qPrintable(u"%1 of %2 done, %3 of %4 are its"_s.arg(all).arg(20 * 40).arg(done).arg(
                 itsJobs.size())));
}

void tst_CrashLoop::SUP_2_onlyItsKeysMoveAndComeBack()
{
    constexpr int Keys = 200;
    constexpr int Missing = 2;
    World world({.workerCount = 5, .router = keyPersistent(), .restartPolicy = Strict});
    world.engine().start();
    const QList<int> before = workersOf(world, Keys);
    QVERIFY(before.count(Missing) > 20);

    const auto key = quint64(before.indexOf(Missing));
    QVERIFY(world.submit({.name = u"bad"_s, .key = key, .failures = 1}));
    world.settle();
    QCOMPARE(world.engine().crashLoopingWorkers(), 1);
    const QList<int> meanwhile = workersOf(world, Keys);
    QVERIFY(!meanwhile.contains(Missing));
    QVERIFY(!meanwhile.contains(-1));
    for (int i = 0; i < Keys; ++i)
        QVERIFY(before.at(i) == Missing || meanwhile.at(i) == before.at(i));

    world.pass(100 * Millisecond);
    QCOMPARE(world.engine().crashLoopingWorkers(), 0);
    QCOMPARE(workersOf(world, Keys), before);
}

void tst_CrashLoop::SUP_2_keysKeepTheirOrder_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("key-persistent") << keyPersistent();
    QTest::newRow("sticky") << stickyQueuer();
}

void tst_CrashLoop::SUP_2_keysKeepTheirOrder()
{
    QFETCH(const RouterBuilder, router);
    World world({.workerCount = 4, .router = router, .restartPolicy = Strict});
    world.engine().start();
    int jobs = 0;
    const auto submitSome = [&] {
        for (int i = 0; i < 100; ++i) {
            QVERIFY(world.submit({.name = u"j%1"_s.arg(++jobs),
                                  .key = quint64(i * i % 17),
                                  .duration = i % 3 * Millisecond,
                                  .failures = i == 50 ? 1 : 0}));
            world.step(quint64(i));
        }
    };
    for (int round = 0; round < 12; ++round) { // while workers fail, wait and come back
        submitSome();
        world.pass(30 * Millisecond);
        QCOMPARE(world.violations(), QString());
    }
    QVERIFY(world.finish());
    QCOMPARE(world.engine().counters().restarts, 12);
    QCOMPARE(world.keyOrder().complaint(), QString());
    QCOMPARE(world.engine().counters().completed + world.engine().counters().failed, jobs);
}

// The limit of each worker stays, whether jobs wait there or, in its stead, in the factory's queue.
void tst_CrashLoop::SUP_2_theQueueHasTheLimitOfThoseMissing()
{
    World world(
        {.workerCount = 2, .router = roundRobin(), .queueLimit = 2, .restartPolicy = Strict});
    Engine &engine = world.engine();
    engine.start();
    world.settle();
    const auto submit = [&](const QString &name, qint64 duration, int failures = 0) {
        const bool isAccepted = world.submit(
            {.name = name, .duration = duration * Millisecond, .failures = failures});
        world.settle();
        return isAccepted;
    };
    QVERIFY(submit(u"bad"_s, 10, 1));
    QVERIFY(submit(u"long"_s, 50));
    for (int i = 0; i < 4; ++i)
        QVERIFY(submit(u"w%1"_s.arg(i), 50));
    QCOMPARE(engine.availableCapacity(), 0);
    world.pass(10 * Millisecond);
    QCOMPARE(engine.crashLoopingWorkers(), 1);
    QCOMPARE(engine.availableCapacity(), 0);
    QVERIFY(!submit(u"x0"_s, 0)); // for the one that is missing
    QVERIFY(!submit(u"x1"_s, 0));
    engine.setQueueLimit(3);
    QCOMPARE(engine.availableCapacity(), 2);
    QVERIFY(submit(u"y0"_s, 0));
    QVERIFY(submit(u"y1"_s, 0));
    QCOMPARE(engine.availableCapacity(), 0);
    QVERIFY(!submit(u"z0"_s, 0));
    QVERIFY(!submit(u"z1"_s, 0));

    engine.setDiscardMode(DiscardMode::Oldest);
    QVERIFY(submit(u"new"_s, 0)); // in the place of the oldest that waits for the missing one
    QCOMPARE(world.fates().at(u"w0"_s).discarded, 1);
    QVERIFY(world.finish());
    QCOMPARE(engine.counters().completed, 7);
    QCOMPARE(engine.availableCapacity(), engine.crashLoopingWorkers() > 0 ? 7 : 8);
}

// A thread that was to get a place at one worker gets one elsewhere when that is crash-looping.
void tst_CrashLoop::SUP_2_whoWaitsForRoomWaitsForNobodyWhoIsMissing()
{
    World world({.workerCount = 2,
                 .router = keyPersistent(),
                 .queueLimit = 1,
                 .restartPolicy = {.maximumRestarts = 0, .backoff = 10s, .jitter = 0}});
    Engine &engine = world.engine();
    engine.start();
    world.settle();
    const auto nextKeyOf = [](int worker, quint64 key) {
        while (consistentIndex(key, 2) != worker)
            ++key;
        return key;
    };
    const quint64 key = nextKeyOf(0, 0);
    const quint64 other = nextKeyOf(0, key + 1);
    const auto settle = [&] {
        do {
            world.awaitProducers();
        } while (world.step());
    };
    QVERIFY(
        world.submit({.name = u"bad"_s, .key = key, .duration = 10 * Millisecond, .failures = 1}));
    settle();
    QVERIFY(world.submit({.name = u"waits"_s, .key = key}));
    auto verdict = world.submitPatiently({.name = u"patient"_s, .key = other});
    settle();
    QCOMPARE(engine.counters().waiting,
             1); // no place there, although there is one at the other worker
    for (int i = 0; i < 20; ++i) {
        world.clock().moveTo(world.now() + Millisecond);
        settle();
    }
    QCOMPARE(engine.crashLoopingWorkers(), 1);
    QVERIFY(!verdict.get());
    QCOMPARE(world.fates().at(u"patient"_s).completed, 1);
}

void tst_CrashLoop::SUP_2_routersMayAskWhoIsAvailable()
{
    struct Asking final : Router
    {
        explicit Asking(QString *theAnswers) : answers(theAnswers) {}
        Route route(const AbstractJob &job, const Workers &workers) override
        {
            answers->clear();
            for (int index = -1; index <= workers.count(); ++index)
                *answers += workers.isAvailable(index) ? u'+' : u'-';
            return Route::toWorker(int(job.keyHash()));
        }
        QString *answers;
    };
    QString answers;
    World world(
        {.workerCount = 3, .router = customRouter<Asking>(&answers), .restartPolicy = Strict});
    world.breakWorker(1);
    world.engine().start();
    world.settle();
    const QList<int> workers = workersOf(world, 3);
    QCOMPARE(answers, u"-+-+-"_s);
    QCOMPARE(workers.at(0), 0);
    QVERIFY(workers.at(1) == 0 || workers.at(1) == 2); // whoever is free
    QCOMPARE(workers.at(2), 2);
    world.repairWorker(1);
    world.pass(100 * Millisecond);
    QCOMPARE(workersOf(world, 3), (QList<int>{0, 1, 2}));
    QCOMPARE(answers, u"-+++-"_s);
}

QTEST_GUILESS_MAIN(tst_CrashLoop)
#include "tst_crashloop.moc"
