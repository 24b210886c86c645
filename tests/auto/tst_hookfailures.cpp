// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/counted.h"
#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QtConcurrent>
#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::Counted;
using Support::echo;
using Support::eventually;
using Support::hasEnded;
using Support::Plain;

namespace {

enum class Ending { Drain, Stop, StopWithDeadline, Destructor };

enum class Stage { Started, Draining, Stopped };

QFuture<void> failedFuture()
{
    return QtFuture::makeExceptionalFuture<void>(JobError(u"no power"_s));
}

} // namespace

// Hooks that fail, that hang, and that end when the factory is no longer wanted.
class tst_HookFailures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void LIFE_2_failedStart_data();
    void LIFE_2_failedStart();
    void LIFE_2_endWhileStarting_data();
    void LIFE_2_endWhileStarting();
    void LIFE_2_hookThatThrowsLaterIsLogged();
    void LIFE_5_failedStartThatIsGivenUpHasFailed();
    void LIFE_5_hangingHookIsGivenUp_data();
    void LIFE_5_hangingHookIsGivenUp();
    void LIFE_5_destructorsWaitOnce();
    void LIFE_5_lateErrorOfAHookThatWasGivenUpIsIgnored();
};

void tst_HookFailures::LIFE_2_failedStart_data()
{
    QTest::addColumn<Hook>("hook");
    QTest::addColumn<QString>("error");
    QTest::newRow("throws") << Hook([] { throw JobError(u"no power"_s); }) << u"no power"_s;
    QTest::newRow("throws without a text")
        << Hook([] { throw JobError(QString()); }) << u"unknown error"_s;
    QTest::newRow("throws anything") << Hook([] { throw 1; }) << u"int"_s;
    QTest::newRow("future fails") << Hook(failedFuture) << u"no power"_s;
    QTest::newRow("future fails later")
        << Hook([] { return QtConcurrent::run([] { throw JobError(u"no power"_s); }); })
        << u"no power"_s;
    QTest::newRow("future is canceled")
        << Hook([] { return QFuture<void>(); }) << u"its future was canceled"_s;
    QTest::newRow("promise is broken") << Hook([] {
        QPromise<void> promise;
        promise.start();
        return promise.future();
    }) << u"its future was canceled"_s;
}

void tst_HookFailures::LIFE_2_failedStart()
{
    QFETCH(const Hook, hook);
    QFETCH(const QString, error);
    QTest::ignoreMessage(
        QtWarningMsg, QRegularExpression(u"Factory \"mill\": onStarted failed: .*%1"_s.arg(error)));
    const Support::EventLog log;
    Factory<Counted> factory({.name = u"mill"_s,
                              .workerCount = 2,
                              .onStarted = hook,
                              .onDraining = [log] { log.add(u"draining"_s); },
                              .onStopped = [log] { log.add(u"stopped"_s); }});
    QSignalSpy spy(&factory, &FactoryBase::errorStringChanged);
    QCOMPARE(factory.errorString(), QString());
    auto waiting = factory.submit(1, 1);
    QVERIFY(factory.start());
    QVERIFY(factory.waitForStopped(Support::Patience));

    QVERIFY(factory.state() == FactoryState::Failed);
    QVERIFY2(factory.errorString().contains(error), qPrintable(factory.errorString()));
    QVERIFY(eventually([&] { return spy.size() == 1; }));
    QCOMPARE(Counted::alive, 0);
    const auto discarded = Support::errorAs<JobDiscarded>(waiting);
    QVERIFY(discarded && discarded->reason() == DiscardReason::Shutdown);
    QVERIFY(factory.dispatch(2, 2).reason() == DiscardReason::Shutdown);
    QCOMPARE(factory.availableCapacity(), 0);
    QVERIFY(Support::isConserved(factory.counters()));

    QVERIFY(hasEnded(factory.stop()));
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(factory.stop(0ms).isClean());
    factory.setWorkerCount(3);
    QVERIFY(factory.state() == FactoryState::Failed);
    QCOMPARE(log.events(), QStringList()); // what was not opened need not be closed
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"start\\(\\) was ignored, it is Failed"_s));
    QVERIFY(!factory.start());
}

void tst_HookFailures::LIFE_2_endWhileStarting_data()
{
    QTest::addColumn<Ending>("ending");
    QTest::addColumn<bool>("fails");
    for (const bool fails : {false, true}) {
        const char *text = fails ? "fails" : "succeeds";
        QTest::addRow("drain(), %s", text) << Ending::Drain << fails;
        QTest::addRow("stop(), %s", text) << Ending::Stop << fails;
        QTest::addRow("stop(deadline), %s", text) << Ending::StopWithDeadline << fails;
        QTest::addRow("destructor, %s", text) << Ending::Destructor << fails;
    }
}

