// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/dashboards.h"

#include <QLabel>
#include <QLineEdit>
#include <QLoggingCategory>
#include <QMetaEnum>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QThread>
#include <QWheelEvent>

#include <array>
#include <functional>
#include <memory>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace Support;

// The dashboard of widgets: what can be done with it.
class tst_DashboardActions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnOtherWarnings(); }

    void UI_6_jobsAreFoundAndCanceled();
    void UI_6_deadLettersAreRetriedAndDropped();
    void UI_6_workersAreInterrupted();
    void UI_6_settingsAreChanged();
    void UI_6_factoryIsPausedAndThePictureFrozen();
    void UI_6_readOnlyHasNoButtons();
    void UI_6_everyActionCanBeAskedAboutAndLeftOut_data();
    void UI_6_everyActionCanBeAskedAboutAndLeftOut();
    void UI_6_nothingIsAskedWhereThatIsNotWanted();
    void UI_6_anotherFactoryIsNotMeant();
    void UI_6_lateAnswerDoesNothing_data();
    void UI_6_lateAnswerDoesNothing();
    void UI_6_selectionFollowsItsJob();
    void UI_6_anotherJobIsNotMeant_data();
    void UI_6_stuckJobsAreMarked();
    void UI_6_anotherJobIsNotMeant();
    void UI_6_unlistedJobsAreSpokenOfAndCanceled();
    void UI_6_numberForOneFactoryIsNotForAnother();
    void UI_6_wheelChangesNothingInPassing();
    void UI_6_onlyRetriableLettersAreRetried();
};

void tst_DashboardActions::UI_6_jobsAreFoundAndCanceled()
{
    const Gate gate;
    auto factory = gated(gate, {.workerCount = 1});
    const Support::GateOpener opener(gate);
    factory.start();
    for (const QString &key : {u"zero"_s, u"one"_s, u"two"_s, u"three"_s})
        factory.dispatch(key, true);
    QVERIFY(gate.awaitArrivals());
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Jobs);
    QTableView *view = table(*dashboard, "jobs");
    QTRY_COMPARE(view->model()->rowCount(), 4);
    QCOMPARE(cell(*view, 0, 0), u"zero"_s);
    QCOMPARE(cell(*view, 0, 1), u"worker 0"_s);
    QCOMPARE(cell(*view, 2, 1), u"waiting"_s);
    auto *cancel = find(*dashboard, "cancel", "jobs");
    QVERIFY(!cancel->isEnabled()); // nothing is selected

    view->selectRow(2);
    click(cancel);
    answer(*dashboard, false);
    QCOMPARE(factory.counters().canceled, 0);
    click(cancel);
    answer(*dashboard, true);
    QTRY_COMPARE(view->model()->rowCount(), 3);
    QCOMPARE(factory.counters().canceled, 1);

    auto *search = find<QLineEdit>(*dashboard, "search", "jobs");
    QTest::keyClicks(search, u"THR"_s);
    QCOMPARE(view->model()->rowCount(), 1);
    QCOMPARE(cell(*view, 0, 0), u"three"_s);
    click(find(*dashboard, "cancelAll", "jobs"));
    answer(*dashboard, true);
    QTRY_COMPARE(factory.counters().canceled, 2);
    search->clear();
    QTRY_COMPARE(view->model()->rowCount(), 2);
}

void tst_DashboardActions::UI_6_stuckJobsAreMarked()
{
    const Gate gate;
    auto factory = gated(gate, {.workerCount = 1});
    const Support::GateOpener opener(gate);
    factory.start();
    factory.dispatch(u"hung"_s, true);
    factory.dispatch(u"waits"_s, true);
    QVERIFY(gate.awaitArrivals());
    // The warning may come after it is seen.
    QLoggingCategory::setFilterRules(u"millwright.warning=false"_s);
    const auto restore = qScopeGuard([] { QLoggingCategory::setFilterRules(QString()); });
    factory.setDeadMansSwitch(
        {.timeout = std::chrono::milliseconds(50), .action = StuckAction::Log});
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Jobs);
    QTableView *view = table(*dashboard, "jobs");
    QTRY_COMPARE(view->model()->rowCount(), 2);
    QTRY_COMPARE(cell(*view, 0, 1), u"worker 0, stuck"_s);
    const auto color = [&](int row) {
        return view->model()->index(row, 1).data(Qt::ForegroundRole).value<QColor>();
    };
    QVERIFY(color(0).isValid());
    QVERIFY(!color(1).isValid());
    factory.setDeadMansSwitch({});
    QTRY_COMPARE(cell(*view, 0, 1), u"worker 0"_s);
}

