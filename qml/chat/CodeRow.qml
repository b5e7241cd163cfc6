// SPDX-License-Identifier: Apache-2.0
// A block of code: its language, a button that copies it, and lines that scroll sideways instead of wrapping.
import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

BlockRow {
    id: row

    required property string text
    required property string language
    property string shown: ""

    // While code streams only what is new is inserted: setting a long text anew costs a frame.
    function showText(): void {
        if (row.shown.length > 0 && row.text.length >= row.shown.length && row.text.startsWith(row.shown)) {
            if (row.text.length > row.shown.length)
                words.insert(words.length, row.text.substring(row.shown.length));
        } else {
            words.text = row.text;
        }
        row.shown = row.text;
    }

    required level
    required quote

    bodyHeight: head.height + scroll.height
    edit: words
    onTextChanged: showText()
    Component.onCompleted: showText()

    Rectangle {
        anchors.fill: parent
        radius: Theme.cardRadius
        color: Theme.code
        border.color: Theme.line
    }

    Item {
        id: head
        width: parent.width
        height: 34

        UiText {
            anchors.left: parent.left
            anchors.leftMargin: 14
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

        RowText {
            id: words
            x: 14
            y: 2
            owner: row
            wrapMode: TextEdit.NoWrap
            font.family: Theme.monospace
            font.pixelSize: Theme.codeSize

            CodeHighlighter {
                document: words.textDocument
                language: row.language
                dark: Theme.dark
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
