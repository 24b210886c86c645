// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QLoggingCategory>
#include <QScopeGuard>
#include <QTest>

#include <functional>
#include <random>
#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! How a job of these tests ends: by itself, or by what is done to it.
enum class Fate {
    Completes,
    Throws,
    Expires,
    IsShed,
    MeetsStop,
    CanceledWaiting,
    CanceledRunning,
    IsLost
};

struct SpecialError : QException
{
    explicit SpecialError(int theCode) : code(theCode) {}
    void raise() const override { throw *this; }
    SpecialError *clone() const override { return new SpecialError(*this); }
    const char *what() const noexcept override { return "special"; }
    int code;
};

using Throwing = void (*)();

} // namespace

class tst_Outcomes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void JOB_1_everyOutcomeIsReportedOnce_data();
    void JOB_1_everyOutcomeIsReportedOnce();
    void JOB_1_everyJobOfAStormHasOneOutcome();
    void JOB_1_messageMayCallTheFactoryAsItGoes();
    void JOB_2_countersAddUpAtEveryInstant();
    void JOB_10_exceptionIsRethrownWithItsType();
    void JOB_10_resultThatThrowsAsItIsDelivered();
    void JOB_10_textIsKept_data();
    void JOB_10_textIsKept();
    void JOB_10_failureIsLogged();
};

void tst_Outcomes::JOB_1_everyOutcomeIsReportedOnce_data()
{
    QTest::addColumn<Fate>("fate");
    QTest::addColumn<Counters>("expected");
    QTest::addColumn<int>("discards");

    Counters shed, expired, shutdown;
    shed.discardedBy[std::size_t(DiscardReason::Loadshed)] = 1;
    expired.discardedBy[std::size_t(DiscardReason::TtlExpired)] = 1;
    shutdown.discardedBy[std::size_t(DiscardReason::Shutdown)] = 1;
    QTest::newRow("Completed") << Fate::Completes << Counters{.completed = 1} << 0;
    QTest::newRow("Failed") << Fate::Throws << Counters{.failed = 1, .restarts = 1} << 0;
    QTest::newRow("Discarded(TtlExpired)") << Fate::Expires << expired << 1;
    QTest::newRow("Discarded(Loadshed)") << Fate::IsShed << shed << 1;
    QTest::newRow("Discarded(Shutdown)") << Fate::MeetsStop << shutdown << 1;
    QTest::newRow("Canceled, waiting") << Fate::CanceledWaiting << Counters{.canceled = 1} << 0;
    QTest::newRow("Canceled, running") << Fate::CanceledRunning << Counters{.canceled = 1} << 0;
    QTest::newRow("WorkerLost") << Fate::IsLost << Counters{.lost = 1} << 0;
}

void tst_Outcomes::JOB_1_everyOutcomeIsReportedOnce()
{
    QFETCH(const Fate, fate);
    QFETCH(Counters, expected);
    QFETCH(const int, discards);

    const Support::Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, Fate> &job) {
        if (job.message() == Fate::Throws)
            throw SpecialError(1);
        if (job.message() == Fate::CanceledRunning || job.message() == Fate::IsLost)
            gate.pass();
        return 42;
    });
    const Support::GateOpener opener(gate);
    std::atomic<int> discarded = 0;
    factory.setDiscardHandler([&](Job<int, Fate> &, DiscardReason) { ++discarded; });
    if (fate == Fate::IsShed)
        factory.setQueueLimit(0);
    const bool runs = fate == Fate::Completes || fate == Fate::Throws
                      || fate == Fate::CanceledRunning || fate == Fate::IsLost;
    if (runs)
        QVERIFY(factory.start());

    std::atomic<int> ends = 0;
    QFuture<int> future = factory.submit(7, fate,
                                         {.timeToLive = fate == Fate::Expires ? 1ms : 0ms});
    QFuture<void> end = future.then([&](const QFuture<int> &) { ++ends; }).onCanceled([&] {
        ++ends;
    });
    switch (fate) {
    case Fate::CanceledRunning:
        QVERIFY(gate.awaitArrivals());
        [[fallthrough]];
    case Fate::CanceledWaiting:
        future.cancel();
        gate.open();
        break;
    case Fate::MeetsStop:
        factory.stop();
        break;
    case Fate::IsLost:
        QVERIFY(gate.awaitArrivals());
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"job \"7\".*given up"_s));
        QCOMPARE(factory.stop(0ms).unfinished.size(), 1);
        gate.open();
        break;
    default:
        break;
    }
    QVERIFY(hasEnded(future) && hasEnded(end));
    expected.submitted = 1;
    QVERIFY(eventually([&] { return factory.counters() == expected; }));
    factory.stop(Support::Patience); // nothing more happens after this
    QVERIFY(factory.counters() == expected);
    QCOMPARE(discarded, discards);
    QCOMPARE(ends, 1);

    QCOMPARE(future.resultCount(), fate == Fate::Completes ? 1 : 0);
    QCOMPARE(Support::errorAs<JobDiscarded>(future).has_value(), discards == 1);
    QCOMPARE(Support::errorAs<WorkerLost>(future).has_value(), fate == Fate::IsLost);
    QCOMPARE(Support::errorAs<SpecialError>(future).has_value(), fate == Fate::Throws);
    const bool canceled = fate == Fate::CanceledRunning || fate == Fate::CanceledWaiting;
    QCOMPARE(!Support::errorOf(future) && future.isCanceled(), canceled);
}

