// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! A user's router: even keys have worker 0, odd keys worker 1.
class ParityRouter : public Router
{
public:
    explicit ParityRouter(int workers) : m_workers(workers) {}

    Route route(const AbstractJob &job, const Workers &workers) override
    {
        if (workers.count() < m_workers)
            return Route::toQueue();
        return Route::toWorker(static_cast<const Job<int, QString> &>(job).key() % m_workers);
    }

private:
    const int m_workers;
};

//! A user's queue: last in, first out.
class Stack : public Queue
{
public:
    void push(AbstractJob &job) override { m_jobs.prepend(job); }
    void pushFront(AbstractJob &job) override { m_jobs.prepend(job); }
    AbstractJob *pop() override { return m_jobs.takeFirst(); }
    AbstractJob *peek() const override { return m_jobs.first(); }
    void remove(AbstractJob &job) override { m_jobs.remove(job); }
    AbstractJob *victim() override
    {
        AbstractJob *job = m_jobs.last();
        while (job && !job->isDiscardable())
            job = JobList::previous(*job);
        return job;
    }

private:
    JobList m_jobs;
};

class ThrowingRouter : public Router
{
public:
    Route route(const AbstractJob &, const Workers &) override
    {
        throw std::runtime_error("lost my way");
    }
};

//! Calls a function from inside `route()`, that is, under the lock.
class CallingRouter : public Router
{
public:
    explicit CallingRouter(const std::function<void()> &function) : m_function(function) {}
    Route route(const AbstractJob &, const Workers &) override
    {
        if (m_function && !std::exchange(m_called, true))
            m_function();
        return Route::toQueue();
    }

private:
    const std::function<void()> m_function;
    bool m_called = false;
};

using Call = void (*)(FactoryBase &);

} // namespace

class tst_Policies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void ROUTE_1_jobGoesToTheFirstFreeWorker();
    void ROUTE_1_noWorkerIsIdleWhileAJobWaits();
    void ROUTE_7_userRouter();
    void ROUTE_7_routerSeesTheWorkers();
    void ROUTE_7_routeOutOfRangeIsReduced();
    void ROUTE_7_throwingRouterLosesNoJob();
    void ROUTE_7_callsFromAPolicyNeverDeadlock_data();
    void ROUTE_7_callsFromAPolicyNeverDeadlock();
    void ROUTE_7_dispatchFromAPolicyIsRefusedWithAMessage();
    void QUEUE_1_fifoKeepsTheOrder();
    void QUEUE_2_priorityQueueServesTheHighestFirst();
    void QUEUE_5_userQueue();
    void QUEUE_5_userQueueSheds();
    void ROUTE_7_builderThatMakesNothing_data();
    void ROUTE_7_builderThatMakesNothing();
};

//! Sends these jobs while one worker is kept busy; tells the order in which they then ran.
static QStringList orderOf(QueueBuilder queue, const std::vector<Priority> &priorities)
{
    const Support::Gate gate;
    const Support::EventLog log;
    Factory factory({.workerCount = 1, .queue = std::move(queue)}, [=](Job<int, int> &job) {
        if (job.key() < 0)
            gate.pass();
        else
            log.add(QString::number(job.key()));
    });
    const Support::GateOpener opener(gate);
    factory.start();
    factory.dispatch(-1, 0);
    if (!gate.awaitArrivals())
        return {};
    for (int key = 0; const Priority priority : priorities)
        factory.dispatch(key++, 0, {.priority = priority});
    gate.open();
    return log.await(qsizetype(priorities.size()));
}

void tst_Policies::ROUTE_1_jobGoesToTheFirstFreeWorker()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 2}, [gate](Job<int, bool> &job) {
        if (job.message())
            gate.pass();
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    factory.dispatch(0, true);
    QVERIFY(gate.awaitArrivals(1));
    for (int i = 0; i < 50; ++i) { // each finds the other worker free
        auto future = factory.submit(i, false);
        QVERIFY(hasEnded(future));
    }
}

