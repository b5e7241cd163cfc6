// SPDX-License-Identifier: Apache-2.0
// A raised ground for menus and popovers. The shadow is two rectangles: the software renderer draws no blur.
import QtQuick
import Fireside.Ui

Item {
    id: card

    property int around: Theme.cardRadius
    property color ground: Theme.raised

    Rectangle {
        anchors.fill: parent
        anchors.margins: -1
        anchors.topMargin: 1
        anchors.bottomMargin: -3
        radius: card.around + 1
        color: Theme.shadow
    }
    Rectangle {
        anchors.fill: parent
        radius: card.around
        color: card.ground
        border.color: Theme.line
    }
}
