// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chartitem.h"

#include "../src/charts/charttypes.h"

namespace Millwright {

// The charts as C++ has them. TimeChart.qml and so on make them accessible, and are what QML uses.

//! What became of a factory over the last minutes, as far back as `FactoryMonitor.historySpan`; now is at the end.
// The base is qualified for the sake of qmltyperegistrar, which knows no other name of it.
class TimeChartItem : public Millwright::ChartItem
{
    Q_OBJECT
    Q_PROPERTY(Quantity quantity READ quantity WRITE setQuantity NOTIFY quantityChanged FINAL)
    QML_ELEMENT

public:
    enum Quantity {
        Throughput = int(
            ChartQuantity::Throughput), //!< jobs completed, failed and discarded per second
        QueueDepth = int(ChartQuantity::QueueDepth), //!< jobs that wait, and the queue limit
        ActiveWorkers = int(
            ChartQuantity::ActiveWorkers), //!< workers that have something to do, of all
        QueueTime = int(
            ChartQuantity::QueueTime), //!< how long jobs waited: median, 99th percentile, longest
        RunTime = int(
            ChartQuantity::RunTime), //!< how long jobs ran: median, 99th percentile, longest
    };
    Q_ENUM(Quantity)

    explicit TimeChartItem(QQuickItem *parent = nullptr);

    //! What is shown. `Throughput` by default.
    [[nodiscard]] Quantity quantity() const;
    void setQuantity(Quantity quantity);

Q_SIGNALS:
    void quantityChanged();
};

//! How long jobs took, since their factory was made: a bar for each tenth of a decade on a logarithmic axis; the median,
//! the 99th percentile and the longest are marked.
class LatencyHistogramItem : public Millwright::ChartItem
{
    Q_OBJECT
    Q_PROPERTY(Latency latency READ latency WRITE setLatency NOTIFY latencyChanged FINAL)
    QML_ELEMENT

public:
    //! Which time of a job.
    enum Latency {
        QueueTime = int(ChartLatency::QueueTime), //!< from submitted to started
        RunTime = int(ChartLatency::RunTime), //!< from started to finished
        TotalTime = int(ChartLatency::TotalTime), //!< from submitted to finished
    };
    Q_ENUM(Latency)

    explicit LatencyHistogramItem(QQuickItem *parent = nullptr);

    //! `RunTime` by default.
    [[nodiscard]] Latency latency() const;
    void setLatency(Latency latency);

Q_SIGNALS:
    void latencyChanged();
};

//! The workers of a factory as cells, some or thousands of them: a color and a sign for what each is doing, and the
//! stronger the color, the longer it has been at its job. The items are the workers, in the order of their ids.
class WorkerGridItem : public Millwright::ChartItem
{
    Q_OBJECT
    Q_PROPERTY(int hoveredWorker READ hoveredWorker NOTIFY hoveredIndexChanged FINAL)
    QML_ELEMENT

public:
    explicit WorkerGridItem(QQuickItem *parent = nullptr);

    //! The id of the hovered worker, -1 for none.
    [[nodiscard]] int hoveredWorker() const;

Q_SIGNALS:
    //! A worker was clicked, or chosen with the Return or Enter key.
    void workerActivated(int worker);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    void activate(int index);
};

//! Who ran what when: a lane for each worker, over the last `FactoryMonitor.timelineSpan` seconds, which has to be set for
//! it. The items are the jobs; of those that take less than a millisecond, several together. The wheel and the keys scroll
//! where there are more lanes than room.
class WorkerTimelineItem : public Millwright::ChartItem
{
    Q_OBJECT
    Q_PROPERTY(int firstLane READ firstLane WRITE setFirstLane NOTIFY firstLaneChanged FINAL)
    QML_ELEMENT

public:
    explicit WorkerTimelineItem(QQuickItem *parent = nullptr);

    //! The lane at the top: 0, the default, to as many as there are more lanes than room.
    [[nodiscard]] int firstLane() const;
    void setFirstLane(int lane);

Q_SIGNALS:
    void firstLaneChanged();

protected:
    void showItem(int index) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    int m_wheel = 0; // what has not yet come to a whole lane, in eighths of a degree
};

} // namespace Millwright
