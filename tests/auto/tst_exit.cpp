// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/eventlog.h"
#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>

#include <QProcess>
#include <QTest>

#include <thread>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::hasEnded;

namespace {

constexpr auto Deadline = 200ms;
// By how much a loaded machine may be late.
constexpr auto Slack = 2s;

//! Tells the log where its life begins and ends; a job with a gate stands there.
class Hanging : public Worker<QString, std::shared_ptr<Support::Gate>, int>
{
public:
    explicit Hanging(const Support::EventLog &log) : m_log(log), m_thread(QThread::currentThread())
    {
    }
    ~Hanging() override { note(u"destructor"_s); }
    int process(Job &job) override
    {
        if (job.message())
            job.message()->pass();
        return 1;
    }
    void stopping() override { note(u"stopping"_s); }

private:
    void note(const QString &what)
    {
        m_log.add(u"%1 %2"_s.arg(workerId()).arg(what)
                  + (QThread::currentThread() == m_thread ? u""_s : u" astray"_s));
    }

    const Support::EventLog m_log;
    QThread *const m_thread;
};

void expectWarningAbout(const QString &job)
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"worker \\d has not finished job \"%1\" by the "
                                            "deadline.*given up"_s.arg(job)));
}

} // namespace

class tst_Exit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void LIFE_5_stopGivesUpAWorkerThatNeverReturns_data();
    void LIFE_5_stopGivesUpAWorkerThatNeverReturns();
    void LIFE_5_destructorGivesUp_data();
    void LIFE_5_destructorGivesUp();
    void LIFE_5_interruptionIsRequested();
    void LIFE_5_hangInStartOrEndIsNamed_data();
    void LIFE_5_hangInStartOrEndIsNamed();
    void LIFE_5_stopFromAJobOfTheFactoryReturns();
    void LIFE_5_applicationTeardown_data();
    void LIFE_5_applicationTeardown();
};

void tst_Exit::LIFE_5_stopGivesUpAWorkerThatNeverReturns_data()
{
    QTest::addColumn<int>("threadCount");
    QTest::newRow("thread per worker") << 0;
    QTest::newRow("shared threads") << 1;
}

void tst_Exit::LIFE_5_stopGivesUpAWorkerThatNeverReturns()
{
    QFETCH(const int, threadCount);
    const Support::EventLog log;
    const auto gate = std::make_shared<Support::Gate>();
    QFuture<int> hung;
    QFuture<int> waiting;
    {
        Factory<Hanging> factory({.name = u"mill"_s, .workerCount = 3, .threadCount = threadCount},
                                 workerBuilder<Hanging>(log));
        const Support::GateOpener opener(*gate);
        QVERIFY(factory.start());
        hung = factory.submit(u"stuck"_s, gate, {.label = u"the long one"_s});
        QVERIFY(gate->awaitArrivals());
        if (threadCount)
            waiting = factory.submit(u"behind"_s, nullptr);

        expectWarningAbout(u"stuck"_s);
        QElapsedTimer timer;
        timer.start();
        const StopReport report = factory.stop(Deadline);
        const std::chrono::nanoseconds took(timer.nsecsElapsed());
        QVERIFY(took >= Deadline && took < Deadline + Slack);

        QVERIFY(!report.isClean());
        QCOMPARE(report.unfinished.size(), 1); // not those who had nothing to do
        const UnfinishedJob &job = report.unfinished.constFirst();
        QCOMPARE(job.key, u"stuck"_s);
        QCOMPARE(job.label, u"the long one"_s);
        QVERIFY(job.elapsed >= Deadline);

        QVERIFY(hung.isFinished());
        QVERIFY(Support::errorAs<WorkerLost>(hung));
        QVERIFY(!threadCount || Support::errorAs<JobDiscarded>(waiting));
        QVERIFY(factory.state() == FactoryState::Stopped);
        QVERIFY(Support::isConserved(factory.counters()));
        QCOMPARE(factory.counters().lost, 1);
        QCOMPARE(factory.queueDepth(), 0);
        QCOMPARE(factory.activeWorkers(), 0);
        QVERIFY(factory.stop(0ms).isClean()); // once
        QVERIFY(hasEnded(factory.drain()));
        if (threadCount == 0)
            QCOMPARE(log.count(u"0 stopping"_s) + log.count(u"1 stopping"_s)
                         + log.count(u"2 stopping"_s),
                     2);
        gate->open();
        // What comes back now is ignored, and every worker is destroyed on its own thread.
        QVERIFY(eventually([&] { return log.events().filter(u"destructor"_s).size() == 3; }));
        QCOMPARE(factory.counters().lost, 1);
        QCOMPARE(factory.counters().completed, 0);
    }
    QVERIFY(log.events().filter(u"astray"_s).isEmpty());
    QCOMPARE(hung.resultCount(), 0);
}

