// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

struct Receptive : Worker<int, int, void>
{
    Receptive() { self = this; }
    void process(Job &) override {}
    static inline std::atomic<QObject *> self = nullptr;
};

struct ToWorkerZero : Router
{
    Route route(const AbstractJob &, const Workers &) override { return Route::toWorker(0); }
};

//! A factory with one worker that stands at the gate, and the keys of the jobs that were discarded.
class Mill
{
public:
    explicit Mill(FactorySettings settings)
        : m_factory(std::move(settings), Work{gate, ran})
        , m_opener(gate)
    {
        m_factory.setDiscardHandler([this](Job<int, int> &job, DiscardReason reason) {
            discarded.add(u"%1 %2"_s.arg(nameOf(reason)).arg(job.key()));
        });
    }

    struct Work
    {
        void operator()(Job<int, int> &job) const
        {
            ran.add(QString::number(job.key()));
            if (job.key() < 0)
                gate.pass();
        }
        Support::Gate gate;
        Support::EventLog ran;
    };

    //! Starts it, and keeps `count` workers busy.
    bool occupy(int count = 1)
    {
        if (!m_factory.start()
            || !eventually([this] { return m_factory.state() == FactoryState::Running; }))
            return false;
        for (int i = 0; i < count; ++i)
            m_factory.dispatch(-1, 0);
        return gate.awaitArrivals(count);
    }

    //! The verdict about jobs with the keys 1, 2, 3 ..., in one word per job.
    QString offer(int count, const JobOptions &options = {})
    {
        QString verdicts;
        for (int i = 0; i < count; ++i)
            verdicts += m_factory.dispatch(++m_key, 0, options) ? u'+' : u'-';
        return verdicts;
    }

    Factory<FunctionWorker<Work>> *operator->() { return &m_factory; }

    const Support::Gate gate;
    const Support::EventLog ran;
    const Support::EventLog discarded;

private:
    Factory<FunctionWorker<Work>> m_factory;
    const Support::GateOpener m_opener;
    int m_key = 0;
};

} // namespace

class tst_Discard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void DISC_1_noLimitShedsNothing();
    void DISC_2_newestIsRefused();
    void DISC_2_oldestMakesRoom();
    void DISC_2_oldestOfTheLowestPriorityMakesRoom();
    void DISC_3_undiscardableJobsAreNeverShed_data();
    void DISC_3_undiscardableJobsAreNeverShed();
    void DISC_4_runningJobsDoNotCount();
    void DISC_4_limitZeroRunsAtOnceOrSheds_data();
    void DISC_4_limitZeroRunsAtOnceOrSheds();
    void DISC_5_limitIsPerWorkerForJobsThatWaitThere();
    void DISC_5_jobAboutToBeTakenDoesNotCount_data();
    void DISC_5_jobAboutToBeTakenDoesNotCount();
    void DISC_6_expiredJobIsNeverStarted();
    void DISC_6_negativeTimeToLiveIsOver();
    void DISC_6_whoComesTooLateTakesNobodysPlace_data();
    void DISC_6_whoComesTooLateTakesNobodysPlace();
    void DISC_7_handlerRunsWithoutTheLock();
    void DISC_7_handlerMayBeExchangedAndRemoved();
    void DISC_7_handlerThatThrowsIsReported();
    void DISC_8_availableCapacity();
    void LIFE_6_limitChangesWhileRunning();
};

void tst_Discard::DISC_1_noLimitShedsNothing()
{
    Mill mill({.workerCount = 1});
    QCOMPARE(mill->queueLimit(), -1);
    QVERIFY(mill.occupy());
    QVERIFY(!mill.offer(2000).contains(u'-'));
    QCOMPARE(mill->queueDepth(), 2000);
}

void tst_Discard::DISC_2_newestIsRefused()
{
    Mill mill({.workerCount = 1, .queueLimit = 2});
    QVERIFY(mill.occupy());
    QCOMPARE(mill.offer(4), u"++--"_s);
    QCOMPARE(mill.discarded.events(), (QStringList{u"Loadshed 3"_s, u"Loadshed 4"_s}));
    QCOMPARE(mill->counters().discarded(DiscardReason::Loadshed), 2);
    mill.gate.open();
    QCOMPARE(mill.ran.await(3), (QStringList{u"-1"_s, u"1"_s, u"2"_s}));
}

void tst_Discard::DISC_2_oldestMakesRoom()
{
    Mill mill({.workerCount = 1, .queueLimit = 2, .discardMode = DiscardMode::Oldest});
    QVERIFY(mill.occupy());
    QCOMPARE(mill.offer(4), u"++++"_s);
    QCOMPARE(mill.discarded.events(), (QStringList{u"Loadshed 1"_s, u"Loadshed 2"_s}));
    QCOMPARE(mill->queueDepth(), 2);
    mill.gate.open();
    QCOMPARE(mill.ran.await(3), (QStringList{u"-1"_s, u"3"_s, u"4"_s}));
}

