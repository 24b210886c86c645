// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Millwright

/*!
    All of a dashboard: above, how the factory is; below, one part of the details, or, where there is room, the charts
    beside another part. Where the height is not enough, the page scrolls.
*/
Control {
    id: page

    required property FactoryMonitor monitor
    property var factories: []
    property alias readOnly: actionGuard.readOnly
    property alias actions: actionGuard.actions
    property alias confirmedActions: actionGuard.confirmedActions

    //! The part that is shown.
    property string part: "charts"
    //! Another factory is to be shown.
    signal chosen(factory: FactoryBase)

    readonly property bool isWide: width >= 1060
    readonly property list<string> parts: {
        const all = isWide ? [] : ["charts"];
        all.push("workers", "jobs", "deadLetters", "events");
        if (actionGuard.allows(DashboardAction.Drain | DashboardAction.Stop | DashboardAction.SetWorkerCount
                         | DashboardAction.SetQueueLimit))
            all.push("controls");
        return all;
    }
    onPartChanged: {
        const known = ["charts", "workers", "jobs", "deadLetters", "events", "controls"];
        if (known.indexOf(part) < 0)
            console.warn("FactoryDashboard: there is no part \"%1\", but %2".arg(part).arg(known.join(", ")));
    }
    //! It, or the first, where there is no such part.
    readonly property string shownPart: parts.indexOf(part) >= 0 ? part : parts[0]

    readonly property list<string> partTitles: {
        const titles = [];
        for (const part of parts)
            titles.push(partTitle(part));
        return titles;
    }

    background: Rectangle {
        color: page.palette.window
    }

    // Where the page scrolls, it scrolls to what the keys lead to.
    readonly property Item focused: Window.activeFocusItem
    onFocusedChanged: {
        let ancestor = focused;
        while (ancestor && ancestor !== column)
            ancestor = ancestor.parent;
        if (!ancestor || flickable.contentHeight <= flickable.height)
            return;
        const top = focused.mapToItem(column, 0, 0).y - pageTheme.spacing;
        const bottom = top + focused.height + 2 * pageTheme.spacing;
        let y = Math.max(flickable.contentY, bottom - flickable.height);
        y = Math.min(y, top);
        flickable.contentY = Math.max(0, Math.min(y, flickable.contentHeight - flickable.height));
    }

    function partTitle(part: string): string {
        switch (part) {
        case "charts": return qsTr("Charts");
        case "workers": return qsTr("Workers");
        case "jobs": return qsTr("Jobs");
        case "deadLetters": return monitor.deadLetters.count > 0 ? qsTr("Dead letters (%1)").arg(monitor.deadLetters.count)
                                                              : qsTr("Dead letters");
        case "events": return qsTr("Events");
        default: return qsTr("Controls");
        }
    }

    DashboardTheme {
        id: pageTheme

        source: page
    }
    ActionGuard {
        id: actionGuard

        monitor: page.monitor
    }
    Flickable {
        id: flickable

        anchors.fill: parent
        anchors.margins: 12
        visible: page.monitor.factory !== null
        contentWidth: width
        contentHeight: Math.max(height, column.implicitHeight)
        boundsBehavior: Flickable.StopAtBounds
        clip: contentHeight > height

        ScrollBar.vertical: ScrollBar {
            parent: page
            anchors.top: parent.top
            anchors.right: parent.right
            anchors.bottom: parent.bottom
        }

        ColumnLayout {
            id: column

            width: flickable.width
            height: flickable.contentHeight
            spacing: pageTheme.spacing * 1.5

            FactoryStrip {
                Layout.fillWidth: true
                visible: page.factories.length > 1
                theme: pageTheme
                factories: page.factories
                shown: page.monitor
                onChosen: factory => page.chosen(factory)
            }
            FactoryHeader {
                Layout.fillWidth: true
                theme: pageTheme
                monitor: page.monitor
                guard: actionGuard
                charts: chartsPart.all
            }
            FactoryFigures {
                objectName: "figures"
                Layout.fillWidth: true
                Layout.fillHeight: false
                theme: pageTheme
                monitor: page.monitor
            }
            GridLayout {
                Layout.fillWidth: true
                Layout.fillHeight: true
                columns: page.isWide ? 2 : 1
                columnSpacing: pageTheme.spacing * 3
                rowSpacing: pageTheme.spacing

                PartBar {
                    Layout.row: 0
                    Layout.column: page.isWide ? 1 : 0
                    Layout.fillWidth: true
                    theme: pageTheme
                    titles: page.partTitles
                    currentIndex: page.parts.indexOf(page.shownPart)
                    onChosen: index => page.part = page.parts[index]
                }
                ChartsPart {
                    id: chartsPart

                    Layout.row: page.isWide ? 0 : 1
                    Layout.column: 0
                    Layout.rowSpan: page.isWide ? 2 : 1
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredWidth: 1
                    visible: page.isWide || page.shownPart === "charts"
                    theme: pageTheme
                    monitor: page.monitor
                }
                StackLayout {
                    Layout.row: 1
                    Layout.column: page.isWide ? 1 : 0
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredWidth: 1
                    visible: page.shownPart !== "charts"
                    currentIndex: Math.max(0, page.parts.indexOf(page.shownPart) - (page.isWide ? 0 : 1))

                    WorkersPart {
                        theme: pageTheme
                        monitor: page.monitor
                        guard: actionGuard
                    }
                    JobsPart {
                        theme: pageTheme
                        monitor: page.monitor
                        guard: actionGuard
                    }
                    DeadLettersPart {
                        theme: pageTheme
                        monitor: page.monitor
                        guard: actionGuard
                    }
                    EventList {
                        theme: pageTheme
                        monitor: page.monitor
                    }
                    ControlsPart {
                        theme: pageTheme
                        monitor: page.monitor
                        guard: actionGuard
                    }
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
