// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Millwright

/*!
    The jobs whose last attempt has failed, to be tried again or dropped.
*/
ColumnLayout {
    id: letters

    required property DashboardTheme theme
    required property FactoryMonitor monitor
    required property ConfirmDialog confirmation
    property bool readOnly: false

    spacing: theme.spacing

    TextFilter {
        id: found

        sourceModel: letters.monitor.deadLetters
        text: search.text
    }
    RowLayout {
        Layout.fillWidth: true
        spacing: letters.theme.spacing

        SearchField {
            id: search

            objectName: "search"
            Layout.fillWidth: true
            theme: letters.theme
            placeholderText: qsTr("Find by key, label or error")
        }
        DashboardButton {
            objectName: "retryAll"
            visible: !letters.readOnly
            enabled: found.count > 0
            theme: letters.theme
            text: search.text ? qsTr("Retry all found") : qsTr("Retry all")
            onClicked: letters.monitor.retryDeadLetters(search.text)
        }
        DashboardButton {
            objectName: "dropAll"
            visible: !letters.readOnly
            enabled: found.count > 0
            theme: letters.theme
            isDangerous: true
            text: search.text ? qsTr("Drop all found…") : qsTr("Drop all…")
            onClicked: {
                const text = search.text;
                letters.confirmation.ask(qsTr("They are gone for good, with what they were to do: %1.").arg(found.count),
                                         qsTr("Drop dead letters?"), () => letters.monitor.dropDeadLetters(text));
            }
        }
    }
    ListView {
        id: view

        objectName: "letterList"
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.minimumHeight: 8 * letters.theme.rowHeight
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        spacing: 4
        model: visible ? found : null
        delegate: DeadLetterRow {
            id: row

            width: ListView.view.width
            theme: letters.theme
            readOnly: letters.readOnly
            onRetryAsked: letters.monitor.factory?.retryDeadLetter(row.letterId)
            onDropAsked: letters.monitor.factory?.dropDeadLetter(row.letterId)
        }

        Accessible.role: Accessible.List
        Accessible.name: qsTr("Dead letters")

        ScrollBar.vertical: ScrollBar {}

        Text {
            width: parent.width
            visible: view.count === 0
            horizontalAlignment: Text.AlignLeft
            text: search.text ? qsTr("No dead letter has this in it") : qsTr("No job has failed for good")
            color: letters.theme.mutedText
            elide: Text.ElideRight
            font.pixelSize: letters.theme.fontSize
        }
    }
}
