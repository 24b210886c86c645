// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "timechartpainter.h"

#include "charttexts.h"
#include "decimation.h"

#include "../core/monitor/factorymonitor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace Millwright {

namespace {

// So that the first minute is not a sliver at the end of many.
int roomFor(qsizetype samples, double interval)
{
    double span = 60; // seconds
    while (double(samples) * interval > span)
        span *= span < 100 ? 5 : 2;
    return int(span / interval);
}

constexpr double NotSampled = std::numeric_limits<double>::quiet_NaN();

} // namespace

void TimeChartPainter::take(const FactoryMonitor *monitor)
{
    if (!monitor) {
        setSeries({});
        return;
    }
    const double interval = monitor->interval() / 1000.0;
    const qsizetype samples = monitor->history(FactoryMonitor::Throughput).size();
    const auto settings = [&](ChartUnit unit, bool isLatency = false) {
        return Settings{
            .unit = unit,
            .interval = interval,
            .capacity = std::min(monitor->historyCapacity(), roomFor(samples, interval)),
            .isFilled = !isLatency,
            .isLogarithmic = isLatency};
    };
    const auto latencies = [&](FactoryMonitor::Series median, FactoryMonitor::Series p99,
                               FactoryMonitor::Series maximum) {
        setSettings(settings(ChartUnit::Duration, true));
        setSeries({{ChartTexts::tr("p50"), monitor->history(median)},
                   {ChartTexts::tr("p99"), monitor->history(p99)},
                   {ChartTexts::tr("max"), monitor->history(maximum)}});
    };
    switch (m_quantity) {
    case ChartQuantity::Throughput:
        setSettings(settings(ChartUnit::Rate));
        setSeries({{ChartTexts::tr("completed"), monitor->history(FactoryMonitor::Throughput)},
                   {ChartTexts::tr("failed"), monitor->history(FactoryMonitor::Failures)},
                   {ChartTexts::tr("discarded"), monitor->history(FactoryMonitor::Discards)}});
        return;
    case ChartQuantity::QueueDepth: {
        Settings withLimit = settings(ChartUnit::Count);
        withLimit.limit = monitor->queueCapacity();
        withLimit.limitName = ChartTexts::tr("limit");
        setSettings(withLimit);
        setSeries({{ChartTexts::tr("waiting"), monitor->history(FactoryMonitor::QueueDepth)}});
        return;
    }
    case ChartQuantity::ActiveWorkers: {
        Settings withLimit = settings(ChartUnit::Count);
        withLimit.limit = monitor->workerCount();
        withLimit.limitName = ChartTexts::tr("workers");
        setSettings(withLimit);
        setSeries({{ChartTexts::tr("busy"), monitor->history(FactoryMonitor::ActiveWorkers)}});
        return;
    }
    case ChartQuantity::QueueTime:
        latencies(FactoryMonitor::QueueTimeMedian, FactoryMonitor::QueueTimeP99,
                  FactoryMonitor::QueueTimeMaximum);
        return;
    case ChartQuantity::RunTime:
        latencies(FactoryMonitor::RunTimeMedian, FactoryMonitor::RunTimeP99,
                  FactoryMonitor::RunTimeMaximum);
        return;
    }
    Q_UNREACHABLE();
}

void TimeChartPainter::setSeries(const QList<ChartSeries> &series)
{
    m_series = series.first(std::min<qsizetype>(series.size(), MaximumSeries));
    m_count = 0;
    for (const ChartSeries &line : std::as_const(m_series))
        m_count = std::max(m_count, int(line.values.size()));
    updateScale();
}

void TimeChartPainter::setSettings(const Settings &settings)
{
    m_settings = settings;
    updateScale();
}

void TimeChartPainter::updateScale()
{
    double lowest = std::numeric_limits<double>::max();
    m_highest.fill(0);
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        double &highest = m_highest[std::size_t(i)];
        for (double value : m_series.at(i).values) {
            if (value > 0) {
                lowest = std::min(lowest, value);
                highest = std::max(highest, value);
            }
        }
    }
    double highest = *std::max_element(m_highest.begin(), m_highest.end());
    if (m_settings.isLogarithmic) {
        m_scale = ValueScale::logarithmic(lowest, highest);
        return;
    }
    // A limit that is far above squeezes the line to the ground: it comes into view when it matters.
    if (m_settings.limit > 0 && m_settings.limit <= highest * 4)
        highest = std::max(highest, m_settings.limit * 1.02);
    m_scale = ValueScale::linear(highest, m_settings.unit, 4);
}

