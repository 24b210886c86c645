// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Millwright

/*!
    The name of a factory, how it is and why, and what is needed most: to pause it, and to stop the picture.
*/
ColumnLayout {
    id: header

    required property DashboardTheme theme
    required property FactoryMonitor monitor
    required property ActionGuard guard
    //! The charts to be exported as a picture.
    property var charts: []

    readonly property bool isOver: monitor.state === Factory.Stopped || monitor.state === Factory.Failed
    readonly property bool isPaused: monitor.factory?.paused ?? false
    readonly property string stateText: monitor.paused && !isOver ? qsTr("Paused")
                                                                  : DashboardTexts.stateName(monitor.state)
    readonly property color healthColor: theme.healthColor(monitor.health)

    spacing: theme.spacing / 2

    RowLayout {
        Layout.fillWidth: true
        spacing: header.theme.spacing

        Text {
            id: name

            Layout.fillWidth: true
            Accessible.role: Accessible.Heading
            Accessible.name: text
            horizontalAlignment: Text.AlignLeft
            text: header.monitor.factory && header.monitor.factory.name || qsTr("Factory")
            color: header.theme.text
            textFormat: Text.PlainText
            elide: Text.ElideRight
            font.pixelSize: Math.round(header.theme.fontSize * 1.35)
            font.weight: Font.DemiBold
        }
        DashboardButton {
            id: exportButton

            objectName: "export"
            theme: header.theme
            text: qsTr("Export")
            onClicked: exports.popup(exportButton, 0, exportButton.height)

            ExportMenu {
                id: exports

                objectName: "exports"
                monitor: header.monitor
                charts: header.charts
            }
        }
        DashboardButton {
            objectName: "freeze"
            theme: header.theme
            text: header.monitor.frozen ? qsTr("Go on") : qsTr("Freeze")
            highlighted: header.monitor.frozen
            Accessible.description: qsTr("Stops the picture, not the factory")
            ToolTip.text: Accessible.description
            ToolTip.visible: hovered
            ToolTip.delay: 800
            onClicked: header.monitor.frozen = !header.monitor.frozen
        }
        DashboardButton {
            objectName: "pause"
            visible: header.guard.allows(DashboardAction.Pause) && !header.isOver
            theme: header.theme
            text: header.isPaused ? qsTr("Resume") : qsTr("Pause")
            highlighted: header.isPaused
            onClicked: {
                const pause = !header.monitor.factory.paused;
                header.guard.ask(
                    DashboardAction.Pause, pause ? qsTr("Pause?") : qsTr("Resume?"),
                    pause ? qsTr("%1 takes jobs, and starts none until it is resumed.").arg(name.text)
                          : qsTr("%1 starts jobs again.").arg(name.text),
                    () => header.monitor.factory.paused = pause);
            }
        }
    }
    Rectangle {
        Layout.fillWidth: true
        implicitHeight: message.implicitHeight + 12
        radius: 6
        color: header.monitor.health <= Health.Busy
               ? header.theme.surface : header.theme.mixed(header.healthColor, header.theme.ground, 0.16)

        Accessible.role: Accessible.AlertMessage
        Accessible.name: DashboardTexts.healthName(header.monitor.health) + ", " + message.text

        HealthMark {
            id: mark

            anchors.left: parent.left
            anchors.leftMargin: 9
            y: 6 + (firstLine.height - height) / 2
            theme: header.theme
            health: header.monitor.health

            FontMetrics {
                id: firstLine

                font: message.font
            }
        }
        Text {
            id: message

            anchors.left: mark.right
            anchors.leftMargin: 8
            anchors.right: parent.right
            anchors.rightMargin: 9
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
            horizontalAlignment: Text.AlignLeft
            text: DashboardTexts.joined([header.stateText, DashboardTexts.joined(header.monitor.healthReasons, "  ·  ")],
                                        "  ·  ")
            color: header.monitor.health <= Health.Busy ? header.theme.mutedText : header.theme.text
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            maximumLineCount: 4
            elide: Text.ElideRight
            font.pixelSize: header.theme.fontSize
            font.weight: header.monitor.health === Health.Critical ? Font.DemiBold : Font.Normal
        }
    }
}
