// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "workergridpainter.h"

#include "charttexts.h"

#include "../core/milliseconds.h"
#include "../core/monitor/factorymonitor.h"

#include <QtGui/qpainter.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace Millwright {

void WorkerGridPainter::take(const FactoryMonitor *monitor)
{
    setWorkers(monitor ? monitor->workers()->workers() : QList<WorkerSnapshot>());
}

void WorkerGridPainter::setWorkers(const QList<WorkerSnapshot> &workers)
{
    m_workers = workers;
}

WorkerGridPainter::Look WorkerGridPainter::lookOf(WorkerState state)
{
    switch (state) {
    case WorkerState::Absent:
        return Look::Absent;
    case WorkerState::Starting:
    case WorkerState::Restarting:
        return Look::Starting;
    case WorkerState::Idle:
        return Look::Idle;
    case WorkerState::Busy:
        return Look::Running;
    case WorkerState::CrashLooping:
        return Look::CrashLooping;
    case WorkerState::Stopping:
        return Look::Stopping;
    case WorkerState::Stuck:
        return Look::Stuck;
    }
    Q_UNREACHABLE();
}

QString WorkerGridPainter::nameOf(Look look)
{
    switch (look) {
    case Look::Absent:
        return ChartTexts::tr("absent");
    case Look::Starting:
        return ChartTexts::tr("starting");
    case Look::Idle:
        return ChartTexts::tr("idle");
    case Look::Running:
        return ChartTexts::tr("running");
    case Look::Stopping:
        return ChartTexts::tr("stopping");
    case Look::CrashLooping:
        return ChartTexts::tr("crash-looping");
    case Look::Stuck:
        return ChartTexts::tr("stuck");
    }
    Q_UNREACHABLE();
}

QColor WorkerGridPainter::colorOf(const WorkerSnapshot &worker) const
{
    switch (lookOf(worker.state)) {
    case Look::Absent:
        return theme().ground;
    case Look::Idle:
        return mixed(theme().text, theme().ground, 0.1);
    case Look::Starting:
    case Look::Stopping:
        return mixed(theme().text, theme().ground, 0.3);
    case Look::CrashLooping:
        return theme().warning;
    case Look::Stuck:
        return theme().problem;
    case Look::Running:
        break;
    }
    const double decades = std::log10(std::max(1.0, toMilliseconds(worker.elapsed)));
    return mixed(theme().series.front(), theme().ground, 0.4 + 0.6 * std::min(1.0, decades / 4));
}

QRectF WorkerGridPainter::plot() const
{
    const double top = rowHeight() + 4;
    return {0, top, rect().width(), std::max(0.0, rect().height() - top)};
}

WorkerGridPainter::Layout WorkerGridPainter::layout() const
{
    // The largest cells with which all have room.
    const QRectF plot = this->plot();
    Layout layout;
    const auto columnsOf = [&](double pitch) { return std::max(1, int(plot.width() / pitch)); };
    const auto rowsOf = [&](double pitch) { return std::max(0, int(plot.height() / pitch)); };
    while (layout.pitch > SmallestCell
           && qint64(columnsOf(layout.pitch)) * rowsOf(layout.pitch) < count())
        layout.pitch -= 1;
    layout.columns = columnsOf(layout.pitch);
    layout.shown = count();
    if (qint64(layout.columns) * rowsOf(layout.pitch) < count()) {
        const int rows = std::max(0, int((plot.height() - rowHeight()) / layout.pitch));
        layout.shown = std::min(count(), layout.columns * rows);
    }
    return layout;
}

QRectF WorkerGridPainter::cellRect(int index, const Layout &layout) const
{
    if (index < 0 || index >= layout.shown)
        return {};
    const double gap = layout.pitch > 10 ? 2 : 1;
    return placed(QRectF(index % layout.columns * layout.pitch,
                         plot().top() + index / layout.columns * layout.pitch, layout.pitch - gap,
                         layout.pitch - gap));
}

