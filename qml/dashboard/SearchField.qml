// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls

/*!
    Where one types what is looked for.
*/
TextField {
    id: field

    required property DashboardTheme theme

    leftPadding: 9
    rightPadding: 9
    topPadding: 5
    bottomPadding: 5
    selectByMouse: true
    color: theme.text
    placeholderTextColor: theme.mutedText
    font.pixelSize: theme.fontSize
    Accessible.name: placeholderText

    Keys.onEscapePressed: clear()

    background: Rectangle {
        radius: 5
        color: field.theme.surface
        border.width: field.activeFocus ? 2 : 1
        border.color: field.activeFocus ? field.theme.accent : field.theme.line
    }
}
