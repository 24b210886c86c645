// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include "charts/dashboardtexts.h"
#include "charts/decimation.h"
#include "charts/histogrampainter.h"
#include "charts/timechartpainter.h"
#include "charts/timelinepainter.h"
#include "charts/workergridpainter.h"
#include "core/monitor/factorymonitor.h"

#include <QGuiApplication>
#include <QImage>
#include <QMetaEnum>
#include <QPainter>
#include <QTest>

#include <array>
#include <cmath>
#include <limits>

using namespace Millwright;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr double None = std::numeric_limits<double>::quiet_NaN();
constexpr qint64 Second = 1'000'000'000;

ChartTheme theme(bool isDark = false)
{
    return ChartTheme::of(
        isDark ? QPalette(QColor(40, 42, 48), QColor(28, 30, 34)) : QPalette(Qt::white), QFont());
}

template<typename Painter>
void setUp(Painter &chart, const QSizeF &size = {600, 200}, bool isDark = false)
{
    chart.setTheme(theme(isDark));
    chart.setLocale(QLocale::c());
    chart.setSize(size);
}

QList<double> ramp(int count)
{
    QList<double> values;
    for (int i = 0; i < count; ++i)
        values.append(i);
    return values;
}

// How many pixels of a rectangle are nearly of this color.
int count(const QImage &image, const QRectF &rect, const QColor &color, int tolerance = 24)
{
    int found = 0;
    const QRect area = rect.toRect().intersected(image.rect());
    for (int y = area.top(); y <= area.bottom(); ++y) {
        for (int x = area.left(); x <= area.right(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            if (std::abs(pixel.red() - color.red()) + std::abs(pixel.green() - color.green())
                    + std::abs(pixel.blue() - color.blue())
                < tolerance)
                ++found;
        }
    }
    return found;
}

QList<WorkerSnapshot> workers(int count)
{
    QList<WorkerSnapshot> workers;
    for (int id = 0; id < count; ++id)
        workers.append({.id = id, .state = WorkerState::Idle});
    return workers;
}

} // namespace

// What is drawn in the charts of dashboards, in QML and in widgets.
class tst_Charts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_axesHaveNiceTicks_data();
    void UI_6_axesHaveNiceTicks();
    void UI_6_logarithmicAxesCoverTheirValues();
    void UI_6_valuesAreWritten_data();
    void UI_6_valuesAreWritten();
    void UI_6_agesAreWritten();
    void UI_6_colorsCanBeToldApart_data();
    void UI_6_colorsCanBeToldApart();
    void UI_6_noPeakIsLost();
    void UI_6_gapsPartALine();
    void UI_6_samplesAreFoundWhereTheyAre_data();
    void UI_6_samplesAreFoundWhereTheyAre();
    void UI_6_keysLeadFromSampleToSample();
    void UI_6_limitComesIntoView();
    void UI_6_lineIsDrawnWhereTheValueIs();
    void UI_6_plotsAreAligned_data();
    void UI_6_plotsAreAligned();
    void UI_6_legendStaysWhereItIs();
    void UI_6_histogramCountsEverything();
    void UI_6_histogramKeysAndTexts();
    void UI_6_everyWorkerHasACell_data();
    void UI_6_everyWorkerHasACell();
    void UI_6_workerStatesLookDifferent();
    void UI_6_spansAreFoundWhereTheyAre();
    void UI_6_lanesScroll();
    void UI_6_spanTextsSayWhatHappened();
    void UI_6_nothingIsDrawnOutside_data();
    void UI_6_nothingIsDrawnOutside();
    void UI_6_emptyChartsSaySo();
    void UI_6_emptyChartsSayWhatIsMissing();
    void UI_6_emptyTextTakesTheLinesItNeeds_data();
    void UI_6_emptyTextTakesTheLinesItNeeds();
    void UI_6_largeChartsAreDrawnInTime();
    void UI_6_everythingHasAName();
    void UI_6_timesThatGrowAreWritten_data();
    void UI_6_timesThatGrowAreWritten();
};

void tst_Charts::UI_6_axesHaveNiceTicks_data()
{
    QTest::addColumn<double>("maximum");
    QTest::addColumn<ChartUnit>("unit");
    QTest::addColumn<QList<double>>("ticks");
    QTest::newRow("nothing") << 0.0 << ChartUnit::Rate << QList<double>{0, 0.5, 1};
    QTest::newRow("few jobs") << 1.0 << ChartUnit::Count << QList<double>{0, 1};
    QTest::newRow("four") << 4.0 << ChartUnit::Count << QList<double>{0, 1, 2, 3, 4};
    QTest::newRow("above") << 410.0 << ChartUnit::Count << QList<double>{0, 200, 400, 600};
    QTest::newRow("fractions") << 0.07 << ChartUnit::Rate
                               << QList<double>{0, 0.02, 0.04, 0.06, 0.08};
}

