// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QTest>

#include <algorithm>
#include <deque>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {
#include "examples.h"
} // namespace

// What docs/custom-policies.md shows, as it stands there.
class tst_CustomPolicies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void ROUTE_7_exampleRouter();
    void QUEUE_5_exampleQueue();
    void RATE_4_exampleLimiter();
    void POOL_5_exampleController();
    void DISC_1_exampleController();
};

void tst_CustomPolicies::ROUTE_7_exampleRouter()
{
    const Support::EventLog log;
    Factory factory({.workerCount = 3, .router = customRouter<RawApart>()},
                    [log](Job<QString, int> &job) {
                        log.add(job.key() + QThread::currentThread()->objectName());
                    });
    for (const QString &key : {u"a.raw"_s, u"b.png"_s, u"c.png"_s, u"d.raw"_s, u"e.png"_s})
        QVERIFY(factory.dispatch(key, 0));
    QVERIFY(factory.start());
    QVERIFY(Support::hasEnded(factory.drain()));
    QStringList events = log.events();
    events.sort();
    QCOMPARE(events,
             (QStringList{u"a.raw 0"_s, u"b.png 2"_s, u"c.png 1"_s, u"d.raw 0"_s, u"e.png 2"_s}));
}

void tst_CustomPolicies::QUEUE_5_exampleQueue()
{
    QList<int> order; // one worker
    Factory factory({.workerCount = 1,
                     .queue = customQueue<LastInFirstOut>(),
                     .queueLimit = 3,
                     .discardMode = DiscardMode::Oldest},
                    [&order](Job<int, int> &job) { order.append(job.key()); });
    for (int key = 0; key < 5; ++key)
        factory.dispatch(key, 0, {.discardable = key != 0});
    QVERIFY(factory.start());
    QVERIFY(Support::hasEnded(factory.drain()));
    QCOMPARE(order, (QList<int>{4, 3, 0})); // 1 and 2 were shed, 0 may not be
}

void tst_CustomPolicies::RATE_4_exampleLimiter()
{
    SlidingWindow window(2, 10ns);
    QCOMPARE(window.nextAvailable(100), 100);
    window.acquire(100);
    window.acquire(104);
    QCOMPARE(window.nextAvailable(105), 110);
    QCOMPARE(window.nextAvailable(110), 110);
    window.acquire(110);
    QCOMPARE(window.nextAvailable(111), 114);

    Factory factory(
        {.workerCount = 1, .rateLimiter = customLimiter<SlidingWindow>(std::size_t(3), 1h)},
        [](Job<int, int> &) {});
    for (int i = 0; i < 5; ++i)
        QCOMPARE(factory.dispatch(i, 0).isAccepted(), i < 3);
}

void tst_CustomPolicies::POOL_5_exampleController()
{
    const Support::Gate gate;
    Factory factory(
        {.workerCount = 1,
         .capacityController = {.function = asManyAsWait, .interval = 1ms, .maximum = 6}},
        [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 10; ++i)
        factory.dispatch(i, 0);
    QVERIFY(gate.awaitArrivals(6));
    QCOMPARE(factory.workerCount(), 6);
    gate.open();
    QVERIFY(Support::eventually([&] { return factory.workerCount() == 1; }));
}

void tst_CustomPolicies::DISC_1_exampleController()
{
    OneSecondOfWork limit;
    FactorySnapshot now;
    now.time = 1'000'000'000;
    now.counters.completed = 5;
    QCOMPARE(limit(now), 10);
    now.time += 500'000'000;
    now.counters.completed += 400;
    QCOMPARE(limit(now), 800);

    Factory factory({.workerCount = 1,
                     .queueLimitController = {.function = OneSecondOfWork(), .interval = 1ms}},
                    [](Job<int, int> &) {});
    QVERIFY(factory.start());
    QVERIFY(Support::eventually([&] { return factory.queueLimit() == 10; }));
}

QTEST_GUILESS_MAIN(tst_CustomPolicies)
#include "tst_custompolicies.moc"
