// SPDX-License-Identifier: Apache-2.0
// What keys and dialogs ask of the window.
import QtQuick
import Fireside.Gui
import Fireside.Ui

Item {
    id: actions

    required property App app
    required property AppKeys keys
    required property ChatPage conversation
    required property string page
    readonly property ChatSession chat: app.chat
    // The linter knows no 64-bit properties, no maps and nothing of dialogs: those are read through here.
    readonly property var untyped: app
    readonly property var files: filePicker.item
    readonly property var folder: folderPicker.item
    readonly property var exported: exportPicker.item

    signal pageWanted(page: string)
    signal sidebarWanted()
    signal searchWanted()
    signal newChatWanted()
    signal rolesWanted()
    signal helpWanted()
    signal paneWanted(step: int)
    signal fullScreenWanted()

    // A dialog of the platform, made when it is first asked for.
    function openDialog(loader: Loader, file: string, properties: var): void {
        makeDialog(loader, file, properties);
        open(loader.item);
    }
    function makeDialog(loader: Loader, file: string, properties: var): void {
        if (loader.status === Loader.Null)
            loader.setSource(Qt.resolvedUrl(file), properties);
    }
    function open(dialog: var): void { dialog.open(); }
    function chooseFiles(): void { openDialog(filePicker, "documents/FilePicker.qml", { patterns: app.documentPatterns }); }
    function chooseFolder(): void { openDialog(folderPicker, "models/FolderPicker.qml", {}); }
    function chooseExport(conversationId: double, title: string): void {
        makeDialog(exportPicker, "sidebar/ExportPicker.qml", {});
        exported.conversationId = conversationId;
        exported.selectedFile = app.exporter.suggestedFile(title);
        open(exported);
    }
    function insertText(text: string): void {
        pageWanted("");
        if (!chat.pasteText(text))
            conversation.composer.input.insert(conversation.composer.input.cursorPosition, text);
    }
    // Built-in roles are copied before they are changed.
    function editableRole(roleId: string): string {
        return untyped.roles.get(roleId).builtIn ? app.roles.duplicate(roleId) : roleId;
    }

    visible: false

    AppShortcuts {
        keys: actions.keys
        onNewChat: actions.newChatWanted()
        onSearch: actions.searchWanted()
        onFind: {
            actions.pageWanted("");
            if (actions.chat.transcript.count > 0)
                actions.conversation.openFind();
        }
        onSidebar: actions.sidebarWanted()
        onSettings: actions.pageWanted("settings")
        onModels: actions.pageWanted("models")
        onRoles: {
            actions.pageWanted("");
            actions.rolesWanted();
        }
        onAttach: actions.chooseFiles()
        onRegenerate: {
            const answer = actions.conversation.transcript.selection.lastAnswer();
            if (answer > 0 && !actions.chat.busy)
                actions.chat.regenerate(answer);
        }
        onCopyAnswer: {
            const answer = actions.conversation.transcript.selection.lastAnswer();
            if (answer > 0)
                actions.app.copyToClipboard(actions.chat.messageText(answer));
        }
        onCopyCode: {
            const code = actions.conversation.transcript.selection.lastCode();
            if (code.length > 0)
                actions.app.copyToClipboard(code);
        }
        onPreviousChat: {
            actions.app.openPrevious();
            actions.pageWanted("");
        }
        onNextChat: {
            actions.app.openNext();
            actions.pageWanted("");
        }
        onExportChat: {
            const conversation = actions.untyped.chat.conversationId;
            if (conversation > 0)
                actions.chooseExport(conversation, actions.chat.title);
        }
        // Never unseen: the way back is offered where the conversation is. A role that is being edited is not left for it.
        onDeleteChat: {
            const conversation = actions.untyped.chat.conversationId;
            if (conversation > 0 && actions.page !== "role") {
                actions.pageWanted("");
                actions.app.conversations.remove(conversation);
            }
        }
        onPane: step => actions.paneWanted(step)
        onZoom: step => actions.app.settings.zoom(step)
        onFullScreen: actions.fullScreenWanted()
        onQuit: Qt.quit()
        onHelp: actions.helpWanted()
    }

    Loader { id: filePicker }
    Loader { id: folderPicker }
    Loader { id: exportPicker }
    Connections {
        target: filePicker.item
        ignoreUnknownSignals: true
        function onAccepted(): void {
            actions.pageWanted("");
            actions.app.attachFiles(actions.files.selectedFiles);
        }
    }
    Connections {
        target: folderPicker.item
        ignoreUnknownSignals: true
        function onAccepted(): void { actions.app.models.addFolder(actions.folder.selectedFolder); }
    }
    Connections {
        target: exportPicker.item
        ignoreUnknownSignals: true
        function onAccepted(): void {
            const dialog = actions.exported;
            actions.app.exporter.save(dialog.conversationId, dialog.selectedFile, dialog.wantsJson);
        }
    }
}
