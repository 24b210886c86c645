// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chart.h"

#include "../core/statistics/snapshot.h"

#include <QtCore/qhash.h>

namespace Millwright {

//! Who ran what when: a lane for each worker, over the last seconds. The items are the spans, in the order in which
//! they were given.
//!
//! A span has the color of its key, and its text as far as there is room. One that still runs has a rim at its end.
//! Lanes that have no room are reached by scrolling.
class TimelinePainter : public Chart
{
public:
    void take(const FactoryMonitor *monitor) override;
    //! `now` and the times of the spans are of the same clock, in nanoseconds. `workers` have the lanes, in this order.
    void setSpans(const QList<int> &workers, const QList<TraceSpan> &spans, qint64 now);
    //! How far back the lanes reach. Seconds.
    void setDuration(double seconds) { m_duration = std::max(0.1, seconds); }
    //! The lane at the top; kept where it makes sense.
    void setFirstLane(int lane) { m_firstLane = lane; }

    [[nodiscard]] double duration() const { return m_duration; }
    [[nodiscard]] const QList<TraceSpan> &spans() const { return m_spans; }
    [[nodiscard]] const QList<int> &workers() const { return m_workers; }
    [[nodiscard]] int firstLane() const;
    [[nodiscard]] int lanesShown() const;
    //! The first lane with which that of an item is seen.
    [[nodiscard]] int firstLaneToShow(int index) const;

    [[nodiscard]] QRectF plot() const;
    //! Where an item is drawn; null when it is out of sight.
    [[nodiscard]] QRectF spanRect(int index) const;

    [[nodiscard]] int count() const override { return int(m_spans.size()); }
    [[nodiscard]] int indexAt(const QPointF &position) const override;
    //! Left and right along the lane, up and down to the span at the same time in the next lane that has one.
    [[nodiscard]] int moved(CursorMove move) const override;
    [[nodiscard]] QString textOf(int index) const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSizeF sizeHint() const override;

protected:
    void draw(QPainter &painter) const override;

    [[nodiscard]] Identity identityOf(int index) const override
    {
        return {m_spans.at(index).worker, m_spans.at(index).start};
    }

private:
    //! What is measured, and so found out once for all spans.
    struct Layout
    {
        QRectF plot;
        int firstLane;
        int lanes;
    };
    [[nodiscard]] Layout layout() const;
    [[nodiscard]] QRectF spanRect(const TraceSpan &span, const Layout &layout) const;
    [[nodiscard]] int lanesIn(const QRectF &plot) const;
    [[nodiscard]] double laneHeight() const { return rowHeight() + 4; }
    [[nodiscard]] double labelWidth() const;
    [[nodiscard]] qint64 endOf(const TraceSpan &span) const
    {
        return span.end < 0 ? m_now : span.end;
    }
    [[nodiscard]] double secondsAgo(qint64 time) const { return double(m_now - time) / 1e9; }
    [[nodiscard]] bool isInSight(const TraceSpan &span) const;
    [[nodiscard]] int nextInLane(int index, int direction) const;
    [[nodiscard]] int nextLane(int index, int direction) const;

    QList<int> m_workers;
    QHash<int, int> m_laneOf;
    int m_highestWorker = 9;
    QList<TraceSpan> m_spans;
    qint64 m_now = 0;
    double m_duration = 10;
    int m_firstLane = 0;
};

} // namespace Millwright
