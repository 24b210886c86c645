// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/dashboards.h"

#include <QAbstractEventDispatcher>
#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHeaderView>
#include <QImage>
#include <QLabel>
#include <QMenu>
#include <QMetaEnum>
#include <QPointer>
#include <QSignalSpy>
#include <QTabBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QTranslator>

#include <functional>
#include <memory>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace Support;

namespace {

bool isWatching(Dashboard &dashboard)
{
    return !QAbstractEventDispatcher::instance()->registeredTimers(dashboard.monitor()).isEmpty();
}

} // namespace

// The dashboard of widgets: what is seen of it.
class tst_DashboardWidget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnOtherWarnings(); }

    void UI_6_looksOnlyWhileItCanBeSeen();
    void UI_6_factoryMayGoAndBeExchanged();
    void UI_6_partsAreChosen();
    void UI_6_wideDashboardShowsTheChartsToo();
    void UI_6_oneOfSeveralIsShown();
    void UI_6_eachOfSeveralHasAPast();
    void UI_6_namesAreNoMarkup();
    void UI_6_lookIsFollowed_data();
    void UI_6_lookIsFollowed();
    void UI_6_tabLeadsFromTopToBottom();
    void UI_6_everySizeHasRoom_data();
    void UI_6_everySizeHasRoom();
    void UI_6_partsHaveAccessibleNames();
    void UI_6_tablesAreSound();
    void UI_6_factoryIsExported();
    void UI_6_exportsAreSaved_data();
    void UI_6_exportsAreSaved();
};

void tst_DashboardWidget::UI_6_looksOnlyWhileItCanBeSeen()
{
    const Gate gate;
    auto factory = gated(gate);
    const Support::GateOpener opener(gate);
    factory.start();
    factory.dispatch(u"one"_s, true);
    QVERIFY(gate.awaitArrivals());
    Dashboard dashboard(&factory);
    QVERIFY(!isWatching(dashboard));
    dashboard.show();
    QVERIFY(isWatching(dashboard));
    dashboard.hide();
    QVERIFY(!isWatching(dashboard));
    QWidget window;
    dashboard.setParent(&window);
    dashboard.show();
    QVERIFY(!isWatching(dashboard));
    window.show();
    QVERIFY(isWatching(dashboard));
    window.hide();
    QVERIFY(!isWatching(dashboard));
    dashboard.setParent(nullptr);
}

void tst_DashboardWidget::UI_6_factoryMayGoAndBeExchanged()
{
    const Gate gate;
    gate.open();
    auto other = gated(gate);
    Dashboard dashboard;
    QSignalSpy changed(&dashboard, &Dashboard::factoryChanged);
    QCOMPARE(dashboard.factory(), nullptr);
    dashboard.show();
    {
        auto factory = gated(gate);
        dashboard.setFactory(&factory);
        QCOMPARE(dashboard.factory(), &factory);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(dashboard.factories().size(), 1);
    }
    QCOMPARE(dashboard.factory(), nullptr);
    QVERIFY(dashboard.factories().isEmpty());
    QCOMPARE(changed.count(), 2);
    dashboard.setFactory(&other);
    QCOMPARE(dashboard.factory(), &other);
    dashboard.removeFactory(&other);
    QCOMPARE(dashboard.factory(), nullptr);
    dashboard.addFactory(&other); // the first is shown
    QCOMPARE(dashboard.factory(), &other);
    dashboard.setFactory(nullptr);
    QCOMPARE(dashboard.factory(), nullptr);
}

void tst_DashboardWidget::UI_6_partsAreChosen()
{
    const Gate gate;
    auto factory = gated(gate);
    const auto dashboard = shown(&factory);
    QSignalSpy changed(dashboard.get(), &Dashboard::partChanged);
    QCOMPARE(dashboard->part(), Dashboard::Charts);
    auto *tabs = dashboard->findChild<QTabWidget *>();
    tabs->tabBar()->setFocus();
    for (const auto part : {Dashboard::Workers, Dashboard::Jobs, Dashboard::DeadLetters,
                            Dashboard::Events, Dashboard::Controls}) {
        QTest::keyClick(tabs->tabBar(), Qt::Key_Right);
        QCOMPARE(dashboard->part(), part);
    }
    QCOMPARE(changed.count(), 5);
    dashboard->setPart(Dashboard::Jobs);
    QCOMPARE(tabs->tabText(tabs->currentIndex()), u"Jobs"_s);
    QCOMPARE(dashboard->monitor()->jobLimit(), 500);
    dashboard->setPart(Dashboard::Workers);
    QCOMPARE(dashboard->monitor()->jobLimit(), -1); // nobody sees them
    QVERIFY(dashboard->monitor()->timelineSpan() > 0);
}

