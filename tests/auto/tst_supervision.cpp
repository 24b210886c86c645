// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QPromise>
#include <QRegularExpression>
#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

//! However often a worker fails.
const RestartPolicy AtOnce{.maximumRestarts = RestartPolicy::Unlimited};

struct ToWorkerZero : Router
{
    Route route(const AbstractJob &, const Workers &) override { return Route::toWorker(0); }
};

//! Fails where the message says so. Each life of a worker has a number.
class Fragile : public Worker<int, QString, int>
{
public:
    explicit Fragile(const Support::EventLog &log)
        : m_log(log)
        , m_life(++lives)
        , m_thread(QThread::currentThread())
    {
        note(u"constructor"_s);
    }
    ~Fragile() override { note(u"destructor"_s); }

    int process(Job &job) override
    {
        note(u"process "_s + QString::number(job.key()));
        if (job.message() == u"gate"_s || job.message() == u"gate and throw"_s)
            gate->pass();
        if (job.message() == u"throw"_s || job.message() == u"gate and throw"_s)
            throw JobError(u"broken"_s);
        if (job.message() == u"bad_alloc"_s)
            throw std::bad_alloc();
        if (job.message() == u"int"_s)
            throw 5;
        return 10 * m_life + workerId();
    }

    static void reset()
    {
        lives = 0;
        gate.emplace();
    }

    static inline std::atomic<int> lives = 0;
    static inline std::optional<Support::Gate> gate;

protected:
    void starting() override { note(u"starting"_s); }
    void stopping() override { note(u"stopping"_s); }

private:
    void note(const QString &event)
    {
        m_log.add(QString::number(m_life) + u' ' + event
                  + (QThread::currentThread() == m_thread ? u""_s : u" astray"_s));
    }

    const Support::EventLog m_log;
    const int m_life;
    QThread *const m_thread;
};

//! Deletes itself, as what comes from a plain QThread may be used to.
class Suicidal : public Worker<QString, int, int>
{
public:
    Suicidal() { ++alive; }
    ~Suicidal() override { --alive; }

    int process(Job &job) override
    {
        if (job.key() == u"later"_s)
            deleteLater();
        else if (job.key() == u"idle"_s)
            QMetaObject::invokeMethod(
                this, [this] { delete this; }, Qt::QueuedConnection);
        else if (job.key() == u"at once"_s)
            delete this;
        return job.message();
    }

    static inline std::atomic<int> alive = 0;
};

//! Is deleted while it waits.
class Awaiting : public Worker<int, int, QFuture<int>>
{
public:
    QFuture<int> process(Job &job) override
    {
        if (job.message() > 1)
            return QtFuture::makeReadyFuture(job.message());
        deleteLater();
        m_promise.start();
        return m_promise.future();
    }

private:
    QPromise<int> m_promise;
};

const QRegularExpression Deleted(u"worker 0 was deleted and is replaced"_s);

} // namespace

class tst_Supervision : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        Support::failOnAnyWarning();
        Fragile::reset();
    }

    void SUP_1_failedWorkerIsReplacedOnItsThread_data();
    void SUP_1_failedWorkerIsReplacedOnItsThread();
    void SUP_1_replacementKeepsIdAndThread();
    void SUP_1_everyKindOfExceptionIsCaught_data();
    void SUP_1_everyKindOfExceptionIsCaught();
    void SUP_1_jobsThatWaitForTheWorkerKeepTheirOrder_data();
    void SUP_1_jobsThatWaitForTheWorkerKeepTheirOrder();
    void SUP_1_otherWorkersGoOn();
    void SUP_1_keepWorkerLeavesItInPlace();
    void SUP_1_failureWhileDrainingOrShrinking();
    void SUP_1_deletedWorkerIsReplaced_data();
    void SUP_1_deletedWorkerIsReplaced();
    void SUP_1_jobOfADeletedWorkerThatWaitsIsLost();
    void SUP_2_workerThatIsDeletedTooOftenPauses();
    void SUP_2_startThatThrowsRecovers_data();
    void SUP_2_startThatThrowsRecovers();
    void SUP_2_oneFailingStartHoldsUpNobody();
    void SUP_2_stopDuringBackoffEnds();
    void SUP_1_stoppingThatThrowsIsReported();
};

void tst_Supervision::SUP_1_failedWorkerIsReplacedOnItsThread_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::newRow("thread per worker") << 0;
    QTest::newRow("shared threads") << 1;
}

