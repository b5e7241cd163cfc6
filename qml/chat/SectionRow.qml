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
    readonly property bool open: context.openSections[index] === true

    function toggle(): void {
        const sections = Object.assign({}, context.openSections);
        sections[index] = !open;
        context.openSections = sections;
    }

    gap: 6
    bodyHeight: head.height + (open ? words.height + 14 : 0)
    edit: open ? (words.item as RichRow)?.edit ?? null : null

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
        text: row.title
        detail: row.detail
        open: row.open
        onClicked: row.toggle()
    }

    Loader {
        id: words
        active: row.open
        anchors.top: head.bottom
        x: 34
        width: parent.width - 48
        height: (item as RichRow)?.height ?? 0
        sourceComponent: RichRow {
            index: row.index
            messageId: row.messageId
            context: row.context
            html: row.html
            gap: 2
            width: words.width
            columnWidth: width
        }
    }
}