void tst_DashboardActions::UI_6_deadLettersAreRetriedAndDropped()
{
    const Gate gate;
    auto factory = gated(gate, {.workerCount = 1});
    factory.start();
    for (const QString &key : {u"one"_s, u"two"_s, u"three"_s})
        factory.dispatch(key, false);
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::DeadLetters);
    QTableView *view = table(*dashboard, "deadLetters");
    QTRY_COMPARE(view->model()->rowCount(), 3);
    QCOMPARE(cell(*view, 0, 0), u"three"_s);
    QCOMPARE(cell(*view, 0, 1), u"on purpose"_s);
    auto *tabs = dashboard->findChild<QTabWidget *>();
    QTRY_COMPARE(tabs->tabText(tabs->currentIndex()), u"Dead letters (3)"_s);
    view->selectRow(0);
    click(find(*dashboard, "retry", "deadLetters"));
    QTRY_COMPARE(factory.failed(), 4.0);
    QTRY_COMPARE(view->model()->rowCount(), 3);
    view->selectRow(1);
    click(find(*dashboard, "drop", "deadLetters"));
    answer(*dashboard, true);
    QTRY_COMPARE(view->model()->rowCount(), 2);
    click(find(*dashboard, "retryAll", "deadLetters"));
    QTRY_COMPARE(factory.failed(), 6.0);
    click(find(*dashboard, "dropAll", "deadLetters"));
    answer(*dashboard, true);
    QTRY_COMPARE(view->model()->rowCount(), 0);
}

void tst_DashboardActions::UI_6_workersAreInterrupted()
{
    const Gate gate;
    Factory factory({.workerCount = 2}, [gate](Job<QString, bool> &job) {
        gate.pass();
        while (!job.isCanceled())
            QThread::yieldCurrentThread();
    });
    gate.open();
    factory.start();
    factory.dispatch(u"one"_s, true);
    QVERIFY(gate.awaitArrivals());
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Workers);
    QTableView *view = table(*dashboard, "workers");
    QTRY_COMPARE(view->model()->rowCount(), 2);
    const int busy = cell(*view, 0, 1) == u"one"_s ? 0 : 1;
    QTRY_COMPARE(cell(*view, busy, 1), u"one"_s);
    QCOMPARE(cell(*view, busy, 2), u"busy"_s);

    auto *grid = dashboard->findChild<QWidget *>(u"workerGrid"_s);
    QTest::keyClick(grid, Qt::Key_Home);
    if (busy == 1)
        QTest::keyClick(grid, Qt::Key_Right);
    QTest::keyClick(grid, Qt::Key_Return);
    QCOMPARE(view->selectionModel()->selectedRows().size(), 1);
    QCOMPARE(view->selectionModel()->selectedRows().first().row(), busy);
    click(find(*dashboard, "interrupt", "workers"));
    answer(*dashboard, true);
    QTRY_COMPARE(factory.counters().canceled, 1);
}

void tst_DashboardActions::UI_6_settingsAreChanged()
{
    const Gate gate;
    auto factory = gated(gate, {.workerCount = 1});
    factory.start();
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Controls);
    auto *workers = find<QSpinBox>(*dashboard, "workerCount");
    auto *limit = find<QSpinBox>(*dashboard, "queueLimit");
    QTRY_COMPARE(workers->value(), 1);
    QCOMPARE(limit->text(), u"none"_s);
    QTest::keyClick(workers, Qt::Key_Up);
    QCOMPARE(factory.workerCount(), 2);
    QTest::keyClick(limit, Qt::Key_Up);
    QCOMPARE(factory.queueLimit(), 0);
    factory.setQueueLimit(40);
    QTRY_COMPARE(limit->value(), 40);
    click(find(*dashboard, "stop"));
    answer(*dashboard, false);
    QVERIFY(factory.state() == FactoryState::Running);
    click(find(*dashboard, "drain"));
    answer(*dashboard, true);
    QTRY_VERIFY(factory.state() == FactoryState::Stopped);
    QTRY_VERIFY(!workers->isEnabled() && !find(*dashboard, "stop")->isEnabled());
}