void tst_Discard::DISC_2_oldestOfTheLowestPriorityMakesRoom()
{
    Mill mill({.workerCount = 1,
               .queue = priorityQueue(),
               .queueLimit = 3,
               .discardMode = DiscardMode::Oldest});
    QVERIFY(mill.occupy());
    QCOMPARE(mill.offer(1, {.priority = Priority::High}), u"+"_s);
    QCOMPARE(mill.offer(1, {.priority = Priority::BestEffort}), u"+"_s);
    QCOMPARE(mill.offer(1, {.priority = Priority::Normal}), u"+"_s);
    QCOMPARE(mill.offer(1, {.priority = Priority::Normal}), u"+"_s); // 2 goes
    QCOMPARE(mill.offer(1, {.priority = Priority::BestEffort}), u"-"_s); // is itself the lowest
    QCOMPARE(mill.offer(1, {.priority = Priority::Highest}), u"+"_s); // 3 goes
    QCOMPARE(mill.discarded.events(),
             (QStringList{u"Loadshed 2"_s, u"Loadshed 5"_s, u"Loadshed 3"_s}));
    mill.gate.open();
    QCOMPARE(mill.ran.await(4), (QStringList{u"-1"_s, u"6"_s, u"1"_s, u"4"_s}));
}

void tst_Discard::DISC_3_undiscardableJobsAreNeverShed_data()
{
    QTest::addColumn<DiscardMode>("mode");
    QTest::newRow("newest") << DiscardMode::Newest;
    QTest::newRow("oldest") << DiscardMode::Oldest;
}

void tst_Discard::DISC_3_undiscardableJobsAreNeverShed()
{
    QFETCH(const DiscardMode, mode);
    Mill mill({.workerCount = 1, .queueLimit = 2, .discardMode = mode});
    QVERIFY(mill.occupy());
    QCOMPARE(mill.offer(3, {.discardable = false}), u"+++"_s); // over the limit
    QCOMPARE(mill.offer(2), u"--"_s); // there is nothing that may make room
    QCOMPARE(mill->queueDepth(), 3);
    QCOMPARE(mill.discarded.events(), (QStringList{u"Loadshed 4"_s, u"Loadshed 5"_s}));
    mill.gate.open();
    QCOMPARE(mill.ran.await(4), (QStringList{u"-1"_s, u"1"_s, u"2"_s, u"3"_s}));
}

void tst_Discard::DISC_4_runningJobsDoNotCount()
{
    Mill mill({.workerCount = 3, .queueLimit = 1});
    QVERIFY(mill.occupy(3));
    QCOMPARE(mill->counters().running, 3);
    QCOMPARE(mill.offer(2), u"+-"_s);
}

void tst_Discard::DISC_4_limitZeroRunsAtOnceOrSheds_data()
{
    DISC_3_undiscardableJobsAreNeverShed_data();
}

void tst_Discard::DISC_4_limitZeroRunsAtOnceOrSheds()
{
    QFETCH(const DiscardMode, mode);
    Mill mill({.workerCount = 2, .queueLimit = 0, .discardMode = mode});
    QCOMPARE(mill.offer(1), u"-"_s); // nobody is there to run it
    QVERIFY(mill.occupy(2));
    QCOMPARE(mill.offer(2), u"--"_s);
    mill.gate.open();
    QVERIFY(eventually([&] { return mill->activeWorkers() == 0; }));
    QCOMPARE(mill.offer(1), u"+"_s);
    QCOMPARE(mill.ran.await(3).last(), u"4"_s);
}

