// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
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
    DashboardList {
        objectName: "eventList"
        Layout.fillWidth: true
        Layout.fillHeight: true
        theme: events.theme
        name: qsTr("Events")
        emptyText: qsTr("Nothing to report")
        model: visible ? events.monitor.events : null
        delegate: EventRow {
            width: ListView.view.width
            theme: events.theme
        }
    }
}
