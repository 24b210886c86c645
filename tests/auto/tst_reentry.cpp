// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <Millwright/Factory>

#include <QRegularExpression>
#include <QSemaphore>
#include <QTest>
#include <QThread>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! Where a policy calls back into its factory.
enum class Place { Route, Push, PushFront, Pop, Remove, Victim, NextAvailable, Acquire };

//! Calls a function once, when the place is reached.
struct Caller
{
    Place place;
    std::function<void()> function;
    std::atomic<int> calls = 0;

    void reach(Place where)
    {
        if (where == place && calls++ == 0)
            function();
    }
};

using SharedCaller = std::shared_ptr<Caller>;

class CallingRouter : public Router
{
public:
    explicit CallingRouter(const SharedCaller &caller) : m_caller(caller) {}
    Route route(const AbstractJob &, const Workers &) override
    {
        m_caller->reach(Place::Route);
        return Route::toQueue();
    }

private:
    const SharedCaller m_caller;
};

class CallingQueue : public Queue
{
public:
    explicit CallingQueue(const SharedCaller &caller) : m_caller(caller) {}
    void push(AbstractJob &job) override
    {
        m_caller->reach(Place::Push);
        m_jobs.append(job);
    }
    void pushFront(AbstractJob &job) override
    {
        m_caller->reach(Place::PushFront);
        m_jobs.prepend(job);
    }
    AbstractJob *pop() override
    {
        m_caller->reach(Place::Pop);
        return m_jobs.takeFirst();
    }
    AbstractJob *peek() const override { return m_jobs.first(); }
    void remove(AbstractJob &job) override
    {
        m_caller->reach(Place::Remove);
        m_jobs.remove(job);
    }
    AbstractJob *victim() override
    {
        m_caller->reach(Place::Victim);
        return m_jobs.first();
    }

private:
    const SharedCaller m_caller;
    JobList m_jobs;
};

class CallingLimiter : public RateLimiter
{
public:
    explicit CallingLimiter(const SharedCaller &caller) : m_caller(caller) {}
    qint64 nextAvailable(qint64 now) override
    {
        m_caller->reach(Place::NextAvailable);
        return now;
    }
    void acquire(qint64) override { m_caller->reach(Place::Acquire); }

private:
    const SharedCaller m_caller;
};

// A job that keeps its worker until it is let go.
constexpr int Blocker = -1;
QSemaphore started;
QSemaphore letGo;

bool isIdle(const Counters &counters)
{
    return counters.waiting == 0 && counters.running == 0;
}

} // namespace

// Policies run under the lock of their factory. What they call there must not wait for it.
class tst_Reentry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void ROUTE_7_everyPlaceOfEveryPolicy_data();
    void ROUTE_7_everyPlaceOfEveryPolicy();
};

void tst_Reentry::ROUTE_7_everyPlaceOfEveryPolicy_data()
{
    QTest::addColumn<Place>("place");
    QTest::addColumn<bool>("dispatches"); // or else changes a setting
    for (const auto &[name, place] : {std::pair("Router::route()", Place::Route),
                                      {"Queue::push()", Place::Push},
                                      {"Queue::pushFront()", Place::PushFront},
                                      {"Queue::pop()", Place::Pop},
                                      {"Queue::remove()", Place::Remove},
                                      {"Queue::victim()", Place::Victim},
                                      {"RateLimiter::nextAvailable()", Place::NextAvailable},
                                      {"RateLimiter::acquire()", Place::Acquire}}) {
        QTest::addRow("%s, a setting", name) << place << false;
        QTest::addRow("%s, a job", name) << place << true;
    }
}

void tst_Reentry::ROUTE_7_everyPlaceOfEveryPolicy()
{
    QFETCH(const Place, place);
    QFETCH(const bool, dispatches);
    using Simple = Factory<FunctionWorker<void (*)(Job<int, int> &)>>;
    const auto caller = std::make_shared<Caller>();
    caller->place = place;
    // A call that does deadlock must not hang the test, so factory and thread may be left.
    auto *factory = new Simple(
        {.name = u"mill"_s,
         .workerCount = 1,
         .router = place == Place::Route ? customRouter<CallingRouter>(caller)
                                         : queuer(), // which asks for victims
         .queue = customQueue<CallingQueue>(caller),
         .queueLimit = 3,
         .discardMode = DiscardMode::Oldest,
         .rateLimiter = customLimiter<CallingLimiter>(caller)},
        +[](Job<int, int> &job) {
            if (job.message() == Blocker) {
                started.release();
                letGo.acquire();
            }
        });
    const auto refused = std::make_shared<std::atomic<bool>>(false);
    caller->function = [=] {
        if (dispatches)
            *refused = !factory->dispatch(100, 100);
        else
            factory->setWorkerCount(7);
    };
    QTest::ignoreMessage(QtCriticalMsg,
                         QRegularExpression(dispatches ? u"A router, queue or limiter of factory "
                                                         "\"mill\" dispatched a job to its own"_s
                                                       : u"A router, queue or limiter of factory "
                                                         "\"mill\" called setWorkerCount\\(\\)"_s));
    const auto hasReturned = std::make_shared<std::atomic<bool>>(false);
    std::thread([=] {
        for (int i = 0; i < 5; ++i) // the last ones push the first ones out
            factory->dispatch(i, i);
        factory->start();
        // Short jobs are taken several at a time, and put back when the first of them lasts. Whether they
        // count as short depends on how long the system has let them take.
        for (int round = 0; caller->calls == 0 && round < 1000; ++round) {
            for (int i = 0; i < 20; ++i)
                factory->dispatch(i, i);
            while (!isIdle(factory->counters()))
                QThread::yieldCurrentThread();
            factory->pause();
            for (const int message : {Blocker, 1, 2})
                factory->dispatch(message, message);
            factory->resume();
            started.acquire();
            factory->pause();
            letGo.release();
            factory->resume();
        }
        *hasReturned = true;
    }).detach();
    QVERIFY(eventually([&] { return hasReturned->load(); }));
    QVERIFY(eventually([&] { return caller->calls > 0; }));
    QCOMPARE(factory->workerCount(), 1);
    QVERIFY(!dispatches || *refused);
    QVERIFY(hasEnded(factory->drain()));
    QVERIFY(Support::isConserved(factory->counters()));
    delete factory;
}

QTEST_GUILESS_MAIN(tst_Reentry)

#include "tst_reentry.moc"
