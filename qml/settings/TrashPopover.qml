// SPDX-License-Identifier: Apache-2.0
// What lies in the trash: each conversation can be brought back, or deleted for good after asking.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

Popover {
    id: popover

    required property TrashListModel trash
    // What the dialog asks about.
    property double doomed: 0
    property string doomedTitle: ""

    label: qsTr("Trash")
    parent: T.Overlay.overlay
    x: Math.round((parent.width - width) / 2)
    y: Math.round((parent.height - height) / 2)
    width: Math.min(Theme.scaled(560), parent.width - 48)
    height: Math.min(Theme.scaled(480), parent.height - 48)
    padding: 16
    modal: true

    // Days may have gone by since the rows were made.
    onAboutToShow: trash.retranslate()
    onOpened: list.forceActiveFocus(Qt.TabFocusReason)

    function ask(id: double, title: string): void {
        doomed = id;
        doomedTitle = title;
        dialog.open();
    }

    FocusScope {
        anchors.fill: parent
        focus: true

        UiText {
            id: head
            height: Theme.control
            verticalAlignment: Text.AlignVCenter
            text: popover.label
            font.weight: Theme.strong
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        IconButton {
            objectName: "closeTrash"
            anchors.right: parent.right
            iconName: "close"
            text: qsTr("Close")
            keys: "Esc"
            onClicked: popover.close()
        }
        Banner {
            id: trouble
            objectName: "trashTrouble"
            anchors.top: head.bottom
            anchors.topMargin: 8
            width: parent.width
            height: visible ? implicitHeight : 0
            visible: popover.trash.errorString.length > 0
            tone: Banner.Bad
            text: popover.trash.errorString
        }
        ListView {
            id: list
            objectName: "trashList"
            anchors.fill: parent
            anchors.topMargin: head.height + trouble.height + 16
            anchors.leftMargin: -4
            focus: true
            model: popover.trash
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: 0
            keyNavigationEnabled: true
            Accessible.role: Accessible.List
            Accessible.name: popover.label

            delegate: TrashRow {
                objectName: "trashRow"
                width: ListView.view.width - 14
                onRestoreWanted: popover.trash.restore(conversationId)
                onDeleteWanted: popover.ask(conversationId, title)
            }

            T.ScrollBar.vertical: SlimScrollBar {}
        }
        EmptyState {
            anchors.centerIn: parent
            width: parent.width - 40
            visible: list.count === 0
            iconName: "trash"
            title: qsTr("The trash is empty")
            text: qsTr("What you delete stays here for 30 days and can be brought back.")
        }
    }

    ConfirmDialog {
        id: dialog
        objectName: "deleteForGoodDialog"
        title: qsTr("Delete the conversation for good?")
        text: qsTr("“%1” cannot be brought back after that.").arg(popover.doomedTitle)
        confirmText: qsTr("Delete for good")
        onAccepted: popover.trash.deleteForGood(popover.doomed)
    }

    T.Overlay.modal: Rectangle { color: Theme.scrim }
}