void tst_DashboardWidget::UI_6_wideDashboardShowsTheChartsToo()
{
    const Gate gate;
    auto factory = gated(gate);
    const auto dashboard = shown(&factory, {2000, 900});
    auto *tabs = dashboard->findChild<QTabWidget *>();
    QCOMPARE(tabs->count(), 5);
    QCOMPARE(dashboard->part(), Dashboard::Workers);
    dashboard->resize(700, 900);
    QCOMPARE(tabs->count(), 6);
    QCOMPARE(dashboard->part(), Dashboard::Workers);
    dashboard->setPart(Dashboard::Charts);
    QCOMPARE(dashboard->part(), Dashboard::Charts);
    dashboard->resize(2000, 900);
    QCOMPARE(dashboard->part(), Dashboard::Workers);
}

void tst_DashboardWidget::UI_6_oneOfSeveralIsShown()
{
    const Gate gate;
    auto one = gated(gate, {.name = u"one"_s});
    const auto dashboard = shown(&one);
    auto *strip = dashboard->findChild<QTabBar *>(u"factories"_s);
    QVERIFY(!strip->isVisible());
    {
        auto other = gated(gate, {.name = u"other"_s});
        dashboard->addFactory(&other);
        QVERIFY(strip->isVisible());
        QCOMPARE(dashboard->factory(), &one);
        QTest::mouseClick(strip, Qt::LeftButton, {}, strip->tabRect(1).center());
        QCOMPARE(dashboard->factory(), &other);
        QTRY_VERIFY(!strip->tabIcon(1).isNull());
        QCOMPARE(strip->tabToolTip(1), u"Calm"_s);
    }
    QCOMPARE(dashboard->factory(), &one);
    QVERIFY(!strip->isVisible());
}

void tst_DashboardWidget::UI_6_eachOfSeveralHasAPast()
{
    const Gate gate;
    auto one = gated(gate, {.name = u"one"_s, .workerCount = 1});
    auto other = gated(gate, {.name = u"other"_s, .workerCount = 1});
    for (auto *factory : {&one, &other}) {
        factory->start();
        factory->dispatch(u"key"_s, true); // which keeps it awake
    }
    const auto dashboard = shown(&one);
    dashboard->addFactory(&other);
    dashboard->setInterval(20);
    auto *strip = find<QTabBar>(*dashboard, "factories");
    const auto samples = [](const FactoryMonitor *monitor) {
        return monitor->history(FactoryMonitor::ActiveWorkers).size();
    };
    for (const FactoryMonitor *monitor : strip->findChildren<FactoryMonitor *>()) {
        QCOMPARE(monitor->interval(), 20);
        QTRY_VERIFY(samples(monitor) >= 5);
    }
    dashboard->setFactory(&other);
    const auto *monitor = dashboard->findChild<FactoryMonitor *>({}, Qt::FindDirectChildrenOnly);
    QCOMPARE(monitor->factory(), &other);
    QVERIFY(samples(monitor) >= 5);
    gate.open();
}

void tst_DashboardWidget::UI_6_namesAreNoMarkup()
{
    const Gate gate;
    auto factory = gated(gate, {.name = u"R&D <b>one</b>"_s, .workerCount = 1});
    auto other = gated(gate, {.name = u"other"_s});
    factory.start();
    factory.dispatch(u"<b>key</b>"_s, true);
    const auto dashboard = shown(&factory);
    dashboard->addFactory(&other);
    auto *strip = find<QTabBar>(*dashboard, "factories");
    QCOMPARE(strip->tabText(0), u"R&&D <b>one</b>"_s);
    dashboard->setPart(Dashboard::Jobs);
    QTableView *view = table(*dashboard, "jobs");
    QTRY_COMPARE(view->model()->rowCount(), 1);
    QCOMPARE(view->model()->index(0, 0).data(Qt::ToolTipRole).toString(),
             u"<span>&lt;b&gt;key&lt;/b&gt;</span>"_s);
    dashboard->setPart(Dashboard::Controls);
    click(find(*dashboard, "stop"));
    QTRY_VERIFY(dashboard->findChild<QMessageBox *>(u"confirmation"_s));
    auto *box = dashboard->findChild<QMessageBox *>(u"confirmation"_s);
    QVERIFY(box->informativeText().startsWith(u"R&D <b>one</b>"_s));
    QCOMPARE(box->button(QMessageBox::Ok)->text(), u"Stop"_s);
    QCOMPARE(box->button(QMessageBox::Cancel)->text(), u"No"_s);
    for (const QLabel *label : box->findChildren<QLabel *>())
        QVERIFY(label->text().isEmpty() || label->textFormat() == Qt::PlainText);
    gate.open();
}

