// SPDX-License-Identifier: Apache-2.0
// The right button in a place to type.
import QtQuick
import Fireside.Ui

AppMenu {
    id: menu

    // A TextEdit or a TextInput.
    required property var target
    // What must not be seen must not be copied either.
    readonly property bool secret: (target.echoMode ?? TextInput.Normal) !== TextInput.Normal

    // The composer pastes in its own way.
    signal pasteRequested()

    AppMenuItem {
        text: qsTr("Undo")
        keys: "Ctrl+Z"
        enabled: menu.target.canUndo
        onTriggered: menu.target.undo()
    }
    AppMenuItem {
        text: qsTr("Cut")
        keys: "Ctrl+X"
        enabled: menu.target.selectedText.length > 0 && !menu.secret
        onTriggered: menu.target.cut()
    }
    AppMenuItem {
        text: qsTr("Copy")
        keys: "Ctrl+C"
        enabled: menu.target.selectedText.length > 0 && !menu.secret
        onTriggered: menu.target.copy()
    }
    AppMenuItem {
        text: qsTr("Paste")
        keys: "Ctrl+V"
        enabled: menu.target.canPaste
        onTriggered: menu.pasteRequested()
    }
    AppMenuItem {
        text: qsTr("Select all")
        keys: "Ctrl+A"
        enabled: menu.target.length > 0
        onTriggered: menu.target.selectAll()
    }
}
