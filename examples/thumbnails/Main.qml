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

    // A narrow window shows either of them.
    SplitView {
        anchors.fill: parent

        ThumbnailGrid {
            SplitView.fillWidth: !window.isNarrow
            SplitView.preferredWidth: window.width
            SplitView.minimumWidth: 160
            visible: !window.isNarrow || !bar.showsDashboard
            model: window.model
        }
        FactoryDashboard {
            SplitView.fillWidth: window.isNarrow
            SplitView.preferredWidth: 340
            SplitView.minimumWidth: 280
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
