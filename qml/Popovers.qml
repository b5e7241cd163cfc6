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

    signal closed()
    signal pageWanted(page: string)
    // "" for a new one.
    signal roleEditWanted(roleId: string)

    function openRoles(anchor: Item): void {
        roleMenu.active = true;
        const menu = roleMenu.item as RoleMenu;
        menu.anchor = anchor;
        menu.open();
    }
    function openDetails(): void {
        details.active = true;
        (details.item as EngineDetails).open();
    }
    function openKeys(): void {
        keyList.active = true;
        (keyList.item as KeysPopover).open();
    }

    visible: false

    Loader {
        id: roleMenu
        active: false
        sourceComponent: RoleMenu {
            app: popovers.app
            onClosed: popovers.closed()
            onNewWanted: popovers.roleEditWanted("")
            onEditWanted: roleId => popovers.roleEditWanted(roleId)
        }
    }
    Loader {
        id: details
        active: false
        sourceComponent: EngineDetails {
            parent: popovers.statusLine
            x: 12
            y: -height - 8
            engine: popovers.app.engine
            chat: popovers.app.chat
            onModelsWanted: popovers.pageWanted("models")
            onClosed: popovers.closed()
        }
    }
    Loader {
        id: keyList
        active: false
        sourceComponent: KeysPopover {
            keys: popovers.keys
            onClosed: popovers.closed()
        }
    }
}
