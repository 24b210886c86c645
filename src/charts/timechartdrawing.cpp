// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "timechartpainter.h"

#include <QtCore/qcoreapplication.h>
#include <QtGui/qpainter.h>
#include <QtGui/qpainterpath.h>

#include <algorithm>
#include <cmath>

namespace Millwright {

namespace {

constexpr double MarkerRadius = 3.5;
constexpr double LegendGap = 14;

} // namespace

void TimeChartPainter::draw(QPainter &painter) const
{
    drawHeader(painter);
    const QRectF plot = this->plot();
    if (plot.width() < 8 || plot.height() < 8)
        return;
    drawAxis(painter);
    if (isEmpty()) {
        drawEmpty(painter, plot);
        return;
    }
    drawLimit(painter);
    // The first, which is the one that counts, on top.
    for (int i = int(m_series.size()) - 1; i >= 0; --i)
        drawSeries(painter, i);
    for (int i = int(m_series.size()) - 1; i >= 0; --i)
        drawMarkers(painter, i);
    drawCursor(painter);
}

QString TimeChartPainter::legendValue(int series) const
{
    const int index = hovered() >= 0 ? hovered() : m_count - 1;
    return written(index < 0 ? std::nan("") : valueAt(series, index), m_settings.unit, locale());
}

double TimeChartPainter::legendWidth() const
{
    double width = 0;
    for (int i = 0; i < m_series.size(); ++i) {
        width += 4 * MarkerRadius + metrics().horizontalAdvance(m_series.at(i).name) + 6
                 + legendValueWidth(i) + LegendGap;
    }
    return std::max(0.0, width - LegendGap);
}

// With room for other values than the one that is shown, so that the legend does not move with each of them.
double TimeChartPainter::legendValueWidth(int series) const
{
    const double highest = m_highest.at(std::size_t(series));
    const double longest = m_settings.unit == ChartUnit::Duration ? 888 : std::min(highest, 8.8);
    const auto widthOf = [this](const QString &text) { return metrics().horizontalAdvance(text); };
    return std::max({widthOf(legendValue(series)),
                     widthOf(written(highest, m_settings.unit, locale())),
                     widthOf(written(longest, m_settings.unit, locale()))});
}

void TimeChartPainter::drawHeader(QPainter &painter) const
{
    const double row = rowHeight();
    QFont bold = theme().font;
    bold.setBold(true);
    painter.setFont(bold);
    const double titleWidth = title().isEmpty() ? 0
                                                : QFontMetricsF(bold).horizontalAdvance(title());
    drawText(painter, placed(QRectF(0, 0, std::min(titleWidth + 2, rect().width()), row)),
             Qt::AlignLeft | Qt::AlignVCenter, title(), theme().text);
    painter.setFont(theme().font);

    const double y = title().isEmpty() ? 0 : row;
    double x = 0;
    const double names = legendWidth() > rect().width()
                             ? 0
                             : 1; // there is room for the values at least
    for (int i = 0; i < m_series.size(); ++i) {
        drawMarker(painter, i, placed(QRectF(x, y, 2 * MarkerRadius, row)).center(), MarkerRadius);
        x += 4 * MarkerRadius;
        const double nameWidth = names * metrics().horizontalAdvance(m_series.at(i).name);
        drawText(painter, placed(QRectF(x, y, nameWidth + names, row)),
                 Qt::AlignLeft | Qt::AlignVCenter, m_series.at(i).name, theme().mutedText);
        x += nameWidth + 6 * names;
        const QString value = legendValue(i);
        const double width = legendValueWidth(i);
        drawText(painter, placed(QRectF(x, y, width + 2, row)), Qt::AlignLeft | Qt::AlignVCenter,
                 value, theme().text);
        x += width + LegendGap;
    }
}

void TimeChartPainter::drawAxis(QPainter &painter) const
{
    const QRectF plot = this->plot();
    drawAges(painter, plot, (room() - 1) * m_settings.interval);
    const double row = rowHeight();
    double last = plot.bottom() + 2 * row;
    for (double tick : m_scale.ticks()) {
        const double y = yOf(tick);
        drawHairline(painter, {plot.left(), y}, {plot.right(), y},
                     tick == m_scale.lowest() ? theme().axis : theme().grid);
        // Labels that have no room are left out.
        if (last - y < row)
            continue;
        last = y;
        drawText(painter, placed(QRectF(0, y - row / 2, axisWidth() - 6, row)),
                 Qt::AlignRight | Qt::AlignVCenter, written(tick, m_settings.unit, locale()),
                 theme().mutedText);
    }
}

void TimeChartPainter::drawLimit(QPainter &painter) const
{
    if (m_settings.limit < m_scale.lowest() || m_settings.limit > m_scale.highest())
        return;
    const QRectF plot = this->plot();
    const double y = std::floor(yOf(m_settings.limit)) + 0.5;
    QPen pen(theme().problem, 1, Qt::DashLine);
    pen.setCapStyle(Qt::FlatCap);
    painter.setPen(pen);
    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    const QString text = m_settings.limitName.isEmpty()
                             ? QCoreApplication::translate("Millwright::Chart", "limit %1")
                                   .arg(written(m_settings.limit, m_settings.unit, locale()))
                             : m_settings.limitName;
    // Below the line, where the header is not.
    const QRectF row(plot.left() + 4, y + 1, plot.width() - 8, rowHeight());
    if (row.bottom() < plot.bottom())
        drawText(painter, row, Qt::AlignLeft | Qt::AlignVCenter, text, theme().problem);
}

void TimeChartPainter::drawSeries(QPainter &painter, int series) const
{
    const QRectF plot = this->plot();
    const QColor color = theme().series.at(std::size_t(series));
    const QList<QPolygonF> lines = linesOf(series);
    painter.save();
    painter.setClipRect(plot.adjusted(-2, -2, 2, 2), Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const QPolygonF &line : lines) {
        if (line.size() == 1) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(color);
            painter.drawEllipse(line.first(), 1.5, 1.5);
            continue;
        }
        if (series == 0 && m_settings.isFilled) {
            QPolygonF area = line;
            area.append({line.last().x(), plot.bottom()});
            area.append({line.first().x(), plot.bottom()});
            QColor tint = color;
            tint.setAlphaF(theme().isDark ? 0.22f : 0.13f);
            painter.setPen(Qt::NoPen);
            painter.setBrush(tint);
            painter.drawPolygon(area);
        }
        painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(line);
    }
    painter.restore();
}

