// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"
#include "support/gate.h"

#include <Millwright/Factory>
#include <Millwright/FactoryMonitor>
#include <Millwright/LatencyHistogram>
#include <Millwright/TimeChart>
#include <Millwright/WorkerGrid>
#include <Millwright/WorkerTimeline>

#include <QAccessible>
#include <QApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <functional>

using namespace Millwright;
using namespace Qt::StringLiterals;

using Maker = std::function<std::unique_ptr<ChartWidget>()>;

namespace {

template<typename Widget>
Maker maker()
{
    return [] { return std::make_unique<Widget>(); };
}

} // namespace

// The charts as widgets, each of them alone.
class tst_ChartWidgets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        // The platform of the tests has no window manager, and says so with every window.
        QTest::failOnWarning(
            QRegularExpression(u"^(?!This plugin does not support propagateSizeHints)"_s));
    }

    void UI_6_chartShowsWhatTheMonitorSees_data() { addCharts(); }
    void UI_6_chartShowsWhatTheMonitorSees();
    void UI_6_emptyChartSaysWhatIsMissing();
    void UI_6_keysAndPointerLeadToItems_data() { addCharts(); }
    void UI_6_keysAndPointerLeadToItems();
    void UI_6_hoveredJobStaysHovered_data();
    void UI_6_hoveredJobStaysHovered();
    void UI_6_hoveredWorkerStaysHovered();
    void UI_6_imageIsSaved_data() { addCharts(); }
    void UI_6_imageIsSaved();
    void UI_6_hiddenChartIsNotPainted();
    void UI_6_workerIsActivated();
    void UI_6_paletteIsTaken();

private:
    static void addCharts()
    {
        QTest::addColumn<Maker>("make");
        QTest::newRow("time") << maker<TimeChart>();
        QTest::newRow("histogram") << maker<LatencyHistogram>();
        QTest::newRow("grid") << maker<WorkerGrid>();
        QTest::newRow("timeline") << maker<WorkerTimeline>();
    }
};

namespace {

auto makeFactory()
{
    return Factory({.workerCount = 3}, [](Job<int, int> &) {});
}

void run(FactoryBase &factory, FactoryMonitor &monitor, const std::function<void()> &dispatch)
{
    monitor.setInterval(FactoryMonitor::MinimumInterval);
    monitor.setTimelineSpan(60);
    monitor.setFactory(&factory);
    monitor.setActive(true);
    factory.start();
    dispatch();
    QTRY_COMPARE(monitor.completed(), 20.0);
    QTRY_COMPARE(monitor.latencies().runTime.count(), 20); // looked up less often
    QTRY_VERIFY(!monitor.timeline().isEmpty());
}

} // namespace

void tst_ChartWidgets::UI_6_chartShowsWhatTheMonitorSees()
{
    QFETCH(const Maker, make);
    auto factory = makeFactory();
    auto monitor = std::make_unique<FactoryMonitor>();
    run(factory, *monitor, [&] {
        for (int i = 0; i < 20; ++i)
            factory.dispatch(i, 0);
    });
    const auto chart = make();
    QCOMPARE(chart->summary(), chart->emptyText());
    chart->setMonitor(monitor.get());
    QVERIFY(chart->summary() != chart->emptyText());
    chart->setTitle(u"A title"_s);
    const QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(chart.get());
    QCOMPARE(accessible->role(), QAccessible::Chart);
    QCOMPARE(accessible->text(QAccessible::Name), u"A title"_s);
    QCOMPARE(accessible->text(QAccessible::Description), chart->summary());
    QVERIFY(chart->sizeHint().isValid() && chart->minimumSizeHint().isValid());
    monitor.reset();
    QCOMPARE(chart->monitor(), nullptr);
    QCOMPARE(chart->summary(), chart->emptyText());
}

