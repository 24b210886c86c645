// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qwidget.h>

namespace Millwright {

class ActionGuard;
class FactoryMonitor;
class TablePart;
class WorkerGrid;
class WorkerTimeline;

//! The workers of a factory: all at a glance, what they did in the last seconds, and one by one.
class WorkersPart : public QWidget
{
    Q_OBJECT

public:
    static constexpr int TimelineSpan = 10; // seconds

    WorkersPart(FactoryMonitor *monitor, ActionGuard *guard, QWidget *parent);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    struct RunningJob
    {
        int worker;
        quint64 id;
        QString name;
    };

    [[nodiscard]] QList<RunningJob> selectedJobs() const;
    [[nodiscard]] static QString namesOf(const QList<RunningJob> &jobs);
    void updateHeights();

    FactoryMonitor *const m_monitor;
    WorkerGrid *const m_grid;
    WorkerTimeline *const m_timeline;
    TablePart *const m_table;
};

} // namespace Millwright
