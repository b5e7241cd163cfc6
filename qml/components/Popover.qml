// SPDX-License-Identifier: Apache-2.0
// A small surface that opens at what was pressed and closes by Esc or a press elsewhere.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.Popup {
    id: popover

    property string label

    margins: 8
    padding: 12
    focus: true
    implicitWidth: contentWidth + leftPadding + rightPadding
    implicitHeight: contentHeight + topPadding + bottomPadding
    contentWidth: contentItem ? contentItem.implicitWidth : 0
    contentHeight: contentItem ? contentItem.implicitHeight : 0

    background: Card {
        Accessible.role: Accessible.Dialog
        Accessible.name: popover.label
    }

    enter: Transition {
        NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.fast; easing.type: Easing.OutQuad }
    }
    exit: Transition {
        NumberAnimation { property: "opacity"; from: 1; to: 0; duration: Theme.fast; easing.type: Easing.OutQuad }
    }
}