void tst_Supervision::SUP_1_failedWorkerIsReplacedOnItsThread()
{
    QFETCH(const int, threadCount);
    const Support::EventLog log;
    Factory<Fragile> factory({.workerCount = 1, .threadCount = threadCount},
                             workerBuilder<Fragile>(log));
    auto bad = factory.submit(1, u"throw"_s);
    auto good = factory.submit(2, {});
    QVERIFY(factory.start());
    QVERIFY(hasEnded(good) && hasEnded(bad));
    QVERIFY(Support::errorAs<JobError>(bad));
    QCOMPARE(good.result(), 20); // the second life of worker 0
    QVERIFY(hasEnded(factory.drain()));

    const QStringList expected{u"1 constructor"_s, u"1 starting"_s,  u"1 process 1"_s,
                               u"1 destructor"_s, // without stopping()
                               u"2 constructor"_s, u"2 starting"_s,  u"2 process 2"_s,
                               u"2 stopping"_s,    u"2 destructor"_s};
    QCOMPARE(log.events(), expected);
    QCOMPARE(factory.counters().restarts, 1);
    QCOMPARE(factory.counters().failed, 1);

    QList<FactoryEvent::Kind> kinds;
    for (const FactoryEvent &event : factory.eventsSince(0)) {
        if (event.kind != FactoryEvent::StateChanged)
            kinds.append(event.kind);
    }
    QCOMPARE(kinds,
             (QList<FactoryEvent::Kind>{FactoryEvent::JobFailed, FactoryEvent::WorkerRestarted}));
}

void tst_Supervision::SUP_1_replacementKeepsIdAndThread()
{
    const auto where = [](Job<int, bool> &job) {
        if (job.message())
            throw JobError({});
        return std::pair(QThread::currentThread(), QThread::currentThread()->objectName());
    };
    Factory factory({.name = u"mill"_s, .workerCount = 1}, where);
    QVERIFY(factory.start());
    auto before = factory.submit(1, false);
    auto failing = factory.submit(2, true);
    auto after = factory.submit(3, false);
    QVERIFY(hasEnded(before) && hasEnded(after) && hasEnded(failing));
    QVERIFY(before.result() == after.result());
    QCOMPARE(before.result().second, u"mill 0"_s);
}

void tst_Supervision::SUP_1_everyKindOfExceptionIsCaught_data()
{
    QTest::addColumn<QString>("message");
    QTest::newRow("JobError") << u"throw"_s;
    QTest::newRow("std::bad_alloc") << u"bad_alloc"_s;
    QTest::newRow("int") << u"int"_s;
}

void tst_Supervision::SUP_1_everyKindOfExceptionIsCaught()
{
    QFETCH(const QString, message);
    Factory<Fragile> factory({.workerCount = 2, .restartPolicy = AtOnce},
                             workerBuilder<Fragile>(Support::EventLog()));
    QVERIFY(factory.start());
    for (int i = 0; i < 20; ++i)
        factory.dispatch(i, message); // also without a future to put it in
    auto future = factory.submit(100, message);
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(Support::errorOf(future));
    QVERIFY(factory.counters() == (Counters{.submitted = 21, .failed = 21, .restarts = 21}));
    // The last ones may fail when nobody is needed any more.
    QVERIFY(Fragile::lives >= 21 && Fragile::lives <= 23);
}

void tst_Supervision::SUP_1_jobsThatWaitForTheWorkerKeepTheirOrder_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::newRow("in the factory's queue") << queuer();
    QTest::newRow("in the worker's queue") << customRouter<ToWorkerZero>();
}

void tst_Supervision::SUP_1_jobsThatWaitForTheWorkerKeepTheirOrder()
{
    QFETCH(const RouterBuilder, router);
    const Support::EventLog log;
    Factory factory({.workerCount = 1, .router = router, .restartPolicy = AtOnce},
                    [log](Job<int, int> &job) {
                        log.add(QString::number(job.key()));
                        if (job.key() % 16 == 15)
                            throw JobError({});
                    });
    QVERIFY(factory.start());
    QStringList expected;
    for (int i = 0; i < 500; ++i) { // short jobs are taken in batches, which are put back
        factory.dispatch(i, 0);
        expected.append(QString::number(i));
    }
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(log.events(), expected);
    QCOMPARE(factory.counters().restarts, 31);
    QCOMPARE(factory.snapshot().workers.value(0).restarts,
             factory.snapshot().workers.isEmpty() ? 0 : 31);
}

