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

    //! The height that it needs to be of use.
    readonly property real leastHeight: title.implicitHeight + spacing + 4 * theme.rowHeight

    spacing: 4

    SectionTitle {
        id: title

        Layout.fillWidth: true
        theme: events.theme
        title: qsTr("Events")
    }
    ListView {
        id: view

        Layout.fillWidth: true
        Layout.fillHeight: true
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: visible ? events.monitor.events : null
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
            horizontalAlignment: Text.AlignLeft
            text: qsTr("Nothing to report")
            color: events.theme.mutedText
            elide: Text.ElideRight
            font.pixelSize: events.theme.smallFontSize
        }
    }
}
