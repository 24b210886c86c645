// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls

/*!
    Asks before something is done.
*/
Dialog {
    id: confirmation

    objectName: "confirmation"

    //! Whether it asks; otherwise everything is done at once.
    property bool isAsking: true
    property string question
    property var deed: () => {}

    function ask(question: string, title: string, deed: var) {
        if (!isAsking) {
            deed();
            return;
        }
        confirmation.question = question;
        confirmation.title = title;
        confirmation.deed = deed;
        open();
    }

    anchors.centerIn: parent
    width: Math.min(360, parent.width - 24)
    modal: true
    standardButtons: Dialog.Cancel | Dialog.Ok
    onAccepted: {
        const accepted = deed;
        accepted();
    }
    onOpened: standardButton(Dialog.Cancel).forceActiveFocus()

    contentItem: Label {
        text: confirmation.question
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
    }
}
