// SPDX-License-Identifier: Apache-2.0
// The summary of one section of a long document, folded below the whole one.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string title
    required property string detail
    required property string html
    required property bool tight
    readonly property bool open: context.openSections[index] === true

    function show(position: int): rect {
        if (!open)
            context.toggle(index);
        return edit ? mapFromItem(edit, edit.positionToRectangle(position)) : Qt.rect(0, 0, width, height);
    }

    gap: tight ? 6 : 18
    bodyHeight: head.height + (words.item ? words.item.height + 14 : 0)

    Rectangle {
        anchors.fill: parent
        radius: Theme.cardRadius
        color: row.open ? Theme.surface : "transparent"
        border.color: Theme.line
    }

    SectionHead {
        id: head
        objectName: "sectionHead"
        width: parent.width
        text: row.title.length > 0 ? row.title : row.detail
        detail: row.title.length > 0 ? row.detail : ""
        open: row.open
        onClicked: row.context.toggle(row.index)
    }

    Lazy {
        id: words
        shown: row.open

        Item {
            y: head.height
            x: 34
            width: row.bodyWidth - 48
            height: text.height

            RichRow {
                id: text
                Component.onCompleted: row.edit = edit
                Component.onDestruction: row.edit = null
                width: parent.width
                columnWidth: width
                gap: 2
                index: row.index
                messageId: row.messageId
                context: row.context
                html: row.html
                heading: 0
                marker: ""
                tight: false
                level: 0
                quote: 0
            }
        }
    }
}
