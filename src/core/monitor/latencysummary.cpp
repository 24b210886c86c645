// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/latencysummary.h"

namespace Millwright {

LatencySummary LatencySummary::of(const HistogramSnapshot &histogram)
{
    constexpr double Nanoseconds = 1e6; // in a millisecond
    return {double(histogram.quantile(0.5)) / Nanoseconds,
            double(histogram.quantile(0.9)) / Nanoseconds,
            double(histogram.quantile(0.99)) / Nanoseconds,
            double(histogram.max()) / Nanoseconds,
            histogram.mean() / Nanoseconds,
            double(histogram.count())};
}

} // namespace Millwright
