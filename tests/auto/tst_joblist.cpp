// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QHash>
#include <QSet>
#include <QTest>

#include <algorithm>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::Gate;

namespace {

// The key and the state of each, and, of those that wait for a worker, the key of what that runs. Those that run,
// in the order of their keys, since any of them may be with any worker.
QStringList listed(const QList<JobSnapshot> &jobs)
{
    QStringList texts;
    QHash<int, QString> running;
    for (const JobSnapshot &job : jobs) {
        QString text = u"%1 %2"_s.arg(job.key, nameOf(job.state));
        if (job.state == JobState::Running)
            running[job.worker] = job.key;
        else if (job.worker >= 0)
            text += u" behind "_s + running.value(job.worker);
        texts.append(text);
    }
    std::sort(texts.begin(), texts.begin() + running.size());
    return texts;
}

} // namespace

// The jobs of a factory, listed.
class tst_JobList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_jobsAreDescribed();
    void UI_6_everyPlaceIsListed_data();
    void UI_6_everyPlaceIsListed();
    void UI_6_handIsListed();
    void UI_6_noJobIsMissedWhileWorkersGoOn();
    void UI_6_rateLimitedJobsAreListed();
    void UI_6_jobsThatBackOffAreListed();
    void UI_6_noMoreAreListedThanAskedFor();
    void UI_6_oldestWaitingIsTold_data();
    void UI_6_oldestWaitingIsTold();
    void UI_6_userQueueShowsItsNext();
};

void tst_JobList::UI_6_jobsAreDescribed()
{
    const Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<QString, int> &job) {
        job.setProgressRange(0, 4);
        job.setProgress(1, u"a quarter"_s);
        gate.pass();
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    factory.dispatch(u"first"_s, 0, {.label = u"one"_s});
    QVERIFY(gate.awaitArrivals());
    factory.dispatch(u"second"_s, 0, {.timeToLive = 1h, .priority = Priority::High});

    const QList<JobSnapshot> jobs = factory.jobs();
    QCOMPARE(jobs.size(), 2);
    const JobSnapshot &running = jobs.at(0);
    const JobSnapshot &waiting = jobs.at(1);
    QCOMPARE(running.key, u"first"_s);
    QCOMPARE(running.label, u"one"_s);
    QVERIFY(running.state == JobState::Running);
    QCOMPARE(running.worker, 0);
    QVERIFY(running.priority == Priority::Normal);
    QCOMPARE(running.attempt, 1);
    QVERIFY(running.elapsed > 0ns && running.elapsed <= running.age);
    QVERIFY(!running.timeToLive);
    QCOMPARE(running.progress.fraction(), 0.25);
    QCOMPARE(running.progress.text, u"a quarter"_s);
    QCOMPARE(waiting.key, u"second"_s);
    QVERIFY(waiting.state == JobState::Waiting);
    QCOMPARE(waiting.worker, -1);
    QVERIFY(waiting.priority == Priority::High);
    QVERIFY(waiting.age <= running.age);
    QVERIFY(waiting.elapsed == 0ns);
    QVERIFY(waiting.timeToLive > 59min && waiting.timeToLive < 1h);
    QVERIFY(waiting.id > running.id);
    gate.open();
    QVERIFY(eventually([&] { return factory.jobs().isEmpty(); }));
}

void tst_JobList::UI_6_everyPlaceIsListed_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<QueueBuilder>("queue");
    QTest::addColumn<QList<int>>("keys");
    QTest::addColumn<QStringList>("expected");

    const auto row = [](const char *name, const RouterBuilder &router, const QueueBuilder &queue,
                        const QList<int> &keys, const QString &expected) {
        QTest::newRow(name) << router << queue << keys << expected.split(u", "_s);
    };
    row("the factory's queue", queuer(), fifoQueue(), {0, 1, 2, 3, 4},
        u"0 Running, 1 Running, 2 Waiting, 3 Waiting, 4 Waiting"_s);
    row("priorities", queuer(), priorityQueue(), {0, 1, 2, 12, 3, 13},
        u"0 Running, 1 Running, 12 Waiting, 13 Waiting, 2 Waiting, 3 Waiting"_s);
    row("the workers' queues", roundRobin(), fifoQueue(), {0, 1, 2, 3, 4},
        u"0 Running, 1 Running, 2 Waiting behind 0, 4 Waiting behind 0, 3 Waiting behind 1"_s);
    row("a queue and a worker's", stickyQueuer(), fifoQueue(), {0, 1, 1, 2},
        u"0 Running, 1 Running, 2 Waiting, 1 Waiting behind 1"_s);
}

