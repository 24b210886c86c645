// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/watched.h"

#include <Millwright/Factory>
#include <Millwright/FactoryMonitor>
#include <Millwright/TextFilter>

#include <QtCore/qrandom.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <cmath>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Support::hasTimer;
using Support::isLooking;
using Support::Watched;

using Tester = QAbstractItemModelTester;

namespace {

QList<JobSnapshot> jobs(const QList<int> &ids)
{
    QList<JobSnapshot> jobs;
    for (int id : ids)
        jobs.append({.id = quint64(id), .key = QString::number(id)});
    return jobs;
}

QStringList keys(const QAbstractItemModel &model, int role = JobModel::KeyRole)
{
    QStringList keys;
    for (int row = 0; row < model.rowCount(); ++row)
        keys.append(model.index(row, 0).data(role).toString());
    return keys;
}

} // namespace

// What a dashboard does with a monitor: it stops the picture, looks for jobs, and acts on what it has found.
class tst_MonitorView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_frozenViewStaysAsItIs();
    void UI_6_frozenTimelineCanBeExported();
    void UI_6_anotherPartOfAFrozenViewIsThere();
    void UI_6_pausesAreGapsInTheHistory();
    void UI_6_nothingOldIsShownAfterAPause();
    void UI_6_pauseWakesAMonitorAtRest();
    void UI_6_historyGoesOnAtRest();
    void UI_6_jobRolesAreNamed();
    void UI_6_jobRowsFollowAnyChange();
    void UI_6_jobLimitIsKept();
    void UI_6_textsAreFiltered_data();
    void UI_6_textsAreFiltered();
    void UI_6_filterFollowsItsModel();
    void UI_6_foundJobsAreCanceled();
    void UI_6_foundDeadLettersAreRetriedAndDropped();
    void UI_6_badTimelineSpanIsNamed();
};

void tst_MonitorView::UI_6_frozenViewStaysAsItIs()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    QSignalSpy frozen(&monitor, &FactoryMonitor::frozenChanged);
    watched.factory->start();
    monitor.setActive(true);
    watched.dispatch(2);
    QTRY_COMPARE(monitor.activeWorkers(), 2);
    monitor.setFrozen(true);
    QCOMPARE(frozen.count(), 1);
    QVERIFY(!hasTimer(monitor));
    QSignalSpy sampled(&monitor, &FactoryMonitor::sampled);
    QSignalSpy changed(watched.factory.get(), &FactoryBase::countersChanged);
    watched.gate.open();
    QTRY_COMPARE(watched.factory->completed(), 2.0);
    QTRY_VERIFY(!changed.isEmpty());
    QVERIFY(!hasTimer(monitor));
    QCOMPARE(sampled.count(), 0);
    QCOMPARE(monitor.activeWorkers(), 2);
    monitor.setActive(false);
    monitor.setActive(true);
    QCOMPARE(sampled.count(), 0);
    monitor.setFrozen(false);
    QCOMPARE(monitor.completed(), 2.0);
    QVERIFY(isLooking(monitor));
}

void tst_MonitorView::UI_6_frozenTimelineCanBeExported()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    monitor.setTimelineSpan(60);
    watched.factory->start();
    monitor.setActive(true);
    watched.gate.open();
    watched.dispatch(3, false);
    QTRY_COMPARE(watched.factory->trace().size(), 3);
    QTRY_COMPARE(monitor.timeline().size(), 3);
    monitor.setFrozen(true);
    const auto kept = [&] {
        return monitor.timeline().size() == 3 && watched.factory->trace().size() == 3;
    };
    QVERIFY(kept());
    monitor.setTimelineSpan(0); // another part is looked at
    QVERIFY(kept());
    monitor.setTimelineSpan(60);
    QVERIFY(kept());
    monitor.setActive(false); // nothing is recorded for nobody
    QVERIFY(watched.factory->trace().isEmpty());
    QCOMPARE(monitor.timeline().size(), 3);
    monitor.setActive(true);
    QCOMPARE(monitor.timeline().size(), 3);
    monitor.setFrozen(false);
    QVERIFY(monitor.timeline().isEmpty());
}

void tst_MonitorView::UI_6_anotherPartOfAFrozenViewIsThere()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    monitor.setJobLimit(-1);
    watched.factory->start();
    watched.dispatch(5);
    monitor.setActive(true);
    monitor.setFrozen(true);
    QCOMPARE(monitor.jobs()->count(), 0);
    monitor.setJobLimit(100);
    QCOMPARE(monitor.jobs()->count(), 5);
    watched.dispatch(5);
    monitor.setJobLimit(-1);
    monitor.setJobLimit(100);
    QCOMPARE(monitor.jobs()->count(), 5);

    Watched other;
    other.factory->start();
    other.dispatch(4);
    QTRY_COMPARE(other.factory->activeWorkers(), 2);
    monitor.setFactory(other.factory.get());
    QVERIFY(monitor.state() == FactoryState::Running);
    QCOMPARE(monitor.queueDepth(), 2);
    QCOMPARE(monitor.jobs()->count(), 4);
    QVERIFY(!hasTimer(monitor));
    other.dispatch(1);
    QCOMPARE(monitor.queueDepth(), 2);
}

