// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QTest>

#include <cstdlib>
#include <latch>
#include <new>
#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

std::atomic<qint64> allocations = 0; // of all threads

//! Counts what happens to it on its way.
struct Parcel
{
    Parcel() = default;
    Parcel(const Parcel &other) : content(other.content) { ++copies; }
    Parcel(Parcel &&other) noexcept = default;
    Parcel &operator=(const Parcel &other)
    {
        content = other.content;
        ++copies;
        return *this;
    }
    Parcel &operator=(Parcel &&other) noexcept = default;

    std::vector<char> content;
    static inline std::atomic<int> copies = 0;
};

using Box = std::unique_ptr<int>;

qint64 steadyNow()
{
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

void *operator new(std::size_t size)
{
    ++allocations;
    if (void *memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}

void *operator new(std::size_t size, const std::nothrow_t &) noexcept
{
    ++allocations;
    return std::malloc(size);
}

void operator delete(void *memory) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::size_t) noexcept
{
    std::free(memory);
}

class tst_Job : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void JOB_3_messageIsMovedNeverCopied();
    void JOB_3_moveOnlyMessageReachesTheWorker();
    void JOB_3_unrunMessagesGoToTheDiscardHandler();
    void JOB_4_dispatchFromManyThreads();
    void JOB_4_dispatchFromInsideAWorker();
    void JOB_4_dispatchFromHandlersAndContinuations();
    void JOB_4_dispatchDoesNotWaitForBusyWorkers();
    void JOB_4_partsOfASettingAreSetByManyThreads_data();
    void JOB_4_partsOfASettingAreSetByManyThreads();
    void JOB_5_acceptedDispatchSaysSo();
    void JOB_5_refusedDispatchGivesMessageBack_data();
    void JOB_5_refusedDispatchGivesMessageBack();
    void JOB_5_messageTakenByTheHandlerDoesNotComeBack();
    void JOB_5_refusedSubmitEndsWithTheReason_data();
    void JOB_5_refusedSubmitEndsWithTheReason();
    void JOB_6_optionsReachTheJob();
    void JOB_6_defaultsCostAtMostOneAllocationPerJob();
    void JOB_7_timesAreInTheirOrder();
};

void tst_Job::JOB_3_messageIsMovedNeverCopied()
{
    Parcel::copies = 0;
    Factory factory({.workerCount = 1}, [](Job<int, Parcel> &job) {
        return static_cast<const void *>(job.takeMessage().content.data());
    });
    QVERIFY(factory.start());

    Parcel parcel;
    parcel.content.resize(64 << 20);
    const void *const address = parcel.content.data();
    auto future = factory.submit(1, std::move(parcel));
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), address);
    QCOMPARE(Parcel::copies, 0);
}

void tst_Job::JOB_3_moveOnlyMessageReachesTheWorker()
{
    Factory factory({.workerCount = 1}, [](Job<int, Box> &job) {
        Box box = job.takeMessage();
        ++*box;
        return box; // and a result that can only be moved
    });
    QVERIFY(factory.start());

    auto box = std::make_unique<int>(41);
    const int *const address = box.get();
    QFuture<Box> future = factory.submit(1, std::move(box));
    QVERIFY(hasEnded(future));
    const Box result = future.takeResult();
    QCOMPARE(result.get(), address);
    QCOMPARE(*result, 42);
}

void tst_Job::JOB_3_unrunMessagesGoToTheDiscardHandler()
{
    Factory factory({.workerCount = 1}, [](Job<int, Box> &) {});
    std::vector<std::pair<int, Box>> given;
    factory.setDiscardHandler([&](Job<int, Box> &job, DiscardReason reason) {
        QVERIFY(reason == DiscardReason::Shutdown);
        given.emplace_back(job.key(), job.takeMessage());
    });
    QVERIFY(factory.dispatch(1, std::make_unique<int>(10)));
    QFuture<void> future = factory.submit(2, std::make_unique<int>(20));
    factory.stop(Support::Patience); // it never ran

    QCOMPARE(given.size(), 2u);
    QCOMPARE(given[0].first, 1);
    QCOMPARE(*given[0].second, 10);
    QCOMPARE(given[1].first, 2);
    QCOMPARE(*given[1].second, 20);
    const auto error = Support::errorAs<JobDiscarded>(future);
    QVERIFY(error);
    QVERIFY(error->reason() == DiscardReason::Shutdown);
}

void tst_Job::JOB_4_dispatchFromManyThreads()
{
    constexpr int Threads = 4;
    constexpr int JobsEach = 2000;
    std::atomic<qint64> sum = 0;
    Factory factory({.workerCount = 3}, [&sum](Job<int, int> &job) { sum += job.message(); });
    QVERIFY(factory.start());

    std::vector<std::thread> producers;
    for (int thread = 0; thread < Threads; ++thread) {
        producers.emplace_back([&factory] {
            for (int i = 1; i <= JobsEach; ++i) {
                if (i % 2)
                    factory.dispatch(i, i);
                else
                    static_cast<void>(factory.submit(i, i));
            }
        });
    }
    for (std::thread &producer : producers)
        producer.join();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(sum, qint64(Threads) * JobsEach * (JobsEach + 1) / 2);
    QCOMPARE(factory.counters().completed, Threads * JobsEach);
}

