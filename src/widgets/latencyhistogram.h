// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chartwidget.h"

#include "../charts/charttypes.h"

namespace Millwright {

//! How long jobs took, since their factory was made: a bar for each tenth of a decade on a logarithmic axis; the median,
//! the 99th percentile and the longest are marked.
class MILLWRIGHT_WIDGETS_EXPORT LatencyHistogram : public ChartWidget
{
    Q_OBJECT
    Q_PROPERTY(Latency latency READ latency WRITE setLatency NOTIFY latencyChanged FINAL)

public:
    //! Which time of a job.
    enum Latency {
        QueueTime = int(ChartLatency::QueueTime), //!< from submitted to started
        RunTime = int(ChartLatency::RunTime), //!< from started to finished
        TotalTime = int(ChartLatency::TotalTime), //!< from submitted to finished
    };
    Q_ENUM(Latency)

    explicit LatencyHistogram(QWidget *parent = nullptr);
    ~LatencyHistogram() override;

    //! `RunTime` by default.
    [[nodiscard]] Latency latency() const;
    void setLatency(Latency latency);

Q_SIGNALS:
    void latencyChanged();
};

} // namespace Millwright
