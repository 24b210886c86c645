// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import Millwright

Item {
    FactoryDashboard {
    }

    // The event loop has to run before it can be left.
    Timer {
        interval: 0
        running: true
        onTriggered: Qt.exit(Millwright.version === "" ? 1 : 0)
    }
}
