// SPDX-License-Identifier: Apache-2.0
// The right button in the transcript.
import QtQuick
import Fireside.Ui

AppMenu {
    id: menu

    required property TranscriptView view
    property double messageId: 0
    property string link: ""

    AppMenuItem {
        iconName: "copy"
        text: qsTr("Copy")
        keys: "Ctrl+C"
        enabled: menu.view.selection.active
        onTriggered: menu.view.copySelection()
    }
    AppMenuItem {
        visible: menu.link.length > 0
        iconName: "external"
        text: qsTr("Copy link address")
        onTriggered: menu.view.app.copyToClipboard(menu.link)
    }
    AppMenuItem {
        visible: menu.messageId !== 0
        iconName: "notes"
        text: qsTr("Copy message")
        onTriggered: menu.view.context.copyMessage(menu.messageId)
    }
    AppMenuItem {
        text: qsTr("Select all")
        keys: "Ctrl+A"
        onTriggered: menu.view.selection.selectAll()
    }
}
