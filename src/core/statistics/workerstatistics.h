// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "snapshot.h"

namespace Millwright {

//! How long the completed jobs of one worker took. Written by the thread of the worker, read by any.
struct WorkerStatistics
{
    Histogram queueTime; // submitted to started
    Histogram runTime; // started to finished
    Histogram totalTime; // submitted to finished

    void record(qint64 submitted, qint64 started, qint64 finished)
    {
        queueTime.record(started - submitted);
        runTime.record(finished - started);
        totalTime.record(finished - submitted);
    }

    void addTo(Latencies &latencies) const
    {
        queueTime.addTo(latencies.queueTime);
        runTime.addTo(latencies.runTime);
        totalTime.addTo(latencies.totalTime);
    }
};

} // namespace Millwright
