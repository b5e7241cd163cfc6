// SPDX-License-Identifier: Apache-2.0
// What the person wrote, in a bubble on the right; rewritten in place.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string text
    readonly property bool editing: context.editingMessage !== 0 && context.editingMessage === messageId

    gap: 24
    bodyHeight: editing ? editor.height : bubble.height
    edit: editing ? null : words

    Rectangle {
        id: bubble
        visible: !row.editing
        anchors.right: parent.right
        width: words.width + 28
        height: words.height + 20
        radius: Theme.bubbleRadius
        color: Theme.bubble

        RowText {
            id: words
            x: 14
            y: 10
            row: row
            width: Math.min(implicitWidth, Math.floor(row.bodyWidth * 0.85) - 28)
            text: row.text
        }
    }

    Loader {
        id: editor
        active: row.editing
        width: parent.width
        sourceComponent: MessageEditor { context: row.context }
    }
}
