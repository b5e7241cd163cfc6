// SPDX-License-Identifier: Apache-2.0
// Makes the menu of a place to type when it is first wanted.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Ui

Item {
    id: loader

    // A TextEdit or a TextInput.
    required property Item owner
    property TextMenu menu: null

    signal pasteRequested()

    function popup(x: real, y: real): void {
        if (!menu)
            menu = component.createObject(owner) as TextMenu;
        owner.forceActiveFocus();
        menu.popup(x, y);
    }

    visible: false

    Component {
        id: component
        TextMenu {
            target: loader.owner
            onPasteRequested: loader.pasteRequested()
        }
    }
}
