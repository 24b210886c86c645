// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"

#include <Millwright/Factory>

#include <QCoro/QCoroFuture>
#include <QCoro/QCoroTask>
#include <QCoro/QCoroTimer>

#include <QException>
#include <QPromise>
#include <QtConcurrent>
#include <QTest>
#include <QThread>

#include <functional>
#include <vector>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

#include "coroutines.h"

struct Mishap : QException
{
    void raise() const override { throw *this; }
    Mishap *clone() const override { return new Mishap(*this); }
};

using Log = Support::EventLog;

//! Says where it is, and lasts until the future in its message has ended.
class Patient : public Worker<QString, QFuture<int>, QFuture<QThread *>>
{
public:
    explicit Patient(const Log &log) : m_log(log) {}

    QFuture<QThread *> process(Job &job) override { return toFuture(wait(job)); }

private:
    QCoro::Task<QThread *> wait(Job &job)
    {
        m_log.add(job.key() + u" begins"_s);
        const int answer = co_await job.message();
        m_log.add(job.key() + u" resumes"_s);
        if (answer < 0)
            throw Mishap();
        co_await QCoro::sleepFor(1ms);
        if (thread() != QThread::currentThread())
            m_log.add(u"astray"_s);
        m_log.add(job.key() + (job.isCanceled() ? u" was canceled"_s : u" ends"_s));
        co_return QThread::currentThread();
    }

    const Log m_log;
};

//! A promise whose future the coroutine awaits.
struct Question
{
    Question() { promise.start(); }
    void answer(int number)
    {
        promise.addResult(number);
        promise.finish();
    }
    QPromise<int> promise;
};

} // namespace

// The coroutines that docs/asynchronous-workers.md shows, as they stand there, and some more.
class tst_Coroutines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void POOL_2_coroutineOfTheDocument();
    void POOL_2_coroutinesWithoutAResult();
    void POOL_2_coroutineThatNeverWaits_data();
    void POOL_2_coroutineThatNeverWaits();
    void POOL_2_coroutinesTakeTurnsOnOneThread();
    void POOL_2_exceptionKeepsItsType();
    void POOL_2_canceledCoroutine();
    void POOL_2_stopLetsTheCoroutineEnd();
};

void tst_Coroutines::POOL_2_coroutineOfTheDocument()
{
    Factory<Squarer> factory({.workerCount = 1});
    QVERIFY(factory.start());
    auto three = factory.submit(1, 3.0);
    auto four = factory.submit(1, 4.0);
    QVERIFY(hasEnded(three) && hasEnded(four));
    QCOMPARE(three.result() + four.result(), 25.0);
}

void tst_Coroutines::POOL_2_coroutinesWithoutAResult()
{
    const Log log;
    const auto note = [](Log events, QString key) -> QCoro::Task<> {
        co_await QCoro::sleepFor(1ms);
        events.add(key);
    };
    Factory factory({.workerCount = 1},
                    [=](Job<QString, int> &job) { return toFuture(note(log, job.key())); });
    QVERIFY(factory.start());
    QFuture<void> future = factory.submit(u"a"_s, 0);
    QVERIFY(factory.dispatch(u"b"_s, 0));
    QVERIFY(hasEnded(factory.drain()));
    QVERIFY(!Support::errorOf(future));
    QCOMPARE(log.events(), (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(factory.counters().completed, 2);
}

void tst_Coroutines::POOL_2_coroutineThatNeverWaits_data()
{
    QTest::addColumn<bool>("fails");
    QTest::newRow("result") << false;
    QTest::newRow("exception") << true;
}

void tst_Coroutines::POOL_2_coroutineThatNeverWaits()
{
    QFETCH(const bool, fails);
    const auto atOnce = [](bool isBad) -> QCoro::Task<int> {
        if (isBad)
            throw JobError(u"at once"_s);
        co_return 42;
    };
    Factory factory({.workerCount = 1},
                    [=](Job<int, bool> &job) { return toFuture(atOnce(job.message())); });
    QVERIFY(factory.start());
    QFuture<int> future = factory.submit(1, fails);
    QVERIFY(hasEnded(future));
    if (fails)
        QCOMPARE(Support::errorAs<JobError>(future).value().text(), u"at once"_s);
    else
        QCOMPARE(future.result(), 42);
}

void tst_Coroutines::POOL_2_coroutinesTakeTurnsOnOneThread()
{
    const Log log;
    Question questions[3];
    Factory<Patient> factory({.workerCount = 3, .threadCount = 1}, workerBuilder<Patient>(log));
    QVERIFY(factory.start());
    std::vector<QFuture<QThread *>> futures;
    for (int i = 0; i < 3; ++i)
        futures.push_back(factory.submit(QString::number(i), questions[i].promise.future()));
    QCOMPARE(log.await(3).size(), 3); // all have begun
    QCOMPARE(factory.counters().running, 3);
    for (const int i : {1, 2, 0}) {
        questions[i].answer(i);
        QVERIFY(hasEnded(futures.at(std::size_t(i))));
    }
    QCOMPARE(log.events().mid(3), (QStringList{u"1 resumes"_s, u"1 ends"_s, u"2 resumes"_s,
                                               u"2 ends"_s, u"0 resumes"_s, u"0 ends"_s}));
    QVERIFY(futures[0].result() == futures[1].result());
    QVERIFY(futures[0].result() != QThread::currentThread());
}

void tst_Coroutines::POOL_2_exceptionKeepsItsType()
{
    const Log log;
    Question question;
    Factory<Patient> factory({.workerCount = 1}, workerBuilder<Patient>(log));
    QVERIFY(factory.start());
    auto future = factory.submit(u"a"_s, question.promise.future());
    QCOMPARE(log.await(1).size(), 1);
    question.answer(-1);
    QVERIFY(Support::errorAs<Mishap>(future));
    QCOMPARE(factory.counters().failed, 1);
}

// The job is there until the coroutine has ended.
void tst_Coroutines::POOL_2_canceledCoroutine()
{
    const Log log;
    Question question;
    Factory<Patient> factory({.workerCount = 1}, workerBuilder<Patient>(log));
    QVERIFY(factory.start());
    auto future = factory.submit(u"a"_s, question.promise.future());
    QCOMPARE(log.await(1).size(), 1);
    future.cancel();
    QCOMPARE(factory.counters().running, 1);
    question.answer(1);
    QVERIFY(eventually([&] { return factory.counters().canceled == 1; }));
    QCOMPARE(log.events().last(), u"a was canceled"_s);
}

void tst_Coroutines::POOL_2_stopLetsTheCoroutineEnd()
{
    const Log log;
    Question question;
    Factory<Patient> factory({.workerCount = 2, .threadCount = 1}, workerBuilder<Patient>(log));
    QVERIFY(factory.start());
    auto future = factory.submit(u"a"_s, question.promise.future());
    QCOMPARE(log.await(1).size(), 1);
    QFuture<void> stopped = factory.stop();
    QVERIFY(!stopped.isFinished());
    question.answer(1);
    QVERIFY(hasEnded(stopped));
    QCOMPARE(log.events().last(), u"a ends"_s);
    QVERIFY(future.result());
}

QTEST_GUILESS_MAIN(tst_Coroutines)

#include "tst_coroutines.moc"
