// SPDX-License-Identifier: Apache-2.0
// Text of a row that can be selected together with its neighbours: the view turns drags into a TranscriptSelection, and
// this shows the part of it that falls here.
import QtQuick
import Fireside.Ui

TextEdit {
    id: edit

    required property BlockRow owner

    function showSelection(): void {
        const from = owner.context.selection.startIn(owner.index);
        if (from < 0)
            deselect();
        else
            select(Math.min(from, length), Math.min(owner.context.selection.endIn(owner.index), length));
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

    onTextChanged: if (owner.context.selection.active) showSelection()
    Component.onCompleted: if (owner.context.selection.active) showSelection()

    Connections {
        target: edit.owner.context.selection
        function onChanged(): void { edit.showSelection(); }
    }
    Connections {
        target: edit.owner
        function onIndexChanged(): void { edit.showSelection(); }
    }
    HoverHandler { cursorShape: edit.hoveredLink.length > 0 ? Qt.PointingHandCursor : Qt.IBeamCursor }
}