// The hook ends after the end was asked for.
void tst_HookFailures::LIFE_2_endWhileStarting()
{
    QFETCH(const Ending, ending);
    QFETCH(const bool, fails);
    if (fails)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"onStarted failed: no power"_s));
    const Support::EventLog log;
    const Support::Gate gate;
    std::optional<Factory<Plain>> factory;
    factory.emplace(FactorySettings{.workerCount = 1,
                                    .onStarted =
                                        [=] {
                                            gate.pass();
                                            if (fails)
                                                throw JobError(u"no power"_s);
                                        },
                                    .onDraining = [log] { log.add(u"draining"_s); },
                                    .onStopped = [log] { log.add(u"stopped"_s); }},
                    echo);
    const Support::GateOpener opener(gate);
    auto future = factory->submit(1, 5);
    QVERIFY(factory->start());
    QVERIFY(gate.awaitArrivals());
    std::thread later;
    const auto openLater = [&] {
        later = std::thread([&, gate] {
            const QDeadlineTimer deadline(Support::Patience);
            while (!future.isFinished() && !deadline.hasExpired()) // stop() discards it
                QThread::yieldCurrentThread();
            gate.open();
        });
    };
    const auto join = qScopeGuard([&] {
        if (later.joinable())
            later.join();
    });
    switch (ending) {
    case Ending::Drain: {
        QFuture<void> drained = factory->drain();
        QVERIFY(factory->dispatch(2, 0).reason() == DiscardReason::Shutdown);
        QVERIFY(!drained.isFinished() && !future.isFinished());
        gate.open();
        QVERIFY(hasEnded(drained));
        break;
    }
    case Ending::Stop: {
        QFuture<void> stopped = factory->stop();
        QVERIFY(Support::errorAs<JobDiscarded>(future));
        QVERIFY(!factory->waitForStopped(0ms));
        gate.open();
        QVERIFY(hasEnded(stopped));
        break;
    }
    case Ending::StopWithDeadline:
        openLater();
        QVERIFY(factory->stop(Support::Patience).isClean());
        break;
    case Ending::Destructor:
        openLater();
        factory.reset();
        break;
    }
    if (ending == Ending::Drain && !fails) {
        QVERIFY(hasEnded(future));
        QCOMPARE(future.result(), 5); // accepted jobs are done
    } else {
        QVERIFY(Support::errorAs<JobDiscarded>(future));
    }
    if (factory)
        QVERIFY(factory->state() == (fails ? FactoryState::Failed : FactoryState::Stopped));
    QCOMPARE(log.events(), fails ? QStringList() : QStringList({u"draining"_s, u"stopped"_s}));
}

void tst_HookFailures::LIFE_2_hookThatThrowsLaterIsLogged()
{
    Factory factory({.name = u"mill"_s,
                     .workerCount = 1,
                     .onDraining = [] { throw JobError(u"too late"_s); },
                     .onStopped = failedFuture},
                    echo);
    QTest::ignoreMessage(QtWarningMsg, "Factory \"mill\": onDraining failed: too late");
    QTest::ignoreMessage(QtWarningMsg, "Factory \"mill\": onStopped failed: no power");
    QVERIFY(factory.start());
    auto future = factory.submit(1, 1);
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(hasEnded(future));
    QVERIFY(factory.state() == FactoryState::Stopped);
    QCOMPARE(factory.errorString(), QString());
    QStringList failed;
    for (const FactoryEvent &event : factory.eventsSince(0)) {
        if (event.kind == FactoryEvent::CallFailed)
            failed.append(event.key + u' ' + event.text);
    }
    QCOMPARE(failed, (QStringList{u"onDraining too late"_s, u"onStopped no power"_s}));
}

void tst_HookFailures::LIFE_5_failedStartThatIsGivenUpHasFailed()
{
    struct Clinging : Worker<int, int, int>
    {
        explicit Clinging(const Support::Gate &g) : gate(g) {}
        int process(Job &job) override { return job.message(); }
        void stopping() override { gate.pass(); }
        const Support::Gate gate;
    };
    const Support::Gate gate;
    Factory<Clinging> factory({.workerCount = 1, .onStarted = failedFuture},
                              workerBuilder<Clinging>(gate));
    const Support::GateOpener opener(gate);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"onStarted failed: no power"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"worker 0 has not come to its end"_s));
    QVERIFY(factory.start());
    QVERIFY(gate.awaitArrivals());
    QCOMPARE(factory.stop(1ms).unfinished.size(), 1);
    QVERIFY(factory.state() == FactoryState::Failed);
    QVERIFY(factory.errorString().contains(u"no power"));
}

void tst_HookFailures::LIFE_5_hangingHookIsGivenUp_data()
{
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<bool>("future");
    QTest::addColumn<bool>("destructor");
    for (const bool destructor : {false, true}) {
        for (const bool future : {false, true}) {
            const char *what = future ? "future" : "function";
            const char *how = destructor ? "destructor" : "stop(deadline)";
            QTest::addRow("onStarted, %s, %s", what, how) << Stage::Started << future << destructor;
            QTest::addRow("onDraining, %s, %s", what, how)
                << Stage::Draining << future << destructor;
            QTest::addRow("onStopped, %s, %s", what, how) << Stage::Stopped << future << destructor;
        }
    }
}

