// SPDX-License-Identifier: Apache-2.0
// A block of code: its language, a button that copies it, and lines that scroll sideways instead of wrapping.
//
// A TextEdit lays itself out anew with each insertion, all of it: a long block is shown in pieces, of which only the
// last one grows. TranscriptMouse and RowText count positions in the whole block.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

BlockRow {
    id: row

    required property string text
    required property string language
    property string shown: ""
    property bool made: false
    readonly property Flickable listView: ListView.view
    readonly property int pieceLength: 3000

    function editAt(y: real): TextEdit {
        const piece = words.childAt(0, y - row.gap - scroll.y - words.y) as TextEdit;
        return piece ?? pieces.itemAt(y < row.height / 2 ? 0 : pieces.count - 1) as TextEdit;
    }
    function show(position: int): rect {
        let i = pieces.count - 1;
        while (i > 0 && (pieces.itemAt(i) as CodePiece).start > position)
            --i;
        const piece = pieces.itemAt(i) as CodePiece;
        const place = piece.positionToRectangle(position - piece.start);
        scroll.contentX = Math.max(0, Math.min(scroll.contentWidth - scroll.width, place.x - scroll.width / 2));
        return mapFromItem(piece, place);
    }
    // While code streams only what is new is inserted.
    function showText(): void {
        if (!row.made)
            return;
        const text = row.text;
        if (row.shown.length === 0 || !text.startsWith(row.shown)) {
            starts.clear();
            starts.append({ start: 0 });
        }
        const first = starts.count - 1;
        let start = starts.get(first).start;
        while (text.length - start > row.pieceLength) {
            start = text.indexOf("\n", start + row.pieceLength - 1) + 1;
            if (start === 0)
                break;
            starts.append({ start: start });
        }
        for (let i = first; i < starts.count; ++i) {
            const end = i + 1 < starts.count ? starts.get(i + 1).start - 1 : text.length;
            const wanted = text.substring(starts.get(i).start, end);
            const piece = pieces.itemAt(i) as TextEdit;
            if (piece.length > 0 && wanted.length >= piece.length && text.startsWith(row.shown))
                piece.insert(piece.length, wanted.substring(piece.length));
            else
                piece.text = wanted;
        }
        row.shown = text;
    }

    required level
    required quote

    bodyHeight: head.height + scroll.height
    onTextChanged: showText()
    Component.onCompleted: {
        row.made = true;
        showText();
    }

    Rectangle {
        anchors.fill: parent
        radius: Theme.cardRadius
        color: Theme.code
        border.color: Theme.line
    }

    Item {
        id: head
        width: parent.width
        height: Theme.scaled(34)

        UiText {
            anchors.left: parent.left
            anchors.leftMargin: 15
            anchors.verticalCenter: parent.verticalCenter
            text: row.language.length > 0 ? row.language : qsTr("Code")
            color: Theme.secondary
            font.pixelSize: Theme.captionSize
        }
        CopyButton {
            objectName: "copyCode"
            anchors.right: parent.right
            anchors.rightMargin: 4
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("Copy code")
            onClicked: row.context.app.copyToClipboard(row.text)
        }
    }

    Flickable {
        id: scroll
        anchors.top: head.bottom
        x: 1
        width: parent.width - 2
        height: words.height + 16
        contentWidth: words.width + 28
        contentHeight: height
        interactive: false
        clip: true

        T.ScrollBar.horizontal: SlimScrollBar {}

        Column {
            id: words
            x: 14
            y: 2

            Repeater {
                id: pieces
                model: ListModel { id: starts }

                CodePiece {
                    id: piece
                    required start
                    required property int index
                    readonly property real place: row.listView ? row.y + row.gap + scroll.y + words.y + y - row.listView.contentY : 0
                    owner: row
                    language: row.language
                    above: (pieces.itemAt(index - 1) as CodePiece)?.colors ?? null
                    // What is far from view is not drawn; it keeps its place.
                    opacity: !row.listView || (place < row.listView.height + 400 && place + height > -400) ? 1 : 0
                }
            }
        }

        WheelHandler {
            orientation: Qt.Horizontal
            target: null
            enabled: scroll.contentWidth > scroll.width
            onWheel: event => {
                const delta = event.pixelDelta.x !== 0 ? event.pixelDelta.x : event.angleDelta.x / 2;
                scroll.contentX = Math.max(0, Math.min(scroll.contentWidth - scroll.width, scroll.contentX - delta));
            }
        }
    }
}
