// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "timechart.h"

#include "../charts/timechartpainter.h"

namespace Millwright {

TimeChart::TimeChart(QWidget *parent) : ChartWidget(std::make_unique<TimeChartPainter>(), parent) {}

TimeChart::~TimeChart() = default;

TimeChart::Quantity TimeChart::quantity() const
{
    return Quantity(as<TimeChartPainter>().quantity());
}

void TimeChart::setQuantity(Quantity quantity)
{
    if (quantity == this->quantity())
        return;
    as<TimeChartPainter>().setQuantity(ChartQuantity(quantity));
    onDataChanged();
    Q_EMIT quantityChanged();
}

} // namespace Millwright