void tst_Exit::LIFE_5_destructorGivesUp_data()
{
    QTest::addColumn<bool>("onGuiThread");
    QTest::addColumn<bool>("byDeadlineProperty");
    QTest::newRow("GUI thread") << true << false;
    QTest::newRow("another thread") << false << false;
    QTest::newRow("deadline was changed") << true << true;
}

void tst_Exit::LIFE_5_destructorGivesUp()
{
    QFETCH(const bool, onGuiThread);
    QFETCH(const bool, byDeadlineProperty);
    const Support::EventLog log;
    const auto gate = std::make_shared<Support::Gate>();
    const Support::GateOpener opener(*gate);
    QFuture<int> hung;
    std::atomic<bool> arrived = false;
    std::chrono::nanoseconds took{};
    expectWarningAbout(u"stuck"_s);
    const auto live = [&] {
        QElapsedTimer timer;
        {
            Factory<Hanging> factory(
                {.workerCount = 1, .stopDeadline = byDeadlineProperty ? 1h : Deadline},
                workerBuilder<Hanging>(log));
            factory.setStopDeadline(int(Deadline.count()));
            factory.start();
            hung = factory.submit(u"stuck"_s, gate);
            arrived = gate->awaitArrivals();
            timer.start();
        }
        took = std::chrono::nanoseconds(timer.nsecsElapsed());
    };
    if (onGuiThread)
        live();
    else
        std::thread(live).join();
    QVERIFY(arrived);
    QVERIFY(took >= Deadline && took < Deadline + Slack);
    QVERIFY(Support::errorAs<WorkerLost>(hung));
    gate->open(); // after the factory has gone
    QCOMPARE(log.await(1), QStringList{u"0 destructor"_s});
}

void tst_Exit::LIFE_5_interruptionIsRequested()
{
    const Support::Gate running;
    const Support::Gate ended;
    {
        Factory factory({.workerCount = 1, .stopDeadline = 0ms}, [=](Job<QString, int> &) {
            static_cast<void>(running.arrivals());
            running.pass();
            const QDeadlineTimer deadline(Support::Patience);
            while (!QThread::currentThread()->isInterruptionRequested() && !deadline.hasExpired())
                QThread::yieldCurrentThread();
            if (!deadline.hasExpired())
                ended.pass();
        });
        const Support::GateOpener opener(ended);
        running.open();
        QVERIFY(factory.start());
        factory.dispatch(u"polite"_s, 0);
        QVERIFY(running.awaitArrivals());
        expectWarningAbout(u"polite"_s);
    }
    QVERIFY(ended.awaitArrivals());
}

void tst_Exit::LIFE_5_hangInStartOrEndIsNamed_data()
{
    QTest::addColumn<bool>("inStart");
    QTest::newRow("starting()") << true;
    QTest::newRow("stopping()") << false;
}

