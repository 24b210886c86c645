// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import Millwright

/*!
    What became of a factory over the last minutes, as far back as the `historySpan` of its monitor; now is at the end.

    \qml
    TimeChart { monitor: monitor; quantity: TimeChart.QueueDepth; title: qsTr("Queue") }
    \endqml

    `quantity` is one of `Throughput` (the default), `QueueDepth`, `ActiveWorkers`, `QueueTime` and `RunTime`. The
    pointer, and the arrow keys when it has the focus, lead to a sample, whose values are shown, and which
    `hoveredIndex` and `hoveredText` tell. `saveImage(file)` writes it as a PNG.
*/
TimeChartItem {
    id: chart

    Binding on mirrored {
        when: chart.LayoutMirroring.enabled
        value: true
    }

    Accessible.role: Accessible.Chart
    Accessible.name: title
    Accessible.description: hoveredIndex < 0 ? summary : hoveredText
    Accessible.focusable: true
}
