// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QRegularExpression>
#include <QTest>

#include <optional>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::Gate;

namespace {

//! A message whose end may take its time.
class Message
{
public:
    Message() = default;
    explicit Message(const Gate &gate) : m_gate(gate) {}
    Message(Message &&other) noexcept : m_gate(std::exchange(other.m_gate, std::nullopt)) {}
    Message &operator=(Message &&other) = delete;
    ~Message()
    {
        if (m_gate)
            m_gate->pass();
    }

private:
    std::optional<Gate> m_gate;
};

class ShortWorker : public Worker<int, Message, void>
{
public:
    void process(Job &) override {}
};

} // namespace

// What happens while a worker's thread is in the destructor of a message of a job that is done.
class tst_MessageEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void ROUTE_1_othersDoWhatWaitsMeanwhile_data();
    void ROUTE_1_othersDoWhatWaitsMeanwhile();
    void STUCK_1_isNoticed_data();
    void STUCK_1_isNoticed();
};

void tst_MessageEnd::ROUTE_1_othersDoWhatWaitsMeanwhile_data()
{
    // Among so many, which are in one hand, in several, or just one is left for the next.
    QTest::addColumn<int>("jobs");
    for (const int jobs : {1, 2, 3, 64, 128, 129, 130, 300})
        QTest::addRow("%d", jobs) << jobs;
}

void tst_MessageEnd::ROUTE_1_othersDoWhatWaitsMeanwhile()
{
    QFETCH(const int, jobs);
    Factory<ShortWorker> factory({.name = u"messages"_s, .workerCount = 2});
    factory.start();
    // Jobs are known to be short.
    for (int i = 0; i < 1000; ++i)
        QVERIFY(factory.dispatch(i, Message()));
    QVERIFY(eventually([&] { return factory.counters().completed == 1000; }));

    const Gate gate;
    factory.pause();
    QVERIFY(factory.dispatch(0, Message(gate)));
    for (int i = 1; i < jobs; ++i)
        QVERIFY(factory.dispatch(i, Message()));
    factory.resume();
    QVERIFY(gate.awaitArrivals());
    for (int i = 0; i < jobs; ++i)
        QVERIFY(factory.dispatch(i, Message()));
    QVERIFY(eventually([&] { return factory.counters().completed == 1000 + 2 * jobs; }));
    gate.open();
}

void tst_MessageEnd::STUCK_1_isNoticed_data()
{
    QTest::addColumn<int>("before");
    QTest::newRow("jobs are taken one by one") << 0;
    QTest::newRow("jobs are known to be short") << 1000;
}

void tst_MessageEnd::STUCK_1_isNoticed()
{
    QFETCH(const int, before);
    Factory<ShortWorker> factory({.name = u"messages"_s,
                                  .workerCount = 1,
                                  .deadMansSwitch = {.timeout = 20ms, .gracePeriod = 5ms}});
    factory.start();
    for (int i = 0; i < before; ++i)
        QVERIFY(factory.dispatch(i, Message()));
    QVERIFY(eventually([&] { return factory.counters().completed == before; }));
    const Gate gate;
    factory.pause();
    QVERIFY(factory.dispatch(0, Message(gate)));
    for (int i = 1; i < 300; ++i)
        QVERIFY(factory.dispatch(i, Message()));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"is stuck"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"left behind|given up|replaced"_s));
    factory.resume();
    QVERIFY(gate.awaitArrivals());
    // Another worker, on another thread, does the others.
    QVERIFY(eventually([&] { return factory.counters().completed == before + 300; }));
    QCOMPARE(factory.counters().lost, 0);
    gate.open();
    QVERIFY(factory.stop(5s).isClean());
}

QTEST_GUILESS_MAIN(tst_MessageEnd)
#include "tst_messageend.moc"
