// SPDX-License-Identifier: Apache-2.0
// Conversations on the left: search, begin a new one, the list by day, models and settings.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

Rectangle {
    id: sidebar

    required property App app
    property string page: ""
    property alias list: list

    signal chosen()
    signal hitChosen(conversationId: double, messageId: double)
    signal newChatWanted()
    signal pageWanted(page: string)
    signal hideWanted()
    signal exportWanted(conversationId: double, title: string)

    function focusSearch(): void {
        search.forceActiveFocus();
        search.selectAll();
    }

    color: Theme.sidebar
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Conversations")

    Rectangle {
        anchors.right: parent.right
        width: 1
        height: parent.height
        color: Theme.line
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.rightMargin: 1
        spacing: 0

        RowLayout {
            Layout.fillWidth: true
            Layout.margins: 10
            Layout.bottomMargin: 6
            spacing: 6

            SearchField {
                id: search
                objectName: "searchField"
                Layout.fillWidth: true
                label: qsTr("Search all conversations")
                placeholderText: qsTr("Search")
                onTextChanged: sidebar.app.conversations.searchText = text
                onAbandoned: sidebar.chosen()
                Keys.onDownPressed: list.forceActiveFocus(Qt.TabFocusReason)
                Keys.onReturnPressed: list.openFirst()
            }
            IconButton {
                objectName: "hideSidebar"
                iconName: "sidebar"
                text: qsTr("Hide the sidebar")
                keys: "Ctrl+B"
                onClicked: sidebar.hideWanted()
            }
        }

        SidebarButton {
            objectName: "newChat"
            Layout.fillWidth: true
            iconName: "plus"
            text: qsTr("New chat")
            keys: "Ctrl+N"
            onClicked: sidebar.newChatWanted()
        }

        ConversationList {
            id: list
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.topMargin: 4
            conversations: sidebar.app.conversations
            onExportWanted: (conversationId, title) => sidebar.exportWanted(conversationId, title)
            onOpened: (conversationId, messageId) => {
                if (messageId > 0)
                    sidebar.hitChosen(conversationId, messageId);
                else {
                    sidebar.app.openConversation(conversationId);
                    sidebar.chosen();
                }
            }
        }

        UndoBar {
            Layout.fillWidth: true
            Layout.margins: 8
            Layout.bottomMargin: 0
            conversations: sidebar.app.conversations
        }

        Divider { Layout.topMargin: 4 }

        SidebarButton {
            objectName: "modelsButton"
            Layout.fillWidth: true
            Layout.topMargin: 4
            iconName: "model"
            text: qsTr("Models")
            keys: "Ctrl+Shift+M"
            checked: sidebar.page === "models"
            onClicked: sidebar.pageWanted("models")
        }
        SidebarButton {
            objectName: "settingsButton"
            Layout.fillWidth: true
            Layout.bottomMargin: 8
            iconName: "settings"
            text: qsTr("Settings")
            keys: "Ctrl+,"
            checked: sidebar.page === "settings"
            onClicked: sidebar.pageWanted("settings")
        }
    }
}
