// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <Millwright/Factory>
#include <Millwright/StatisticsLayer>

#include <QElapsedTimer>
#include <QTest>

#include <functional>
#include <memory>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

using Mill = Factory<FunctionWorker<int (*)(Job<int, int> &)>>;

int answer(Job<int, int> &job)
{
    return job.message();
}

//! Calls a function when a job is discarded.
class CallingLayer final : public StatisticsLayer
{
public:
    explicit CallingLayer(std::function<void()> function) : m_function(std::move(function)) {}
    void jobDiscarded(const AbstractJob &, DiscardReason) override { m_function(); }

private:
    const std::function<void()> m_function;
};

enum class Teller { Continuation, DiscardHandler, Layer, RoomContinuation };
enum class Call { Stop, StopWithin, CancelJobs, Dispatch };
enum class End { Destroy, StopWithin };

} // namespace

Q_DECLARE_METATYPE(Teller)
Q_DECLARE_METATYPE(Call)
Q_DECLARE_METATYPE(End)

// A factory that is destroyed, or waited for, by those whom it tells of its jobs.
class tst_DestroyedWithin : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void LIFE_5_endsWithinWhatItTells_data();
    void LIFE_5_endsWithinWhatItTells();
};

void tst_DestroyedWithin::LIFE_5_endsWithinWhatItTells_data()
{
    QTest::addColumn<Teller>("teller");
    QTest::addColumn<Call>("call");
    QTest::addColumn<End>("end");
    for (const auto &[what, end] :
         {std::pair{"destroyed", End::Destroy}, std::pair{"waited for", End::StopWithin}}) {
        const auto add = [&, end = end, what = what](const char *name, Teller teller, Call call) {
            QTest::addRow("%s %s", what, name) << teller << call << end;
        };
        add("by a continuation in stop()", Teller::Continuation, Call::Stop);
        add("by a continuation in stop(deadline)", Teller::Continuation, Call::StopWithin);
        add("by a continuation in cancelJobs()", Teller::Continuation, Call::CancelJobs);
        add("by a discard handler in stop()", Teller::DiscardHandler, Call::Stop);
        add("by a discard handler in dispatch()", Teller::DiscardHandler, Call::Dispatch);
        add("by a layer in stop()", Teller::Layer, Call::Stop);
        add("by who waited for room in cancelJobs()", Teller::RoomContinuation, Call::CancelJobs);
    }
}

void tst_DestroyedWithin::LIFE_5_endsWithinWhatItTells()
{
    QFETCH(const Teller, teller);
    QFETCH(const Call, call);
    QFETCH(const End, end);

    auto mill = std::make_unique<Mill>(FactorySettings{.name = u"mill"_s,
                                                       .workerCount = 1,
                                                       .queueLimit = 4,
                                                       .discardMode = DiscardMode::Oldest,
                                                       .stopDeadline = 60s},
                                       &answer);
    int ended = 0;
    const auto finish = [&] {
        if (ended++ > 0) // the other jobs
            return;
        if (end == End::Destroy)
            mill.reset();
        else
            QVERIFY(mill->stop(60s).isClean());
    };
    if (teller == Teller::DiscardHandler)
        mill->setDiscardHandler([&](auto &, DiscardReason) { finish(); });
    if (teller == Teller::Layer)
        mill->setStatisticsLayer(std::make_shared<CallingLayer>(finish));
    mill->pause();
    QVERIFY(mill->start());
    QList<QFuture<void>> continued;
    for (int i = 0; i < 4; ++i) {
        const QFuture<int> job = mill->submit(i, i);
        if (teller == Teller::Continuation) {
            continued += QFuture<void>(job).then([] {}).onCanceled(finish).onFailed(
                [finish](const std::exception &) { finish(); });
        }
    }
    if (teller == Teller::RoomContinuation)
        continued += mill->whenCapacityAvailable().then(finish);

    QElapsedTimer timer;
    timer.start();
    switch (call) {
    case Call::Stop:
        mill->stop();
        break;
    case Call::StopWithin:
        mill->stop(60s);
        break;
    case Call::CancelJobs:
        QCOMPARE(mill->cancelJobs([](const JobSnapshot &) { return true; }), 4);
        break;
    case Call::Dispatch:
        QVERIFY(mill->dispatch(4, 4)); // the oldest one makes room
        break;
    }
    QVERIFY(timer.elapsed() < 30'000);
    QVERIFY(ended > 0);
    for (const QFuture<void> &future : std::as_const(continued))
        QVERIFY(Support::hasEnded(future));
    if (end == End::StopWithin)
        QCOMPARE(mill->state(), FactoryState::Stopped);
    else
        QVERIFY(!mill);
}

QTEST_GUILESS_MAIN(tst_DestroyedWithin)
#include "tst_destroyedwithin.moc"
