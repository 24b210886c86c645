// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    A job whose last attempt has failed: which, when, and why.
*/
Item {
    id: row

    required property DashboardTheme theme
    //! What the row has buttons for.
    property bool canBeRetried: false
    property bool canBeDropped: false
    signal retryAsked()
    signal dropAsked()

    required property real letterId
    required property string key
    required property string label
    required property string error
    required property int attempts
    required property date time
    required property bool isRetriable

    implicitHeight: content.implicitHeight

    Accessible.role: Accessible.ListItem
    Accessible.name: DashboardTexts.joined([key, label, error, detail.text], ", ")

    RowLayout {
        id: content

        width: parent.width
        spacing: row.theme.spacing

        Rectangle {
            implicitWidth: 3
            Layout.fillHeight: true
            radius: 1.5
            color: row.theme.problem
        }
        ColumnLayout {
            Layout.fillWidth: true
            spacing: 0

            RowLayout {
                Layout.fillWidth: true
                spacing: row.theme.spacing

                Text {
                    Layout.fillWidth: true
                    Accessible.ignored: true
                    horizontalAlignment: Text.AlignLeft
                    text: DashboardTexts.joined([row.key, row.label], "  ·  ")
                    color: row.theme.text
                    textFormat: Text.PlainText
                    elide: Text.ElideMiddle
                    font.pixelSize: row.theme.fontSize
                }
                Text {
                    id: detail

                    Accessible.ignored: true
                    text: DashboardTexts.joined([row.isRetriable ? "" : qsTr("message gone"),
                                                 row.attempts > 1 ? qsTr("%1 attempts").arg(row.attempts) : "",
                                                 row.time.toLocaleTimeString(Qt.locale(), Locale.ShortFormat)], ", ")
                    color: row.theme.mutedText
                    font.pixelSize: row.theme.smallFontSize
                }
            }
            Text {
                Layout.fillWidth: true
                Accessible.ignored: true
                horizontalAlignment: Text.AlignLeft
                text: row.error
                color: row.theme.problem
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                maximumLineCount: 2
                elide: Text.ElideRight
                font.pixelSize: row.theme.smallFontSize
            }
        }
        DashboardButton {
            objectName: "retry"
            visible: row.canBeRetried
            enabled: row.isRetriable
            theme: row.theme
            text: qsTr("Retry")
            font.pixelSize: row.theme.smallFontSize
            Accessible.name: qsTr("Retry %1").arg(row.key)
            onClicked: row.retryAsked()
        }
        DashboardButton {
            objectName: "drop"
            visible: row.canBeDropped
            theme: row.theme
            text: qsTr("Drop…")
            font.pixelSize: row.theme.smallFontSize
            Accessible.name: qsTr("Drop %1").arg(row.key)
            onClicked: row.dropAsked()
        }
    }
}
