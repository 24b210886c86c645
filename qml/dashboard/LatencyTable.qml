// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import Millwright
import "DashboardFormat.js" as Format

/*!
    How long jobs waited, ran, and took in all: a table of the usual percentiles.
*/
Item {
    id: table

    required property DashboardTheme theme
    required property FactoryMonitor monitor

    readonly property list<string> titles: [qsTr("p50"), qsTr("p99"), qsTr("max")]
    readonly property real labelWidth: width * 0.31
    readonly property real cellWidth: (width - labelWidth) / titles.length
    readonly property real rowHeight: Math.round(theme.smallFontSize * 1.7)

    function cells(summary: latencySummary): list<string> {
        return summary.count > 0 ? [Format.duration(summary.p50), Format.duration(summary.p99),
                                    Format.duration(summary.maximum)]
                                 : [Format.none, Format.none, Format.none];
    }

    implicitWidth: 220
    implicitHeight: 4 * rowHeight

    component Line: Row {
        id: line

        property string label
        property list<string> cells
        property color cellColor: table.theme.text

        height: table.rowHeight

        Accessible.role: Accessible.Row
        Accessible.name: label + " " + Format.joined(cells, " ")

        Text {
            width: table.labelWidth
            height: parent.height
            verticalAlignment: Text.AlignVCenter
            Accessible.ignored: true
            text: line.label
            color: table.theme.mutedText
            elide: Text.ElideRight
            font.pixelSize: table.theme.smallFontSize
        }
        Repeater {
            model: line.cells

            Text {
                required property string modelData

                width: table.cellWidth
                height: line.height
                horizontalAlignment: Text.AlignRight
                verticalAlignment: Text.AlignVCenter
                Accessible.ignored: true
                text: modelData
                color: line.cellColor
                elide: Text.ElideRight
                font.pixelSize: table.theme.smallFontSize
            }
        }
    }

    Column {
        anchors.fill: parent

        Line {
            label: qsTr("Latency")
            cells: table.titles
            cellColor: table.theme.mutedText
        }
        Line {
            label: qsTr("waiting")
            cells: table.cells(table.monitor.queueTime)
        }
        Line {
            label: qsTr("running")
            cells: table.cells(table.monitor.runTime)
        }
        Line {
            label: qsTr("in all")
            cells: table.cells(table.monitor.totalTime)
        }
    }
}
