// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import QtTest
import Millwright
import MillwrightTest

TestCase {
    id: test

    name: "Dashboard"
    width: 900
    height: 800
    visible: true
    when: windowShown

    property FactoryBase wanted: null

    function init() {
        failOnWarning(/Error/);
    }

    Component {
        id: gated

        Factory { name: "gated"; worker: "gated"; workerCount: 1 }
    }
    FactoryMonitor {
        id: overseer
    }
    Component {
        id: upper

        Factory { name: "upper"; worker: "upper"; workerCount: 1; failureAction: Factory.KeepWorker }
    }
    Component {
        id: shown

        FactoryDashboard { interval: 20; width: 800; height: 800 }
    }

    function dashboardOf(factory: FactoryBase, properties: var): var {
        const dashboard = createTemporaryObject(shown, test, properties ?? {});
        dashboard.factory = factory;
        waitForRendering(dashboard);
        return dashboard;
    }
    function press(dashboard: Item, name: string) {
        const item = findChild(dashboard, name);
        verify(item, name);
        tryVerify(() => item.visible && item.width > 0 && item.enabled, 5000, name);
        waitForRendering(dashboard);
        mouseClick(item);
    }
    // Answers the question that is asked.
    function answer(dashboard: Item, yes: bool) {
        const dialog = findChild(dashboard, "confirmation");
        tryCompare(dialog, "opened", true);
        verify(dialog.standardButton(Dialog.Ok).text !== "OK"); // what is done
        compare(dialog.standardButton(Dialog.Cancel).text, "No");
        if (yes)
            dialog.accept();
        else
            keyClick(Qt.Key_Escape);
        tryCompare(dialog, "visible", false);
    }
    function part(dashboard: Item, title: string) {
        for (let i = 0; i < 6; ++i) {
            const tab = findChild(dashboard, "tab" + i);
            if (tab && tab.text.startsWith(title)) {
                waitForRendering(dashboard, 100);
                mouseClick(tab);
                return;
            }
        }
        fail("no tab " + title);
    }

    function test_UI_6_partsAreChosen() {
        const factory = createTemporaryObject(gated, test);
        const dashboard = dashboardOf(factory);
        compare(dashboard.part, "charts");
        for (const [title, name] of [["Workers", "workers"], ["Jobs", "jobs"], ["Dead letters", "deadLetters"],
                                     ["Events", "events"], ["Controls", "controls"], ["Charts", "charts"]]) {
            part(dashboard, title);
            compare(dashboard.part, name);
        }
        const first = findChild(dashboard, "tab0");
        first.forceActiveFocus();
        keyClick(Qt.Key_Right);
        compare(dashboard.part, "workers");
        keyClick(Qt.Key_Right); // the focus goes along
        compare(dashboard.part, "jobs");
        keyClick(Qt.Key_Left);
        compare(dashboard.part, "workers");
        dashboard.LayoutMirroring.enabled = true;
        keyClick(Qt.Key_Left);
        compare(dashboard.part, "jobs");
        keyClick(Qt.Key_Right);
        compare(dashboard.part, "workers");
        dashboard.LayoutMirroring.enabled = false;
        dashboard.width = 1200; // the charts are always there
        tryCompare(findChild(dashboard, "tab0"), "text", "Workers");
        compare(dashboard.part, "workers");
    }

    function test_UI_6_figuresDoNotMoveWhatIsBelow() {
        const factory = createTemporaryObject(gated, test);
        const dashboard = dashboardOf(factory, {width: 340});
        const tab = findChild(dashboard, "tab0");
        const figures = findChild(dashboard, "figures");
        const place = () => tab.mapToItem(dashboard, 0, 0).y;
        const says = what => Array.from(figures.children)
            .some(tile => (findChild(tile, "detail")?.text ?? "").startsWith(what));
        const before = place();
        verify(!says("oldest") && !says("run p99"));
        for (const key of ["a", "b", "c"])
            factory.dispatch(key, {});
        tryVerify(() => says("oldest"));
        waitForRendering(dashboard);
        compare(place(), before);
        Bench.open(3);
        tryVerify(() => !says("oldest") && says("run p99"));
        waitForRendering(dashboard);
        compare(place(), before);
    }

    function test_UI_6_unknownPartIsNamed() {
        const dashboard = dashboardOf(createTemporaryObject(gated, test));
        ignoreWarning(/there is no part "failures", but charts, workers, jobs, deadLetters, events, controls$/);
        dashboard.part = "failures";
        verify(findChild(dashboard, "tab0").isCurrent); // the first one stands in
    }

    function test_UI_6_aSingleFactoryWillDoForSeveral() {
        const factory = createTemporaryObject(gated, test);
        const dashboard = dashboardOf(null, {factories: factory});
        compare(dashboard.currentFactory, factory);
        dashboard.factories = undefined;
        compare(dashboard.currentFactory, null);
    }

    function test_UI_6_readOnlyHasNoButtons() {
        const factory = createTemporaryObject(gated, test);
        factory.dispatch("one", {});
        const dashboard = dashboardOf(factory, {readOnly: true, part: "jobs"});
        verify(!findChild(dashboard, "pause").visible);
        verify(!findChild(dashboard, "cancelAll").visible);
        verify(!findChild(dashboard, "tab5"));
        const list = findChild(dashboard, "jobList");
        tryCompare(list, "count", 1);
        verify(!findChild(list.itemAtIndex(0), "cancel").visible);
        dashboard.part = "controls"; // there are none
        tryVerify(() => !list.visible && !findChild(dashboard, "stop").visible);
        verify(findChild(dashboard, "freeze").visible);
        Bench.open(1);
    }

    function test_UI_6_factoryIsPausedAndThePictureFrozen() {
        const factory = createTemporaryObject(gated, test);
        const dashboard = dashboardOf(factory);
        press(dashboard, "pause");
        verify(factory.paused);
        press(dashboard, "pause");
        verify(!factory.paused);
        press(dashboard, "freeze");
        verify(dashboard.frozen);
        keyClick(Qt.Key_Space); // it has the focus
        verify(!dashboard.frozen);
    }

    function test_UI_6_jobsAreFoundAndCanceled() {
        const factory = createTemporaryObject(gated, test);
        for (const key of ["zero", "one", "two", "three"])
            factory.dispatch(key, {});
        const dashboard = dashboardOf(factory, {part: "jobs"});
        const list = findChild(dashboard, "jobList");
        tryCompare(list, "count", 4);
        waitForRendering(dashboard);

        mouseClick(findChild(list.itemAtIndex(2), "cancel"));
        answer(dashboard, false);
        compare(factory.canceled, 0);
        mouseClick(findChild(list.itemAtIndex(2), "cancel"));
        answer(dashboard, true);
        tryCompare(factory, "canceled", 1);
        tryCompare(list, "count", 3);

        press(dashboard, "search");
        for (const letter of "thr")
            keyClick(letter);
        tryCompare(list, "count", 1);
        tryVerify(() => list.itemAtIndex(0)?.key === "three");
        press(dashboard, "cancelAll");
        answer(dashboard, true);
        tryCompare(factory, "canceled", 2);
        press(dashboard, "search");
        keyClick(Qt.Key_Escape);
        tryCompare(list, "count", 2);
        Bench.open(2);
        tryCompare(list, "count", 0);
    }

    function test_UI_6_stuckJobsAreMarked() {
        const factory = createTemporaryObject(gated, test, {deadMansSwitchTimeout: 50,
                                                            deadMansSwitchAction: Factory.Log});
        ignoreWarning(/job "hung" has given no sign of life/);
        factory.dispatch("hung", {});
        factory.dispatch("waits", {});
        const list = findChild(dashboardOf(factory, {part: "jobs"}), "jobList");
        tryCompare(list, "count", 2);
        tryVerify(() => list.itemAtIndex(0)?.where === "worker 0, stuck");
        verify(!list.itemAtIndex(1).where.includes("stuck"));
        // What comes next on the thread that has seen it: the warning has been given by then.
        factory.dispatch("expires", {}, {timeToLive: 1});
        tryCompare(factory, "discarded", 1);
        Bench.open(2);
        tryCompare(list, "count", 0);
    }

    function test_UI_6_everyActionCanBeAskedAboutAndLeftOut_data() {
        return [
            {tag: "pause", action: DashboardAction.Pause, part: "charts"},
            {tag: "drain", action: DashboardAction.Drain, part: "controls"},
            {tag: "stop", action: DashboardAction.Stop, part: "controls"},
            {tag: "workerCount", action: DashboardAction.SetWorkerCount, part: "controls"},
            {tag: "queueLimit", action: DashboardAction.SetQueueLimit, part: "controls"},
            {tag: "interrupt", action: DashboardAction.InterruptWorkers, part: "workers", list: "workerList"},
            {tag: "replace", action: DashboardAction.ReplaceWorkers, part: "workers", list: "workerList"},
            {tag: "cancel", action: DashboardAction.CancelJobs, part: "jobs", list: "jobList"},
            {tag: "cancelAll", action: DashboardAction.CancelJobs, part: "jobs"},
            {tag: "retry", action: DashboardAction.RetryDeadLetters, part: "deadLetters", list: "letterList"},
            {tag: "retryAll", action: DashboardAction.RetryDeadLetters, part: "deadLetters"},
            {tag: "drop", action: DashboardAction.DropDeadLetters, part: "deadLetters", list: "letterList"},
            {tag: "dropAll", action: DashboardAction.DropDeadLetters, part: "deadLetters"}
        ];
    }

    function test_UI_6_everyActionCanBeAskedAboutAndLeftOut(row) {
        const letters = row.part === "deadLetters";
        const factory = createTemporaryObject(letters ? upper : gated, test);
        factory.dispatch("one", letters ? "" : {});
        factory.dispatch("two", letters ? "" : {});
        if (letters)
            tryCompare(factory, "deadLetterCount", 2);
        else
            tryCompare(factory, "activeWorkers", 1);
        const state = () => [factory.paused, factory.state, factory.workerCount, factory.queueLimit, factory.canceled,
                             factory.lost, factory.failed, factory.deadLetterCount].join();
        const dashboard = dashboardOf(factory, {part: row.part, confirmedActions: row.action});
        const item = () => {
            if (!row.list)
                return findChild(dashboard, row.tag);
            const list = findChild(dashboard, row.list);
            tryVerify(() => list.count > 0);
            waitForRendering(dashboard, 100);
            if (row.part === "workers" && list.currentIndex !== 0)
                list.currentIndex = 0;
            return findChild(list.itemAtIndex(0), row.tag);
        };
        const act = () => {
            tryVerify(() => item() && item().visible && item().enabled && item().width > 0);
            waitForRendering(dashboard, 100);
            if (row.part === "controls" && row.tag !== "stop" && row.tag !== "drain") {
                item().forceActiveFocus();
                keyClick(Qt.Key_Up);
            } else {
                mouseClick(item());
            }
        };
        const before = state();
        act();
        answer(dashboard, false);
        compare(state(), before);
        act();
        answer(dashboard, true);
        tryVerify(() => state() !== before);

        dashboard.actions = DashboardAction.All & ~row.action;
        tryVerify(() => !item() || !item().visible);
        dashboard.actions = DashboardAction.All;
        if (row.action === DashboardAction.Stop)
            Bench.open(1);
        overseer.factory = factory;
        overseer.cancelJobs("");
        overseer.factory = null;
    }

    // The answer comes too late: what was asked about is not what is shown any more.
    function test_UI_6_anotherFactoryIsNotMeant() {
        const asked = createTemporaryObject(gated, test);
        const other = createTemporaryObject(gated, test);
        const dashboard = dashboardOf(asked, {part: "controls"});
        press(dashboard, "stop");
        const dialog = findChild(dashboard, "confirmation");
        tryCompare(dialog, "opened", true);
        dashboard.factory = other;
        answer(dashboard, true);
        compare(asked.state, Factory.Running);
        compare(other.state, Factory.Running);
    }

    // By the time of the answer the row is another job's.
    function test_UI_6_anotherJobIsNotMeant() {
        const factory = createTemporaryObject(gated, test);
        for (const key of ["zero", "one", "two", "three"])
            factory.dispatch(key, {});
        const dashboard = dashboardOf(factory, {part: "jobs"});
        const list = findChild(dashboard, "jobList");
        tryCompare(list, "count", 4);
        waitForRendering(dashboard);
        tryVerify(() => list.itemAtIndex(1)?.key === "one");
        mouseClick(findChild(list.itemAtIndex(1), "cancel"));
        tryCompare(findChild(dashboard, "confirmation"), "opened", true);
        Bench.open(1); // "zero" ends, "one" runs
        tryVerify(() => list.itemAtIndex(1)?.key === "two");
        answer(dashboard, true);
        tryCompare(factory, "canceled", 1);
        Bench.open(2);
        tryCompare(factory, "completed", 3);
    }

    // Between press and release the row becomes another job's.
    function test_UI_6_pressedJobIsMeant_data() {
        return [{tag: "mouse"}, {tag: "keys"}];
    }
    function test_UI_6_pressedJobIsMeant(row) {
        const factory = createTemporaryObject(gated, test);
        factory.dispatch("zero", {});
        factory.dispatch("one", {});
        const dashboard = dashboardOf(factory, {part: "jobs", confirmedActions: DashboardAction.None});
        const list = findChild(dashboard, "jobList");
        tryCompare(list, "count", 2);
        waitForRendering(dashboard);
        tryVerify(() => list.itemAtIndex(0)?.key === "zero");
        const button = findChild(list.itemAtIndex(0), "cancel");
        const isKey = row.tag === "keys";
        button.forceActiveFocus();
        isKey ? keyPress(Qt.Key_Space) : mousePress(button);
        Bench.open(1); // "zero" ends, "one" runs
        tryCompare(list, "count", 1);
        tryVerify(() => list.itemAtIndex(0)?.key === "one");
        verify(findChild(list.itemAtIndex(0), "cancel") === button);
        isKey ? keyRelease(Qt.Key_Space) : mouseRelease(button);
        compare(factory.canceled, 0);
        verify(!button.activeFocus);
        mouseClick(button);
        tryCompare(factory, "canceled", 1);
        tryCompare(list, "count", 0);
    }

    function test_UI_6_nothingIsAskedWhereThatIsNotWanted() {
        const factory = createTemporaryObject(gated, test);
        factory.dispatch("one", {});
        factory.dispatch("two", {});
        const dashboard = dashboardOf(factory, {part: "jobs", confirmedActions: DashboardAction.None});
        const list = findChild(dashboard, "jobList");
        tryCompare(list, "count", 2);
        waitForRendering(dashboard);
        mouseClick(findChild(list.itemAtIndex(1), "cancel"));
        tryCompare(factory, "canceled", 1);
        Bench.open(1);
    }

    function test_UI_6_deadLettersAreRetriedAndDropped() {
        const factory = createTemporaryObject(upper, test);
        for (const key of ["one", "two", "three"])
            factory.dispatch(key, "");
        const dashboard = dashboardOf(factory, {part: "deadLetters"});
        const list = findChild(dashboard, "letterList");
        tryCompare(list, "count", 3);
        waitForRendering(dashboard);
        mouseClick(findChild(list.itemAtIndex(0), "retry"));
        tryCompare(factory, "failed", 4);
        tryCompare(list, "count", 3);
        waitForRendering(dashboard);
        mouseClick(findChild(list.itemAtIndex(0), "drop"));
        answer(dashboard, true);
        tryCompare(list, "count", 2);
        press(dashboard, "dropAll");
        answer(dashboard, true);
        tryCompare(list, "count", 0);
        compare(factory.deadLetterCount, 0);
    }

    // Their number is in the title of the tab, which goes on being the same tab.
    function test_UI_6_tabsStayWhenTheirTitlesChange() {
        const factory = createTemporaryObject(upper, test);
        const dashboard = dashboardOf(factory);
        const tab = findChild(dashboard, "tab3");
        tab.forceActiveFocus();
        factory.dispatch("fails", "");
        tryCompare(tab, "text", "Dead letters (1)");
        verify(tab.activeFocus);
    }

    function test_UI_6_unlistedJobsAreCanceled() {
        const factory = createTemporaryObject(gated, test, {workerCount: 0});
        for (let i = 0; i < 600; ++i)
            factory.dispatch(i === 580 ? "wanted" : "other", {});
        const dashboard = dashboardOf(factory, {part: "jobs"});
        const list = findChild(dashboard, "jobList");
        tryCompare(list, "count", 500);
        press(dashboard, "search");
        for (const letter of "wanted")
            keyClick(letter);
        tryCompare(list, "count", 0);
        verify(list.emptyText.startsWith("None of the jobs that are listed"));
        press(dashboard, "cancelAll");
        answer(dashboard, true);
        tryCompare(factory, "canceled", 1);
    }

    function test_UI_6_jobWithoutAKeyCanBeInterrupted() {
        const factory = createTemporaryObject(gated, test);
        factory.dispatch("", {});
        const dashboard = dashboardOf(factory, {part: "workers"});
        const list = findChild(dashboard, "workerList");
        tryCompare(list, "count", 1);
        list.currentIndex = 0;
        tryVerify(() => list.itemAtIndex(0).isWorking);
        waitForRendering(dashboard, 100);
        mouseClick(findChild(list.itemAtIndex(0), "interrupt"));
        answer(dashboard, true);
        tryCompare(factory, "canceled", 1);
    }

    function test_UI_6_anotherJobOfTheWorkerIsNotMeant_data() {
        return [{tag: "interrupt"}, {tag: "replace"}];
    }

    function test_UI_6_anotherJobOfTheWorkerIsNotMeant(row) {
        const factory = createTemporaryObject(gated, test);
        factory.dispatch("one", {});
        factory.dispatch("two", {});
        const dashboard = dashboardOf(factory, {part: "workers"});
        const list = findChild(dashboard, "workerList");
        tryCompare(list, "count", 1);
        list.currentIndex = 0;
        tryVerify(() => list.itemAtIndex(0).key === "one");
        waitForRendering(dashboard, 100);
        mouseClick(findChild(list.itemAtIndex(0), row.tag));
        const dialog = findChild(dashboard, "confirmation");
        tryCompare(dialog, "opened", true);
        verify(dialog.question.includes("“one”"));
        Bench.open(1);
        tryVerify(() => list.itemAtIndex(0).key === "two");
        answer(dashboard, true);
        Bench.open(1);
        tryCompare(factory, "completed", 2);
        compare(factory.canceled + factory.lost, 0);
    }

    function test_UI_6_keysLeadThroughLists_data() {
        return [{tag: "workers", list: "workerList"}, {tag: "jobs", list: "jobList"},
                {tag: "deadLetters", list: "letterList"}, {tag: "events", list: "eventList"}];
    }

    function test_UI_6_keysLeadThroughLists(row) {
        const letters = row.tag === "deadLetters" || row.tag === "events";
        const factory = createTemporaryObject(letters ? upper : gated, test, {workerCount: letters ? 1 : 40});
        for (let i = 0; i < 40; ++i)
            factory.dispatch("key " + i, letters ? "" : {});
        const dashboard = dashboardOf(factory, {part: row.tag, readOnly: true});
        const list = findChild(dashboard, row.list);
        tryVerify(() => list.count >= 40);
        let hops = 0;
        findChild(dashboard, "freeze").forceActiveFocus();
        while (!list.activeFocus && ++hops < 20)
            keyClick(Qt.Key_Tab);
        verify(list.activeFocus);
        compare(list.currentIndex, 0);
        keyClick(Qt.Key_Down);
        compare(list.currentIndex, 1);
        keyClick(Qt.Key_PageDown);
        verify(list.currentIndex > 3);
        keyClick(Qt.Key_End);
        compare(list.currentIndex, list.count - 1);
        tryVerify(() => list.atYEnd);
        keyClick(Qt.Key_Home);
        tryVerify(() => list.atYBeginning);
        if (!letters)
            Bench.open(40);
    }

    // Nothing that has the focus is out of sight.
    function test_UI_6_pageFollowsTheFocus() {
        const factory = createTemporaryObject(gated, test);
        const dashboard = dashboardOf(factory, {part: "controls", width: 320, height: 300});
        findChild(dashboard, "export").forceActiveFocus();
        for (const name of ["stop", "export", "drain"]) {
            const wanted = findChild(dashboard, name);
            for (let hops = 0; !wanted.activeFocus && hops < 30; ++hops)
                keyClick(Qt.Key_Tab);
            verify(wanted.activeFocus, name);
            const top = wanted.mapToItem(dashboard, 0, 0).y;
            verify(top >= 0 && top + wanted.height <= dashboard.height, name + " " + top);
        }
    }

    function test_UI_6_firstFactoryMayGo() {
        const one = createTemporaryObject(gated, test);
        const other = createTemporaryObject(upper, test);
        const dashboard = createTemporaryObject(shown, test, {factories: [one, other]});
        compare(dashboard.currentFactory, one);
        one.destroy();
        tryCompare(dashboard, "currentFactory", other);
        other.destroy();
        tryCompare(dashboard, "currentFactory", null);
    }

    function test_UI_6_settingsAreChanged() {
        const factory = createTemporaryObject(gated, test);
        const dashboard = dashboardOf(factory, {part: "controls"});
        const workers = findChild(dashboard, "workerCount");
        tryCompare(workers, "value", 1);
        workers.forceActiveFocus();
        keyClick(Qt.Key_Up);
        tryCompare(factory, "workerCount", 2);
        const limit = findChild(dashboard, "queueLimit");
        tryCompare(limit, "value", -1);
        limit.forceActiveFocus();
        keyClick(Qt.Key_Up);
        tryCompare(factory, "queueLimit", 0);
        factory.queueLimit = 40;
        tryCompare(limit, "value", 40);

        press(dashboard, "stop");
        answer(dashboard, false);
        compare(factory.state, Factory.Running);
        press(dashboard, "drain");
        answer(dashboard, true);
        tryCompare(factory, "state", Factory.Stopped);
        tryVerify(() => !workers.enabled && !findChild(dashboard, "stop").enabled);
    }

    function test_UI_6_workerIsChosenAndInterrupted() {
        const factory = createTemporaryObject(gated, test, {workerCount: 2});
        factory.dispatch("one", {});
        tryCompare(factory, "activeWorkers", 1);
        const dashboard = dashboardOf(factory, {part: "workers"});
        const list = findChild(dashboard, "workerList");
        tryCompare(list, "count", 2);
        tryVerify(() => list.itemAtIndex(0).isWorking || list.itemAtIndex(1).isWorking);
        const busy = list.itemAtIndex(0).isWorking ? 0 : 1;
        const grid = findChild(dashboard, "workerGrid");
        tryCompare(grid, "count", 2);
        grid.forceActiveFocus();
        keyClick(Qt.Key_Home);
        if (busy === 1)
            keyClick(Qt.Key_Right);
        compare(grid.hoveredWorker, busy);
        keyClick(Qt.Key_Return);
        compare(list.currentIndex, busy);
        waitForRendering(dashboard);
        mouseClick(findChild(list.itemAtIndex(busy), "interrupt"));
        answer(dashboard, true);
        tryCompare(factory, "canceled", 1);
    }

    function test_UI_6_eachOfSeveralHasAPast() {
        const one = createTemporaryObject(gated, test);
        const other = createTemporaryObject(upper, test);
        one.dispatch("busy", {}); // which keeps the monitors of both awake
        const dashboard = createTemporaryObject(shown, test, {factories: [one, other], part: "charts"});
        waitForRendering(dashboard);
        const chart = findChild(dashboard, "throughput");
        compare(chart.monitor.factory, one);
        tryVerify(() => chart.count >= 20);
        press(dashboard, "factory1");
        compare(chart.monitor.factory, other);
        verify(chart.count >= 20);
        press(dashboard, "factory0");
        verify(chart.count >= 20);
        Bench.open(1);
    }

    function test_UI_6_oneOfSeveralIsShown() {
        const one = createTemporaryObject(gated, test);
        const other = createTemporaryObject(upper, test);
        const dashboard = createTemporaryObject(shown, test, {factories: [one, other]});
        waitForRendering(dashboard);
        press(dashboard, "factory1");
        compare(dashboard.currentFactory, other);
        press(dashboard, "pause");
        verify(other.paused);
        verify(!one.paused);
        other.paused = false;
        dashboard.factory = one; // the application has the last word
        compare(dashboard.currentFactory, one);
        dashboard.factory = null;
        press(dashboard, "factory1");
        compare(dashboard.currentFactory, other);
        dashboard.factories = [one];
        compare(dashboard.currentFactory, one);
    }

    // What the user chooses leaves the binding of the application alone.
    function test_UI_6_bindingOfTheFactoryIsKept() {
        const one = createTemporaryObject(gated, test);
        const other = createTemporaryObject(upper, test);
        const dashboard = createTemporaryObject(shown, test, {factories: [one, other]});
        test.wanted = one;
        dashboard.factory = Qt.binding(() => test.wanted);
        press(dashboard, "factory1");
        compare(dashboard.currentFactory, other);
        test.wanted = other;
        test.wanted = one;
        compare(dashboard.currentFactory, one);
        test.wanted = null;
    }

    function test_UI_6_factoryThatIsShownMayGo() {
        const one = createTemporaryObject(gated, test);
        const other = createTemporaryObject(upper, test);
        const dashboard = createTemporaryObject(shown, test, {factories: [one, other]});
        press(dashboard, "factory1");
        other.destroy();
        tryCompare(dashboard, "currentFactory", one);
    }

    function test_UI_6_factoryIsExported() {
        const factory = createTemporaryObject(upper, test, {name: "exported"});
        const dashboard = dashboardOf(factory);
        compare(JSON.parse(FactoryExport.json(factory)).name, "exported");
        verify(FactoryExport.prometheus(factory).includes('factory="exported"'));
        verify(JSON.parse(FactoryExport.chromeTrace(factory)).traceEvents.length > 0);
        compare(FactoryExport.json(null), "");
        FactoryExport.copy("nothing");
        verify(!Bench.clipboardHasImage());
        const menu = findChild(dashboard, "exports");
        menu.actionAt(3).trigger();
        verify(Bench.clipboardHasImage());
        verify(!FactoryExport.save("/no/such/folder/file", "text"));
        press(dashboard, "export");
        tryCompare(menu, "opened", true);
        keyClick(Qt.Key_Escape);
        tryCompare(menu, "visible", false);
    }

    // Whatever can be seen is within the dashboard.
    function test_UI_6_everySizeHasRoom_data() {
        const rows = [];
        for (const width of [320, 360, 500, 760, 1100, 1600]) {
            for (const part of ["charts", "workers", "jobs", "deadLetters", "events", "controls"])
                rows.push({tag: width + " " + part, width: width, part: part});
        }
        return rows;
    }
    function overflowing(item: Item, dashboard: Item): string {
        if (!item.visible || item.clip)
            return "";
        const place = item.mapToItem(dashboard, 0, 0);
        if (item.width > 0 && item.height > 0 && (place.x < -4.5 || place.x + item.width > dashboard.width + 4.5))
            return item + " at " + place.x + ", " + item.width + " wide";
        for (let i = 0; i < item.children.length; ++i) {
            const found = overflowing(item.children[i], dashboard);
            if (found)
                return found;
        }
        return "";
    }
    function test_UI_6_everySizeHasRoom(row) {
        const factory = createTemporaryObject(upper, test, {name: "A rather long name of a factory", queueLimit: 100});
        factory.dispatch("key", "");
        tryCompare(factory, "failed", 1);
        const dashboard = dashboardOf(factory, {part: row.part, width: row.width});
        tryCompare(findChild(dashboard, "letterList"), "count", row.part === "deadLetters" ? 1 : 0);
        compare(overflowing(dashboard, dashboard), "");
    }
}
