// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls
import Millwright

/*!
    Asks before something is done to the factory that is shown. Nothing is done once that is another one.
*/
Dialog {
    id: confirmation

    objectName: "confirmation"

    required property FactoryMonitor monitor
    //! Whether it asks; otherwise everything is done at once.
    property bool isAsking: true
    property string question
    property var deed: () => {}
    //! The factory that is meant.
    property FactoryBase meant: null

    function ask(question: string, title: string, deed: var) {
        if (!isAsking) {
            deed();
            return;
        }
        confirmation.question = question;
        confirmation.title = title;
        confirmation.deed = deed;
        meant = monitor.factory;
        open();
    }

    anchors.centerIn: parent
    width: Math.min(360, parent.width - 24)
    modal: true
    standardButtons: Dialog.Cancel | Dialog.Ok
    onAccepted: {
        const accepted = deed;
        if (meant !== null && meant === monitor.factory)
            accepted();
    }
    onOpened: standardButton(Dialog.Cancel).forceActiveFocus()

    contentItem: Label {
        text: confirmation.question
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
    }
}
