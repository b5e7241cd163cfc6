// SPDX-License-Identifier: Apache-2.0
// Who answers from the next message on. Arrow keys and Enter; a click is enough.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

Popover {
    id: menu

    required property App app

    signal editWanted(roleId: string)
    signal newWanted()

    function choose(roleId: string): void {
        menu.app.chat.setRole(roleId);
        menu.close();
    }

    label: qsTr("Roles")
    padding: 6
    // Above what it was opened from.
    y: -height - 6
    width: Math.min(Theme.scaled(420), (parent?.Window.width ?? 480) - 32)
    onOpened: {
        list.currentIndex = -1;
        for (let i = 0; i < list.count; ++i) {
            if ((list.itemAtIndex(i) as RoleRow)?.current)
                list.currentIndex = i;
        }
        list.forceActiveFocus();
    }

    height: column.implicitHeight + 12

    Column {
        id: column
        anchors.left: parent.left
        anchors.right: parent.right
        spacing: 4

        ListView {
            id: list
            objectName: "roleList"
            width: parent.width
            height: Math.min(contentHeight, Math.max(160, (menu.parent?.Window.height ?? 600) - 260))
            implicitHeight: height
            model: menu.app.roles
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            keyNavigationEnabled: true
            keyNavigationWraps: true
            highlightMoveDuration: 0
            cacheBuffer: 2000
            Accessible.role: Accessible.List
            Accessible.name: menu.label

            T.ScrollBar.vertical: SlimScrollBar { id: bar }

            delegate: RoleRow {
                width: ListView.view.width - (bar.visible ? bar.width : 0)
                current: roleId === menu.app.chat.roleId
                focused: ListView.isCurrentItem
                onChosen: menu.choose(roleId)
                onEditWanted: {
                    menu.close();
                    menu.editWanted(roleId);
                }
            }
            Keys.onReturnPressed: (currentItem as RoleRow)?.chosen()
            Keys.onEnterPressed: (currentItem as RoleRow)?.chosen()
        }
        Rectangle {
            width: parent.width
            height: 1
            color: Theme.line
        }
        TextButton {
            id: create
            objectName: "newRole"
            width: parent.width
            implicitHeight: Theme.control + 8
            leftPadding: 10
            kind: TextButton.Quiet
            text: qsTr("New role")
            contentItem: ButtonLabel {
                leading: true
                gap: 12
                iconName: "plus"
                iconSize: 18
                text: create.text
                iconInk: Theme.secondary
            }
            onClicked: {
                menu.close();
                menu.newWanted();
            }
        }
    }
}