void tst_HookFailures::LIFE_5_hangingHookIsGivenUp()
{
    QFETCH(const Stage, stage);
    QFETCH(const bool, future);
    QFETCH(const bool, destructor);
    const QString name = std::array{u"onStarted"_s, u"onDraining"_s, u"onStopped"_s}[int(stage)];
    const Support::Gate gate;
    const auto promise = std::make_shared<QPromise<void>>();
    const auto resource = std::make_shared<int>(7); // what the hook uses
    const Support::EventLog log;
    const Support::Gate called;
    called.open();
    Hook hook = [=]() -> QFuture<void> {
        promise->start();
        called.pass();
        if (future)
            return promise->future();
        gate.pass();
        log.add(QString::number(*resource));
        return Detail::readyFuture();
    };
    std::optional<Factory<Plain>> factory;
    factory.emplace(FactorySettings{.name = u"mill"_s, .workerCount = 1, .stopDeadline = 50ms},
                    echo);
    const Support::GateOpener opener(gate);
    switch (stage) {
    case Stage::Started:
        factory->setOnStarted(hook);
        factory->setOnStopped([log] { log.add(u"onStopped"_s); });
        break;
    case Stage::Draining:
        factory->setOnDraining(hook);
        factory->setOnStopped([log] { log.add(u"onStopped"_s); });
        break;
    case Stage::Stopped:
        factory->setOnStopped(hook);
        break;
    }
    hook = {};
    auto waiting = factory->submit(1, 1);
    QVERIFY(factory->start());
    if (stage == Stage::Started) {
        QVERIFY(called.awaitArrivals());
    } else {
        QVERIFY(hasEnded(waiting));
        QVERIFY(eventually([&] { return factory->state() == FactoryState::Running; }));
    }
    QTest::ignoreMessage(QtWarningMsg,
                         qPrintable(u"Factory \"mill\": %1 has not ended by the deadline; it was "
                                    "given up."_s.arg(name)));
    QElapsedTimer timer;
    timer.start();
    if (destructor) {
        factory.reset();
    } else {
        const StopReport report = factory->stop(50ms);
        QVERIFY(!report.isClean());
        QCOMPARE(report.calls, QStringList(name));
        QVERIFY(factory->state() == FactoryState::Stopped);
        QVERIFY(hasEnded(factory->stop())); // it is over
    }
    QVERIFY(timer.elapsed() < 2000);
    QVERIFY(hasEnded(waiting));

    // It comes back too late, finds what it uses, and is heard by nobody.
    factory.reset();
    gate.open();
    promise->finish();
    if (!future)
        QCOMPARE(log.await(1), QStringList(u"7"_s));
    else
        QCOMPARE(log.events(), QStringList());
}

// Not each of them for what was given up by the first.
void tst_HookFailures::LIFE_5_destructorsWaitOnce()
{
    constexpr std::chrono::milliseconds deadline = 2s;
    const Support::Gate gate;
    const Support::GateOpener opener(gate);
    const auto hang = [gate] {
        gate.pass();
        return Detail::readyFuture();
    };
    auto factory = std::make_unique<Factory<Plain>>(
        FactorySettings{.workerCount = 1, .stopDeadline = deadline, .onStopped = hang}, echo);
    QVERIFY(factory->start());
    QVERIFY(eventually([&] { return factory->state() == FactoryState::Running; }));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"onStopped has not ended"_s));
    QElapsedTimer timer;
    timer.start();
    factory.reset();
    QVERIFY(std::chrono::milliseconds(timer.elapsed()) >= deadline);
    QVERIFY(std::chrono::milliseconds(timer.elapsed()) < deadline * 7 / 4);
}

void tst_HookFailures::LIFE_5_lateErrorOfAHookThatWasGivenUpIsIgnored()
{
    const Support::Gate called;
    called.open();
    QPromise<void> promise;
    promise.start();
    Factory factory({.workerCount = 1,
                     .onStarted =
                         [&, called] {
                             called.pass();
                             return promise.future();
                         }},
                    echo);
    QVERIFY(factory.start());
    QVERIFY(called.awaitArrivals());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"onStarted has not ended"_s));
    QCOMPARE(factory.stop(50ms).calls, QStringList(u"onStarted"_s));
    promise.setException(JobError(u"no power"_s));
    promise.finish(); // would warn
    QVERIFY(factory.state() == FactoryState::Stopped);
    QCOMPARE(factory.errorString(), QString());
}

QTEST_GUILESS_MAIN(tst_HookFailures)

#include "tst_hookfailures.moc"