void tst_Exit::LIFE_5_hangInStartOrEndIsNamed()
{
    QFETCH(const bool, inStart);
    struct Slow : Worker<int, int, void>
    {
        Slow(const Support::Gate &g, bool s, const Support::Gate &e)
            : gate(g)
            , gone(e)
            , slowStart(s)
        {
        }
        ~Slow() override { gone.pass(); }
        void starting() override
        {
            if (slowStart)
                gate.pass();
        }
        void process(Job &) override {}
        void stopping() override
        {
            if (!slowStart)
                gate.pass();
        }
        const Support::Gate gate;
        const Support::Gate gone;
        const bool slowStart;
    };
    const Support::Gate gate;
    const Support::Gate gone;
    gone.open();
    const Support::GateOpener opener(gate);
    {
        Factory<Slow> factory({.name = u"mill"_s, .workerCount = 1},
                              workerBuilder<Slow>(gate, inStart, gone));
        QVERIFY(factory.start());
        QFuture<void> stopped;
        if (inStart) {
            QVERIFY(gate.awaitArrivals());
        } else {
            QVERIFY(eventually([&] { return factory.state() == FactoryState::Running; }));
            stopped = factory.stop();
            QVERIFY(gate.awaitArrivals());
        }
        QTest::ignoreMessage(QtWarningMsg,
                             "Factory \"mill\": worker 0 has not come to its end by the deadline; "
                             "its thread was given up.");
        const StopReport report = factory.stop(1ms);
        QCOMPARE(report.unfinished.size(), 1);
        QCOMPARE(report.unfinished.constFirst().worker, 0);
        QVERIFY(report.unfinished.constFirst().key.isEmpty());
        QVERIFY(inStart || hasEnded(stopped));
    }
    gate.open();
    QVERIFY(gone.awaitArrivals());
}

void tst_Exit::LIFE_5_stopFromAJobOfTheFactoryReturns()
{
    // It is told not to. It has to get out of it all the same.
    std::atomic<FactoryBase *> self = nullptr;
    std::atomic<qsizetype> unfinished = 0;
    Factory factory({.workerCount = 1}, [&](Job<QString, int> &) {
        unfinished = self.load()->stop(1ms).unfinished.size();
    });
    self = &factory;
    expectWarningAbout(u"me"_s);
    QVERIFY(factory.start());
    auto future = factory.submit(u"me"_s, 0);
    QVERIFY(eventually([&] { return unfinished == 1; }));
    QVERIFY(hasEnded(future));
    QVERIFY(Support::errorAs<WorkerLost>(future));
}

void tst_Exit::LIFE_5_applicationTeardown_data()
{
    QTest::addColumn<QString>("scenario");
    QTest::addColumn<QByteArray>("output");
    QTest::newRow("before the application")
        << u"early"_s << QByteArray("create the QCoreApplication first");
    for (const char *place : {"child", "static", "leaked"}) {
        const QString name = QString::fromLatin1(place);
        const bool ends = name != u"leaked"_s;
        QTest::addRow("%s, idle", place) << name + u" idle"_s << QByteArray();
        QTest::addRow("%s, busy", place)
            << name + u" busy"_s << (ends ? "has not finished job \"stuck\"" : QByteArray());
        QTest::addRow("%s, slow end", place)
            << name + u" slow"_s << (ends ? "destroyed 4" : QByteArray());
    }
}

// What happens at the end of a process, in a process of its own: see exithelper.cpp.
void tst_Exit::LIFE_5_applicationTeardown()
{
    QFETCH(const QString, scenario);
    QFETCH(const QByteArray, output);
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    QElapsedTimer timer;
    timer.start();
    process.start(QCoreApplication::applicationDirPath() + u"/exithelper"_s, scenario.split(u' '));
    QVERIFY(process.waitForFinished(10'000));
    const QByteArray text = process.readAll();
    QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, text);
    QVERIFY2(output.isEmpty() ? text.isEmpty() : text.count('\n') == 1 && text.contains(output),
             text);
    QVERIFY(timer.elapsed() < 4000); // its deadline is one second
}

QTEST_GUILESS_MAIN(tst_Exit)

#include "tst_exit.moc"
