// SPDX-License-Identifier: Apache-2.0
// A menu of actions.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.Menu {
    id: menu

    margins: 8
    padding: 4
    overlap: 1
    implicitWidth: Math.max(184, contentWidth + leftPadding + rightPadding)
    implicitHeight: contentHeight + topPadding + bottomPadding

    contentItem: ListView {
        implicitHeight: contentHeight
        model: menu.contentModel
        currentIndex: menu.currentIndex
        interactive: false
    }

    background: Card {}

    enter: Transition {
        NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.fast; easing.type: Easing.OutQuad }
    }
}
