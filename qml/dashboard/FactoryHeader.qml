// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    The name of a factory, and in what stage of its life it is.
*/
RowLayout {
    id: header

    required property DashboardTheme theme
    required property FactoryMonitor monitor

    readonly property color stateColor: {
        switch (monitor.state) {
        case Factory.Running: return theme.good;
        case Factory.Starting:
        case Factory.Draining: return theme.warning;
        case Factory.Failed: return theme.problem;
        default: return theme.mutedText;
        }
    }
    readonly property string stateText: {
        switch (monitor.state) {
        case Factory.Idle: return qsTr("Not started");
        case Factory.Starting: return qsTr("Starting");
        case Factory.Running: return qsTr("Running");
        case Factory.Draining: return qsTr("Draining");
        case Factory.Stopped: return qsTr("Stopped");
        case Factory.Failed: return qsTr("Failed");
        default: return "";
        }
    }

    spacing: theme.spacing

    Text {
        Layout.fillWidth: true
        Accessible.role: Accessible.Heading
        Accessible.name: text
        text: header.monitor.factory && header.monitor.factory.name || qsTr("Factory")
        color: header.theme.text
        textFormat: Text.PlainText
        elide: Text.ElideRight
        font.pixelSize: Math.round(header.theme.fontSize * 1.25)
        font.weight: Font.DemiBold
    }
    Rectangle {
        implicitWidth: badge.implicitWidth + 16
        implicitHeight: badge.implicitHeight + 6
        radius: height / 2
        color: header.theme.mixed(header.stateColor, header.theme.ground, 0.14)

        Accessible.role: Accessible.StaticText
        Accessible.name: qsTr("State: %1").arg(header.stateText)

        Row {
            id: badge

            anchors.centerIn: parent
            spacing: 6

            Rectangle {
                anchors.verticalCenter: parent.verticalCenter
                width: 7
                height: width
                radius: width / 2
                color: header.stateColor
            }
            Text {
                Accessible.ignored: true
                text: header.stateText
                color: header.stateColor
                font.pixelSize: header.theme.smallFontSize
                font.weight: Font.Medium
            }
        }
    }
}
