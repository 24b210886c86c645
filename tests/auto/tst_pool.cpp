// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"
#include "support/witness.h"

#include <Millwright/Factory>

#include <QEventLoop>
#include <QSet>
#include <QTest>
#include <QTimer>

#include <functional>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;
using Support::Witness;

namespace {

//! Has a timer, and a queued slot that it calls itself. Each job brings the next.
class Ticker : public Worker<int, int, void>
{
public:
    Ticker()
    {
        QObject::connect(&m_timer, &QTimer::timeout, this,
                         [this] { ticks += m_timer.thread() == QThread::currentThread(); });
    }
    void process(Job &) override
    {
        if (isFed)
            feed();
        QMetaObject::invokeMethod(
            this, [this] { slots += thread() == QThread::currentThread(); }, Qt::QueuedConnection);
    }

    static inline std::atomic<int> ticks = 0;
    static inline std::atomic<int> slots = 0;
    static inline std::atomic<bool> isFed = false;
    static inline std::function<void()> feed;

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
        QObject::connect(
            child, &QObject::destroyed, child, [] { ++destroyed; }, Qt::DirectConnection);
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
    void POOL_1_jobWithAnEventLoopOfItsOwn_data();
    void POOL_1_jobWithAnEventLoopOfItsOwn();
    void POOL_1_workerDoesNotEndItsThread();
    void POOL_3_eachWorkerHasAThread();
    void POOL_3_manyWorkersShareFewThreads();
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
        for (const QString &once :
             {u"constructor"_s, u"starting"_s, u"stopping"_s, u"destructor"_s})
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
    Ticker::feed = [&] { factory.dispatch(1, 0); };
    Ticker::isFed = true;
    for (int i = 0; i < 10; ++i)
        Ticker::feed();
    QVERIFY(factory.start());
    // There is always a job waiting, so the worker has no reason to go to its event loop.
    const bool areServed = eventually([] { return Ticker::ticks >= 5 && Ticker::slots >= 100; });
    const int depth = factory.queueDepth();
    Ticker::isFed = false;
    QVERIFY(areServed);
    QVERIFY(depth > 0); // the load never ended
    QVERIFY(hasEnded(factory.drain()));
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

void tst_Pool::POOL_1_jobWithAnEventLoopOfItsOwn_data()
{
    POOL_1_wholeLifeOnOneThread_data();
}

// The thread hears its doorbell in there, and must not start the next job inside this one.
void tst_Pool::POOL_1_jobWithAnEventLoopOfItsOwn()
{
    QFETCH(const int, threadCount);
    const Support::EventLog log;
    const Support::Gate gate;
    Factory factory({.workerCount = threadCount ? 3 : 1, .threadCount = threadCount},
                    [=](Job<QString, bool> &job) {
                        log.add(job.key() + u" begins"_s);
                        if (job.message()) {
                            QEventLoop loop;
                            QTimer::singleShot(0, &loop, [&] {
                                gate.pass(); // the others are waiting now
                                QTimer::singleShot(10, &loop, &QEventLoop::quit);
                            });
                            loop.exec();
                        }
                        log.add(job.key() + u" ends"_s);
                    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    factory.dispatch(u"first"_s, true);
    QVERIFY(gate.awaitArrivals());
    factory.dispatch(u"second"_s, false);
    factory.dispatch(u"third"_s, false);
    gate.open();
    QVERIFY(hasEnded(factory.drain()));
    const QStringList expected{u"first begins"_s, u"first ends"_s,   u"second begins"_s,
                               u"second ends"_s,  u"third begins"_s, u"third ends"_s};
    QCOMPARE(log.events(), expected);
}

void tst_Pool::POOL_1_workerDoesNotEndItsThread()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) {
        QThread::currentThread()->quit(); // a mistake
        return QThread::currentThread();
    });
    QVERIFY(factory.start());
    QThread *thread = nullptr;
    for (int i = 0; i < 20; ++i) {
        auto future = factory.submit(i, 0);
        QVERIFY(hasEnded(future));
        QVERIFY(!thread || thread == future.result());
        thread = future.result();
    }
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

QTEST_GUILESS_MAIN(tst_Pool)

#include "tst_pool.moc"
