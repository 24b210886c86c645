// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "workertimeline.h"

#include "../charts/timelinepainter.h"

#include <QtGui/qevent.h>

namespace Millwright {

WorkerTimeline::WorkerTimeline(QWidget *parent)
    : ChartWidget(std::make_unique<TimelinePainter>(), parent)
{
}

WorkerTimeline::~WorkerTimeline() = default;

int WorkerTimeline::firstLane() const
{
    return as<TimelinePainter>().firstLane();
}

void WorkerTimeline::setFirstLane(int lane)
{
    refresh();
    const int before = firstLane();
    as<TimelinePainter>().setFirstLane(lane);
    // What is clamped now does not come up later.
    as<TimelinePainter>().setFirstLane(firstLane());
    if (firstLane() == before)
        return;
    update();
    Q_EMIT firstLaneChanged();
}

void WorkerTimeline::showItem(int index)
{
    setFirstLane(as<TimelinePainter>().firstLaneToShow(index));
}

void WorkerTimeline::wheelEvent(QWheelEvent *event)
{
    static constexpr int lane = QWheelEvent::DefaultDeltasPerStep / 3;
    m_wheel += event->angleDelta().y();
    const int before = firstLane();
    setFirstLane(before - m_wheel / lane);
    m_wheel %= lane;
    // Where there is nothing to scroll, the page may.
    event->setAccepted(firstLane() != before);
}

} // namespace Millwright
