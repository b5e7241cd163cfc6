// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ColumnLayout {
    id: section

    required property App app

    spacing: 14

    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Data folder")
        detail: section.app.storage.location

        CopyButton {
            implicitHeight: Theme.control
            text: qsTr("Copy the folder's path")
            onClicked: section.app.copyToClipboard(section.app.storage.location)
        }
    }
    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Trash")
        detail: section.app.conversations.trashCount > 0
            ? qsTr("%n conversation(s)", "", section.app.conversations.trashCount) : qsTr("Empty")

        TextButton {
            objectName: "emptyTrash"
            enabled: section.app.conversations.trashCount > 0
            kind: TextButton.Danger
            iconName: "trash"
            text: qsTr("Empty the trash")
            onClicked: dialog.open()
        }
    }

    ConfirmDialog {
        id: dialog
        objectName: "emptyTrashDialog"
        title: qsTr("Empty the trash?")
        text: qsTr("%n conversation(s) are deleted for good. This cannot be undone.", "",
                   section.app.conversations.trashCount)
        confirmText: qsTr("Delete for good")
        onAccepted: section.app.conversations.emptyTrash()
    }
}
