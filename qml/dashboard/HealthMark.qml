// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import Millwright

/*!
    How a factory is, as a sign that can be told apart without its colour: a dot, a ring, a triangle, a diamond.
*/
Item {
    id: mark

    required property DashboardTheme theme
    property int health: Health.Calm

    readonly property color markColor: theme.healthColor(health)

    implicitWidth: Math.round(theme.fontSize * 0.8)
    implicitHeight: implicitWidth

    Rectangle {
        anchors.fill: parent
        visible: mark.health === Health.Calm || mark.health === Health.Busy
        radius: width / 2
        color: mark.health === Health.Calm ? mark.markColor : "transparent"
        border.width: Math.max(2, width / 4)
        border.color: mark.markColor
    }
    Text {
        anchors.centerIn: parent
        visible: mark.health === Health.Attention || mark.health === Health.Critical
        Accessible.ignored: true
        text: mark.health === Health.Critical ? "◆" : "▲"
        color: mark.markColor
        font.pixelSize: Math.round(mark.height * 1.15)
    }
}
