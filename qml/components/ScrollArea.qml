// SPDX-License-Identifier: Apache-2.0
// A column that scrolls: with the wheel, with the keys that nothing inside wants, and by itself to where the keyboard
// goes.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

Flickable {
    id: area

    readonly property Item focused: Window.activeFocusItem

    function scrollTo(y: real): void {
        contentY = Math.max(0, Math.min(contentHeight - height, y));
    }
    function reveal(item: Item): void {
        let above = item;
        while (above && above !== contentItem)
            above = above.parent;
        if (!above || item === contentItem)
            return;
        const top = item.mapToItem(contentItem, 0, 0).y - 16;
        // What is taller than the area and fills it is there already.
        if (top <= contentY && top + item.height + 32 >= contentY + height)
            return;
        const bottom = top + Math.min(item.height + 32, height);
        if (top < contentY)
            scrollTo(top);
        else if (bottom > contentY + height)
            scrollTo(bottom - height);
    }
    // True when the key scrolls.
    function takes(key: int): bool {
        switch (key) {
        case Qt.Key_Up:
            scrollTo(contentY - 60);
            return true;
        case Qt.Key_Down:
            scrollTo(contentY + 60);
            return true;
        case Qt.Key_PageUp:
            scrollTo(contentY - height + 40);
            return true;
        case Qt.Key_PageDown:
            scrollTo(contentY + height - 40);
            return true;
        case Qt.Key_Home:
            scrollTo(0);
            return true;
        case Qt.Key_End:
            scrollTo(contentHeight);
            return true;
        default:
            return false;
        }
    }

    contentWidth: width
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    onFocusedChanged: reveal(focused)
    Keys.onPressed: event => event.accepted = event.modifiers === Qt.NoModifier && area.takes(event.key)

    T.ScrollBar.vertical: SlimScrollBar {}
}
