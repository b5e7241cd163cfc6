// SPDX-License-Identifier: Apache-2.0
// The words that appear beside a control under the pointer: what it does, and its key.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.ToolTip {
    id: hint

    property string keys: ""

    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: -height - 6
    margins: 6
    padding: 6
    leftPadding: 9
    rightPadding: 9
    delay: 500
    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent | T.Popup.CloseOnReleaseOutsideParent

    contentItem: Row {
        spacing: 8

        UiText {
            text: hint.text
            font.pixelSize: Theme.captionSize
            width: Math.min(implicitWidth, hint.keys.length > 0 ? 260 : 340)
            wrapMode: Text.Wrap
        }
        UiText {
            text: hint.keys
            visible: text.length > 0
            color: Theme.faint
            font.pixelSize: Theme.captionSize
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: Theme.raised
        border.color: Theme.line
    }
}