namespace {

// A language that is much like English.
class Loud : public QTranslator
{
public:
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *, const char *text, const char *,
                                    int) const override
    {
        return QString::fromUtf8(text) + u'!';
    }
};

} // namespace

void tst_DashboardWidget::UI_6_lookIsFollowed_data()
{
    using Change = std::function<void(Dashboard &)>;
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("title");
    QTest::newRow("language") << Change([](Dashboard &dashboard) {
        auto *loud = new Loud; // removed again when it is destroyed
        loud->setParent(&dashboard);
        QCoreApplication::installTranslator(loud);
    }) << u"Workers!"_s;
    QTest::newRow("font") << Change([](Dashboard &dashboard) {
        QFont font = dashboard.font();
        font.setPointSizeF(font.pointSizeF() * 2);
        dashboard.setFont(font);
    }) << u"Workers"_s;
    QTest::newRow("locale") << Change([](Dashboard &dashboard) {
        dashboard.setLocale(QLocale(QLocale::German));
    }) << u"Workers"_s;
    QTest::newRow("direction") << Change([](Dashboard &dashboard) {
        dashboard.setLayoutDirection(Qt::RightToLeft);
    }) << u"Workers"_s;
}

void tst_DashboardWidget::UI_6_lookIsFollowed()
{
    QFETCH(const std::function<void(Dashboard &)>, change);
    QFETCH(const QString, title);
    const Gate gate;
    auto other = gated(gate, {.name = u"other"_s});
    auto factory = gated(gate, {.name = u"shown"_s, .workerCount = 2});
    factory.start();
    factory.dispatch(u"key"_s, true);
    const auto dashboard = shown(&other);
    dashboard->addFactory(&factory);
    dashboard->setFactory(&factory);
    dashboard->setPart(Dashboard::Workers);
    dashboard->setActions(Dashboard::AllActions & ~Dashboard::Actions(Dashboard::PauseAction));
    const auto history = [&] {
        return dashboard->monitor()->history(FactoryMonitor::ActiveWorkers).size();
    };
    QTRY_VERIFY(history() > 3);
    const QPointer<QTabWidget> before = dashboard->findChild<QTabWidget *>();
    QSignalSpy factoryChanged(dashboard.get(), &Dashboard::factoryChanged);
    QSignalSpy partChanged(dashboard.get(), &Dashboard::partChanged);
    const qsizetype seen = history();
    change(*dashboard);
    QTRY_VERIFY(!before);
    auto *tabs = dashboard->findChild<QTabWidget *>();
    QCOMPARE(tabs->tabText(tabs->currentIndex()), title);
    QCOMPARE(dashboard->part(), Dashboard::Workers);
    QCOMPARE(dashboard->factory(), &factory);
    QCOMPARE(dashboard->factories(), (QList<FactoryBase *>{&other, &factory}));
    QCOMPARE(find<QTabBar>(*dashboard, "factories")->currentIndex(), 1);
    QVERIFY(!find(*dashboard, "pause")->isVisible());
    QVERIFY(history() >= seen);
    QVERIFY(factoryChanged.isEmpty() && partChanged.isEmpty());
    QTableView *view = table(*dashboard, "workers");
    QVERIFY(view->verticalHeader()->defaultSectionSize() >= dashboard->fontMetrics().height());
    QTRY_COMPARE(view->model()->rowCount(), 2);
    QVERIFY(view->isVisible());
    auto *figures = dashboard->findChild<QWidget *>(u"figures"_s);
    const auto tiles = figures->findChildren<QWidget *>(Qt::FindDirectChildrenOnly);
    QCOMPARE(tiles.first()->x() > tiles.at(1)->x(),
             dashboard->layoutDirection() == Qt::RightToLeft);
    gate.open();
}

