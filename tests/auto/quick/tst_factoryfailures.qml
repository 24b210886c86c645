// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtTest
import Millwright

TestCase {
    id: test
    name: "FactoryFailures"

    Component {
        id: upper

        Factory { worker: "upper"; workerCount: 1; failureAction: Factory.KeepWorker }
    }

    Component {
        id: gated

        Factory { worker: "gated"; workerCount: 1; autoStart: false; queueLimit: 0 }
    }

    Component {
        id: rows

        Item {
            property alias monitor: monitor
            property alias letters: repeater

            FactoryMonitor { id: monitor; active: true; interval: 20 }

            Repeater {
                id: repeater
                model: monitor.deadLetters

                Item {
                    required property double letterId
                    required property string key
                    required property string label
                    required property int outcome
                    required property string outcomeName
                    required property string error
                    required property int attempts
                    required property int worker
                    required property date time
                    required property bool isRetriable
                }
            }
        }
    }

    Component {
        id: spy

        SignalSpy {}
    }

    function test_SUP_5_lettersAreListed() {
        const factory = createTemporaryObject(upper, test)
        const changed = createTemporaryObject(spy, test,
                                              {target: factory, signalName: "deadLettersChanged"})
        verify(factory.dispatch("first", "", {label: "a label"}))
        verify(factory.dispatch("good", "text"))
        verify(factory.dispatch("second", ""))
        tryCompare(factory, "failed", 2)
        compare(factory.deadLetterCount, 2)
        tryVerify(() => changed.count > 0)
        const letters = factory.deadLetters()
        compare(letters.length, 2)
        compare(letters[0].id, 1)
        compare(letters[0].key, "first")
        compare(letters[0].label, "a label")
        compare(letters[0].error, "first: there is nothing to do")
        compare(letters[0].outcome, Millwright.Outcome.Failed)
        compare(letters[0].attempts, 1)
        compare(letters[0].isRetriable, true)
        compare(letters[1].key, "second")
    }

    function test_SUP_5_lettersAreRetriedAndDropped() {
        const factory = createTemporaryObject(upper, test)
        for (const key of ["a", "b", "c"])
            verify(factory.dispatch(key, ""))
        tryCompare(factory, "deadLetterCount", 3)
        verify(!factory.dropDeadLetter(99))
        verify(factory.dropDeadLetter(factory.deadLetters()[0].id))
        verify(factory.retryDeadLetter(factory.deadLetters()[0].id))
        tryCompare(factory, "failed", 4)
        compare(factory.deadLetters().map(letter => letter.key), ["c", "b"])
        compare(factory.retryDeadLetters(), 2)
        tryCompare(factory, "failed", 6)
        compare(factory.dropDeadLetters(), 2)
        compare(factory.deadLetterCount, 0)
    }

    function test_SUP_5_modelIsLive() {
        const factory = createTemporaryObject(upper, test)
        const item = createTemporaryObject(rows, test)
        item.monitor.factory = factory
        verify(factory.dispatch("a", "", {label: "a label", retryAttempts: 2}))
        tryCompare(item.letters, "count", 1)
        compare(item.monitor.deadLetters.count, 1)
        const row = item.letters.itemAt(0)
        compare(row.key, "a")
        compare(row.label, "a label")
        compare(row.outcome, Millwright.Outcome.Failed)
        compare(row.outcomeName, "Failed")
        compare(row.error, "a: there is nothing to do")
        compare(row.attempts, 2)
        compare(row.worker, 0)
        compare(row.isRetriable, true)
        verify(Math.abs(row.time.getTime() - Date.now()) < 60000)
        verify(factory.dropDeadLetter(row.letterId))
        tryCompare(item.letters, "count", 0)
    }

    function test_SUP_3_jobsMayHaveAPolicyOfTheirOwn() {
        const factory = createTemporaryObject(upper, test, {retryAttempts: 3})
        verify(factory.dispatch("as the factory", ""))
        tryCompare(factory, "retried", 2)
        verify(factory.dispatch("once", "", {retryAttempts: 1}))
        tryCompare(factory, "failed", 2)
        compare(factory.retried, 2)
        verify(factory.dispatch("not after a failure", "",
                                {retryAttempts: 9, retryOn: Factory.RetryWorkerLost}))
        tryCompare(factory, "failed", 3)
        compare(factory.retried, 2)
        // The rest is as it is at the factory.
        verify(factory.dispatch("soon", "", {retryBackoff: 1, retryBackoffFactor: 1.5,
                                             retryMaximumBackoff: 10, retryJitter: 0.5}))
        tryCompare(factory, "retried", 4)
    }

    function test_SUP_3_policyOfLoadshedding() {
        const factory = createTemporaryObject(gated, test)
        verify(!factory.dispatch("refused", null))
        verify(factory.dispatch("waits", null, {retryAttempts: 2, retryBackoff: 1,
                                                retryOn: Factory.RetryLoadshed}))
        tryCompare(factory, "discardedShed", 2)
        compare(factory.deadLetters()[0].outcome, Millwright.Outcome.Discarded)
    }

    function test_SUP_3_wrongOptionsAreIgnored_data() {
        return [
            {tag: "attempts", options: {retryAttempts: 0}, warning: /retryAttempts was ignored; it/},
            {tag: "backoff", options: {retryBackoff: -1}, warning: /retryBackoff was ignored; it/},
            {tag: "factor", options: {retryBackoffFactor: 0.5},
             warning: /retryBackoffFactor was ignored; it must be a number, 1 or more/},
            {tag: "maximum", options: {retryMaximumBackoff: "soon"},
             warning: /retryMaximumBackoff was ignored; it/},
            {tag: "jitter", options: {retryJitter: 1.5},
             warning: /retryJitter was ignored; it must be a number from 0 to 1/},
            {tag: "on", options: {retryOn: 8}, warning: /retryOn was ignored; it must be made of/},
        ]
    }

    function test_SUP_3_wrongOptionsAreIgnored(row) {
        const factory = createTemporaryObject(upper, test)
        ignoreWarning(row.warning)
        verify(factory.dispatch("key", "text", row.options))
        tryCompare(factory, "completed", 1)
    }

    function test_SUP_3_wrongPropertiesAreNamed_data() {
        return [
            {tag: "attempts", property: "retryAttempts", wrong: 0, used: 1,
             warning: /a retry maximum of 0 attempts counts as 1/},
            {tag: "backoff", property: "retryBackoff", wrong: -1, used: 0,
             warning: /a retry backoff of -1 ms counts as 0 ms/},
            {tag: "factor", property: "retryBackoffFactor", wrong: NaN, used: 1,
             warning: /a retry backoff factor of nan counts as 1/},
            {tag: "maximum", property: "retryMaximumBackoff", wrong: -0.5, used: 0,
             warning: /a retry maximum backoff of -0.5 ms counts as 0 ms/},
            {tag: "jitter", property: "retryJitter", wrong: 2, used: 1,
             warning: /a retry jitter of 2 counts as 1/},
            {tag: "on", property: "retryOn", wrong: 8, used: Factory.RetryFailed,
             warning: /there is no retryOn 8; it stays as it was/},
            {tag: "limit", property: "deadLetterLimit", wrong: -1, used: 100,
             warning: /a dead letter limit of -1 was ignored; it must be 0 or more/},
        ]
    }

    function test_SUP_3_wrongPropertiesAreNamed(row) {
        const factory = createTemporaryObject(upper, test)
        ignoreWarning(row.warning)
        factory[row.property] = row.wrong
        compare(factory[row.property], row.used)
    }
}