void tst_DashboardActions::UI_6_factoryIsPausedAndThePictureFrozen()
{
    const Gate gate;
    auto factory = gated(gate);
    factory.start();
    const auto dashboard = shown(&factory);
    QSignalSpy frozen(dashboard.get(), &Dashboard::frozenChanged);
    auto *pause = find(*dashboard, "pause");
    click(pause);
    QVERIFY(factory.isPaused());
    QTRY_COMPARE(pause->text(), u"Resume"_s);
    click(pause);
    QVERIFY(!factory.isPaused());
    click(find(*dashboard, "freeze"));
    QVERIFY(dashboard->isFrozen());
    QCOMPARE(frozen.count(), 1);
    QTest::keyClick(find(*dashboard, "freeze"), Qt::Key_Space);
    QVERIFY(!dashboard->isFrozen());
}

void tst_DashboardActions::UI_6_readOnlyHasNoButtons()
{
    const Gate gate;
    auto factory = gated(gate);
    const auto dashboard = shown(&factory);
    dashboard->setReadOnly(true);
    auto *tabs = dashboard->findChild<QTabWidget *>();
    QVERIFY(!tabs->isTabVisible(5));
    dashboard->setPart(Dashboard::Controls);
    QCOMPARE(dashboard->part(), Dashboard::Charts);
    for (const auto part : {Dashboard::Workers, Dashboard::Jobs, Dashboard::DeadLetters}) {
        dashboard->setPart(part);
        for (const char *name : {"pause", "cancel", "cancelAll", "retry", "retryAll", "drop",
                                 "dropAll", "interrupt", "replace", "stop"})
            QVERIFY2(!find(*dashboard, name)->isVisible(), name);
    }
    QVERIFY(find(*dashboard, "freeze")->isVisible());
    dashboard->setReadOnly(false);
    QVERIFY(find(*dashboard, "pause")->isVisible());
    QVERIFY(tabs->isTabVisible(5));
}

void tst_DashboardActions::UI_6_everyActionCanBeAskedAboutAndLeftOut_data()
{
    QTest::addColumn<Dashboard::Action>("action");
    QTest::addColumn<Dashboard::Part>("part");
    QTest::addColumn<QStringList>("names");
    const auto row = [](Dashboard::Action action, Dashboard::Part part, const QStringList &names) {
        QTest::addRow("%s", QMetaEnum::fromType<Dashboard::Actions>().valueToKey(action))
            << action << part << names;
    };
    row(Dashboard::PauseAction, Dashboard::Charts, {u"pause"_s});
    row(Dashboard::DrainAction, Dashboard::Controls, {u"drain"_s});
    row(Dashboard::StopAction, Dashboard::Controls, {u"stop"_s});
    row(Dashboard::SetWorkerCount, Dashboard::Controls, {u"workerCount"_s});
    row(Dashboard::SetQueueLimit, Dashboard::Controls, {u"queueLimit"_s});
    row(Dashboard::InterruptWorkers, Dashboard::Workers, {u"interrupt"_s});
    row(Dashboard::ReplaceWorkers, Dashboard::Workers, {u"replace"_s});
    row(Dashboard::CancelJobs, Dashboard::Jobs, {u"cancel"_s, u"cancelAll"_s});
    row(Dashboard::RetryDeadLetters, Dashboard::DeadLetters, {u"retry"_s, u"retryAll"_s});
    row(Dashboard::DropDeadLetters, Dashboard::DeadLetters, {u"drop"_s, u"dropAll"_s});
}

