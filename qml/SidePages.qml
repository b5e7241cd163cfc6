// SPDX-License-Identifier: Apache-2.0
// The pages that take the place of the conversation for a while, made when they are opened.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Gui
import Fireside.Ui

FocusScope {
    id: pages

    required property App app
    required property AppKeys keys
    // "models", "settings", "role"; anything else shows nothing.
    required property string page
    property string editedRole: ""
    property int leadingSpace: 0

    signal closed()
    signal folderWanted()

    Lazy {
        shown: pages.page === "models"

        ModelPage {
            objectName: "modelPage"
            anchors.fill: parent
            app: pages.app
            leadingSpace: pages.leadingSpace
            onClosed: pages.closed()
            onFolderWanted: pages.folderWanted()
            Component.onCompleted: forceActiveFocus()
        }
    }
    Lazy {
        shown: pages.page === "settings"

        SettingsPage {
            objectName: "settingsPage"
            anchors.fill: parent
            app: pages.app
            keys: pages.keys
            leadingSpace: pages.leadingSpace
            onClosed: pages.closed()
            Component.onCompleted: forceActiveFocus()
        }
    }
    Lazy {
        shown: pages.page === "role"

        RoleEditor {
            objectName: "roleEditor"
            anchors.fill: parent
            app: pages.app
            roleId: pages.editedRole
            leadingSpace: pages.leadingSpace
            onClosed: pages.closed()
        }
    }
}