void tst_ChartWidgets::UI_6_emptyChartSaysWhatIsMissing()
{
    auto factory = makeFactory();
    FactoryMonitor monitor;
    WorkerTimeline timeline;
    TimeChart chart;
    for (ChartWidget *each :
         {static_cast<ChartWidget *>(&timeline), static_cast<ChartWidget *>(&chart)}) {
        QCOMPARE(each->emptyText(), u"No monitor"_s);
        each->setMonitor(&monitor);
        QCOMPARE(each->emptyText(), u"No factory"_s);
    }
    monitor.setFactory(&factory);
    QCOMPARE(timeline.emptyText(), u"The monitor is not active"_s);
    QCOMPARE(chart.emptyText(), u"The monitor is not active"_s);
    monitor.setActive(true);
    QCOMPARE(timeline.emptyText(), u"The monitor has no timelineSpan"_s);
    QCOMPARE(chart.emptyText(), u"No jobs yet"_s);
    monitor.setTimelineSpan(10);
    QCOMPARE(timeline.emptyText(), u"No jobs in this time"_s);
    timeline.setEmptyText(u"nothing"_s);
    QCOMPARE(timeline.emptyText(), u"nothing"_s);
}

void tst_ChartWidgets::UI_6_keysAndPointerLeadToItems()
{
    QFETCH(const Maker, make);
    auto factory = makeFactory();
    FactoryMonitor monitor;
    run(factory, monitor, [&] {
        for (int i = 0; i < 20; ++i)
            factory.dispatch(i, 0);
    });
    const auto chart = make();
    chart->setMonitor(&monitor);
    chart->resize(600, 200);
    chart->show();
    QSignalSpy hovered(chart.get(), &ChartWidget::hoveredIndexChanged);
    QTest::keyClick(chart.get(), Qt::Key_End);
    QVERIFY(chart->hoveredIndex() >= 0);
    QVERIFY(!chart->hoveredText().isEmpty());
    QCOMPARE(hovered.count(), 1);
    const QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(chart.get());
    QCOMPARE(accessible->text(QAccessible::Description), chart->hoveredText());
    QTest::keyClick(chart.get(), Qt::Key_Escape);
    QCOMPARE(chart->hoveredIndex(), -1);
    QTest::keyClick(chart.get(), Qt::Key_Home);
    QVERIFY(chart->hoveredIndex() >= 0);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(chart.get(), &leave);
    QCOMPARE(chart->hoveredIndex(), -1);
}

void tst_ChartWidgets::UI_6_hoveredJobStaysHovered_data()
{
    QTest::addColumn<bool>("byPointer");
    QTest::newRow("pointer") << true;
    QTest::newRow("index") << false;
}

// Spans come and go in front of it, and it goes from those that run to those that have ended.
void tst_ChartWidgets::UI_6_hoveredJobStaysHovered()
{
    QFETCH(const bool, byPointer);
    const std::array<Support::Gate, 3> gates;
    Factory factory({.workerCount = 3},
                    [gates](Job<QString, int> &job) { gates[std::size_t(job.message())].pass(); });
    FactoryMonitor monitor;
    monitor.setInterval(FactoryMonitor::MinimumInterval);
    monitor.setTimelineSpan(60);
    monitor.setFactory(&factory);
    monitor.setActive(true);
    factory.start();
    for (int i = 0; i < 3; ++i)
        factory.dispatch(u"job %1"_s.arg(i), i);
    QTRY_COMPARE(monitor.timeline().size(), 3);
    WorkerTimeline chart;
    chart.setMonitor(&monitor);
    chart.resize(600, 300);
    chart.show();
    std::array<int, 3> jobOf{}; // by worker
    const QList<TraceSpan> running = monitor.timeline();
    for (const TraceSpan &span : running)
        jobOf[std::size_t(span.worker)] = span.key.last(1).toInt();
    const QString meant = u"job %1"_s.arg(jobOf[1]);
    // Jobs of less than a millisecond have no span of their own.
    QTRY_VERIFY(std::all_of(running.begin(), running.end(), [&](const TraceSpan &span) {
        return factory.snapshot().time - span.start > 1'000'000;
    }));
    const auto shown = [&] { return chart.hoveredText().section(u'\n', 0, 0); };
    if (byPointer) { // somewhere along the right edge
        for (int y = 0; y < chart.height() && shown() != meant; ++y)
            QTest::mouseMove(&chart, {chart.width() - 8, y});
    } else {
        chart.setHoveredIndex(1); // those that run are in the order of their workers
    }
    QCOMPARE(shown(), meant);
    for (const int worker : {2, 0, 1}) {
        const int job = jobOf[std::size_t(worker)];
        gates[std::size_t(job)].open();
        const auto hasEnded = [&] {
            const QList<TraceSpan> spans = monitor.timeline();
            return std::any_of(spans.begin(), spans.end(), [&](const TraceSpan &span) {
                return span.key == u"job %1"_s.arg(job) && span.end > 0;
            });
        };
        QTRY_VERIFY(hasEnded());
        if (worker != 1 || !byPointer) // then it goes away from under the pointer
            QCOMPARE(shown(), meant);
    }
}

