// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "timelinepainter.h"

#include "charttexts.h"

#include "../core/monitor/factorymonitor.h"

#include <QtGui/qpainter.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace Millwright {

namespace {

// Of one that did not end well.
QString outcomeOf(const TraceSpan &span)
{
    switch (span.outcome) {
    case Outcome::Failed:
        return ChartTexts::tr("failed");
    case Outcome::Canceled:
        return ChartTexts::tr("canceled");
    case Outcome::WorkerLost:
        return ChartTexts::tr("lost");
    case Outcome::Completed:
    case Outcome::Discarded:
        break;
    }
    return {};
}

QString nameOf(const TraceSpan &span, const QLocale &locale)
{
    return span.jobs > 1 ? ChartTexts::tr("%1 jobs").arg(locale.toString(span.jobs)) : span.key;
}

} // namespace

void TimelinePainter::take(const FactoryMonitor *monitor)
{
    QList<int> workers;
    if (monitor) {
        for (const WorkerSnapshot &worker : monitor->workers()->workers())
            workers.append(worker.id);
        if (monitor->timelineSpan() > 0)
            setDuration(monitor->timelineSpan());
        setDefaultEmptyText(monitor->timelineSpan() > 0
                                ? ChartTexts::tr("No jobs in this time")
                                : ChartTexts::tr("The monitor has no timelineSpan"));
    }
    setSpans(workers, monitor ? monitor->timeline() : QList<TraceSpan>(),
             monitor ? monitor->time() : 0);
}

void TimelinePainter::setSpans(const QList<int> &workers, const QList<TraceSpan> &spans, qint64 now)
{
    m_workers = workers;
    m_spans = spans;
    m_now = now;
    m_laneOf.clear();
    m_highestWorker = 9;
    for (int lane = 0; lane < workers.size(); ++lane) {
        m_laneOf.insert(workers.at(lane), lane);
        m_highestWorker = std::max(m_highestWorker, workers.at(lane));
    }
}

double TimelinePainter::labelWidth() const
{
    return std::ceil(metrics().horizontalAdvance(locale().toString(m_highestWorker))) + 8;
}

QRectF TimelinePainter::plot() const
{
    const double top = (title().isEmpty() ? 0 : rowHeight()) + 4;
    const double left = labelWidth();
    return placed(QRectF(left, top, std::max(0.0, rect().width() - left - 6),
                         std::max(0.0, rect().height() - top - rowHeight() - 4)));
}

int TimelinePainter::lanesIn(const QRectF &plot) const
{
    return std::clamp(int(plot.height() / laneHeight()), 0, int(m_workers.size()));
}

int TimelinePainter::lanesShown() const
{
    return lanesIn(plot());
}

int TimelinePainter::firstLane() const
{
    return layout().firstLane;
}

TimelinePainter::Layout TimelinePainter::layout() const
{
    const QRectF plot = this->plot();
    const int lanes = lanesIn(plot);
    return {plot, std::clamp(m_firstLane, 0, int(m_workers.size()) - lanes), lanes};
}

int TimelinePainter::firstLaneToShow(int index) const
{
    const int lane = index >= 0 && index < count() ? m_laneOf.value(m_spans.at(index).worker, -1)
                                                   : -1;
    return lane < 0 ? firstLane() : std::clamp(firstLane(), lane - lanesShown() + 1, lane);
}

bool TimelinePainter::isInSight(const TraceSpan &span) const
{
    // One that is later than now was recorded while somebody was looking.
    return secondsAgo(endOf(span)) < m_duration && m_laneOf.contains(span.worker);
}

QRectF TimelinePainter::spanRect(int index) const
{
    return spanRect(m_spans.at(index), layout());
}

