// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"
#include "support/witness.h"

#include <Millwright/Factory>

#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using Support::eventually;
using Support::hasEnded;
using Support::Witness;

class tst_Resizing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Witness::reset();
    }
    void cleanup() { QCOMPARE(Witness::alive, 0); }

    void POOL_4_growingServesWaitingJobs();
    void POOL_4_shrinkingLetsIdleWorkersGoNow();
    void POOL_4_shrinkingLetsBusyWorkersFinish();
    void POOL_4_zeroWorkersLetJobsWait();
    void POOL_4_resizingBackAndForthUnderLoadLosesNothing_data();
    void POOL_4_resizingBackAndForthUnderLoadLosesNothing();
    void POOL_4_negativeCountIsIgnoredWithAWarning();
    void POOL_6_pausingUnderLoadLosesNothing();
};

void tst_Resizing::POOL_4_growingServesWaitingJobs()
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

void tst_Resizing::POOL_4_shrinkingLetsIdleWorkersGoNow()
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

void tst_Resizing::POOL_4_shrinkingLetsBusyWorkersFinish()
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

void tst_Resizing::POOL_4_zeroWorkersLetJobsWait()
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

void tst_Resizing::POOL_4_resizingBackAndForthUnderLoadLosesNothing_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::newRow("thread per worker") << 0;
    QTest::newRow("shared threads") << 1;
}

void tst_Resizing::POOL_4_resizingBackAndForthUnderLoadLosesNothing()
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

void tst_Resizing::POOL_4_negativeCountIsIgnoredWithAWarning()
{
    Factory<Witness> factory({.name = u"mill"_s, .workerCount = 2});
    QTest::ignoreMessage(QtWarningMsg,
                         "Factory \"mill\": a worker count of -1 was ignored; it must be "
                         "0 or more.");
    factory.setWorkerCount(-1);
    QCOMPARE(factory.workerCount(), 2);
    QTest::ignoreMessage(
        QtWarningMsg, "Factory \"none\": a worker count of -2 counts as 0; it must be 0 or more.");
    QCOMPARE(Factory<Witness>({.name = u"none"_s, .workerCount = -2}).workerCount(), 0);
}

void tst_Resizing::POOL_6_pausingUnderLoadLosesNothing()
{
    std::atomic<int> ran = 0;
    Factory factory({.workerCount = 3}, [&](Job<int, int> &) { ++ran; });
    QSignalSpy spy(&factory, &FactoryBase::pausedChanged);
    QVERIFY(factory.start());
    std::thread producer([&] {
        for (int i = 0; i < 20'000; ++i)
            factory.dispatch(i, 0);
    });
    const auto join = qScopeGuard([&] { producer.join(); });
    for (int i = 0; i < 200; ++i) {
        factory.pause();
        QVERIFY(eventually([&] { return factory.counters().running == 0; }));
        const int before = ran;
        QThread::yieldCurrentThread();
        QCOMPARE(ran, before);
        QVERIFY(factory.isPaused());
        factory.resume();
    }
    QVERIFY(eventually([&] { return ran == 20'000; }));
    QVERIFY(!factory.isPaused());
    factory.setPaused(true);
    QVERIFY(eventually([&] { return !spy.isEmpty(); }));
    QVERIFY(hasEnded(factory.stop()));
}

QTEST_GUILESS_MAIN(tst_Resizing)

#include "tst_resizing.moc"