void tst_Charts::UI_6_axesHaveNiceTicks()
{
    QFETCH(const double, maximum);
    QFETCH(const ChartUnit, unit);
    QFETCH(const QList<double>, ticks);
    const ValueScale scale = ValueScale::linear(maximum, unit, 4);
    if (maximum > 0) {
        QCOMPARE(scale.ticks().size(), ticks.size());
        for (int i = 0; i < ticks.size(); ++i)
            QVERIFY(std::abs(scale.ticks().at(i) - ticks.at(i)) < 1e-9);
    }
    QVERIFY(scale.highest() >= maximum);
    QCOMPARE(scale.at(0), 0.0);
    QCOMPARE(scale.at(scale.highest()), 1.0);
    QCOMPARE(scale.at(scale.highest() * 2), 1.0);
}

void tst_Charts::UI_6_logarithmicAxesCoverTheirValues()
{
    const ValueScale scale = ValueScale::logarithmic(0.03, 250);
    QCOMPARE(scale.lowest(), 0.01);
    QCOMPARE(scale.highest(), 1000.0);
    QCOMPARE(scale.ticks().size(), 6);
    QCOMPARE(scale.at(0.001), 0.0);
    QVERIFY(std::abs(scale.at(1) - 0.4) < 1e-9);
    QVERIFY(std::abs(scale.valueAt(0.4) - 1) < 1e-9);
    const ValueScale one = ValueScale::logarithmic(1, 1); // a decade at least
    QVERIFY(one.highest() / one.lowest() >= 9.9);
}

