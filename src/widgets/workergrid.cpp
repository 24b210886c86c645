// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "workergrid.h"

#include "../charts/workergridpainter.h"

#include <QtGui/qevent.h>

namespace Millwright {

WorkerGrid::WorkerGrid(QWidget *parent) : ChartWidget(std::make_unique<WorkerGridPainter>(), parent)
{
}

WorkerGrid::~WorkerGrid() = default;

int WorkerGrid::hoveredWorker() const
{
    return hoveredIndex() < 0 ? -1 : as<WorkerGridPainter>().workers().at(hoveredIndex()).id;
}

void WorkerGrid::activate(int index)
{
    if (index >= 0 && index < as<WorkerGridPainter>().count())
        Q_EMIT workerActivated(as<WorkerGridPainter>().workers().at(index).id);
}

void WorkerGrid::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        activate(hoveredIndex());
    else
        ChartWidget::keyPressEvent(event);
}

void WorkerGrid::mousePressEvent(QMouseEvent *event)
{
    refresh();
    if (event->button() == Qt::LeftButton)
        activate(as<WorkerGridPainter>().indexAt(event->position()));
}

} // namespace Millwright
