// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"
#include "support/openfactory.h"

#include <QLoggingCategory>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTest>
#include <QThread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! Counts its copies and those that are alive.
struct Parcel
{
    Parcel(int theContent) : content(theContent) { ++alive; }
    Parcel(const Parcel &other) : content(other.content)
    {
        ++alive;
        ++copies;
        if (throws)
            throw JobError(u"no copies"_s);
    }
    Parcel(Parcel &&other) noexcept : content(other.content) { ++alive; }
    ~Parcel() { --alive; }

    int content;
    static inline std::atomic<int> alive = 0;
    static inline std::atomic<int> copies = 0;
    static inline bool throws = false;
};

//! Its first job stands still at the gate, and is told to go on when nobody waits for it any more.
struct Hanging : Worker<int, Parcel, int>
{
    int process(Job &job) override
    {
        const int content = std::exchange(job.message().content, -1);
        job.setProgressRange(0, 10);
        if (isFirst.exchange(false)) {
            gate->pass();
            job.setProgress(9, u"late"_s);
            job.heartbeat();
            sawCancel = job.isCanceled();
            labelSeen = job.label();
            ++returned;
            if (throws)
                throw JobError(u"late"_s);
            return 1000 + content;
        }
        job.setProgress(3, u"second"_s);
        return content + 100 * job.attempt();
    }

    static void reset()
    {
        gate.emplace();
        isFirst = true;
        returned = 0;
        sawCancel = throws = false;
    }

    static inline std::optional<Support::Gate> gate;
    static inline std::atomic<bool> isFirst = true;
    static inline std::atomic<int> returned = 0;
    static inline std::atomic<bool> sawCancel = false;
    static inline QString labelSeen;
    static inline bool throws = false;
};

struct HangingAsync : Worker<int, int, QFuture<int>>
{
    QFuture<int> process(Job &job) override
    {
        QPromise<int> promise;
        promise.start();
        QFuture<int> future = promise.future();
        if (job.attempt() == 1) {
            first.emplace(std::move(promise));
            isKept = true;
        } else {
            promise.addResult(job.message());
            promise.finish();
        }
        return future;
    }
    static inline std::optional<QPromise<int>> first; // read once it is kept
    static inline std::atomic<bool> isKept = false;
};

struct MoveOnly : Worker<int, std::unique_ptr<int>, int>
{
    int process(Job &job) override
    {
        if (job.message())
            gate->pass();
        return 1;
    }
    static inline std::optional<Support::Gate> gate;
};

const RetryPolicy Lost{.maximumAttempts = 2, .on = RetryOn::WorkerLost};

void expectLoss()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"job \"1\" of worker 0 is lost"_s));
}

template<typename W>
bool abandon(Support::OpenFactory<W> &factory)
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"worker 0 is replaced; its thread was left behind"_s));
    expectLoss();
    return factory.engine().abandon(0);
}

} // namespace

// Jobs whose workers do not come back, on real threads.
class tst_LostJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Hanging::reset();
        Parcel::copies = 0;
        Parcel::throws = false;
    }
    void cleanup()
    {
        QVERIFY(eventually([] { return Parcel::alive == 0; }));
    }

    void SUP_3_lostJobRunsAgainWithItsMessage_data();
    void SUP_3_lostJobRunsAgainWithItsMessage();
    void SUP_3_copiesAreMadeOnlyOnDemand();
    void SUP_3_asynchronousJobRunsAgain();
    void SUP_3_canceledFutureReachesTheNextAttempt();
    void SUP_4_lostJobDoesNotRunAgainByDefault();
    void SUP_4_jobIsLostAsItEnds();
    void SUP_4_messageThatCannotBeMadeAgain_data();
    void SUP_4_messageThatCannotBeMadeAgain();
    void SUP_5_copyIsADeadLetterUntilTheFactoryIsDestroyed();
};

void tst_LostJobs::SUP_3_lostJobRunsAgainWithItsMessage_data()
{
    QTest::addColumn<bool>("byDefault");
    QTest::addColumn<bool>("throws");
    QTest::newRow("policy of the job") << false << false;
    QTest::newRow("policy of the factory") << true << false;
    QTest::newRow("the late one throws") << false << true;
}

