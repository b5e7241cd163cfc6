// SPDX-License-Identifier: Apache-2.0
// The edge of the sidebar, to make it wider or narrower.
import QtQuick
import Fireside.Gui
import Fireside.Ui

MouseArea {
    id: edge

    required property Settings settings
    property real startX: 0
    property int startWidth: 0

    width: 6
    hoverEnabled: true
    cursorShape: Qt.SplitHCursor
    preventStealing: true
    onPressed: event => {
        edge.startX = mapToGlobal(event.x, 0).x;
        edge.startWidth = edge.settings.sidebarWidth;
    }
    onPositionChanged: event => {
        if (pressed)
            edge.settings.sidebarWidth = Math.max(200, Math.min(480, edge.startWidth + mapToGlobal(event.x, 0).x - edge.startX));
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
