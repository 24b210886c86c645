// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include "engine/clock.h"

#include <Millwright/Factory>
#include <Millwright/StatisticsLayer>

#include <QSemaphore>
#include <QTest>

#include <cstdlib>
#include <new>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// How many allocations of this thread succeed before the one that fails; negative: all do.
thread_local int t_left = -1;

bool isToFail()
{
    return t_left >= 0 && t_left-- == 0;
}

[[maybe_unused]] void *allocate(std::size_t size, std::size_t alignment)
{
    if (isToFail())
        throw std::bad_alloc();
    void *memory = alignment > alignof(std::max_align_t) ? std::aligned_alloc(
                       alignment, (size + alignment - 1) / alignment * alignment)
                                                         : std::malloc(size ? size : 1);
    if (!memory)
        throw std::bad_alloc();
    return memory;
}

} // namespace

#ifndef __SANITIZE_ADDRESS__ // it has these operators to itself
void *operator new(std::size_t size)
{
    return allocate(size, 1);
}

void *operator new(std::size_t size, std::align_val_t alignment)
{
    return allocate(size, std::size_t(alignment));
}

void operator delete(void *memory) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::size_t) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::align_val_t) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::size_t, std::align_val_t) noexcept
{
    std::free(memory);
}
#endif

namespace {

//! Counts itself.
struct Message
{
    Message() { ++alive; }
    Message(const Message &) { ++alive; }
    Message &operator=(const Message &) = default;
    ~Message() { --alive; }

    static inline std::atomic<int> alive = 0;
};

class Doer : public Worker<int, Message, int>
{
public:
    int process(Job &job) override { return job.key(); }
};

//! In its scope one allocation fails.
class Scarcity
{
public:
    explicit Scarcity(int allocations) { t_left = allocations; }
    ~Scarcity() { t_left = -1; }
    Q_DISABLE_COPY_MOVE(Scarcity)
};

class Sleeper final : public Alarmed
{
public:
    void onAlarm() override { m_rung.release(); }
    [[nodiscard]] bool hasWoken() { return m_rung.tryAcquire(1, Support::Patience); }

private:
    QSemaphore m_rung;
};

struct Way
{
    RouterBuilder router = {};
    QueueBuilder queue = {};
    qsizetype limit = -1;
    DiscardMode mode = DiscardMode::Newest;
    RateLimit rateLimit = {};
    JobOptions options = {};
    bool submits = false;
    std::chrono::milliseconds patience = 0ms;
};

} // namespace

Q_DECLARE_METATYPE(Way)

// An allocation fails.
class tst_LackOfMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { Support::failOnAnyWarning(); }
    void JOB_1_alarmIsSetOrNot_data();
    void JOB_1_alarmIsSetOrNot();
    void JOB_1_dispatchDoesAllOrNothing_data();
    void JOB_1_dispatchDoesAllOrNothing();
    void SUP_3_shedJobIsTriedAgainOrNot_data();
    void SUP_3_shedJobIsTriedAgainOrNot();
    void JOB_1_broadcastLosesNothing();
    void DISC_11_patienceEndsWithTheCall();
    void JOB_1_whatIsAcceptedIsDone();
};

void tst_LackOfMemory::initTestCase()
{
#ifdef __SANITIZE_ADDRESS__
    QSKIP("The address sanitizer does not let anybody else allocate.");
#endif
}

void tst_LackOfMemory::JOB_1_alarmIsSetOrNot_data()
{
    QTest::addColumn<bool>("replaces");
    QTest::newRow("the first") << false; // whose thread is still to be started
    QTest::newRow("another") << false;
    QTest::newRow("earlier than another") << true;
}

// Whoever tries it again, as factories do, is woken in time.
void tst_LackOfMemory::JOB_1_alarmIsSetOrNot()
{
    QFETCH(const bool, replaces);
    constexpr qint64 Hour = 3'600'000'000'000;
    const std::shared_ptr<Clock> clock = Clock::system();
    int failures = 0;
    for (int allocations = 0;; ++allocations) {
        QVERIFY(allocations < 100);
        const auto sleeper = std::make_shared<Sleeper>();
        if (replaces)
            clock->setAlarm(sleeper, clock->now() + Hour);
        const qint64 time = clock->now();
        bool failed = false;
        try {
            const Scarcity scarcity(allocations);
            clock->setAlarm(sleeper, time);
        } catch (const std::bad_alloc &) {
            failed = true;
        }
        if (failed)
            clock->setAlarm(sleeper, time);
        QVERIFY(sleeper->hasWoken());
        if (!failed)
            break;
        ++failures;
    }
    QVERIFY(failures > 0);
    // So that the thread of the clock sleeps until somebody wakes it.
    static const auto last = std::make_shared<Sleeper>();
    clock->setAlarm(last, clock->now() + Hour);
}

