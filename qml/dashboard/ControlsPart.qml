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
    required property ActionGuard guard

    readonly property FactoryBase factory: monitor.factory
    readonly property bool isOver: monitor.state === Factory.Stopped || monitor.state === Factory.Failed
    readonly property string name: factory?.name || qsTr("The factory")

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
            visible: workerCount.visible
            text: qsTr("Workers")
        }
        DashboardSpinBox {
            id: workerCount

            objectName: "workerCount"
            visible: controls.guard.allows(DashboardAction.SetWorkerCount)
            enabled: !controls.isOver
            theme: controls.theme
            from: 0
            to: 10000
            value: controls.monitor.workerCount
            Accessible.name: qsTr("Workers")
            onValueModified: {
                const count = value;
                controls.guard.ask(
                    DashboardAction.SetWorkerCount, qsTr("Change the number of workers?"),
                    qsTr("%1 has %2, and is to have %3.").arg(controls.name).arg(controls.monitor.workerCount).arg(count),
                    () => controls.factory.workerCount = count);
                if (controls.guard.opened) // shows what is, not what is asked about
                    value = Qt.binding(() => controls.monitor.workerCount);
            }
        }
        Hint {
            visible: workerCount.visible
            text: qsTr("Those that are too many go as soon as they have nothing to do.")
        }
        Label {
            visible: queueLimit.visible
            text: qsTr("Queue limit")
        }
        DashboardSpinBox {
            id: queueLimit

            objectName: "queueLimit"
            visible: controls.guard.allows(DashboardAction.SetQueueLimit)
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
            onValueModified: {
                const limit = value;
                controls.guard.ask(
                    DashboardAction.SetQueueLimit, qsTr("Change the queue limit?"),
                    limit < 0 ? qsTr("%1 is to have none.").arg(controls.name)
                              : qsTr("At most %2 jobs are to wait in %1.").arg(controls.name).arg(limit),
                    () => controls.factory.queueLimit = limit);
                if (controls.guard.opened)
                    value = Qt.binding(() => controls.monitor.queueLimit);
            }
        }
        Hint {
            visible: queueLimit.visible
            text: qsTr("Jobs that wait already are not touched.")
        }
        DashboardButton {
            id: drain

            objectName: "drain"
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            visible: controls.guard.allows(DashboardAction.Drain)
            enabled: !controls.isOver && controls.monitor.state !== Factory.Draining
            theme: controls.theme
            text: qsTr("Drain…")
            onClicked: controls.guard.ask(
                DashboardAction.Drain, qsTr("Drain?"),
                qsTr("%1 takes no more jobs, does those that it has, and then stops. It cannot be started again.").arg(controls.name),
                () => controls.monitor.drain())
        }
        DashboardButton {
            id: stop

            objectName: "stop"
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            visible: controls.guard.allows(DashboardAction.Stop)
            enabled: !controls.isOver
            theme: controls.theme
            isDangerous: true
            text: qsTr("Stop…")
            onClicked: controls.guard.ask(
                DashboardAction.Stop, qsTr("Stop?"),
                qsTr("%1 takes no more jobs, discards those that wait (%2), lets those end that run, and then stops. It cannot be started again.")
                    .arg(controls.name).arg(DashboardTexts.count(controls.monitor.queueDepth)),
                () => controls.monitor.stop())
        }
        Hint {
            visible: drain.visible && stop.visible
            text: qsTr("Draining does what waits; stopping discards it.")
        }
    }
}
