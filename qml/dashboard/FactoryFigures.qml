// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Millwright
import "DashboardFormat.js" as Format

/*!
    The figures of a factory: its workers, its queue, its throughput, how its jobs ended, and how long
    they took.
*/
ColumnLayout {
    id: figures

    required property DashboardTheme theme
    required property FactoryMonitor monitor

    //! What else went wrong.
    readonly property string failureDetail: Format.joined([
        monitor.lost > 0 ? qsTr("%1 lost").arg(Format.count(monitor.lost)) : "",
        monitor.retried > 0 ? qsTr("%1 retried").arg(Format.count(monitor.retried)) : "",
        monitor.restarts > 0 ? qsTr("%1 restarts").arg(Format.count(monitor.restarts)) : ""
    ], ", ")

    property list<real> throughputs: []
    readonly property real peak: Format.largest(throughputs)

    spacing: theme.spacing

    component Tile: StatTile {
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.preferredWidth: 1
        theme: figures.theme
    }

    component SmallTile: Tile {
        figureSize: Math.round(theme.fontSize * 1.35)
    }

    RowLayout {
        Layout.fillWidth: true
        Layout.fillHeight: false
        spacing: figures.spacing

        Tile {
            title: qsTr("Active workers")
            value: Format.count(figures.monitor.activeWorkers)
            suffix: qsTr("of %1").arg(Format.count(figures.monitor.workerCount))

            QueueGauge {
                Layout.fillWidth: true
                theme: figures.theme
                depth: figures.monitor.activeWorkers
                limit: figures.monitor.workerCount
                isFullWell: true
            }
        }
        Tile {
            title: qsTr("Waiting")
            value: Format.count(figures.monitor.queueDepth)
            suffix: figures.monitor.queueLimit < 0
                    ? qsTr("no limit") : qsTr("of %1").arg(Format.count(figures.monitor.queueLimit))
            valueColor: gauge.fill < 1 ? theme.text : gauge.fillColor

            QueueGauge {
                id: gauge

                Layout.fillWidth: true
                theme: figures.theme
                depth: figures.monitor.queueDepth
                limit: figures.monitor.queueLimit
            }
        }
    }
    Tile {
        Layout.fillHeight: false
        title: qsTr("Throughput")
        value: Format.rate(figures.monitor.throughput)
        suffix: qsTr("jobs per second")
        remark: figures.peak > 0 ? qsTr("peak %1").arg(Format.rate(figures.peak)) : ""

        Sparkline {
            Layout.fillWidth: true
            values: figures.throughputs
            lineColor: figures.theme.accent
            baseColor: figures.theme.line
            Accessible.name: qsTr("Throughput of late")
        }
    }
    RowLayout {
        Layout.fillWidth: true
        Layout.fillHeight: false
        spacing: figures.spacing

        SmallTile {
            title: qsTr("Completed")
            value: Format.count(figures.monitor.completed)
        }
        SmallTile {
            title: qsTr("Failed")
            value: Format.count(figures.monitor.failed)
            detail: figures.failureDetail
            valueColor: figures.monitor.failed > 0 ? theme.problem : theme.text
        }
        SmallTile {
            title: qsTr("Discarded")
            value: Format.count(figures.monitor.discarded)
            detail: figures.monitor.canceled > 0
                    ? qsTr("%1 canceled").arg(Format.count(figures.monitor.canceled)) : ""
            valueColor: figures.monitor.discarded > 0 ? theme.warning : theme.text
        }
    }
    LatencyTable {
        Layout.fillWidth: true
        Layout.leftMargin: 8
        Layout.rightMargin: 8
        theme: figures.theme
        monitor: figures.monitor
    }
}