void tst_LackOfMemory::JOB_1_dispatchDoesAllOrNothing_data()
{
    QTest::addColumn<Way>("way");
    QTest::newRow("queuer") << Way{};
    QTest::newRow("queuer, submit()") << Way{.submits = true};
    QTest::newRow("round robin") << Way{.router = roundRobin()};
    QTest::newRow("key-persistent") << Way{.router = keyPersistent()};
    QTest::newRow("sticky") << Way{.router = stickyQueuer()};
    QTest::newRow("sticky, submit()") << Way{.router = stickyQueuer(), .submits = true};
    QTest::newRow("least loaded") << Way{.router = leastLoaded()};
    QTest::newRow("priorities") << Way{.queue = priorityQueue(),
                                       .options = {.priority = Priority::High}};
    QTest::newRow("time to live") << Way{.options = {.timeToLive = 1h}};
    QTest::newRow("label") << Way{.options = {.label = u"label"_s}};
    QTest::newRow("retry") << Way{.options = {.retry = RetryPolicy{.maximumAttempts = 3}}};
    QTest::newRow("full, newest") << Way{.limit = 70};
    QTest::newRow("full, oldest") << Way{.limit = 70, .mode = DiscardMode::Oldest};
    QTest::newRow("full, oldest, sticky")
        << Way{.router = stickyQueuer(), .limit = 70, .mode = DiscardMode::Oldest};
    QTest::newRow("delayed") << Way{
        .rateLimit = {.refill = 1000, .interval = 1ms, .maximum = 1000, .initial = 0}};
    QTest::newRow("patient") << Way{.patience = 1h};
    QTest::newRow("patient, full") << Way{.limit = 70, .patience = 1ms};
}

// Who wanted to wait, and could not even try, is not mistaken for the next one.
void tst_LackOfMemory::DISC_11_patienceEndsWithTheCall()
{
    constexpr qsizetype Limit = 10'000;
    Factory<Doer> factory({.workerCount = 0, .queueLimit = Limit});
    int failures = 0;
    const auto dispatchPatiently = [&](int allocations) {
        try {
            const Scarcity scarcity(allocations);
            return bool(factory.dispatchFor(0, Message(), 1h));
        } catch (const std::bad_alloc &) {
            return false;
        }
    };
    for (int i = 0; i < 200; ++i) { // enough for every block and table to grow
        for (int allocations = 0; !dispatchPatiently(allocations); ++allocations) {
            QVERIFY(allocations < 100);
            ++failures;
            factory.setQueueLimit(factory.queueDepth());
            QVERIFY(!factory.dispatch(1, Message()));
            QVERIFY(factory.dispatch(2, Message(), {.discardable = false})); // over the limit
            factory.setQueueLimit(Limit);
        }
    }
    QVERIFY(failures > 0);
}

// The job is in the factory, or it is not and the caller learns that.
void tst_LackOfMemory::JOB_1_dispatchDoesAllOrNothing()
{
    QFETCH(const Way, way);
    {
        Factory<Doer> factory({.workerCount = 2,
                               .router = way.router,
                               .queue = way.queue,
                               .queueLimit = way.limit,
                               .discardMode = way.mode,
                               .rateLimit = way.rateLimit,
                               .rateLimitMode = RateLimitMode::Delay});
        std::vector<QFuture<int>> futures;
        int failures = 0;
        for (int i = 0; i < 200; ++i) { // enough for every block and table to grow
            for (int allocations = 0;; ++allocations) {
                QVERIFY(allocations < 100);
                const Counters before = factory.counters();
                const int alive = Message::alive;
                bool failed = false;
                bool accepted = false;
                try {
                    QFuture<int> future;
                    {
                        const Scarcity scarcity(allocations);
                        if (way.submits) {
                            future = factory.submit(i, Message(), way.options);
                            accepted = true;
                        } else {
                            accepted = bool(
                                factory.dispatchFor(i, Message(), way.patience, way.options));
                        }
                    }
                    if (way.submits)
                        futures.push_back(future);
                } catch (const std::bad_alloc &) {
                    failed = true;
                }
                const Counters after = factory.counters();
                QVERIFY(Support::isConserved(after));
                if (!failed) {
                    QCOMPARE(after.submitted, before.submitted + 1);
                    if (way.limit < 0)
                        QVERIFY(accepted);
                    break;
                }
                ++failures;
                QVERIFY(after == before);
                QCOMPARE(Message::alive, alive);
            }
        }
        QVERIFY(failures > 0);
        QVERIFY(factory.start());
        QVERIFY(Support::eventually(
            [&] { return factory.counters().waiting == 0 && factory.counters().running == 0; }));
        const Counters counters = factory.counters();
        QCOMPARE(counters.completed + counters.discarded(), 200);
        for (const QFuture<int> &future : futures) // the counters come first
            QVERIFY(Support::hasEnded(future));
        QVERIFY(factory.stop(Support::Patience).isClean());
    }
    QCOMPARE(Message::alive, 0);
}

