// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts

/*!
    The title of a part of a dashboard, with a remark at its right.
*/
RowLayout {
    id: section

    required property DashboardTheme theme
    property string title
    property string remark
    property color remarkColor: theme.mutedText

    spacing: theme.spacing

    Text {
        Layout.fillWidth: true
        Accessible.role: Accessible.Heading
        Accessible.name: text
        horizontalAlignment: Text.AlignLeft
        text: section.title
        color: section.theme.text
        elide: Text.ElideRight
        font.pixelSize: section.theme.fontSize
        font.weight: Font.DemiBold
    }
    Text {
        text: section.remark
        color: section.remarkColor
        font.pixelSize: section.theme.smallFontSize
    }
}
