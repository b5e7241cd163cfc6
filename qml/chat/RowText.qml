// SPDX-License-Identifier: Apache-2.0
// Text of a row that can be selected together with its neighbours: the view turns drags into a TranscriptSelection, and
// this shows the part of it that falls here.
import QtQuick
import Fireside.Ui

TextEdit {
    id: edit

    required property BlockRow row

    function showSelection(): void {
        const from = row.context.selection.startIn(row.index);
        if (from < 0)
            deselect();
        else
            select(Math.min(from, length), Math.min(row.context.selection.endIn(row.index), length));
    }

    textFormat: TextEdit.PlainText
    readOnly: true
    selectByMouse: false
    activeFocusOnPress: false
    persistentSelection: true
    wrapMode: TextEdit.Wrap
    color: Theme.text
    selectionColor: Theme.selection
    selectedTextColor: Theme.text
    font.pixelSize: Theme.bodySize
    Accessible.role: Accessible.StaticText
    Accessible.name: getText(0, Math.min(length, 4000))

    onTextChanged: if (row.context.selection.active) showSelection()
    Component.onCompleted: if (row.context.selection.active) showSelection()

    Connections {
        target: edit.row.context.selection
        function onChanged(): void { edit.showSelection(); }
    }
    Connections {
        target: edit.row
        function onIndexChanged(): void { edit.showSelection(); }
    }
    HoverHandler { cursorShape: edit.hoveredLink.length > 0 ? Qt.PointingHandCursor : Qt.IBeamCursor }
}
