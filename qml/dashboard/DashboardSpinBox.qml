// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls

/*!
    A number that can be changed.
*/
SpinBox {
    id: box

    required property DashboardTheme theme

    editable: true
    implicitWidth: theme.fontSize * 11
    implicitHeight: theme.rowHeight + 4
    leftPadding: implicitHeight
    rightPadding: implicitHeight
    topPadding: 0
    bottomPadding: 0
    // Some styles draw their backgrounds smaller than the control.
    leftInset: 0
    rightInset: 0
    topInset: 0
    bottomInset: 0
    font.pixelSize: theme.fontSize

    component Step: Rectangle {
        id: step

        required property string sign
        property bool isHovered: false

        width: box.height
        height: box.height
        radius: 5
        color: box.theme.mixed(box.theme.text, box.theme.ground, isHovered ? 0.16 : 0.08)

        Text {
            anchors.centerIn: parent
            Accessible.ignored: true
            text: step.sign
            color: box.enabled ? box.theme.text : box.theme.mutedText
            font.pixelSize: box.theme.fontSize
        }
    }

    contentItem: TextInput {
        text: box.displayText
        color: box.enabled ? box.theme.text : box.theme.mutedText
        selectionColor: box.theme.accent
        selectedTextColor: box.theme.ground
        font: box.font
        horizontalAlignment: Qt.AlignHCenter
        verticalAlignment: Qt.AlignVCenter
        readOnly: !box.editable
        selectByMouse: true
        validator: box.validator
        inputMethodHints: box.inputMethodHints
        clip: true
    }
    down.indicator: Step {
        x: box.mirrored ? box.width - width : 0
        sign: "−"
        isHovered: box.down.hovered
    }
    up.indicator: Step {
        x: box.mirrored ? 0 : box.width - width
        sign: "+"
        isHovered: box.up.hovered
    }
    background: Rectangle {
        radius: 5
        color: box.theme.surface
        border.width: box.activeFocus ? 2 : 1
        border.color: box.activeFocus ? box.theme.accent : box.theme.line
    }
}
