// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls

/*!
    Chooses the part of a dashboard that is shown.
*/
Item {
    id: bar

    required property DashboardTheme theme
    property var titles: []
    property int currentIndex: 0
    signal chosen(index: int)

    implicitHeight: flow.implicitHeight + 1

    function choose(index: int) {
        if (index < 0 || index >= tabs.count)
            return;
        bar.chosen(index);
        tabs.itemAt(index).forceActiveFocus(Qt.TabFocusReason);
    }

    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("Parts of the dashboard")

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: bar.theme.line
    }
    Flow {
        id: flow

        width: parent.width

        Repeater {
            id: tabs

            model: bar.titles.length // titles change, and their tabs stay

            AbstractButton {
                id: tab

                required property int index
                objectName: "tab" + index

                readonly property bool isCurrent: bar.currentIndex === index

                implicitWidth: Math.ceil(widest.advanceWidth) + 1 + leftPadding + rightPadding
                leftPadding: bar.width < 480 ? 7 : 10
                rightPadding: leftPadding
                topPadding: 6
                bottomPadding: 8
                text: bar.titles[index] ?? ""
                focusPolicy: Qt.StrongFocus
                onClicked: bar.chosen(index)

                Accessible.role: Accessible.PageTab
                Accessible.name: text
                Accessible.selected: isCurrent

                Keys.onLeftPressed: bar.choose(index + (mirrored ? 1 : -1))
                Keys.onRightPressed: bar.choose(index + (mirrored ? -1 : 1))

                // Chosen or not, it is as wide.
                TextMetrics {
                    id: widest

                    text: tab.text
                    font.pixelSize: bar.theme.fontSize
                    font.weight: Font.DemiBold
                }

                contentItem: Text {
                    width: Math.ceil(widest.advanceWidth) + 1
                    text: tab.text
                    color: tab.isCurrent ? bar.theme.text : bar.theme.mutedText
                    horizontalAlignment: Text.AlignHCenter
                    font.pixelSize: bar.theme.fontSize
                    font.weight: tab.isCurrent ? Font.DemiBold : Font.Normal
                }
                background: Rectangle {
                    color: tab.hovered && !tab.isCurrent ? bar.theme.surface : "transparent"
                    border.width: tab.visualFocus ? 1 : 0
                    border.color: bar.theme.accent

                    Rectangle {
                        anchors.bottom: parent.bottom
                        width: parent.width
                        height: 2
                        visible: tab.isCurrent
                        color: bar.theme.accent
                    }
                }
            }
        }
    }
}
