// SPDX-License-Identifier: Apache-2.0
// The window: sidebar, page, status line. Decides nothing; connects what was pressed with who can do it.
import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

T.ApplicationWindow {
    id: window

    required property App app
    readonly property bool narrow: width < 760
    // "" is the conversation; "models", "settings", "role".
    property string page: ""
    property string editedRole: ""
    // In a narrow window the sidebar lies over the page and is opened for a moment.
    property bool overlayOpen: false
    readonly property bool sidebarShown: narrow ? overlayOpen : app.settings.sidebarVisible
    readonly property bool chinese: qsTr("en", "the code of the language that this is translated to").startsWith("zh")

    function showPage(name: string): void {
        page = name;
        overlayOpen = false;
        if (name === "")
            chatPage.focusInput();
    }
    // The keyboard goes where the eye does.
    function openOverlay(open: bool): void {
        overlayOpen = open;
        if (open)
            sidebar.focusSearch();
        else if (page === "")
            chatPage.focusInput();
    }
    function toggleSidebar(): void {
        if (narrow)
            openOverlay(!overlayOpen);
        else
            app.settings.sidebarVisible = !app.settings.sidebarVisible;
    }
    function newChat(): void {
        app.newChat();
        showPage("");
    }

    title: app.chat.title.length > 0 ? app.chat.title + " – Fireside" : "Fireside"
    minimumWidth: 480
    minimumHeight: 520
    color: Theme.window
    font.pixelSize: Theme.bodySize

    // Before anything is measured: a layout that is not complete misses it when a size changes.
    onAppChanged: if (app) Theme.textScale = app.settings.textScale
    Component.onCompleted: {
        geometry.restore();
        visible = true;
        chatPage.focusInput();
    }

    WindowGeometry {
        id: geometry
        target: window
        settings: window.app.settings
    }
    SystemAppearance { id: system }
    Binding { target: Theme; property: "dark"; value: window.app.settings.theme === "dark" || (window.app.settings.theme !== "light" && system.dark) }
    Binding { target: Theme; property: "chinese"; value: window.chinese }
    Binding { target: Theme; property: "textScale"; value: window.app.settings.textScale }
    Binding { target: Theme; property: "reduceMotion"; value: window.app.settings.reduceMotion || system.reduceMotion }

    AppKeys {
        id: appKeys
        sendOnEnter: window.app.settings.sendOnEnter
    }
    Actions {
        id: actions
        app: window.app
        keys: appKeys
        conversation: chatPage
        page: window.page
        onPageWanted: page => window.showPage(page)
        onSidebarWanted: window.toggleSidebar()
        onSearchWanted: {
            if (!window.sidebarShown)
                window.toggleSidebar();
            sidebar.focusSearch();
        }
        onNewChatWanted: window.newChat()
        onRolesWanted: popovers.openRoles(chatPage.composer)
        onHelpWanted: popovers.openKeys()
        onPaneWanted: step => panes.go(step)
        onFullScreenWanted: window.visibility = window.visibility === Window.FullScreen ? Window.AutomaticVisibility : Window.FullScreen
    }

    Panes {
        id: panes
        focused: window.activeFocusItem
        list: [{ item: sidebar, shown: window.sidebarShown, enter: () => sidebar.focusSearch() },
               { item: pages, shown: window.page !== "", enter: () => pages.forceActiveFocus(Qt.TabFocusReason) },
               { item: chatPage.transcript, shown: chatPage.transcript.visible,
                 enter: () => chatPage.transcript.forceActiveFocus(Qt.TabFocusReason) },
               { item: chatPage.composer, shown: chatPage.composer.visible, enter: () => chatPage.focusInput() },
               { item: status, shown: true, enter: () => status.forceActiveFocus(Qt.TabFocusReason) }]
    }

    FocusScope {
        id: root
        anchors.fill: parent
        focus: true

        // Whoever is nearer to the keyboard takes Esc first.
        Keys.onEscapePressed: {
            if (window.overlayOpen)
                window.openOverlay(false);
            else if (window.page !== "")
                window.showPage("");
            else if (window.app.chat.busy)
                window.app.chat.stop();
            else
                chatPage.samplingOpen = false;
        }

        Item {
            id: main
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            anchors.right: parent.right
            anchors.left: window.sidebarShown && !window.narrow ? sidebar.right : parent.left
            // The keyboard stays in what lies on top.
            enabled: !(window.narrow && window.overlayOpen)

            Notices {
                id: notices
                anchors.top: parent.top
                anchors.left: parent.left
                anchors.right: parent.right
                app: window.app
            }
            ChatPage {
                id: chatPage
                anchors.top: notices.bottom
                anchors.bottom: status.top
                anchors.left: parent.left
                anchors.right: parent.right
                visible: window.page === ""
                focus: visible
                app: window.app
                sidebarHidden: !window.sidebarShown
                leadingSpace: window.sidebarShown ? 0 : openSidebar.width
                onModelsWanted: window.showPage("models")
                onFolderWanted: actions.chooseFolder()
                onAttachWanted: actions.chooseFiles()
                onRoleWanted: chip => popovers.openRoles(chip)
            }
            SidePages {
                id: pages
                anchors.fill: chatPage
                app: window.app
                keys: appKeys
                page: window.page
                editedRole: window.editedRole
                leadingSpace: chatPage.leadingSpace
                onClosed: window.showPage("")
                onFolderWanted: actions.chooseFolder()
            }
            IconButton {
                id: openSidebar
                objectName: "showSidebar"
                x: 8
                anchors.top: notices.bottom
                anchors.topMargin: 8
                visible: !window.sidebarShown && !(chatPage.visible && chatPage.covered)
                iconName: "sidebar"
                text: qsTr("Show the sidebar")
                keys: "Ctrl+B"
                onClicked: window.toggleSidebar()
            }
            StatusLine {
                id: status
                objectName: "statusLine"
                anchors.bottom: parent.bottom
                anchors.left: parent.left
                anchors.right: parent.right
                engine: window.app.engine
                chat: window.app.chat
                onClicked: popovers.openDetails()
            }
        }

        Rectangle {
            anchors.fill: parent
            visible: window.narrow && window.overlayOpen
            color: Theme.scrim

            MouseArea {
                anchors.fill: parent
                onClicked: window.openOverlay(false)
            }
        }
        Sidebar {
            id: sidebar
            objectName: "sidebar"
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            width: window.narrow ? Math.min(Theme.scaled(300), root.width - 56) : edge.shown
            visible: window.sidebarShown
            app: window.app
            page: window.page
            onChosen: window.showPage("")
            onHitChosen: (conversationId, messageId) => {
                chatPage.wantedMessage = messageId;
                chatPage.wantedWords = window.app.conversations.searchText.trim();
                if (window.app.chat.conversationId !== conversationId)
                    window.app.openConversation(conversationId);
                window.showPage("");
                chatPage.showWanted();
            }
            onNewChatWanted: window.newChat()
            onPageWanted: page => window.showPage(window.page === page ? "" : page)
            onHideWanted: window.toggleSidebar()
            onExportWanted: (conversationId, title) => actions.chooseExport(conversationId, title)
        }
        SidebarEdge {
            id: edge
            objectName: "sidebarEdge"
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            anchors.right: sidebar.right
            visible: sidebar.visible && !window.narrow
            settings: window.app.settings
            windowWidth: root.width
        }
        DropVeil {
            anchors.fill: parent
            onFilesDropped: urls => {
                window.showPage("");
                window.app.attachFiles(urls);
            }
            onTextDropped: text => actions.insertText(text)
        }
    }

    Popovers {
        id: popovers
        app: window.app
        keys: appKeys
        statusLine: status
        onClosed: if (window.page === "") chatPage.focusInput()
        onPageWanted: page => window.showPage(page)
        onRoleEditWanted: roleId => {
            window.editedRole = roleId.length > 0 ? actions.editableRole(roleId) : "";
            window.showPage("role");
        }
    }
}