void tst_DashboardActions::UI_6_everyActionCanBeAskedAboutAndLeftOut()
{
    QFETCH(const Dashboard::Action, action);
    QFETCH(const Dashboard::Part, part);
    QFETCH(const QStringList, names);
    for (const QString &name : names) {
        const Gate gate;
        auto factory = gated(gate, {.workerCount = 1});
        factory.start();
        factory.dispatch(u"fails"_s, false);
        QTRY_COMPARE(factory.deadLetterCount(), 1);
        factory.dispatch(u"runs"_s, true);
        factory.dispatch(u"waits"_s, true);
        QTRY_COMPARE(factory.activeWorkers(), 1);
        const auto state = [&] {
            const Counters counters = factory.counters();
            return QList<double>{double(factory.isPaused()),        double(factory.state()),
                                 double(factory.workerCount()),     double(factory.queueLimit()),
                                 double(factory.deadLetterCount()), double(counters.canceled),
                                 double(counters.failed),           double(counters.lost)};
        };
        const auto dashboard = shown(&factory, {800, 1000});
        dashboard->setPart(part);
        auto *widget = dashboard->findChild<QWidget *>(name);
        const auto act = [&] {
            QTRY_VERIFY(widget->isVisible());
            if (auto *view = widget->parentWidget()->findChild<QTableView *>()) {
                QTRY_VERIFY(view->model()->rowCount() > 0);
                view->selectRow(0);
            }
            if (qobject_cast<QSpinBox *>(widget))
                QTest::keyClick(widget, Qt::Key_Up);
            else
                click(widget);
        };

        dashboard->setConfirmedActions(action);
        const QList<double> before = state();
        if (action == Dashboard::ReplaceWorkers) {
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"left behind"_s));
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"\"runs\".* is lost"_s));
        }
        act();
        answer(*dashboard, false);
        QCOMPARE(state(), before);
        act();
        answer(*dashboard, true);
        gate.open(); // what runs may come to an end
        QTRY_VERIFY(state() != before);

        dashboard->setActions(Dashboard::AllActions & ~Dashboard::Actions(action));
        QVERIFY(widget->isHidden());
        dashboard->setActions(action);
        QVERIFY(!widget->isHidden());
        for (const char *other : {"pause", "drain", "stop", "workerCount", "queueLimit",
                                  "interrupt", "replace", "cancel", "retry", "drop"})
            QVERIFY2(names.contains(QLatin1String(other))
                         || find<QWidget>(*dashboard, other)->isHidden(),
                     other);
    }
}

void tst_DashboardActions::UI_6_nothingIsAskedWhereThatIsNotWanted()
{
    const Gate gate;
    auto factory = gated(gate);
    factory.start();
    const auto dashboard = shown(&factory);
    dashboard->setConfirmedActions(Dashboard::NoActions);
    dashboard->setPart(Dashboard::Controls);
    QTRY_VERIFY(dashboard->monitor()->state() == FactoryState::Running);
    click(find(*dashboard, "stop"));
    QTRY_VERIFY(factory.state() == FactoryState::Stopped);
    QVERIFY(!dashboard->findChild<QMessageBox *>(u"confirmation"_s));
}

// The one that was asked about has gone before the answer.
void tst_DashboardActions::UI_6_anotherFactoryIsNotMeant()
{
    const Gate gate;
    auto other = gated(gate, {.name = u"other"_s});
    other.start();
    const auto dashboard = shown(&other);
    {
        auto asked = gated(gate, {.name = u"asked"_s});
        asked.start();
        dashboard->setFactory(&asked);
        dashboard->setPart(Dashboard::Controls);
        QTRY_VERIFY(dashboard->monitor()->state() == FactoryState::Running);
        click(find(*dashboard, "stop"));
        QTRY_VERIFY(dashboard->findChild<QMessageBox *>(u"confirmation"_s));
    }
    QCOMPARE(dashboard->factory(), &other);
    answer(*dashboard, true);
    QVERIFY(other.state() <= FactoryState::Running);
}

// What was asked about lives on, and nothing happens to either of them.
void tst_DashboardActions::UI_6_lateAnswerDoesNothing_data()
{
    using Change = std::function<void(Dashboard &, FactoryBase &)>;
    QTest::addColumn<Change>("change");
    QTest::newRow("another factory")
        << Change([](Dashboard &dashboard, FactoryBase &other) { dashboard.setFactory(&other); });
    QTest::newRow("read-only") << Change(
        [](Dashboard &dashboard, FactoryBase &) { dashboard.setReadOnly(true); });
    QTest::newRow("not allowed") << Change([](Dashboard &dashboard, FactoryBase &) {
        dashboard.setActions(Dashboard::AllActions & ~Dashboard::Actions(Dashboard::StopAction));
    });
}