void tst_LackOfMemory::SUP_3_shedJobIsTriedAgainOrNot_data()
{
    QTest::addColumn<DiscardMode>("mode");
    QTest::newRow("the newest") << DiscardMode::Newest;
    QTest::newRow("the oldest") << DiscardMode::Oldest;
}

void tst_LackOfMemory::SUP_3_shedJobIsTriedAgainOrNot()
{
    QFETCH(const DiscardMode, mode);
    struct Layer : StatisticsLayer
    {
        void jobRetried(const AbstractJob &, const JobRun &, const std::exception_ptr &) override
        {
            ++retried;
        }
        int retried = 0;
    };
    const auto layer = std::make_shared<Layer>();
    {
        Factory<Doer> factory(
            {.workerCount = 0,
             .queueLimit = 70,
             .discardMode = mode,
             .retry = {.maximumAttempts = 3, .backoff = 1h, .on = RetryOn::Loadshed},
             .statistics = layer});
        QVERIFY(factory.start());
        int failures = 0;
        for (int i = 0; i < 200; ++i) {
            for (int allocations = 0;; ++allocations) {
                QVERIFY(allocations < 100);
                const Counters before = factory.counters();
                const int alive = Message::alive;
                try {
                    const Scarcity scarcity(allocations);
                    QVERIFY(factory.dispatch(i, Message()));
                    break;
                } catch (const std::bad_alloc &) {
                    ++failures;
                }
                const Counters after = factory.counters();
                QVERIFY(Support::isConserved(after));
                // With the oldest, what made room for it may be on its way already.
                QCOMPARE(after.submitted, before.submitted);
                QCOMPARE(after.waiting, before.waiting);
                QCOMPARE(Message::alive, alive);
            }
        }
        QVERIFY(failures > 0);
        QCOMPARE(factory.counters().waiting, 200);
        QCOMPARE(layer->retried, 130);
        QVERIFY(factory.stop(Support::Patience).isClean());
        QCOMPARE(factory.counters().discarded(DiscardReason::Shutdown), 200);
    }
    QCOMPARE(Message::alive, 0);
}

void tst_LackOfMemory::JOB_1_broadcastLosesNothing()
{
    {
        Factory<Doer> factory({.workerCount = 20});
        const Message message;
        qint64 accepted = 0;
        int partly = 0;
        for (int allocations = 0;; ++allocations) {
            QVERIFY(allocations < 1000);
            bool failed = false;
            try {
                const Scarcity scarcity(allocations);
                static_cast<void>(factory.broadcast(1, message));
            } catch (const std::bad_alloc &) {
                failed = true;
            }
            const qint64 now = factory.counters().submitted;
            QVERIFY(Support::isConserved(factory.counters()));
            QCOMPARE(Message::alive, 1 + now);
            partly += failed && now > accepted ? 1 : 0;
            accepted = now;
            if (!failed)
                break;
        }
        QVERIFY(partly > 0);
        QVERIFY(factory.start());
        QVERIFY(Support::eventually([&] { return factory.counters().completed == accepted; }));
    }
    QCOMPARE(Message::alive, 0);
}

// Its worker sleeps, and the event that wakes it is what there may be no memory for.
void tst_LackOfMemory::JOB_1_whatIsAcceptedIsDone()
{
    Factory<Doer> factory({.workerCount = 1});
    QVERIFY(factory.start());
    int failures = 0;
    qint64 accepted = 0;
    for (int round = 0; round < 20; ++round) {
        for (int allocations = 0; allocations < 12; ++allocations) {
            QVERIFY(Support::eventually([&] { return factory.activeWorkers() == 0; }));
            try {
                const Scarcity scarcity(allocations);
                accepted += factory.dispatch(allocations, Message()) ? 1 : 0;
            } catch (const std::bad_alloc &) {
                ++failures;
            }
            QVERIFY(Support::eventually([&] { return factory.counters().completed == accepted; }));
        }
    }
    QCOMPARE(accepted + failures, 20 * 12);
    QVERIFY(factory.stop(Support::Patience).isClean());
    QCOMPARE(Message::alive, 0);
}

QTEST_GUILESS_MAIN(tst_LackOfMemory)
#include "tst_lackofmemory.moc"
