// SPDX-License-Identifier: Apache-2.0
// Back to the end of the conversation.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.AbstractButton {
    id: button

    required property bool shown

    objectName: "jumpToEnd"
    implicitWidth: 36
    implicitHeight: 36
    visible: opacity > 0
    opacity: shown ? 1 : 0
    enabled: shown
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    text: qsTr("Jump to the end")
    Accessible.name: text
    Keys.onReturnPressed: clicked()

    Behavior on opacity { NumberAnimation { duration: Theme.fast; easing.type: Easing.OutQuad } }

    background: Card {
        around: 18
        ground: button.hovered ? Theme.bubble : Theme.raised

        FocusRing { shown: button.visualFocus; around: 18 }
    }
    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            name: "arrow-down"
            color: Theme.secondary
        }
    }
}
