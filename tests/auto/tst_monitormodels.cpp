// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <Millwright/Factory>
#include <Millwright/FactoryMonitor>

#include <QtCore/qrandom.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using Tester = QAbstractItemModelTester;

namespace {

QList<WorkerSnapshot> workers(const QList<int> &ids)
{
    QList<WorkerSnapshot> workers;
    for (int id : ids)
        workers.append({.id = id, .state = WorkerState::Idle});
    return workers;
}

QList<int> ids(const QAbstractItemModel &model)
{
    QList<int> ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids.append(model.index(row, 0).data(WorkerModel::WorkerIdRole).toInt());
    return ids;
}

// One dataChanged(): its rows, and the roles by name.
QString text(const WorkerModel &model, const QList<QVariant> &dataChanged)
{
    QStringList roles;
    for (int role : dataChanged.at(2).value<QList<int>>())
        roles.append(QString::fromLatin1(model.roleNames().value(role)));
    return u"%1-%2: %3"_s.arg(dataChanged.at(0).toModelIndex().row())
        .arg(dataChanged.at(1).toModelIndex().row())
        .arg(roles.join(u' '));
}

} // namespace

class tst_MonitorModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_workerRowsComeAndGoInRuns_data();
    void UI_6_workerRowsComeAndGoInRuns();
    void UI_6_workerRowsFollowAnyChange();
    void UI_6_workerChangesAreMinimal();
    void UI_6_workerRolesAreNamed();
    void UI_6_modelsAreSoundWhileTheFactoryRunsAndIsResized();
    void UI_6_newestEventIsFirst();
    void UI_6_eventsAreBounded();
    void UI_6_problemsAreMarked_data();
    void UI_6_problemsAreMarked();
};

void tst_MonitorModels::UI_6_workerRowsComeAndGoInRuns_data()
{
    QTest::addColumn<QList<int>>("before");
    QTest::addColumn<QList<int>>("after");
    QTest::addColumn<int>("insertions");
    QTest::addColumn<int>("removals");

    QTest::newRow("first") << QList<int>{} << QList<int>{0, 1, 2} << 1 << 0;
    QTest::newRow("none") << QList<int>{0, 1, 2} << QList<int>{} << 0 << 1;
    QTest::newRow("same") << QList<int>{0, 1, 2} << QList<int>{0, 1, 2} << 0 << 0;
    QTest::newRow("grown") << QList<int>{0, 1} << QList<int>{0, 1, 2, 3} << 1 << 0;
    QTest::newRow("shrunk") << QList<int>{0, 1, 2, 3} << QList<int>{0, 1} << 0 << 1;
    QTest::newRow("gap") << QList<int>{0, 1, 2, 3, 4} << QList<int>{0, 4} << 0 << 1;
    QTest::newRow("gap filled") << QList<int>{0, 4} << QList<int>{0, 1, 2, 3, 4} << 1 << 0;
    QTest::newRow("two gaps") << QList<int>{0, 1, 2, 3, 4} << QList<int>{0, 2, 4} << 0 << 2;
    QTest::newRow("exchanged") << QList<int>{0, 2, 4} << QList<int>{1, 3, 5} << 1 << 1;
}

