// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "latencysummary.h"

#include <QtCore/qlist.h>

#include <array>

namespace Millwright {

//! For QML, which knows these enumerators as those of `MonitorSeries`.
namespace MonitorSeries {
Q_NAMESPACE_EXPORT(MILLWRIGHT_CORE_EXPORT)

//! What is remembered of each sample.
enum Series {
    Throughput, //!< jobs completed per second
    Failures, //!< jobs failed and lost per second
    Discards, //!< jobs discarded per second
    QueueDepth,
    ActiveWorkers,
    //! Of the jobs that were completed since the sample before, or in about half a second; milliseconds,
    //! NaN if there were none.
    QueueTimeMedian,
    QueueTimeP99,
    QueueTimeMaximum,
    RunTimeMedian,
    RunTimeP99,
    RunTimeMaximum,
};
Q_ENUM_NS(Series)

} // namespace MonitorSeries

//! What a `FactoryMonitor` remembers of each sample, for charts.
class MonitorHistory
{
public:
    using enum MonitorSeries::Series;
    using Series = MonitorSeries::Series;

    static constexpr std::size_t SeriesCount = RunTimeMaximum + 1;
    using Sample = std::array<double, SeriesCount>;

    [[nodiscard]] const QList<double> &of(Series series) const { return m_values[series]; }
    [[nodiscard]] qsizetype size() const { return m_values[0].size(); }
    //! Of the samples that were taken; 0 if none was.
    [[nodiscard]] double mean(Series series) const;

    //! Whether there is nothing but zeros, and what is unknown.
    [[nodiscard]] bool isFlat() const;

    void clear();
    //! So many times the same. No more than `most` are kept, the newest.
    void append(const Sample &sample, qsizetype times, qsizetype most);
    //! The newest samples of another one, so many.
    void append(const MonitorHistory &other, qsizetype count, qsizetype most);
    //! A time during which nothing was sampled.
    void appendGap(qsizetype times, qsizetype most);

    //! A sample in which everything is unknown.
    [[nodiscard]] static Sample unknown();
    static void setLatencies(Sample &sample, const LatencySummary &queueTime,
                             const LatencySummary &runTime);

private:
    std::array<QList<double>, SeriesCount> m_values;
};

} // namespace Millwright
