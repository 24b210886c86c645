// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"
#include "support/startedworld.h"

#include <Millwright/Factory>

#include <QTest>

using namespace Simulation;
using namespace Qt::StringLiterals;
using Support::hasEnded;

// One copy for each worker.
class tst_Broadcast : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void ROUTE_6_broadcastReachesEveryWorker();
    void ROUTE_6_broadcastWithoutWorkers();
    void ROUTE_6_broadcastIsOutsideTheOrderOfKeys();
    void ROUTE_6_retriedCopyStaysWithItsWorker_data();
    void ROUTE_6_retriedCopyStaysWithItsWorker();
};

void tst_Broadcast::ROUTE_6_broadcastReachesEveryWorker()
{
    Factory factory({.workerCount = 4}, [](Job<int, QString> &job) {
        return job.takeMessage() + QThread::currentThread()->objectName();
    });
    QVERIFY(factory.start());
    const QList<QFuture<QString>> futures = factory.broadcast(1, u"hello"_s);
    QCOMPARE(futures.size(), 4);
    for (int id = 0; id < 4; ++id) {
        QVERIFY(hasEnded(futures.at(id)));
        QCOMPARE(futures.at(id).result(), u"hello %1"_s.arg(id));
    }
    QCOMPARE(factory.counters().submitted, 4);
    QVERIFY(hasEnded(factory.drain()));
    for (QFuture<QString> future : factory.broadcast(1, u"late"_s))
        QVERIFY_THROWS_EXCEPTION(JobDiscarded, future.waitForFinished());
}

void tst_Broadcast::ROUTE_6_broadcastWithoutWorkers()
{
    Factory factory({.workerCount = 0}, [](Job<int, int> &) {});
    QVERIFY(factory.broadcast(1, 1).isEmpty());
    QCOMPARE(factory.counters().submitted, 0);
}

void tst_Broadcast::ROUTE_6_broadcastIsOutsideTheOrderOfKeys()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 3, .router = keyPersistent()},
                    [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    const auto futures = factory.broadcast(1, 0);
    QVERIFY(gate.awaitArrivals(3)); // all at once, although they have one key
    gate.open();
    for (const QFuture<void> &future : futures)
        QVERIFY(hasEnded(future));
}

void tst_Broadcast::ROUTE_6_retriedCopyStaysWithItsWorker_data()
{
    QTest::addColumn<int>("backoff");
    QTest::newRow("at once") << 0;
    QTest::newRow("later") << 1;
}

void tst_Broadcast::ROUTE_6_retriedCopyStaysWithItsWorker()
{
    QFETCH(const int, backoff);
    const Support::EventLog log;
    Factory factory({.workerCount = 4}, [log](Job<int, int> &job) {
        log.add(QThread::currentThread()->objectName());
        if (job.attempt() == 1)
            throw JobError(u"once more"_s);
    });
    QVERIFY(factory.start());
    const JobOptions options{
        .retry = RetryPolicy{.maximumAttempts = 2, .backoff = std::chrono::milliseconds(backoff)}};
    for (const QFuture<void> &future : factory.broadcast(1, 1, options))
        QVERIFY(hasEnded(future));
    for (int id = 0; id < 4; ++id)
        QCOMPARE(log.count(u" %1"_s.arg(id)), 2);
}

QTEST_GUILESS_MAIN(tst_Broadcast)
#include "tst_broadcast.moc"
