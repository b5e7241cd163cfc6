// SPDX-License-Identifier: Apache-2.0
// A name, and below it what is filled in.
import QtQuick
import QtQuick.Layouts
import Fireside.Ui

Column {
    id: field

    required property string label

    Layout.fillWidth: true
    Layout.topMargin: 4
    spacing: 6

    UiText {
        width: parent.width
        text: field.label
        font.pixelSize: Theme.smallSize
        wrapMode: Text.Wrap
    }
}
