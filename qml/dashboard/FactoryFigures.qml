// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    The figures of a factory: throughput, queue, workers, and how its jobs ended.
*/
GridLayout {
    id: figures

    required property DashboardTheme theme
    required property FactoryMonitor monitor

    //! What there is to say about discarded jobs.
    readonly property string discardDetail: DashboardTexts.joined([
        part(monitor.discardedShed, qsTr("shed")), part(monitor.discardedExpired, qsTr("expired")),
        part(monitor.discardedRateLimited, qsTr("over the rate")),
        part(monitor.discardedShutdown, qsTr("at shutdown")), part(monitor.canceled, qsTr("canceled"))
    ], ", ")
    //! And about failures.
    readonly property string failureDetail: DashboardTexts.joined([
        part(monitor.lost, qsTr("lost")), part(monitor.retried, qsTr("retried")),
        part(monitor.restarts, qsTr("restarts"))
    ], ", ")

    function part(count: real, what: string): string {
        return count > 0 ? qsTr("%1 %2").arg(DashboardTexts.count(count)).arg(what) : "";
    }

    columns: width < 460 ? 2 : width < 720 ? 3 : 6
    columnSpacing: theme.spacing
    rowSpacing: theme.spacing

    component Tile: StatTile {
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.preferredWidth: 1
        theme: figures.theme
    }

    Tile {
        title: qsTr("Throughput")
        value: DashboardTexts.count(figures.monitor.throughput)
        suffix: qsTr("/s")
        detail: qsTr("on average %1/s").arg(DashboardTexts.count(figures.monitor.meanThroughput))
    }
    Tile {
        title: qsTr("Waiting")
        value: DashboardTexts.count(figures.monitor.queueDepth)
        suffix: figures.monitor.queueCapacity < 0
                ? qsTr("no limit") : qsTr("of %1").arg(DashboardTexts.count(figures.monitor.queueCapacity))
        valueColor: gauge.fill < 1 ? theme.text : gauge.fillColor
        detail: figures.monitor.oldestWaiting > 0
                ? qsTr("oldest %1").arg(DashboardTexts.elapsed(figures.monitor.oldestWaiting)) : ""

        QueueGauge {
            id: gauge

            Layout.fillWidth: true
            visible: limit >= 0
            theme: figures.theme
            depth: figures.monitor.queueDepth
            limit: figures.monitor.queueCapacity
        }
    }
    Tile {
        title: qsTr("Busy workers")
        value: DashboardTexts.count(figures.monitor.activeWorkers)
        suffix: (figures.monitor.activeWorkers <= figures.monitor.workerCount
                 ? qsTr("of %1") : qsTr("shrinking to %1"))
                .arg(DashboardTexts.count(figures.monitor.workerCount))
        detail: figures.monitor.condemnedThreads > 0
                ? qsTr("%1 threads left behind").arg(DashboardTexts.count(figures.monitor.condemnedThreads)) : ""

        QueueGauge {
            Layout.fillWidth: true
            theme: figures.theme
            depth: figures.monitor.activeWorkers
            limit: Math.max(figures.monitor.workerCount, figures.monitor.activeWorkers)
            isFullWell: true
        }
    }
    Tile {
        title: qsTr("Completed")
        value: DashboardTexts.count(figures.monitor.completed)
        detail: figures.monitor.runTime.count > 0
                ? qsTr("run p99 %1").arg(DashboardTexts.duration(figures.monitor.recentRunTime.p99 || figures.monitor.runTime.p99))
                : ""
    }
    Tile {
        title: qsTr("Failed")
        value: DashboardTexts.count(figures.monitor.failed)
        detail: figures.failureDetail
        valueColor: figures.monitor.failed > 0 ? theme.problem : theme.text
    }
    Tile {
        title: qsTr("Discarded")
        value: DashboardTexts.count(figures.monitor.discarded)
        detail: figures.discardDetail
        valueColor: figures.monitor.discarded > 0 ? theme.warning : theme.text
    }
}
