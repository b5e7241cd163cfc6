// SPDX-License-Identifier: Apache-2.0
// What opens over the window, made when it is first opened.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Gui
import Fireside.Ui

Item {
    id: popovers

    required property App app
    required property AppKeys keys
    required property Item statusLine
    property RoleMenu roleMenu: null
    property EngineDetails details: null
    property KeysPopover keyList: null

    signal closed()
    signal pageWanted(page: string)
    // "" for a new one.
    signal roleEditWanted(roleId: string)

    function openRoles(anchor: Item): void {
        if (!roleMenu)
            roleMenu = roleMenuComponent.createObject(popovers) as RoleMenu;
        roleMenu.parent = anchor;
        roleMenu.open();
    }
    function openDetails(): void {
        if (!details)
            details = detailsComponent.createObject(popovers) as EngineDetails;
        details.open();
    }
    function openKeys(): void {
        if (!keyList)
            keyList = keyListComponent.createObject(popovers) as KeysPopover;
        keyList.open();
    }

    visible: false

    Component {
        id: roleMenuComponent
        RoleMenu {
            app: popovers.app
            onClosed: popovers.closed()
            onNewWanted: popovers.roleEditWanted("")
            onEditWanted: roleId => popovers.roleEditWanted(roleId)
        }
    }
    Component {
        id: detailsComponent
        EngineDetails {
            parent: popovers.statusLine
            x: 12
            y: -height - 8
            engine: popovers.app.engine
            chat: popovers.app.chat
            onModelsWanted: popovers.pageWanted("models")
            onClosed: popovers.closed()
        }
    }
    Component {
        id: keyListComponent
        KeysPopover {
            keys: popovers.keys
            onClosed: popovers.closed()
        }
    }
}
