// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../statistics/histogram.h"

#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>

namespace Millwright {

//! One histogram of durations as a dashboard shows it: a plain value, in milliseconds. Quantiles
//! are within 2 % of the exact ones. All are 0 when there are no samples.
struct MILLWRIGHT_CORE_EXPORT LatencySummary
{
    Q_GADGET
    Q_PROPERTY(double p50 MEMBER p50 FINAL)
    Q_PROPERTY(double p90 MEMBER p90 FINAL)
    Q_PROPERTY(double p99 MEMBER p99 FINAL)
    Q_PROPERTY(double maximum MEMBER maximum FINAL)
    Q_PROPERTY(double mean MEMBER mean FINAL)
    Q_PROPERTY(double count MEMBER count FINAL)

public:
    double p50 = 0;
    double p90 = 0;
    double p99 = 0;
    double maximum = 0;
    double mean = 0;
    double count = 0; //!< how many samples there are

    [[nodiscard]] static LatencySummary of(const HistogramSnapshot &histogram);

    bool operator==(const LatencySummary &) const = default;
};

} // namespace Millwright
