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
    property real maximumHeight: 300
    property alias input: area.input

    signal submitted()
    signal recalled()
    signal copyWanted()
    signal attachWanted()
    signal roleWanted(chip: Item)

    function focusInput(): void { area.input.forceActiveFocus(); }
    function send(): void {
        if (!composer.chat.busy && composer.chat.send(area.input.text))
            composer.submitted();
        composer.focusInput();
    }

    implicitHeight: card.height

    // The draft belongs to the conversation; the field only shows it.
    onChatChanged: if (area.input.text !== chat.draft) area.input.text = chat.draft
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
        function onTextChanged(): void { composer.chat.draft = area.input.text; }
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

            AttachmentStrip {
                Layout.fillWidth: true
                Layout.margins: visible ? 10 : 0
                Layout.bottomMargin: 0
                visible: count > 0
                chat: composer.chat
            }
            FitNotice {
                Layout.fillWidth: true
                Layout.margins: visible ? 10 : 0
                Layout.bottomMargin: 0
                visible: !composer.chat.fits && !composer.chat.busy
                         && (area.input.length > 0 || composer.chat.attachments.count > 0)
                text: composer.chat.fitText
                choices: composer.chat.fitChoices
            }
            ComposerInput {
                id: area
                Layout.fillWidth: true
                Layout.preferredHeight: Math.min(implicitHeight, composer.maximumHeight)
                app: composer.app
                chat: composer.chat
                focus: true
                placeholder: composer.chat.attachments.count > 0
                    ? qsTr("Ask about the documents, or summarise them")
                    : qsTr("Write a message, or drop documents here")
                onSubmitted: composer.send()
                onRecalled: composer.recalled()
                onCopyWanted: composer.copyWanted()
            }
            RowLayout {
                Layout.fillWidth: true
                Layout.margins: 8
                Layout.topMargin: 2
                spacing: 4

                IconButton {
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
                    compact: composer.width < Theme.scaled(520) + (summarize.visible ? summarize.width : 0)
                }
                TextButton {
                    id: summarize
                    objectName: "summarize"
                    visible: composer.chat.canSummarize && !composer.chat.busy
                    iconName: "list"
                    text: qsTr("Summarise")
                    onClicked: {
                        if (composer.chat.summarize())
                            composer.submitted();
                        composer.focusInput();
                    }
                }
                SendButton {
                    objectName: "sendButton"
                    busy: composer.chat.busy
                    ready: area.input.text.trim().length > 0 && composer.chat.fits  // else the notice above says why not
                    onSendWanted: composer.send()
                    onStopWanted: composer.chat.stop()
                }
            }
        }
    }
}
