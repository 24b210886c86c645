// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import Millwright

/*!
    What may be done to the factory that is shown, and what is asked before it is. Nothing is done once the factory is
    another one.
*/
Dialog {
    id: guard

    objectName: "confirmation"

    required property FactoryMonitor monitor
    property bool readOnly: false
    //! What may be done unless everything is read-only, and what is asked about; of `DashboardAction`.
    property int actions: DashboardAction.All
    property int confirmedActions: DashboardAction.Irreversible

    property string question
    property int action: DashboardAction.None
    property var deed: () => {}
    //! The factory that is meant.
    property FactoryBase meant: null

    function allows(any: int): bool {
        return !readOnly && (actions & any) !== 0;
    }

    //! Does the deed, or asks and does it once that is accepted.
    function ask(action: int, title: string, question: string, deed: var) {
        if (monitor.factory === null)
            return;
        if ((confirmedActions & action) === 0) {
            deed();
            return;
        }
        guard.action = action;
        guard.title = title;
        guard.question = question;
        guard.deed = deed;
        meant = monitor.factory;
        open();
    }

    anchors.centerIn: parent
    width: Math.min(360, parent.width - 24)
    modal: true
    standardButtons: Dialog.Cancel | Dialog.Ok
    onAccepted: {
        const accepted = deed;
        if (meant !== null && meant === monitor.factory && allows(action))
            accepted();
    }
    onAboutToShow: {
        standardButton(Dialog.Ok).text = DashboardTexts.acceptance(action);
        standardButton(Dialog.Cancel).text = DashboardTexts.refusal();
    }
    onOpened: standardButton(Dialog.Cancel).forceActiveFocus()

    contentItem: Label {
        text: guard.question
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
    }
}