void tst_Discard::DISC_5_limitIsPerWorkerForJobsThatWaitThere()
{
    struct ByKey : Router
    {
        Route route(const AbstractJob &job, const Workers &) override
        {
            return Route::toWorker(std::abs(static_cast<const Job<int, int> &>(job).key()) % 2);
        }
        WaitingPlace waitingPlace() const override { return WaitingPlace::AtWorkers; }
    };
    const Support::Gate gate;
    Factory factory({.workerCount = 2, .router = customRouter<ByKey>(), .queueLimit = 2},
                    [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    QVERIFY(factory.dispatch(0, 0));
    QVERIFY(factory.dispatch(1, 0));
    QVERIFY(gate.awaitArrivals(2));
    for (const int worker : {0, 1}) {
        QVERIFY(factory.dispatch(worker, 0));
        QVERIFY(factory.dispatch(worker, 0));
        QVERIFY(!factory.dispatch(worker, 0));
    }
    QCOMPARE(factory.queueDepth(), 4);
}

void tst_Discard::DISC_5_jobAboutToBeTakenDoesNotCount_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("waiting in the factory's queue") << queuer();
    QTest::newRow("waiting at the worker") << customRouter<ToWorkerZero>();
}

// The verdict must not depend on how quickly the worker's thread wakes up: a worker that has nothing
// to do is room for a job, also while its thread is kept from taking it.
void tst_Discard::DISC_5_jobAboutToBeTakenDoesNotCount()
{
    QFETCH(const RouterBuilder, router);
    const Support::Gate gate;
    Factory<Receptive> factory({.workerCount = 1, .router = router, .queueLimit = 2});
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QMetaObject::invokeMethod(
        Receptive::self.load(), [gate] { gate.pass(); }, Qt::QueuedConnection);
    QVERIFY(gate.awaitArrivals());

    QCOMPARE(factory.availableCapacity(), 3); // the worker, and two places
    QVERIFY(factory.dispatch(1, 0));
    QVERIFY(factory.dispatch(2, 0));
    QVERIFY(factory.dispatch(3, 0));
    QVERIFY(!factory.dispatch(4, 0));
    QCOMPARE(factory.availableCapacity(), 0);
}

void tst_Discard::DISC_6_expiredJobIsNeverStarted()
{
    Mill mill({.workerCount = 1});
    QVERIFY(mill.occupy());
    QCOMPARE(mill.offer(1, {.timeToLive = 1ms}), u"+"_s);
    QCOMPARE(mill.offer(1, {.timeToLive = 1h}), u"+"_s);
    QCOMPARE(mill.discarded.await(1), QStringList{u"TtlExpired 1"_s}); // while the worker is busy
    QCOMPARE(mill->queueDepth(), 1);
    mill.gate.open();
    QCOMPARE(mill.ran.await(2), (QStringList{u"-1"_s, u"2"_s}));
    QCOMPARE(mill->counters().discarded(DiscardReason::TtlExpired), 1);
}

// As a deadline that is over already leaves it.
void tst_Discard::DISC_6_negativeTimeToLiveIsOver()
{
    Mill mill({.workerCount = 1});
    QVERIFY(mill.occupy());
    mill.gate.open();
    for (const auto timeToLive :
         {-1ns, -std::chrono::nanoseconds(1h), std::chrono::nanoseconds::min()})
        QCOMPARE(mill.offer(1, {.timeToLive = timeToLive}), u"-"_s);
    QCOMPARE(mill.offer(1, {.timeToLive = 0ns}), u"+"_s); // none
    QCOMPARE(mill.ran.await(2), (QStringList{u"-1"_s, u"4"_s}));
    QCOMPARE(mill.discarded.events(),
             (QStringList{u"TtlExpired 1"_s, u"TtlExpired 2"_s, u"TtlExpired 3"_s}));
    QCOMPARE(mill->counters().discarded(DiscardReason::TtlExpired), 3);
    QFuture<void> refused = mill->submit(5, 0, {.timeToLive = -1ns});
    QVERIFY(refused.isFinished()); // JOB 5
    QVERIFY_THROWS_EXCEPTION(JobDiscarded, refused.waitForFinished());
}

// It is not to be had at the cost of others.
void tst_Discard::DISC_6_whoComesTooLateTakesNobodysPlace_data()
{
    QTest::addColumn<FactorySettings>("settings");
    QTest::newRow("the oldest makes room")
        << FactorySettings{.workerCount = 1, .queueLimit = 1, .discardMode = DiscardMode::Oldest};
    QTest::newRow("the newest is refused") << FactorySettings{.workerCount = 1, .queueLimit = 1};
    QTest::newRow("rate limit") << FactorySettings{.workerCount = 1,
                                                   .rateLimit = {.refill = 2, .interval = 1h}};
    QTest::newRow("tried again where there is no room")
        << FactorySettings{.workerCount = 1,
                           .queueLimit = 1,
                           .retry = {.maximumAttempts = 9, .on = RetryOn::Loadshed}};
}

void tst_Discard::DISC_6_whoComesTooLateTakesNobodysPlace()
{
    QFETCH(const FactorySettings, settings);
    Mill mill(settings);
    QVERIFY(mill.occupy());
    QCOMPARE(mill.offer(1), u"+"_s);
    QCOMPARE(mill.offer(3, {.timeToLive = -1ns}), u"---"_s);
    QCOMPARE(mill->queueDepth(), 1);
    QCOMPARE(mill->counters().retried, 0);
    QCOMPARE(mill->counters().discarded(), mill->counters().discarded(DiscardReason::TtlExpired));
    // Who waits for room waits no longer than it has time.
    if (settings.queueLimit >= 0) {
        const auto patience = QDeadlineTimer(10min);
        const auto refused = mill->dispatchFor(9, 0, 10min, {.timeToLive = -1ns});
        QCOMPARE(refused.reason(), DiscardReason::TtlExpired);
        const auto late = mill->dispatchFor(9, 0, 10min, {.timeToLive = 20ms});
        QCOMPARE(late.reason(), DiscardReason::TtlExpired);
        QVERIFY(!patience.hasExpired());
    }
}

void tst_Discard::DISC_7_handlerRunsWithoutTheLock()
{
    Mill mill({.workerCount = 1, .queueLimit = 1, .discardMode = DiscardMode::Oldest});
    QVERIFY(mill.occupy());
    std::atomic<int> calls = 0;
    mill->setDiscardHandler([&](Job<int, int> &job, DiscardReason reason) {
        ++calls;
        if (reason == DiscardReason::Loadshed) {
            mill->setQueueLimit(mill->queueLimit() + 1);
            mill->setWorkerCount(mill->workerCount()); // takes the lock
            mill->dispatch(1000 + job.key(), job.takeMessage());
        }
    });
    QCOMPARE(mill.offer(2), u"++"_s); // 1 makes room for 2, and comes back as 1001
    QCOMPARE(calls, 1);
    QCOMPARE(mill->queueDepth(), 2);
    mill.gate.open();
    QCOMPARE(mill.ran.await(3), (QStringList{u"-1"_s, u"2"_s, u"1001"_s}));
}

void tst_Discard::DISC_7_handlerMayBeExchangedAndRemoved()
{
    Mill mill({.workerCount = 1, .queueLimit = 0});
    const auto alive = std::make_shared<int>(1);
    std::atomic<int> second = 0;
    mill->setDiscardHandler([alive](Job<int, int> &, DiscardReason) {});
    QCOMPARE(alive.use_count(), 2);
    mill->setDiscardHandler([&](Job<int, int> &, DiscardReason) {
        mill->setDiscardHandler({}); // the one that is running
        ++second;
    });
    QCOMPARE(alive.use_count(), 1); // the old one is gone, and what it held
    QCOMPARE(mill.offer(2), u"--"_s);
    QCOMPARE(second, 1);
}

void tst_Discard::DISC_7_handlerThatThrowsIsReported()
{
    Mill mill({.workerCount = 1, .queueLimit = 0});
    mill->setDiscardHandler([](Job<int, int> &, DiscardReason) { throw JobError(u"oops"_s); });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"discard handler threw \"oops\""_s));
    auto future = mill->submit(1, 0);
    QVERIFY(Support::errorAs<JobDiscarded>(future));
    mill->setDiscardHandler({});
}

