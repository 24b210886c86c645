// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QSet>
#include <QTest>
#include <QTimer>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! Writes down which worker did what on which thread, and counts the living.
class Witness : public Worker<int, int, int>
{
public:
    using Where = std::pair<QString, QThread *>;

    Witness()
    {
        ++alive;
        note(u"constructor"_s);
    }
    ~Witness() override
    {
        note(u"destructor"_s);
        --alive;
    }
    int process(Job &job) override
    {
        note(u"process"_s);
        if (job.message() > 0)
            gate->pass();
        return workerId();
    }

    static QStringList eventsOf(QThread *thread)
    {
        const QMutexLocker locker(&s_mutex);
        QStringList events;
        for (const auto &[event, where] : s_events) {
            if (where == thread)
                events.append(event);
        }
        return events;
    }
    static QSet<QThread *> threads()
    {
        const QMutexLocker locker(&s_mutex);
        QSet<QThread *> threads;
        for (const auto &[event, where] : s_events)
            threads.insert(where);
        return threads;
    }
    static void reset()
    {
        const QMutexLocker locker(&s_mutex);
        s_events.clear();
        gate.emplace();
    }

    static inline std::optional<Support::Gate> gate;
    static inline std::atomic<int> alive = 0;

protected:
    void starting() override { note(u"starting"_s); }
    void stopping() override { note(u"stopping"_s); }

private:
    void note(const QString &event)
    {
        const QMutexLocker locker(&s_mutex);
        s_events.emplace_back(thread() == QThread::currentThread() ? event : u"astray"_s,
                              QThread::currentThread());
    }

    static inline QMutex s_mutex;
    static inline std::vector<Where> s_events;
};

//! Has a timer, and a queued slot that it calls itself.
class Ticker : public Worker<int, int, int>
{
public:
    Ticker()
    {
        QObject::connect(&m_timer, &QTimer::timeout, this, [this] {
            if (m_timer.thread() == QThread::currentThread())
                ++ticks;
        });
    }
    int process(Job &) override
    {
        QMetaObject::invokeMethod(this, [this] { slots += thread() == QThread::currentThread(); },
                                  Qt::QueuedConnection);
        return ticks;
    }

    static inline std::atomic<int> ticks = 0;
    static inline std::atomic<int> slots = 0;

protected:
    void starting() override { m_timer.start(1); }

private:
    QTimer m_timer{this};
};

struct Parent : Worker<int, int, bool>
{
    bool process(Job &) override
    {
        auto *child = new QObject(this); // would warn on another thread
        QObject::connect(child, &QObject::destroyed, child, [] { ++destroyed; }, Qt::DirectConnection);
        child->deleteLater();
        return child->thread() == QThread::currentThread();
    }
    static inline std::atomic<int> destroyed = 0;
};

} // namespace

class tst_Pool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Witness::reset();
    }
    void cleanup() { QCOMPARE(Witness::alive, 0); }

    void POOL_1_wholeLifeOnOneThread_data();
    void POOL_1_wholeLifeOnOneThread();
    void POOL_1_timersAndQueuedSlotsWorkUnderLoad_data();
    void POOL_1_timersAndQueuedSlotsWorkUnderLoad();
    void POOL_1_childrenAndDeferredDeletesGoOnTheThread();
    void POOL_3_eachWorkerHasAThread();
    void POOL_3_manyWorkersShareFewThreads();
    void POOL_4_growingServesWaitingJobs();
    void POOL_4_shrinkingLetsIdleWorkersGoNow();
    void POOL_4_shrinkingLetsBusyWorkersFinish();
    void POOL_4_zeroWorkersLetJobsWait();
    void POOL_4_resizingBackAndForthUnderLoadLosesNothing_data();
    void POOL_4_resizingBackAndForthUnderLoadLosesNothing();
    void POOL_4_negativeCountIsIgnoredWithAWarning();
};

void tst_Pool::POOL_1_wholeLifeOnOneThread_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::newRow("thread per worker") << 0;
    QTest::newRow("shared threads") << 1;
}

