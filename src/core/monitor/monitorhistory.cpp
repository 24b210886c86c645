// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "monitor/monitorhistory.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace Millwright {

double MonitorHistory::mean(Series series) const
{
    double sum = 0;
    int count = 0;
    for (const double value : m_values[series]) {
        if (!std::isnan(value)) {
            sum += value;
            ++count;
        }
    }
    return count == 0 ? 0 : sum / count;
}

bool MonitorHistory::isFlat() const
{
    return std::all_of(m_values.begin(), m_values.end(), [](const QList<double> &values) {
        return std::none_of(values.begin(), values.end(),
                            [](double value) { return value > 0; }); // NaN is not, either
    });
}

void MonitorHistory::clear()
{
    for (QList<double> &values : m_values)
        values.clear();
}

void MonitorHistory::append(const Sample &sample, qsizetype times, qsizetype most)
{
    const qsizetype added = std::clamp<qsizetype>(times, 0, most);
    for (std::size_t series = 0; series < SeriesCount; ++series) {
        QList<double> &values = m_values[series];
        if (const qsizetype surplus = values.size() + added - most; surplus > 0)
            values.remove(0, surplus);
        values.insert(values.size(), added, sample[series]);
    }
}

void MonitorHistory::append(const MonitorHistory &other, qsizetype count, qsizetype most)
{
    const qsizetype added = std::clamp<qsizetype>(count, 0, std::min(other.size(), most));
    for (std::size_t series = 0; series < SeriesCount; ++series) {
        QList<double> &values = m_values[series];
        values.append(other.m_values[series].last(added));
        if (const qsizetype surplus = values.size() - most; surplus > 0)
            values.remove(0, surplus);
    }
}

void MonitorHistory::appendGap(qsizetype times, qsizetype most)
{
    if (size() > 0)
        append(unknown(), times, most);
}

MonitorHistory::Sample MonitorHistory::unknown()
{
    Sample sample;
    sample.fill(std::numeric_limits<double>::quiet_NaN());
    return sample;
}

void MonitorHistory::setLatencies(Sample &sample, const LatencySummary &queueTime,
                                  const LatencySummary &runTime)
{
    const auto set = [&](Series first, const LatencySummary &summary) {
        if (summary.count == 0)
            return;
        sample[first] = summary.p50;
        sample[std::size_t(first) + 1] = summary.p99;
        sample[std::size_t(first) + 2] = summary.maximum;
    };
    set(QueueTimeMedian, queueTime);
    set(RunTimeMedian, runTime);
}

} // namespace Millwright
