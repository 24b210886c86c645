// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    A figure with its title, and below it what else there is to say about it.
*/
Rectangle {
    id: tile

    required property DashboardTheme theme
    //! What the figure is.
    property string title
    //! The figure, as it is to be read.
    property string value
    //! Set in smaller letters behind the figure: a unit, or what it is a part of.
    property string suffix
    //! Set behind the title.
    property string remark
    //! A second, smaller line.
    property string detail
    //! Draws attention to the figure when it is another colour than that of the text.
    property color valueColor: theme.text
    //! The size of the letters of the figure, in pixels.
    property int figureSize: theme.figureSize
    //! Items that are placed below the figure, over the whole width.
    default property alias content: extra.data

    implicitWidth: column.implicitWidth + 2 * column.anchors.margins
    implicitHeight: column.implicitHeight + 2 * column.anchors.margins
    radius: 6
    color: theme.surface

    Accessible.role: Accessible.StaticText
    Accessible.name: DashboardTexts.joined([tile.title + ":", tile.value, tile.suffix, tile.detail,
                                    tile.remark], " ")

    ColumnLayout {
        id: column

        anchors.fill: parent
        anchors.margins: 8
        spacing: 1

        RowLayout {
            Layout.fillWidth: true
            spacing: 5

            Text {
                Layout.fillWidth: true
                Accessible.ignored: true
                horizontalAlignment: Text.AlignLeft
                text: tile.title
                color: tile.theme.mutedText
                elide: Text.ElideRight
                font.pixelSize: tile.theme.smallFontSize
            }
            Text {
                Accessible.ignored: true
                text: tile.remark
                color: tile.theme.mutedText
                font.pixelSize: tile.theme.smallFontSize
            }
        }
        RowLayout {
            Layout.fillWidth: true
            spacing: 5

            Text {
                Layout.alignment: Qt.AlignBaseline
                Layout.minimumWidth: Math.ceil(implicitWidth)
                Accessible.ignored: true
                text: tile.value
                color: tile.valueColor
                font.pixelSize: tile.figureSize
                font.weight: Font.DemiBold
            }
            Text {
                Layout.alignment: Qt.AlignBaseline
                Layout.fillWidth: true
                Accessible.ignored: true
                horizontalAlignment: Text.AlignLeft
                text: tile.suffix
                color: tile.theme.mutedText
                elide: Text.ElideRight
                font.pixelSize: tile.theme.smallFontSize
            }
        }
        Text {
            objectName: "detail"
            Layout.fillWidth: true
            Layout.minimumHeight: detailLine.height // it comes and goes, and nothing is to move
            Accessible.ignored: true
            horizontalAlignment: Text.AlignLeft
            text: tile.detail
            color: tile.theme.mutedText
            wrapMode: Text.Wrap
            maximumLineCount: 3
            elide: Text.ElideRight
            font.pixelSize: tile.theme.smallFontSize
        }
        FontMetrics {
            id: detailLine

            font.pixelSize: tile.theme.smallFontSize
        }
        ColumnLayout {
            id: extra

            Layout.topMargin: 3
            visible: children.length > 0
        }
        Item {
            Layout.fillHeight: true
        }
    }
}
