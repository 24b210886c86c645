// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chart.h"

#include <array>

namespace Millwright {

//! One to four series over time, now at the end. The items are the samples, 0 the oldest of the longest series.
//!
//! Series are told apart by color and by the marker that sits on the line and in the legend. Where there are more
//! samples than pixels, each column of pixels shows the lowest and the highest: no peak is lost.
class TimeChartPainter : public Chart
{
public:
    static constexpr int MaximumSeries = 4;

    struct Settings
    {
        ChartUnit unit = ChartUnit::Count;
        double interval = 0.25; //!< seconds from one sample to the next
        int capacity = 0; //!< samples that the whole width has room for, at least
        double limit = -1; //!< a line across, as of the queue limit; negative for none
        QString limitName = {};
        bool isFilled = true; //!< the area below the first series
        bool isLogarithmic = false;

        bool operator==(const Settings &) const = default;
    };

    void setQuantity(ChartQuantity quantity) { m_quantity = quantity; }
    [[nodiscard]] ChartQuantity quantity() const { return m_quantity; }
    void take(const FactoryMonitor *monitor) override;

    //! More than `MaximumSeries` are not shown.
    void setSeries(const QList<ChartSeries> &series);
    [[nodiscard]] const QList<ChartSeries> &series() const { return m_series; }
    void setSettings(const Settings &settings);
    [[nodiscard]] const Settings &settings() const { return m_settings; }

    //! Where the lines are.
    [[nodiscard]] QRectF plot() const;
    //! Where a sample and a value are within the plot.
    [[nodiscard]] double xOf(int index) const;
    [[nodiscard]] double yOf(double value) const;
    [[nodiscard]] const ValueScale &scale() const { return m_scale; }
    //! The value of a series at an item; NaN where it has none.
    [[nodiscard]] double valueAt(int series, int index) const;

    [[nodiscard]] int count() const override { return m_count; }
    [[nodiscard]] int indexAt(const QPointF &position) const override;
    [[nodiscard]] int moved(CursorMove move) const override;
    [[nodiscard]] QString textOf(int index) const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSizeF sizeHint() const override;

protected:
    void draw(QPainter &painter) const override;

private:
    void updateScale();
    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] int room() const;
    [[nodiscard]] QPointF pointOf(const QRectF &plot, int index, double value) const;
    [[nodiscard]] double age(int index) const
    {
        return (m_count - 1 - index) * m_settings.interval;
    }
    [[nodiscard]] double headerHeight() const;
    [[nodiscard]] double axisWidth() const;
    [[nodiscard]] double legendWidth() const;
    [[nodiscard]] double legendValueWidth(int series) const;
    [[nodiscard]] QString legendValue(int series) const;
    [[nodiscard]] QList<QPolygonF> linesOf(int series) const;

    void drawHeader(QPainter &painter) const;
    void drawAxis(QPainter &painter) const;
    void drawLimit(QPainter &painter) const;
    void drawSeries(QPainter &painter, int series) const;
    void drawMarkers(QPainter &painter, int series) const;
    void drawMarker(QPainter &painter, int series, const QPointF &center, double radius) const;
    void drawCursor(QPainter &painter) const;

    ChartQuantity m_quantity = ChartQuantity::Throughput;
    QList<ChartSeries> m_series;
    Settings m_settings;
    int m_count = 0;
    std::array<double, MaximumSeries> m_highest = {}; // of each series
    ValueScale m_scale;
};

} // namespace Millwright
