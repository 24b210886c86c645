// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls
import Thumbnails

/*!
    The pictures of a folder as a grid, or a word on why there are none.
*/
Item {
    id: grid

    required property ThumbnailModel model

    readonly property string remark: model.count > 0 ? ""
                                     : model.folderError || qsTr("There are no pictures in this folder.")

    GridView {
        id: view

        readonly property int columnCount: Math.max(1, Math.round(width / 190))

        // Says which pictures are in view, for theirs to be the next thumbnails.
        function wantVisible() {
            const firstRow = Math.floor((contentY - originY) / cellHeight) * columnCount;
            const lastRow = (Math.floor((contentY - originY + height) / cellHeight) + 1) * columnCount - 1;
            grid.model.want(firstRow, lastRow);
        }

        anchors.fill: parent
        anchors.margins: 6
        clip: true
        cellWidth: Math.floor(width / columnCount)
        cellHeight: Math.round(cellWidth * 0.74) + 22
        cacheBuffer: Math.max(0, height)
        boundsBehavior: Flickable.StopAtBounds
        model: grid.model
        delegate: ThumbnailTile {
            width: view.cellWidth
            height: view.cellHeight
        }
        onContentYChanged: atRest.restart()

        Accessible.role: Accessible.List
        Accessible.name: qsTr("Pictures")

        ScrollBar.vertical: ScrollBar {}

        Timer {
            id: atRest

            interval: 100
            onTriggered: view.wantVisible()
        }
    }
    Label {
        anchors.centerIn: parent
        width: Math.min(implicitWidth, parent.width - 40)
        visible: grid.remark.length > 0
        text: grid.remark
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignHCenter
    }
}
