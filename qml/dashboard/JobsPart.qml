// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Millwright

/*!
    The jobs of a factory that run or wait, to be looked for and canceled.
*/
ColumnLayout {
    id: jobs

    required property DashboardTheme theme
    required property FactoryMonitor monitor
    required property ActionGuard guard

    //! Those that wait and are not in the list.
    readonly property int hidden: Math.max(0, monitor.queueDepth - Math.max(0, monitor.jobLimit))

    spacing: theme.spacing

    TextFilter {
        id: found

        sourceModel: jobs.monitor.jobs
        text: search.text
    }
    RowsInPlace {
        id: rows

        sourceModel: found
    }
    RowLayout {
        Layout.fillWidth: true
        spacing: jobs.theme.spacing

        SearchField {
            id: search

            objectName: "search"
            Layout.fillWidth: true
            theme: jobs.theme
            placeholderText: qsTr("Find jobs by key or label")
        }
        DashboardButton {
            objectName: "cancelAll"
            visible: jobs.guard.allows(DashboardAction.CancelJobs)
            enabled: jobs.monitor.queueDepth > 0 || jobs.monitor.activeWorkers > 0 // all are meant, listed or not
            theme: jobs.theme
            isDangerous: true
            text: search.text ? qsTr("Cancel all found…") : qsTr("Cancel all…")
            onClicked: {
                const text = search.text;
                jobs.guard.ask(
                    DashboardAction.CancelJobs, qsTr("Cancel jobs?"),
                    text ? qsTr("All jobs of the factory whose key or label has “%1” in it are canceled, also those that are not in the list. Those that run are asked to end.").arg(text)
                         : qsTr("All jobs of the factory are canceled. Those that run are asked to end."),
                    () => jobs.monitor.cancelJobs(text));
            }
        }
    }
    DashboardList {
        id: view

        objectName: "jobList"
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.minimumHeight: 8 * jobs.theme.rowHeight
        theme: jobs.theme
        name: qsTr("Jobs")
        emptyText: !search.text ? qsTr("No jobs")
                 : jobs.hidden > 0 ? qsTr("None of the jobs that are listed has this in its key or label")
                                   : qsTr("No job has this in its key or label")
        model: visible ? rows : null
        reuseItems: true
        delegate: JobRow {
            id: row

            width: ListView.view.width
            theme: jobs.theme
            isCancelable: jobs.guard.allows(DashboardAction.CancelJobs)
            onCancelAsked: {
                const id = row.jobId; // the row may be another job's by the time of the answer
                jobs.guard.ask(
                    DashboardAction.CancelJobs, qsTr("Cancel this job?"),
                    row.isRunning ? qsTr("“%1” is asked to come to its end.").arg(row.name)
                                  : qsTr("“%1” is taken out of the queue, and never runs.").arg(row.name),
                    () => jobs.monitor.factory?.cancelJob(id));
            }
        }
    }
    Text {
        Layout.fillWidth: true
        visible: jobs.hidden > 0
        text: qsTr("and %1 more that wait, in which nothing is looked for").arg(DashboardTexts.count(jobs.hidden))
        color: jobs.theme.mutedText
        wrapMode: Text.Wrap
        font.pixelSize: jobs.theme.smallFontSize
    }
}