void tst_JobList::UI_6_everyPlaceIsListed()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const QueueBuilder, queue);
    QFETCH(const QList<int>, keys);
    const Gate gate;
    Factory factory({.workerCount = 2, .router = router, .queue = queue},
                    [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    for (int i = 0; i < keys.size(); ++i) {
        const Priority priority = keys.at(i) > 10 ? Priority::Highest : Priority::BestEffort;
        QVERIFY(factory.dispatch(keys.at(i), 0, {.priority = priority}));
        QVERIFY(i > 1 || gate.awaitArrivals(i + 1));
    }
    QTEST(listed(factory.jobs()), "expected");
}

// Jobs that a worker has taken, and not started.
void tst_JobList::UI_6_handIsListed()
{
    const Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, int> &job) {
        if (job.message() == 1)
            gate.pass();
    });
    const Support::GateOpener opener(gate);
    QVERIFY(factory.start());
    for (int i = 0; i < 1000; ++i) // short ones, so that several are taken at once
        factory.dispatch(i, 0);
    QVERIFY(eventually([&] { return factory.completed() == 1000; }));
    factory.pause();
    for (int key = 1; key <= 9; ++key)
        factory.dispatch(key, 1);
    factory.resume();
    QVERIFY(gate.awaitArrivals());
    const QList<JobSnapshot> jobs = factory.jobs();
    QStringList keys;
    for (const JobSnapshot &job : jobs)
        keys.append(job.key);
    QCOMPARE(keys, u"1 2 3 4 5 6 7 8 9"_s.split(u' '));
    QVERIFY(std::all_of(jobs.begin() + 1, jobs.end(),
                        [](const auto &job) { return job.state == JobState::Waiting; }));
}

// One worker does them in their order: what has not ended after the list was made is in it, once.
void tst_JobList::UI_6_noJobIsMissedWhileWorkersGoOn()
{
    constexpr int Jobs = 300;
    for (int round = 0; round < 20; ++round) {
        Factory factory({.workerCount = 1}, [](Job<int, int> &job) {
            for (int i = 0; i < (job.key() % 7) * 1000; ++i)
                QThread::currentThread()->isInterruptionRequested();
        });
        for (int key = 0; key < Jobs; ++key)
            factory.dispatch(key, 0);
        QVERIFY(factory.start());
        int completed = 0;
        while (completed < Jobs) {
            const QList<JobSnapshot> jobs = factory.jobs(Jobs);
            completed = int(factory.completed());
            QSet<int> keys;
            for (const JobSnapshot &job : jobs)
                keys.insert(job.key.toInt());
            QCOMPARE(keys.size(), jobs.size());
            for (int key = completed; key < Jobs; ++key)
                QVERIFY2(keys.contains(key), qPrintable(u"%1 of %2"_s.arg(key).arg(jobs.size())));
        }
    }
}

void tst_JobList::UI_6_rateLimitedJobsAreListed()
{
    Factory factory({.workerCount = 0,
                     .rateLimit = {.refill = 1, .interval = 1h, .maximum = 1, .initial = 1},
                     .rateLimitMode = RateLimitMode::Delay},
                    [](Job<int, int> &) {});
    for (int key = 1; key <= 3; ++key)
        QVERIFY(factory.dispatch(key, 0));
    QCOMPARE(listed(factory.jobs()),
             (QStringList{u"1 Waiting"_s, u"2 RateLimited"_s, u"3 RateLimited"_s}));
}

