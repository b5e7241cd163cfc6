// SPDX-License-Identifier: Apache-2.0
// What was just moved to the trash, and the way back.
import QtQuick
import Fireside.Gui
import Fireside.Ui

Rectangle {
    id: bar

    required property ConversationListModel conversations

    implicitHeight: visible ? Math.max(Theme.row + 4, words.implicitHeight + 14) : 0
    visible: conversations.undoText.length > 0
    radius: Theme.cardRadius
    color: Theme.raised
    border.color: Theme.line
    Accessible.role: Accessible.AlertMessage
    Accessible.name: conversations.undoText

    UiText {
        id: words
        anchors.left: parent.left
        anchors.right: undo.left
        anchors.leftMargin: 12
        anchors.rightMargin: 4
        anchors.verticalCenter: parent.verticalCenter
        text: bar.conversations.undoText
        color: Theme.secondary
        font.pixelSize: Theme.captionSize
        wrapMode: Text.Wrap
        maximumLineCount: 2
        elide: Text.ElideRight
    }
    TextButton {
        id: undo
        objectName: "undoDelete"
        anchors.right: parent.right
        anchors.rightMargin: 4
        anchors.verticalCenter: parent.verticalCenter
        kind: TextButton.Quiet
        iconName: "undo"
        text: qsTr("Undo")
        onClicked: bar.conversations.undoRemove()
    }
}
