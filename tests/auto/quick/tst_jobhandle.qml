// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtTest
import Millwright
import MillwrightTest

TestCase {
    id: test
    name: "JobHandle"

    Component {
        id: upper

        Factory { worker: "upper"; workerCount: 2 }
    }

    Component {
        id: gated

        Factory { worker: "gated"; workerCount: 1 }
    }

    Component {
        id: spy

        SignalSpy {}
    }

    Component {
        id: reporting

        Factory { worker: "reporting"; workerCount: 1 }
    }

    function spyOn(target, signalName) {
        return createTemporaryObject(spy, test, {target: target, signalName: signalName})
    }

    // --- UI 3: jobs are dispatched from QML, and their handle is thenable ---

    function test_UI_3_dispatch() {
        const factory = createTemporaryObject(upper, test)
        verify(factory.dispatch("key", "text"))
        tryCompare(factory, "completed", 1)
    }

    function test_UI_3_submittedJobTellsItsResult() {
        const factory = createTemporaryObject(upper, test)
        const handle = factory.submit("key", "text")
        verify(handle instanceof JobHandle)
        const finished = spyOn(handle, "finished")
        let fulfilled
        handle.then(result => fulfilled = result, error => fulfilled = error)
        compare(handle.state, JobHandle.Pending)
        verify(!handle.isFinished)
        compare(handle.result, undefined)
        tryCompare(handle, "state", JobHandle.Completed)
        verify(handle.isFinished)
        compare(handle.result, "TEXT")
        compare(handle.error, "")
        compare(fulfilled, "TEXT")
        compare(finished.count, 1)
        compare(finished.signalArguments[0][0], "TEXT")
    }

    function test_JOB_9_progress() {
        const factory = createTemporaryObject(reporting, test)
        const handle = factory.submit("key", "")
        const ranges = spyOn(handle, "progressRangeChanged")
        const values = spyOn(handle, "progressValueChanged")
        const texts = spyOn(handle, "progressTextChanged")
        tryCompare(handle, "progressText", "one")
        compare(handle.progressMinimum, 0)
        compare(handle.progressMaximum, 4)
        compare(handle.progressValue, 1)
        Bench.open(1)
        tryVerify(() => handle.isFinished)
        compare(handle.progressValue, 4)
        compare(handle.progressText, "four")
        verify(ranges.count > 0)
        verify(values.count > 0)
        verify(texts.count > 0)
    }

    function test_UI_3_thenWorksAfterTheEnd() {
        const factory = createTemporaryObject(upper, test)
        const handle = factory.submit("key", "text")
        tryVerify(() => handle.isFinished)
        let calls = 0
        handle.then(() => ++calls)
        compare(calls, 0)
        handle.then(() => ++calls)
        tryVerify(() => calls === 2)
    }

    function test_UI_3_thenReturnsAPromise() {
        const factory = createTemporaryObject(upper, test)
        const log = []
        factory.submit("key", "text").then(result => result.length).then(length => log.push(length))
        factory.submit("key", "").then(result => log.push("never"))
                                 .catch(error => log.push(error.message))
        Promise.resolve(factory.submit("key", "other")).then(result => log.push(result))
        tryVerify(() => log.length === 3)
        verify(log.includes(4))
        verify(log.includes("OTHER"))
        verify(log.includes("key: there is nothing to do"))
    }

    function test_UI_3_exceptionsInReactionsArePrinted() {
        const factory = createTemporaryObject(upper, test)
        let caught
        ignoreWarning(/given to then\(\) threw Error: on purpose \(.*tst_jobhandle.qml:\d+\)/)
        factory.submit("key", "text").then(() => { throw new Error("on purpose") })
                                     .catch(error => caught = error.message)
        tryVerify(() => caught === "on purpose")
    }

    function test_UI_3_failedJobTellsItsError() {
        const factory = createTemporaryObject(upper, test)
        const handle = factory.submit("key", "")
        const failed = spyOn(handle, "failed")
        let error
        handle.then(undefined, e => error = e)
        tryCompare(handle, "state", JobHandle.Failed)
        compare(handle.error, "key: there is nothing to do")
        compare(handle.result, undefined)
        compare(failed.count, 1)
        compare(failed.signalArguments[0][0], handle.error)
        verify(error instanceof Error)
        compare(error.message, handle.error)
        compare(error.state, JobHandle.Failed)
    }

    function test_UI_3_refusedJobTellsWhy() {
        const factory = createTemporaryObject(gated, test, {queueLimit: 0})
        tryCompare(factory, "state", Factory.Running)
        const first = factory.submit("first")
        const second = factory.submit("second")
        tryCompare(second, "state", JobHandle.Discarded)
        compare(second.error, "discarded: the queue limit was reached")
        Bench.open(1)
        tryCompare(first, "state", JobHandle.Completed)
        compare(first.result, "first")
    }

    function test_UI_3_waitingJobIsCanceled() {
        const factory = createTemporaryObject(gated, test)
        const started = Bench.startedCount()
        const running = factory.submit("running")
        tryVerify(() => Bench.startedCount() === started + 1)
        const waiting = factory.submit("waiting")
        waiting.cancel()
        tryCompare(waiting, "state", JobHandle.Canceled)
        compare(waiting.error, "canceled")
        Bench.open(1)
        tryCompare(running, "state", JobHandle.Completed)
        compare(Bench.startedCount(), started + 1)
        compare(factory.canceled, 1)
    }

    function test_UI_3_runningJobSeesThatItIsCanceled() {
        const factory = createTemporaryObject(gated, test)
        const started = Bench.startedCount()
        const canceled = Bench.canceledCount()
        const handle = factory.submit("key")
        tryVerify(() => Bench.startedCount() === started + 1)
        handle.cancel()
        tryCompare(handle, "state", JobHandle.Canceled)
        compare(Bench.canceledCount(), canceled + 1)
        handle.cancel()
        compare(handle.state, JobHandle.Canceled)
    }

    Component {
        id: itemComponent

        Item {}
    }

    function test_UI_3_ownerTakesItsJobsAlong() {
        const factory = createTemporaryObject(gated, test)
        const owner = itemComponent.createObject(test)
        const started = Bench.startedCount()
        const canceled = Bench.canceledCount()
        let called = 0
        factory.submit("key", null, {owner: owner}).then(() => ++called, () => ++called)
        factory.submit("key", null, {owner: owner}).then(() => ++called, () => ++called)
        tryVerify(() => Bench.startedCount() === started + 1)
        owner.destroy()
        tryVerify(() => Bench.canceledCount() === canceled + 1)
        tryCompare(factory, "canceled", 2)
        compare(called, 0)
    }

    function test_UI_3_factoryTakesItsJobsAlong() {
        const factory = gated.createObject(test)
        const started = Bench.startedCount()
        const canceled = Bench.canceledCount()
        let called = 0
        factory.submit("key").then(() => ++called, () => ++called)
        tryVerify(() => Bench.startedCount() === started + 1)
        factory.destroy()
        tryVerify(() => Bench.canceledCount() === canceled + 1)
        compare(called, 0)
    }

    function test_UI_3_ownerMayDieInAReaction() {
        const factory = createTemporaryObject(upper, test)
        let owner = itemComponent.createObject(test)
        let called = 0
        const handle = factory.submit("key", "text", {owner: owner})
        handle.then(() => { ++called; owner.destroy() })
        handle.then(() => ++called)
        tryVerify(() => called === 2)
    }

    // A handle that nobody refers to is not lost while its job is pending, and not kept afterwards.
    function test_UI_3_handleLivesAsLongAsItIsNeeded() {
        const factory = createTemporaryObject(gated, test)
        const watched = Bench.watchedCount()
        let results = 0
        for (let i = 0; i < 10; ++i) {
            const handle = factory.submit("key")
            handle.then(() => ++results)
            Bench.watch(handle)
        }
        gc()
        compare(Bench.watchedCount(), watched + 10)
        Bench.open(10)
        tryVerify(() => results === 10)
        tryVerify(() => { gc(); return Bench.watchedCount() === watched })
    }

    function test_UI_3_valuesAreConverted_data() {
        return [
            {tag: "value type", worker: "typed", key: 2, message: Qt.size(3, 4),
             result: Qt.size(6, 8)},
            {tag: "text to number", worker: "typed", key: "2", message: Qt.size(3, 4),
             result: Qt.size(6, 8)},
            {tag: "object", worker: "map", key: "k", message: {a: 1, b: [2, 3]},
             result: [1, [2, 3]]},
            {tag: "number to text", worker: "upper", key: 5, message: 1.5, result: "1.5"},
            {tag: "nothing", worker: "silent", key: "k", message: undefined, result: undefined},
        ]
    }

    function test_UI_3_valuesAreConverted(row) {
        const factory = createTemporaryObject(upper, test, {worker: row.worker})
        const handle = factory.submit(row.key, row.message)
        tryVerify(() => handle.isFinished)
        compare(handle.error, "")
        compare(handle.result, row.result)
    }

    function test_UI_3_badValuesAreNamed_data() {
        return [
            {tag: "key", key: "abc", message: Qt.size(1, 1),
             text: "key: cannot convert 'abc' (QString) to int"},
            {tag: "fraction", key: 1.5, message: Qt.size(1, 1),
             text: "key: cannot convert '1.5' (double) to int"},
            {tag: "message", key: 1, message: "big",
             text: "message: cannot convert 'big' (QString) to QSize"},
            {tag: "missing message", key: 1, message: undefined,
             text: "message: cannot convert undefined to QSize"},
            {tag: "null", key: null, message: Qt.size(1, 1),
             text: "key: cannot convert null to int"},
        ]
    }

    function test_UI_3_badValuesAreNamed(row) {
        const factory = createTemporaryObject(upper, test, {worker: "typed"})
        ignoreWarning(new RegExp("submit\\(\\): " + row.text.replace(/[()]/g, "\\$&")))
        const handle = factory.submit(row.key, row.message)
        compare(handle.state, JobHandle.Pending)
        tryCompare(handle, "state", JobHandle.Failed)
        compare(handle.error, "submit(): " + row.text + ".")

        ignoreWarning(new RegExp("dispatch\\(\\): " + row.text.replace(/[()]/g, "\\$&")))
        verify(!factory.dispatch(row.key, row.message))
        compare(factory.submitted, 0)
    }

    // --- Options ---

    function test_JOB_6_optionsReachTheJob() {
        const factory = createTemporaryObject(gated, test, {queueing: Factory.PriorityQueue})
        const started = Bench.startedCount()
        const log = []
        factory.submit("running").then(key => log.push(key))
        tryVerify(() => Bench.startedCount() === started + 1)
        factory.submit("last", null, {priority: Factory.BestEffort}).then(key => log.push(key))
        factory.submit("first", null, {priority: Factory.Highest}).then(key => log.push(key))
        const expired = factory.submit("expired", null, {timeToLive: 1})
        tryCompare(expired, "state", JobHandle.Discarded)
        compare(expired.error,
                "discarded: its time to live passed before a worker could start it")

        factory.queueLimit = 0
        verify(!factory.dispatch("is shed"))
        const firm = factory.submit("firm", null, {discardable: false})
        firm.then(key => log.push(key))
        Bench.open(4)
        tryVerify(() => log.length === 4)
        compare(log, ["running", "first", "firm", "last"])
    }

    function test_DISC_6_whatIsOverNeverRuns_data() {
        return [
            {tag: "long ago", timeToLive: -60000},
            {tag: "just now", timeToLive: -1e-9}, // less than can be counted
            {tag: "for ever", timeToLive: -Infinity},
        ]
    }

    function test_DISC_6_whatIsOverNeverRuns(row) {
        const factory = createTemporaryObject(upper, test)
        const late = factory.submit("late", "text", {timeToLive: row.timeToLive})
        tryCompare(late, "state", JobHandle.Discarded)
        compare(late.error, "discarded: its time to live passed before a worker could start it")
        compare(factory.discardedExpired, 1)
        compare(factory.completed, 0)
        // Next to nothing is not nothing, which would be no end.
        factory.pause()
        const soon = factory.submit("soon", "text", {timeToLive: 1e-9})
        tryCompare(soon, "state", JobHandle.Discarded)
    }

    function test_JOB_6_badOptionsAreNamed_data() {
        return [
            {tag: "unknown", options: {ttl: 5},
             warning: /There is no option "ttl"; known are timeToLive, priority, label, disc/},
            {tag: "timeToLive", options: {timeToLive: "soon"},
             warning: /timeToLive was ignored; it must be a number of milliseconds/},
            {tag: "not a number", options: {timeToLive: NaN},
             warning: /timeToLive was ignored; it must be a number of milliseconds/},
            {tag: "priority", options: {priority: 99},
             warning: /priority was ignored; it must be Factory.Highest, High/},
            {tag: "discardable", options: {discardable: "no"},
             warning: /discardable was ignored; it must be true or false/},
        ]
    }

    function test_JOB_6_badOptionsAreNamed(row) {
        const factory = createTemporaryObject(upper, test)
        ignoreWarning(row.warning)
        verify(factory.dispatch("key", "text", row.options))
        tryCompare(factory, "completed", 1)
    }

    function test_JOB_6_badOwnerIsNamed() {
        const factory = createTemporaryObject(upper, test)
        ignoreWarning(/owner was ignored; it must be an object/)
        const handle = factory.submit("key", "text", {owner: "me"})
        tryCompare(handle, "state", JobHandle.Completed)
    }
}
