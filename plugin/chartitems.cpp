// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chartitems.h"

#include "../src/charts/histogrampainter.h"
#include "../src/charts/timechartpainter.h"
#include "../src/charts/timelinepainter.h"
#include "../src/charts/workergridpainter.h"

namespace Millwright {

// --- TimeChart --------------------------------------------------------------------------------

TimeChartItem::TimeChartItem(QQuickItem *parent)
    : ChartItem(std::make_unique<TimeChartPainter>(), parent)
{
}

TimeChartItem::Quantity TimeChartItem::quantity() const
{
    return Quantity(as<TimeChartPainter>().quantity());
}

void TimeChartItem::setQuantity(Quantity quantity)
{
    if (quantity == this->quantity())
        return;
    as<TimeChartPainter>().setQuantity(ChartQuantity(quantity));
    onDataChanged();
    Q_EMIT quantityChanged();
}

// --- LatencyHistogram -------------------------------------------------------------------------

LatencyHistogramItem::LatencyHistogramItem(QQuickItem *parent)
    : ChartItem(std::make_unique<HistogramPainter>(), parent)
{
}

LatencyHistogramItem::Latency LatencyHistogramItem::latency() const
{
    return Latency(as<HistogramPainter>().latency());
}

void LatencyHistogramItem::setLatency(Latency latency)
{
    if (latency == this->latency())
        return;
    as<HistogramPainter>().setLatency(ChartLatency(latency));
    onDataChanged();
    Q_EMIT latencyChanged();
}

// --- WorkerGrid -------------------------------------------------------------------------------

WorkerGridItem::WorkerGridItem(QQuickItem *parent)
    : ChartItem(std::make_unique<WorkerGridPainter>(), parent)
{
    setAcceptedMouseButtons(Qt::LeftButton);
}

int WorkerGridItem::hoveredWorker() const
{
    return hoveredIndex() < 0 ? -1 : as<WorkerGridPainter>().workers().at(hoveredIndex()).id;
}

void WorkerGridItem::activate(int index)
{
    if (index >= 0 && index < count())
        Q_EMIT workerActivated(as<WorkerGridPainter>().workers().at(index).id);
}

void WorkerGridItem::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        activate(hoveredIndex());
    else
        ChartItem::keyPressEvent(event);
}

void WorkerGridItem::mousePressEvent(QMouseEvent *event)
{
    refresh();
    activate(as<WorkerGridPainter>().indexAt(event->position()));
}

// --- WorkerTimeline ---------------------------------------------------------------------------

WorkerTimelineItem::WorkerTimelineItem(QQuickItem *parent)
    : ChartItem(std::make_unique<TimelinePainter>(), parent)
{
}

int WorkerTimelineItem::firstLane() const
{
    refresh();
    return as<TimelinePainter>().firstLane();
}

void WorkerTimelineItem::setFirstLane(int lane)
{
    const int before = firstLane();
    as<TimelinePainter>().setFirstLane(lane);
    // What is clamped now does not come up later.
    as<TimelinePainter>().setFirstLane(firstLane());
    if (firstLane() == before)
        return;
    update();
    Q_EMIT firstLaneChanged();
}

void WorkerTimelineItem::showItem(int index)
{
    setFirstLane(as<TimelinePainter>().firstLaneToShow(index));
}

void WorkerTimelineItem::wheelEvent(QWheelEvent *event)
{
    constexpr int Lane = QWheelEvent::DefaultDeltasPerStep / 3;
    m_wheel += event->angleDelta().y();
    const int before = firstLane();
    setFirstLane(before - m_wheel / Lane);
    m_wheel %= Lane;
    // Where there is nothing to scroll, the page may.
    event->setAccepted(firstLane() != before);
}

} // namespace Millwright