void tst_Supervision::SUP_1_otherWorkersGoOn()
{
    Factory<Fragile> factory({.workerCount = 2, .restartPolicy = AtOnce},
                             workerBuilder<Fragile>(Support::EventLog()));
    const Support::GateOpener opener(*Fragile::gate);
    QVERIFY(factory.start());
    auto steady = factory.submit(1, u"gate"_s);
    QVERIFY(Fragile::gate->awaitArrivals());
    for (int i = 0; i < 10; ++i)
        factory.dispatch(2, u"throw"_s);
    QVERIFY(eventually([&] { return factory.counters().failed == 10; }));
    Fragile::gate->open();
    QVERIFY(hasEnded(steady));
    QVERIFY(steady.result() / 10 <= 2); // in its first life
}

void tst_Supervision::SUP_1_keepWorkerLeavesItInPlace()
{
    const Support::EventLog log;
    Factory<Fragile> factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker},
                             workerBuilder<Fragile>(log));
    auto bad = factory.submit(1, u"throw"_s);
    auto good = factory.submit(2, {});
    QVERIFY(factory.start());
    QVERIFY(hasEnded(good) && hasEnded(bad));
    QCOMPARE(good.result(), 10);
    QCOMPARE(factory.counters().restarts, 0);
    QCOMPARE(Fragile::lives, 1);

    factory.setOnFailure(OnFailure::ReplaceWorker); // LIFE 6: from now on
    factory.dispatch(3, u"throw"_s);
    auto fresh = factory.submit(4, {});
    QVERIFY(hasEnded(fresh));
    QCOMPARE(fresh.result(), 20);
}

void tst_Supervision::SUP_1_failureWhileDrainingOrShrinking()
{
    Factory<Fragile> factory({.workerCount = 2}, workerBuilder<Fragile>(Support::EventLog()));
    const Support::GateOpener opener(*Fragile::gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 2; ++i)
        factory.dispatch(i, u"gate and throw"_s);
    QVERIFY(Fragile::gate->awaitArrivals(2));
    factory.setWorkerCount(1);
    auto last = factory.submit(3, u"throw"_s);
    QFuture<void> drained = factory.drain();
    Fragile::gate->open();
    QVERIFY(hasEnded(drained));
    QVERIFY(last.isFinished());
    QCOMPARE(factory.counters().failed, 3);
}

void tst_Supervision::SUP_1_deletedWorkerIsReplaced_data()
{
    QTest::addColumn<QString>("when");
    QTest::newRow("in its job") << u"at once"_s;
    QTest::newRow("between two jobs") << u"later"_s;
    QTest::newRow("by one of its slots") << u"idle"_s;
}

void tst_Supervision::SUP_1_deletedWorkerIsReplaced()
{
    QFETCH(const QString, when);
    QTest::ignoreMessage(QtWarningMsg, Deleted);
    Suicidal::alive = 0;
    Factory<Suicidal> factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker});
    auto fatal = factory.submit(when, 1);
    QList<QFuture<int>> others;
    for (int i = 0; i < 100; ++i)
        others.append(factory.submit(u"other"_s, i));
    QVERIFY(factory.start());
    QVERIFY(hasEnded(fatal));
    QCOMPARE(fatal.result(), 1);
    for (int i = 0; i < 100; ++i) {
        QVERIFY(hasEnded(others.at(i)));
        QCOMPARE(others.at(i).result(), i);
    }
    QVERIFY(eventually([&] { return factory.counters().restarts == 1; }));
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(Suicidal::alive, 0);
    QCOMPARE(factory.counters().completed, 101);
    QVERIFY(Support::isConserved(factory.counters()));
}

void tst_Supervision::SUP_1_jobOfADeletedWorkerThatWaitsIsLost()
{
    QTest::ignoreMessage(QtWarningMsg, Deleted);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"job \"1\" of worker 0 is lost"_s));
    Factory<Awaiting> factory({.workerCount = 1});
    QVERIFY(factory.start());
    auto lost = factory.submit(1, 1);
    auto other = factory.submit(2, 2);
    QVERIFY(hasEnded(lost) && hasEnded(other));
    QVERIFY(Support::errorAs<WorkerLost>(lost));
    QCOMPARE(other.result(), 2);
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(Support::isConserved(factory.counters()));
}

