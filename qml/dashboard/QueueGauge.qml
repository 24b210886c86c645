// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick

/*!
    A bar that shows how much of what there is room for is taken. It turns to the colour of a warning
    as it fills up, and to that of a problem when it is full. Without a limit it stays empty.
*/
Rectangle {
    id: gauge

    required property DashboardTheme theme
    //! How much is taken.
    property real depth: 0
    //! How much there is room for; negative for no limit.
    property real limit: -1
    //! Whether it is all right to be full, as it is for workers.
    property bool isFullWell: false

    //! How full the queue is, 0 to 1.
    readonly property real fill: limit < 0 ? 0 : limit === 0 ? 0 : Math.min(1, depth / limit)
    //! The colour for how full it is.
    readonly property color fillColor: isFullWell || limit <= 0 || fill < 0.8 ? theme.accent
                                     : fill < 1 ? theme.warning : theme.problem

    implicitHeight: 6
    radius: height / 2
    color: theme.line

    Accessible.ignored: true // the tile says it

    Rectangle {
        anchors.left: parent.left
        width: gauge.fill > 0 && gauge.limit > 0 ? Math.max(height, gauge.fill * gauge.width) : 0
        height: gauge.height
        radius: gauge.radius
        color: gauge.fillColor

        Behavior on width {
            NumberAnimation { duration: 150 }
        }
    }
}
