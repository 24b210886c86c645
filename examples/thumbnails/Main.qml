// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import Millwright
import Thumbnails

/*!
    The window: a grid of thumbnails, and beside it the dashboard of the factory that makes them.
*/
ApplicationWindow {
    id: window

    required property ThumbnailModel model

    readonly property bool isNarrow: width < 720

    width: 1200
    height: 800
    minimumWidth: 320
    minimumHeight: 300
    visible: true
    title: model.folder
    onIsNarrowChanged: bar.showsDashboard = !isNarrow

    header: FolderBar {
        id: bar

        model: window.model
        showsDashboard: true
    }

    SplitView {
        anchors.fill: parent
        orientation: window.isNarrow ? Qt.Vertical : Qt.Horizontal

        ThumbnailGrid {
            SplitView.fillWidth: true
            SplitView.fillHeight: true
            SplitView.minimumWidth: 160
            SplitView.minimumHeight: 120
            model: window.model
        }
        FactoryDashboard {
            SplitView.preferredWidth: 340
            SplitView.minimumWidth: 280
            SplitView.preferredHeight: 360
            SplitView.minimumHeight: 120
            visible: bar.showsDashboard
            factory: window.model.factory
        }
    }
    DropArea {
        anchors.fill: parent
        keys: ["text/uri-list"]
        onDropped: drop => window.model.open(drop.urls[0])
    }
}