void tst_LostJobs::SUP_3_lostJobRunsAgainWithItsMessage()
{
    QFETCH(const bool, byDefault);
    QFETCH(const bool, throws);
    Support::OpenFactory<Hanging> factory(
        {.workerCount = 1, .retry = byDefault ? Lost : RetryPolicy()});
    Hanging::throws = throws;
    const Support::GateOpener opener(*Hanging::gate);
    JobOptions options{.label = u"label"_s};
    if (!byDefault)
        options.retry = Lost;
    auto future = factory.submit(1, 7, options);
    auto next = factory.submit(2, 8);
    QVERIFY(factory.start());
    QVERIFY(Hanging::gate->awaitArrivals());
    QVERIFY(abandon(factory));
    QVERIFY(hasEnded(future) && hasEnded(next));
    QCOMPARE(future.result(), 207); // as it was before the first attempt
    QCOMPARE(next.result(), 108);
    QCOMPARE(future.progressText(), u"second"_s);
    QCOMPARE(factory.counters().retried, 1);

    // What the lost one still does concerns nobody.
    Hanging::gate->open();
    QVERIFY(eventually([] { return Hanging::returned == 1; }));
    QVERIFY(Hanging::sawCancel);
    QCOMPARE(Hanging::labelSeen, u"label"_s);
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(future.result(), 207);
    QCOMPARE(future.progressValue(), 3);
    QCOMPARE(future.progressText(), u"second"_s);
    QVERIFY(factory.counters()
            == (Counters{.submitted = 2, .completed = 2, .retried = 1, .restarts = 1}));
}

void tst_LostJobs::SUP_3_copiesAreMadeOnlyOnDemand()
{
    Hanging::isFirst = false;
    Support::OpenFactory<Hanging> factory({.workerCount = 1});
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(1, 7)));
    QVERIFY(hasEnded(
        factory.submit(1, 7, {.timeToLive = 1h, .retry = RetryPolicy{.maximumAttempts = 9}})));
    QCOMPARE(Parcel::copies, 0);
    auto future = factory.submit(1, 7, {.retry = Lost});
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), 107);
    QCOMPARE(Parcel::copies, 1);
    factory.setRetryPolicy(Lost);
    QVERIFY(hasEnded(factory.submit(1, 7)));
    QCOMPARE(Parcel::copies, 2);
    QVERIFY(hasEnded(factory.submit(1, 7, {.retry = RetryPolicy()})));
    QCOMPARE(Parcel::copies, 2);
    QVERIFY(eventually([] { return Parcel::alive == 0; })); // with the job goes the copy
}

void tst_LostJobs::SUP_3_asynchronousJobRunsAgain()
{
    Support::OpenFactory<HangingAsync> factory({.workerCount = 1});
    QVERIFY(factory.start());
    auto future = factory.submit(1, 7, {.retry = Lost});
    QVERIFY(eventually([&] { return factory.counters().running == 1; }));
    expectLoss(); // the thread is free, and stays
    QVERIFY(eventually([&] { return HangingAsync::isKept && factory.engine().abandon(0); }));
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), 7);
    // The worker that was given up has canceled what it waited for.
    QVERIFY(eventually([] { return HangingAsync::first->isCanceled(); }));
    HangingAsync::first.reset();
}

void tst_LostJobs::SUP_3_canceledFutureReachesTheNextAttempt()
{
    Support::OpenFactory<Hanging> factory({.workerCount = 1});
    const Support::GateOpener opener(*Hanging::gate);
    QVERIFY(factory.start());
    RetryPolicy policy = Lost;
    policy.backoff = 1h;
    policy.maximumBackoff = 1h;
    auto future = factory.submit(1, 7, {.retry = policy});
    QVERIFY(Hanging::gate->awaitArrivals());
    QVERIFY(abandon(factory));
    QVERIFY(!future.isFinished());
    QCOMPARE(factory.counters().waiting, 1);
    future.cancel();
    QVERIFY(hasEnded(future));
    QCOMPARE(factory.counters().canceled, 1);
}

void tst_LostJobs::SUP_4_lostJobDoesNotRunAgainByDefault()
{
    Support::OpenFactory<Hanging> factory({.workerCount = 1});
    const Support::GateOpener opener(*Hanging::gate);
    QVERIFY(factory.start());
    auto future = factory.submit(1, 7, {.retry = RetryPolicy{.maximumAttempts = 9}});
    QVERIFY(Hanging::gate->awaitArrivals());
    QVERIFY(abandon(factory));
    QVERIFY(Support::errorAs<WorkerLost>(future));
    QCOMPARE(factory.counters().lost, 1);
    QCOMPARE(factory.deadLetterCount(), 1);
    QVERIFY(!factory.deadLetters().first().isRetriable);
    QVERIFY(hasEnded(factory.submit(2, 8))); // by the fresh worker
    Hanging::gate->open();
    QVERIFY(eventually([] { return Hanging::returned == 1; }));
    QCOMPARE(Parcel::copies, 0);
}

