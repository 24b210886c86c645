// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import Millwright

/*!
    One worker in a list: its number, its current job and for how long it has been at it, and what it
    has done so far.
*/
Item {
    id: row

    required property DashboardTheme theme
    //! Whether there is a column for the number of failures.
    property bool showsFailures: true

    required property int workerId
    required property string stateName
    required property string key
    required property string label
    required property real elapsed
    //! Of the running job, 0 to 1; negative when it is unknown.
    required property real progress
    required property string progressText
    required property real completed
    required property real failed
    required property real restarts
    required property real waiting
    //! The running job; 0 for none.
    required property real jobId
    //! How long a worker that is crash-looping still waits for its next start.
    required property real untilStart
    required property var model
    //! Whether it was chosen.
    property bool isCurrent: false
    signal clicked()

    readonly property int workerState: model.state

    readonly property bool isWorking: jobId > 0
    readonly property bool isInTrouble: stateName === "Restarting" || stateName === "CrashLooping"
                                          || stateName === "Stuck"
    readonly property string stateText: untilStart > 0
        ? qsTr("%1, next start in %2").arg(DashboardTexts.workerStateName(workerState)).arg(DashboardTexts.elapsed(untilStart))
        : DashboardTexts.workerStateName(workerState)
    readonly property string job: DashboardTexts.joined([key, label, progressText], " – ")
    readonly property color stateColor: isInTrouble ? theme.problem
                                      : isWorking ? theme.accent : theme.line

    implicitWidth: 240
    implicitHeight: theme.rowHeight

    Accessible.role: Accessible.ListItem
    Accessible.name: DashboardTexts.joined([
        qsTr("Worker %1").arg(workerId), stateText, job,
        progressText, progress >= 0 ? qsTr("%1 %").arg(Math.round(progress * 100)) : "",
        isWorking ? DashboardTexts.elapsed(elapsed) : "",
        qsTr("%1 completed").arg(completed), qsTr("%1 failed").arg(failed)
    ], ", ")

    component Cell: Text {
        anchors.verticalCenter: parent?.verticalCenter
        Accessible.ignored: true
        horizontalAlignment: Text.AlignLeft
        color: row.theme.mutedText
        textFormat: Text.PlainText
        elide: Text.ElideRight
        font.pixelSize: row.theme.smallFontSize
    }

    Rectangle {
        anchors.fill: parent
        anchors.leftMargin: -4
        anchors.rightMargin: -4
        radius: 4
        visible: row.isCurrent || pointer.hovered
        color: row.theme.mixed(row.theme.accent, row.theme.ground, row.isCurrent ? 0.16 : 0.07)
    }
    HoverHandler {
        id: pointer
    }
    TapHandler {
        onTapped: row.clicked()
    }
    Rectangle {
        anchors.left: dot.left
        anchors.bottom: parent.bottom
        width: row.width * Math.max(0, row.progress)
        height: 1
        color: row.theme.accent
    }
    Rectangle {
        id: dot

        anchors.left: parent.left
        anchors.verticalCenter: parent.verticalCenter
        width: 7
        height: width
        radius: width / 2
        color: row.stateColor
    }
    Cell {
        id: number

        anchors.left: dot.right
        anchors.leftMargin: 7
        width: Math.max(implicitWidth, row.theme.smallFontSize * 1.6)
        text: row.workerId
    }
    Cell {
        anchors.left: number.right
        anchors.leftMargin: 6
        anchors.right: queued.left
        anchors.rightMargin: 6
        text: row.isInTrouble ? DashboardTexts.joined([row.stateText, row.job], " – ")
            : row.isWorking ? row.job || row.stateText : row.stateText
        color: row.isInTrouble ? row.theme.problem : row.isWorking ? row.theme.text : row.theme.mutedText
        elide: row.isWorking ? Text.ElideMiddle : Text.ElideRight
    }
    Cell {
        id: queued

        anchors.right: time.left
        width: row.waiting > 0 ? implicitWidth : 0
        text: row.waiting > 0 ? qsTr("+%1").arg(DashboardTexts.count(row.waiting)) : ""
    }
    Cell {
        id: time

        anchors.right: failures.left
        width: row.theme.smallFontSize * 4.6
        horizontalAlignment: Text.AlignRight
        text: row.isWorking ? DashboardTexts.elapsed(row.elapsed) : ""
        color: row.theme.text
    }
    Cell {
        id: failures

        anchors.right: done.left
        width: row.showsFailures ? row.theme.smallFontSize * 3.8 : 0
        horizontalAlignment: Text.AlignRight
        text: row.showsFailures && row.failed > 0 ? DashboardTexts.count(row.failed) : ""
        color: row.theme.problem
    }
    Cell {
        id: done

        anchors.right: parent.right
        width: row.theme.smallFontSize * 4.2
        horizontalAlignment: Text.AlignRight
        text: DashboardTexts.count(row.completed)
    }
}
