// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Millwright

/*!
    What has happened in a factory of late: failures with their reasons, restarts, changes of state.
*/
ColumnLayout {
    id: events

    required property DashboardTheme theme
    required property FactoryMonitor monitor

    spacing: 4

    SectionTitle {
        Layout.fillWidth: true
        theme: events.theme
        title: qsTr("Events")
    }
    ListView {
        id: view

        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.minimumHeight: events.theme.rowHeight * 4
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: events.monitor.events
        delegate: EventRow {
            width: ListView.view.width
            theme: events.theme
        }

        Accessible.role: Accessible.List
        Accessible.name: qsTr("Events")

        ScrollBar.vertical: ScrollBar {}

        Text {
            width: parent.width
            visible: view.count === 0
            text: qsTr("Nothing to report")
            color: events.theme.mutedText
            elide: Text.ElideRight
            font.pixelSize: events.theme.smallFontSize
        }
    }
}
