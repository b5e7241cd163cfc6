// SPDX-License-Identifier: Apache-2.0
// What can be done with a message. Its room is always kept, so that nothing moves when the actions appear.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string author
    required property bool isLastAnswer
    required property int versionIndex
    required property int versionCount
    required property int feedback
    required property list<string> figures
    required property bool stopped
    readonly property bool fromUser: author === "user"
    readonly property bool shown: isLastAnswer || context.hoveredMessage === messageId || actions.activeFocus

    gap: 4
    bodyHeight: Theme.control

    FocusScope {
        id: actions
        anchors.fill: parent
        // Invisible, not hidden: Tab still gets here.
        opacity: row.shown ? 1 : 0

        Behavior on opacity { NumberAnimation { duration: Theme.fast; easing.type: Easing.OutQuad } }

        Row {
            id: buttons
            x: row.fromUser ? parent.width - width : -7
            anchors.verticalCenter: parent.verticalCenter
            spacing: 2

            VersionSwitch {
                visible: row.versionCount > 1
                versionIndex: row.versionIndex
                versionCount: row.versionCount
                onMoved: delta => row.context.chat.selectVersion(row.messageId, delta)
            }
            CopyButton {
                objectName: "copyMessage"
                implicitWidth: Theme.control
                implicitHeight: Theme.control
                text: qsTr("Copy message")
                keys: row.isLastAnswer ? "Ctrl+Shift+C" : ""
                onClicked: row.context.copyMessage(row.messageId)
            }
            IconButton {
                objectName: "editMessage"
                visible: row.fromUser
                iconName: "edit"
                iconSize: 16
                text: qsTr("Edit message")
                onClicked: row.context.startEditing(row.messageId)
            }
            IconButton {
                objectName: "regenerate"
                visible: !row.fromUser
                enabled: !row.context.chat.busy
                iconName: "regenerate"
                iconSize: 16
                text: qsTr("Answer again")
                keys: row.isLastAnswer ? "Ctrl+R" : ""
                onClicked: row.context.chat.regenerate(row.messageId)
            }
            IconButton {
                objectName: "thumbUp"
                visible: !row.fromUser
                iconName: "thumb-up"
                iconSize: 16
                checked: row.feedback > 0
                text: row.feedback > 0 ? qsTr("Marked as a good answer. Press again to take it back") : qsTr("Good answer")
                onClicked: row.context.chat.setFeedback(row.messageId, row.feedback > 0 ? 0 : 1)
            }
            IconButton {
                objectName: "thumbDown"
                visible: !row.fromUser
                iconName: "thumb-down"
                iconSize: 16
                checked: row.feedback < 0
                text: row.feedback < 0 ? qsTr("Marked as a bad answer. Press again to take it back") : qsTr("Bad answer")
                onClicked: row.context.chat.setFeedback(row.messageId, row.feedback < 0 ? 0 : -1)
            }
        }

        Figures {
            objectName: "figures"
            anchors.left: buttons.right
            anchors.leftMargin: 8
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            visible: !row.fromUser && parts.length > 0
            parts: row.stopped ? [qsTr("Stopped early"), ...row.figures] : row.figures
        }
    }
}