// As they are seen, and not as they were made.
void tst_DashboardWidget::UI_6_tabLeadsFromTopToBottom()
{
    const Gate gate;
    auto factory = gated(gate, {.workerCount = 1});
    const Support::GateOpener opener(gate);
    factory.start();
    factory.dispatch(u"fails"_s, false);
    QTRY_COMPARE(factory.deadLetterCount(), 1);
    factory.dispatch(u"runs"_s, true);
    const auto dashboard = shown(&factory);
    for (const auto part : {Dashboard::Workers, Dashboard::Jobs, Dashboard::DeadLetters}) {
        dashboard->setPart(part);
        auto *tabs = dashboard->findChild<QTabWidget *>();
        QWidget *page = tabs->currentWidget();
        auto *view = page->findChild<QTableView *>();
        QTRY_VERIFY(view->model()->rowCount() > 0);
        QVERIFY(!view->accessibleName().isEmpty());
        QList<QWidget *> chain;
        for (QWidget *widget = page->nextInFocusChain(); widget != page;
             widget = widget->nextInFocusChain()) {
            if (page->isAncestorOf(widget) && widget->isVisible()
                && (widget->focusPolicy() & Qt::TabFocus))
                chain.append(widget);
        }
        QVERIFY(chain.size() > 1);
        for (qsizetype i = 1; i < chain.size(); ++i) {
            const QPoint before = chain.at(i - 1)->mapTo(page, QPoint(0, 0));
            const QPoint after = chain.at(i)->mapTo(page, QPoint(0, 0));
            QVERIFY2(after.y() > before.y() + 8 || after.x() > before.x(),
                     qPrintable(chain.at(i)->objectName()));
        }
        QCOMPARE(chain.last(), view);
    }
    gate.open();
}

void tst_DashboardWidget::UI_6_everySizeHasRoom_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<Dashboard::Part>("part");
    const auto parts = QMetaEnum::fromType<Dashboard::Part>();
    for (const int width : {320, 400, 700, 1200, 1900}) {
        for (int i = 0; i < parts.keyCount(); ++i)
            QTest::addRow("%d %s", width, parts.key(i)) << width << Dashboard::Part(parts.value(i));
    }
}

// Whatever can be seen is within the dashboard, to the left and to the right.
void tst_DashboardWidget::UI_6_everySizeHasRoom()
{
    QFETCH(const int, width);
    QFETCH(const Dashboard::Part, part);
    const Gate gate;
    auto factory = gated(gate, {.name = u"A rather long name of a factory"_s, .queueLimit = 100});
    factory.start();
    factory.dispatch(u"key"_s, false);
    const auto dashboard = shown(&factory, {width, 700});
    dashboard->setPart(part);
    QTRY_COMPARE(dashboard->monitor()->failed(), 1.0);
    QApplication::processEvents();
    for (const QWidget *widget : dashboard->findChildren<QWidget *>()) {
        const bool scrolls = widget->inherits("QHeaderView") || widget->inherits("QTabBar")
                             || widget->parentWidget()->inherits("QTabBar")
                             || widget->parentWidget()->inherits("QHeaderView");
        if (!widget->isVisible() || scrolls || widget->isWindow())
            continue;
        if (width >= 700
            && part != Dashboard::Workers) // the page does not scroll, only what is in it
            QVERIFY(widget->objectName() != u"qt_scrollarea_vcontainer"_s
                    || widget->parentWidget()->parentWidget() != dashboard.get());
        const int left = widget->mapTo(dashboard.get(), QPoint(0, 0)).x();
        QVERIFY2(left >= 0 && left + widget->width() <= width,
                 qPrintable(u"%1 %2 is at %3, %4 wide"_s
                                .arg(QLatin1String(widget->metaObject()->className()),
                                     widget->objectName())
                                .arg(left)
                                .arg(widget->width())));
    }
}

void tst_DashboardWidget::UI_6_partsHaveAccessibleNames()
{
    const Gate gate;
    auto factory = gated(gate);
    const auto dashboard = shown(&factory);
    const auto nameOf = [](QWidget *widget) {
        return QAccessible::queryAccessibleInterface(widget)->text(QAccessible::Name);
    };
    QCOMPARE(nameOf(dashboard.get()), u"Factory dashboard"_s);
    for (const char *name : {"freeze", "pause", "workerCount", "queueLimit", "drain", "stop"})
        QVERIFY2(!nameOf(find<QWidget>(*dashboard, name)).isEmpty(), name);
    QVERIFY(!nameOf(find<QWidget>(*dashboard, "workerGrid")).isEmpty());
    QVERIFY(!nameOf(find<QWidget>(*dashboard, "search", "jobs")).isEmpty());
}