void tst_Discard::DISC_8_availableCapacity()
{
    Mill mill({.workerCount = 2});
    QCOMPARE(mill->availableCapacity(), 0); // no worker is up
    QVERIFY(mill.occupy(1));
    QCOMPARE(mill->availableCapacity(), 1); // without a limit, the free workers
    mill->setQueueLimit(3);
    QCOMPARE(mill->availableCapacity(), 4);
    mill->dispatch(-1, 0);
    QVERIFY(mill.gate.awaitArrivals(2));
    QCOMPARE(mill->availableCapacity(), 3);
    QCOMPARE(mill.offer(2), u"++"_s);
    QCOMPARE(mill->availableCapacity(), 1);
    QCOMPARE(mill.offer(2), u"+-"_s);
    QCOMPARE(mill->availableCapacity(), 0);
    mill->setQueueLimit(1); // over the limit
    QCOMPARE(mill->availableCapacity(), 0);
}

void tst_Discard::LIFE_6_limitChangesWhileRunning()
{
    Mill mill({.workerCount = 1, .queueLimit = 1});
    QVERIFY(mill.occupy());
    QCOMPARE(mill.offer(2), u"+-"_s);
    mill->setQueueLimit(2);
    QCOMPARE(mill.offer(2), u"+-"_s);
    mill->setQueueLimit(1); // waiting jobs are not touched
    QCOMPARE(mill->queueDepth(), 2);
    mill->setDiscardMode(DiscardMode::Oldest);
    QCOMPARE(mill.offer(1), u"+"_s);
    QCOMPARE(mill->queueDepth(), 2);
    mill->setQueueLimit(-5);
    QCOMPARE(mill->queueLimit(), -1);
    QVERIFY(!mill.offer(50).contains(u'-'));
}

QTEST_GUILESS_MAIN(tst_Discard)

#include "tst_discard.moc"