void tst_MonitorModels::UI_6_workerRowsComeAndGoInRuns()
{
    QFETCH(const QList<int>, before);
    QFETCH(const QList<int>, after);
    WorkerModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    model.update(workers(before));
    QCOMPARE(ids(model), before);

    QSignalSpy insertions(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy removals(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy count(&model, &WorkerModel::countChanged);
    model.update(workers(after));
    QCOMPARE(ids(model), after);
    QTEST(int(insertions.count()), "insertions");
    QTEST(int(removals.count()), "removals");
    QCOMPARE(changes.count(), 0);
    QCOMPARE(count.count(), before.size() == after.size() ? 0 : 1);
}

void tst_MonitorModels::UI_6_workerRowsFollowAnyChange()
{
    QRandomGenerator random(20'260'101);
    WorkerModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    QList<int> mirror; // as a view would keep it, by the signals alone
    connect(&model, &QAbstractItemModel::rowsInserted, this,
            [&](const QModelIndex &, int first, int last) {
                for (int row = first; row <= last; ++row)
                    mirror.insert(row, model.index(row).data(WorkerModel::WorkerIdRole).toInt());
            });
    connect(
        &model, &QAbstractItemModel::rowsRemoved, this,
        [&](const QModelIndex &, int first, int last) { mirror.remove(first, last - first + 1); });
    for (int round = 0; round < 500; ++round) {
        QList<int> wanted;
        for (int id = 0; id < 12; ++id) {
            if (random.bounded(2))
                wanted.append(id);
        }
        model.update(workers(wanted));
        QCOMPARE(ids(model), wanted);
        QCOMPARE(mirror, wanted);
    }
}

void tst_MonitorModels::UI_6_workerChangesAreMinimal()
{
    WorkerModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    QList<WorkerSnapshot> now = workers({0, 1, 2, 3, 4});
    model.update(now);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    model.update(now);
    QCOMPARE(changes.count(), 0);

    now[1].completed = now[2].completed = 5;
    now[3].elapsed = 1'500us;
    now[4].state = WorkerState::Busy;
    now[4].key = u"key"_s;
    now[4].label = u"label"_s;
    model.update(now);
    QCOMPARE(changes.count(), 3);
    QCOMPARE(text(model, changes.at(0)), u"1-2: completed"_s);
    QCOMPARE(text(model, changes.at(1)), u"3-3: elapsed"_s);
    QCOMPARE(text(model, changes.at(2)), u"4-4: state stateName key label"_s);
    QCOMPARE(model.index(3).data(WorkerModel::ElapsedRole).toDouble(), 1.5);

    changes.clear();
    now[0].failed = now[0].restarts = now[0].waiting = 1;
    now[4].waiting = 2;
    now[4].progress = {0, 2, 1, u"half"_s};
    model.update(now);
    QCOMPARE(changes.count(), 2);
    QCOMPARE(text(model, changes.at(0)), u"0-0: failed restarts waiting"_s);
    QCOMPARE(text(model, changes.at(1)), u"4-4: progress progressText waiting"_s);
}

void tst_MonitorModels::UI_6_workerRolesAreNamed()
{
    WorkerModel model;
    model.update({{.id = 7,
                   .state = WorkerState::CrashLooping,
                   .completed = 1,
                   .failed = 2,
                   .restarts = 3,
                   .waiting = 4,
                   .job = 12,
                   .key = u"key"_s,
                   .label = u"label"_s,
                   .elapsed = 2s,
                   .progress = {0, 4, 3, u"text"_s},
                   .untilStart = 1500us}});
    QVariantMap row;
    const QHash<int, QByteArray> names = model.roleNames();
    for (auto it = names.begin(); it != names.end(); ++it)
        row.insert(QString::fromLatin1(it.value()), model.index(0).data(it.key()));
    const QVariantMap expected{
        {u"workerId"_s, 7},
        {u"state"_s, int(WorkerState::CrashLooping)},
        {u"stateName"_s, u"CrashLooping"_s},
        {u"key"_s, u"key"_s},
        {u"label"_s, u"label"_s},
        {u"elapsed"_s, 2000.0},
        {u"progress"_s, 0.75},
        {u"progressText"_s, u"text"_s},
        {u"completed"_s, 1.0},
        {u"failed"_s, 2.0},
        {u"restarts"_s, 3.0},
        {u"waiting"_s, 4.0},
        {u"untilStart"_s, 1.5},
        {u"jobId"_s, 12.0},
    };
    QCOMPARE(row, expected);
    QVERIFY(!names.values().contains("display"));
}

void tst_MonitorModels::UI_6_modelsAreSoundWhileTheFactoryRunsAndIsResized()
{
    Factory factory({.workerCount = 1,
                     .onFailure = OnFailure::ReplaceWorker,
                     .restartPolicy = {.maximumRestarts = RestartPolicy::Unlimited}},
                    [](Job<int, int> &job) {
                        if (job.message() % 50 == 0)
                            throw JobError(u"on purpose"_s);
                    });
    FactoryMonitor monitor;
    monitor.setInterval(FactoryMonitor::MinimumInterval);
    const Tester workerTester(monitor.workers(), Tester::FailureReportingMode::QtTest);
    const Tester eventTester(monitor.events(), Tester::FailureReportingMode::QtTest);
    monitor.setFactory(&factory);
    monitor.setActive(true);
    factory.start();
    QSignalSpy sampled(&monitor, &FactoryMonitor::sampled);
    QRandomGenerator random(20'260'102);
    int jobs = 0;
    for (int round = 0; round < 20; ++round) {
        factory.setWorkerCount(random.bounded(0, 9));
        for (int i = 0; i < 300; ++i)
            factory.dispatch(i, ++jobs);
        const qsizetype count = sampled.count();
        QTRY_VERIFY(sampled.count() > count);
    }
    factory.setWorkerCount(4);
    QTRY_COMPARE(monitor.completed() + monitor.failed(), double(jobs));
    QTRY_COMPARE(monitor.workers()->rowCount(), 4);
    QCOMPARE(ids(*monitor.workers()), (QList<int>{0, 1, 2, 3}));
    QCOMPARE(monitor.events()->rowCount(), EventModel::MaximumCount);
    factory.stop();
    QTRY_VERIFY(monitor.state() == FactoryState::Stopped);
}

void tst_MonitorModels::UI_6_newestEventIsFirst()
{
    EventModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    QSignalSpy count(&model, &EventModel::countChanged);
    constexpr qint64 Second = 1'000'000'000;
    const QDateTime before = QDateTime::currentDateTime();
    model.add(
        {{.number = 1,
          .time = 10 * Second,
          .kind = FactoryEvent::JobFailed,
          .worker = 3,
          .key = u"key"_s,
          .text = u"text"_s},
         {.number = 2, .time = 12 * Second, .kind = FactoryEvent::WorkerRestarted, .worker = 4}},
        15 * Second);
    const QDateTime after = QDateTime::currentDateTime();
    QCOMPARE(model.count(), 2);
    QCOMPARE(count.count(), 1);
    QCOMPARE(model.index(0).data(EventModel::KindNameRole).toString(), u"WorkerRestarted"_s);
    QCOMPARE(model.index(0).data(EventModel::WorkerRole).toInt(), 4);
    QCOMPARE(model.index(1).data(EventModel::KindRole).toInt(), int(EventModel::JobFailed));
    QCOMPARE(model.index(1).data(EventModel::KeyRole).toString(), u"key"_s);
    QCOMPARE(model.index(1).data(EventModel::TextRole).toString(), u"text"_s);
    const QDateTime time = model.index(1).data(EventModel::TimeRole).toDateTime();
    QVERIFY(time >= before.addSecs(-5) && time <= after.addSecs(-5));
    model.add({}, 15 * Second);
    QCOMPARE(count.count(), 1);
    model.clear();
    QCOMPARE(model.count(), 0);
    QCOMPARE(count.count(), 2);
    model.clear();
    QCOMPARE(count.count(), 2);
}

void tst_MonitorModels::UI_6_eventsAreBounded()
{
    EventModel model;
    const Tester tester(&model, Tester::FailureReportingMode::QtTest);
    const auto numbered = [](int from, int count) {
        QList<FactoryEvent> events;
        for (int i = from; i < from + count; ++i)
            events.append({.number = quint64(i), .worker = i});
        return events;
    };
    const auto first = [&] { return model.index(0).data(EventModel::WorkerRole).toInt(); };
    const auto last = [&] {
        return model.index(model.count() - 1).data(EventModel::WorkerRole).toInt();
    };
    model.add(numbered(1, 150), 0);
    model.add(numbered(151, 100), 0);
    QCOMPARE(model.count(), EventModel::MaximumCount);
    QCOMPARE(first(), 250);
    QCOMPARE(last(), 51);
    model.add(numbered(251, 256), 0);
    QCOMPARE(model.count(), EventModel::MaximumCount);
    QCOMPARE(first(), 506);
    QCOMPARE(last(), 307);
}

void tst_MonitorModels::UI_6_problemsAreMarked_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isProblem");

    QTest::newRow("state") << int(FactoryEvent::StateChanged) << u"Running"_s << false;
    QTest::newRow("failed state") << int(FactoryEvent::StateChanged) << u"Failed"_s << true;
    QTest::newRow("restart") << int(FactoryEvent::WorkerRestarted) << QString() << true;
    QTest::newRow("start") << int(FactoryEvent::WorkerCrashLooping) << u"why"_s << true;
    QTest::newRow("failure") << int(FactoryEvent::JobFailed) << u"why"_s << true;
    QTest::newRow("retry") << int(FactoryEvent::JobRetried) << u"why"_s << false;
    QTest::newRow("loss") << int(FactoryEvent::JobLost) << u"why"_s << true;
}

void tst_MonitorModels::UI_6_problemsAreMarked()
{
    QFETCH(const int, kind);
    QFETCH(const QString, text);
    EventModel model;
    model.add({{.number = 1, .kind = FactoryEvent::Kind(kind), .text = text}}, 0);
    QTEST(model.index(0).data(EventModel::IsProblemRole).toBool(), "isProblem");
}

QTEST_GUILESS_MAIN(tst_MonitorModels)
#include "tst_monitormodels.moc"