void tst_DashboardActions::UI_6_lateAnswerDoesNothing()
{
    QFETCH(const std::function<void(Dashboard &, FactoryBase &)>, change);
    auto asked = gated(Gate());
    auto other = gated(Gate());
    asked.start();
    other.start();
    const auto dashboard = shown(&asked);
    dashboard->setPart(Dashboard::Controls);
    QTRY_VERIFY(dashboard->monitor()->state() == FactoryState::Running);
    click(find(*dashboard, "stop"));
    QTRY_VERIFY(dashboard->findChild<QMessageBox *>(u"confirmation"_s));
    change(*dashboard, other);
    answer(*dashboard, true);
    QVERIFY(asked.state() == FactoryState::Running && other.state() == FactoryState::Running);
}

// The row of a running job moves when others of workers before it come and go.
void tst_DashboardActions::UI_6_selectionFollowsItsJob()
{
    const std::array<Gate, 3> gates;
    Factory factory({.workerCount = 2}, [gates](Job<QString, int> &job) {
        gates[std::size_t(job.message())].pass();
        while (job.message() == 1 && !job.isCanceled())
            QThread::yieldCurrentThread();
    });
    factory.start();
    factory.dispatch(u"first"_s, 0);
    QVERIFY(gates[0].awaitArrivals());
    factory.dispatch(u"meant"_s, 1);
    QVERIFY(gates[1].awaitArrivals());
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Jobs);
    QTableView *view = table(*dashboard, "jobs");
    const auto keys = [&] {
        QStringList texts;
        for (int row = 0; row < view->model()->rowCount(); ++row)
            texts.append(cell(*view, row, 0));
        return texts;
    };
    QTRY_COMPARE(keys().size(), 2);
    view->selectRow(int(keys().indexOf(u"meant"_s)));
    factory.dispatch(u"next"_s, 2);
    QTRY_COMPARE(keys().size(), 3);
    gates[0].open();
    QVERIFY(gates[2].awaitArrivals()); // it runs where the first one did
    QTRY_COMPARE(keys().size(), 2);
    QTRY_VERIFY(dashboard->monitor()->jobs()->index(0, 0).data(JobModel::StateNameRole)
                == dashboard->monitor()->jobs()->index(1, 0).data(JobModel::StateNameRole));
    const QModelIndexList selected = view->selectionModel()->selectedRows();
    QCOMPARE(selected.size(), 1);
    QCOMPARE(selected.first().data().toString(), u"meant"_s);
    gates[1].open();
    click(find(*dashboard, "cancel", "jobs"));
    answer(*dashboard, true);
    QTRY_COMPARE(factory.counters().canceled, 1);
    gates[2].open();
    QTRY_COMPARE(factory.completed(), 2.0);
}

void tst_DashboardActions::UI_6_anotherJobIsNotMeant_data()
{
    QTest::addColumn<QByteArray>("button");
    QTest::newRow("interrupt") << QByteArray("interrupt");
    QTest::newRow("replace") << QByteArray("replace");
}

// What the worker runs when the question is answered is another job than when it was asked.
void tst_DashboardActions::UI_6_anotherJobIsNotMeant()
{
    QFETCH(const QByteArray, button);
    const std::array<Gate, 2> gates;
    Factory factory({.workerCount = 1},
                    [gates](Job<QString, int> &job) { gates[std::size_t(job.message())].pass(); });
    factory.start();
    factory.dispatch(u"asked about"_s, 0);
    factory.dispatch(u"another"_s, 1);
    QVERIFY(gates[0].awaitArrivals());
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Workers);
    QTableView *view = table(*dashboard, "workers");
    QTRY_COMPARE(view->model()->rowCount(), 1);
    view->selectRow(0);
    click(find(*dashboard, button, "workers"));
    QTRY_VERIFY(dashboard->findChild<QMessageBox *>(u"confirmation"_s));
    QVERIFY(dashboard->findChild<QMessageBox *>(u"confirmation"_s)
                ->informativeText()
                .contains(u"“asked about”"_s));
    gates[0].open();
    QVERIFY(gates[1].awaitArrivals());
    answer(*dashboard, true);
    gates[1].open();
    QTRY_COMPARE(factory.completed(), 2.0);
    QCOMPARE(factory.counters().canceled + factory.counters().lost, 0);
    QTRY_VERIFY(!find(*dashboard, button, "workers")->isEnabled()); // nothing runs
}

