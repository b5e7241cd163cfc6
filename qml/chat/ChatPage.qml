// SPDX-License-Identifier: Apache-2.0
// One conversation: transcript or greeting, banners, composer; find bar and sampling beside it.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

FocusScope {
    id: page

    required property App app
    readonly property ChatSession chat: app.chat
    property int leadingSpace: 0
    property bool sidebarHidden: false
    property bool firstStartSkipped: false
    property bool samplingOpen: false
    readonly property int panelWidth: Math.min(Theme.scaled(300), width)
    // There is no room for both: the panel lies over the conversation.
    readonly property bool covered: samplingOpen && width - panelWidth < 460
    property alias transcript: transcript
    property alias composer: composer
    // Message to show as soon as its conversation is there.
    property double wantedMessage: 0
    property string wantedWords: ""
    // The linter knows no 64-bit properties and no maps: those are read through here.
    readonly property var untyped: chat
    // Nothing of it is stored yet.
    readonly property bool fresh: untyped.conversationId === 0
    readonly property bool empty: chat.transcript.count === 0
    readonly property bool firstStart: empty && fresh && app.models.onlyBundled
                                       && !app.models.searching && !app.engine.isFake && !firstStartSkipped

    signal modelsWanted()
    signal folderWanted()
    signal attachWanted()
    signal roleWanted(chip: Item)

    function focusInput(): void { composer.focusInput(); }
    function openFind(): void { findBar.open(); }
    function enterSampling(): void { (sampling.item as SamplingPanel)?.enter(); }
    function closeSampling(): void {
        samplingOpen = false;
        focusInput();
    }
    function editLast(): void {
        const messageId = page.untyped.lastUserMessage().messageId;
        if (messageId === undefined)
            return;
        transcript.showRow(page.chat.transcript.rowOfMessage(messageId));
        transcript.context.startEditing(messageId);
    }
    function showWanted(): void {
        if (wantedMessage !== 0 && transcript.showMessage(wantedMessage, wantedWords))
            wantedMessage = 0;
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Conversation")
    onChatChanged: {
        firstStartSkipped = false;
        findBar.close();
    }
    Binding { target: transcript.context; property: "bannerText"; value: banners.text }
    // Later: what is covered gives the keyboard up first.
    onCoveredChanged: if (covered) Qt.callLater(page.enterSampling) // qmllint disable
    Connections {
        target: page.chat.transcript
        function onCountChanged(): void { page.showWanted(); }
    }

    ColumnLayout {
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.rightMargin: page.samplingOpen && !page.covered ? page.panelWidth : 0
        spacing: 0
        // The keyboard stays in what lies on top.
        enabled: !page.covered

        ChatHeader {
            Layout.fillWidth: true
            chat: page.chat
            leadingSpace: page.leadingSpace
            samplingOpen: page.samplingOpen
            onFindWanted: page.openFind()
            onSamplingWanted: page.samplingOpen = !page.samplingOpen
        }
        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true

            TranscriptView {
                id: transcript
                anchors.fill: parent
                visible: !page.empty
                coveredTop: findBar.visible ? findBar.y + findBar.height + 4 : 0
                app: page.app
                chat: page.chat
                onMenuRequested: (row, link, x, y) => {
                    menu.messageId = row ? row.messageId : 0;
                    menu.link = link;
                    menu.popup(transcript, x, y);
                }
            }
            Lazy {
                shown: page.empty && !page.firstStart && page.fresh

                Greeting {
                    anchors.fill: parent
                    chat: page.chat
                    onStarterChosen: text => {
                        composer.input.text = text;
                        page.focusInput();
                    }
                }
            }
            Lazy {
                shown: page.firstStart

                FirstStart {
                    anchors.fill: parent
                    objectName: "firstStart"
                    app: page.app
                    onFolderWanted: page.folderWanted()
                    onSkipped: {
                        page.firstStartSkipped = true;
                        page.focusInput();
                    }
                }
            }
            FindBar {
                id: findBar
                objectName: "findBar"
                anchors.top: parent.top
                anchors.topMargin: 8
                anchors.right: parent.right
                anchors.rightMargin: 16
                width: Math.min(implicitWidth, parent.width - 32)
                height: implicitHeight
                view: transcript
                onClosed: page.focusInput()
            }
        }
        ColumnLayout {
            // The text of the composer stands in one line with that of the transcript.
            readonly property int overhang: 14

            Layout.fillHeight: false
            Layout.alignment: Qt.AlignHCenter
            Layout.fillWidth: true
            Layout.maximumWidth: transcript.context.columnWidth + 2 * overhang
            Layout.leftMargin: Theme.sideMargin - overhang
            Layout.rightMargin: Theme.sideMargin - overhang
            Layout.topMargin: 4
            Layout.bottomMargin: 12
            spacing: 0

            // In the sidebar otherwise.
            UndoBar {
                Layout.fillWidth: true
                Layout.bottomMargin: visible ? 8 : 0
                visible: page.sidebarHidden && conversations.undoText.length > 0
                conversations: page.app.conversations
            }
            ChatBanners {
                id: banners
                Layout.fillWidth: true
                maximumLines: Math.max(3, Math.min(8, Math.floor(page.height / 4 / Theme.smallLine)))
                app: page.app
                onModelsWanted: page.modelsWanted()
            }
            Composer {
                id: composer
                objectName: "composer"
                Layout.fillWidth: true
                app: page.app
                chat: page.chat
                focus: true
                enabled: page.chat.status !== ChatSession.ReadOnly
                pageHeight: page.height
                onSubmitted: transcript.toEnd()
                onRecalled: page.editLast()
                onCopyWanted: transcript.copySelection()
                onAttachWanted: page.attachWanted()
                onRoleWanted: chip => page.roleWanted(chip)
            }
        }
    }

    Rectangle {
        anchors.fill: parent
        visible: page.covered
        color: Theme.scrim

        MouseArea {
            anchors.fill: parent
            onClicked: page.closeSampling()
        }
    }
    Lazy {
        id: sampling
        shown: page.samplingOpen

        SamplingPanel {
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            anchors.right: parent.right
            width: page.panelWidth
            sampling: page.chat.sampling
            roleName: page.chat.roleName
            onClosed: page.closeSampling()
        }
    }

    MessageMenu {
        id: menu
        view: transcript
    }
}
