// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ColumnLayout {
    id: section

    required property App app
    readonly property TrashListModel trash: app.trash
    readonly property string folder: app.storage.location.replace(/\/[^\/]*$/, "")

    spacing: 14

    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Data folder")
        detail: section.folder

        CopyButton {
            implicitHeight: Theme.control
            text: qsTr("Copy the folder's path")
            onClicked: section.app.copyToClipboard(section.folder)
        }
    }
    SettingRow {
        id: row
        Layout.fillWidth: true
        label: qsTr("Trash")
        detail: section.trash.count > 0 ? qsTr("%n conversation(s)", "", section.trash.count) : qsTr("Empty")

        // Beside each other where there is room for both.
        GridLayout {
            readonly property real room: section.width - (row.columns === 1 ? 0 : Theme.scaled(160))

            columns: show.implicitWidth + empty.implicitWidth + 8 > room ? 1 : 2
            columnSpacing: 8
            rowSpacing: 6

            TextButton {
                id: show
                objectName: "showTrash"
                iconName: "list"
                text: qsTr("Show the trash")
                onClicked: popover.open()
            }
            TextButton {
                id: empty
                objectName: "emptyTrash"
                enabled: section.trash.count > 0
                kind: TextButton.Danger
                iconName: "trash"
                text: qsTr("Empty the trash")
                onClicked: dialog.open()
            }
        }
    }

    ConfirmDialog {
        id: dialog
        objectName: "emptyTrashDialog"
        title: qsTr("Empty the trash?")
        text: qsTr("%n conversation(s) are deleted for good. This cannot be undone.", "", section.trash.count)
        confirmText: qsTr("Delete for good")
        onAccepted: section.trash.empty()
    }
    TrashPopover {
        id: popover
        objectName: "trashPopover"
        trash: section.trash
    }
}