void tst_Charts::UI_6_valuesAreWritten_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<ChartUnit>("unit");
    QTest::addColumn<QString>("text");
    const auto row = [](double value, ChartUnit unit, const QString &text) {
        QTest::newRow(qPrintable(text)) << value << unit << text;
    };
    row(0, ChartUnit::Count, u"0"_s);
    row(950, ChartUnit::Count, u"950"_s);
    row(12'345, ChartUnit::Count, u"12 k"_s);
    row(1'234'567, ChartUnit::Count, u"1.2 M"_s);
    row(2.5e9, ChartUnit::Count, u"2.5 G"_s);
    row(2.34, ChartUnit::Rate, u"2.3/s"_s);
    row(12'345, ChartUnit::Rate, u"12 k/s"_s);
    row(0.0005, ChartUnit::Duration, u"500 ns"_s);
    row(0.35, ChartUnit::Duration, u"350 µs"_s);
    row(3.5, ChartUnit::Duration, u"3.5 ms"_s);
    row(2'500, ChartUnit::Duration, u"2.5 s"_s);
    row(180'000, ChartUnit::Duration, u"3 min"_s);
    row(None, ChartUnit::Duration, u"–"_s);
}

void tst_Charts::UI_6_valuesAreWritten()
{
    QFETCH(const double, value);
    QFETCH(const ChartUnit, unit);
    QLocale locale = QLocale::c();
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    QTEST(written(value, unit, locale), "text");
}

void tst_Charts::UI_6_agesAreWritten()
{
    const QLocale locale = QLocale::c();
    QCOMPARE(writtenAge(0, locale), u"now"_s);
    QCOMPARE(writtenAge(30, locale), u"30 s"_s);
    QCOMPARE(writtenAge(300, locale), u"5 min"_s);
    QCOMPARE(writtenAge(125, locale), u"2:05 min"_s);
    QCOMPARE(writtenAge(5400, locale), u"1:30 h"_s);
    QCOMPARE(ageTicks(300, 7), (QList<double>{0, 60, 120, 180, 240, 300}));
    QCOMPARE(ageTicks(10, 3), (QList<double>{0, 5, 10}));
}

void tst_Charts::UI_6_colorsCanBeToldApart_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void tst_Charts::UI_6_colorsCanBeToldApart()
{
    QFETCH(const bool, isDark);
    const ChartTheme colors = theme(isDark);
    QCOMPARE(colors.isDark, isDark);
    QVERIFY(contrast(colors.text, colors.ground) >= 4.5);
    QVERIFY(contrast(colors.mutedText, colors.ground) >= 4.5);
    for (const QColor &color : {colors.warning, colors.problem, colors.good})
        QVERIFY(contrast(color, colors.ground) >= 3);
    for (const QColor &color : colors.series)
        QVERIFY(contrast(color, colors.ground) >= 2.2);
    for (const QColor &hue : colors.hues) {
        QVERIFY(contrast(ChartTheme::textOn(hue), hue) >= 4.5);
        QVERIFY(contrast(hue, colors.ground) >= 1.5);
        QVERIFY(hue.hslHue() >= 40 && hue.hslHue() <= 330); // red says that something is wrong
    }
    QCOMPARE(colors.hueOf(u"a key"), theme(isDark).hueOf(u"a key"));
}

void tst_Charts::UI_6_noPeakIsLost()
{
    QList<double> values(10'000, 1.0);
    values[4321] = 100;
    values[7777] = -5;
    const auto place = [&](qsizetype i) { return QPointF(double(i) * 0.01, values.at(i)); };
    const QList<QPolygonF> lines = decimated(values, 0.01, place);
    QCOMPARE(lines.size(), 1);
    QVERIFY(lines.first().size() < 500);
    const auto has = [&](double value) {
        return std::any_of(lines.first().begin(), lines.first().end(),
                           [=](const QPointF &point) { return point.y() == value; });
    };
    QVERIFY(has(100));
    QVERIFY(has(-5));
    QVERIFY(std::is_sorted(lines.first().begin(), lines.first().end(),
                           [](const QPointF &a, const QPointF &b) { return a.x() < b.x(); }));
    QCOMPARE(lines.first().first(), place(0));
    QCOMPARE(lines.first().last(), place(9999));
}

void tst_Charts::UI_6_gapsPartALine()
{
    const QList<double> values{1, 2, None, None, 3, None, 4, 5};
    const auto place = [&](qsizetype i) { return QPointF(double(i), values.at(i)); };
    const QList<QPolygonF> lines = decimated(values, 10, place);
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines.at(0), (QPolygonF{{0, 1}, {1, 2}}));
    QCOMPARE(lines.at(1), (QPolygonF{{4, 3}}));
    QCOMPARE(lines.at(2), (QPolygonF{{6, 4}, {7, 5}}));
    QVERIFY(decimated(QList<double>{None, None}, 10, place).isEmpty());
}

void tst_Charts::UI_6_samplesAreFoundWhereTheyAre_data()
{
    QTest::addColumn<bool>("isMirrored");
    QTest::newRow("left to right") << false;
    QTest::newRow("right to left") << true;
}

void tst_Charts::UI_6_samplesAreFoundWhereTheyAre()
{
    QFETCH(const bool, isMirrored);
    TimeChartPainter chart;
    setUp(chart);
    chart.setDirection(isMirrored ? Qt::RightToLeft : Qt::LeftToRight);
    chart.setSettings({.capacity = 100});
    chart.setSeries({{u"a"_s, ramp(50)}, {u"b"_s, ramp(40)}});
    QCOMPARE(chart.count(), 50);
    const QRectF plot = chart.plot();
    for (int i = 0; i < 50; ++i)
        QCOMPARE(chart.indexAt({chart.xOf(i), plot.center().y()}), i);
    QCOMPARE(chart.xOf(49), isMirrored ? plot.left() : plot.right());
    QVERIFY(isMirrored ? chart.xOf(0) > chart.xOf(1) : chart.xOf(0) < chart.xOf(1));
    QCOMPARE(chart.indexAt({plot.center().x(), plot.top() - 5}), -1);
    const double beforeAll = chart.xOf(0) + (isMirrored ? 20 : -20);
    QCOMPARE(chart.indexAt({beforeAll, plot.center().y()}), -1);
    QCOMPARE(chart.valueAt(0, 49), 49.0);
    QCOMPARE(chart.valueAt(1, 49), 39.0); // they end together
    QVERIFY(std::isnan(chart.valueAt(1, 0)));
    QCOMPARE(chart.yOf(0), plot.bottom());
}

void tst_Charts::UI_6_keysLeadFromSampleToSample()
{
    TimeChartPainter chart;
    setUp(chart);
    QCOMPARE(chart.moved(CursorMove::Last), -1);
    chart.setSettings({.unit = ChartUnit::Rate, .interval = 2});
    chart.setSeries({{u"done"_s, {1, 2, 3}}, {u"failed"_s, {None, 0, 1}}});
    QCOMPARE(chart.moved(CursorMove::Left), 2); // from nowhere to now
    chart.setHovered(2);
    QCOMPARE(chart.moved(CursorMove::Left), 1);
    QCOMPARE(chart.moved(CursorMove::Right), 2);
    QCOMPARE(chart.moved(CursorMove::First), 0);
    QCOMPARE(chart.moved(CursorMove::Up), 2);
    chart.setHovered(0);
    QCOMPARE(chart.moved(CursorMove::Left), 0);
    QCOMPARE(chart.textOf(0), u"4 s ago\ndone: 1/s\nfailed: –"_s);
    QCOMPARE(chart.textOf(2), u"now\ndone: 3/s\nfailed: 1/s"_s);
    QCOMPARE(chart.textOf(3), QString());
    QCOMPARE(chart.summary(), u"done 3/s, failed 1/s"_s);
    chart.setHovered(3);
    QCOMPARE(chart.hovered(), -1);
    chart.setDirection(Qt::RightToLeft);
    chart.setHovered(1);
    QCOMPARE(chart.moved(CursorMove::Left), 2);
}

void tst_Charts::UI_6_limitComesIntoView()
{
    TimeChartPainter chart;
    setUp(chart);
    chart.setSettings({.limit = 100});
    chart.setSeries({{u"waiting"_s, {0, 10}}});
    QVERIFY(chart.scale().highest() < 50); // far away
    chart.setSeries({{u"waiting"_s, {0, 60}}});
    QVERIFY(chart.scale().highest() >= 100);
    QVERIFY(chart.summary().contains(u"limit 100"_s));
}

void tst_Charts::UI_6_lineIsDrawnWhereTheValueIs()
{
    TimeChartPainter chart;
    setUp(chart);
    chart.setSettings({.isFilled = false});
    chart.setSeries({{u"a"_s, QList<double>(100, 50.0)}});
    const QImage image = chart.toImage({600, 200});
    const QRectF plot = chart.plot();
    const QColor color = chart.theme().series.front();
    const double y = chart.yOf(50);
    QVERIFY(count(image, QRectF(plot.left(), y - 3, plot.width(), 6), color, 150)
            > plot.width() / 2);
    QCOMPARE(count(image, QRectF(plot.left(), y + 12, plot.width(), plot.bottom() - y - 14), color),
             0);
}

void tst_Charts::UI_6_plotsAreAligned_data()
{
    QTest::addColumn<QSizeF>("size");
    QTest::newRow("wide") << QSizeF(600, 200);
    QTest::newRow("narrow") << QSizeF(240, 120);
}

// Charts beside one another and below one another have their axes in line, whatever they show.
void tst_Charts::UI_6_plotsAreAligned()
{
    QFETCH(const QSizeF, size);
    const auto plotOf = [&](ChartUnit unit, bool isLogarithmic, const QList<ChartSeries> &series) {
        TimeChartPainter chart;
        setUp(chart, size);
        chart.setTitle(u"Title"_s);
        chart.setSettings({.unit = unit, .isLogarithmic = isLogarithmic});
        chart.setSeries(series);
        return chart.plot();
    };
    const QRectF one = plotOf(ChartUnit::Count, false, {{u"waiting"_s, {0, 5}}});
    QCOMPARE(plotOf(ChartUnit::Rate, false,
                    {{u"completed"_s, {0, 950}}, {u"failed"_s, {0, 0}}, {u"discarded"_s, {0, 12}}}),
             one);
    QCOMPARE(plotOf(ChartUnit::Duration, true, {{u"p50"_s, {0.01, 950}}, {u"max"_s, {3, 950}}}),
             one);
    HistogramPainter histogram;
    setUp(histogram, size);
    histogram.setTitle(u"Title"_s);
    QCOMPARE(histogram.plot().left(), one.left());
    QCOMPARE(histogram.plot().right(), one.right());
}

void tst_Charts::UI_6_legendStaysWhereItIs()
{
    TimeChartPainter chart;
    setUp(chart);
    chart.setSettings({.unit = ChartUnit::Duration, .isLogarithmic = true});
    chart.setSeries({{u"a"_s, {12, 12, 12}}, {u"b"_s, {5, 60, 888}}});
    const auto second = [&] { // where the marker in the legend is
        const QImage image = chart.toImage({600, 200});
        const QColor color = chart.theme().series[1];
        for (int x = 0; x < 600; ++x) {
            if (count(image, QRectF(x, 0, 1, chart.plot().top() - 6), color) > 0)
                return x;
        }
        return -1;
    };
    const int place = second();
    QVERIFY(place > 0);
    for (const double value : {0.001, 0.123, 1.0, 34.5, 888.0, 12'000.0}) {
        chart.setSeries({{u"a"_s, {12, 12, value}}, {u"b"_s, {5, 60, 888}}});
        QCOMPARE(second(), place);
    }
}

void tst_Charts::UI_6_histogramCountsEverything()
{
    Histogram durations;
    for (int i = 1; i <= 1000; ++i)
        durations.record(i * 100'000); // 0.1 to 100 ms
    HistogramPainter chart;
    setUp(chart);
    chart.setHistogram(durations.snapshot());
    qint64 sum = 0;
    for (const HistogramPainter::Bar &bar : chart.bars()) {
        QVERIFY(bar.upper > bar.lower);
        sum += bar.count;
    }
    QCOMPARE(sum, 1000);
    QCOMPARE(chart.count() % HistogramPainter::BarsPerDecade, 0);
    QCOMPARE(chart.marks().size(), 3);
    QVERIFY(std::abs(chart.marks().at(0).value - 50) < 1.5);
    QVERIFY(std::abs(chart.marks().at(2).value - 100) < 3);
    for (int i = 0; i < chart.count(); ++i) {
        const QRectF rect = chart.barRect(i);
        const bool isFull = chart.bars().at(i).count > 0;
        QCOMPARE(chart.indexAt({rect.center().x(), chart.plot().bottom() - 2}), isFull ? i : -1);
        QVERIFY(!isFull || rect.height() >= 1);
    }
    QVERIFY(chart.xOf(1) < chart.xOf(10));
    chart.setDirection(Qt::RightToLeft);
    QVERIFY(chart.xOf(1) > chart.xOf(10));
}

void tst_Charts::UI_6_histogramKeysAndTexts()
{
    Histogram durations;
    for (int i = 0; i < 4; ++i)
        durations.record(i == 0 ? 1'000'000 : 100'000'000);
    HistogramPainter chart;
    setUp(chart);
    QCOMPARE(chart.count(), 0);
    chart.setHistogram(durations.snapshot());
    QCOMPARE(chart.moved(CursorMove::First), 0);
    int full = -1;
    for (int i = 0; i < chart.count(); ++i) {
        if (chart.bars().at(i).count == 3)
            full = i;
    }
    QVERIFY(full > 0);
    QCOMPARE(chart.moved(CursorMove::Last), full);
    QVERIFY2(chart.textOf(full).contains(u"3"_s) && chart.textOf(full).contains(u"75"_s),
             qPrintable(chart.textOf(full)));
    chart.setHovered(full);
    QCOMPARE(chart.moved(CursorMove::Left), 0); // past those that are empty
    QCOMPARE(chart.moved(CursorMove::Right), full);
    chart.setHistogram({});
    QCOMPARE(chart.count(), 0);
    QCOMPARE(chart.summary(), chart.emptyText());
}

void tst_Charts::UI_6_everyWorkerHasACell_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<QSizeF>("size");
    for (const int count : {1, 7, 100, 1000, 1500})
        QTest::addRow("%d", count) << count << QSizeF(600, 220);
    QTest::newRow("narrow") << 200 << QSizeF(160, 300);
}

void tst_Charts::UI_6_everyWorkerHasACell()
{
    QFETCH(const int, count);
    QFETCH(const QSizeF, size);
    WorkerGridPainter chart;
    setUp(chart, size);
    chart.setWorkers(workers(count));
    QCOMPARE(chart.shown(), count);
    QVERIFY(chart.pitch() >= WorkerGridPainter::SmallestCell);
    QVERIFY(chart.pitch() <= WorkerGridPainter::LargestCell + 2);
    for (int i = 0; i < count; ++i) {
        const QRectF cell = chart.cellRect(i);
        QVERIFY(chart.rect().contains(cell));
        QCOMPARE(chart.indexAt(cell.center()), i);
    }
    QCOMPARE(chart.indexAt({-1, -1}), -1);
    chart.setHovered(0);
    QCOMPARE(chart.moved(CursorMove::Last), count - 1);
    QCOMPARE(chart.moved(CursorMove::Down), std::min(chart.columns(), count - 1) == chart.columns()
                                                ? chart.columns()
                                                : chart.moved(CursorMove::Down));
}

void tst_Charts::UI_6_workerStatesLookDifferent()
{
    WorkerGridPainter chart;
    setUp(chart);
    QList<WorkerSnapshot> all = workers(5);
    all[1].state = WorkerState::Busy;
    all[1].elapsed = 10s;
    all[1].key = u"key"_s;
    all[2].state = WorkerState::Stuck;
    all[3].state = WorkerState::CrashLooping;
    all[4].state = WorkerState::Starting;
    chart.setWorkers(all);
    const QImage image = chart.toImage({600, 200});
    QSet<QRgb> colors;
    for (int i = 0; i < 5; ++i) {
        colors.insert(image.pixel((chart.cellRect(i).topLeft() + QPointF(3, 3)).toPoint()));
        QVERIFY(count(image, chart.cellRect(i), chart.colorOf(all.at(i))) > 20);
    }
    QCOMPARE(colors.size(), 5);
    QVERIFY(contrast(chart.colorOf(all.at(1)), chart.theme().ground)
            > contrast(chart.colorOf({.state = WorkerState::Busy}), chart.theme().ground));
    QVERIFY(chart.textOf(1).contains(u"key"_s));
    QVERIFY(chart.textOf(2).contains(u"stuck"_s));
    QVERIFY(chart.summary().contains(u"1 stuck"_s));
}

void tst_Charts::UI_6_spansAreFoundWhereTheyAre()
{
    TimelinePainter chart;
    setUp(chart, {600, 300});
    chart.setDuration(10);
    const qint64 now = 100 * Second;
    const QList<TraceSpan> spans{
        {.number = 1, .worker = 0, .start = 91 * Second, .end = 93 * Second, .key = u"a"_s},
        {.number = 2, .worker = 1, .start = 92 * Second, .end = 96 * Second, .key = u"b"_s},
        {.worker = 0, .start = 98 * Second, .end = -1, .key = u"c"_s},
        {.number = 3, .worker = 0, .start = 70 * Second, .end = 80 * Second, .key = u"gone"_s},
        {.number = 4, .worker = 9, .start = 95 * Second, .end = 96 * Second, .key = u"nobody"_s},
    };
    chart.setSpans({0, 1}, spans, now);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(chart.indexAt(chart.spanRect(i).center()), i);
    QVERIFY(chart.spanRect(3).isEmpty());
    QVERIFY(chart.spanRect(4).isEmpty());
    QCOMPARE(chart.spanRect(2).right(), chart.plot().right()); // it still runs
    QVERIFY(chart.spanRect(1).top() > chart.spanRect(0).bottom());
    QVERIFY(std::abs(chart.spanRect(1).width() - 2 * chart.spanRect(0).width()) < 1);
    chart.setHovered(0);
    QCOMPARE(chart.moved(CursorMove::Right), 2);
    QCOMPARE(chart.moved(CursorMove::Down), 1);
    QCOMPARE(chart.moved(CursorMove::First), 0);
    QCOMPARE(chart.moved(CursorMove::Last), 2);
    chart.setDirection(Qt::RightToLeft);
    QCOMPARE(chart.spanRect(2).left(), chart.plot().left());
    QCOMPARE(chart.moved(CursorMove::Left), 2);
}

void tst_Charts::UI_6_lanesScroll()
{
    TimelinePainter chart;
    setUp(chart, {400, 150});
    QList<int> ids;
    QList<TraceSpan> spans;
    for (int id = 0; id < 100; ++id) {
        ids.append(id);
        spans.append({.worker = id, .start = 99 * Second, .end = -1, .key = u"key"_s});
    }
    chart.setSpans(ids, spans, 100 * Second);
    const int shown = chart.lanesShown();
    QVERIFY(shown > 1 && shown < 100);
    QVERIFY(!chart.spanRect(0).isEmpty());
    QVERIFY(chart.spanRect(99).isEmpty());
    QCOMPARE(chart.firstLaneToShow(99), 100 - shown);
    chart.setFirstLane(chart.firstLaneToShow(99));
    QVERIFY(!chart.spanRect(99).isEmpty());
    QVERIFY(chart.spanRect(0).isEmpty());
    chart.setFirstLane(1000);
    QCOMPARE(chart.firstLane(), 100 - shown);
}

void tst_Charts::UI_6_spanTextsSayWhatHappened()
{
    TimelinePainter chart;
    setUp(chart);
    chart.setSpans({3},
                   {{.number = 1,
                     .worker = 3,
                     .start = 97 * Second,
                     .end = 98 * Second,
                     .key = u"key"_s,
                     .label = u"label"_s,
                     .outcome = Outcome::Failed},
                    {.worker = 3, .start = 98 * Second, .end = 99 * Second, .jobs = 12},
                    {.worker = 3, .start = 99 * Second, .end = -1, .key = u"now"_s}},
                   100 * Second);
    QCOMPARE(chart.textOf(0), u"key\nlabel\nworker 3\nstarted 3 s ago\ntook 1 s\nfailed"_s);
    QCOMPARE(chart.textOf(1), u"12 jobs\nworker 3\nstarted 2 s ago\ntook 1 s"_s);
    QCOMPARE(chart.textOf(2), u"now\nworker 3\nstarted 1 s ago\nrunning for 1 s"_s);
}

namespace {

using Maker = std::function<std::unique_ptr<Chart>()>;

std::unique_ptr<Chart> fullTimeChart()
{
    auto chart = std::make_unique<TimeChartPainter>();
    chart->setSettings(
        {.unit = ChartUnit::Duration, .capacity = 1200, .limit = 900, .isLogarithmic = true});
    chart->setSeries({{u"p50"_s, ramp(1200)}, {u"p99"_s, ramp(1200)}, {u"max"_s, ramp(1200)}});
    return chart;
}

std::unique_ptr<Chart> fullHistogram()
{
    Histogram durations;
    for (int i = 1; i < 100'000; ++i)
        durations.record(qint64(i) * i);
    auto chart = std::make_unique<HistogramPainter>();
    chart->setHistogram(durations.snapshot());
    return chart;
}

std::unique_ptr<Chart> fullGrid()
{
    auto chart = std::make_unique<WorkerGridPainter>();
    QList<WorkerSnapshot> all = workers(1000);
    for (int i = 0; i < all.size(); ++i)
        all[i].state = WorkerState(i % 8);
    chart->setWorkers(all);
    return chart;
}

std::unique_ptr<Chart> fullTimeline()
{
    auto chart = std::make_unique<TimelinePainter>();
    QList<TraceSpan> spans;
    QList<int> ids;
    for (int worker = 0; worker < 16; ++worker) {
        ids.append(worker);
        for (int i = 0; i < 100; ++i) {
            const qint64 start = 90 * Second + i * Second / 10;
            spans.append({.number = 1,
                          .worker = worker,
                          .start = start,
                          .end = start + Second / 12,
                          .key = QString::number(i)});
        }
    }
    chart->setSpans(ids, spans, 100 * Second);
    return chart;
}

} // namespace

void tst_Charts::UI_6_nothingIsDrawnOutside_data()
{
    QTest::addColumn<Maker>("maker");
    QTest::newRow("time") << Maker(fullTimeChart);
    QTest::newRow("histogram") << Maker(fullHistogram);
    QTest::newRow("grid") << Maker(fullGrid);
    QTest::newRow("timeline") << Maker(fullTimeline);
}

void tst_Charts::UI_6_nothingIsDrawnOutside()
{
    QFETCH(const Maker, maker);
    const std::unique_ptr<Chart> chart = maker();
    for (const QSizeF size :
         {QSizeF(600, 200), QSizeF(200, 90), QSizeF(60, 30), QSizeF(3, 3), QSizeF(0, 0)}) {
        setUp(*chart, size);
        chart->setTitle(u"A title that is longer than the chart is wide"_s);
        chart->setFocused(true);
        chart->setHovered(chart->count() - 1);
        QImage image(700, 300, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::magenta);
        QPainter painter(&image);
        painter.translate(50, 50);
        chart->paint(&painter);
        painter.end();
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const bool isOutside = x < 50 || y < 50 || x >= 50 + size.width()
                                       || y >= 50 + size.height();
                if (isOutside && image.pixelColor(x, y) != QColor(Qt::magenta))
                    QFAIL(qPrintable(u"drawn at %1, %2"_s.arg(x - 50).arg(y - 50)));
            }
        }
    }
    // Twice as many pixels, and the same picture.
    setUp(*chart);
    QCOMPARE(chart->toImage({600, 200}).size(), QSize(600, 200));
    const QImage dense = chart->toImage({1200, 400}, 2);
    QCOMPARE(dense.size(), QSize(1200, 400));
    QCOMPARE(dense.devicePixelRatio(), 2.0);
}

static std::array<Maker, 4> emptyCharts()
{
    return {[] { return std::make_unique<TimeChartPainter>(); },
            [] { return std::make_unique<HistogramPainter>(); },
            [] { return std::make_unique<WorkerGridPainter>(); },
            [] { return std::make_unique<TimelinePainter>(); }};
}

void tst_Charts::UI_6_emptyChartsSaySo()
{
    for (const Maker &make : emptyCharts()) {
        const std::unique_ptr<Chart> chart = make();
        setUp(*chart);
        chart->setEmptyText(u"There is nothing here"_s);
        QCOMPARE(chart->count(), 0);
        QCOMPARE(chart->summary(), u"There is nothing here"_s);
        QCOMPARE(chart->indexAt({300, 100}), -1);
        QCOMPARE(chart->moved(CursorMove::First), -1);
        QCOMPARE(chart->textOf(0), QString());
        const QImage image = chart->toImage({600, 200});
        QVERIFY(count(image, image.rect(), chart->theme().ground) < 600 * 200); // the text
    }
}

void tst_Charts::UI_6_emptyChartsSayWhatIsMissing()
{
    const FactoryMonitor monitor;
    for (const Maker &make : emptyCharts()) {
        const std::unique_ptr<Chart> chart = make();
        setUp(*chart);
        chart->update(nullptr);
        QCOMPARE(chart->emptyText(), u"No monitor"_s);
        QCOMPARE(chart->summary(), u"No monitor"_s);
        chart->update(&monitor);
        QCOMPARE(chart->emptyText(), u"No factory"_s);
        chart->setEmptyText(u"Choose one"_s);
        QCOMPARE(chart->emptyText(), u"Choose one"_s);
    }
}

void tst_Charts::UI_6_emptyTextTakesTheLinesItNeeds_data()
{
    QTest::addColumn<Maker>("make");
    const std::array names{"time chart", "histogram", "grid", "timeline"};
    for (std::size_t i = 0; i < names.size(); ++i)
        QTest::newRow(names.at(i)) << emptyCharts().at(i);
}

void tst_Charts::UI_6_emptyTextTakesTheLinesItNeeds()
{
    QFETCH(const Maker, make);
    const std::unique_ptr<Chart> chart = make();
    setUp(*chart, {200, 120});
    // If it is seen to its end, another end looks different.
    const auto picture = [&](const QString &text, const QSize &size) {
        chart->setEmptyText(text);
        return chart->toImage(size);
    };
    const QString text = u"The monitor has no timeline%1"_s;
    QVERIFY(picture(text.arg(u"Span"_s), {200, 120}) != picture(text.arg(u"ABCD"_s), {200, 120}));
    QVERIFY(picture(text.arg(u"Span"_s), {90, 50}) == picture(text.arg(u"ABCD"_s), {90, 50}));
}

// Well within what a frame has. Not a measurement: that is for the benchmarks.
void tst_Charts::UI_6_largeChartsAreDrawnInTime()
{
    for (const Maker &make :
         {Maker(fullTimeChart), Maker(fullHistogram), Maker(fullGrid), Maker(fullTimeline)}) {
        const std::unique_ptr<Chart> chart = make();
        setUp(*chart, {600, 160});
        qint64 best = std::numeric_limits<qint64>::max();
        for (int i = 0; i < 5; ++i) {
            QElapsedTimer time;
            time.start();
            static_cast<void>(chart->toImage({600, 160}));
            best = std::min(best, time.nsecsElapsed());
        }
        qInfo("%.2f ms", double(best) / 1e6);
        QVERIFY(best < 100'000'000);
    }
}

namespace {

template<typename Enum, typename Name>
QSet<QString> namesOf(Name name)
{
    QSet<QString> names;
    const auto all = QMetaEnum::fromType<Enum>();
    for (int i = 0; i < all.keyCount(); ++i)
        names.insert(name(Enum(all.value(i))));
    names.remove(QString());
    return names;
}

} // namespace

void tst_Charts::UI_6_everythingHasAName()
{
    using namespace DashboardTexts;
    QCOMPARE(namesOf<FactoryState>(&stateName).size(), 6);
    QCOMPARE(namesOf<Health::Level>(&healthName).size(), 4);
    QCOMPARE(namesOf<WorkerState>(&workerStateName).size(), 8);
    QCOMPARE(namesOf<JobState>(&jobStateName).size(), 4);
    QCOMPARE(namesOf<Priority>(&priorityName).size(), PriorityLevels);
    QCOMPARE(namesOf<EventModel::Kind>(&eventName).size(), 10);
}

void tst_Charts::UI_6_timesThatGrowAreWritten_data()
{
    QTest::addColumn<double>("milliseconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << 0.0 << u"< 0.1 s"_s;
    QTest::newRow("next to nothing") << 49.0 << u"< 0.1 s"_s;
    QTest::newRow("little") << 51.0 << u"0.1 s"_s;
    QTest::newRow("seconds") << 12'340.0 << u"12.3 s"_s;
    QTest::newRow("minutes") << 125'000.0 << u"2:05 min"_s;
    QTest::newRow("hours") << 7'260'000.0 << u"2:01 h"_s;
}

void tst_Charts::UI_6_timesThatGrowAreWritten()
{
    QFETCH(const double, milliseconds);
    QTEST(DashboardTexts::elapsed(milliseconds, QLocale::c()), "text");
}

QTEST_MAIN(tst_Charts)
#include "tst_charts.moc"
