// SPDX-License-Identifier: Apache-2.0
// Every key of the window in one table: AppShortcuts.qml binds them, the settings page lists them.
import QtQuick

QtObject {
    // As the person chose it; Ctrl+Enter sends otherwise.
    property bool sendOnEnter: true
    readonly property var newChat: ["Ctrl+N", "Ctrl+Shift+O"]
    readonly property var search: ["Ctrl+K"]
    readonly property var find: ["Ctrl+F"]
    readonly property var sidebar: ["Ctrl+B"]
    readonly property var settings: ["Ctrl+,"]
    readonly property var models: ["Ctrl+Shift+M"]
    readonly property var roles: ["Ctrl+J"]
    readonly property var attach: ["Ctrl+O"]
    readonly property var regenerate: ["Ctrl+R"]
    readonly property var copyAnswer: ["Ctrl+Shift+C"]
    readonly property var copyCode: ["Ctrl+Shift+;", "Ctrl+:"]
    readonly property var previousChat: ["Ctrl+PgUp", "Ctrl+Shift+Up"]
    readonly property var nextChat: ["Ctrl+PgDown", "Ctrl+Shift+Down"]
    readonly property var deleteChat: ["Ctrl+Shift+Backspace"]
    readonly property var exportChat: ["Ctrl+S"]
    readonly property var nextPane: ["F6"]
    readonly property var previousPane: ["Shift+F6"]
    readonly property var zoomIn: ["Ctrl++", "Ctrl+="]
    readonly property var zoomOut: ["Ctrl+-"]
    readonly property var zoomReset: ["Ctrl+0"]
    readonly property var fullScreen: ["F11"]
    readonly property var quit: ["Ctrl+Q"]
    readonly property var help: ["F1", "Ctrl+/"]

    // For the eye: what each does, in the order of use.
    readonly property var list: [
        { text: qsTr("Send the message"), keys: sendOnEnter ? ["Enter"] : ["Ctrl+Enter"] },
        { text: qsTr("New line"), keys: sendOnEnter ? ["Shift+Enter"] : ["Enter"] },
        { text: qsTr("Stop the answer"), keys: ["Esc"] },
        { text: qsTr("Edit the last message (in an empty input)"), keys: ["Up"] },
        { text: qsTr("Paste without making an attachment"), keys: ["Ctrl+Shift+V"] },
        { text: qsTr("New chat"), keys: newChat },
        { text: qsTr("Search all conversations"), keys: search },
        { text: qsTr("Find in this conversation"), keys: find },
        { text: qsTr("Choose a role"), keys: roles },
        { text: qsTr("Attach documents"), keys: attach },
        { text: qsTr("Answer again"), keys: regenerate },
        { text: qsTr("Copy the last answer"), keys: copyAnswer },
        { text: qsTr("Copy the last code block"), keys: ["Ctrl+Shift+;"] },
        { text: qsTr("Previous conversation"), keys: previousChat },
        { text: qsTr("Next conversation"), keys: nextChat },
        { text: qsTr("Export the conversation"), keys: exportChat },
        { text: qsTr("Move the conversation to the trash"), keys: deleteChat },
        { text: qsTr("In the list: rename, move to the trash"), keys: ["F2", "Delete"] },
        { text: qsTr("Show or hide the sidebar"), keys: sidebar },
        { text: qsTr("Next, previous part of the window"), keys: ["F6", "Shift+F6"] },
        { text: qsTr("Models"), keys: models },
        { text: qsTr("Settings"), keys: settings },
        { text: qsTr("Larger, smaller, usual text"), keys: ["Ctrl++", "Ctrl+-", "Ctrl+0"] },
        { text: qsTr("Full screen"), keys: fullScreen },
        { text: qsTr("This list"), keys: help },
        { text: qsTr("Quit"), keys: quit }
    ]
}