void tst_Policies::ROUTE_1_noWorkerIsIdleWhileAJobWaits()
{
    constexpr int Workers = 8;
    for (int round = 0; round < 20; ++round) {
        const Support::Gate gate;
        Factory factory({.workerCount = Workers}, [gate](Job<int, int> &job) {
            if (job.key() >= 0)
                gate.pass();
        });
        const Support::GateOpener opener(gate);
        QVERIFY(factory.start());
        for (int i = 0; i < 100; ++i)
            factory.dispatch(-1, 0); // so quick that they look like not worth a thread
        for (int i = 0; i < Workers; ++i)
            factory.dispatch(i, 0);
        QVERIFY(gate.awaitArrivals(Workers)); // only if each worker takes one
        // These are exact, as queueDepth() is only where nobody else has the lock.
        QCOMPARE(factory.counters().running, Workers);
        QCOMPARE(factory.counters().waiting, 0);
    }
}

void tst_Policies::ROUTE_7_userRouter()
{
    const Support::EventLog log;
    Factory factory({.workerCount = 2, .router = customRouter<ParityRouter>(2)},
                    [log](Job<int, QString> &job) {
                        log.add(job.message() + QThread::currentThread()->objectName());
                    });
    QVERIFY(factory.start());
    for (int i = 0; i < 100; ++i)
        QVERIFY(factory.dispatch(i, i % 2 ? u"odd"_s : u"even"_s));
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(log.count(u"even 0"_s), 50);
    QCOMPARE(log.count(u"odd 1"_s), 50);
}

