// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls

/*!
    A button that suits the rest of a dashboard.
*/
Button {
    id: button

    required property DashboardTheme theme
    //! Whether what it does can hardly be undone.
    property bool isDangerous: false

    leftPadding: 10
    rightPadding: 10
    topPadding: 4
    bottomPadding: 5
    // Some styles draw their backgrounds smaller than the control.
    leftInset: 0
    rightInset: 0
    topInset: 0
    bottomInset: 0
    font.pixelSize: theme.fontSize
    font.capitalization: Font.MixedCase
    activeFocusOnTab: true

    contentItem: Text {
        text: button.text
        font: button.font
        color: !button.enabled ? button.theme.mutedText
             : button.isDangerous ? button.theme.problem : button.theme.text
        opacity: button.enabled ? 1 : 0.6
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
    }
    background: Rectangle {
        radius: 5
        color: button.highlighted ? button.theme.mixed(button.theme.accent, button.theme.ground, 0.28)
             : button.theme.mixed(button.theme.text, button.theme.ground, button.down ? 0.2 : button.hovered ? 0.14 : 0.08)
        border.width: button.visualFocus ? 2 : 1
        border.color: button.visualFocus ? button.theme.accent : button.theme.line
    }
}
