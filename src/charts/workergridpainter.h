// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chart.h"

#include "../core/statistics/snapshot.h"

namespace Millwright {

//! Workers as cells, some or thousands of them. The items are the workers, in the order in which they were given.
//!
//! A cell says by its color *and* by its glyph what its worker is doing, and by the strength of the color for how long
//! it has been running its job. Cells are as large as the room allows; those that have no room at the smallest size
//! are counted in the last row.
class WorkerGridPainter : public Chart
{
public:
    static constexpr double SmallestCell = 6;
    static constexpr double LargestCell = 28;

    //! What is told apart.
    enum class Look { Absent, Starting, Idle, Running, Stopping, CrashLooping, Stuck };

    void take(const FactoryMonitor *monitor) override;
    void setWorkers(const QList<WorkerSnapshot> &workers);
    [[nodiscard]] const QList<WorkerSnapshot> &workers() const { return m_workers; }

    [[nodiscard]] static Look lookOf(WorkerState state);
    [[nodiscard]] static QString nameOf(Look look);
    //! The color of a cell. A job that runs for a millisecond is pale, one of ten seconds is in full color.
    [[nodiscard]] QColor colorOf(const WorkerSnapshot &worker) const;

    //! Where the cells are.
    [[nodiscard]] QRectF plot() const;
    //! Null for a worker that has no room.
    [[nodiscard]] QRectF cellRect(int index) const;
    //! How many workers have a cell.
    [[nodiscard]] int shown() const;
    [[nodiscard]] int columns() const;
    //! The side of a cell, with the gap to the next.
    [[nodiscard]] double pitch() const;

    [[nodiscard]] int count() const override { return int(m_workers.size()); }
    [[nodiscard]] int indexAt(const QPointF &position) const override;
    [[nodiscard]] int moved(CursorMove move) const override;
    [[nodiscard]] QString textOf(int index) const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSizeF sizeHint() const override;

protected:
    void draw(QPainter &painter) const override;
    [[nodiscard]] Identity identityOf(int index) const override
    {
        return {m_workers.at(index).id, 0};
    }

private:
    struct Layout
    {
        double pitch = LargestCell;
        int columns = 1;
        int shown = 0;
    };

    [[nodiscard]] QString counted() const;
    [[nodiscard]] Layout layout() const;
    [[nodiscard]] QRectF cellRect(int index, const Layout &layout) const;
    void drawHeader(QPainter &painter) const;
    void drawCell(QPainter &painter, const QRectF &rect, const WorkerSnapshot &worker) const;
    static void drawGlyph(QPainter &painter, const QRectF &rect, Look look, const QColor &color);

    QList<WorkerSnapshot> m_workers;
};

} // namespace Millwright
