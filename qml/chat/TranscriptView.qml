// SPDX-License-Identifier: Apache-2.0
// The conversation: a flat list of blocks. Follows a growing answer only while its end is in view.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Qt.labs.qmlmodels
import Fireside.Gui
import Fireside.Ui

FocusScope {
    id: view

    required property App app
    required property ChatSession chat
    property alias list: list
    property alias context: context
    property alias selection: selection
    property bool following: true
    // What lies over its upper edge hides this much of it.
    property real coveredTop: 0
    readonly property real end: list.originY + list.contentHeight + list.bottomMargin - list.height
    readonly property bool atEnd: list.contentY >= end - 24

    // A finger flicks the list; a mouse selects text with the same movement.
    property bool touch: false
    readonly property Item focused: Window.activeFocusItem

    signal menuRequested(row: BlockRow, link: string, x: real, y: real)

    function toEnd(): void {
        following = true;
        showEnd();
    }
    function showEnd(): void {
        list.positionViewAtEnd();
        // That leaves out the margin, where the progress of an answer stands.
        list.contentY = Math.max(list.originY - list.topMargin, end);
    }
    // Asked for earlier, when the end was wanted; it may not be any more.
    function stayAtEnd(): void {
        if (following)
            showEnd();
    }
    function scrollBy(pixels: real): void {
        const first = list.originY - list.topMargin;
        list.contentY = Math.max(first, Math.min(Math.max(first, end), list.contentY + pixels));
        following = atEnd;
    }
    // Tab reaches the buttons of rows that are made but out of sight.
    function reveal(button: Item): void {
        let above = button;
        while (above && above !== list.contentItem)
            above = above.parent;
        if (!above || (button as T.AbstractButton)?.visualFocus !== true)
            return;
        const top = button.mapToItem(list, 0, 0).y;
        if (top < coveredTop + 8)
            scrollBy(top - coveredTop - 8);
        else if (top + button.height + 8 > list.height)
            scrollBy(top + button.height + 8 - list.height);
    }
    // Its beginning, or the first place in it with these words.
    function showMessage(messageId: double, words: string): bool {
        const row = chat.transcript.rowOfMessage(messageId);
        if (row < 0)
            return false;
        following = false;
        if (!showWords(row, messageId, words)) {
            list.positionViewAtIndex(row, ListView.Beginning);
            scrollBy(-24 - coveredTop);
        }
        context.markedMessage = messageId;
        unmark.restart();
        return true;
    }
    function showWords(row: int, messageId: double, words: string): bool {
        hit.model = chat.transcript;
        hit.text = words;
        hit.startAt(row);
        let found = hit.current > 0;
        if (found) {
            list.positionViewAtIndex(hit.row, ListView.Center);
            found = (list.itemAtIndex(hit.row) as BlockRow)?.messageId === messageId;
            if (found) {
                selection.select(hit.row, hit.start, hit.start + hit.length);
                showPlace(hit.row, hit.start);
            }
        }
        hit.text = "";
        hit.model = null;
        return found;
    }
    function showRow(row: int): void {
        following = false;
        list.positionViewAtIndex(row, ListView.Contain);
        following = atEnd;
    }
    // This place in the text of a row, which may be taller than the view.
    function showPlace(row: int, position: int): void {
        showRow(row);
        const item = list.itemAtIndex(row) as BlockRow;
        if (!item)
            return;
        const place = item.show(position);
        const top = item.y + place.y - list.contentY;
        if (top < coveredTop || top + place.height > list.height)
            scrollBy(top - coveredTop - (list.height - coveredTop) / 3);
    }
    function copySelection(): bool {
        if (!selection.active)
            return false;
        clipboard.setText(selection.text());
        return true;
    }

    activeFocusOnTab: true
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Conversation")
    onFocusedChanged: reveal(focused)
    onChatChanged: {
        following = true;
        context.editingMessage = 0;
        context.openSections = {};
    }

    Keys.onPressed: event => {
        event.accepted = true;
        if (event.matches(StandardKey.Copy))
            view.copySelection();
        else if (event.matches(StandardKey.SelectAll))
            selection.selectAll();
        else if (event.key === Qt.Key_Up)
            view.scrollBy(-60);
        else if (event.key === Qt.Key_Down)
            view.scrollBy(60);
        else if (event.key === Qt.Key_PageUp && event.modifiers === Qt.NoModifier)
            view.scrollBy(40 - view.height);
        else if (event.key === Qt.Key_PageDown && event.modifiers === Qt.NoModifier)
            view.scrollBy(view.height - 40);
        else if (event.key === Qt.Key_Home)
            view.scrollBy(-list.contentHeight);
        else if (event.key === Qt.Key_End)
            view.toEnd();
        else
            event.accepted = false;
    }

    TranscriptSelection {
        id: selection
        model: view.chat.transcript
    }
    TranscriptContext {
        id: context
        app: view.app
        chat: view.chat
        selection: view.selection
        columnWidth: Math.min(Theme.columnWidth, view.width - 2 * Theme.sideMargin)
    }
    TranscriptFind { id: hit }
    Clipboard { id: clipboard }
    Timer {
        id: unmark
        interval: 2000
        onTriggered: context.markedMessage = 0
    }

    // Behind the rows: what no button takes is a selection or a link.
    TranscriptMouse {
        anchors.fill: parent
        list: view.list
        selection: view.selection
        onLinkPressed: link => view.app.openLink(link)
        onScrolled: pixels => view.scrollBy(pixels)
        onMenuRequested: (row, link, x, y) => view.menuRequested(row, link, x, y)
    }

    ListView {
        id: list
        objectName: "transcriptList"
        anchors.fill: parent
        model: view.chat.transcript
        reuseItems: true
        cacheBuffer: 800
        boundsBehavior: Flickable.StopAtBounds
        interactive: view.touch
        clip: true
        topMargin: 4 + view.coveredTop
        bottomMargin: progress.height
        delegate: rows

        onContentHeightChanged: if (view.following) Qt.callLater(view.stayAtEnd) // qmllint disable
        onHeightChanged: if (view.following) Qt.callLater(view.stayAtEnd) // qmllint disable
        onBottomMarginChanged: if (view.following) Qt.callLater(view.stayAtEnd) // qmllint disable
        onMovementEnded: view.following = view.atEnd

        // Not a footer: those of Qt 6.4 cannot be made from a file with bound components.
        AnswerProgress {
            id: progress
            parent: list.contentItem
            y: list.originY + list.contentHeight
            width: list.width
            context: view.context
        }

        T.ScrollBar.vertical: SlimScrollBar {
            onPressedChanged: view.following = !pressed && view.atEnd
        }
    }
    // What has gone up goes under the header.
    Divider {
        width: parent.width
        visible: !list.atYBeginning
    }
    FocusRing { shown: view.Window.activeFocusItem === view; anchors.margins: 2 }

    DelegateChooser {
        id: rows
        role: "kind"
        DelegateChoice { roleValue: TranscriptModel.Rich; RichRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.Code; CodeRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.UserText; UserRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.Header; HeaderRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.Footer; FooterRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.Table; TableRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.Rule; RuleRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.Attachment; AttachmentRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.RoleChange; RoleChangeRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.ErrorNote; ErrorRow { context: view.context } }
        DelegateChoice { roleValue: TranscriptModel.Section; SectionRow { context: view.context } }
    }

    WheelHandler {
        target: null
        acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad
        onWheel: event => view.scrollBy(event.pixelDelta.y !== 0 ? -event.pixelDelta.y : -event.angleDelta.y * 0.8)
    }
    PointHandler {
        acceptedDevices: PointerDevice.TouchScreen
        onActiveChanged: if (active) view.touch = true
    }
    HoverHandler {
        acceptedDevices: PointerDevice.Mouse | PointerDevice.TouchPad
        onPointChanged: {
            view.touch = false;
            const row = list.itemAt(list.width / 2, point.position.y + list.contentY) as BlockRow;
            context.hoveredMessage = hovered && row ? row.messageId : 0;
        }
        onHoveredChanged: if (!hovered) context.hoveredMessage = 0
    }

    JumpButton {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 8
        shown: !view.following && !view.atEnd
        onClicked: view.toEnd()
    }
}
