// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    What became of a factory over the last minutes, and how long its jobs took.
*/
GridLayout {
    id: charts

    required property DashboardTheme theme
    required property FactoryMonitor monitor

    //! All charts, whether they are seen or not.
    readonly property var all: [throughput, waiting, queueTime, runTime, totalTime]

    readonly property real chartHeight: theme.fontSize * 11

    columns: width >= 640 ? 2 : 1
    columnSpacing: theme.spacing * 2
    rowSpacing: theme.spacing * 1.5

    component Chart: TimeChart {
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.preferredWidth: 1
        Layout.preferredHeight: charts.chartHeight
        Layout.minimumHeight: charts.chartHeight
        monitor: charts.monitor
        font.pixelSize: charts.theme.smallFontSize
        palette.window: charts.theme.ground
        palette.windowText: charts.theme.text
    }

    Chart {
        id: throughput

        objectName: "throughput"
        title: qsTr("Throughput")
        quantity: TimeChart.Throughput
    }
    Chart {
        id: waiting

        title: qsTr("Waiting jobs")
        quantity: TimeChart.QueueDepth
    }
    Chart {
        id: queueTime

        title: qsTr("Time in the queue")
        quantity: TimeChart.QueueTime
    }
    Chart {
        id: runTime

        title: qsTr("Run time")
        quantity: TimeChart.RunTime
    }
    LatencyHistogram {
        id: totalTime

        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.columnSpan: charts.columns
        Layout.preferredHeight: charts.chartHeight
        Layout.minimumHeight: charts.chartHeight
        monitor: charts.monitor
        title: qsTr("All jobs by their time in all")
        latency: LatencyHistogram.TotalTime
        font.pixelSize: charts.theme.smallFontSize
        palette.window: charts.theme.ground
        palette.windowText: charts.theme.text
    }
}
