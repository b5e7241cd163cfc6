// SPDX-License-Identifier: Apache-2.0
// F1: the keys, without leaving the conversation.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

Popover {
    id: popover

    required property AppKeys keys

    label: qsTr("Keyboard")
    parent: T.Overlay.overlay
    x: Math.round((parent.width - width) / 2)
    y: Math.round((parent.height - height) / 2)
    width: Math.min(Theme.scaled(520), parent.width - 48)
    height: Math.min(680, parent.height - 48)
    padding: 16
    modal: true

    FocusScope {
        anchors.fill: parent
        focus: true

        UiText {
            id: head
            height: Theme.control
            verticalAlignment: Text.AlignVCenter
            text: popover.label
            font.weight: Theme.strong
        }
        IconButton {
            anchors.right: parent.right
            iconName: "close"
            text: qsTr("Close")
            keys: "Esc"
            onClicked: popover.close()
        }
        ScrollArea {
            objectName: "keyList"
            anchors.fill: parent
            anchors.topMargin: head.height + 8
            contentHeight: list.implicitHeight
            focus: true
            Accessible.role: Accessible.List
            Accessible.name: popover.label

            KeyList {
                id: list
                width: parent.width - 14
                keys: popover.keys
            }
        }
    }

    T.Overlay.modal: Rectangle { color: Theme.scrim }
}
