// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "engine/threadstation.h"
#include "support/counted.h"
#include "support/expectations.h"
#include "support/simulation.h"

#include <QLoggingCategory>
#include <QTest>

#include <system_error>
#include <thread>
#include <vector>

#ifdef Q_OS_LINUX
#include <QFile>
#include <QSemaphore>
#include <sys/resource.h>
#include <unistd.h>
#endif

using namespace Simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Always = std::numeric_limits<int>::max();

const RestartPolicy Patient{.backoff = 100ms, .backoffFactor = 2, .jitter = 0};

QStringList textsOf(const Engine &engine, FactoryEvent::Kind kind)
{
    QStringList texts;
    for (const FactoryEvent &event : engine.eventsSince(0)) {
        if (event.kind == kind)
            texts.append(event.text);
    }
    return texts;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED
#elif defined(__has_feature) // Qt defines it, too
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED
#endif
#endif

#if defined(Q_OS_LINUX) && !defined(IS_SANITIZED)
#define CAN_LACK_THREADS

//! As long as it exists, the system has no memory for the stack of another thread.
class LackOfThreads
{
public:
    LackOfThreads()
    {
        constexpr std::size_t Most = 64;
        m_threads.reserve(Most);
        getrlimit(RLIMIT_AS, &m_before);
        QFile statm(u"/proc/self/statm"_s);
        if (!statm.open(QFile::ReadOnly))
            return;
        const rlim_t used = rlim_t(statm.readAll().split(' ').value(0).toLongLong())
                            * rlim_t(sysconf(_SC_PAGESIZE));
        const rlimit scarce{used + (1 << 20), m_before.rlim_max};
        setrlimit(RLIMIT_AS, &scarce);
        try { // there are those of threads that have ended
            while (m_threads.size() < Most)
                m_threads.emplace_back([this] { m_end.acquire(); });
        } catch (...) { // or there is no memory for what else a thread takes
            m_isReached = true;
        }
    }
    ~LackOfThreads()
    {
        setrlimit(RLIMIT_AS, &m_before);
        m_end.release(int(m_threads.size()));
        for (std::thread &thread : m_threads)
            thread.join();
    }
    Q_DISABLE_COPY_MOVE(LackOfThreads)

    [[nodiscard]] bool isReached() const { return m_isReached; }

private:
    rlimit m_before;
    QSemaphore m_end;
    std::vector<std::thread> m_threads;
    bool m_isReached = false;
};
#endif

} // namespace

// The system has not what the factory needs.
class tst_Faults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); }
    void cleanup() { QLoggingCategory::setFilterRules(QString()); }

    void SUP_2_threadThatCannotBeStarted_data();
    void SUP_2_threadThatCannotBeStarted();
    void SUP_2_othersDoTheWorkMeanwhile();
    void LIFE_5_theEndComesWithoutThreads_data();
    void LIFE_5_theEndComesWithoutThreads();
    void POOL_4_resizingWithoutThreads();
    void SUP_2_realThreadThatCannotBeStarted();
    void LIFE_3_hooksWaitForAThread();
    void STUCK_1_timeInWhichNothingRunsDoesNotCount_data();
    void STUCK_1_timeInWhichNothingRunsDoesNotCount();
    void DISC_6_negativeTimeToLiveIsOver();
    void QUEUE_6_timeJumps();
};

void tst_Faults::SUP_2_threadThatCannotBeStarted_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::addColumn<int>("lacking");
    QTest::newRow("a thread each") << 0 << 3;
    QTest::newRow("shared") << 2 << 2;
}

void tst_Faults::SUP_2_threadThatCannotBeStarted()
{
    QFETCH(const int, threadCount);
    QFETCH(const int, lacking);
    World world({.workerCount = 3, .threadCount = threadCount, .restartPolicy = Patient});
    Engine &engine = world.engine();
    world.lackThreads(lacking);
    engine.start();
    world.settle();
    QCOMPARE(engine.state(), FactoryState::Running); // all were tried
    QCOMPARE(engine.crashLoopingWorkers(), 3);
    QVERIFY(
        textsOf(engine, FactoryEvent::WorkerCrashLooping)
            .contains(u"could not start: the system has no thread for it; next start in 100 ms"_s));
    QVERIFY(world.submit({.name = u"job"_s}));
    world.settle();
    QCOMPARE(engine.counters().waiting, 1);

    world.lackThreads(lacking);
    world.pass(100 * Millisecond); // in vain again
    QCOMPARE(engine.crashLoopingWorkers(), 3);
    QVERIFY(textsOf(engine, FactoryEvent::WorkerCrashLooping).last().endsWith(u"in 200 ms"));
    world.pass(199 * Millisecond);
    QCOMPARE(engine.crashLoopingWorkers(), 3);
    world.pass(2 * Millisecond);
    QCOMPARE(engine.crashLoopingWorkers(), 0);
    QCOMPARE(world.workersAlive(), 3);
    QCOMPARE(engine.counters().completed, 1);
    QCOMPARE(engine.counters().restarts, 0); // nobody was replaced

    engine.stop();
    world.settle();
    QCOMPARE(engine.state(), FactoryState::Stopped);
    QCOMPARE(world.workersAlive(), 0);
}

