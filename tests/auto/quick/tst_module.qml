// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtTest
import Millwright

TestCase {
    name: "Module"

    FactoryDashboard {
        id: dashboard
    }

    function test_version() {
        compare(Millwright.version, "1.0.0")
    }

    function test_dashboardComesWithTheModule() {
        verify(dashboard)
    }
}