bool TimeChartPainter::isEmpty() const
{
    return std::none_of(m_series.begin(), m_series.end(), [](const ChartSeries &line) {
        return std::any_of(line.values.begin(), line.values.end(),
                           [](double value) { return std::isfinite(value); });
    });
}

int TimeChartPainter::room() const
{
    return std::max({m_settings.capacity, m_count, 2});
}

double TimeChartPainter::axisWidth() const
{
    double width = 0;
    for (double tick : m_scale.ticks())
        width = std::max(width,
                         metrics().horizontalAdvance(written(tick, m_settings.unit, locale())));
    return Chart::axisWidth(width);
}

double TimeChartPainter::headerHeight() const
{
    return ((title().isEmpty() ? 0 : 1) + (m_series.isEmpty() ? 0 : 1)) * rowHeight();
}

QRectF TimeChartPainter::plot() const
{
    const double top = headerHeight() + std::ceil(rowHeight() / 2); // for half of the topmost label
    const double left = axisWidth();
    return placed(QRectF(left, top, std::max(0.0, rect().width() - left - 6),
                         std::max(0.0, rect().height() - top - rowHeight() - 4)));
}

QPointF TimeChartPainter::pointOf(const QRectF &plot, int index, double value) const
{
    const double fromEnd = double(m_count - 1 - index) / (room() - 1) * plot.width();
    return {isMirrored() ? plot.left() + fromEnd : plot.right() - fromEnd,
            plot.bottom() - m_scale.at(value) * plot.height()};
}

double TimeChartPainter::xOf(int index) const
{
    return pointOf(plot(), index, 0).x();
}

double TimeChartPainter::yOf(double value) const
{
    return pointOf(plot(), 0, value).y();
}

double TimeChartPainter::valueAt(int series, int index) const
{
    const QList<double> &values = m_series.at(series).values;
    const qsizetype at = index - (m_count - values.size());
    return at >= 0 && at < values.size() ? values.at(at) : NotSampled;
}

int TimeChartPainter::indexAt(const QPointF &position) const
{
    const QRectF plot = this->plot();
    if (m_count == 0 || plot.width() <= 0 || !plot.adjusted(-4, 0, 4, 0).contains(position))
        return -1;
    const double fromEnd = isMirrored() ? position.x() - plot.left() : plot.right() - position.x();
    const int index = m_count - 1 - int(std::lround(fromEnd / plot.width() * (room() - 1)));
    return index >= 0 ? std::min(index, m_count - 1) : -1;
}

int TimeChartPainter::moved(CursorMove move) const
{
    const int last = count() - 1;
    const int index = hovered();
    const int later = isMirrored() ? -1 : 1;
    switch (move) {
    case CursorMove::First:
        return std::min(0, last);
    case CursorMove::Last:
        return last;
    case CursorMove::Left:
        return index < 0 ? last : std::clamp(index - later, 0, last);
    case CursorMove::Right:
        return index < 0 ? last : std::clamp(index + later, 0, last);
    case CursorMove::Up:
    case CursorMove::Down:
        return index;
    }
    Q_UNREACHABLE();
}

QString TimeChartPainter::textOf(int index) const
{
    if (index < 0 || index >= m_count)
        return {};
    const double seconds = age(index);
    QString text = seconds <= 0 ? writtenAge(0, locale())
                                : ChartTexts::tr("%1 ago").arg(writtenAge(seconds, locale()));
    for (int i = 0; i < m_series.size(); ++i) {
        text += QStringLiteral("\n%1: %2")
                    .arg(m_series.at(i).name,
                         written(valueAt(i, index), m_settings.unit, locale()));
    }
    return text;
}

QString TimeChartPainter::summary() const
{
    if (isEmpty())
        return emptyText();
    QStringList parts;
    for (int i = 0; i < m_series.size(); ++i) {
        parts.append(QStringLiteral("%1 %2").arg(
            m_series.at(i).name, written(valueAt(i, m_count - 1), m_settings.unit, locale())));
    }
    if (m_settings.limit >= 0) {
        parts.append(
            ChartTexts::tr("limit %1").arg(written(m_settings.limit, m_settings.unit, locale())));
    }
    return parts.join(QStringLiteral(", "));
}

QSizeF TimeChartPainter::sizeHint() const
{
    return {rowHeight() * 24, rowHeight() * 9};
}

QList<QPolygonF> TimeChartPainter::linesOf(int series) const
{
    const QRectF plot = this->plot();
    const QList<double> &values = m_series.at(series).values;
    const double step = plot.width() / (room() - 1);
    const int first = m_count - int(values.size());
    const auto place = [&](qsizetype i) { return pointOf(plot, first + int(i), values.at(i)); };
    return decimated(values, step, place);
}

} // namespace Millwright