void tst_Faults::SUP_2_othersDoTheWorkMeanwhile()
{
    World world({.workerCount = 3, .router = roundRobin(), .restartPolicy = Patient});
    Engine &engine = world.engine();
    for (int i = 0; i < 6; ++i)
        QVERIFY(world.submit({.name = u"j%1"_s.arg(i)}));
    world.lackThreads(2);
    engine.start();
    QVERIFY(world.finish());
    QCOMPARE(engine.crashLoopingWorkers(), 2);
    QCOMPARE(engine.counters().completed, 6);
}

void tst_Faults::LIFE_5_theEndComesWithoutThreads_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::addColumn<bool>("drains");
    QTest::addColumn<bool>("again"); // they were tried more than once
    for (const int threadCount : {0, 1}) {
        for (const bool again : {false, true}) {
            QTest::addRow("stop, %d, %d", threadCount, again) << threadCount << false << again;
            QTest::addRow("drain, %d, %d", threadCount, again) << threadCount << true << again;
        }
    }
}

void tst_Faults::LIFE_5_theEndComesWithoutThreads()
{
    QFETCH(const int, threadCount);
    QFETCH(const bool, drains);
    QFETCH(const bool, again);
    World world({.workerCount = 2, .threadCount = threadCount, .restartPolicy = Patient});
    Engine &engine = world.engine();
    world.lackThreads(Always);
    if (!drains)
        QVERIFY(world.submit({.name = u"job"_s}));
    engine.start();
    if (again)
        world.pass(500 * Millisecond);
    drains ? engine.drain() : engine.stop();
    world.settle();
    QCOMPARE(engine.state(), FactoryState::Stopped);
    QCOMPARE(engine.counters().discarded(), drains ? 0 : 1);
    QVERIFY(engine.stop(QDeadlineTimer(0)).isClean());
    QCOMPARE(world.stationsKept(), 0);
}

void tst_Faults::POOL_4_resizingWithoutThreads()
{
    World world({.workerCount = 1, .restartPolicy = Patient});
    Engine &engine = world.engine();
    engine.start();
    world.settle();
    world.lackThreads(Always);
    engine.setWorkerCount(4);
    world.settle();
    QCOMPARE(engine.crashLoopingWorkers(), 3);
    engine.setWorkerCount(2);
    world.settle();
    QCOMPARE(engine.crashLoopingWorkers(), 1);
    engine.setWorkerCount(3);
    world.settle();
    QCOMPARE(engine.crashLoopingWorkers(), 2);
    world.lackThreads(0);
    world.pass(1000 * Millisecond);
    QCOMPARE(engine.crashLoopingWorkers(), 0);
    QCOMPARE(world.workersAlive(), 3);
    engine.setWorkerCount(0);
    world.pass(100 * Millisecond);
    QCOMPARE(world.workersAlive(), 0);
    engine.stop();
    world.settle();
    QCOMPARE(engine.state(), FactoryState::Stopped);
}

void tst_Faults::SUP_2_realThreadThatCannotBeStarted()
{
#ifdef CAN_LACK_THREADS
    // The thread of the clock is there already.
    Factory<Support::Counted> other({.workerCount = 1});
    QVERIFY(other.start());
    QFuture<int> late = other.submit(1, 1, {.timeToLive = 1h});
    QVERIFY(Support::hasEnded(late));

    Factory<Support::Counted> factory({.workerCount = 2, .restartPolicy = {.backoff = 1ms}});
    QFuture<int> future = factory.submit(1, 42);
    {
        const LackOfThreads lack;
        QVERIFY(lack.isReached());
        constexpr bool isOlder = QT_VERSION < QT_VERSION_CHECK(6, 5, 0);
        const QtMsgType type = isOlder ? QtCriticalMsg : QtWarningMsg;
        for (int i = 0; i < 2; ++i)
            QTest::ignoreMessage(type, QRegularExpression(u"Thread creation error"_s));
        QVERIFY(factory.start());
        QCOMPARE(factory.crashLoopingWorkers(), 2);
    }
    QVERIFY(Support::hasEnded(future)); // there is memory again
    QCOMPARE(future.result(), 42);
    QVERIFY(Support::eventually([&] { return factory.crashLoopingWorkers() == 0; }));
    QVERIFY(factory.stop(Support::Patience).isClean());
    QVERIFY(other.stop(Support::Patience).isClean());
    QCOMPARE(Support::Counted::alive, 0);
#else
    QSKIP("The system's memory cannot be limited here.");
#endif
}

