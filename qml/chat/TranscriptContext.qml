// SPDX-License-Identifier: Apache-2.0
// What the rows of a transcript share. Rows come and go with scrolling; what must outlive them is here.
import QtQuick
import Fireside.Gui
import Fireside.Ui

QtObject {
    id: context

    required property App app
    required property ChatSession chat
    required property TranscriptSelection selection

    // What the banner above the composer says.
    property string bannerText: ""
    property real columnWidth: 0
    // Message under the pointer: its actions are on show.
    property double hoveredMessage: 0
    // Message that a search led to, marked for a moment.
    property double markedMessage: 0
    // User's message that is being rewritten, and its text so far.
    property double editingMessage: 0
    property string editingText: ""
    // It was sent, and is being counted and stored: the editor keeps the text until that has succeeded.
    property bool editingSent: false
    // What is unfolded: section summaries by row, long messages by "user" and their id.
    property var openSections: ({})

    readonly property Connections outcome: Connections {
        target: context.chat

        function onEdited(messageId: double): void {
            if (context.editingMessage === messageId)
                context.editingMessage = 0;
        }
        function onStatusChanged(): void {
            if (!context.chat.busy)
                context.editingSent = false;
        }
    }

    signal messageCopied()

    function copyMessage(messageId: double): void {
        app.copyToClipboard(chat.messageText(messageId));
        messageCopied();
    }

    function toggle(section: string): void {
        const sections = Object.assign({}, openSections);
        sections[section] = sections[section] !== true;
        openSections = sections;
    }

    function startEditing(messageId: double): void {
        editingSent = false;
        editingText = chat.messageText(messageId);
        editingMessage = messageId;
    }

    function finishEditing(): void {
        if (!editingSent && editingText.trim().length > 0)
            editingSent = chat.editMessage(editingMessage, editingText);
    }
}
