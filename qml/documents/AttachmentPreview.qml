// SPDX-License-Identifier: Apache-2.0
// The text that was read from a document: what the model will see.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

Popover {
    id: preview

    // A long text is laid out in part only.
    readonly property int limit: 40000

    function show(name: string, text: string): void {
        preview.label = name;
        area.text = text.substring(0, limit);
        cut.visible = text.length > limit;
        scroll.contentY = 0;
        open();
    }

    parent: T.Overlay.overlay
    x: Math.round((parent.width - width) / 2)
    y: Math.round((parent.height - height) / 2)
    width: Math.min(Theme.scaled(720), parent.width - 48)
    height: Math.min(640, parent.height - 48)
    modal: true

    FocusScope {
        anchors.fill: parent
        focus: true

        UiText {
            id: head
            anchors.left: parent.left
            anchors.right: close.left
            anchors.verticalCenter: close.verticalCenter
            text: preview.label
            font.weight: Theme.strong
            elide: Text.ElideMiddle
        }
        IconButton {
            id: close
            anchors.right: parent.right
            iconName: "close"
            text: qsTr("Close")
            keys: "Esc"
            onClicked: preview.close()
        }
        UiText {
            id: note
            anchors.top: close.bottom
            anchors.topMargin: 2
            width: parent.width
            text: qsTr("This is the text the model reads. Check it when an answer surprises you.")
            color: Theme.faint
            font.pixelSize: Theme.captionSize
            wrapMode: Text.Wrap
        }
        Rectangle {
            anchors.top: note.bottom
            anchors.topMargin: 10
            anchors.bottom: cut.visible ? cut.top : parent.bottom
            anchors.bottomMargin: cut.visible ? 8 : 0
            width: parent.width
            radius: Theme.radius
            color: Theme.code

            ScrollArea {
                id: scroll
                objectName: "previewScroll"
                anchors.fill: parent
                anchors.margins: 2
                contentHeight: area.height
                focus: true

                TextEdit {
                    id: area
                    objectName: "previewText"
                    width: parent.width
                    focus: true
                    // It has no cursor to move.
                    Keys.onPressed: event => event.accepted = event.modifiers === Qt.NoModifier && scroll.takes(event.key)
                    textFormat: TextEdit.PlainText
                    readOnly: true
                    selectByMouse: true
                    activeFocusOnTab: true
                    wrapMode: TextEdit.Wrap
                    padding: 12
                    color: Theme.text
                    selectionColor: Theme.selection
                    selectedTextColor: Theme.text
                    font.pixelSize: Theme.smallSize
                    Accessible.name: qsTr("Text of %1").arg(preview.label)
                }
            }
        }
        UiText {
            id: cut
            anchors.bottom: parent.bottom
            width: parent.width
            text: qsTr("Only the beginning is shown here; the model reads all of it.")
            color: Theme.faint
            font.pixelSize: Theme.captionSize
            wrapMode: Text.Wrap
        }
    }

    T.Overlay.modal: Rectangle { color: Theme.scrim }
}