void tst_Job::JOB_4_dispatchFromInsideAWorker()
{
    // One worker, so whoever waited for the job to be done would wait for ever.
    struct Countdown : Worker<int, int, void>
    {
        explicit Countdown(const std::shared_ptr<Factory<Countdown> *> &f) : factory(f) {}
        void process(Job &job) override
        {
            if (job.message() > 0 && !(*factory)->dispatch(job.key(), job.message() - 1))
                throw JobError(u"refused"_s);
            if (job.message() % 2)
                static_cast<void>((*factory)->submit(job.key(), 0));
        }
        std::shared_ptr<Factory<Countdown> *> factory;
    };
    const auto address = std::make_shared<Factory<Countdown> *>();
    Factory<Countdown> factory({.workerCount = 1}, workerBuilder<Countdown>(address));
    *address = &factory;
    QVERIFY(factory.start());
    QVERIFY(factory.dispatch(1, 200));
    QVERIFY(eventually([&] { return factory.counters().completed == 201 + 100; }));
}

void tst_Job::JOB_4_dispatchFromHandlersAndContinuations()
{
    const Support::EventLog log;
    Factory factory({.workerCount = 1, .queueLimit = 0},
                    [log](Job<int, QString> &job) { log.add(job.message()); });
    factory.setDiscardHandler([&](Job<int, QString> &job, DiscardReason reason) {
        if (reason != DiscardReason::Loadshed)
            return;
        const JobOptions firm{.discardable = false};
        factory.dispatch(job.key(), u"handler: "_s + job.takeMessage(), firm);
    });
    QVERIFY(!factory.dispatch(1, u"first"_s)); // not started: there is no room at all
    QCOMPARE(factory.counters().waiting, 1);

    auto future = factory.submit(2, u"second"_s, {.discardable = false}).then([&factory] {
        factory.dispatch(3, u"continuation"_s, {.discardable = false});
    });
    QVERIFY(factory.start());
    const QStringList expected{u"handler: first"_s, u"second"_s, u"continuation"_s};
    QCOMPARE(log.await(3), expected);
    QVERIFY(hasEnded(future));
}

void tst_Job::JOB_4_dispatchDoesNotWaitForBusyWorkers()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 2}, [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 1000; ++i)
        QVERIFY(factory.dispatch(i, i)); // comes back although no job can end
    QVERIFY(gate.awaitArrivals(2));
    QCOMPARE(factory.counters().running, 2);
    QCOMPARE(factory.counters().waiting, 998);
}

void tst_Job::JOB_4_partsOfASettingAreSetByManyThreads_data()
{
    QTest::addColumn<QByteArray>("one");
    QTest::addColumn<QByteArray>("other");
    QTest::newRow("restart policy") << "restartBackoff"_ba
                                    << "restartInterval"_ba;
    QTest::newRow("retry policy") << "retryBackoff"_ba
                                  << "retryMaximumBackoff"_ba;
    QTest::newRow("rate limit") << "rateLimitInterval"_ba
                                << "rateLimitMaximum"_ba;
    QTest::newRow("dead man's switch") << "deadMansSwitchTimeout"_ba
                                       << "deadMansSwitchGracePeriod"_ba;
}

void tst_Job::JOB_4_partsOfASettingAreSetByManyThreads()
{
    QFETCH(const QByteArray, one);
    QFETCH(const QByteArray, other);
    constexpr int Times = 50'000;
    Factory factory({}, [](Job<int, int> &job) { return job.message(); });

    std::atomic<int> undone = 0;
    std::latch start(2);
    const auto setOften = [&](const QByteArray &part) {
        start.arrive_and_wait();
        for (int i = 1; i <= Times; ++i) {
            factory.setProperty(part, i);
            undone += factory.property(part).toInt() == i ? 0 : 1;
        }
    };
    std::thread thread([&] { setOften(one); });
    setOften(other);
    thread.join();
    QCOMPARE(undone, 0);
}

void tst_Job::JOB_5_acceptedDispatchSaysSo()
{
    Factory factory({.workerCount = 1}, [](Job<int, Box> &) {});
    auto verdict = factory.dispatch(1, std::make_unique<int>(1));
    QVERIFY(verdict.isAccepted());
    QVERIFY(bool(verdict));
    QVERIFY(!verdict.reason());
    QVERIFY(!verdict.takeMessage());
}

void tst_Job::JOB_5_refusedDispatchGivesMessageBack_data()
{
    QTest::addColumn<DiscardReason>("reason");
    QTest::newRow("queue is full") << DiscardReason::Loadshed;
    QTest::newRow("factory has stopped") << DiscardReason::Shutdown;
}

