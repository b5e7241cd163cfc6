// SPDX-License-Identifier: Apache-2.0
// The pages that take the place of the conversation for a while, made when they are opened.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Gui
import Fireside.Ui

Loader {
    id: pages

    required property App app
    required property AppKeys keys
    // "models", "settings", "role"; anything else shows nothing.
    required property string page
    property string editedRole: ""
    property int leadingSpace: 0

    signal closed()
    signal folderWanted()

    sourceComponent: page === "models" ? modelPage : page === "settings" ? settingsPage
                   : page === "role" ? rolePage : null
    focus: item !== null
    onLoaded: if (page !== "role") (item as Item).forceActiveFocus()

    Component {
        id: modelPage
        ModelPage {
            objectName: "modelPage"
            app: pages.app
            leadingSpace: pages.leadingSpace
            onClosed: pages.closed()
            onFolderWanted: pages.folderWanted()
        }
    }
    Component {
        id: settingsPage
        SettingsPage {
            objectName: "settingsPage"
            app: pages.app
            keys: pages.keys
            leadingSpace: pages.leadingSpace
            onClosed: pages.closed()
        }
    }
    Component {
        id: rolePage
        RoleEditor {
            objectName: "roleEditor"
            app: pages.app
            roleId: pages.editedRole
            leadingSpace: pages.leadingSpace
            onClosed: pages.closed()
        }
    }
}
