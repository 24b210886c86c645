// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/desk.h"
#include "support/hangable.h"

#include <Millwright/ChromeTrace>
#include <Millwright/FactoryMonitor>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "monitor/timeline.h"
#include "statistics/tracelog.h"

#include <algorithm>
#include <functional>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::eventually;
using Support::Gate;
using Support::hasEnded;

namespace {

constexpr qint64 Millisecond = 1'000'000;

// Takes its time, so that it counts as a long one.
void work(std::chrono::milliseconds time)
{
    QElapsedTimer timer;
    timer.start();
    while (!timer.hasExpired(time.count()))
        QThread::yieldCurrentThread();
}

const TraceSpan *spanOf(const QList<TraceSpan> &spans, const QString &key)
{
    const auto it = std::find_if(spans.begin(), spans.end(),
                                 [&](const auto &span) { return span.key == key; });
    return it == spans.end() ? nullptr : &*it;
}

} // namespace

// Who ran what when.
class tst_Trace : public QObject
{
    Q_OBJECT

public:
    enum End { Drained, TooMany, Lost }; // of a worker

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_longJobsHaveTheirSpans();
    void UI_6_shortJobsAreTogether();
    void UI_6_shortJobsOutliveTheirWorker_data();
    void UI_6_shortJobsOutliveTheirWorker();
    void UI_6_outcomesAreThoseOfTheCounters();
    void UI_6_lostAndAsynchronousJobsHaveSpans();
    void UI_6_nothingIsRecordedUntraced();
    void UI_6_whatHasEndedDoesNotRun();
    void UI_6_monitorShowsATimeline();
    void UI_6_timelineIsBounded();
    void UI_6_chromeTraceIsComplete();
};

void tst_Trace::UI_6_longJobsHaveTheirSpans()
{
    const Gate gate;
    Factory factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker},
                    [gate](Job<QString, int> &job) {
                        work(3ms);
                        if (job.key() == u"failed"_s)
                            throw JobError(u"on purpose"_s);
                        if (job.key() == u"canceled"_s) {
                            gate.pass();
                            while (!job.isCanceled())
                                QThread::yieldCurrentThread();
                        }
                    });
    gate.open();
    factory.beginTrace();
    const qint64 before = factory.snapshot().time;
    QVERIFY(factory.start());
    factory.dispatch(u"good"_s, 0, {.label = u"label"_s});
    factory.dispatch(u"failed"_s, 0);
    factory.dispatch(u"canceled"_s, 0);
    QVERIFY(gate.awaitArrivals());
    QVERIFY(factory.interruptWorker(0));
    QVERIFY(hasEnded(factory.drain()));
    const qint64 after = factory.snapshot().time;

    const QList<TraceSpan> spans = factory.trace();
    QCOMPARE(spans.size(), 3);
    const QStringList keys{u"good"_s, u"failed"_s, u"canceled"_s};
    const QList<Outcome> outcomes{Outcome::Completed, Outcome::Failed, Outcome::Canceled};
    qint64 last = before;
    for (int i = 0; i < 3; ++i) {
        const TraceSpan &span = spans.at(i);
        QCOMPARE(span.number, quint64(i + 1));
        QCOMPARE(span.key, keys.at(i));
        QCOMPARE(span.label, i == 0 ? u"label"_s : QString());
        QVERIFY(span.outcome == outcomes.at(i));
        QCOMPARE(span.worker, 0);
        QCOMPARE(span.jobs, 1);
        QVERIFY(span.start >= last);
        QVERIFY(span.end - span.start >= 3 * Millisecond);
        last = span.end;
    }
    QVERIFY(last <= after);
    QCOMPARE(factory.trace(2).size(), 1);
    QCOMPARE(factory.trace(3).size(), 0);
}

