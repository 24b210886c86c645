// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    A job that runs or waits: its key, where it is, and for how long.
*/
Item {
    id: row

    required property DashboardTheme theme
    property bool isCancelable: false
    signal cancelAsked()

    required property real jobId
    required property var model
    required property int worker
    required property bool stuck
    required property string key
    required property string label
    required property int priority
    required property int attempt
    required property real age
    required property real elapsed
    required property real timeToLive
    required property real untilAttempt
    required property real progress
    required property string progressText

    readonly property bool isRunning: model.stateName === "Running"
    readonly property string name: key || label || qsTr("job")
    readonly property string where: DashboardTexts.joined([
        stuck ? qsTr("worker %1, stuck").arg(worker)
              : isRunning ? qsTr("worker %1").arg(worker)
              : worker >= 0 ? qsTr("waits for worker %1").arg(worker) : DashboardTexts.jobStateName(model.state),
        untilAttempt > 0 ? qsTr("next attempt in %1").arg(DashboardTexts.elapsed(untilAttempt)) : "",
        progressText,
        attempt > 1 ? qsTr("attempt %1").arg(attempt) : "",
        priority !== Factory.Normal ? DashboardTexts.priorityName(priority) : "",
        timeToLive >= 0 ? qsTr("expires in %1").arg(DashboardTexts.elapsed(timeToLive)) : ""
    ], ", ")

    // The row has become another job's, which is not the one that the keys were about to cancel: the list gets them.
    onJobIdChanged: cancel.focus = false

    implicitHeight: theme.rowHeight * 1.75

    Accessible.role: Accessible.ListItem
    Accessible.name: DashboardTexts.joined([key, label, where, time.text], ", ")

    Rectangle {
        anchors.left: parent.left
        anchors.bottom: parent.bottom
        width: row.width * Math.max(0, row.progress)
        height: 2
        visible: row.isRunning
        color: row.theme.accent
    }
    RowLayout {
        anchors.fill: parent
        spacing: row.theme.spacing

        Rectangle {
            implicitWidth: 3
            Layout.fillHeight: true
            Layout.topMargin: 4
            Layout.bottomMargin: 4
            radius: 1.5
            color: row.stuck ? row.theme.problem
                 : row.isRunning ? row.theme.accent
                 : row.untilAttempt > 0 ? row.theme.warning : row.theme.line
        }
        ColumnLayout {
            Layout.fillWidth: true
            spacing: 0

            Item {
                id: names

                Layout.fillWidth: true
                implicitHeight: keyName.implicitHeight

                Text {
                    id: keyName

                    // Most of the room, where there is not enough for both: keys are told apart by their ends.
                    width: Math.min(implicitWidth, Math.max(names.width * 0.65, names.width - labelName.implicitWidth))
                    anchors.left: parent.left
                    Accessible.ignored: true
                    horizontalAlignment: Text.AlignLeft
                    text: row.name
                    color: row.theme.text
                    textFormat: Text.PlainText
                    elide: Text.ElideMiddle
                    font.pixelSize: row.theme.fontSize
                }
                Text {
                    id: labelName

                    anchors.left: keyName.right
                    anchors.right: parent.right
                    Accessible.ignored: true
                    horizontalAlignment: Text.AlignLeft
                    text: row.key && row.label ? "  ·  " + row.label : ""
                    color: row.theme.text
                    textFormat: Text.PlainText
                    elide: Text.ElideRight
                    font.pixelSize: row.theme.fontSize
                }
            }
            Text {
                Layout.fillWidth: true
                Accessible.ignored: true
                horizontalAlignment: Text.AlignLeft
                text: row.where
                color: row.stuck ? row.theme.problem : row.theme.mutedText
                textFormat: Text.PlainText
                elide: Text.ElideRight
                font.pixelSize: row.theme.smallFontSize
            }
        }
        Text {
            id: time

            Accessible.ignored: true
            text: DashboardTexts.elapsed(row.isRunning ? row.elapsed : row.age)
            color: row.isRunning ? row.theme.text : row.theme.mutedText
            font.pixelSize: row.theme.smallFontSize
        }
        DashboardButton {
            id: cancel

            //! The job that the row was about when the button was pressed; -1 if it is not.
            property real meant: -1

            objectName: "cancel"
            visible: row.isCancelable
            theme: row.theme
            text: qsTr("Cancel…")
            font.pixelSize: row.theme.smallFontSize
            Accessible.name: qsTr("Cancel %1").arg(row.name)
            onPressed: meant = row.jobId
            onCanceled: meant = -1
            onClicked: {
                const isMeant = meant < 0 || meant === row.jobId;
                meant = -1;
                if (isMeant)
                    row.cancelAsked();
            }
        }
    }
}