QRectF TimelinePainter::spanRect(const TraceSpan &span, const Layout &layout) const
{
    const int row = m_laneOf.value(span.worker, -1) - layout.firstLane;
    if (row < 0 || row >= layout.lanes || !isInSight(span))
        return {};
    const QRectF &plot = layout.plot;
    const double scale = plot.width() / m_duration;
    const double fromEnd = std::max(0.0, secondsAgo(endOf(span))) * scale;
    const double start = std::min(plot.width(), secondsAgo(span.start) * scale);
    // However short it was, it can be seen.
    const double width = std::max(1.0, start - fromEnd);
    const double x = isMirrored() ? plot.left() + fromEnd : plot.right() - fromEnd - width;
    return {x, plot.top() + row * laneHeight() + 1, width, laneHeight() - 3};
}

int TimelinePainter::indexAt(const QPointF &position) const
{
    const Layout layout = this->layout();
    // The last is drawn on top.
    for (int i = count() - 1; i >= 0; --i) {
        const QRectF rect = spanRect(m_spans.at(i), layout);
        if (!rect.isEmpty() && rect.adjusted(-1, -1, 1, 1).contains(position))
            return i;
    }
    return -1;
}

int TimelinePainter::nextInLane(int index, int direction) const
{
    const TraceSpan &from = m_spans.at(index);
    int best = index;
    for (int i = 0; i < count(); ++i) {
        const TraceSpan &span = m_spans.at(i);
        if (i == index || span.worker != from.worker || !isInSight(span))
            continue;
        const bool isBeyond = direction > 0 ? span.start > from.start : span.start < from.start;
        if (!isBeyond)
            continue;
        const bool isNearer = direction > 0 ? span.start < m_spans.at(best).start
                                            : span.start > m_spans.at(best).start;
        if (best == index || isNearer)
            best = i;
    }
    return best;
}

int TimelinePainter::nextLane(int index, int direction) const
{
    const TraceSpan &from = m_spans.at(index);
    const int lane = m_laneOf.value(from.worker, -1);
    int best = index;
    std::pair<qint64, qint64> smallest{std::numeric_limits<qint64>::max(), 0};
    for (int i = 0; i < count(); ++i) {
        const TraceSpan &span = m_spans.at(i);
        const int lanes = (m_laneOf.value(span.worker, -1) - lane) * direction;
        if (lanes <= 0 || !isInSight(span))
            continue;
        const std::pair<qint64, qint64> distance{lanes, std::abs(span.start - from.start)};
        if (distance < smallest) {
            smallest = distance;
            best = i;
        }
    }
    return best;
}

int TimelinePainter::moved(CursorMove move) const
{
    const int index = hovered();
    if (index < 0 || move == CursorMove::First || move == CursorMove::Last) {
        int first = -1;
        int last = -1;
        for (int i = 0; i < count(); ++i) {
            if (!isInSight(m_spans.at(i)))
                continue;
            if (first < 0 || m_spans.at(i).start < m_spans.at(first).start)
                first = i;
            if (last < 0 || m_spans.at(i).start >= m_spans.at(last).start)
                last = i;
        }
        return move == CursorMove::First ? first : last;
    }
    const int later = isMirrored() ? -1 : 1;
    switch (move) {
    case CursorMove::Left:
        return nextInLane(index, -later);
    case CursorMove::Right:
        return nextInLane(index, later);
    case CursorMove::Up:
        return nextLane(index, -1);
    case CursorMove::Down:
        return nextLane(index, 1);
    case CursorMove::First:
    case CursorMove::Last:
        break;
    }
    Q_UNREACHABLE();
}

QString TimelinePainter::textOf(int index) const
{
    if (index < 0 || index >= count())
        return {};
    const TraceSpan &span = m_spans.at(index);
    const QString duration = written(double(endOf(span) - span.start) / 1e6, ChartUnit::Duration,
                                     locale());
    const double started = std::max(0.0, secondsAgo(span.start));
    const QString name = nameOf(span, locale());
    QStringList lines{name.isEmpty() ? ChartTexts::tr("job") : name};
    if (!span.label.isEmpty())
        lines.append(span.label);
    lines.append(ChartTexts::tr("worker %1").arg(locale().toString(span.worker)));
    lines.append(ChartTexts::tr("started %1 ago")
                     .arg(written(started * 1e3, ChartUnit::Duration, locale())));
    lines.append(span.end < 0 ? ChartTexts::tr("running for %1").arg(duration)
                              : ChartTexts::tr("took %1").arg(duration));
    if (const QString outcome = outcomeOf(span); !outcome.isEmpty())
        lines.append(outcome);
    return lines.join(QLatin1Char('\n'));
}

