// SPDX-License-Identifier: Apache-2.0
// The edge of the sidebar, to make it wider or narrower; and how wide it is. The width that is kept is that at 100 % text:
// it grows with the text as long as the page beside it has the room that it had.
import QtQuick
import Fireside.Gui
import Fireside.Ui

MouseArea {
    id: edge

    required property Settings settings
    required property real windowWidth
    readonly property real shown: Math.min(Theme.scaled(settings.sidebarWidth), Math.max(settings.sidebarWidth, room))
    // What a page of at least 520 pixels at 100 % leaves.
    readonly property real room: windowWidth - Theme.scaled(520)
    property real startX: 0
    property real startWidth: 0

    // Of a shown width: the one that is kept.
    function kept(width: real): int {
        return Math.round(width <= room ? width / Theme.growth : width);
    }

    width: 6
    hoverEnabled: true
    cursorShape: Qt.SplitHCursor
    preventStealing: true
    onPressed: event => {
        edge.startX = mapToGlobal(event.x, 0).x;
        edge.startWidth = edge.shown;
    }
    onPositionChanged: event => {
        if (pressed)
            edge.settings.sidebarWidth = edge.kept(edge.startWidth + mapToGlobal(event.x, 0).x - edge.startX);
    }
    onDoubleClicked: edge.settings.sidebarWidth = 272

    Rectangle {
        anchors.right: parent.right
        width: 2
        height: parent.height
        color: Theme.accent
        opacity: edge.pressed ? 1 : edge.containsMouse ? 0.5 : 0
    }
}
