// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qwidget.h>

namespace Millwright {

class FactoryMonitor;
class StatTile;

//! The figures of a factory: throughput, queue, workers, and how its jobs ended. In as many columns as there is room for.
class FiguresPart : public QWidget
{
    Q_OBJECT

public:
    FiguresPart(FactoryMonitor *monitor, QWidget *parent);

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateFigures();
    [[nodiscard]] int columnsFor(int width) const;

    FactoryMonitor *const m_monitor;
    StatTile *const m_throughput;
    StatTile *const m_waiting;
    StatTile *const m_workers;
    StatTile *const m_completed;
    StatTile *const m_failed;
    StatTile *const m_discarded;
    const QList<StatTile *> m_tiles;
};

} // namespace Millwright