QString TimelinePainter::summary() const
{
    const auto inSight = std::count_if(m_spans.begin(), m_spans.end(),
                                       [this](const TraceSpan &span) { return isInSight(span); });
    if (inSight == 0)
        return emptyText();
    return ChartTexts::tr("%1 jobs of %2 workers in the last %3")
        .arg(locale().toString(inSight), locale().toString(m_workers.size()),
             writtenAge(m_duration, locale()));
}

QSizeF TimelinePainter::sizeHint() const
{
    const double lanes = std::clamp<double>(double(m_workers.size()), 4, 8);
    return {rowHeight() * 24, lanes * laneHeight() + 2 * rowHeight() + 8};
}

void TimelinePainter::draw(QPainter &painter) const
{
    QFont bold = theme().font;
    bold.setBold(true);
    painter.setFont(bold);
    drawText(painter, QRectF(0, 0, rect().width(), rowHeight()), Qt::AlignLeft | Qt::AlignVCenter,
             title(), theme().text);
    painter.setFont(theme().font);

    const Layout layout = this->layout();
    const QRectF &plot = layout.plot;
    if (plot.width() < 8 || plot.height() < 8)
        return;
    drawAges(painter, plot, m_duration);
    drawHairline(painter, plot.bottomLeft(), plot.bottomRight(), theme().axis);
    if (m_workers.isEmpty() || m_spans.isEmpty())
        drawEmpty(painter, plot);
    const double labelWidth = this->labelWidth();
    for (int row = 0; row < layout.lanes; ++row) {
        const double y = plot.top() + row * laneHeight();
        if (row > 0)
            drawHairline(painter, {plot.left(), y - 1}, {plot.right(), y - 1}, theme().grid);
        drawText(painter, placed(QRectF(0, y, labelWidth - 6, laneHeight() - 1)),
                 Qt::AlignRight | Qt::AlignVCenter,
                 locale().toString(m_workers.at(layout.firstLane + row)), theme().mutedText);
    }

    painter.save();
    painter.setClipRect(plot.adjusted(-1, 0, 1, 1), Qt::IntersectClip);
    for (int i = 0; i < count(); ++i) {
        const TraceSpan &span = m_spans.at(i);
        const QRectF rect = spanRect(span, layout);
        if (rect.isEmpty())
            continue;
        // Short jobs are many, and have no key.
        const QColor color = span.jobs > 1 ? mixed(theme().text, theme().ground, 0.25)
                                           : theme().hueOf(span.key);
        painter.fillRect(rect, color);
        if (!outcomeOf(span).isEmpty()) {
            const double thickness = std::min(3.0, rect.height() / 4);
            const QRectF strip(rect.left(), rect.bottom() - thickness, rect.width(), thickness);
            painter.fillRect(strip.adjusted(0, -1, 0, 0), theme().ground);
            painter.fillRect(strip, theme().problem);
        }
        if (span.end < 0) {
            painter.fillRect(
                QRectF(isMirrored() ? rect.left() : rect.right() - 2, rect.top(), 2, rect.height()),
                theme().text);
        }
        if (rect.width() > 3 * metrics().averageCharWidth() + 8)
            drawText(painter, rect.adjusted(4, 0, -4, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     nameOf(span, locale()), ChartTheme::textOn(color));
    }
    painter.restore();
    const QRectF hoveredRect = hovered() >= 0 ? spanRect(hovered()) : QRectF();
    if (!hoveredRect.isEmpty()) {
        painter.setPen(QPen(theme().text, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(hoveredRect);
        drawBubble(painter, this->rect(), hoveredRect.intersected(plot).center(),
                   textOf(hovered()));
    }
}

} // namespace Millwright