void TimeChartPainter::drawMarkers(QPainter &painter, int series) const
{
    if (m_series.size() < 2)
        return;
    // At fixed places, so that they do not flicker as the samples move on; those of different series apart.
    const QRectF plot = this->plot();
    const int distance = std::max(1, room() / 6);
    for (int fromEnd = series * distance / 4; fromEnd < m_count; fromEnd += distance) {
        const int index = m_count - 1 - fromEnd;
        const double value = valueAt(series, index);
        if (std::isfinite(value))
            drawMarker(painter, series, pointOf(plot, index, value), MarkerRadius);
    }
}

void TimeChartPainter::drawMarker(QPainter &painter, int series, const QPointF &center,
                                  double radius) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().ground, 1));
    painter.setBrush(theme().series.at(std::size_t(series)));
    painter.translate(center);
    switch (series) {
    case 0:
        painter.drawEllipse(QPointF(0, 0), radius, radius);
        break;
    case 1:
        painter.drawRect(
            QRectF(-radius, -radius, 2 * radius, 2 * radius).adjusted(0.3, 0.3, -0.3, -0.3));
        break;
    case 2:
        painter.drawPolygon(
            QPolygonF({{0, -radius * 1.2}, {radius * 1.15, radius}, {-radius * 1.15, radius}}));
        break;
    default:
        painter.drawPolygon(QPolygonF(
            {{0, -radius * 1.35}, {radius * 1.35, 0}, {0, radius * 1.35}, {-radius * 1.35, 0}}));
    }
    painter.restore();
}

void TimeChartPainter::drawCursor(QPainter &painter) const
{
    const int index = hovered();
    if (index < 0)
        return;
    const QRectF plot = this->plot();
    const double x = xOf(index);
    if (x < plot.left() - 1 || x > plot.right() + 1)
        return;
    drawHairline(painter, {x, plot.top()}, {x, plot.bottom()}, theme().mutedText);
    for (int i = int(m_series.size()) - 1; i >= 0; --i) {
        const double value = valueAt(i, index);
        if (std::isfinite(value))
            drawMarker(painter, i, {x, yOf(value)}, MarkerRadius + 1);
    }
    drawBubble(painter, plot, {x, plot.top() + plot.height() / 3}, textOf(index));
}

} // namespace Millwright
