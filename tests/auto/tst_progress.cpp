// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/gate.h"
#include "support/simulation.h"

#include <Millwright/Factory>

#include <QtCore/qcoreapplication.h>
#include <QtTest/qtest.h>

#include <stdexcept>
#include <thread>

using namespace Simulation;
using namespace Qt::StringLiterals;

// Nobody waits for somebody who is busy with something else: what the engine concludes from short
// jobs, and how it finds out that it was wrong.
class tst_Progress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ROUTE_1_handBehindAJobThatHasJustBegunIsTakenBack();
    void QUEUE_1_jobsTakenBackTwiceKeepTheirOrder();
    void DISC_4_limitZeroOnASharedThread();
    void POOL_4_surplusWorkerGoesWhenItsLastJobExpires();
    void ROUTE_1_continuationsHoldNobodyUp();
    void ROUTE_1_destructorsOfMessagesHoldNobodyUp();
    void POOL_1_workersMayQuitTheirEventLoop();
    void JOB_3_resultMayBeTakenInAContinuation();
    void JOB_10_keysThatCannotBeShownAreNoTrouble();
};

namespace {

constexpr int ByKey = 100; // keys below go to the worker of that number

class RouterByKey final : public Router
{
public:
    Route route(const AbstractJob &job, const Workers &) override
    {
        return job.keyHash() < ByKey ? Route::toWorker(int(job.keyHash())) : Route::toQueue();
    }
};

// So that jobs are taken in batches, and one thread does them all.
void learnThatJobsAreShort(World &world, qint64 duration = 0)
{
    for (int i = 0; i < 500; ++i)
        QVERIFY(world.submit({.name = u"s%1"_s.arg(i), .key = ByKey, .duration = duration}));
    QVERIFY(world.finish());
    world.pass(100 * Millisecond);
    world.clearLog();
}

template<typename F>
void learnThatJobsAreShort(F &factory)
{
    for (int round = 0; round < 40; ++round) {
        QList<QFuture<int>> futures;
        for (int i = 0; i < 20; ++i)
            futures.append(factory.submit(i, 0));
        for (QFuture<int> &future : futures)
            future.waitForFinished();
    }
}

} // namespace

void tst_Progress::ROUTE_1_handBehindAJobThatHasJustBegunIsTakenBack()
{
    World world({.workerCount = 2});
    world.engine().start();
    learnThatJobsAreShort(world);
    // The progress is looked at just after the long job has begun.
    for (int i = 0; i < 3; ++i)
        QVERIFY(world.submit({.name = u"x%1"_s.arg(i)}));
    world.settle();
    world.pass(1'500'000);
    world.clearLog();
    QVERIFY(world.submit({.name = u"long"_s, .duration = World::Hung}));
    QVERIFY(world.submit({.name = u"n1"_s}));
    QVERIFY(world.submit({.name = u"n2"_s}));
    world.settle();
    world.pass(20 * Millisecond);
    QCOMPARE(world.engine().counters().waiting, 0);
    const QStringList log = world.takeLog();
    QVERIFY2(log.indexOf(u"n1 done"_s) < log.indexOf(u"n2 done"_s) && log.contains(u"n1 done"_s),
             qPrintable(log.join(u", "_s)));
    world.engine().stop();
    world.engine().giveUp();
}