QRectF WorkerGridPainter::cellRect(int index) const
{
    return cellRect(index, layout());
}

int WorkerGridPainter::shown() const
{
    return layout().shown;
}

int WorkerGridPainter::columns() const
{
    return layout().columns;
}

double WorkerGridPainter::pitch() const
{
    return layout().pitch;
}

int WorkerGridPainter::indexAt(const QPointF &position) const
{
    const QRectF plot = this->plot();
    if (!plot.contains(position))
        return -1;
    const Layout layout = this->layout();
    const int column = int(placed(position.x()) / layout.pitch);
    const int row = int((position.y() - plot.top()) / layout.pitch);
    const int index = row * layout.columns + column;
    return column < layout.columns && index < layout.shown ? index : -1;
}

int WorkerGridPainter::moved(CursorMove move) const
{
    const Layout layout = this->layout();
    const int last = layout.shown - 1;
    const int index = hovered();
    const int forward = isMirrored() ? -1 : 1;
    if (index < 0 && move != CursorMove::Last)
        return std::min(0, last);
    // Beyond an edge there is nowhere to go.
    const auto by = [&](int step) {
        return index + step >= 0 && index + step <= last ? index + step : std::min(index, last);
    };
    switch (move) {
    case CursorMove::First:
        return std::min(0, last);
    case CursorMove::Last:
        return last;
    case CursorMove::Left:
        return by(-forward);
    case CursorMove::Right:
        return by(forward);
    case CursorMove::Up:
        return by(-layout.columns);
    case CursorMove::Down:
        return by(layout.columns);
    }
    Q_UNREACHABLE();
}

QString WorkerGridPainter::textOf(int index) const
{
    if (index < 0 || index >= count())
        return {};
    const WorkerSnapshot &worker = m_workers.at(index);
    QStringList lines{ChartTexts::tr("Worker %1: %2")
                          .arg(locale().toString(worker.id), nameOf(lookOf(worker.state)))};
    if (!worker.key.isEmpty() || worker.elapsed.count() > 0) {
        lines.append(
            ChartTexts::tr("%1 for %2")
                .arg(worker.label.isEmpty() ? worker.key : worker.label,
                     written(toMilliseconds(worker.elapsed), ChartUnit::Duration, locale())));
    }
    if (worker.untilStart.count() > 0) {
        lines.append(
            ChartTexts::tr("starts in %1")
                .arg(written(toMilliseconds(worker.untilStart), ChartUnit::Duration, locale())));
    }
    const auto number = [this](qint64 value) {
        return written(double(value), ChartUnit::Count, locale());
    };
    lines.append(
        ChartTexts::tr("%1 done, %2 failed, %3 restarts")
            .arg(number(worker.completed), number(worker.failed), number(worker.restarts)));
    if (worker.waiting > 0)
        lines.append(ChartTexts::tr("%1 waiting").arg(number(worker.waiting)));
    return lines.join(QLatin1Char('\n'));
}

QString WorkerGridPainter::counted() const
{
    std::array<int, std::size_t(Look::Stuck) + 1> counts{};
    for (const WorkerSnapshot &worker : m_workers)
        ++counts[std::size_t(lookOf(worker.state))];
    // What is wrong comes first: it is what must not be cut off.
    QStringList parts;
    for (Look look : {Look::Stuck, Look::CrashLooping, Look::Running, Look::Starting,
                      Look::Stopping, Look::Idle}) {
        if (const int count = counts[std::size_t(look)]; count > 0)
            parts.append(QStringLiteral("%1 %2").arg(locale().toString(count), nameOf(look)));
    }
    return parts.join(QStringLiteral(", "));
}

QString WorkerGridPainter::summary() const
{
    return m_workers.isEmpty() ? emptyText() : counted();
}

QSizeF WorkerGridPainter::sizeHint() const
{
    return {rowHeight() * 20, rowHeight() * 6};
}