// Producers, cancelers, failing jobs, expiry and a limit at once: the reports of futures and
// handlers agree with the counters, and while it lasts every snapshot adds up.
void tst_Outcomes::JOB_1_everyJobOfAStormHasOneOutcome()
{
    constexpr int Producers = 3;
    constexpr int JobsEach = 3000;
    Factory factory({.workerCount = 3, .queueLimit = 500, .onFailure = OnFailure::KeepWorker},
                    [](Job<int, int> &job) {
                        if (job.message() % 10 == 0)
                            throw JobError(u"tenth"_s);
                        return job.message();
                    });
    std::atomic<qint64> discarded = 0;
    factory.setDiscardHandler([&](Job<int, int> &, DiscardReason) { ++discarded; });
    QVERIFY(factory.start());

    std::array<std::vector<QFuture<int>>, Producers> futures;
    std::vector<std::thread> producers;
    for (auto &mine : futures) {
        producers.emplace_back([&factory, &mine] {
            std::minstd_rand random;
            for (int i = 1; i <= JobsEach; ++i) {
                mine.push_back(factory.submit(
                    i % 7, i,
                    {.timeToLive = i % 5 ? 0us : 200us, .priority = Priority(i % PriorityLevels)}));
                if (random() % 8 == 0)
                    mine[random() % mine.size()].cancel();
            }
        });
    }
    bool addsUp = true;
    qint64 looks = 0;
    while (factory.counters().submitted < Producers * JobsEach) {
        addsUp = addsUp && Support::isConserved(factory.counters());
        ++looks;
    }
    for (std::thread &producer : producers)
        producer.join();
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY2(addsUp, qPrintable(u"at one of %1 looks"_s.arg(looks)));

    Counters seen{.submitted = Producers * JobsEach};
    for (const auto &mine : futures) {
        for (const QFuture<int> &future : mine) {
            QVERIFY(future.isFinished());
            if (const auto error = Support::errorAs<JobDiscarded>(future))
                ++seen.discardedBy[std::size_t(error->reason())];
            else if (Support::errorAs<JobError>(future))
                ++seen.failed;
            else if (future.resultCount() == 1)
                ++seen.completed;
            else if (future.isCanceled())
                ++seen.canceled;
        }
    }
    const Counters counted = factory.counters();
    QCOMPARE(seen.failed + seen.canceled + seen.completed + seen.discarded(), seen.submitted);
    QCOMPARE(discarded, counted.discarded());
    // A future that is canceled at the moment of its outcome shows one and the counter the other.
    QVERIFY(counted.failed >= seen.failed && counted.completed >= seen.completed);
    QVERIFY(counted.discarded() >= seen.discarded() && counted.canceled <= seen.canceled);
    QCOMPARE(counted.waiting + counted.running, 0);
    QVERIFY(Support::isConserved(counted));
}

// A job, and what it owns, is destroyed where no lock is held.
void tst_Outcomes::JOB_1_messageMayCallTheFactoryAsItGoes()
{
    const Support::Gate gate;
    std::atomic<int> calls = 0;
    const auto caller = std::make_shared<std::function<void()>>();
    const auto parting = [&] {
        return std::shared_ptr<int>(new int, [&, caller](int *number) {
            delete number;
            (*caller)();
            ++calls;
        });
    };
    using Message = std::shared_ptr<int>;
    Factory factory({.workerCount = 1, .queueLimit = 4, .discardMode = DiscardMode::Oldest},
                    [gate](Job<int, Message> &job) {
                        gate.pass();
                        if (job.key() == 5)
                            throw JobError({});
                    });
    const Support::GateOpener opener(gate);
    *caller = [&] {
        factory.setWorkerCount(factory.workerCount());
        QVERIFY(Support::isConserved(factory.counters()));
    };
    QVERIFY(factory.start());
    QVERIFY(factory.dispatch(0, parting())); // completes
    QVERIFY(gate.awaitArrivals());
    factory.dispatch(1, parting()); // is shed
    factory.dispatch(2, parting(), {.timeToLive = 1ms});
    QVERIFY(eventually([&] { return calls == 1; })); // expired
    factory.submit(3, parting()).cancel();
    QVERIFY(eventually([&] { return calls == 2; }));
    for (const int key : {4, 5, 6, 7})
        factory.dispatch(key, parting());
    QVERIFY(eventually([&] { return calls == 3; }));
    gate.open();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(calls, 7);
    QCOMPARE(factory.dropDeadLetters(), 1); // the one that has failed
    QCOMPARE(calls, 8);
    QVERIFY(!factory.dispatch(8, parting()));
    QCOMPARE(calls, 9);
}

