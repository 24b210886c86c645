// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "histogrampainter.h"

#include "charttexts.h"

#include "../core/monitor/factorymonitor.h"

#include <QtGui/qpainter.h>

#include <algorithm>
#include <cmath>

namespace Millwright {

namespace {

constexpr double Milliseconds = 1e-6; // of a nanosecond
constexpr double Shortest = 1e-6; // of what a logarithmic axis can show

} // namespace

void HistogramPainter::take(const FactoryMonitor *monitor)
{
    const Latencies none;
    const Latencies &latencies = monitor ? monitor->latencies() : none;
    switch (m_latency) {
    case ChartLatency::QueueTime:
        setHistogram(latencies.queueTime);
        return;
    case ChartLatency::RunTime:
        setHistogram(latencies.runTime);
        return;
    case ChartLatency::TotalTime:
        setHistogram(latencies.totalTime);
        return;
    }
    Q_UNREACHABLE();
}

void HistogramPainter::setHistogram(const HistogramSnapshot &histogram)
{
    m_bars.clear();
    m_marks.clear();
    m_total = histogram.count();
    if (m_total == 0)
        return;

    const auto inRange = [](double milliseconds) { return std::max(Shortest, milliseconds); };
    m_durations = ValueScale::logarithmic(inRange(double(histogram.min()) * Milliseconds),
                                          inRange(double(histogram.max()) * Milliseconds));
    const int bars = int(std::lround(std::log10(m_durations.highest() / m_durations.lowest())))
                     * BarsPerDecade;
    const auto edge = [this](int bar) {
        return m_durations.lowest() * std::pow(10, double(bar) / BarsPerDecade);
    };
    m_bars.reserve(bars);
    for (int i = 0; i < bars; ++i)
        m_bars.append({edge(i), edge(i + 1), 0});

    // A bucket is far narrower than a bar, and belongs to the one in which its middle is.
    qint64 highest = 0;
    const QList<HistogramSnapshot::Bucket> buckets = histogram.buckets();
    for (const HistogramSnapshot::Bucket &bucket : buckets) {
        const double middle = inRange((double(bucket.lower) + double(bucket.upper)) / 2
                                      * Milliseconds);
        Bar &bar = m_bars[std::clamp(int(m_durations.at(middle) * bars), 0, bars - 1)];
        bar.count += bucket.count;
        highest = std::max(highest, bar.count);
    }
    m_counts = ValueScale::linear(double(highest) / double(m_total) * 100, ChartUnit::Rate, 3);
    m_marks = {{QStringLiteral("p50"), double(histogram.quantile(0.5)) * Milliseconds},
               {QStringLiteral("p99"), double(histogram.quantile(0.99)) * Milliseconds},
               {ChartTexts::tr("max"), double(histogram.max()) * Milliseconds}};
}

double HistogramPainter::headerHeight() const
{
    return (title().isEmpty() ? 0 : rowHeight()) + 4;
}

double HistogramPainter::axisWidth() const
{
    return Chart::axisWidth(metrics().horizontalAdvance(share(100)));
}

QRectF HistogramPainter::plot() const
{
    const double top = headerHeight() + (m_marks.isEmpty() ? 0 : 2 * rowHeight());
    const double left = axisWidth();
    return placed(QRectF(left, top, std::max(0.0, rect().width() - left - 6),
                         std::max(0.0, rect().height() - top - rowHeight() - 4)));
}

double HistogramPainter::xOf(double milliseconds) const
{
    const QRectF plot = this->plot();
    const double offset = m_durations.at(milliseconds) * plot.width();
    return isMirrored() ? plot.right() - offset : plot.left() + offset;
}

QRectF HistogramPainter::barRect(int index) const
{
    const QRectF plot = this->plot();
    const Bar &bar = m_bars.at(index);
    if (bar.count == 0)
        return {};
    const double width = plot.width() / double(m_bars.size());
    const double share = double(bar.count) / double(m_total) * 100;
    const double height = std::max(2.0, m_counts.at(share) * plot.height());
    const double gap = width > 5 ? 1 : 0;
    const double x = isMirrored() ? plot.right() - (index + 1) * width
                                  : plot.left() + index * width;
    return {x + gap / 2, plot.bottom() - height, width - gap, height};
}

int HistogramPainter::indexAt(const QPointF &position) const
{
    const QRectF plot = this->plot();
    if (m_bars.isEmpty() || plot.width() <= 0 || !plot.contains(position))
        return -1;
    const double offset = isMirrored() ? plot.right() - position.x() : position.x() - plot.left();
    return std::clamp(int(offset / plot.width() * double(m_bars.size())), 0, count() - 1);
}

int HistogramPainter::moved(CursorMove move) const
{
    // From one bar to the next that is not empty.
    const int forward = isMirrored() ? -1 : 1;
    int step = 0;
    int index = hovered();
    switch (move) {
    case CursorMove::First:
        index = -1;
        step = 1;
        break;
    case CursorMove::Last:
        index = count();
        step = -1;
        break;
    case CursorMove::Left:
        step = -forward;
        break;
    case CursorMove::Right:
        step = forward;
        break;
    case CursorMove::Up:
    case CursorMove::Down:
        return index;
    }
    if (index < 0 && step < 0)
        index = count();
    for (int next = index + step; next >= 0 && next < count(); next += step) {
        if (m_bars.at(next).count > 0)
            return next;
    }
    return hovered();
}

QString HistogramPainter::share(double count) const
{
    // A tail of one in a million is not nothing.
    if (count > 0 && count < 0.095)
        return ChartTexts::tr("< %1 %").arg(locale().toString(0.1, 'f', 1));
    const bool isWhole = count >= 9.95 || count == std::floor(count);
    return ChartTexts::tr("%1 %").arg(locale().toString(count, 'f', isWhole ? 0 : 1));
}

QString HistogramPainter::textOf(int index) const
{
    if (index < 0 || index >= count())
        return {};
    const Bar &bar = m_bars.at(index);
    const QString range = ChartTexts::tr("%1 to %2")
                              .arg(written(bar.lower, ChartUnit::Duration, locale()),
                                   written(bar.upper, ChartUnit::Duration, locale()));
    const QString jobs = ChartTexts::tr("%1 jobs, %2")
                             .arg(written(double(bar.count), ChartUnit::Count, locale()),
                                  share(double(bar.count) / double(m_total) * 100));
    return range + QLatin1Char('\n') + jobs;
}

QString HistogramPainter::summary() const
{
    QStringList parts;
    for (const Mark &mark : m_marks) {
        parts.append(QStringLiteral("%1 %2").arg(
            mark.name, written(mark.value, ChartUnit::Duration, locale())));
    }
    return parts.isEmpty() ? emptyText() : parts.join(QStringLiteral(", "));
}

QSizeF HistogramPainter::sizeHint() const
{
    return {rowHeight() * 24, rowHeight() * 10};
}

void HistogramPainter::draw(QPainter &painter) const
{
    QFont bold = theme().font;
    bold.setBold(true);
    painter.setFont(bold);
    drawText(painter, QRectF(0, 0, rect().width(), rowHeight()), Qt::AlignLeft | Qt::AlignVCenter,
             title(), theme().text);
    painter.setFont(theme().font);

    const QRectF plot = this->plot();
    if (plot.width() < 8 || plot.height() < 8)
        return;
    if (m_bars.isEmpty()) {
        drawHairline(painter, plot.bottomLeft(), plot.bottomRight(), theme().axis);
        drawEmpty(painter, plot);
        return;
    }
    drawAxes(painter);
    drawBars(painter);
    drawMarks(painter);
    if (const int index = hovered(); index >= 0) {
        const double width = plot.width() / double(m_bars.size());
        const double left = isMirrored() ? plot.right() - (index + 1) * width
                                         : plot.left() + index * width;
        drawBubble(painter, plot, {left + width / 2, plot.top() + plot.height() / 3},
                   textOf(index));
    }
}

void HistogramPainter::drawAxes(QPainter &painter) const
{
    const QRectF plot = this->plot();
    const double row = rowHeight();
    double last = plot.bottom() + 2 * row;
    for (double tick : m_counts.ticks()) {
        const double y = plot.bottom() - m_counts.at(tick) * plot.height();
        drawHairline(painter, {plot.left(), y}, {plot.right(), y},
                     tick == 0 ? theme().axis : theme().grid);
        if (last - y < row)
            continue;
        last = y;
        drawText(painter, placed(QRectF(0, y - row / 2, axisWidth() - 6, row)),
                 Qt::AlignRight | Qt::AlignVCenter, share(tick), theme().mutedText);
    }
    double reached = -1;
    for (double tick : m_durations.ticks()) {
        const double x = xOf(tick);
        drawHairline(painter, {x, plot.top()}, {x, plot.bottom()}, theme().grid);
        drawHairline(painter, {x, plot.bottom()}, {x, plot.bottom() + 3}, theme().axis);
        const QString text = written(tick, ChartUnit::Duration, locale());
        const double width = metrics().horizontalAdvance(text) + 2;
        const double left = std::clamp(placed(x) - width / 2, 0.0,
                                       std::max(0.0, rect().width() - width));
        if (left < reached)
            continue;
        reached = left + width + 6;
        drawText(painter, placed(QRectF(left, plot.bottom() + 3, width, row)), Qt::AlignCenter,
                 text, theme().mutedText);
    }
}

void HistogramPainter::drawBars(QPainter &painter) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QColor color = theme().series.front();
    const QColor strong = mixed(theme().text, color, 0.35);
    for (int i = 0; i < count(); ++i)
        painter.fillRect(barRect(i), i == hovered() ? strong : color);
    painter.restore();
}

