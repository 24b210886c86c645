// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import Millwright
import "dashboard"

/*!
    Shows what goes on in a factory: its state, its queue, its workers and their jobs, throughput and
    latencies, failures and their reasons.

    \qml
    FactoryDashboard { anchors.fill: parent; factory: thumbnails }
    \endqml

    It follows the palette and the font of the application, and lays itself out in one, two or three
    columns, from a width of about 280 pixels on. It looks at the factory only while it can be seen,
    and costs nothing otherwise.
*/
Item {
    id: dashboard

    //! The factory to show, from C++ or from QML. None by default.
    property FactoryBase factory: null
    //! Milliseconds between two looks at the factory while something changes.
    property alias interval: factoryMonitor.interval

    implicitWidth: 340
    implicitHeight: 720

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Factory dashboard")

    FactoryMonitor {
        id: factoryMonitor

        factory: dashboard.factory
        historySpan: 60
        active: dashboard.visible && dashboard.Window.visibility !== Window.Hidden
                && dashboard.Window.visibility !== Window.Minimized
    }
    DashboardPage {
        anchors.fill: parent
        monitor: factoryMonitor
    }
}
