// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtTest
import Millwright

TestCase {
    id: test

    name: "Charts"
    width: 640
    height: 480
    visible: true
    when: windowShown

    Component {
        id: upper

        Factory { worker: "upper"; workerCount: 3 }
    }
    Component {
        id: watching

        FactoryMonitor { active: true; interval: 20; timelineSpan: 60 }
    }
    Component {
        id: timeChart

        TimeChart { width: 600; height: 200; title: "Throughput" }
    }
    Component {
        id: histogram

        LatencyHistogram { width: 600; height: 200; title: "Latency" }
    }
    Component {
        id: workerGrid

        WorkerGrid { width: 600; height: 200; title: "Workers" }
    }
    Component {
        id: timeline

        WorkerTimeline { width: 600; height: 200; title: "Timeline" }
    }

    SignalSpy {
        id: activated

        signalName: "workerActivated"
    }

    property Factory factory
    property FactoryMonitor monitor

    function init() {
        factory = createTemporaryObject(upper, test);
        monitor = createTemporaryObject(watching, test, {factory: factory});
        for (let i = 0; i < 20; ++i)
            factory.dispatch("key " + i, "text");
        tryCompare(factory, "completed", 20);
        tryCompare(monitor, "completed", 20);
    }

    function test_UI_6_chartsShowWhatTheMonitorSees_data() {
        return [{tag: "time", component: timeChart, summary: "completed"},
                {tag: "histogram", component: histogram, summary: "p50"},
                {tag: "grid", component: workerGrid, summary: "3 idle"},
                {tag: "timeline", component: timeline, summary: "jobs"}];
    }
    function test_UI_6_chartsShowWhatTheMonitorSees(row) {
        const chart = createTemporaryObject(row.component, test, {monitor: monitor});
        tryVerify(() => chart.count > 0);
        verify(chart.summary.includes(row.summary), chart.summary);
        compare(chart.Accessible.name, chart.title);
        compare(chart.Accessible.description, chart.summary);
        verify(chart.implicitWidth > 100 && chart.implicitHeight > 40);
        waitForRendering(chart);

        // The keys lead to an item, and away again.
        chart.forceActiveFocus();
        keyClick(Qt.Key_End);
        verify(chart.hoveredIndex >= 0);
        verify(chart.hoveredText.length > 0);
        tryVerify(() => chart.Accessible.description === chart.hoveredText);
        keyClick(Qt.Key_Escape);
        compare(chart.hoveredIndex, -1);

        // No monitor, no data.
        chart.monitor = null;
        compare(chart.count, 0);
        compare(chart.summary, chart.emptyText);
        chart.monitor = monitor;
        monitor.destroy();
        tryCompare(chart, "monitor", null);
        compare(chart.count, 0);
    }

    function test_UI_6_pointerHovers() {
        const chart = createTemporaryObject(timeChart, test, {monitor: monitor, quantity: TimeChart.QueueDepth});
        waitForRendering(chart);
        mouseMove(chart, 593, 90);
        mouseMove(chart, 594, 100);
        tryVerify(() => chart.hoveredIndex >= 0);
        mouseMove(chart, 594, 2);
        tryCompare(chart, "hoveredIndex", -1);
    }

    function test_UI_6_workerIsActivated() {
        const grid = createTemporaryObject(workerGrid, test, {monitor: monitor});
        activated.target = grid;
        activated.clear();
        waitForRendering(grid);
        tryCompare(grid, "count", 3);
        grid.forceActiveFocus();
        keyClick(Qt.Key_End);
        compare(grid.hoveredWorker, 2);
        keyClick(Qt.Key_Return);
        compare(activated.count, 1);
        compare(activated.signalArguments[0][0], 2);
        mouseClick(grid, 10, 40);
        compare(activated.count, 2);
        compare(activated.signalArguments[1][0], 0);
    }

    // The monitor is there before the factory is complete.
    Component {
        id: together

        Item {
            property alias factory: inside
            property alias chart: chart
            property alias monitor: insideMonitor

            FactoryMonitor { id: insideMonitor; factory: inside; active: true; interval: 20; timelineSpan: 60 }
            WorkerTimeline { id: chart; width: 600; height: 200; monitor: insideMonitor }
            Factory { id: inside; worker: "upper"; failureAction: Factory.KeepWorker }
        }
    }

    function test_UI_6_factoryIsTracedFromTheStart() {
        const item = createTemporaryObject(together, test);
        item.factory.dispatch("fails", "");
        tryCompare(item.chart, "count", 1);
        item.monitor.active = false;
        item.monitor.active = true;
        item.factory.dispatch("fails", "");
        tryCompare(item.chart, "count", 1);
    }

    function test_UI_6_quantities_data() {
        return [{tag: "throughput", quantity: TimeChart.Throughput, text: "completed"},
                {tag: "queue", quantity: TimeChart.QueueDepth, text: "waiting"},
                {tag: "workers", quantity: TimeChart.ActiveWorkers, text: "busy"},
                {tag: "queue time", quantity: TimeChart.QueueTime, text: "p50"},
                {tag: "run time", quantity: TimeChart.RunTime, text: "p99"}];
    }
    function test_UI_6_quantities(row) {
        const chart = createTemporaryObject(timeChart, test, {monitor: monitor, quantity: row.quantity});
        for (let i = 0; i < 20; ++i)
            factory.dispatch("again " + i, "text");
        tryVerify(() => chart.summary.includes(row.text), 5000, chart.summary);
        chart.hoveredIndex = chart.count - 1;
        verify(chart.hoveredText.includes(row.text), chart.hoveredText);
    }

    function test_UI_6_imageIsSaved() {
        const chart = createTemporaryObject(timeChart, test, {monitor: monitor});
        verify(!chart.saveImage("/no/such/folder/chart.png"));
    }

    // Its pixels are those of its palette.
    function test_UI_6_paletteIsTaken() {
        const chart = createTemporaryObject(workerGrid, test, {monitor: monitor});
        const before = grabImage(chart);
        chart.palette.window = "black";
        chart.palette.windowText = "white";
        let after = grabImage(chart);
        tryVerify(() => {
            after = grabImage(chart);
            return !after.equals(before);
        });
    }

    function test_UI_6_mirrored() {
        const chart = createTemporaryObject(timeChart, test, {monitor: monitor});
        verify(!chart.mirrored);
        chart.LayoutMirroring.enabled = true;
        verify(chart.mirrored);
        chart.LayoutMirroring.enabled = false;
        verify(!chart.mirrored);
    }
}