void tst_Policies::ROUTE_7_routerSeesTheWorkers()
{
    struct Looking : Router
    {
        explicit Looking(const Support::EventLog &l) : log(l) {}
        Route route(const AbstractJob &, const Workers &workers) override
        {
            log.add(u"%1 first %2 free %3%4 waiting %5"_s.arg(workers.count())
                        .arg(workers.firstFree())
                        .arg(workers.isFree(0))
                        .arg(workers.isFree(1))
                        .arg(workers.waiting(0)));
            return Route::toWorker(0);
        }
        const Support::EventLog log;
    };
    const Support::EventLog log;
    const Support::Gate gate;
    Factory factory({.workerCount = 2, .router = customRouter<Looking>(log)},
                    [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    factory.dispatch(1, 0);
    QVERIFY(gate.awaitArrivals());
    factory.dispatch(2, 0);
    factory.dispatch(3, 0);
    QCOMPARE(factory.snapshot().workers.at(0).waiting, 2);
    QCOMPARE(factory.activeWorkers(), 1);
    const QStringList seen = log.events();
    QVERIFY(seen.at(0).startsWith(u"2 first "_s) && seen.at(0).endsWith(u" free 11 waiting 0"_s));
    QCOMPARE(seen.at(1), u"2 first 1 free 01 waiting 0"_s);
    QCOMPARE(seen.at(2), u"2 first 1 free 01 waiting 1"_s);
}

void tst_Policies::ROUTE_7_routeOutOfRangeIsReduced()
{
    struct Wild : Router
    {
        Route route(const AbstractJob &job, const Workers &) override
        {
            return Route::toWorker(static_cast<const Job<int, int> &>(job).key());
        }
    };
    Factory factory({.workerCount = 3, .router = customRouter<Wild>()}, [](Job<int, int> &) {});
    QVERIFY(factory.start());
    for (const int key :
         {3, 1000, std::numeric_limits<int>::max(), -1, -7, std::numeric_limits<int>::min()})
        QVERIFY(factory.dispatch(key, 0));
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, 6);
}

void tst_Policies::ROUTE_7_throwingRouterLosesNoJob()
{
    Factory factory({.name = u"maze"_s, .workerCount = 1, .router = customRouter<ThrowingRouter>()},
                    [](Job<int, int> &) { return 1; });
    QTest::ignoreMessage(QtCriticalMsg,
                         QRegularExpression(u"router of factory \"maze\".*lost my way"_s));
    auto future = factory.submit(1, 0);
    QVERIFY(factory.start());
    QVERIFY(hasEnded(future));
    QCOMPARE(future.resultCount(), 1);
}

void tst_Policies::ROUTE_7_callsFromAPolicyNeverDeadlock_data()
{
    QTest::addColumn<Call>("call");
    QTest::addColumn<bool>("isRefused");
    const auto addReader = [](const char *name, Call call) {
        QTest::newRow(name) << call << false;
    };
    addReader("counters", [](FactoryBase &f) { static_cast<void>(f.counters()); });
    addReader("snapshot", [](FactoryBase &f) { static_cast<void>(f.snapshot()); });
    addReader("latencies", [](FactoryBase &f) { static_cast<void>(f.latencies()); });
    addReader("eventsSince", [](FactoryBase &f) { static_cast<void>(f.eventsSince(0)); });
    addReader("queueDepth", [](FactoryBase &f) { static_cast<void>(f.queueDepth()); });
    addReader("availableCapacity",
              [](FactoryBase &f) { static_cast<void>(f.availableCapacity()); });
    addReader("queueLimit", [](FactoryBase &f) { static_cast<void>(f.queueLimit()); });
    const auto addCommand = [](const char *name, Call call) {
        QTest::newRow(name) << call << true;
    };
    addCommand("start", [](FactoryBase &f) { f.start(); });
    addCommand("drain", [](FactoryBase &f) { f.drain(); });
    addCommand("stop", [](FactoryBase &f) { f.stop(); });
    addCommand("stop(0)", [](FactoryBase &f) { f.stop(0ms); });
    addCommand("setWorkerCount", [](FactoryBase &f) { f.setWorkerCount(5); });
    addCommand("setQueueLimit", [](FactoryBase &f) { f.setQueueLimit(5); });
    addCommand("setDiscardMode", [](FactoryBase &f) { f.setDiscardMode(DiscardMode::Oldest); });
    addCommand("setDeadMansSwitch", [](FactoryBase &f) { f.setDeadMansSwitch({.timeout = 1s}); });
    addCommand("interruptWorker", [](FactoryBase &f) { f.interruptWorker(0); });
    addCommand("replaceWorker", [](FactoryBase &f) { f.replaceWorker(0); });
    addCommand("setOnFailure", [](FactoryBase &f) { f.setOnFailure(OnFailure::KeepWorker); });
}

void tst_Policies::ROUTE_7_callsFromAPolicyNeverDeadlock()
{
    QFETCH(const Call, call);
    QFETCH(const bool, isRefused);
    // A call that does deadlock must not hang the test, so it is made on a thread that may be left.
    struct Setup
    {
        FactoryBase *base = nullptr;
        std::atomic<bool> hasReturned = false;
    };
    using Simple = Factory<FunctionWorker<void (*)(Job<int, int> &)>>;
    const auto setup = std::make_shared<Setup>();
    auto *factory = new Simple(
        {.name = u"mill"_s,
         .workerCount = 1,
         .router = customRouter<CallingRouter>(std::function<void()>([=] { call(*setup->base); }))},
        +[](Job<int, int> &) {});
    setup->base = factory;
    if (isRefused)
        QTest::ignoreMessage(
            QtCriticalMsg,
            QRegularExpression(u"router, queue or limiter of factory \"mill\" called"_s));
    std::thread([=] {
        factory->dispatch(1, 0);
        setup->hasReturned = true;
    }).detach();
    QVERIFY(eventually([&] { return setup->hasReturned.load(); })); // if not, the factory is left

    QVERIFY(factory->state() == FactoryState::Idle);
    QCOMPARE(factory->workerCount(), 1);
    QCOMPARE(factory->queueLimit(), FactorySettings::Unlimited);
    QVERIFY(factory->discardMode() == DiscardMode::Newest);
    QVERIFY(factory->onFailure() == OnFailure::ReplaceWorker);
    QVERIFY(factory->deadMansSwitch() == DeadMansSwitch());
    QVERIFY(factory->start());
    QVERIFY(hasEnded(factory->drain()));
    QCOMPARE(factory->counters().completed, 1);
    delete factory;
}

void tst_Policies::ROUTE_7_dispatchFromAPolicyIsRefusedWithAMessage()
{
    std::function<void()> dispatch;
    Factory factory(
        {.name = u"mill"_s,
         .workerCount = 1,
         .router = customRouter<CallingRouter>(std::function<void()>([&] { dispatch(); }))},
        [](Job<int, int> &) {});
    std::optional<int> back;
    dispatch = [&] { back = factory.dispatch(2, 22).takeMessage(); };
    QTest::ignoreMessage(QtCriticalMsg,
                         QRegularExpression(u"factory \"mill\" dispatched a job to its own"_s));
    QVERIFY(factory.dispatch(1, 11));
    QCOMPARE(back, 22);
    QVERIFY(Support::isConserved(factory.counters()));
    QCOMPARE(factory.counters().discarded(), 1);
    QCOMPARE(factory.counters().waiting, 1);
}

void tst_Policies::QUEUE_1_fifoKeepsTheOrder()
{
    const std::vector<Priority> priorities{Priority::Normal, Priority::Highest,
                                           Priority::BestEffort, Priority::High};
    QCOMPARE(orderOf({}, priorities), u"0 1 2 3"_s.split(u' '));
    QCOMPARE(orderOf(fifoQueue(), priorities), u"0 1 2 3"_s.split(u' '));
}

void tst_Policies::QUEUE_2_priorityQueueServesTheHighestFirst()
{
    using enum Priority;
    const std::vector<Priority> priorities{Normal, BestEffort, Highest,    Important, High,
                                           Normal, Highest,    BestEffort, High,      Important};
    QCOMPARE(orderOf(priorityQueue(), priorities), u"2 6 4 8 3 9 0 5 1 7"_s.split(u' '));
}

void tst_Policies::QUEUE_5_userQueue()
{
    QCOMPARE(orderOf(customQueue<Stack>(), std::vector<Priority>(5)), u"4 3 2 1 0"_s.split(u' '));
}

void tst_Policies::QUEUE_5_userQueueSheds()
{
    Factory factory({.workerCount = 1,
                     .queue = customQueue<Stack>(),
                     .queueLimit = 2,
                     .discardMode = DiscardMode::Oldest},
                    [](Job<int, int> &) {});
    QList<int> shed;
    factory.setDiscardHandler([&](Job<int, int> &job, DiscardReason) { shed.append(job.key()); });
    QVERIFY(factory.dispatch(0, 0, {.discardable = false}));
    for (int key = 1; key < 4; ++key)
        QVERIFY(factory.dispatch(key, 0));
    QCOMPARE(shed, (QList<int>{1, 2}));
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, 2);
}

