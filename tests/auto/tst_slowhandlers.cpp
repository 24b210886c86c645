// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>
#include <Millwright/StatisticsLayer>

#include <QRegularExpression>
#include <QTest>

#include <optional>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! Takes its time when a job is discarded, a worker is stuck, or it is told how the factory is doing.
class SlowLayer final : public StatisticsLayer
{
public:
    SlowLayer(const Support::Gate &gate, bool samples) : m_gate(gate), m_samples(samples) {}
    void jobDiscarded(const AbstractJob &, DiscardReason) override { m_gate.pass(); }
    void workerStuck(int, const QString &, std::chrono::nanoseconds) override { m_gate.pass(); }
    [[nodiscard]] std::chrono::milliseconds samplingInterval() const override
    {
        return m_samples ? 1ms : 0ms;
    }
    void sampled(const FactorySnapshot &) override { m_gate.pass(); }

private:
    const Support::Gate m_gate;
    const bool m_samples;
};

//! While it lives, whoever says that something is stuck has to pass the gate.
class SlowMessageHandler
{
public:
    explicit SlowMessageHandler(const Support::Gate &gate)
    {
        s_gate = &gate;
        m_before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &, const QString &text) {
                if (text.contains(u"stuck"_s))
                    s_gate->pass();
            });
    }
    ~SlowMessageHandler() { qInstallMessageHandler(m_before); }
    Q_DISABLE_COPY_MOVE(SlowMessageHandler)

private:
    inline static const Support::Gate *s_gate = nullptr;
    QtMessageHandler m_before;
};

class FailsOnce final : public Worker<int, int, int>
{
public:
    int process(Job &job) override
    {
        if (job.attempt() == 1)
            throw JobError(u"try again"_s);
        return job.attempt();
    }
};

enum class Slow {
    Continuation,
    CancelContinuation,
    DiscardHandler,
    Layer,
    Sampling,
    RoomContinuation,
    StuckLayer,
    MessageHandler
};

} // namespace

Q_DECLARE_METATYPE(Slow)

// Of the user's, and called when a time has come: by the thread that watches the time.
class tst_SlowHandlers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void QUEUE_6_nobodyElseWaitsForThoseWhoAreTold_data();
    void QUEUE_6_nobodyElseWaitsForThoseWhoAreTold();
};

void tst_SlowHandlers::QUEUE_6_nobodyElseWaitsForThoseWhoAreTold_data()
{
    QTest::addColumn<Slow>("slow");
    QTest::newRow("continuation of a job that expires") << Slow::Continuation;
    QTest::newRow("continuation of a job that is canceled") << Slow::CancelContinuation;
    QTest::newRow("discard handler") << Slow::DiscardHandler;
    QTest::newRow("statistics layer that is told of a job") << Slow::Layer;
    QTest::newRow("statistics layer that is given a sample") << Slow::Sampling;
    QTest::newRow("continuation of whenCapacityAvailable()") << Slow::RoomContinuation;
    QTest::newRow("statistics layer that is told of a stuck worker") << Slow::StuckLayer;
    QTest::newRow("message handler that is told of one") << Slow::MessageHandler;
}

void tst_SlowHandlers::QUEUE_6_nobodyElseWaitsForThoseWhoAreTold()
{
    QFETCH(Slow, slow);
    const bool cancels = slow == Slow::CancelContinuation;
    const auto timeToLive = cancels ? 0ms : 100ms; // until the continuation is there

    const Support::Gate busy;
    const Support::Gate told;
    Factory mill({.name = u"mill"_s, .workerCount = 1, .queueLimit = 1},
                 [busy](Job<int, int> &) { busy.pass(); });
    Factory<FailsOnce> other({.name = u"other"_s,
                              .workerCount = 1,
                              .onFailure = OnFailure::KeepWorker,
                              .retry = {.maximumAttempts = 2, .backoff = 1ms}});
    const Support::GateOpener busyOpener(busy);
    const Support::GateOpener toldOpener(told);
    const bool isStuck = slow == Slow::StuckLayer || slow == Slow::MessageHandler;
    std::optional<SlowMessageHandler> messageHandler;
    if (slow == Slow::MessageHandler)
        messageHandler.emplace(told);
    if (slow == Slow::StuckLayer)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"stuck"_s));
    if (isStuck)
        mill.setDeadMansSwitch({.timeout = 1ms, .action = StuckAction::Log});
    if (slow == Slow::Layer || slow == Slow::Sampling || slow == Slow::StuckLayer)
        mill.setStatisticsLayer(std::make_shared<SlowLayer>(told, slow == Slow::Sampling));
    if (slow == Slow::DiscardHandler)
        mill.setDiscardHandler([told](auto &, DiscardReason) { told.pass(); });
    QVERIFY(mill.start());
    QVERIFY(other.start());
    QVERIFY(mill.dispatch(0, 0));
    QVERIFY(busy.awaitArrivals());

    QFuture<void> first;
    if (slow != Slow::Sampling && !isStuck)
        first = mill.submit(1, 1, {.timeToLive = timeToLive});
    QFuture<void> continued;
    if (slow == Slow::Continuation)
        continued = first.then([told](const QFuture<void> &) { told.pass(); });
    if (slow == Slow::CancelContinuation) {
        continued = first.then([] {}).onCanceled([told] { told.pass(); });
        first.cancel();
    }
    if (slow == Slow::RoomContinuation)
        continued = mill.whenCapacityAvailable().then([told] { told.pass(); });
    QVERIFY(told.awaitArrivals());

    // Others are tried again when it is time for that.
    QCOMPARE(other.submit(1, 1).result(), 2);
    // What would be told next waits, so that no more is under way than one thread's.
    QFuture<void> second = mill.submit(2, 2, {.timeToLive = cancels ? 0ms : 1ms});
    if (cancels)
        second.cancel();
    QCOMPARE(other.submit(2, 2).result(), 2);
    QCOMPARE(mill.counters().waiting, 1);
    QCOMPARE(told.arrivals(), 1);

    told.open();
    QVERIFY(hasEnded(second));
    QVERIFY(eventually([&] { return mill.queueDepth() == 0; }));
}

QTEST_GUILESS_MAIN(tst_SlowHandlers)

#include "tst_slowhandlers.moc"