void tst_Job::JOB_5_refusedDispatchGivesMessageBack()
{
    QFETCH(const DiscardReason, reason);
    Factory factory({.workerCount = 1, .queueLimit = 0}, [](Job<int, Box> &) {});
    if (reason == DiscardReason::Shutdown)
        factory.stop(Support::Patience);

    auto box = std::make_unique<int>(7);
    const int *const address = box.get();
    auto verdict = factory.dispatch(1, std::move(box));
    QVERIFY(!verdict);
    QVERIFY(verdict.reason() == reason);
    const std::optional<Box> back = verdict.takeMessage();
    QVERIFY(back);
    QCOMPARE(back->get(), address);
    QVERIFY(!verdict.takeMessage()); // given back once
    QCOMPARE(factory.counters().discarded(reason), 1);
}

void tst_Job::JOB_5_messageTakenByTheHandlerDoesNotComeBack()
{
    Factory factory({.workerCount = 1, .queueLimit = 0}, [](Job<int, Box> &) {});
    Box taken;
    factory.setDiscardHandler(
        [&](Job<int, Box> &job, DiscardReason) { taken = job.takeMessage(); });
    auto verdict = factory.dispatch(1, std::make_unique<int>(7));
    QVERIFY(verdict.reason() == DiscardReason::Loadshed);
    QVERIFY(!verdict.takeMessage());
    QVERIFY(taken);
    QCOMPARE(*taken, 7);
}

void tst_Job::JOB_5_refusedSubmitEndsWithTheReason_data()
{
    JOB_5_refusedDispatchGivesMessageBack_data();
}

void tst_Job::JOB_5_refusedSubmitEndsWithTheReason()
{
    QFETCH(const DiscardReason, reason);
    Factory factory({.workerCount = 1, .queueLimit = 0}, [](Job<int, int> &) { return 1; });
    if (reason == DiscardReason::Shutdown)
        factory.stop(Support::Patience);

    QFuture<int> future = factory.submit(1, 1);
    QVERIFY(future.isFinished()); // at once
    const auto error = Support::errorAs<JobDiscarded>(future);
    QVERIFY(error);
    QVERIFY(error->reason() == reason);

    std::optional<DiscardReason> seen;
    auto handled = factory.submit(1, 1).onFailed([&](const JobDiscarded &e) {
        seen = e.reason();
        return 0;
    });
    QVERIFY(hasEnded(handled));
    QVERIFY(seen == reason);
}

void tst_Job::JOB_6_optionsReachTheJob()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &job) {
        gate.pass();
        return std::make_tuple(job.priority(), job.isDiscardable(), job.label(), job.attempt());
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    auto special = factory.submit(1, 0,
                                  {.timeToLive = 1h,
                                   .priority = Priority::High,
                                   .discardable = false,
                                   .label = u"for people"_s});
    auto plain = factory.submit(2, 0);
    QVERIFY(gate.awaitArrivals(1));
    const WorkerSnapshot worker = factory.snapshot().workers.constFirst();
    QCOMPARE(worker.key, u"1"_s);
    QCOMPARE(worker.label, u"for people"_s);
    gate.open();

    QVERIFY(hasEnded(special));
    QVERIFY(special.result() == std::make_tuple(Priority::High, false, u"for people"_s, 1));
    QVERIFY(hasEnded(plain));
    QVERIFY(plain.result() == std::make_tuple(Priority::Normal, true, QString(), 1));
}

void tst_Job::JOB_6_defaultsCostAtMostOneAllocationPerJob()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) {});
    factory.dispatch(0, 0); // the first one tells the observers
    // Fewer than the 64 for which the queue takes room at a time.
    const qint64 before = allocations.load();
    for (int i = 0; i < 50; ++i)
        factory.dispatch(i, i);
    QVERIFY(allocations - before <= 50);
}

void tst_Job::JOB_7_timesAreInTheirOrder()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &job) {
        gate.pass();
        return std::array{job.submittedAt(), job.routedAt(), job.startedAt(), steadyNow(),
                          qint64(job.queueTime().count())};
    });
    const Support::GateOpener opener(gate);
    const qint64 before = steadyNow();
    auto first = factory.submit(1, 0);
    auto second = factory.submit(2, 0);
    const qint64 submitted = steadyNow();
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals(1));
    const qint64 firstRuns = steadyNow();
    gate.open();

    QVERIFY(hasEnded(first) && hasEnded(second));
    for (const auto &future : {first, second}) {
        const auto [submittedAt, routedAt, startedAt, inside, queueTime] = future.result();
        QVERIFY(before <= submittedAt && submittedAt <= submitted);
        QVERIFY(submitted <= routedAt && routedAt <= startedAt && startedAt <= inside);
        QCOMPARE(queueTime, startedAt - submittedAt);
    }
    QVERIFY(first.result()[2] <= firstRuns);
    QVERIFY(second.result()[2] >= firstRuns); // it waited for the first one
}

QTEST_GUILESS_MAIN(tst_Job)

#include "tst_job.moc"
