// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls

/*!
    A list of a dashboard. The keys lead through it, and it says what is there when nothing is.
*/
ListView {
    id: list

    required property DashboardTheme theme
    //! What it is, for assistive technology.
    property string name
    property string emptyText

    clip: true
    cacheBuffer: 0 // rows that cannot be seen would cost as much with each look
    boundsBehavior: Flickable.StopAtBounds
    currentIndex: -1
    activeFocusOnTab: true
    highlightMoveDuration: 0
    highlight: Rectangle {
        readonly property DashboardList of: ListView.view as DashboardList

        radius: 4
        visible: of?.activeFocus ?? false
        color: of ? of.theme.mixed(of.theme.accent, of.theme.ground, 0.12) : "transparent"
    }
    onActiveFocusChanged: {
        if (activeFocus && currentIndex < 0 && count > 0)
            currentIndex = Math.max(0, indexAt(0, contentY));
    }

    Accessible.role: Accessible.List
    Accessible.name: name

    Keys.onPressed: event => {
        const page = Math.max(1, Math.floor(height / Math.max(1, contentHeight / Math.max(1, count))) - 1);
        const target = event.key === Qt.Key_PageDown ? currentIndex + page
                     : event.key === Qt.Key_PageUp ? currentIndex - page
                     : event.key === Qt.Key_Home ? 0
                     : event.key === Qt.Key_End ? count - 1 : -1;
        event.accepted = count > 0 && [Qt.Key_PageDown, Qt.Key_PageUp, Qt.Key_Home, Qt.Key_End].includes(event.key);
        if (event.accepted)
            currentIndex = Math.max(0, Math.min(count - 1, target));
    }

    ScrollBar.vertical: ScrollBar {}

    Rectangle {
        parent: list
        anchors.fill: parent
        z: 1
        visible: list.activeFocus
        color: "transparent"
        radius: 4
        border.width: 1
        border.color: list.theme.accent
    }
    Text {
        parent: list
        width: parent.width
        visible: list.count === 0
        horizontalAlignment: Text.AlignLeft
        text: list.emptyText
        color: list.theme.mutedText
        wrapMode: Text.Wrap
        font.pixelSize: list.theme.fontSize
    }
}
