// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Millwright

/*!
    All parts of a dashboard, in as many columns as there is room for. Where the height is not enough
    for the parts, the page scrolls; where it is, the lists fill it and scroll by themselves.
*/
Control {
    id: page

    required property FactoryMonitor monitor

    readonly property int columnCount: width < 580 ? 1 : width < 1000 ? 2 : 3

    background: Rectangle {
        color: page.palette.window
    }

    DashboardTheme {
        id: pageTheme

        source: page
    }
    Flickable {
        id: flickable

        anchors.fill: parent
        anchors.margins: 12
        visible: page.monitor.factory !== null
        contentWidth: width
        contentHeight: Math.max(height, parts.implicitHeight)
        boundsBehavior: Flickable.StopAtBounds
        clip: contentHeight > height

        ScrollBar.vertical: ScrollBar {
            parent: page
            anchors.top: parent.top
            anchors.right: parent.right
            anchors.bottom: parent.bottom
        }

        ColumnLayout {
            id: parts

            width: flickable.width
            height: flickable.contentHeight
            spacing: pageTheme.spacing * 1.5

            FactoryHeader {
                Layout.fillWidth: true
                theme: pageTheme
                monitor: page.monitor
            }
            GridLayout {
                Layout.fillWidth: true
                Layout.fillHeight: true
                columns: page.columnCount
                columnSpacing: pageTheme.spacing * 3
                rowSpacing: pageTheme.spacing * 2

                FactoryFigures {
                    Layout.fillWidth: true
                    Layout.fillHeight: false
                    Layout.maximumWidth: page.columnCount === 1 ? -1 : 420
                    Layout.preferredWidth: 1
                    Layout.rowSpan: page.columnCount === 2 ? 2 : 1
                    Layout.alignment: Qt.AlignTop
                    theme: pageTheme
                    monitor: page.monitor
                }
                WorkerList {
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredWidth: 1
                    Layout.minimumHeight: leastHeight
                    Layout.preferredHeight: leastHeight
                    Layout.maximumHeight: page.columnCount === 3 ? -1 : fullHeight
                    Layout.alignment: Qt.AlignTop
                    theme: pageTheme
                    monitor: page.monitor
                }
                EventList {
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredWidth: 1
                    Layout.minimumHeight: leastHeight
                    Layout.preferredHeight: leastHeight
                    theme: pageTheme
                    monitor: page.monitor
                }
            }
        }
    }
    Text {
        anchors.centerIn: parent
        width: flickable.width
        visible: !flickable.visible
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
        text: qsTr("No factory")
        color: pageTheme.mutedText
        font.pixelSize: Math.round(pageTheme.fontSize * 1.25)
    }
}
