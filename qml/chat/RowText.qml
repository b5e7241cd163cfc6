// SPDX-License-Identifier: Apache-2.0
// Text of a row that can be selected together with its neighbours: the view turns drags into a TranscriptSelection, and
// this shows the part of it that falls here.
import QtQuick
import Fireside.Ui

TextEdit {
    id: edit

    required property BlockRow owner
    // Where in the text of the row this one begins.
    property int start: 0
    property bool selecting: false

    // select() says that the text changed, which brings us back here.
    function showSelection(): void {
        if (selecting)
            return;
        selecting = true;
        const from = Math.max(0, owner.context.selection.startIn(owner.index) - start);
        const to = Math.min(length, owner.context.selection.endIn(owner.index) - start);
        if (from < to)
            select(from, to);
        else
            deselect();
        selecting = false;
    }

    function showPointer(): void { owner.context.selection.setPointer(edit, hoveredLink.length > 0); }

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

    // Later: behind this signal the TextEdit sets a shape of its own.
    onHoveredLinkChanged: Qt.callLater(edit.showPointer) // qmllint disable
    onTextChanged: if (owner.context.selection.active) showSelection()
    Component.onCompleted: {
        owner.context.selection.letMouseThrough(edit);
        if (owner.context.selection.active)
            showSelection();
    }

    Connections {
        target: edit.owner ? edit.owner.context.selection : null
        function onChanged(): void { edit.showSelection(); }
    }
    Connections {
        target: edit.owner
        function onIndexChanged(): void { edit.showSelection(); }
    }
}
