// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtTest
import Millwright
import MillwrightTest

TestCase {
    id: test
    name: "FactoryRouting"

    Component {
        id: gated

        Factory { worker: "gated"; workerCount: 2; autoStart: false; queueLimit: 1 }
    }

    // One key, and as many jobs as are accepted: tells the routers apart.
    function test_ROUTE_4_routingDecidesWhereJobsWait_data() {
        return [
            {tag: "queuer", routing: Factory.Queuer, accepted: 3}, // two run, one waits
            {tag: "round-robin", routing: Factory.RoundRobin, accepted: 4}, // one waits at each
            {tag: "least-loaded", routing: Factory.LeastLoaded, accepted: 4},
            {tag: "key-persistent", routing: Factory.KeyPersistent, accepted: 2}, // one worker
            {tag: "sticky", routing: Factory.StickyQueuer, accepted: 2},
        ]
    }

    function test_ROUTE_4_routingDecidesWhereJobsWait(data) {
        const factory = createTemporaryObject(gated, test, {routing: data.routing})
        compare(factory.routing, data.routing)
        verify(factory.start())
        tryCompare(factory, "state", Factory.Running)
        let accepted = 0
        for (let i = 0; i < 6; ++i)
            accepted += factory.dispatch("key", "text") ? 1 : 0
        compare(accepted, data.accepted)
        ignoreWarning(/Factory.routing cannot be changed any more/)
        factory.routing = Factory.RoundRobin === data.routing ? Factory.Queuer : Factory.RoundRobin
        compare(factory.routing, data.routing)
        Bench.open(accepted)
        tryCompare(factory, "completed", accepted)
    }

    function test_ROUTE_4_unknownRoutingIsIgnored() {
        ignoreWarning(/A routing of 42 was ignored/)
        const factory = createTemporaryObject(gated, test, {routing: 42})
        compare(factory.routing, Factory.Queuer)
    }
}
