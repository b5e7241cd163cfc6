// SPDX-License-Identifier: Apache-2.0
// Sends, or stops what is being written.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.AbstractButton {
    id: button

    required property bool busy
    required property bool ready

    signal sendWanted()
    signal stopWanted()

    implicitWidth: Theme.control
    implicitHeight: Theme.control
    enabled: busy || ready
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    text: busy ? qsTr("Stop") : qsTr("Send")
    Accessible.name: text
    onClicked: busy ? stopWanted() : sendWanted()
    Keys.onReturnPressed: clicked()

    background: Rectangle {
        radius: 10
        color: !button.enabled ? Theme.hover : button.hovered || button.down ? Theme.accentHover : Theme.accent

        FocusRing { shown: button.visualFocus; around: 10 }
    }
    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            width: Theme.scaled(18)
            height: width
            name: button.busy ? "stop" : "send"
            color: button.enabled ? Theme.accentInk : Theme.faint
        }
    }

    HintLoader {
        owner: button
        shown: button.hovered
        text: button.text
        keys: button.busy ? "Esc" : ""
    }
}