void tst_Pool::POOL_1_wholeLifeOnOneThread()
{
    QFETCH(const int, threadCount);
    {
        Factory<Witness> factory({.workerCount = 3, .threadCount = threadCount});
        QCOMPARE(Witness::alive, 0);
        QVERIFY(factory.start());
        for (int i = 0; i < 30; ++i)
            QVERIFY(factory.dispatch(i, 0));
        QVERIFY(hasEnded(factory.drain()));
        QCOMPARE(Witness::alive, 0); // when it says that it has stopped, the workers are gone
    }
    const QSet<QThread *> threads = Witness::threads();
    QCOMPARE(threads.size(), threadCount ? threadCount : 3);
    for (QThread *thread : threads) {
        QVERIFY(thread != QThread::currentThread());
        const QStringList events = Witness::eventsOf(thread);
        const qsizetype lives = threadCount ? 3 : 1;
        for (const QString &once : {u"constructor"_s, u"starting"_s, u"stopping"_s, u"destructor"_s})
            QCOMPARE(events.count(once), lives);
        QVERIFY(!events.contains(u"astray"_s));
        QCOMPARE(events.first(), u"constructor"_s);
        QCOMPARE(events.at(1), u"starting"_s);
        QCOMPARE(events.at(events.size() - 2), u"stopping"_s);
        QCOMPARE(events.last(), u"destructor"_s);
        QVERIFY(events.lastIndexOf(u"starting"_s) < events.indexOf(u"process"_s)
                || !events.contains(u"process"_s)); // all are up before the first job
    }
}

void tst_Pool::POOL_1_timersAndQueuedSlotsWorkUnderLoad_data()
{
    POOL_1_wholeLifeOnOneThread_data();
}

void tst_Pool::POOL_1_timersAndQueuedSlotsWorkUnderLoad()
{
    QFETCH(const int, threadCount);
    Ticker::ticks = Ticker::slots = 0;
    Factory<Ticker> factory({.workerCount = 1, .threadCount = threadCount});
    QVERIFY(factory.start());
    // There is always a job waiting, so the worker has no reason to go to its event loop.
    const QDeadlineTimer deadline(Support::Patience);
    qint64 submitted = 0;
    while ((Ticker::ticks < 5 || Ticker::slots < 100) && !deadline.hasExpired()) {
        while (factory.queueDepth() < 1000) {
            factory.dispatch(1, 0);
            ++submitted;
        }
    }
    QVERIFY(Ticker::ticks >= 5);
    QVERIFY(Ticker::slots >= 100);
    QVERIFY(factory.queueDepth() > 0); // the load never ended
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().completed, submitted);
}

void tst_Pool::POOL_1_childrenAndDeferredDeletesGoOnTheThread()
{
    Parent::destroyed = 0;
    Factory<Parent> factory({.workerCount = 1});
    QVERIFY(factory.start());
    auto future = factory.submit(1, 1);
    QVERIFY(hasEnded(future));
    QVERIFY(future.result());
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(Parent::destroyed, 1);
}

void tst_Pool::POOL_3_eachWorkerHasAThread()
{
    Factory<Witness> factory({.workerCount = 3});
    const Support::GateOpener opener(*Witness::gate);
    QCOMPARE(factory.threadCount(), 0);
    QVERIFY(factory.start());
    std::vector<QFuture<int>> futures;
    for (int i = 0; i < 3; ++i)
        futures.push_back(factory.submit(i, 1));
    QVERIFY(Witness::gate->awaitArrivals(3)); // all run at the same time
    QCOMPARE(factory.activeWorkers(), 3);
    Witness::gate->open();
    QSet<int> ids;
    for (const auto &future : futures) {
        QVERIFY(hasEnded(future));
        ids.insert(future.result());
    }
    QCOMPARE(ids, (QSet<int>{0, 1, 2}));
}

void tst_Pool::POOL_3_manyWorkersShareFewThreads()
{
    Factory<Witness> factory({.workerCount = 50, .threadCount = 2});
    const Support::GateOpener opener(*Witness::gate);
    QCOMPARE(factory.threadCount(), 2);
    QVERIFY(factory.start());
    for (int i = 0; i < 10; ++i)
        factory.dispatch(i, 1);
    QVERIFY(Witness::gate->awaitArrivals(2));
    QCOMPARE(factory.counters().running, 2); // as many as there are threads
    QCOMPARE(factory.counters().waiting, 8);
    QCOMPARE(Witness::alive, 50);
    Witness::gate->open();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(Witness::threads().size(), 2);
}