void HistogramPainter::drawMarks(QPainter &painter) const
{
    const QRectF plot = this->plot();
    const double row = rowHeight();
    // Labels stand at the end of their lines, in the second row if they would touch in the first; what has no
    // room in either is in the summary. No line goes through a label.
    std::array<double, 2> reached{-1, -1};
    QList<std::pair<QRectF, QString>> labels;
    for (const Mark &mark : m_marks) {
        const double x = xOf(mark.value);
        const QString text = QStringLiteral("%1 %2").arg(
            mark.name, written(mark.value, ChartUnit::Duration, locale()));
        const double width = metrics().horizontalAdvance(text) + 2;
        const double left = std::clamp(placed(x) - width / 2, 0.0,
                                       std::max(0.0, rect().width() - width));
        const auto line = std::find_if(reached.begin(), reached.end(),
                                       [left](double end) { return end <= left; });
        const double top = headerHeight() + double(line - reached.begin()) * row;
        if (line != reached.end()) {
            *line = left + width + 8;
            labels.append({placed(QRectF(left, top, width, row)), text});
        }
        painter.setPen(QPen(theme().text, 1, Qt::DashLine, Qt::FlatCap));
        const double middle = std::floor(x) + 0.5;
        painter.drawLine(QPointF(middle, line == reached.end() ? plot.top() : top + row),
                         QPointF(middle, plot.bottom()));
    }
    for (const auto &[place, text] : std::as_const(labels)) {
        painter.fillRect(place, theme().ground);
        drawText(painter, place, Qt::AlignCenter, text, theme().text);
    }
}

} // namespace Millwright
