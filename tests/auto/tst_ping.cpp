// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/simulation.h"

#include "statistics/statisticslayer.h"

#include <QTest>

#include <memory>
#include <vector>

using namespace Simulation;
using namespace Qt::StringLiterals;

namespace {

class PingLayer : public StatisticsLayer
{
public:
    explicit PingLayer(int interval) : m_interval(interval) {}
    [[nodiscard]] std::chrono::milliseconds samplingInterval() const override { return m_interval; }
    void pinged(std::chrono::nanoseconds elapsed) override { pings.push_back(elapsed.count()); }

    std::vector<qint64> pings;

private:
    const std::chrono::milliseconds m_interval;
};

} // namespace

class tst_Ping : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void STAT_1_pingTime();
    void STAT_1_noPingWithoutSampling();
};

void tst_Ping::STAT_1_pingTime()
{
    const auto layer = std::make_shared<PingLayer>(100);
    World world({.workerCount = 1, .statistics = layer});
    world.engine().start();
    world.clock().moveTo(world.now() + 3 * Millisecond); // until the thread comes
    world.settle();
    QCOMPARE(layer->pings, (std::vector<qint64>{3 * Millisecond}));

    const auto run = [&](qint64 delay) {
        world.submit({.name = u"job"_s});
        world.clock().moveTo(world.now() + delay);
        world.settle();
    };
    run(5 * Millisecond); // within the interval
    QCOMPARE(layer->pings.size(), 1U);
    world.pass(200 * Millisecond);
    QCOMPARE(layer->pings.size(), 1U); // nobody was woken for it
    run(7 * Millisecond);
    run(9 * Millisecond);
    QCOMPARE(layer->pings, (std::vector<qint64>{3 * Millisecond, 7 * Millisecond}));
}

void tst_Ping::STAT_1_noPingWithoutSampling()
{
    const auto layer = std::make_shared<PingLayer>(0);
    World world({.workerCount = 1, .statistics = layer});
    world.engine().start();
    world.settle();
    world.submit({.name = u"job"_s});
    QVERIFY(world.finish());
    QVERIFY(layer->pings.empty());
}

QTEST_GUILESS_MAIN(tst_Ping)

#include "tst_ping.moc"