void tst_Faults::LIFE_3_hooksWaitForAThread()
{
#ifdef CAN_LACK_THREADS
    // The thread of the clock is there already.
    Factory<Support::Counted> other({.workerCount = 1});
    QVERIFY(other.start());
    QVERIFY(Support::hasEnded(other.submit(1, 1, {.timeToLive = 1h})));

    const std::unique_ptr<Executor> executor = ThreadStationHost().createExecutor();
    QSemaphore called;
    {
        const LackOfThreads lack;
        QVERIFY(lack.isReached());
        for (int i = 0; i < 2; ++i)
            executor->execute([&called] { called.release(); });
        QVERIFY(!executor->join(QDeadlineTimer(0)));
        QCOMPARE(called.available(), 0);
    }
    QVERIFY(executor->join(QDeadlineTimer(Support::Patience)));
    QCOMPARE(called.available(), 2);
    executor->execute([&called] { called.release(); });
    QVERIFY(called.tryAcquire(3, int(Support::Patience.count())));
    QVERIFY(other.stop(Support::Patience).isClean());
#else
    QSKIP("The system's memory cannot be limited here.");
#endif
}

void tst_Faults::STUCK_1_timeInWhichNothingRunsDoesNotCount_data()
{
    QTest::addColumn<int>("before"); // milliseconds
    QTest::addColumn<int>("stuckBefore");
    QTest::newRow("just begun") << 0 << 0;
    QTest::newRow("nearly stuck") << 99 << 0;
    QTest::newRow("in the grace period") << 120 << 1;
}

// The program is stopped by a debugger, or the machine sleeps; then the alarms are late.
void tst_Faults::STUCK_1_timeInWhichNothingRunsDoesNotCount()
{
    QFETCH(const int, before);
    QFETCH(const int, stuckBefore);
    World world({.workerCount = 1, .deadMansSwitch = {.timeout = 100ms, .gracePeriod = 50ms}});
    Engine &engine = world.engine();
    engine.start();
    QVERIFY(world.submit({.name = u"job"_s, .hangs = 1}));
    world.settle();
    world.pass(before * Millisecond);
    QCOMPARE(engine.counters().stuck, stuckBefore);

    world.clock().jumpTo(world.now() + 3'600'000 * Millisecond);
    world.pass(99 * Millisecond);
    QCOMPARE(engine.counters().stuck, stuckBefore);
    QCOMPARE(engine.counters().lost, 0);
    world.pass(11 * Millisecond); // it still hangs
    QCOMPARE(engine.counters().stuck, stuckBefore + 1);
    QCOMPARE(engine.counters().lost, 0);
    world.pass(50 * Millisecond);
    QCOMPARE(engine.counters().lost, 1);
    world.letAllGo();
    engine.stop();
    world.settle();
}

// Also for a thread whose clock is a little behind.
void tst_Faults::DISC_6_negativeTimeToLiveIsOver()
{
    World world({.workerCount = 1});
    world.engine().start();
    world.settle();
    world.clock().lag(20);
    QVERIFY(!world.submit({.name = u"late"_s, .options = {.timeToLive = -1ns}}));
    world.pass(Millisecond);
    QCOMPARE(world.fates().at(u"late"_s).started, 0);
    QCOMPARE(world.engine().counters().discarded(DiscardReason::TtlExpired), 1);
    QVERIFY(world.finish());
}

void tst_Faults::QUEUE_6_timeJumps()
{
    World world({.workerCount = 1, .retry = {.maximumAttempts = 3, .backoff = 1h, .jitter = 0}});
    Engine &engine = world.engine();
    engine.start();
    QVERIFY(world.submit({.name = u"retried"_s, .failures = 2}));
    world.settle();
    engine.pause();
    JobOptions options;
    options.timeToLive = 2h;
    QVERIFY(world.submit({.name = u"expires"_s, .options = options}));
    QVERIFY(world.submit({.name = u"stays"_s}));
    QCOMPARE(engine.counters().waiting, 3);
    world.clock().jumpTo(world.now() + 100 * 3'600'000 * Millisecond);
    world.pass(1);
    QCOMPARE(engine.counters().discarded(), 1);
    engine.resume();
    world.settle();
    QCOMPARE(engine.counters().completed, 1);
    world.clock().jumpTo(world.now() + 100 * 3'600'000 * Millisecond);
    world.pass(1);
    QCOMPARE(engine.counters().completed, 2);
    QCOMPARE(engine.counters().retried, 2);
    QCOMPARE(world.violations(), QString());
}

QTEST_GUILESS_MAIN(tst_Faults)
#include "tst_faults.moc"
