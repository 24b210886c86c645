// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chart.h"

#include "../core/statistics/histogram.h"

namespace Millwright {

//! How many durations there are of which length, over a logarithmic axis, with the median, the 99th percentile and
//! the longest marked. The items are the bars, 0 the shortest durations.
//!
//! A bar that is not empty can always be seen, however small its share: the rare long ones are what matters.
class HistogramPainter : public Chart
{
public:
    static constexpr int BarsPerDecade = 10;

    //! From `lower` to below `upper`, in milliseconds.
    struct Bar
    {
        double lower = 0;
        double upper = 0;
        qint64 count = 0;
    };
    //! A quantile, in milliseconds.
    struct Mark
    {
        QString name = {};
        double value = 0;
    };

    void setLatency(ChartLatency latency) { m_latency = latency; }
    [[nodiscard]] ChartLatency latency() const { return m_latency; }
    void take(const FactoryMonitor *monitor) override;

    void setHistogram(const HistogramSnapshot &histogram);

    [[nodiscard]] const QList<Bar> &bars() const { return m_bars; }
    [[nodiscard]] const QList<Mark> &marks() const { return m_marks; }
    [[nodiscard]] QRectF plot() const;
    //! Where a bar is drawn.
    [[nodiscard]] QRectF barRect(int index) const;
    //! Where a duration in milliseconds is on the axis.
    [[nodiscard]] double xOf(double milliseconds) const;

    [[nodiscard]] int count() const override { return int(m_bars.size()); }
    [[nodiscard]] int indexAt(const QPointF &position) const override;
    [[nodiscard]] int moved(CursorMove move) const override;
    [[nodiscard]] QString textOf(int index) const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSizeF sizeHint() const override;

protected:
    void draw(QPainter &painter) const override;

private:
    [[nodiscard]] double headerHeight() const;
    [[nodiscard]] double axisWidth() const;
    [[nodiscard]] QString share(double count) const;
    void drawAxes(QPainter &painter) const;
    void drawBars(QPainter &painter) const;
    void drawMarks(QPainter &painter) const;

    ChartLatency m_latency = ChartLatency::RunTime;
    QList<Bar> m_bars;
    QList<Mark> m_marks;
    qint64 m_total = 0;
    ValueScale m_durations;
    ValueScale m_counts;
};

} // namespace Millwright
