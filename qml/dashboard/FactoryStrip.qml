// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls
import Millwright

/*!
    Several factories, each with how it is; one of them is chosen.
*/
Flow {
    id: strip

    required property DashboardTheme theme
    property var factories: []
    //! What shows one of them. The others are looked at as often, so that there is something to show of each.
    required property FactoryMonitor shown
    signal chosen(factory: FactoryBase)

    spacing: theme.spacing

    Repeater {
        model: strip.factories.length

        AbstractButton {
            id: button

            required property int index

            objectName: "factory" + index

            readonly property FactoryBase factory: strip.factories[index] ?? null
            readonly property bool isCurrent: factory === strip.shown.factory
            readonly property color mark: strip.theme.healthColor(monitor.health)

            visible: factory?.name !== undefined // it may be destroyed
            leftPadding: 10
            rightPadding: 12
            topPadding: 6
            bottomPadding: 6
            text: factory && factory.name || qsTr("Factory")
            font.pixelSize: strip.theme.fontSize
            onClicked: strip.chosen(factory)

            Accessible.name: qsTr("%1: %2").arg(text).arg(DashboardTexts.healthName(monitor.health))
            Accessible.checkable: true
            Accessible.checked: isCurrent

            FactoryMonitor {
                id: monitor

                factory: button.factory
                interval: strip.shown.interval
                historySpan: strip.shown.historySpan
                frozen: strip.shown.frozen
                active: strip.shown.active && strip.visible
                jobLimit: -1
            }

            contentItem: Row {
                spacing: 7

                HealthMark {
                    anchors.verticalCenter: parent.verticalCenter
                    theme: strip.theme
                    health: monitor.health
                }
                Text {
                    text: button.text
                    font: button.font
                    color: strip.theme.text
                    textFormat: Text.PlainText
                }
                Text {
                    anchors.verticalCenter: parent.verticalCenter
                    text: qsTr("%1/s").arg(DashboardTexts.count(monitor.throughput))
                    font.pixelSize: strip.theme.smallFontSize
                    color: strip.theme.mutedText
                }
            }
            background: Rectangle {
                radius: 6
                color: button.isCurrent ? strip.theme.mixed(strip.theme.accent, strip.theme.ground, 0.16)
                                        : strip.theme.surface
                border.width: button.visualFocus || button.isCurrent ? 1 : 0
                border.color: strip.theme.accent
            }
        }
    }
}
