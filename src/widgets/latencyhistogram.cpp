// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "latencyhistogram.h"

#include "../charts/histogrampainter.h"

namespace Millwright {

LatencyHistogram::LatencyHistogram(QWidget *parent)
    : ChartWidget(std::make_unique<HistogramPainter>(), parent)
{
}

LatencyHistogram::~LatencyHistogram() = default;

LatencyHistogram::Latency LatencyHistogram::latency() const
{
    return Latency(as<HistogramPainter>().latency());
}

void LatencyHistogram::setLatency(Latency latency)
{
    if (latency == this->latency())
        return;
    as<HistogramPainter>().setLatency(ChartLatency(latency));
    onDataChanged();
    Q_EMIT latencyChanged();
}

} // namespace Millwright
