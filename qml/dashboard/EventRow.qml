// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    Something that happened in a factory: when, to whom, and what the text of it is.
*/
Item {
    id: row

    required property DashboardTheme theme

    required property int kind
    required property int worker
    required property string key
    required property string text
    required property date time
    required property bool isProblem

    readonly property string what: DashboardTexts.eventName(kind)
    readonly property string who: kind === EventModel.StateChanged ? text
                                : key.length > 0 ? key
                                : worker >= 0 ? qsTr("Worker %1").arg(worker) : ""

    implicitWidth: 240
    implicitHeight: column.implicitHeight + theme.spacing

    Accessible.role: Accessible.ListItem
    Accessible.name: DashboardTexts.joined([row.what, row.who, reason.text, when.text], ", ")

    Rectangle {
        anchors.left: parent.left
        width: 3
        height: column.height
        radius: width / 2
        color: row.isProblem ? row.theme.problem : row.theme.line
    }
    Column {
        id: column

        anchors.left: parent.left
        anchors.leftMargin: 11
        anchors.right: parent.right
        spacing: 1

        RowLayout {
            width: parent.width
            spacing: row.theme.spacing

            Text {
                Layout.fillWidth: true
                Accessible.ignored: true
                horizontalAlignment: Text.AlignLeft
                text: row.who ? qsTr("%1: %2").arg(row.what).arg(row.who) : row.what
                color: row.isProblem ? row.theme.text : row.theme.mutedText
                textFormat: Text.PlainText
                elide: Text.ElideMiddle
                font.pixelSize: row.theme.smallFontSize
            }
            Text {
                id: when

                Accessible.ignored: true
                text: row.time.toLocaleTimeString(Qt.locale(), "hh:mm:ss")
                color: row.theme.mutedText
                font.pixelSize: row.theme.smallFontSize
            }
        }
        Text {
            id: reason

            width: parent.width
            visible: text.length > 0
            Accessible.ignored: true
            horizontalAlignment: Text.AlignLeft
            text: row.kind === EventModel.StateChanged ? "" : row.text
            textFormat: Text.PlainText
            color: row.isProblem ? row.theme.problem : row.theme.mutedText
            wrapMode: Text.Wrap
            maximumLineCount: 3
            elide: Text.ElideRight
            font.pixelSize: row.theme.smallFontSize
        }
    }
}
