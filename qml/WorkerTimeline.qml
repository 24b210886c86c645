// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import Millwright

/*!
    Who ran what when: a lane for each worker, over the last seconds. It needs a monitor that looks at that:

    \qml
    FactoryMonitor { id: monitor; factory: thumbnails; active: true; timelineSpan: 10 }
    WorkerTimeline { monitor: monitor }
    \endqml

    Jobs that take less than a millisecond are shown several together. The wheel and the keys scroll where there are more
    workers than room.
*/
WorkerTimelineItem {
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
