// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qdeadlinetimer.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace Millwright {

// QML has numbers of milliseconds where C++ has durations.

inline double toMilliseconds(std::chrono::nanoseconds time)
{
    return double(time.count()) / 1e6;
}

//! Longer than the library can count is as good as no end; what is no number is none.
inline std::chrono::nanoseconds fromMilliseconds(double milliseconds)
{
    constexpr double Most = 9e18;
    const double time = std::isnan(milliseconds) ? 0 : milliseconds * 1e6;
    return std::chrono::nanoseconds(qint64(std::clamp(time, -Most, Most)));
}

//! What is further away than Qt can count is as good as never; what is negative is over.
inline QDeadlineTimer deadlineIn(std::chrono::milliseconds time)
{
    constexpr std::chrono::hours Most(24 * 365 * 100);
    return time >= Most ? QDeadlineTimer(QDeadlineTimer::Forever)
                        : QDeadlineTimer(std::max(time, std::chrono::milliseconds(0)));
}

} // namespace Millwright
