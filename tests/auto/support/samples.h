// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "statistics/histogram.h"

#include <QStringList>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace Support {

using Millwright::Histogram;
using Millwright::HistogramSnapshot;
using Samples = std::vector<qint64>;

inline constexpr double Tolerance = 0.02; // what is promised
inline constexpr qint64 PerMille[] = {0, 10, 250, 500, 900, 990, 999, 1000};

//! The standard engines give the same numbers everywhere, the standard distributions do not.
class Random
{
public:
    explicit Random(quint64 seed) : m_engine(seed) {}

    double uniform() { return static_cast<double>(m_engine() >> 11) * 0x1p-53; }
    double exponential() { return -std::log(1 - uniform()); }
    double normal()
    {
        const double radius = std::sqrt(2 * exponential());
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

private:
    std::mt19937_64 m_engine;
};

using Distribution = double (*)(Random &);

//! Rows of a test: columns "distribution" and "seed".
void addDistributions();
[[nodiscard]] Samples draw(Distribution distribution, quint64 seed, int count);
void recordAll(Histogram &histogram, const Samples &samples);
[[nodiscard]] HistogramSnapshot snapshotOf(const Samples &samples);
[[nodiscard]] bool isClose(double value, double exact, double tolerance);
//! Compares with the sorted samples, says what is out of tolerance. Ranks are counted in integers.
[[nodiscard]] QStringList deviations(const HistogramSnapshot &snapshot, Samples exact);
//! What has to hold for every snapshot, also for one taken while samples come in.
[[nodiscard]] QStringList contradictions(const HistogramSnapshot &snapshot);
[[nodiscard]] QByteArray text(const QStringList &findings);

} // namespace Support