// The default stands in, and that is said once.
void tst_Policies::ROUTE_7_builderThatMakesNothing_data()
{
    QTest::addColumn<FactorySettings>("given");
    QTest::addColumn<QString>("said");
    QTest::newRow("router") << FactorySettings{.router = [] { return nullptr; }}
                            << u"RouterBuilder returned nullptr, so queuer() is used. Return a"_s;
    const QString noQueue
        = u"QueueBuilder returned nullptr, so fifoQueue() is used. Return a new"_s;
    QTest::newRow("queue") << FactorySettings{.queue = [] { return nullptr; }} << noQueue;
    QTest::newRow("queues of workers")
        << FactorySettings{.router = roundRobin(), .queue = [] { return nullptr; }} << noQueue;
    const auto only = std::make_shared<std::unique_ptr<Queue>>(std::make_unique<Stack>());
    QTest::newRow("second queue") << FactorySettings{.router = roundRobin(),
                                                     .queue = [only] { return std::move(*only); }}
                                  << noQueue;
    QTest::newRow("limiter") << FactorySettings{.rateLimiter = [] { return nullptr; }}
                             << u"RateLimiterBuilder returned nullptr, so there is no limit."_s;
}

void tst_Policies::ROUTE_7_builderThatMakesNothing()
{
    QFETCH(FactorySettings, given);
    QFETCH(const QString, said);
    given.name = u"mill"_s;
    given.workerCount = 2;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^Factory \"mill\": its "_s
                                                          + QRegularExpression::escape(said)));
    Factory factory(given, [](Job<int, int> &) {});
    for (int i = 0; i < 6; ++i)
        QVERIFY(factory.dispatch(i, 0));
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, 6);
}

QTEST_GUILESS_MAIN(tst_Policies)

#include "tst_policies.moc"