void tst_MonitorView::UI_6_pausesAreGapsInTheHistory()
{
    Watched watched({.workerCount = 0});
    FactoryMonitor &monitor = watched.monitor;
    watched.dispatch(3);
    monitor.setActive(true);
    const auto depths = [&] { return monitor.history(FactoryMonitor::QueueDepth); };
    QTRY_VERIFY(depths().size() >= 5);
    monitor.setActive(false);
    const qsizetype before = depths().size();
    QElapsedTimer away;
    away.start();
    QTRY_VERIFY(away.hasExpired(10 * FactoryMonitor::MinimumInterval));
    monitor.setActive(true);
    QTRY_VERIFY(depths().size() >= before + 10);
    const QList<double> values = depths();
    QVERIFY(std::all_of(values.begin(), values.begin() + before,
                        [](double depth) { return depth == 3; }));
    const auto gap = std::count_if(values.begin(), values.end(),
                                   [](double depth) { return std::isnan(depth); });
    QVERIFY2(gap >= 8, qPrintable(QString::number(gap)));
    QVERIFY(std::isnan(values.at(before)));
    QCOMPARE(values.last(), 3.0);
}

void tst_MonitorView::UI_6_nothingOldIsShownAfterAPause()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    watched.gate.open();
    watched.factory->start();
    monitor.setActive(true);
    const auto runTimes = [&] { return monitor.history(FactoryMonitor::RunTimeMedian); };
    do { // until some are among the last latencies
        QSignalSpy sampled(&monitor, &FactoryMonitor::sampled);
        watched.dispatch(10);
        QVERIFY(sampled.wait());
    } while (runTimes().isEmpty() || std::isnan(runTimes().last()));
    monitor.setActive(false);
    QTRY_VERIFY(watched.factory->completed() == watched.factory->submitted());
    const qsizetype before = runTimes().size();
    monitor.setActive(true);
    QTRY_VERIFY(!isLooking(monitor));
    watched.factory->setQueueLimit(7); // wakes it
    QVERIFY(isLooking(monitor) || runTimes().size() > before);
    const QList<double> after = runTimes().mid(before);
    QVERIFY(!after.isEmpty());
    QVERIFY(std::all_of(after.begin(), after.end(), [](double time) { return std::isnan(time); }));
    QVERIFY(std::isnan(monitor.history(FactoryMonitor::Throughput).at(before)));
}

void tst_MonitorView::UI_6_pauseWakesAMonitorAtRest()
{
    Watched watched;
    watched.monitor.setActive(true);
    QTRY_VERIFY(!isLooking(watched.monitor));
    watched.factory->pause();
    QTRY_VERIFY(watched.monitor.isPaused());
    QTRY_VERIFY(!isLooking(watched.monitor));
    watched.factory->resume();
    QTRY_VERIFY(!watched.monitor.isPaused());
}

