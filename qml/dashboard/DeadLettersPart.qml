// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Millwright

/*!
    The jobs whose last attempt has failed, to be tried again or dropped.
*/
ColumnLayout {
    id: letters

    required property DashboardTheme theme
    required property FactoryMonitor monitor
    required property ActionGuard guard

    function retry(count: int, deed: var) {
        guard.ask(DashboardAction.RetryDeadLetters, qsTr("Retry dead letters?"),
                  qsTr("They go into the queue again: %1.").arg(count), deed);
    }
    function drop(count: int, deed: var) {
        guard.ask(DashboardAction.DropDeadLetters, qsTr("Drop dead letters?"),
                  qsTr("They are gone for good, with what they were to do: %1.").arg(count), deed);
    }

    spacing: theme.spacing

    TextFilter {
        id: found

        sourceModel: letters.monitor.deadLetters
        text: search.text
    }
    GridLayout {
        Layout.fillWidth: true
        columns: letters.width < 480 ? 2 : 3
        columnSpacing: letters.theme.spacing
        rowSpacing: letters.theme.spacing

        SearchField {
            id: search

            objectName: "search"
            Layout.fillWidth: true
            Layout.columnSpan: letters.width < 480 ? 2 : 1
            theme: letters.theme
            placeholderText: qsTr("Find by key, label or error")
        }
        DashboardButton {
            objectName: "retryAll"
            Layout.fillWidth: letters.width < 480
            visible: letters.guard.allows(DashboardAction.RetryDeadLetters)
            enabled: found.count > 0 && letters.monitor.deadLetters.retriableCount > 0
            theme: letters.theme
            text: search.text ? qsTr("Retry all found") : qsTr("Retry all")
            onClicked: {
                const text = search.text;
                letters.retry(found.count, () => letters.monitor.retryDeadLetters(text));
            }
        }
        DashboardButton {
            objectName: "dropAll"
            Layout.fillWidth: letters.width < 480
            visible: letters.guard.allows(DashboardAction.DropDeadLetters)
            enabled: found.count > 0
            theme: letters.theme
            isDangerous: true
            text: search.text ? qsTr("Drop all found…") : qsTr("Drop all…")
            onClicked: {
                const text = search.text;
                letters.drop(found.count, () => letters.monitor.dropDeadLetters(text));
            }
        }
    }
    DashboardList {
        id: view

        objectName: "letterList"
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.minimumHeight: 8 * letters.theme.rowHeight
        theme: letters.theme
        name: qsTr("Dead letters")
        emptyText: search.text ? qsTr("No dead letter has this in it") : qsTr("No job has failed for good")
        spacing: 4
        model: visible ? found : null
        delegate: DeadLetterRow {
            id: row

            width: ListView.view.width
            theme: letters.theme
            canBeRetried: letters.guard.allows(DashboardAction.RetryDeadLetters)
            canBeDropped: letters.guard.allows(DashboardAction.DropDeadLetters)
            onRetryAsked: {
                const id = row.letterId; // the row may be another letter's by the time of the answer
                letters.retry(1, () => letters.monitor.factory?.retryDeadLetter(id));
            }
            onDropAsked: {
                const id = row.letterId;
                letters.drop(1, () => letters.monitor.factory?.dropDeadLetter(id));
            }
        }
    }
}