void tst_ChartWidgets::UI_6_hoveredWorkerStaysHovered()
{
    const Support::Gate gate;
    Factory factory({.workerCount = 4}, [gate](Job<int, int> &) { gate.pass(); });
    const Support::GateOpener opener(gate);
    FactoryMonitor monitor;
    monitor.setInterval(FactoryMonitor::MinimumInterval);
    monitor.setFactory(&factory);
    monitor.setActive(true);
    factory.start();
    QTRY_COMPARE(monitor.workers()->count(), 4);
    WorkerGrid grid;
    grid.setMonitor(&monitor);
    grid.resize(600, 100);
    grid.show();
    int worker = -2;
    connect(&monitor, &FactoryMonitor::sampled, &grid, [&] { worker = grid.hoveredWorker(); });
    QTest::keyClick(&grid, Qt::Key_End);
    QCOMPARE(grid.hoveredWorker(), 3);
    factory.setWorkerCount(2);
    QTRY_COMPARE(monitor.workers()->count(), 2);
    QTRY_COMPARE(worker, -1);
    QCOMPARE(grid.hoveredIndex(), -1);
}

void tst_ChartWidgets::UI_6_imageIsSaved()
{
    QFETCH(const Maker, make);
    const auto chart = make();
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"chart.png"_s);
    QVERIFY(chart->saveImage(file, {300, 100}, 2));
    const QImage image(file);
    QCOMPARE(image.size(), QSize(600, 200));
    QCOMPARE(image.pixelColor(599, 199), chart->palette().color(QPalette::Window));
    QVERIFY(!chart->saveImage(folder.filePath(u"no/such/folder.png"_s)));
}

void tst_ChartWidgets::UI_6_hiddenChartIsNotPainted()
{
    class Counting : public TimeChart
    {
    public:
        int paints = 0;

    protected:
        void paintEvent(QPaintEvent *event) override
        {
            ++paints;
            TimeChart::paintEvent(event);
        }
    };
    auto factory = makeFactory();
    FactoryMonitor monitor;
    run(factory, monitor, [&] {
        for (int i = 0; i < 20; ++i)
            factory.dispatch(i, 0);
    });
    Counting chart;
    chart.setMonitor(&monitor);
    QSignalSpy sampled(&monitor, &FactoryMonitor::sampled);
    factory.dispatch(20, 0);
    QTRY_VERIFY(sampled.count() > 3);
    QCOMPARE(chart.paints, 0);
    chart.show();
    QTRY_VERIFY(chart.paints > 0);
    factory.dispatch(21, 0);
    const int before = chart.paints;
    QTRY_VERIFY(chart.paints > before);
}

void tst_ChartWidgets::UI_6_workerIsActivated()
{
    auto factory = makeFactory();
    FactoryMonitor monitor;
    run(factory, monitor, [&] {
        for (int i = 0; i < 20; ++i)
            factory.dispatch(i, 0);
    });
    WorkerGrid grid;
    grid.setMonitor(&monitor);
    grid.resize(400, 100);
    grid.show();
    QSignalSpy activated(&grid, &WorkerGrid::workerActivated);
    QTest::keyClick(&grid, Qt::Key_Return); // none is hovered
    QCOMPARE(activated.count(), 0);
    QTest::keyClick(&grid, Qt::Key_End);
    QCOMPARE(grid.hoveredWorker(), 2);
    QTest::keyClick(&grid, Qt::Key_Return);
    QCOMPARE(activated.last().first().toInt(), 2);
    QTest::mouseClick(&grid, Qt::LeftButton, {}, {8, 40});
    QCOMPARE(activated.last().first().toInt(), 0);
}

void tst_ChartWidgets::UI_6_paletteIsTaken()
{
    TimeChart chart;
    QPalette palette = chart.palette();
    palette.setColor(QPalette::Window, Qt::black);
    palette.setColor(QPalette::WindowText, Qt::white);
    chart.setPalette(palette);
    QCOMPARE(chart.toImage({200, 100}).pixelColor(1, 99), QColor(Qt::black));
}

QTEST_MAIN(tst_ChartWidgets)
#include "tst_chartwidgets.moc"
