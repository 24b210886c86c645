// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

namespace Millwright {

//! What the values of a chart are, and so how they are written.
enum class ChartUnit : int {
    Count, //!< "12,345", "1.2 M"
    Rate, //!< per second: "1.2 k/s"
    Duration, //!< given in milliseconds: "350 µs", "2 min"
};

//! One line of a chart: the oldest value first, one per interval, NaN where nothing was sampled. Series
//! of different lengths end together, now.
struct ChartSeries
{
    QString name = {};
    QList<double> values = {};

    bool operator==(const ChartSeries &) const = default;
};

//! What a `TimeChart` shows.
enum class ChartQuantity : int {
    Throughput, //!< jobs completed, failed and discarded per second
    QueueDepth, //!< jobs that wait, and the queue limit
    ActiveWorkers, //!< workers that have something to do, of all
    QueueTime, //!< how long jobs have waited: median, 99th percentile and longest
    RunTime, //!< the same of how long they ran
};

//! What a `LatencyHistogram` shows.
enum class ChartLatency : int {
    QueueTime, //!< from submitted to started
    RunTime, //!< from started to finished
    TotalTime, //!< from submitted to finished
};

} // namespace Millwright
