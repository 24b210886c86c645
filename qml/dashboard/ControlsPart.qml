// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Millwright

/*!
    What can be changed about a factory while it runs.
*/
Item {
    id: controls

    required property DashboardTheme theme
    required property FactoryMonitor monitor
    required property ConfirmDialog confirmation

    readonly property FactoryBase factory: monitor.factory
    readonly property bool isOver: monitor.state === Factory.Stopped || monitor.state === Factory.Failed
    readonly property string name: factory?.name || qsTr("the factory")

    implicitWidth: grid.implicitWidth
    implicitHeight: grid.implicitHeight

    component Label: Text {
        color: controls.theme.text
        font.pixelSize: controls.theme.fontSize
        wrapMode: Text.Wrap
    }
    component Hint: Text {
        Layout.columnSpan: 2
        Layout.fillWidth: true
        Layout.bottomMargin: controls.theme.spacing
        color: controls.theme.mutedText
        font.pixelSize: controls.theme.smallFontSize
        wrapMode: Text.Wrap
    }

    GridLayout {
        id: grid

        width: Math.min(controls.width, controls.theme.fontSize * 34)
        columns: 2
        columnSpacing: controls.theme.spacing * 2
        rowSpacing: controls.theme.spacing

        Label {
            text: qsTr("Workers")
        }
        DashboardSpinBox {
            objectName: "workerCount"
            enabled: !controls.isOver
            theme: controls.theme
            from: 0
            to: 10000
            value: controls.monitor.workerCount
            Accessible.name: qsTr("Workers")
            onValueModified: controls.factory.workerCount = value
        }
        Hint {
            text: qsTr("Those that are too many go as soon as they have nothing to do.")
        }
        Label {
            text: qsTr("Queue limit")
        }
        DashboardSpinBox {
            objectName: "queueLimit"
            enabled: !controls.isOver
            theme: controls.theme
            from: -1
            to: 100000000
            value: controls.monitor.queueLimit
            textFromValue: (value, locale) => value < 0 ? qsTr("none") : Number(value).toLocaleString(locale, "f", 0)
            valueFromText: (text, locale) => {
                try {
                    return Number.fromLocaleString(locale, text);
                } catch (error) {
                    return -1;
                }
            }
            Accessible.name: qsTr("Queue limit")
            onValueModified: controls.factory.queueLimit = value
        }
        Hint {
            text: qsTr("Jobs that wait already are not touched.")
        }
        DashboardButton {
            objectName: "drain"
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            enabled: !controls.isOver && controls.monitor.state !== Factory.Draining
            theme: controls.theme
            text: qsTr("Drain…")
            onClicked: controls.confirmation.ask(
                qsTr("%1 takes no more jobs, does those that it has, and then stops. It cannot be started again.").arg(controls.name),
                qsTr("Drain?"), () => controls.monitor.drain())
        }
        DashboardButton {
            objectName: "stop"
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            enabled: !controls.isOver
            theme: controls.theme
            isDangerous: true
            text: qsTr("Stop…")
            onClicked: controls.confirmation.ask(
                qsTr("%1 takes no more jobs, discards those that wait (%2), lets those end that run, and then stops. It cannot be started again.")
                    .arg(controls.name).arg(DashboardTexts.count(controls.monitor.queueDepth)),
                qsTr("Stop?"), () => controls.monitor.stop())
        }
        Hint {
            text: qsTr("Draining does what waits; stopping discards it.")
        }
    }
}
