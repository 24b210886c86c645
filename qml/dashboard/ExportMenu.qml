// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import Millwright

/*!
    Puts what there is to know of a factory onto the clipboard.
*/
Menu {
    id: menu

    required property FactoryMonitor monitor
    //! The charts to be exported as a picture.
    property var charts: []

    Action {
        text: qsTr("Copy as JSON")
        onTriggered: FactoryExport.copy(FactoryExport.json(menu.monitor.factory))
    }
    Action {
        text: qsTr("Copy as metrics (Prometheus)")
        onTriggered: FactoryExport.copy(FactoryExport.prometheus(menu.monitor.factory))
    }
    Action {
        enabled: menu.monitor.timelineSpan > 0
        text: qsTr("Copy timeline (Chrome trace)")
        onTriggered: FactoryExport.copy(FactoryExport.chromeTrace(menu.monitor.factory))
    }
    Action {
        text: qsTr("Copy charts as picture")
        onTriggered: FactoryExport.copyCharts(menu.charts)
    }
}
