// SPDX-License-Identifier: Apache-2.0
// A conversation in the trash: its title, since when it is there, for how long still, and the two ways out.
import QtQuick
import QtQuick.Layouts
import Fireside.Ui

FocusScope {
    id: row

    required property double conversationId
    required property string title
    required property string detail

    signal restoreWanted()
    signal deleteWanted()

    implicitHeight: content.implicitHeight + 16
    Accessible.role: Accessible.ListItem
    Accessible.name: title + ", " + detail

    GridLayout {
        id: content
        anchors.left: parent.left
        anchors.leftMargin: 4  // for the ring of the button that has the keyboard
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        columns: width < Theme.scaled(280) ? 1 : 2
        columnSpacing: 8
        rowSpacing: 6

        ColumnLayout {
            Layout.fillWidth: true
            spacing: 2

            UiText {
                Layout.fillWidth: true
                text: row.title
                font.pixelSize: Theme.smallSize
                elide: Text.ElideRight
            }
            UiText {
                Layout.fillWidth: true
                text: row.detail
                color: Theme.faint
                font.pixelSize: Theme.captionSize
                wrapMode: Text.Wrap
            }
        }
        Row {
            spacing: 8

            TextButton {
                objectName: "restoreConversation"
                focus: true
                iconName: "undo"
                text: qsTr("Restore")
                Accessible.name: qsTr("Restore “%1”").arg(row.title)
                // From row to row with the keys of the list, which say nothing of the keyboard.
                onActiveFocusChanged: if (activeFocus) focusReason = Qt.TabFocusReason
                onClicked: row.restoreWanted()
            }
            IconButton {
                objectName: "deleteConversation"
                iconName: "trash"
                iconColor: Theme.bad
                text: qsTr("Delete “%1” for good").arg(row.title)
                onClicked: row.deleteWanted()
            }
        }
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
}
