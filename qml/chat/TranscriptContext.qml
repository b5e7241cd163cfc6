// SPDX-License-Identifier: Apache-2.0
// What the rows of a transcript share. Rows come and go with scrolling; what must outlive them is here.
import QtQuick
import Fireside.Gui
import Fireside.Ui

QtObject {
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
    // What is unfolded: section summaries by row, long messages by "user" and their id.
    property var openSections: ({})

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
        editingText = chat.messageText(messageId);
        editingMessage = messageId;
    }

    function finishEditing(): void {
        const messageId = editingMessage;
        editingMessage = 0;
        if (editingText.trim().length > 0)
            chat.editMessage(messageId, editingText);
    }
}