void tst_Supervision::SUP_2_workerThatIsDeletedTooOftenPauses()
{
    QTest::ignoreMessage(QtWarningMsg, Deleted);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has failed too often: was deleted"_s));
    Factory<Suicidal> factory({.workerCount = 1, .restartPolicy = {.maximumRestarts = 0}});
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(u"later"_s, 1)));
    QVERIFY(eventually([&] { return factory.crashLoopingWorkers() == 1; }));
    auto later = factory.submit(u"other"_s, 2);
    QVERIFY(hasEnded(later));
    QCOMPARE(later.result(), 2);
}

void tst_Supervision::SUP_2_startThatThrowsRecovers_data()
{
    QTest::addColumn<bool>("inBuilder");
    QTest::newRow("builder") << true;
    QTest::newRow("starting()") << false;
}

void tst_Supervision::SUP_2_startThatThrowsRecovers()
{
    QFETCH(const bool, inBuilder);
    struct LateStarter : Worker<int, int, int>
    {
        explicit LateStarter(bool isReady) : ready(isReady) {}
        void starting() override
        {
            if (!ready)
                throw JobError(u"not yet"_s);
        }
        int process(Job &) override { return 1; }
        const bool ready;
    };
    const auto attempts = std::make_shared<std::atomic<int>>(0);
    const RestartPolicy policy{.jitter = 0};
    const FactorySettings settings{.name = u"mill"_s, .workerCount = 1, .restartPolicy = policy};
    Factory<LateStarter> factory(settings, [=](const WorkerContext &) {
        const bool ready = ++*attempts > 2;
        if (inBuilder && !ready)
            throw JobError(u"not yet"_s);
        return std::make_unique<LateStarter>(ready);
    });
    QTest::ignoreMessage(QtWarningMsg,
                         "Factory \"mill\": worker 0 could not start: not yet; next start in "
                         "100 ms.");
    QTest::ignoreMessage(QtWarningMsg,
                         "Factory \"mill\": worker 0 could not start: not yet; next start in "
                         "200 ms.");
    QVERIFY(factory.start());
    auto future = factory.submit(1, 0);
    QVERIFY(eventually([&] { return future.isFinished(); }));
    QCOMPARE(future.resultCount(), 1);
    QCOMPARE(*attempts, 3);
}

void tst_Supervision::SUP_2_oneFailingStartHoldsUpNobody()
{
    struct Plain : Worker<int, int, int>
    {
        int process(Job &) override { return workerId(); }
    };
    Factory<Plain> factory({.workerCount = 2}, [](const WorkerContext &context) {
        return context.id == 0 ? nullptr : std::make_unique<Plain>();
    });
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"worker 0 could not start: the worker builder returned no worker"_s));
    QVERIFY(factory.start());
    auto future = factory.submit(1, 0);
    QVERIFY(hasEnded(future));
    QCOMPARE(future.result(), 1);
    QVERIFY(factory.snapshot().workers.at(0).state == WorkerState::CrashLooping);
    QVERIFY(factory.stop(Support::Patience).isClean());
}

void tst_Supervision::SUP_2_stopDuringBackoffEnds()
{
    Factory<Fragile> factory(
        {.workerCount = 1},
        [](const WorkerContext &) -> std::unique_ptr<Fragile> { throw JobError(u"never"_s); });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"could not start: never"_s));
    QVERIFY(factory.start());
    auto future = factory.submit(1, {});
    QVERIFY(eventually(
        [&] { return factory.snapshot().workers.at(0).state == WorkerState::CrashLooping; }));
    QVERIFY(factory.stop(Support::Patience).isClean());
    QVERIFY(Support::errorAs<JobDiscarded>(future));
}

void tst_Supervision::SUP_1_stoppingThatThrowsIsReported()
{
    struct Grumbler : Worker<int, int, int>
    {
        void stopping() override { throw JobError(u"no"_s); }
        int process(Job &) override { return 1; }
    };
    Factory<Grumbler> factory({.name = u"mill"_s, .workerCount = 1});
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
    QTest::ignoreMessage(QtWarningMsg, "Factory \"mill\": worker 0 threw \"no\" from stopping().");
    QVERIFY(factory.stop(Support::Patience).isClean());
}

QTEST_GUILESS_MAIN(tst_Supervision)

#include "tst_supervision.moc"
