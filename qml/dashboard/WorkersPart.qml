// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    The workers of a factory: all at a glance, what they did in the last seconds, and one by one.
*/
ColumnLayout {
    id: workers

    required property DashboardTheme theme
    required property FactoryMonitor monitor
    required property ActionGuard guard

    spacing: theme.spacing * 1.5

    WorkerGrid {
        id: grid

        objectName: "workerGrid"
        Layout.fillWidth: true
        Layout.preferredHeight: Math.min(workers.theme.fontSize * 14,
                                         workers.theme.fontSize * 2 + 29 * Math.ceil(count / Math.max(1, Math.floor(width / 29))))
        Layout.minimumHeight: Layout.preferredHeight
        monitor: workers.monitor
        title: qsTr("Workers")
        emptyText: qsTr("No workers")
        font.pixelSize: workers.theme.smallFontSize
        palette.window: workers.theme.ground
        palette.windowText: workers.theme.text
        onWorkerActivated: worker => list.show(worker)
    }
    WorkerTimeline {
        Layout.fillWidth: true
        Layout.preferredHeight: implicitHeight
        Layout.minimumHeight: implicitHeight
        monitor: workers.monitor
        title: qsTr("The last %1 seconds").arg(workers.monitor.timelineSpan)
        font.pixelSize: workers.theme.smallFontSize
        palette.window: workers.theme.ground
        palette.windowText: workers.theme.text
    }
    WorkerList {
        id: list

        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.preferredHeight: leastHeight
        Layout.minimumHeight: leastHeight
        theme: workers.theme
        monitor: workers.monitor
        canBeInterrupted: workers.guard.allows(DashboardAction.InterruptWorkers)
        canBeReplaced: workers.guard.allows(DashboardAction.ReplaceWorkers)
        onInterruptAsked: (worker, job, name) => workers.guard.ask(
            DashboardAction.InterruptWorkers, qsTr("Interrupt worker %1?").arg(worker),
            qsTr("Its job “%1” is asked to come to its end. Its outcome is then that it was canceled.").arg(name),
            () => workers.monitor.factory?.cancelJob(job))
        onReplaceAsked: (worker, job, name) => workers.guard.ask(
            DashboardAction.ReplaceWorkers, qsTr("Replace worker %1?").arg(worker),
            qsTr("Its job “%1” is given up as lost, its thread is left behind, and a fresh worker takes over.").arg(name),
            () => workers.monitor.replaceWorkerOf(job))
    }
}
