// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    The workers of a factory, one in a row.
*/
ColumnLayout {
    id: workers

    required property DashboardTheme theme
    required property FactoryMonitor monitor
    //! What a worker that is at a job has buttons for.
    property bool canBeInterrupted: false
    property bool canBeReplaced: false

    //! A job is meant, which the worker may have finished by the time of an answer.
    signal interruptAsked(worker: int, job: real, name: string)
    signal replaceAsked(worker: int, job: real, name: string)

    //! The height at which all workers can be seen at once.
    readonly property real fullHeight: heightOf(view.count)
    //! The height that it needs to be of use.
    readonly property real leastHeight: heightOf(Math.min(5, view.count))

    //! The column of failures makes room for the keys where there is little of it.
    readonly property bool showsFailures: width > 280

    //! Brings the row of a worker into view, and marks it.
    function show(worker: int) {
        for (let row = 0; row < view.count; ++row) {
            if (workers.monitor.workers.data(workers.monitor.workers.index(row, 0), WorkerModel.WorkerIdRole) === worker) {
                view.currentIndex = row;
                view.positionViewAtIndex(row, ListView.Contain);
                return;
            }
        }
    }

    function heightOf(count: int): real {
        return title.implicitHeight + spacing + Math.max(1, count) * theme.rowHeight;
    }

    spacing: 4

    component ColumnTitle: Text {
        y: (parent?.height ?? 0) - height - 1
        horizontalAlignment: Text.AlignRight
        elide: Text.ElideRight
        color: workers.theme.mutedText
        font.pixelSize: workers.theme.smallFontSize
    }

    Item {
        id: title

        Layout.fillWidth: true
        implicitHeight: sectionTitle.implicitHeight

        SectionTitle {
            id: sectionTitle

            anchors.left: parent.left
            anchors.right: timeTitle.left
            theme: workers.theme
            title: qsTr("One by one")
        }
        ColumnTitle {
            id: timeTitle

            anchors.right: failuresTitle.left
            width: workers.theme.smallFontSize * 4.6
            text: qsTr("time")
        }
        ColumnTitle {
            id: failuresTitle

            anchors.right: doneTitle.left
            width: workers.showsFailures ? workers.theme.smallFontSize * 3.8 : 0
            text: workers.showsFailures ? qsTr("failed") : ""
        }
        ColumnTitle {
            id: doneTitle

            anchors.right: parent.right
            width: workers.theme.smallFontSize * 4.2
            text: qsTr("done")
        }
    }
    DashboardList {
        id: view

        objectName: "workerList"
        Layout.fillWidth: true
        Layout.fillHeight: true
        theme: workers.theme
        name: qsTr("Workers")
        emptyText: qsTr("No workers")
        model: visible ? workers.monitor.workers : null
        onModelChanged: currentIndex = -1 // nobody has chosen one
        delegate: WorkerRow {
            id: row

            required property int index

            width: ListView.view.width
            theme: workers.theme
            showsFailures: workers.showsFailures
            isCurrent: ListView.isCurrentItem
            onClicked: ListView.view.currentIndex = isCurrent ? -1 : index

            Row {
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                spacing: 4
                visible: row.isCurrent && row.isWorking

                DashboardButton {
                    objectName: "interrupt"
                    visible: workers.canBeInterrupted
                    theme: workers.theme
                    text: qsTr("Interrupt…")
                    font.pixelSize: workers.theme.smallFontSize
                    onClicked: workers.interruptAsked(row.workerId, row.jobId, row.key || row.label || qsTr("job"))
                }
                DashboardButton {
                    objectName: "replace"
                    visible: workers.canBeReplaced
                    theme: workers.theme
                    text: qsTr("Replace…")
                    isDangerous: true
                    font.pixelSize: workers.theme.smallFontSize
                    onClicked: workers.replaceAsked(row.workerId, row.jobId, row.key || row.label || qsTr("job"))
                }
            }
        }
    }
}
