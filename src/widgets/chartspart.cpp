// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "chartspart.h"

#include "latencyhistogram.h"
#include "timechart.h"

#include "../charts/chartspicture.h"
#include "../charts/dashboardtexts.h"

#include <QtGui/qevent.h>
#include <QtWidgets/qgridlayout.h>

namespace Millwright {

ChartsPart::ChartsPart(FactoryMonitor *monitor, QWidget *parent) : QWidget(parent)
{
    const auto add = [&](const QString &title, TimeChart::Quantity quantity) {
        auto *chart = new TimeChart(this);
        chart->setTitle(title);
        chart->setQuantity(quantity);
        m_charts.append(chart);
    };
    add(tr("Throughput"), TimeChart::Throughput);
    add(tr("Waiting jobs"), TimeChart::QueueDepth);
    add(tr("Time in the queue"), TimeChart::QueueTime);
    add(tr("Run time"), TimeChart::RunTime);
    auto *histogram = new LatencyHistogram(this);
    histogram->setTitle(tr("All jobs by their time in all"));
    histogram->setLatency(LatencyHistogram::TotalTime);
    m_charts.append(histogram);
    for (ChartWidget *chart : std::as_const(m_charts)) {
        chart->setMonitor(monitor);
        chart->setMinimumHeight(fontMetrics().height() * 8);
    }
    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->setHorizontalSpacing(16);
    layout->setVerticalSpacing(12);
    arrange(1);
}

QImage ChartsPart::toImage() const
{
    return chartsPicture(m_charts.size(),
                         [this](qsizetype chart, const QSize &size, double devicePixelRatio) {
                             return m_charts.at(chart)->toImage(size, devicePixelRatio);
                         });
}

void ChartsPart::arrange(int columns)
{
    if (columns == m_columns)
        return;
    m_columns = columns;
    auto *grid = static_cast<QGridLayout *>(layout());
    for (int i = 0; i < m_charts.size(); ++i) {
        const bool isLast = i == m_charts.size() - 1;
        grid->addWidget(m_charts.at(i), i / columns, i % columns, 1, isLast ? columns : 1);
    }
}

void ChartsPart::resizeEvent(QResizeEvent *event)
{
    arrange(event->size().width() >= fontMetrics().averageCharWidth() * 90 ? 2 : 1);
}

} // namespace Millwright
