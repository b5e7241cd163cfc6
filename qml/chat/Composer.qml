// SPDX-License-Identifier: Apache-2.0
// The card at the bottom of the column: attachments, the text, and one line with everything else.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

FocusScope {
    id: composer

    required property App app
    required property ChatSession chat
    // Of the page: the card leaves some of it to the conversation, whatever is on it. The text takes what it needs of
    // its share; attachments and the notice scroll in what is left.
    property real pageHeight: 800
    readonly property bool loaded: strip.count > 0 || tooLong || pictureRefused
    readonly property real room: Math.round(pageHeight * 0.62) - tools.implicitHeight - 20
    readonly property real textHeight: Math.min(area.implicitHeight, Math.round(pageHeight * 0.4),
        loaded ? Math.max(Theme.control, room - Theme.scaled(60)) : pageHeight)
    readonly property real extrasHeight: Math.max(Theme.scaled(60), Math.min(Math.round(pageHeight * 0.35), room - textHeight))
    readonly property bool tooLong: !chat.fits && !chat.busy && (area.input.length > 0 || strip.count > 0)
    readonly property bool canSend: !chat.busy && chat.fits && !chat.attachments.hasProblem && area.input.text.trim().length > 0
    // Somebody tried to paste one.
    property bool pictureRefused: false
    property alias input: area.input

    signal submitted()
    signal recalled()
    signal copyWanted()
    signal attachWanted()
    signal roleWanted(chip: Item)

    function focusInput(): void { area.input.forceActiveFocus(); }
    function send(): void {
        if (composer.canSend && composer.chat.send(area.input.text))
            composer.submitted();
        composer.focusInput();
    }

    implicitHeight: card.height

    // The draft belongs to the conversation; the field only shows it.
    onChatChanged: {
        pictureRefused = false;
        if (area.input.text !== chat.draft)
            area.input.text = chat.draft;
    }
    Component.onCompleted: area.input.text = chat.draft
    Connections {
        target: composer.chat
        function onDraftChanged(): void {
            if (area.input.text !== composer.chat.draft)
                area.input.text = composer.chat.draft;
        }
    }
    Connections {
        target: area.input
        function onTextChanged(): void {
            composer.pictureRefused = false;
            composer.chat.draft = area.input.text;
        }
    }

    Rectangle {
        anchors.fill: card
        anchors.margins: -1
        anchors.topMargin: 1
        anchors.bottomMargin: -3
        radius: card.radius + 1
        color: Theme.shadow
        opacity: 0.7
    }

    Rectangle {
        id: card
        width: parent.width
        height: column.implicitHeight
        radius: Theme.bubbleRadius
        color: Theme.surface
        border.color: area.input.activeFocus ? Theme.strongLine : Theme.line

        // A press anywhere on the card writes.
        TapHandler { onTapped: composer.focusInput() }

        ColumnLayout {
            id: column
            width: parent.width
            spacing: 0

            ScrollArea {
                id: scroll
                objectName: "composerExtras"
                Layout.fillWidth: true
                Layout.topMargin: visible ? 10 : 0
                Layout.preferredHeight: Math.min(contentHeight, composer.extrasHeight)
                visible: composer.loaded
                contentHeight: extras.height

                Column {
                    id: extras
                    x: 10
                    width: parent.width - 20
                    spacing: 10

                    // On top: it is what scrolling may not hide, and the documents stay where they were when it comes.
                    FitNotice {
                        id: notice
                        objectName: "fitNotice"
                        width: parent.width
                        visible: composer.tooLong
                        text: composer.chat.fitText
                        choices: composer.chat.fitChoices
                    }
                    Banner {
                        objectName: "pictureNotice"
                        width: parent.width
                        height: implicitHeight
                        visible: composer.pictureRefused
                        tone: Banner.Warn
                        text: qsTr("Fireside does not read pictures. Recognise the text in it first (OCR) and paste that.")
                        dismissable: true
                        onDismissed: composer.pictureRefused = false
                    }
                    AttachmentStrip {
                        id: strip
                        width: parent.width
                        visible: count > 0
                        chat: composer.chat
                    }
                }
            }
            Divider {
                Layout.fillWidth: true
                Layout.leftMargin: 1
                Layout.rightMargin: 1
                visible: scroll.visible && !scroll.atYEnd
            }
            ComposerInput {
                id: area
                Layout.fillWidth: true
                Layout.preferredHeight: composer.textHeight
                app: composer.app
                chat: composer.chat
                focus: true
                placeholder: composer.chat.attachments.count > 0
                    ? qsTr("Ask about the documents, or summarise them")
                    : qsTr("Write a message, or drop documents here")
                onSubmitted: composer.send()
                onRecalled: composer.recalled()
                onCopyWanted: composer.copyWanted()
                onPictureRefused: composer.pictureRefused = true
            }
            RowLayout {
                id: tools
                Layout.fillWidth: true
                Layout.margins: 8
                Layout.topMargin: 2
                spacing: 4

                IconButton {
                    id: attach
                    objectName: "attach"
                    iconName: "attach"
                    text: qsTr("Attach documents")
                    keys: "Ctrl+O"
                    onClicked: composer.attachWanted()
                }
                Chip {
                    id: roleChip
                    objectName: "roleChip"
                    // Gives way where large text leaves no room: the send button stays on the card.
                    Layout.fillWidth: true
                    Layout.maximumWidth: implicitWidth
                    Layout.minimumWidth: Theme.control
                    iconName: composer.chat.roleIcon
                    text: composer.chat.roleName
                    hint: qsTr("Role")
                    keys: "Ctrl+J"
                    opens: true
                    onClicked: composer.roleWanted(roleChip)
                }
                Item { Layout.fillWidth: true }
                TokenMeter {
                    Layout.rightMargin: 6
                    chat: composer.chat
                    // Where hardly anything has room, what can be pressed has it.
                    visible: chat.contextLimit > 0 && !(summarize.visible && composer.width < Theme.scaled(250))
                    compact: tools.width < attach.width + roleChip.implicitWidth + fullWidth + sendButton.width + 6 + 4 * tools.spacing
                             + (summarize.visible ? summarize.width + tools.spacing : 0)
                }
                TextButton {
                    id: summarize
                    objectName: "summarize"
                    visible: composer.chat.canSummarize && !composer.chat.busy
                    enabled: !composer.chat.attachments.hasProblem
                    iconName: "list"
                    text: qsTr("Summarise")
                    onClicked: {
                        if (composer.chat.summarize())
                            composer.submitted();
                        composer.focusInput();
                    }
                }
                SendButton {
                    id: sendButton
                    objectName: "sendButton"
                    busy: composer.chat.busy
                    ready: composer.canSend  // else a notice or a document above says why not
                    onSendWanted: composer.send()
                    onStopWanted: composer.chat.stop()
                }
            }
        }
    }
}
