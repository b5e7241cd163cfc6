// SPDX-License-Identifier: Apache-2.0
// What the person wrote, in a bubble on the right; rewritten in place.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string text
    // Of a request that Fireside wrote.
    required property string title
    readonly property bool named: title.length > 0
    readonly property bool folded: named && !open
    // A long message shows its beginning until it is opened, a request its name.
    readonly property bool lengthy: named || words.lineCount > 10
    readonly property bool open: context.openSections["user" + messageId] === true
    readonly property bool editing: context.editingMessage !== 0 && context.editingMessage === messageId

    function show(position: int): rect {
        const place = words.positionToRectangle(position);
        if (lengthy && !open && (named || place.y + place.height > textBox.height))
            context.toggle("user" + messageId);
        return mapFromItem(words, place);
    }

    // Close to the documents that came with it.
    gap: context.chat.transcript.rowOfMessage(messageId) === index ? 24 : 12
    bodyHeight: editing && editor.item ? editor.item.height : bubble.height
    edit: editing ? null : words

    Rectangle {
        id: bubble
        visible: !row.editing
        anchors.right: parent.right
        width: (row.folded ? Math.max(head.implicitWidth, showAll.implicitWidth) : words.width) + 28
        height: textBox.height + 20 + (row.lengthy ? showAll.implicitHeight + 2 : 0)
        radius: Theme.bubbleRadius
        color: Theme.bubble

        Item {
            id: textBox
            x: 14
            y: 10
            width: words.width
            height: row.folded ? head.height
                  : row.lengthy && !row.open ? Math.round(words.height / words.lineCount * 6) : words.height
            clip: row.lengthy

            UiText {
                id: head
                visible: row.folded
                text: row.title
                font.pixelSize: Theme.bodySize
            }
            RowText {
                id: words
                owner: row
                visible: !row.folded
                width: Math.min(implicitWidth, Math.floor(row.bodyWidth * 0.85) - 28)
                text: row.text

                LineHeight {
                    document: words.textDocument
                    pixels: Theme.bodyLine
                }
            }
        }
        TextButton {
            id: showAll
            objectName: "showAll"
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 4
            x: 4
            visible: row.lengthy
            kind: TextButton.Quiet
            implicitHeight: Theme.scaled(28)
            iconName: row.open ? "chevron-up" : "chevron-down"
            text: row.open ? qsTr("Show less") : qsTr("Show all")
            onClicked: row.context.toggle("user" + row.messageId)
        }
    }

    Lazy {
        id: editor
        shown: row.editing

        MessageEditor {
            width: row.bodyWidth
            height: implicitHeight
            context: row.context
        }
    }
}
