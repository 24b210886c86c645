// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import Thumbnails

/*!
    A picture of the grid: its thumbnail and its name, or why there is none.
*/
Control {
    id: tile

    required property string fileName
    required property int status
    required property var thumbnail
    required property string reason

    readonly property bool isFailed: status === ThumbnailModel.Failed
    readonly property bool isDark: palette.window.hslLightness < palette.windowText.hslLightness
    readonly property color problemColor: isDark ? "#ff8a80" : "#b3261e"

    Accessible.role: Accessible.ListItem
    Accessible.name: isFailed ? qsTr("%1, failed: %2").arg(fileName).arg(reason) : fileName

    Rectangle {
        id: frame

        anchors.fill: parent
        anchors.margins: 5
        anchors.bottomMargin: 5 + name.height + 3
        radius: 4
        color: tile.isFailed ? Qt.rgba(tile.problemColor.r, tile.problemColor.g, tile.problemColor.b, 0.1)
                             : Qt.rgba(tile.palette.windowText.r, tile.palette.windowText.g,
                                       tile.palette.windowText.b, 0.06)
        border.width: tile.isFailed ? 1 : 0
        border.color: tile.problemColor
    }
    ThumbnailImage {
        id: image

        anchors.fill: frame
        anchors.margins: 4
        image: tile.thumbnail
        opacity: isNull ? 0 : 1

        Behavior on opacity {
            NumberAnimation { duration: 200 }
        }
    }
    Text {
        anchors.fill: frame
        anchors.margins: 8
        visible: tile.isFailed
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        Accessible.ignored: true
        text: tile.reason
        textFormat: Text.PlainText
        color: tile.problemColor
        wrapMode: Text.Wrap
        elide: Text.ElideRight
    }
    Text {
        id: name

        anchors.left: frame.left
        anchors.right: frame.right
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 5
        horizontalAlignment: Text.AlignHCenter
        Accessible.ignored: true
        text: tile.fileName
        textFormat: Text.PlainText
        color: tile.palette.windowText
        elide: Text.ElideMiddle
    }
}