void tst_Pool::POOL_4_growingServesWaitingJobs()
{
    Factory<Witness> factory({.workerCount = 1});
    const Support::GateOpener opener(*Witness::gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 3; ++i)
        factory.dispatch(i, 1);
    QVERIFY(Witness::gate->awaitArrivals(1));
    factory.setWorkerCount(3);
    QCOMPARE(factory.workerCount(), 3);
    QVERIFY(Witness::gate->awaitArrivals(3)); // although the first worker is still at it
    QCOMPARE(factory.queueDepth(), 0);
}

void tst_Pool::POOL_4_shrinkingLetsIdleWorkersGoNow()
{
    Factory<Witness> factory({.workerCount = 4});
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QCOMPARE(Witness::alive, 4);
    factory.setWorkerCount(1);
    QVERIFY(eventually([] { return Witness::alive == 1; }));
    auto future = factory.submit(1, 0);
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), 0); // the highest ids went
    QCOMPARE(factory.snapshot().workers.size(), 1);
}

void tst_Pool::POOL_4_shrinkingLetsBusyWorkersFinish()
{
    Factory<Witness> factory({.workerCount = 2});
    const Support::GateOpener opener(*Witness::gate);
    QVERIFY(factory.start());
    auto first = factory.submit(1, 1);
    auto second = factory.submit(2, 1);
    QVERIFY(Witness::gate->awaitArrivals(2));
    factory.setWorkerCount(0);
    auto third = factory.submit(3, 0);
    Witness::gate->open();
    QVERIFY(hasEnded(first) && hasEnded(second));
    QVERIFY(eventually([] { return Witness::alive == 0; }));
    QVERIFY(!third.isFinished());
    factory.setWorkerCount(1);
    QVERIFY(hasEnded(third));
    QVERIFY(factory.counters() == (Counters{.submitted = 3, .completed = 3}));
}

void tst_Pool::POOL_4_zeroWorkersLetJobsWait()
{
    Factory<Witness> factory({.workerCount = 0});
    QVERIFY(factory.start());
    QVERIFY(factory.state() == FactoryState::Running);
    auto future = factory.submit(1, 0);
    QCOMPARE(factory.queueDepth(), 1);
    QCOMPARE(factory.availableCapacity(), 0);
    QCOMPARE(Witness::alive, 0);
    factory.setWorkerCount(1);
    QVERIFY(hasEnded(future));
}

void tst_Pool::POOL_4_resizingBackAndForthUnderLoadLosesNothing_data()
{
    POOL_1_wholeLifeOnOneThread_data();
}

void tst_Pool::POOL_4_resizingBackAndForthUnderLoadLosesNothing()
{
    QFETCH(const int, threadCount);
    Factory<Witness> factory({.workerCount = 1, .threadCount = threadCount});
    QVERIFY(factory.start());
    for (int round = 0; round < 60; ++round) {
        for (int i = 0; i < 20; ++i)
            QVERIFY(factory.dispatch(i, 0));
        factory.setWorkerCount(round * 7 % 5);
        QVERIFY(Support::isConserved(factory.counters()));
    }
    factory.setWorkerCount(2);
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(factory.counters() == (Counters{.submitted = 1200, .completed = 1200}));
    QVERIFY(!Witness::eventsOf(QThread::currentThread()).size());
}

void tst_Pool::POOL_4_negativeCountIsIgnoredWithAWarning()
{
    Factory<Witness> factory({.name = u"mill"_s, .workerCount = 2});
    QTest::ignoreMessage(QtWarningMsg, "Factory \"mill\": a worker count of -1 was ignored; it must be "
                                       "0 or more.");
    factory.setWorkerCount(-1);
    QCOMPARE(factory.workerCount(), 2);
}

QTEST_GUILESS_MAIN(tst_Pool)

#include "tst_pool.moc"