void tst_Trace::UI_6_shortJobsAreTogether()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &job) {
        if (job.message() == 1)
            work(2ms);
    });
    factory.beginTrace();
    QVERIFY(factory.start());
    for (int i = 0; i < 10'000; ++i)
        factory.dispatch(i, 0);
    QVERIFY(eventually([&] { return factory.completed() == 10'000; }));
    QList<TraceSpan> spans = factory.trace();
    int jobs = 0;
    for (const TraceSpan &span : spans) {
        jobs += span.jobs;
        QVERIFY(span.end >= span.start);
        QVERIFY(span.key.isEmpty() || span.jobs == 1); // its thread had to wait for a processor
    }
    QCOMPARE(jobs, 10'000);
    QCOMPARE(spans.last().number, quint64(0)); // may still grow
    QVERIFY(spans.size() <= 1000);

    factory.dispatch(20'000, 1);
    QVERIFY(eventually([&] { return factory.completed() == 10'001; }));
    spans = factory.trace();
    QCOMPARE(spans.last().key, u"20000"_s);
    QVERIFY(
        std::all_of(spans.begin(), spans.end(), [](const auto &span) { return span.number > 0; }));
}

void tst_Trace::UI_6_shortJobsOutliveTheirWorker_data()
{
    QTest::addColumn<End>("end");
    QTest::newRow("drained") << Drained;
    QTest::newRow("too many") << TooMany;
    QTest::newRow("lost") << Lost;
}

void tst_Trace::UI_6_shortJobsOutliveTheirWorker()
{
    QFETCH(const End, end);
    const Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<int, bool> &job) {
        if (job.message())
            gate.pass();
    });
    factory.beginTrace();
    QVERIFY(factory.start());
    for (int i = 0; i < 100; ++i)
        factory.dispatch(i, false);
    QVERIFY(eventually([&] { return factory.completed() == 100; }));
    switch (end) {
    case Drained:
        QVERIFY(hasEnded(factory.drain()));
        break;
    case TooMany:
        factory.setWorkerCount(0);
        QVERIFY(eventually([&] { return factory.snapshot().workers.isEmpty(); }));
        break;
    case Lost:
        factory.dispatch(100, true);
        QVERIFY(gate.awaitArrivals());
        Support::expectReplaced();
        Support::expectLost(u"100"_s);
        QVERIFY(factory.replaceWorker(0));
        gate.open();
        QVERIFY(eventually([&] { return factory.condemnedThreads() == 0; }));
        break;
    }
    int jobs = 0;
    for (const TraceSpan &span : factory.trace()) {
        jobs += span.jobs;
        QVERIFY(span.number > 0);
    }
    QCOMPARE(jobs, end == Lost ? 101 : 100);
}

void tst_Trace::UI_6_outcomesAreThoseOfTheCounters()
{
    const Gate gate;
    Factory factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker},
                    [gate](Job<QString, bool> &job) {
                        if (job.message())
                            gate.pass();
                        throw JobError(u"on purpose"_s);
                    });
    factory.beginTrace();
    QVERIFY(factory.start());
    factory.dispatch(u"fails"_s, false);
    QFuture<void> future = factory.submit(u"is canceled"_s, true);
    QVERIFY(gate.awaitArrivals());
    future.cancel();
    gate.open();
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(factory.counters().failed, 1);
    QCOMPARE(factory.counters().canceled, 1);
    const QList<TraceSpan> spans = factory.trace();
    QVERIFY(spanOf(spans, u"fails"_s)->outcome == Outcome::Failed);
    QVERIFY(spanOf(spans, u"is canceled"_s)->outcome == Outcome::Canceled);
}

void tst_Trace::UI_6_lostAndAsynchronousJobsHaveSpans()
{
    const Support::Trap trap;
    const Support::EventLog log;
    Factory<Support::Hangable> factory({.workerCount = 1}, workerBuilder<Support::Hangable>(log));
    const Support::TrapOpener opener(trap);
    factory.beginTrace();
    QVERIFY(factory.start());
    factory.dispatch(u"hung"_s, [trap] { trap.enter(); });
    QVERIFY(trap.awaitEntry());
    Support::expectReplaced();
    Support::expectLost(u"hung"_s);
    QVERIFY(factory.replaceWorker(0));
    QCOMPARE(factory.trace().size(), 1);
    QVERIFY(factory.trace().first().outcome == Outcome::WorkerLost);
    QCOMPARE(factory.trace().first().key, u"hung"_s);
    trap.release();
    QVERIFY(eventually([&] { return factory.condemnedThreads() == 0; }));
    QCOMPARE(factory.trace().size(), 1); // what it does now concerns nobody

    const Support::Desk desk;
    Factory<Support::Asker> asker({.workerCount = 1}, workerBuilder<Support::Asker>(desk));
    asker.beginTrace();
    QVERIFY(asker.start());
    auto job = asker.submit(1, {});
    QVERIFY(desk.awaitQuestions(1));
    QPromise<QString> promise = desk.take(0);
    const qint64 asked = asker.snapshot().time;
    work(2ms);
    promise.addResult(QString());
    promise.finish();
    QVERIFY(hasEnded(job));
    QVERIFY(eventually([&] { return asker.trace().size() == 1; }));
    QVERIFY(asker.trace().first().end - asked >= 2 * Millisecond);
}

void tst_Trace::UI_6_nothingIsRecordedUntraced()
{
    Factory factory({.workerCount = 1}, [](Job<int, int> &) { work(1ms); });
    QVERIFY(factory.start());
    factory.endTrace(); // there is none
    const auto run = [&](int key) { return hasEnded(factory.submit(key, 0)); };
    QVERIFY(run(1));
    QVERIFY(factory.trace().isEmpty());
    factory.beginTrace();
    factory.beginTrace();
    QVERIFY(run(2));
    QCOMPARE(factory.trace().size(), 1);
    factory.endTrace();
    QVERIFY(run(3));
    QCOMPARE(factory.trace().size(), 2);
    factory.endTrace();
    QVERIFY(factory.trace().isEmpty());
    QVERIFY(run(4));
    QVERIFY(factory.trace().isEmpty());
    factory.beginTrace();
    QVERIFY(run(5));
    QCOMPARE(factory.trace().size(), 1);
    QCOMPARE(factory.trace().first().number, quint64(3)); // they go on
    factory.endTrace();
}

// A trace that was taken after the workers were looked at.
void tst_Trace::UI_6_whatHasEndedDoesNotRun()
{
    const QList<WorkerSnapshot> workers{
        {.id = 0, .job = 7, .elapsed = 30ns}, {.id = 1, .job = 8, .elapsed = 30ns}, {.id = 2}};
    const QList<TraceSpan> trace{{.number = 1, .worker = 0, .start = 50, .end = 70},
                                 {.number = 2, .worker = 1, .start = 50, .end = 70},
                                 {.number = 3, .worker = 1, .start = 70, .end = 110}};
    const QList<TraceSpan> running = runningSpans(workers, 100, trace);
    QCOMPARE(running.size(), 1);
    QCOMPARE(running.first().worker, 0);
    QCOMPARE(running.first().start, 70);
}

void tst_Trace::UI_6_monitorShowsATimeline()
{
    const Gate gate;
    Factory factory({.workerCount = 1}, [gate](Job<QString, int> &job) {
        work(1ms);
        if (job.key() == u"long"_s)
            gate.pass();
    });
    const Support::GateOpener opener(gate);
    FactoryMonitor monitor;
    monitor.setInterval(FactoryMonitor::MinimumInterval);
    monitor.setTimelineSpan(60);
    monitor.setFactory(&factory);
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(u"unseen"_s, 0))); // nobody looks yet
    monitor.setActive(true);
    factory.dispatch(u"short"_s, 0);
    factory.dispatch(u"long"_s, 0);
    QVERIFY(gate.awaitArrivals());
    QTRY_COMPARE(monitor.timeline().size(), 2);
    QVERIFY(!spanOf(monitor.timeline(), u"unseen"_s));
    const TraceSpan *ended = spanOf(monitor.timeline(), u"short"_s);
    const TraceSpan *running = spanOf(monitor.timeline(), u"long"_s);
    QVERIFY(ended && running);
    QVERIFY(ended->end > ended->start && ended->end <= running->start);
    QCOMPARE(running->end, -1);
    gate.open();
    QTRY_VERIFY(monitor.timeline().size() == 2 && monitor.timeline().last().end > 0);

    monitor.setTimelineSpan(0);
    QVERIFY(factory.trace().isEmpty());
    QVERIFY(monitor.timeline().isEmpty());
    monitor.setTimelineSpan(1);
    QVERIFY(hasEnded(factory.submit(u"last"_s, 0)));
    QTRY_COMPARE(monitor.timeline().size(), 1);
    QTRY_COMPARE(monitor.timeline().size(), 0); // a second has passed
    factory.dispatch(u"last"_s, 0);
    QTRY_COMPARE(monitor.timeline().size(), 1);
    monitor.setActive(false);
    QVERIFY(factory.trace().isEmpty());
}

void tst_Trace::UI_6_timelineIsBounded()
{
    constexpr int Jobs = 50'000;
    Factory factory({.workerCount = 2, .onFailure = OnFailure::KeepWorker, .deadLetterLimit = 0},
                    [](Job<int, int> &) { throw JobError(u"on purpose"_s); }); // a span for each
    FactoryMonitor monitor;
    monitor.setInterval(FactoryMonitor::MinimumInterval);
    monitor.setTimelineSpan(600);
    monitor.setFactory(&factory);
    monitor.setActive(true);
    QVERIFY(factory.start());
    for (int i = 0; i < Jobs; ++i)
        factory.dispatch(i, 0);
    qsizetype most = 0;
    connect(&monitor, &FactoryMonitor::sampled, this,
            [&] { most = std::max(most, monitor.timeline().size()); });
    QTRY_COMPARE_WITH_TIMEOUT(monitor.failed(), double(Jobs), 60'000);
    QVERIFY2(most > 10'000 && most <= qsizetype(TraceLog::Capacity) + 2,
             qPrintable(QString::number(most)));
}

void tst_Trace::UI_6_chromeTraceIsComplete()
{
    const Gate gate;
    Factory factory({.name = u"a \"name\""_s, .workerCount = 2}, [gate](Job<QString, int> &job) {
        if (job.message() == 1)
            work(2ms);
        if (job.message() == 2)
            gate.pass();
    });
    const Support::GateOpener opener(gate);
    factory.beginTrace();
    QVERIFY(factory.start());
    QVERIFY(hasEnded(factory.submit(u"long"_s, 1, {.label = u"label"_s})));
    QVERIFY(hasEnded(factory.submit(u"short"_s, 0)));
    factory.dispatch(u"running"_s, 2);
    QVERIFY(gate.awaitArrivals());

    const QJsonDocument document = QJsonDocument::fromJson(chromeTrace(factory));
    QVERIFY(document.isObject());
    const QJsonArray events = document[u"traceEvents"_s].toArray();
    QStringList texts;
    for (const auto &value : events) {
        const QJsonObject event = value.toObject();
        const QJsonObject arguments = event[u"args"_s].toObject();
        QCOMPARE(event[u"pid"_s].toInt(), 1);
        if (event[u"ph"_s] == u"M"_s) {
            texts.append(event[u"name"_s].toString() + u" "_s + arguments[u"name"_s].toString());
            continue;
        }
        QCOMPARE(event[u"ph"_s].toString(), u"X"_s);
        QVERIFY(event[u"ts"_s].toDouble() > 0);
        QVERIFY(event[u"dur"_s].toDouble() >= (event[u"name"_s] == u"long"_s ? 2000 : 0));
        texts.append(u"%1 %2 %3 %4"_s
                         .arg(event[u"name"_s].toString(), arguments[u"outcome"_s].toString(),
                              QString::number(arguments[u"jobs"_s].toInt()),
                              arguments[u"label"_s].toString())
                         .trimmed());
    }
    QCOMPARE(texts, (QStringList{u"process_name a \"name\""_s, u"thread_name worker 0"_s,
                                 u"thread_name worker 1"_s, u"long Completed 1 label"_s,
                                 u"job Completed 1"_s, u"running Running 1"_s}));
}

QTEST_GUILESS_MAIN(tst_Trace)
#include "tst_trace.moc"
