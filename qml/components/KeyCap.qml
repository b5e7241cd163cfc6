// SPDX-License-Identifier: Apache-2.0
// A key as it is printed on the keyboard.
import QtQuick
import Fireside.Ui

Rectangle {
    id: cap

    required property string text

    implicitWidth: words.implicitWidth + 14
    implicitHeight: Math.max(24, words.implicitHeight + 6)
    radius: 5
    color: Theme.surface
    border.color: Theme.strongLine

    UiText {
        id: words
        anchors.centerIn: parent
        // As it is on the key.
        text: cap.text.replace(/\bUp$/, "↑").replace(/\bDown$/, "↓")
        color: Theme.secondary
        font.pixelSize: Theme.captionSize
    }
}