void tst_DashboardActions::UI_6_unlistedJobsAreSpokenOfAndCanceled()
{
    auto factory = gated(Gate(), {.workerCount = 0});
    for (int i = 0; i < 800; ++i)
        factory.dispatch(i == 700 ? u"wanted"_s : u"other"_s, true);
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Jobs);
    QTableView *view = table(*dashboard, "jobs");
    QTRY_COMPARE(view->model()->rowCount(), 500);
    auto *footnote = find<QLabel>(*dashboard, "footnote", "jobs");
    QTRY_VERIFY(footnote->isVisible());
    QVERIFY2(footnote->text().startsWith(u"and 300 more"_s), qPrintable(footnote->text()));
    find<QLineEdit>(*dashboard, "search", "jobs")->setText(u"wanted"_s);
    QCOMPARE(view->model()->rowCount(), 0);
    click(find(*dashboard, "cancelAll", "jobs"));
    answer(*dashboard, true);
    QCOMPARE(factory.counters().canceled, 1);
}

// A box keeps what somebody is typing, as long as it is the factory that was meant.
void tst_DashboardActions::UI_6_numberForOneFactoryIsNotForAnother()
{
    auto one = gated(Gate(), {.name = u"one"_s, .workerCount = 4});
    auto other = gated(Gate(), {.name = u"other"_s, .workerCount = 32});
    const auto dashboard = shown(&one);
    dashboard->addFactory(&other);
    dashboard->setPart(Dashboard::Controls);
    dashboard->activateWindow();
    auto *workers = find<QSpinBox>(*dashboard, "workerCount");
    QTRY_COMPARE(workers->value(), 4);
    workers->setFocus();
    QTRY_VERIFY(workers->hasFocus());
    workers->selectAll();
    QTest::keyClicks(workers, u"7"_s); // and nothing more
    QSignalSpy sampled(dashboard->monitor(), &FactoryMonitor::sampled);
    one.setQueueLimit(10);
    QVERIFY(sampled.wait());
    QCOMPARE(workers->text(), u"7"_s);
    dashboard->setFactory(&other);
    QCOMPARE(workers->text(), u"32"_s);
    QTest::keyClick(workers, Qt::Key_Up);
    QCOMPARE(other.workerCount(), 33);
    QCOMPARE(one.workerCount(), 4);
}

void tst_DashboardActions::UI_6_wheelChangesNothingInPassing()
{
    auto factory = gated(Gate(), {.workerCount = 4});
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Controls);
    dashboard->activateWindow();
    auto *workers = find<QSpinBox>(*dashboard, "workerCount");
    QTRY_COMPARE(workers->value(), 4);
    find(*dashboard, "stop")->setFocus();
    const auto turn = [&] {
        const QPointF middle = QRectF(workers->rect()).center();
        QWheelEvent event(middle, workers->mapToGlobal(middle), {}, {0, 120}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(workers, &event);
    };
    turn();
    QCOMPARE(factory.workerCount(), 4);
    workers->setFocus();
    QTRY_VERIFY(workers->hasFocus());
    turn();
    QCOMPARE(factory.workerCount(), 5);
}

void tst_DashboardActions::UI_6_onlyRetriableLettersAreRetried()
{
    Factory factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker},
                    [](Job<QString, std::unique_ptr<int>> &job) {
                        if (job.key() == u"taken")
                            static_cast<void>(job.takeMessage());
                        throw JobError(u"on purpose"_s);
                    });
    factory.start();
    factory.dispatch(u"taken"_s, std::make_unique<int>(1));
    factory.dispatch(u"left"_s, std::make_unique<int>(1));
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::DeadLetters);
    QTableView *view = table(*dashboard, "deadLetters");
    QTRY_COMPARE(view->model()->rowCount(), 2);
    auto *retry = find(*dashboard, "retry", "deadLetters");
    auto *drop = find(*dashboard, "drop", "deadLetters");
    for (int row = 0; row < 2; ++row) {
        view->selectRow(row);
        QVERIFY(drop->isEnabled());
        QCOMPARE(retry->isEnabled(), factory.deadLetters().at(1 - row).isRetriable);
    }
}

QTEST_MAIN(tst_DashboardActions)
#include "tst_dashboardactions.moc"
