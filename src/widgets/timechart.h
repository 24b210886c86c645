// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chartwidget.h"

#include "../charts/charttypes.h"

namespace Millwright {

//! What became of a factory over the last minutes, as far back as `FactoryMonitor::historySpan()`; now is at the end.
class MILLWRIGHT_WIDGETS_EXPORT TimeChart : public ChartWidget
{
    Q_OBJECT
    Q_PROPERTY(Quantity quantity READ quantity WRITE setQuantity NOTIFY quantityChanged FINAL)

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

    explicit TimeChart(QWidget *parent = nullptr);
    ~TimeChart() override;

    //! What is shown. `Throughput` by default.
    [[nodiscard]] Quantity quantity() const;
    void setQuantity(Quantity quantity);

Q_SIGNALS:
    void quantityChanged();
};

} // namespace Millwright
