// SPDX-License-Identifier: Apache-2.0
// All conversations by day, or what a search found in them.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

FocusScope {
    id: scope

    required property ConversationListModel conversations
    // Conversation whose title is being typed.
    property double renaming: 0

    signal opened(conversationId: double, messageId: double)
    signal exportWanted(conversationId: double, title: string)

    function openFirst(): void {
        const first = list.itemAtIndex(0) as ConversationRow;
        if (first)
            opened(first.conversationId, first.messageId);
    }
    function showMenu(row: ConversationRow): void {
        menu.row = row;
        menu.popup(row, row.width - menu.width - 8, row.height);
    }

    // The row becomes the current one first: the list gives the keyboard to whichever row becomes that.
    function startRenaming(row: ConversationRow): void {
        list.currentIndex = row.index;
        renaming = row.conversationId;
        row.edit();
    }
    function finishRenaming(row: ConversationRow, title: string, byKeyboard: bool): void {
        renaming = 0;
        if (title !== row.title)
            conversations.rename(row.conversationId, title);
        if (byKeyboard)
            list.forceActiveFocus();
    }

    activeFocusOnTab: list.count > 0
    Accessible.role: Accessible.List
    Accessible.name: conversations.searching ? qsTr("Search results") : qsTr("Conversations")

    ListView {
        id: list
        objectName: "conversationList"
        anchors.fill: parent
        focus: true
        model: scope.conversations
        reuseItems: true
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        currentIndex: -1
        highlightMoveDuration: 0
        keyNavigationEnabled: true
        section.property: scope.conversations.searching ? "" : "section"
        onActiveFocusChanged: if (activeFocus && currentIndex < 0) currentIndex = 0

        delegate: ConversationRow {
            objectName: "conversationRow"
            width: ListView.view.width
            heading: ListView.section !== ListView.previousSection ? ListView.section : ""
            focused: ListView.isCurrentItem && list.activeFocus
            hit: scope.conversations.searching
            renaming: scope.renaming !== 0 && scope.renaming === conversationId
            onOpened: scope.opened(conversationId, messageId)
            onMenuWanted: scope.showMenu(this)
            onRenameWanted: scope.startRenaming(this)
            onRenamed: (title, byKeyboard) => scope.finishRenaming(this, title, byKeyboard)
        }

        T.ScrollBar.vertical: SlimScrollBar {}

        Keys.onPressed: event => {
            const row = currentItem as ConversationRow;
            if (!row)
                return;
            event.accepted = true;
            if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter)
                scope.opened(row.conversationId, row.messageId);
            else if (event.key === Qt.Key_F2)
                scope.startRenaming(row);
            // A key held down takes one conversation, not all.
            else if (event.key === Qt.Key_Delete && !event.isAutoRepeat)
                scope.conversations.remove(row.conversationId);
            else if (event.key === Qt.Key_Menu || (event.key === Qt.Key_F10 && event.modifiers & Qt.ShiftModifier))
                scope.showMenu(row);
            else
                event.accepted = false;
        }
    }

    EmptyState {
        anchors.horizontalCenter: parent.horizontalCenter
        y: 40
        width: parent.width - 40
        visible: list.count === 0 && scope.conversations.status !== ConversationListModel.Loading
        title: scope.conversations.status === ConversationListModel.Error ? qsTr("The list could not be read")
             : scope.conversations.searching ? qsTr("Nothing found") : qsTr("No conversations yet")
        text: scope.conversations.status === ConversationListModel.Error ? scope.conversations.errorString
            : scope.conversations.searching ? qsTr("Every message and title was searched.")
            : qsTr("What you write is kept here, on this computer.")
    }

    AppMenu {
        id: menu

        property ConversationRow row: null

        AppMenuItem {
            objectName: "renameItem"
            iconName: "edit"
            text: qsTr("Rename")
            keys: "F2"
            onTriggered: if (menu.row) scope.startRenaming(menu.row)
        }
        AppMenuItem {
            objectName: "exportItem"
            iconName: "arrow-down"
            text: qsTr("Export…")
            onTriggered: if (menu.row) scope.exportWanted(menu.row.conversationId, menu.row.title)
        }
        AppMenuItem {
            objectName: "deleteItem"
            iconName: "trash"
            text: qsTr("Move to trash")
            keys: "Delete"
            onTriggered: if (menu.row) scope.conversations.remove(menu.row.conversationId)
        }
    }
}
