// SPDX-License-Identifier: Apache-2.0
// Turns the mouse into a selection over rows: drag, Shift and click, double click for a word, a third click for the
// row; and into presses on links. Lies behind the rows, so that their buttons come first.
import QtQuick
import Fireside.Ui

MouseArea {
    id: mouse

    required property ListView list
    required property TranscriptSelection selection
    property bool dragging: false
    property real lastDoubleClick: 0

    signal linkPressed(link: string)
    signal menuRequested(row: BlockRow, link: string, x: real, y: real)
    signal scrolled(pixels: real)

    // {row, position, edit, item} under a point of the view, at the nearest text when there is none right there.
    function placeAt(x: real, y: real): var {
        const contentY = Math.max(list.originY, Math.min(list.originY + list.contentHeight - 1, y + list.contentY));
        const item = list.itemAt(list.width / 2, contentY) as BlockRow;
        if (!item)
            return { row: list.count - 1, position: 0x7fffffff, edit: null, item: null };
        const edit = item.editAt(contentY - item.y) as RowText;
        if (!edit)
            return { row: item.index, position: 0, edit: null, item: item };
        const local = edit.mapFromItem(list.contentItem, x, contentY);
        return { row: item.index, position: edit.start + edit.positionAt(local.x, local.y), edit: edit, item: item };
    }
    function linkAt(x: real, y: real): string {
        const place = placeAt(x, y);
        if (!place.edit)
            return "";
        const local = place.edit.mapFromItem(mouse, x, y);
        return place.edit.linkAt(local.x, local.y);
    }

    acceptedButtons: Qt.LeftButton | Qt.RightButton
    preventStealing: true

    onPressed: event => {
        const place = placeAt(event.x, event.y);
        if (event.button === Qt.RightButton) {
            mouse.menuRequested(place.item, linkAt(event.x, event.y), event.x, event.y);
        } else if (Date.now() - mouse.lastDoubleClick < Application.styleHints.mouseDoubleClickInterval) {
            mouse.selection.select(place.row, 0, 0x7fffffff);
        } else if (event.modifiers & Qt.ShiftModifier) {
            mouse.selection.extend(place.row, place.position);
            mouse.dragging = true;
        } else {
            mouse.selection.begin(place.row, place.position);
            mouse.dragging = true;
        }
    }
    onPositionChanged: event => {
        if (!mouse.dragging)
            return;
        const place = placeAt(event.x, event.y);
        mouse.selection.extend(place.row, place.position);
    }
    onReleased: event => {
        mouse.dragging = false;
        if (mouse.selection.active) {
            clipboard.setSelectedText(mouse.selection.text());
        } else if (event.button === Qt.LeftButton) {
            const link = linkAt(event.x, event.y);
            if (link.length > 0)
                mouse.linkPressed(link);
        }
    }
    onCanceled: mouse.dragging = false
    onDoubleClicked: event => {
        const place = placeAt(event.x, event.y);
        const edit = place.edit;
        if (event.button !== Qt.LeftButton || !edit)
            return;
        edit.cursorPosition = place.position - edit.start;
        edit.selectWord();
        mouse.selection.select(place.row, edit.start + edit.selectionStart, edit.start + edit.selectionEnd);
        mouse.lastDoubleClick = Date.now();
    }

    Clipboard { id: clipboard }

    // Dragging beyond an edge scrolls on.
    Timer {
        running: mouse.dragging && (mouse.mouseY < 16 || mouse.mouseY > mouse.height - 16)
        interval: 16
        repeat: true
        onTriggered: {
            mouse.scrolled(mouse.mouseY < 16 ? (mouse.mouseY - 16) / 2 : (mouse.mouseY - mouse.height + 16) / 2);
            const place = mouse.placeAt(mouse.mouseX, Math.max(0, Math.min(mouse.height - 1, mouse.mouseY)));
            mouse.selection.extend(place.row, place.position);
        }
    }
}