void WorkerGridPainter::draw(QPainter &painter) const
{
    drawHeader(painter);
    if (m_workers.isEmpty()) {
        drawEmpty(painter, plot());
        return;
    }
    const Layout layout = this->layout();
    painter.setRenderHint(QPainter::Antialiasing);
    for (int i = 0; i < layout.shown; ++i)
        drawCell(painter, cellRect(i, layout), m_workers.at(i));

    if (layout.shown < count()) {
        const QRectF row(0, rect().bottom() - rowHeight(), rect().width(), rowHeight());
        drawText(painter, row, Qt::AlignLeft | Qt::AlignVCenter,
                 ChartTexts::tr("and %1 more").arg(locale().toString(count() - layout.shown)),
                 theme().mutedText);
    }
    const QRectF cell = cellRect(hovered(), layout);
    if (!cell.isEmpty()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().text, 2));
        painter.drawRect(cell);
        drawBubble(painter, rect(), cell.center(), textOf(hovered()));
    }
}

void WorkerGridPainter::drawHeader(QPainter &painter) const
{
    const double row = rowHeight();
    double x = 0;
    if (!title().isEmpty()) {
        QFont bold = theme().font;
        bold.setBold(true);
        painter.setFont(bold);
        const double width = std::min(rect().width(),
                                      QFontMetricsF(bold).horizontalAdvance(title()) + 2);
        drawText(painter, placed(QRectF(0, 0, width, row)), Qt::AlignLeft | Qt::AlignVCenter,
                 title(), theme().text);
        painter.setFont(theme().font);
        x = width + 12;
    }
    drawText(painter, placed(QRectF(x, 0, rect().width() - x, row)),
             Qt::AlignRight | Qt::AlignVCenter, counted(), theme().mutedText);
}

void WorkerGridPainter::drawCell(QPainter &painter, const QRectF &rect,
                                 const WorkerSnapshot &worker) const
{
    const Look look = lookOf(worker.state);
    const QColor color = colorOf(worker);
    // Rectangles on pixels: of the curves of thousands of cells nothing would be seen.
    painter.fillRect(rect, color);
    const bool isCalm = look == Look::Idle || look == Look::Absent;
    drawGlyph(painter, rect, look, isCalm ? theme().mutedText : ChartTheme::textOn(color));
}

void WorkerGridPainter::drawGlyph(QPainter &painter, const QRectF &rect, Look look,
                                  const QColor &color)
{
    const QPointF center = rect.center();
    const double radius = rect.width() * 0.26;
    const double line = std::max(1.0, rect.width() / 10);
    const auto rectangle = [&](double width, double height) {
        painter.fillRect(QRectF(center.x() - width / 2, center.y() - height / 2, width, height),
                         color);
    };
    switch (look) {
    case Look::Absent:
        rectangle(2 * radius, 1); // a dash
        break;
    case Look::Idle:
        rectangle(line, line); // a dot
        break;
    case Look::Running: // to play
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawConvexPolygon(
            QPolygonF({center + QPointF(-radius * 0.8, -radius), center + QPointF(radius, 0),
                       center + QPointF(-radius * 0.8, radius)}));
        break;
    case Look::Starting: // a plus
        rectangle(2 * radius, line);
        rectangle(line, 2 * radius);
        break;
    case Look::Stopping: // a square
        rectangle(1.6 * radius, 1.6 * radius);
        break;
    case Look::CrashLooping: // a cross
        painter.setPen(QPen(color, line));
        painter.drawLine(center + QPointF(-radius, -radius), center + QPointF(radius, radius));
        painter.drawLine(center + QPointF(-radius, radius), center + QPointF(radius, -radius));
        break;
    case Look::Stuck: // an exclamation mark
        painter.fillRect(
            QRectF(center.x() - line / 2, center.y() - 1.3 * radius, line, 1.5 * radius), color);
        painter.fillRect(
            QRectF(center.x() - line / 2, center.y() + 0.7 * radius, line, 0.6 * radius), color);
        break;
    }
}

} // namespace Millwright