void tst_DashboardWidget::UI_6_tablesAreSound()
{
    const Gate gate;
    gate.open();
    auto factory = gated(gate, {.workerCount = 2});
    factory.start();
    const auto dashboard = shown(&factory);
    std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
    for (const QTableView *view : dashboard->findChildren<QTableView *>()) {
        testers.push_back(std::make_unique<QAbstractItemModelTester>(
            view->model(), QAbstractItemModelTester::FailureReportingMode::QtTest));
    }
    QCOMPARE(testers.size(), std::size_t(4));
    dashboard->setPart(Dashboard::Jobs);
    QSignalSpy sampled(dashboard->monitor(), &FactoryMonitor::sampled);
    for (int round = 0; round < 20; ++round) {
        factory.setWorkerCount(round % 5);
        for (int i = 0; i < 50; ++i)
            factory.dispatch(QString::number(i), i % 10 != 0);
        const qsizetype count = sampled.count();
        QTRY_VERIFY(sampled.count() > count);
    }
    factory.stop();
    QTRY_VERIFY(dashboard->monitor()->state() == FactoryState::Stopped);
}

void tst_DashboardWidget::UI_6_factoryIsExported()
{
    const Gate gate;
    auto factory = gated(gate, {.name = u"exported"_s});
    const auto dashboard = shown(&factory);
    auto *menu = find<QToolButton>(*dashboard, "export")->menu();
    menu->findChild<QAction *>(u"copyJson"_s)->trigger();
    QVERIFY(QApplication::clipboard()->text().contains(u"\"name\": \"exported\""_s));
    menu->findChild<QAction *>(u"copyMetrics"_s)->trigger();
    QVERIFY(QApplication::clipboard()->text().contains(u"factory=\"exported\""_s));
    menu->findChild<QAction *>(u"copyCharts"_s)->trigger();
    const QImage charts = QApplication::clipboard()->image();
    QVERIFY(charts.width() > 1000 && charts.height() > 600);
    QVERIFY(charts.pixelColor(0, 0) == dashboard->palette().color(QPalette::Window));
    auto *trace = menu->findChild<QAction *>(u"saveTrace"_s);
    Q_EMIT menu->aboutToShow();
    QVERIFY(!trace->isEnabled()); // nobody looks at the workers
    dashboard->setPart(Dashboard::Workers);
    Q_EMIT menu->aboutToShow();
    QVERIFY(trace->isEnabled());
}

void tst_DashboardWidget::UI_6_exportsAreSaved_data()
{
    QTest::addColumn<QByteArray>("begin");
    QTest::newRow("saveJson") << QByteArray("{");
    QTest::newRow("saveTrace") << QByteArray("{");
    QTest::newRow("saveCharts") << QByteArray("\x89PNG");
}

void tst_DashboardWidget::UI_6_exportsAreSaved()
{
    QFETCH(const QByteArray, begin);
    const Gate gate;
    auto factory = gated(gate, {.name = u"saved"_s});
    const auto dashboard = shown(&factory);
    dashboard->setPart(Dashboard::Workers);
    const auto save = [&](const QString &path) {
        find<QToolButton>(*dashboard, "export")
            ->menu()
            ->findChild<QAction *>(QString::fromLatin1(QTest::currentDataTag()))
            ->trigger();
        QTRY_VERIFY(dashboard->findChild<QFileDialog *>());
        Q_EMIT dashboard->findChild<QFileDialog *>()->fileSelected(path);
        delete dashboard->findChild<QFileDialog *>();
    };
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"file"_s);
    save(path);
    QFile file(path);
    QVERIFY(file.open(QFile::ReadOnly));
    QVERIFY(file.readAll().startsWith(begin));

    save(folder.filePath(u"no/such/file"_s));
    QTRY_VERIFY(dashboard->findChild<QMessageBox *>());
    QVERIFY(dashboard->findChild<QMessageBox *>()->text().contains(u"no/such/file"_s));
}

QTEST_MAIN(tst_DashboardWidget)
#include "tst_dashboardwidget.moc"