void tst_JobList::UI_6_jobsThatBackOffAreListed()
{
    Factory factory(
        {.workerCount = 1,
         .onFailure = OnFailure::KeepWorker,
         .retry = {.maximumAttempts = 2, .backoff = 1h, .maximumBackoff = 1h, .jitter = 0}},
        [](Job<int, int> &) { throw JobError(u"on purpose"_s); });
    QVERIFY(factory.start());
    factory.dispatch(1, 0);
    factory.dispatch(2, 0, {.timeToLive = 10h});
    QVERIFY(eventually([&] { return factory.retried() == 2; }));
    const QList<JobSnapshot> jobs = factory.jobs();
    QStringList texts = listed(jobs);
    texts.sort();
    QCOMPARE(texts, (QStringList{u"1 BackingOff"_s, u"2 BackingOff"_s}));
    for (const JobSnapshot &job : jobs) {
        QCOMPARE(job.attempt, 2);
        QVERIFY(job.untilAttempt > 59min && job.untilAttempt < 1h);
        QCOMPARE(job.timeToLive.has_value(), job.key == u"2"_s);
    }
    QVERIFY(jobs.at(0).id != jobs.at(1).id);
}

void tst_JobList::UI_6_noMoreAreListedThanAskedFor()
{
    Factory factory({.workerCount = 0}, [](Job<int, int> &) {});
    for (int key = 0; key < 100; ++key)
        factory.dispatch(key, 0);
    QCOMPARE(factory.jobs(3).size(), 3);
    QCOMPARE(factory.jobs(3).last().key, u"2"_s);
    QCOMPARE(factory.jobs(0).size(), 0);
    QCOMPARE(factory.jobs(-1).size(), 0);
    QCOMPARE(factory.jobs().size(), 100);
}

void tst_JobList::UI_6_oldestWaitingIsTold_data()
{
    QTest::addColumn<RouterBuilder>("router");
    QTest::addColumn<QueueBuilder>("queue");
    QTest::newRow("fifo") << queuer() << fifoQueue();
    QTest::newRow("priority") << queuer() << priorityQueue();
    QTest::newRow("at the workers") << roundRobin() << fifoQueue();
}

// Also where another one is the next.
void tst_JobList::UI_6_oldestWaitingIsTold()
{
    QFETCH(const RouterBuilder, router);
    QFETCH(const QueueBuilder, queue);
    Factory factory({.workerCount = 1, .router = router, .queue = queue}, [](Job<int, int> &) {});
    QVERIFY(factory.snapshot().oldestWaiting == 0ns);
    factory.dispatch(1, 0, {.priority = Priority::BestEffort});
    QElapsedTimer time;
    time.start();
    QVERIFY(eventually([&] { return time.hasExpired(20); }));
    factory.dispatch(2, 0, {.priority = Priority::Highest});
    const auto oldest = factory.snapshot().oldestWaiting;
    QVERIFY(oldest >= 20ms);
    QVERIFY(oldest <= factory.jobs().at(0).age + 1s);
    QVERIFY(factory.start());
    QVERIFY(eventually([&] { return factory.completed() == 2; }));
    QVERIFY(factory.snapshot().oldestWaiting == 0ns);
}

namespace {

class SecretQueue : public Queue
{
public:
    void push(AbstractJob &job) override { m_jobs.append(job); }
    void pushFront(AbstractJob &job) override { m_jobs.prepend(job); }
    AbstractJob *pop() override { return m_jobs.takeFirst(); }
    AbstractJob *peek() const override { return m_jobs.first(); }
    void remove(AbstractJob &job) override { m_jobs.remove(job); }
    AbstractJob *victim() override { return nullptr; }

private:
    JobList m_jobs;
};

} // namespace

void tst_JobList::UI_6_userQueueShowsItsNext()
{
    Factory factory({.workerCount = 0, .queue = customQueue<SecretQueue>()},
                    [](Job<int, int> &) {});
    for (int key = 1; key <= 3; ++key)
        factory.dispatch(key, 0);
    QCOMPARE(listed(factory.jobs()), QStringList{u"1 Waiting"_s});
    QVERIFY(factory.snapshot().oldestWaiting > 0ns);
    QVERIFY(factory.cancelJob(factory.jobs().first().id));
    QCOMPARE(listed(factory.jobs()), QStringList{u"2 Waiting"_s});
}

QTEST_GUILESS_MAIN(tst_JobList)
#include "tst_joblist.moc"
