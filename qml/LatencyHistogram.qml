// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import Millwright

/*!
    How long the jobs of a factory took: a bar for each tenth of a decade on a logarithmic axis; the median, the 99th
    percentile and the longest are marked.

    \qml
    LatencyHistogram { monitor: monitor; latency: LatencyHistogram.QueueTime }
    \endqml

    `latency` is one of `QueueTime`, `RunTime` (the default) and `TotalTime`. The pointer and the arrow keys lead to a
    bar. `saveImage(file)` writes it as a PNG.
*/
LatencyHistogramItem {
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
