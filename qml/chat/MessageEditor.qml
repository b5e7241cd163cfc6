// SPDX-License-Identifier: Apache-2.0
// Rewrites a message of the person's own. The old one stays as an earlier version.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

Rectangle {
    id: editor

    required property TranscriptContext context

    implicitHeight: area.implicitHeight + buttons.height + 20
    radius: Theme.bubbleRadius
    color: Theme.surface
    border.width: 2
    border.color: Theme.accent

    Component.onCompleted: {
        area.text = editor.context.editingText;
        area.forceActiveFocus();
        area.cursorPosition = area.length;
    }

    T.TextArea {
        id: area
        objectName: "messageEditor"
        anchors.top: parent.top
        anchors.left: parent.left
        anchors.right: parent.right
        implicitHeight: contentHeight + 24
        textFormat: TextEdit.PlainText
        wrapMode: TextEdit.Wrap
        padding: 12
        color: Theme.text
        selectionColor: Theme.selection
        selectedTextColor: Theme.text
        font.pixelSize: Theme.bodySize
        selectByMouse: true
        Accessible.name: qsTr("Edit your message")
        Accessible.multiLine: true
        onTextChanged: if (activeFocus) editor.context.editingText = text

        Keys.onPressed: event => {
            const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter;
            if (enter && inputMethodComposing) {
                event.accepted = true;
            } else if (enter && !(event.modifiers & Qt.ShiftModifier)) {
                event.accepted = true;
                editor.context.finishEditing();
            } else if (event.key === Qt.Key_Escape) {
                event.accepted = true;
                editor.context.editingMessage = 0;
            }
        }
    }

    Row {
        id: buttons
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.margins: 10
        spacing: 8

        TextButton {
            objectName: "cancelEdit"
            text: qsTr("Cancel")
            onClicked: editor.context.editingMessage = 0
        }
        TextButton {
            objectName: "sendEdit"
            kind: TextButton.Primary
            text: qsTr("Send")
            enabled: area.text.trim().length > 0
            onClicked: editor.context.finishEditing()
        }
    }
}
