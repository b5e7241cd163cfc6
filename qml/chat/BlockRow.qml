// SPDX-License-Identifier: Apache-2.0
// A row of the transcript: full width, its content in the centred column, with a gap above. Lists indent it, quotes
// draw a line at its side.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Ui

Item {
    id: row

    required property int index
    required property double messageId
    required property TranscriptContext context

    property int gap: 12
    property int level: 0
    property int quote: 0
    property real columnWidth: context.columnWidth
    property real bodyHeight: 0
    // The text that a selection can run through; null for rows without any.
    property TextEdit edit: null
    readonly property real bodyWidth: body.width
    // That text at this height of the row; a row may have several, which know where they start.
    function editAt(y: real): TextEdit { return edit; }
    // Where this place of its text stands in the row. What is folded opens, and what scrolls sideways goes there.
    function show(position: int): rect {
        return edit ? mapFromItem(edit, edit.positionToRectangle(position)) : Qt.rect(0, 0, width, Math.min(height, 40));
    }

    default property alias content: body.data

    width: ListView.view ? ListView.view.width : 0
    height: gap + bodyHeight

    Rectangle {
        anchors.fill: body
        anchors.margins: -8
        radius: Theme.cardRadius
        color: Theme.accentTint
        visible: row.context.markedMessage !== 0 && row.context.markedMessage === row.messageId
    }

    Repeater {
        model: row.quote

        Rectangle {
            required property int index

            x: Math.round((row.width - row.columnWidth) / 2) + 16 * index
            y: row.gap
            width: 3
            height: row.bodyHeight
            radius: 1.5
            color: Theme.strongLine
        }
    }

    Item {
        id: body
        readonly property int indent: row.level * 26 + row.quote * 16
        x: Math.round((row.width - row.columnWidth) / 2) + indent
        y: row.gap
        width: row.columnWidth - indent
        height: row.bodyHeight
    }
}
