// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Thumbnails

/*!
    Which folder is shown, how far the work on it is, and what can be done about both.
*/
Pane {
    id: bar

    required property ThumbnailModel model
    //! Whether the dashboard is to be seen.
    property alias showsDashboard: dashboardButton.checked

    readonly property bool isBusy: model.doneCount < model.count
    readonly property string summary: {
        const done = isBusy ? qsTr("%1 of %2").arg(model.doneCount).arg(model.count)
                            : model.count === 1 ? qsTr("1 picture")
                            : qsTr("%1 pictures").arg(model.count);
        return model.failedCount > 0 ? qsTr("%1, %2 failed").arg(done).arg(model.failedCount) : done;
    }

    padding: 8

    ColumnLayout {
        anchors.fill: parent
        spacing: 6

        RowLayout {
            Layout.fillWidth: true
            spacing: 6

            TextField {
                id: field

                Layout.fillWidth: true
                text: bar.model.folder
                placeholderText: qsTr("A folder of pictures")
                selectByMouse: true
                Accessible.name: qsTr("Folder")
                onAccepted: bar.model.folder = text
            }
            Button {
                text: qsTr("Rescan")
                onClicked: bar.model.folder = field.text
            }
            Button {
                id: dashboardButton

                text: qsTr("Dashboard")
                checkable: true
            }
        }
        RowLayout {
            Layout.fillWidth: true
            spacing: 10

            Label {
                text: bar.summary
            }
            ProgressBar {
                Layout.fillWidth: true
                Layout.preferredHeight: 12
                opacity: bar.isBusy ? 1 : 0
                to: Math.max(1, bar.model.count)
                value: bar.model.doneCount
                Accessible.name: qsTr("Progress")
            }
        }
    }
}
