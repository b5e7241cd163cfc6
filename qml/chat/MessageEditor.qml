// SPDX-License-Identifier: Apache-2.0
// Rewrites a message of the person's own. The old one stays as an earlier version.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

Rectangle {
    id: editor

    required property TranscriptContext context
    // Another answer is being written.
    readonly property bool waits: context.chat.busy && !context.editingSent

    implicitHeight: area.implicitHeight + (reason.visible ? reason.height + 8 : 0) + buttons.height + 20
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

    UiText {
        id: reason
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: buttons.top
        anchors.leftMargin: 12
        anchors.rightMargin: 12
        anchors.bottomMargin: 8
        visible: editor.waits
        text: qsTr("This can be sent when the answer that is being written has ended. Stop it to send now.")
        color: Theme.secondary
        font.pixelSize: Theme.captionSize
        wrapMode: Text.Wrap
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
            enabled: area.text.trim().length > 0 && !editor.context.chat.busy
            onClicked: editor.context.finishEditing()
        }
    }
}
