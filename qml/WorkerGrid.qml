// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import Millwright

/*!
    The workers of a factory as cells, some or thousands of them: a color and a sign for what each is doing, and the
    stronger the color, the longer it has been at its job.

    \qml
    WorkerGrid { monitor: monitor; onWorkerActivated: worker => details.show(worker) }
    \endqml

    The pointer and the arrow keys lead to a worker, which `hoveredWorker` tells; a click or the Return key activates it.
*/
WorkerGridItem {
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