// What has happened is left behind, until there is nothing of it any more.
void tst_MonitorView::UI_6_historyGoesOnAtRest()
{
    Watched watched;
    FactoryMonitor &monitor = watched.monitor;
    monitor.setHistorySpan(8); // more than the latencies of late
    watched.gate.open();
    watched.factory->start();
    monitor.setActive(true);
    watched.dispatch(10);
    const auto peak = [&] {
        const QList<double> rates = monitor.history(FactoryMonitor::Throughput);
        const auto it = std::find_if(rates.rbegin(), rates.rend(),
                                     [](double rate) { return rate > 0; });
        return it == rates.rend() ? -1 : int(it - rates.rbegin());
    };
    QTRY_VERIFY_WITH_TIMEOUT(monitor.completed() == 10 && !isLooking(monitor), 20'000);
    QVERIFY(hasTimer(monitor));
    const int before = peak();
    QVERIFY(before >= 0);
    const double looks = Support::looks;
    QTRY_VERIFY(peak() >= before + 1000 / FactoryMonitor::MinimumInterval - 2);
    QTRY_COMPARE_WITH_TIMEOUT(peak(), -1, 10'000);
    QTRY_VERIFY(!hasTimer(monitor)); // all is flat
    QCOMPARE(monitor.meanThroughput(), 0.0);
    QCOMPARE(double(Support::looks), looks);
}

void tst_MonitorView::UI_6_jobRolesAreNamed()
{
    JobModel model;
    model.update({{.id = 7,
                   .state = JobState::BackingOff,
                   .worker = 3,
                   .stuck = true,
                   .key = u"key"_s,
                   .label = u"label"_s,
                   .priority = Priority::High,
                   .attempt = 2,
                   .age = 3s,
                   .elapsed = 2s,
                   .timeToLive = 1s,
                   .untilAttempt = 1500us,
                   .progress = {0, 4, 3, u"text"_s}},
                  {.id = 8}});
    QVariantMap row;
    const QHash<int, QByteArray> names = model.roleNames();
    for (auto it = names.begin(); it != names.end(); ++it)
        row.insert(QString::fromLatin1(it.value()), model.index(0).data(it.key()));
    const QVariantMap expected{
        {u"jobId"_s, 7.0},
        {u"state"_s, int(JobState::BackingOff)},
        {u"stateName"_s, u"BackingOff"_s},
        {u"worker"_s, 3},
        {u"stuck"_s, true},
        {u"key"_s, u"key"_s},
        {u"label"_s, u"label"_s},
        {u"priority"_s, int(Priority::High)},
        {u"priorityName"_s, u"High"_s},
        {u"attempt"_s, 2},
        {u"age"_s, 3000.0},
        {u"elapsed"_s, 2000.0},
        {u"timeToLive"_s, 1000.0},
        {u"untilAttempt"_s, 1.5},
        {u"progress"_s, 0.75},
        {u"progressText"_s, u"text"_s},
    };
    QCOMPARE(row, expected);
    QCOMPARE(model.index(1).data(JobModel::TimeToLiveRole).toDouble(), -1.0);
    QCOMPARE(model.index(1).data(JobModel::WorkerRole).toInt(), -1);
}

void tst_MonitorView::UI_6_jobRowsFollowAnyChange()
{
    QRandomGenerator random(20'261'125);
    JobModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    QStringList mirror; // as a view would keep it, by the signals alone
    connect(&model, &QAbstractItemModel::rowsInserted, this,
            [&](const QModelIndex &, int first, int last) {
                for (int row = first; row <= last; ++row)
                    mirror.insert(row, model.index(row).data(JobModel::KeyRole).toString());
            });
    connect(
        &model, &QAbstractItemModel::rowsRemoved, this,
        [&](const QModelIndex &, int first, int last) { mirror.remove(first, last - first + 1); });
    connect(&model, &QAbstractItemModel::rowsMoved, this,
            [&](const QModelIndex &, int first, int, const QModelIndex &, int row) {
                mirror.move(first, row);
            });
    QStringList changed; // and those that it was told to look at again
    connect(&model, &QAbstractItemModel::dataChanged, this,
            [&](const QModelIndex &first, const QModelIndex &last) {
                for (int row = first.row(); row <= last.row(); ++row)
                    changed.append(model.index(row).data(JobModel::KeyRole).toString());
            });
    for (int round = 0; round < 500; ++round) {
        QList<int> wanted;
        for (int id = 1; id < 12; ++id) {
            if (random.bounded(2))
                wanted.append(id);
        }
        if (round % 2)
            std::shuffle(wanted.begin(), wanted.end(), random);
        QSignalSpy count(&model, &JobModel::countChanged);
        const int before = model.count();
        const QStringList known = mirror;
        changed.clear();
        model.update(jobs(wanted));
        QCOMPARE(count.count(), model.count() == before ? 0 : 1);
        QCOMPARE(keys(model), keys(model));
        QStringList texts;
        for (int id : wanted)
            texts.append(QString::number(id));
        QCOMPARE(keys(model), texts);
        QCOMPARE(mirror, texts);
        texts.removeIf([&](const QString &text) { return !known.contains(text); });
        QCOMPARE(changed, texts); // whatever is new has been seen as it is
    }
}

void tst_MonitorView::UI_6_jobLimitIsKept()
{
    Watched watched({.workerCount = 0});
    FactoryMonitor &monitor = watched.monitor;
    QSignalSpy changed(&monitor, &FactoryMonitor::jobLimitChanged);
    watched.dispatch(300);
    monitor.setActive(true);
    QCOMPARE(monitor.jobs()->rowCount(), 200);
    monitor.setJobLimit(3);
    QCOMPARE(keys(*monitor.jobs()), (QStringList{u"0"_s, u"1"_s, u"2"_s}));
    monitor.setJobLimit(0);
    QCOMPARE(monitor.jobs()->rowCount(), 0);
    monitor.setJobLimit(-5);
    QCOMPARE(monitor.jobLimit(), -1);
    QCOMPARE(changed.count(), 3);
}

void tst_MonitorView::UI_6_textsAreFiltered_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("expected");
    const QStringList all{u"holiday.png"_s, u"Work.raw"_s, u"other"_s};
    QTest::newRow("all") << QString() << all;
    QTest::newRow("key") << u"day.p"_s << QStringList{u"holiday.png"_s};
    QTest::newRow("capitals") << u"WORK"_s << QStringList{u"Work.raw"_s};
    QTest::newRow("label") << u"tagged"_s << QStringList{u"other"_s};
    QTest::newRow("none") << u"?"_s << QStringList{};
    QTest::newRow("no expression") << u"."_s << QStringList{u"holiday.png"_s, u"Work.raw"_s};
}

void tst_MonitorView::UI_6_textsAreFiltered()
{
    QFETCH(const QString, text);
    JobModel model;
    model.update({{.id = 1, .key = u"holiday.png"_s},
                  {.id = 2, .key = u"Work.raw"_s},
                  {.id = 3, .key = u"other"_s, .label = u"Tagged"_s}});
    TextFilter filter;
    const Tester tester(&filter, Tester::FailureReportingMode::QtTest);
    filter.setSourceModel(&model);
    filter.setText(text);
    QTEST(keys(filter), "expected");
}

void tst_MonitorView::UI_6_filterFollowsItsModel()
{
    JobModel model;
    TextFilter filter;
    const Tester tester(&filter, Tester::FailureReportingMode::QtTest);
    QSignalSpy count(&filter, &TextFilter::countChanged);
    QSignalSpy text(&filter, &TextFilter::textChanged);
    filter.setSourceModel(&model);
    model.update(jobs({1, 2, 12}));
    QCOMPARE(filter.count(), 3);
    QCOMPARE(count.count(), 1);
    filter.setText(u"2"_s);
    filter.setText(u"2"_s);
    QCOMPARE(text.count(), 1);
    QCOMPARE(filter.count(), 2);
    QCOMPARE(count.count(), 2);
    model.update(jobs({1, 12}));
    QCOMPARE(filter.count(), 1);
    QCOMPARE(count.count(), 3);
    filter.setSourceModel(nullptr);
    QCOMPARE(filter.count(), 0);
    EventModel events;
    filter.setSourceModel(&events);
    events.add({{.number = 1, .text = u"abc"_s}, {.number = 2, .text = u"2"_s}}, 0);
    QCOMPARE(filter.count(), 1);
}

void tst_MonitorView::UI_6_foundJobsAreCanceled()
{
    Watched watched({.workerCount = 0});
    FactoryMonitor &monitor = watched.monitor;
    monitor.setJobLimit(5);
    watched.dispatch(20); // 0 to 19
    monitor.setActive(true);
    QCOMPARE(monitor.cancelJobs(u"1"_s), 11); // also those that are not listed
    QTRY_COMPARE(monitor.canceled(), 11.0);
    QCOMPARE(keys(*monitor.jobs()), u"0 2 3 4 5"_s.split(u' '));
    QCOMPARE(monitor.cancelJobs(u"LABEL"_s), 9);
    monitor.setFactory(nullptr);
    QCOMPARE(monitor.cancelJobs({}), 0);
}

void tst_MonitorView::UI_6_foundDeadLettersAreRetriedAndDropped()
{
    Watched watched({.workerCount = 1, .onFailure = OnFailure::KeepWorker});
    FactoryMonitor &monitor = watched.monitor;
    watched.gate.open();
    watched.factory->start();
    monitor.setActive(true);
    watched.dispatch(12, false);
    QTRY_COMPARE(monitor.deadLetters()->rowCount(), 12);
    QCOMPARE(monitor.dropDeadLetters(u"1"_s), 3); // 1, 10, 11
    QTRY_COMPARE(monitor.deadLetters()->rowCount(), 9);
    QCOMPARE(monitor.retryDeadLetters(u"5"_s), 1);
    QTRY_COMPARE(monitor.failed(), 13.0);
    QTRY_COMPARE(monitor.deadLetters()->rowCount(), 9);
    QCOMPARE(monitor.dropDeadLetters(u"on PURPOSE"_s), 9); // the error
    monitor.setFactory(nullptr);
    QCOMPARE(monitor.dropDeadLetters({}) + monitor.retryDeadLetters({}), 0);
}

void tst_MonitorView::UI_6_badTimelineSpanIsNamed()
{
    FactoryMonitor monitor;
    QSignalSpy changed(&monitor, &FactoryMonitor::timelineSpanChanged);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"a timeline span of -1 s was ignored"_s));
    monitor.setTimelineSpan(-1);
    QCOMPARE(monitor.timelineSpan(), 0);
    monitor.setTimelineSpan(10);
    QCOMPARE(changed.count(), 1);
}

QTEST_GUILESS_MAIN(tst_MonitorView)
#include "tst_monitorview.moc"
