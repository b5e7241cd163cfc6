// SPDX-License-Identifier: Apache-2.0
// Where a message is written. Enter sends (or breaks the line, as the settings say); never while an input method is
// composing. A long paste becomes an attachment; Ctrl+Shift+V keeps it as text.
import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

Flickable {
    id: flick

    required property App app
    required property ChatSession chat
    property alias input: area
    property string placeholder: ""

    signal submitted()
    signal recalled()
    signal copyWanted()
    signal pictureRefused()

    function paste(inline: bool): void {
        if (!inline && clipboard.hasFiles()) {
            flick.app.attachFiles(clipboard.urls());
            return;
        }
        const text = clipboard.text();
        if (text.length === 0 && clipboard.hasPicture())
            flick.pictureRefused();
        if (text.length === 0 || (!inline && flick.chat.pasteText(text)))
            return;
        area.remove(area.selectionStart, area.selectionEnd);
        area.insert(area.cursorPosition, text);
    }

    clip: true
    boundsBehavior: Flickable.StopAtBounds
    implicitHeight: area.implicitHeight

    T.TextArea.flickable: T.TextArea {
        id: area
        objectName: "composerInput"
        textFormat: TextEdit.PlainText
        wrapMode: TextEdit.Wrap
        implicitHeight: contentHeight + topPadding + bottomPadding
        topPadding: 12
        bottomPadding: 6
        leftPadding: 14
        rightPadding: 14
        color: Theme.text
        selectionColor: Theme.selection
        selectedTextColor: Theme.text
        font.pixelSize: Theme.bodySize
        selectByMouse: true
        activeFocusOnTab: true
        focus: true
        KeyNavigation.priority: KeyNavigation.BeforeItem
        KeyNavigation.tab: nextItemInFocusChain(true)
        KeyNavigation.backtab: nextItemInFocusChain(false)
        Accessible.name: qsTr("Message")
        Accessible.multiLine: true

        Keys.onPressed: event => {
            const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter;
            const shift = event.modifiers & Qt.ShiftModifier;
            const control = event.modifiers & Qt.ControlModifier;
            event.accepted = true;
            if (enter && inputMethodComposing)
                return;
            if (enter && !shift && (control || flick.app.settings.sendOnEnter))
                flick.submitted();
            else if (enter && control)
                area.insert(area.cursorPosition, "\n");
            else if (event.key === Qt.Key_V && control && shift)
                flick.paste(true);
            else if (event.matches(StandardKey.Paste))
                flick.paste(false);
            else if (event.key === Qt.Key_Up && area.length === 0 && event.modifiers === Qt.NoModifier)
                flick.recalled();
            else if (event.matches(StandardKey.Copy) && area.selectedText.length === 0)
                flick.copyWanted();
            else
                event.accepted = false;
        }

        onReleased: event => {
            if (event.button === Qt.RightButton)
                menu.popup(event.x, event.y);
        }

        UiText {
            x: area.leftPadding
            y: area.topPadding
            width: area.width - 2 * area.leftPadding
            visible: area.length === 0 && area.preeditText.length === 0
            text: flick.placeholder
            color: Theme.faint
            elide: Text.ElideRight
        }

        TextMenuLoader {
            id: menu
            owner: area
            onPasteRequested: flick.paste(false)
        }
    }
    T.ScrollBar.vertical: SlimScrollBar {}

    Clipboard { id: clipboard }
}