void tst_Outcomes::JOB_2_countersAddUpAtEveryInstant()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 2}, [gate](Job<int, bool> &job) {
        if (job.message())
            gate.pass();
    });
    const Support::GateOpener opener(gate);
    for (int i = 0; i < 5; ++i)
        factory.dispatch(i, i < 2);
    QVERIFY(factory.counters() == (Counters{.submitted = 5, .waiting = 5}));
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals(2));
    QVERIFY(factory.counters() == (Counters{.submitted = 5, .waiting = 3, .running = 2}));
    const FactorySnapshot snapshot = factory.snapshot();
    QVERIFY(snapshot.counters == factory.counters());
    QCOMPARE(snapshot.activeWorkers, 2);
    gate.open();
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(factory.counters() == (Counters{.submitted = 5, .completed = 5}));
}

void tst_Outcomes::JOB_10_exceptionIsRethrownWithItsType()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) -> int { throw SpecialError(17); });
    QVERIFY(factory.start());

    auto future = factory.submit(1, 0);
    QVERIFY(hasEnded(future));
    try {
        static_cast<void>(future.result());
        QFAIL("nothing was thrown");
    } catch (const SpecialError &error) {
        QCOMPARE(error.code, 17);
    }

    auto code = factory.submit(2, 0).onFailed([](const SpecialError &error) { return error.code; });
    QVERIFY(hasEnded(code));
    QCOMPARE(code.result(), 17);
}

// Qt copies what cannot be moved without throwing.
void tst_Outcomes::JOB_10_resultThatThrowsAsItIsDelivered()
{
    struct Fragile
    {
        Fragile() = default;
        Fragile(const Fragile &other) : copies(other.copies + 1)
        {
            if (copies > 1)
                throw SpecialError(18);
        }
        int copies = 0;
    };
    Factory factory({.workerCount = 1}, [](Job<int, int> &) { return Fragile(); });
    QVERIFY(factory.start());
    for (int i = 0; i < 2; ++i) {
        auto future = factory.submit(i, 0);
        QVERIFY(hasEnded(future));
        QVERIFY_THROWS_EXCEPTION(SpecialError, future.waitForFinished());
    }
}

void tst_Outcomes::JOB_10_textIsKept_data()
{
    QTest::addColumn<Throwing>("throwing");
    QTest::addColumn<QString>("text");
    QTest::newRow("JobError") << Throwing([] { throw JobError(u"für Menschen"_s); })
                              << u"für Menschen"_s;
    QTest::newRow("QException") << Throwing([] { throw SpecialError(1); }) << u"special"_s;
    QTest::newRow("std::exception")
        << Throwing([] { throw std::runtime_error("run-time"); }) << u"run-time"_s;
    QTest::newRow("QString") << Throwing([] { throw u"text"_s; }) << u"text"_s;
    QTest::newRow("std::string") << Throwing([] { throw std::string("text"); }) << u"text"_s;
    QTest::newRow("const char *") << Throwing([] { throw "text"; }) << u"text"_s;
    QTest::newRow("int") << Throwing([] { throw 5; }) << u"exception of type int"_s;
}

void tst_Outcomes::JOB_10_textIsKept()
{
    QFETCH(const Throwing, throwing);
    QFETCH(const QString, text);
    Factory factory({.workerCount = 1}, [](Job<int, Throwing> &job) { job.message()(); });
    QVERIFY(factory.start());
    auto future = factory.submit(3, throwing);
    QVERIFY(hasEnded(future));
    QCOMPARE(errorText(Support::errorOf(future)), text);

    const QList<FactoryEvent> events = factory.eventsSince(0);
    const auto failure = std::find_if(events.begin(), events.end(), [](const FactoryEvent &event) {
        return event.kind == FactoryEvent::JobFailed;
    });
    QVERIFY(failure != events.end());
    QCOMPARE(failure->text, text);
    QCOMPARE(failure->key, u"3"_s);
}

// For those who ask for it: each job that has failed for good.
void tst_Outcomes::JOB_10_failureIsLogged()
{
    Factory factory({.name = u"mill"_s,
                     .workerCount = 1,
                     .onFailure = OnFailure::KeepWorker,
                     .retry = {.maximumAttempts = 2}},
                    [](Job<int, QString> &job) {
                        if (!job.message().isEmpty())
                            throw JobError(job.message());
                    });
    QStringList lines;
    static QStringList *log;
    log = &lines;
    QVERIFY(factory.start());
    QLoggingCategory::setFilterRules(u"millwright.jobs.debug=true"_s);
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });
    const QtMessageHandler before = qInstallMessageHandler(
        [](QtMsgType type, const QMessageLogContext &context, const QString &text) {
            if (type == QtDebugMsg && context.category == QByteArray("millwright.jobs"))
                log->append(text);
        });
    for (int i = 0; i < 3; ++i)
        static_cast<void>(hasEnded(factory.submit(i, i == 1 ? u"no such file"_s : QString())));
    qInstallMessageHandler(before);
    QCOMPARE(lines, QStringList(u"Factory \"mill\": job \"1\" failed: no such file"_s));
    QCOMPARE(factory.counters().retried, 1);
}

QTEST_GUILESS_MAIN(tst_Outcomes)

#include "tst_outcomes.moc"