void tst_LostJobs::SUP_4_messageThatCannotBeMadeAgain_data()
{
    QTest::addColumn<bool>("isMoveOnly");
    QTest::newRow("only movable") << true;
    QTest::newRow("copying throws") << false;
}

void tst_LostJobs::SUP_4_messageThatCannotBeMadeAgain()
{
    QFETCH(const bool, isMoveOnly);
    const auto test = [](auto &factory, const Support::Gate &gate, auto message) {
        QTest::ignoreMessage(
            QtWarningMsg,
            QRegularExpression(u"the retry policy of job \"1\" asks for another attempt when its "
                               "worker is lost, but there will be none"_s));
        QVERIFY(factory.start());
        auto future = factory.submit(1, std::move(message), {.retry = Lost});
        QVERIFY(gate.awaitArrivals());
        QVERIFY(abandon(factory));
        QVERIFY(Support::errorAs<WorkerLost>(future));
    };
    if (isMoveOnly) {
        MoveOnly::gate.emplace();
        const Support::GateOpener opener(*MoveOnly::gate);
        Support::OpenFactory<MoveOnly> factory({.workerCount = 1});
        test(factory, *MoveOnly::gate, std::make_unique<int>(1));
    } else {
        Parcel::throws = true;
        --Parcel::alive; // one of whose constructors throws has no destructor
        const Support::GateOpener opener(*Hanging::gate);
        Support::OpenFactory<Hanging> factory({.workerCount = 1});
        test(factory, *Hanging::gate, 7);
    }
}

// Although the thread that hangs keeps the engine.
void tst_LostJobs::SUP_5_copyIsADeadLetterUntilTheFactoryIsDestroyed()
{
    const Support::GateOpener opener(*Hanging::gate);
    {
        Support::OpenFactory<Hanging> factory({.workerCount = 1});
        QVERIFY(factory.start());
        auto future = factory.submit(
            1, 7, {.retry = RetryPolicy{.maximumAttempts = 1, .on = RetryOn::WorkerLost}});
        QVERIFY(Hanging::gate->awaitArrivals());
        QVERIFY(abandon(factory));
        QVERIFY(Support::errorAs<WorkerLost>(future));
        QVERIFY(factory.deadLetters().first().isRetriable);
        QCOMPARE(Parcel::alive, 2);
    }
    QCOMPARE(Parcel::alive, 1);
}

// A job that comes back just as its worker is given up: it has completed, or is tried again.
void tst_LostJobs::SUP_4_jobIsLostAsItEnds()
{
    std::atomic<int> begun = 0;
    std::atomic<int> released = 0;
    Factory factory({.workerCount = 1,
                     .restartPolicy = {.maximumRestarts = RestartPolicy::Unlimited},
                     .retry = {.maximumAttempts = 2, .backoff = 0ms, .on = RetryOn::WorkerLost}},
                    [&](Job<int, int> &job) {
                        if (job.attempt() == 1) {
                            ++begun;
                            while (released < job.key())
                                QThread::yieldCurrentThread();
                        }
                        return job.attempt();
                    });
    QVERIFY(factory.start());
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s); // of each that is replaced
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules({}); });
    int retried = 0;
    for (int round = 1; round <= 300; ++round) {
        QFuture<int> job = factory.submit(round, 0);
        while (begun < round)
            QThread::yieldCurrentThread();
        released = round;
        for (volatile int spins = 10 * (round % 100); spins > 0;)
            spins = spins - 1;
        const bool isReplaced = factory.replaceWorker(0);
        QVERIFY(hasEnded(job));
        QCOMPARE(job.resultCount(), 1);
        if (!isReplaced)
            QCOMPARE(job.result(), 1);
        retried += job.result() == 2 ? 1 : 0;
    }
    QVERIFY(retried > 0);
    QCOMPARE(factory.counters().lost, 0);
    QVERIFY(eventually([&] { return factory.condemnedThreads() == 0; }));
}

QTEST_GUILESS_MAIN(tst_LostJobs)
#include "tst_lostjobs.moc"
