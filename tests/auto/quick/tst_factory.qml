// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtTest
import Millwright
import MillwrightTest

TestCase {
    id: test
    name: "Factory"

    function cleanup() {
        Bench.destroyFactory()
    }

    // --- UI 1: a factory is created in QML, or in C++ and handed to QML ---

    Component {
        id: upper

        Factory { worker: "upper"; workerCount: 2 }
    }

    Component {
        id: plain

        Factory { autoStart: false }
    }

    Component {
        id: gated

        Factory { worker: "gated"; workerCount: 1 }
    }

    Component {
        id: eager

        Item {
            id: around

            property var answers: []

            property bool starts: true
            property alias mill: mill

            function note(answer) { answers = answers.concat(answer) }

            // Objects are completed in the reverse order.
            Factory {
                id: mill

                worker: "upper"
                workerCount: 3
                name: "eager"
                autoStart: around.starts
            }
            Repeater {
                model: ["a", "b"]

                Item {
                    required property string modelData

                    Component.onCompleted: mill.submit(modelData, "r" + modelData).then(around.note)
                }
            }
            Loader {
                sourceComponent: Item {
                    Component.onCompleted: mill.submit("l", "l").then(around.note)
                }
            }
        }
    }

    Component {
        id: configured

        Factory {
            name: "configured"
            worker: "gated"
            workerCount: 3
            threadCount: 1
            queueLimit: 7
            discardMode: Factory.Oldest
            rateLimitRefill: 5
            rateLimitInterval: 0.5
            rateLimitMaximum: 20
            rateLimitInitial: 10
            rateLimitMode: Factory.Delay
            failureAction: Factory.KeepWorker
            maximumRestarts: 3
            restartInterval: 20000
            restartBackoff: 2.5
            restartBackoffFactor: 1.5
            maximumRestartBackoff: 4000
            restartJitter: 0.5
            retryAttempts: 4
            retryBackoff: 2.5
            retryBackoffFactor: 3
            retryMaximumBackoff: 800
            retryJitter: 0.25
            retryOn: Factory.RetryFailed | Factory.RetryLoadshed
            deadLetterLimit: 12
            stopDeadline: 1234
            routing: Factory.Queuer
            queueing: Factory.PriorityQueue
            aging: 250
            highWaterMark: 6
            lowWaterMark: 2
            autoStart: false
        }
    }

    function test_UI_1_delegatesMayHaveJobsBeforeTheFactoryIsComplete() {
        const around = createTemporaryObject(eager, test)
        verify(around)
        tryVerify(() => around.answers.length === 3)
        compare(around.answers.slice().sort(), ["L", "RA", "RB"])
        compare(around.mill.name, "eager")
    }

    function test_UI_1_earlyJobsWaitForTheStart() {
        const around = createTemporaryObject(eager, test, {starts: false})
        verify(around)
        compare(around.mill.state, Factory.Idle)
        compare(around.mill.queueDepth, 3)
        compare(around.mill.workerCount, 3)
        verify(around.mill.start())
        tryVerify(() => around.answers.length === 3)
    }

    function test_UI_1_declaredFactoryStartsByItself() {
        const factory = createTemporaryObject(upper, test)
        verify(factory)
        tryCompare(factory, "state", Factory.Running)
        compare(factory.workerCount, 2)
    }

    function test_UI_1_withoutAutoStartItIsIdleUntilStarted() {
        const factory = createTemporaryObject(upper, test, {autoStart: false})
        compare(factory.state, Factory.Idle)
        verify(factory.dispatch("early", "text"))
        verify(factory.start())
        tryCompare(factory, "completed", 1)
        ignoreWarning(/A factory starts once/)
        verify(!factory.start())
    }

    function test_UI_1_autoStartSetLaterStarts() {
        const factory = createTemporaryObject(upper, test, {autoStart: false})
        factory.autoStart = true
        tryCompare(factory, "state", Factory.Running)
    }

    Component {
        id: holder

        Item {
            property FactoryBase factory: null
            property FactoryMonitor monitor: FactoryMonitor { factory: holderFactory; active: true }
            readonly property FactoryBase holderFactory: factory
        }
    }

    function test_UI_1_factoryMadeInCppIsHandedToQml() {
        Bench.makeFactory(3)
        const item = createTemporaryObject(holder, test, {factory: Bench.factory})
        compare(item.factory.name, "made in C++")
        compare(item.factory.workerCount, 3)
        tryCompare(item.factory, "state", Factory.Running)
        Bench.dispatch(20)
        tryCompare(item.factory, "completed", 20)
        tryCompare(item.monitor, "completed", 20)
        compare(item.monitor.workers.count, 3)

        item.factory.workerCount = 1
        compare(item.factory.workerCount, 1)
        Bench.destroyFactory()
        compare(item.factory, null)
        compare(item.monitor.factory, null)
        compare(item.monitor.workers.count, 0)
    }

    // --- UI 2: every setting and statistic is a property with a notify signal ---

    function test_UI_2_settingsAreThoseDeclared() {
        const factory = createTemporaryObject(configured, test)
        compare(factory.name, "configured")
        compare(factory.worker, "gated")
        compare(factory.workerCount, 3)
        compare(factory.threadCount, 1)
        compare(factory.queueLimit, 7)
        compare(factory.discardMode, Factory.Oldest)
        compare(factory.rateLimitRefill, 5)
        compare(factory.rateLimitInterval, 0.5)
        compare(factory.rateLimitMaximum, 20)
        compare(factory.rateLimitInitial, 10)
        compare(factory.rateLimitMode, Factory.Delay)
        compare(factory.failureAction, Factory.KeepWorker)
        compare(factory.maximumRestarts, 3)
        compare(factory.restartInterval, 20000)
        compare(factory.restartBackoff, 2.5)
        compare(factory.restartBackoffFactor, 1.5)
        compare(factory.maximumRestartBackoff, 4000)
        compare(factory.restartJitter, 0.5)
        compare(factory.retryAttempts, 4)
        compare(factory.retryBackoff, 2.5)
        compare(factory.retryBackoffFactor, 3)
        compare(factory.retryMaximumBackoff, 800)
        compare(factory.retryJitter, 0.25)
        compare(factory.retryOn, Factory.RetryFailed | Factory.RetryLoadshed)
        compare(factory.deadLetterLimit, 12)
        compare(factory.deadLetterCount, 0)
        compare(factory.stopDeadline, 1234)
        compare(factory.routing, Factory.Queuer)
        compare(factory.queueing, Factory.PriorityQueue)
        compare(factory.aging, 250)
        compare(factory.highWaterMark, 6)
        compare(factory.lowWaterMark, 2)
        compare(factory.congested, false)
        compare(factory.autoStart, false)
        compare(factory.state, Factory.Idle)
    }

    function test_UI_2_defaultsAreThoseOfTheLibrary() {
        ignoreWarning(/Factory.worker: the name of a worker is missing/)
        const factory = createTemporaryObject(plain, test)
        compare(factory.name, "")
        verify(factory.workerCount > 0)
        compare(factory.threadCount, 0)
        compare(factory.queueLimit, -1)
        compare(factory.discardMode, Factory.Newest)
        compare(factory.failureAction, Factory.ReplaceWorker)
        compare(factory.maximumRestarts, 5)
        compare(factory.restartInterval, 60000)
        compare(factory.restartBackoff, 100)
        compare(factory.restartBackoffFactor, 2)
        compare(factory.maximumRestartBackoff, 30000)
        compare(factory.restartJitter, 0.2)
        compare(factory.crashLoopingWorkers, 0)
        compare(factory.retryAttempts, 1)
        compare(factory.retryBackoff, 0)
        compare(factory.retryBackoffFactor, 2)
        compare(factory.retryMaximumBackoff, 60000)
        compare(factory.retryJitter, 0)
        compare(factory.retryOn, Factory.RetryFailed)
        compare(factory.deadLetterLimit, 100)
        compare(factory.stopDeadline, 5000)
        compare(factory.queueing, Factory.FifoQueue)
    }

    Component {
        id: spy

        SignalSpy {}
    }

    function spyOn(target, signalName) {
        return createTemporaryObject(spy, test, {target: target, signalName: signalName})
    }

    function test_UI_2_settingsNotifyWhenChangedAtRunTime_data() {
        return [
            {tag: "workerCount", property: "workerCount", value: 4},
            {tag: "queueLimit", property: "queueLimit", value: 5},
            {tag: "discardMode", property: "discardMode", value: Factory.Oldest},
            {tag: "highWaterMark", property: "highWaterMark", value: 9},
            {tag: "lowWaterMark", property: "lowWaterMark", value: 3},
            {tag: "rateLimitMode", property: "rateLimitMode", value: Factory.Delay},
            {tag: "failureAction", property: "failureAction", value: Factory.KeepWorker},
            {tag: "retryAttempts", property: "retryAttempts", value: 3, signal: "retryPolicy"},
            {tag: "retryBackoff", property: "retryBackoff", value: 0.5, signal: "retryPolicy"},
            {tag: "retryBackoffFactor", property: "retryBackoffFactor", value: 1,
             signal: "retryPolicy"},
            {tag: "retryMaximumBackoff", property: "retryMaximumBackoff", value: 5,
             signal: "retryPolicy"},
            {tag: "retryJitter", property: "retryJitter", value: 1, signal: "retryPolicy"},
            {tag: "retryOn", property: "retryOn", value: Factory.RetryWorkerLost,
             signal: "retryPolicy"},
            {tag: "deadLetterLimit", property: "deadLetterLimit", value: 5},
            {tag: "stopDeadline", property: "stopDeadline", value: 777},
            {tag: "paused", property: "paused", value: true},
            {tag: "autoStart", property: "autoStart", value: false},
        ]
    }

    function test_UI_2_settingsNotifyWhenChangedAtRunTime(row) {
        const factory = createTemporaryObject(upper, test)
        tryCompare(factory, "state", Factory.Running)
        const changed = spyOn(factory, (row.signal ?? row.property) + "Changed")
        verify(changed.valid)
        factory[row.property] = row.value
        compare(factory[row.property], row.value)
        tryCompare(changed, "count", 1)
    }

    function test_UI_2_restartPolicyNotifiesAndIsCorrected_data() {
        return [
            {property: "maximumRestarts", value: 1, wrong: -7, corrected: -1},
            {property: "restartInterval", value: 1500, wrong: 0, corrected: 1},
            {property: "restartBackoff", value: 0.25 * 8, wrong: -1, corrected: 1},
            {property: "restartBackoffFactor", value: 3, wrong: NaN, corrected: 1},
            {property: "maximumRestartBackoff", value: 60000, wrong: NaN, corrected: 1},
            {property: "restartJitter", value: 0, wrong: 2, corrected: 1},
        ].map(row => Object.assign({tag: row.property}, row))
    }

    function test_UI_2_restartPolicyNotifiesAndIsCorrected(row) {
        const factory = createTemporaryObject(upper, test)
        const changed = spyOn(factory, "restartPolicyChanged")
        factory[row.property] = row.value
        compare(factory[row.property], row.value)
        tryCompare(changed, "count", 1)
        ignoreWarning(/restart.* counts as .*; it must be/)
        factory[row.property] = row.wrong
        compare(factory[row.property], row.corrected)
    }

    function test_UI_2_statisticsNotify() {
        const factory = createTemporaryObject(gated, test, {queueLimit: 2})
        tryCompare(factory, "state", Factory.Running)
        const spies = {}
        for (const name of ["state", "queueDepth", "activeWorkers", "availableCapacity",
                            "counters"]) {
            spies[name] = spyOn(factory, name + "Changed")
            verify(spies[name].valid, name)
        }
        const started = Bench.startedCount()
        verify(factory.dispatch("runs"))
        tryVerify(() => Bench.startedCount() === started + 1)
        verify(factory.dispatch("waits"))
        verify(factory.dispatch("waits"))
        verify(!factory.dispatch("is shed"))
        compare(factory.queueDepth, 2)
        compare(factory.activeWorkers, 1)
        compare(factory.availableCapacity, 0)
        compare(factory.submitted, 4)
        compare(factory.discarded, 1)
        compare(factory.discardedShed, 1)
        compare(factory.discardedExpired, 0)
        compare(factory.discardedRateLimited, 0)
        compare(factory.discardedShutdown, 0)
        for (const name of ["queueDepth", "activeWorkers", "availableCapacity", "counters"])
            tryVerify(() => spies[name].count > 0, 5000, name)
        Bench.open(3)
        tryCompare(factory, "completed", 3)
        tryCompare(factory, "queueDepth", 0)
        tryCompare(factory, "activeWorkers", 0)
        compare(factory.failed, 0)
        compare(factory.canceled, 0)
        compare(factory.lost, 0)
        compare(factory.retried, 0)
        compare(factory.restarts, 0)
        factory.drain()
        tryCompare(factory, "state", Factory.Stopped)
        tryVerify(() => spies.state.count > 0)
    }

    function test_UI_2_everyPropertyOfTheMonitorNotifies() {
        const factory = createTemporaryObject(upper, test)
        const item = createTemporaryObject(holder, test, {factory: factory})
        const monitor = item.monitor
        const sampled = spyOn(monitor, "sampled")
        for (let i = 0; i < 5; ++i)
            verify(factory.dispatch("key", "text"))
        verify(factory.dispatch("bad", ""))
        tryCompare(monitor, "completed", 5)
        tryCompare(monitor, "failed", 1)
        verify(sampled.count > 0)
        compare(monitor.state, Factory.Running)
        compare(monitor.queueDepth, 0)
        compare(monitor.queueLimit, -1)
        compare(monitor.workerCount, 2)
        compare(monitor.submitted, 6)
        tryCompare(monitor, "activeWorkers", 0)
        compare(monitor.crashLoopingWorkers, 0)
        tryCompare(monitor, "availableCapacity", 2)
        tryVerify(() => monitor.totalTime.count === 5)
        verify(monitor.totalTime.maximum >= monitor.totalTime.p50)
        verify(monitor.runTime.mean > 0)
        verify(monitor.queueTime.p99 >= monitor.queueTime.p90)
        verify(monitor.history(MonitorSeries.Throughput).length > 0)
        compare(monitor.history(MonitorSeries.QueueDepth).length, monitor.history(MonitorSeries.Throughput).length)
        tryCompare(monitor, "restarts", 1)
        tryVerify(() => monitor.events.count > 0)
    }

    Component {
        id: rows

        Item {
            property alias monitor: monitor
            property alias workers: workerRepeater
            property alias events: eventRepeater

            FactoryMonitor { id: monitor; active: true; interval: 20 }

            Repeater {
                id: workerRepeater
                model: monitor.workers

                Item {
                    required property int workerId
                    required property int index
                    required property string stateName
                    required property string key
                    required property string label
                    required property real elapsed
                    required property real completed
                    required property real failed
                    required property real restarts
                    required property real waiting
                    required property var model
                }
            }

            Repeater {
                id: eventRepeater
                model: monitor.events

                Item {
                    required property int kind
                    required property string kindName
                    required property int worker
                    required property string key
                    required property string text
                    required property date time
                    required property bool isProblem
                }
            }
        }
    }

    function test_UI_6_modelsFeedViews() {
        const factory = createTemporaryObject(gated, test)
        const view = createTemporaryObject(rows, test)
        view.monitor.factory = factory
        tryCompare(view.workers, "count", 1)
        const row = view.workers.itemAt(0)
        const handle = factory.submit("the key", null, {label: "the label"})
        tryCompare(row, "stateName", "Busy")
        compare(row.model.state, Millwright.WorkerState.Busy)
        compare(row.workerId, 0)
        compare(row.key, "the key")
        compare(row.label, "the label")
        const elapsed = row.elapsed
        tryVerify(() => row.elapsed > elapsed)
        Bench.open(1)
        tryCompare(row, "stateName", "Idle")
        compare(row.completed, 1)
        compare(row.key, "")
        tryVerify(() => view.events.count > 0)
        const newest = view.events.itemAt(0)
        compare(newest.kind, EventModel.StateChanged)
        compare(newest.kindName, "StateChanged")
        compare(newest.text, "Running")
        verify(!newest.isProblem)
        const age = Date.now() - newest.time.getTime()
        verify(age >= -1000 && age < 60000, "it happened " + age + " ms ago")
        factory.workerCount = 3
        tryCompare(view.workers, "count", 3)
        view.monitor.events.clear()
        compare(view.events.count, 0)
    }

    function test_UI_2_enumerationsAreReached() {
        compare(Factory.Idle, 0)
        compare(Factory.Failed, 5)
        compare(Millwright.FactoryState.Failed, Factory.Failed)
        compare(Millwright.DiscardMode.Oldest, Factory.Oldest)
        compare(Millwright.RateLimitMode.Delay, Factory.Delay)
        compare(Millwright.OnFailure.KeepWorker, Factory.KeepWorker)
        compare(Millwright.Priority.BestEffort, Factory.BestEffort)
        compare(Millwright.Outcome.Canceled, JobHandle.Canceled)
        compare(Millwright.WorkerState.Idle, 2)
    }

    // --- DISC 9 and 11: waiting for room ---

    function test_DISC_9_capacityAvailable() {
        const factory = createTemporaryObject(gated, test, {queueLimit: 0})
        tryCompare(factory, "availableCapacity", 1)
        verify(factory.dispatch("runs"))
        tryCompare(factory, "activeWorkers", 1)
        const available = spyOn(factory, "capacityAvailable")
        verify(!factory.dispatch("refused"))
        tryCompare(factory, "discardedShed", 1)
        compare(available.count, 0)
        Bench.open(1)
        tryVerify(() => available.count > 0)
        compare(factory.availableCapacity, 1)
    }

    function test_DISC_11_guiThreadDoesNotWait() {
        Bench.makeFactory(0)
        Bench.factory.queueLimit = 0
        ignoreWarning(/do not wait for room on the GUI thread.*whenCapacityAvailable/)
        verify(!Bench.dispatchPatiently())
        compare(Bench.factory.discardedShed, 1)
    }

    // --- UI 5: C++ workers by name; and what can be said wrongly ---

    function test_UI_5_unknownWorkerIsNamed() {
        ignoreWarning(new RegExp(
            'Factory.worker: there is no worker named "nobody"; registered are "gated", .*"upper"\\. '
            + 'Call Millwright::registerWorker<YourWorker>\\("nobody"\\) before the QML is loaded'))
        const factory = createTemporaryObject(upper, test, {worker: "nobody"})
        tryCompare(factory, "state", Factory.Failed)
        verify(factory.errorString.includes('no worker named "nobody"'))
        ignoreWarning(/there is no worker named "nobody"/)
        verify(!factory.start())
        compare(factory.state, Factory.Failed)
        verify(!factory.dispatch("key", "text"))
        const handle = factory.submit("key", "text")
        tryCompare(handle, "state", JobHandle.Failed)
        verify(handle.error.includes("nobody"))
    }

    function test_UI_5_missingWorkerIsNamed() {
        ignoreWarning(/Factory.worker: the name of a worker is missing; registered are "gated"/)
        const factory = createTemporaryObject(upper, test, {worker: "", autoStart: false})
        tryCompare(factory, "state", Factory.Failed)
        verify(factory.errorString.includes("the name of a worker is missing"))
    }

    function test_UI_2_fixedPropertiesNameTheFix_data() {
        return [
            {tag: "name", value: "other"},
            {tag: "worker", value: "silent"},
            {tag: "threadCount", value: 2},
            {tag: "queueing", value: Factory.PriorityQueue},
        ]
    }

    function test_UI_2_fixedPropertiesNameTheFix(row) {
        const factory = createTemporaryObject(upper, test)
        const before = factory[row.tag]
        ignoreWarning(new RegExp("Factory." + row.tag + " cannot be changed any more. Set it where "
                                 + "the Factory is declared; .* Loader"))
        factory[row.tag] = row.value
        compare(factory[row.tag], before)
    }

    Component {
        id: broken

        Factory { worker: "upper"; threadCount: -1; workerCount: 1 }
    }

    function test_UI_2_badSettingsAreNamed() {
        ignoreWarning(/A threadCount of -1 was ignored; it must be positive/)
        ignoreWarning(/A queueing of 7 was ignored; use Factory.FifoQueue or Factory.PriorityQueue/)
        const factory = createTemporaryObject(broken, test, {queueing: 7})
        compare(factory.threadCount, 0)
        compare(factory.queueing, Factory.FifoQueue)
        tryCompare(factory, "state", Factory.Running)
    }

    // --- LIFE 4 ---

    function test_POOL_6_pausedFactoryStartsNothing() {
        const factory = createTemporaryObject(upper, test, {paused: true})
        verify(factory.paused)
        tryCompare(factory, "state", Factory.Running)
        const job = factory.submit("key", "text")
        factory.resume()
        tryCompare(job, "state", JobHandle.Completed)
        factory.pause()
        verify(factory.paused)
        const next = factory.submit("key", "text")
        factory.stop()
        tryCompare(next, "state", JobHandle.Discarded)
        compare(factory.errorString, "")
    }

    function test_LIFE_4_drainFinishesWhatItHas() {
        const factory = createTemporaryObject(gated, test)
        const first = factory.submit("first")
        const second = factory.submit("second")
        factory.drain()
        verify(!factory.dispatch("too late"))
        Bench.open(2)
        tryCompare(factory, "state", Factory.Stopped)
        tryCompare(first, "state", JobHandle.Completed)
        tryCompare(second, "state", JobHandle.Completed)
    }

    function test_LIFE_4_stopDiscardsWhatWaits() {
        const factory = createTemporaryObject(gated, test)
        const started = Bench.startedCount()
        const first = factory.submit("first")
        tryVerify(() => Bench.startedCount() === started + 1)
        const second = factory.submit("second")
        factory.stop()
        tryCompare(second, "state", JobHandle.Discarded)
        Bench.open(1)
        tryCompare(first, "state", JobHandle.Completed)
        tryCompare(factory, "state", Factory.Stopped)
    }
}
