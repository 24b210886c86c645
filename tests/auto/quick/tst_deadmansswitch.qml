// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtTest
import Millwright
import MillwrightTest

TestCase {
    id: test

    name: "DeadMansSwitch"

    Component {
        id: configured

        Factory {
            worker: "stubborn"
            workerCount: 1
            deadMansSwitchTimeout: 60
            deadMansSwitchAction: Factory.Replace
            deadMansSwitchGracePeriod: 20
            deadMansSwitchMaximumCondemned: 3
        }
    }

    Component {
        id: plain

        Factory {
            worker: "gated"
            workerCount: 1
        }
    }

    Component {
        id: spy

        SignalSpy {}
    }

    function spyOn(target, signalName) {
        return createTemporaryObject(spy, test, {target: target, signalName: signalName})
    }

    function test_UI_2_settingsAndDefaults() {
        const factory = createTemporaryObject(configured, test)
        compare(factory.deadMansSwitchTimeout, 60)
        compare(factory.deadMansSwitchAction, Factory.Replace)
        compare(factory.deadMansSwitchGracePeriod, 20)
        compare(factory.deadMansSwitchMaximumCondemned, 3)
        const other = createTemporaryObject(plain, test)
        compare(other.deadMansSwitchTimeout, 0)
        compare(other.deadMansSwitchAction, Factory.Replace)
        compare(other.deadMansSwitchGracePeriod, 1000)
        compare(other.deadMansSwitchMaximumCondemned, 8)
        compare(other.condemnedThreads, 0)
        compare(other.stuck, 0)
        compare(Millwright.StuckAction.Terminate, Factory.Terminate)
        compare(Millwright.WorkerState.Stuck, 7)
        compare(EventModel.WorkerStuck, 7)
    }

    function test_UI_2_settingsNotifyWhenChangedAtRunTime_data() {
        return [
            {tag: "timeout", property: "deadMansSwitchTimeout", value: 70},
            {tag: "action", property: "deadMansSwitchAction", value: Factory.Log},
            {tag: "gracePeriod", property: "deadMansSwitchGracePeriod", value: 30},
            {tag: "maximumCondemned", property: "deadMansSwitchMaximumCondemned", value: 0},
        ]
    }

    function test_UI_2_settingsNotifyWhenChangedAtRunTime(row) {
        const factory = createTemporaryObject(configured, test)
        tryCompare(factory, "state", Factory.Running)
        const changed = spyOn(factory, "deadMansSwitchChanged")
        verify(changed.valid)
        factory[row.property] = row.value
        compare(factory[row.property], row.value)
        tryCompare(changed, "count", 1)
    }

    function test_UI_2_badValuesAreIgnored_data() {
        return [
            {tag: "timeout", property: "deadMansSwitchTimeout", value: -1,
             warning: /a deadMansSwitchTimeout of -1 was ignored; it must be 0 or more/},
            {tag: "action", property: "deadMansSwitchAction", value: 3,
             warning: /there is no stuck action 3; it stays as it was/},
            {tag: "gracePeriod", property: "deadMansSwitchGracePeriod", value: -5,
             warning: /a deadMansSwitchGracePeriod of -5 was ignored; it must be 0 or more/},
            {tag: "maximumCondemned", property: "deadMansSwitchMaximumCondemned", value: -1,
             warning: /a deadMansSwitchMaximumCondemned of -1 was ignored; it must be 0 or more/},
        ]
    }

    function test_UI_2_badValuesAreIgnored(row) {
        const factory = createTemporaryObject(configured, test)
        const before = factory[row.property]
        ignoreWarning(row.warning)
        factory[row.property] = row.value
        compare(factory[row.property], before)
    }

    function test_STUCK_1_seenFromQml() {
        const factory = createTemporaryObject(configured, test)
        tryCompare(factory, "state", Factory.Running)
        const stuck = spyOn(factory, "workerStuck")
        const condemned = spyOn(factory, "condemnedThreadsChanged")
        const started = Bench.startedCount()
        ignoreWarning(/worker 0 is stuck: job "hung" has given no sign of life/)
        ignoreWarning(/worker 0 is replaced; its thread was left behind \(1 of at most 3\)/)
        ignoreWarning(/job "hung" of worker 0 is lost, \d+ ms after its start/)
        verify(factory.dispatch("hung"))
        tryVerify(() => Bench.startedCount() === started + 1)
        tryCompare(stuck, "count", 1)
        compare(stuck.signalArguments[0][0], 0)
        compare(stuck.signalArguments[0][1], "hung")
        verify(stuck.signalArguments[0][2] >= 60)
        tryCompare(factory, "condemnedThreads", 1)
        tryCompare(factory, "lost", 1)
        compare(factory.stuck, 1)
        tryVerify(() => condemned.count === 1)
        Bench.open(1)
        tryCompare(factory, "condemnedThreads", 0)
        tryVerify(() => condemned.count === 2)
    }
}