// Two workers have hands that are taken back one after the other, the younger jobs last.
void tst_Progress::QUEUE_1_jobsTakenBackTwiceKeepTheirOrder()
{
    World world({.workerCount = 2});
    world.engine().start();
    learnThatJobsAreShort(world, 5'000);
    const auto submit = [&world](const QString &name, qint64 duration) {
        QVERIFY(world.submit({.name = name, .duration = duration}));
    };
    submit(u"la"_s, World::Hung);
    for (int i = 1; i < 4; ++i)
        submit(u"a%1"_s.arg(i), 5'000);
    submit(u"s"_s, 1'500'000);
    submit(u"lb"_s, World::Hung);
    for (int i = 2; i < 4; ++i)
        submit(u"b%1"_s.arg(i), 5'000);
    for (int i = 0; i < 20; ++i)
        submit(u"z%1"_s.arg(i), 5'000);
    world.pass(20 * Millisecond);
    world.engine().setWorkerCount(3);
    world.pass(20 * Millisecond);

    QStringList begun;
    const QStringList log = world.takeLog();
    for (const QString &entry : log) {
        if (const qsizetype at = entry.indexOf(u'@'); at > 0)
            begun.append(entry.left(at));
    }
    QStringList expected{u"la"_s, u"a1"_s, u"a2"_s, u"a3"_s, u"s"_s, u"lb"_s, u"b2"_s, u"b3"_s};
    for (int i = 0; i < 20; ++i)
        expected.append(u"z%1"_s.arg(i));
    QCOMPARE(begun, expected);
    world.engine().stop();
    world.engine().giveUp();
}

// The other worker is idle, but its only thread is not.
void tst_Progress::DISC_4_limitZeroOnASharedThread()
{
    World world({.workerCount = 2, .threadCount = 1, .queueLimit = 0});
    world.engine().start();
    world.settle();
    QCOMPARE(world.engine().availableCapacity(), 1);
    QVERIFY(world.submit({.name = u"a"_s, .duration = 5 * Millisecond}));
    world.settle();
    QCOMPARE(world.engine().availableCapacity(), 0);
    QVERIFY(!world.submit({.name = u"b"_s}));
    world.pass(10 * Millisecond);
    QVERIFY(world.submit({.name = u"c"_s}));
    QVERIFY(world.finish());
    QCOMPARE(world.violations(), QString());
}

void tst_Progress::POOL_4_surplusWorkerGoesWhenItsLastJobExpires()
{
    World world({.workerCount = 2, .threadCount = 1, .router = customRouter<RouterByKey>()});
    world.engine().start();
    world.settle();
    QVERIFY(world.submit({.name = u"a"_s, .key = 0, .duration = 50 * Millisecond}));
    world.settle();
    Script expiring{.name = u"b"_s, .key = 1};
    expiring.options.timeToLive = std::chrono::milliseconds(10);
    QVERIFY(world.submit(expiring));
    world.engine().setWorkerCount(1);
    world.pass(100 * Millisecond);
    QCOMPARE(world.workersAlive(), 1);
    QCOMPARE(world.takeLog().join(u", "_s), u"+0, +1, a@0, b TtlExpired, a done, -1"_s);
}

// A continuation without a context runs on the worker's thread, after its job.
void tst_Progress::ROUTE_1_continuationsHoldNobodyUp()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 4},
                    [](Millwright::Job<int, int> &job) { return job.message(); });
    QVERIFY(factory.start());
    learnThatJobsAreShort(factory);

    factory.setWorkerCount(0); // so that the continuation is there before the job is done
    QFuture<int> held = factory.submit(1, 1);
    QFuture<void> after = held.then([gate](int) { gate.pass(); });
    factory.setWorkerCount(4);
    QVERIFY(gate.awaitArrivals());
    QFuture<int> other = factory.submit(2, 2);
    const bool ended = QTest::qWaitFor([&] { return other.isFinished(); });
    gate.open();
    QVERIFY(ended);
    after.waitForFinished();
}

void tst_Progress::ROUTE_1_destructorsOfMessagesHoldNobodyUp()
{
    struct Message
    {
        std::shared_ptr<Support::Gate> gate;

        Message() = default;
        explicit Message(const Support::Gate &theGate)
            : gate(std::make_shared<Support::Gate>(theGate))
        {
        }
        Message(Message &&) = default;
        Message &operator=(Message &&) = default;
        ~Message()
        {
            if (gate)
                gate->pass();
        }
    };

    const Support::Gate gate;
    Factory factory({.workerCount = 2},
                    [](Millwright::Job<int, Message> &job) { return job.key(); });
    QVERIFY(factory.start());
    QFuture<int> slow = factory.submit(1, Message(gate));
    QVERIFY(gate.awaitArrivals());
    QFuture<int> other = factory.submit(2, Message());
    QFuture<int> another = factory.submit(3, Message());
    const bool ended = QTest::qWaitFor(
        [&] { return slow.isFinished() && other.isFinished() && another.isFinished(); });
    gate.open();
    QVERIFY(ended);
}

// quit() ends the loop of a thread. The thread of a worker goes on: it belongs to the factory.
void tst_Progress::POOL_1_workersMayQuitTheirEventLoop()
{
    Factory factory({.workerCount = 1}, [](Millwright::Job<int, int> &job) {
        if (job.message() == 0)
            QThread::currentThread()->quit();
        const QDeadlineTimer turn(3); // longer than a turn of the thread
        while (!turn.hasExpired())
            std::this_thread::yield();
        QCoreApplication::processEvents();
        return job.message();
    });
    QVERIFY(factory.start());
    QList<QFuture<int>> futures;
    for (int i = 0; i < 10; ++i)
        futures.append(factory.submit(i, i % 3));
    QTRY_COMPARE(factory.counters().completed, 10);
}

void tst_Progress::JOB_3_resultMayBeTakenInAContinuation()
{
    using Box = std::unique_ptr<int>;
    Factory factory({.workerCount = 2}, [](Millwright::Job<int, int> &job) {
        return std::make_unique<int>(job.message());
    });
    QVERIFY(factory.start());
    std::atomic<int> sum = 0;
    std::atomic<int> calls = 0;
    QObject context;
    for (int i = 0; i < 100; ++i) {
        const auto add = [&sum, &calls](QFuture<Box> future) {
            sum += *future.takeResult();
            ++calls;
        };
        if (i % 2)
            factory.submit(i, i).then(add);
        else
            factory.submit(i, i).then(&context, add);
    }
    QTRY_COMPARE(calls.load(), 100);
    QCOMPARE(sum.load(), 4950);
    QCOMPARE(factory.stop(std::chrono::seconds(5)).isClean(), true);
    QCOMPARE(calls.load(), 100);
}

struct Unspeakable
{
    int value = 0;
    bool operator==(const Unspeakable &) const = default;
};

static std::size_t qHash(const Unspeakable &key, std::size_t seed = 0)
{
    return ::qHash(key.value, seed);
}

static QDebug operator<<(QDebug, const Unspeakable &)
{
    throw std::runtime_error("cannot be shown");
}

void tst_Progress::JOB_10_keysThatCannotBeShownAreNoTrouble()
{
    Factory factory({.workerCount = 1}, [](Millwright::Job<Unspeakable, int> &) -> int {
        throw JobError(u"failed"_s);
    });
    QVERIFY(factory.start());
    QFuture<int> future = factory.submit({1}, 1);
    QVERIFY_THROWS_EXCEPTION(JobError, future.waitForFinished());
    QTRY_COMPARE(factory.counters().failed, 1);
}

QTEST_GUILESS_MAIN(tst_Progress)
#include "tst_progress.moc"
