// SPDX-License-Identifier: Apache-2.0
// A setting: its name and what it does on the left, what changes it on the right; below it where there is no room.
import QtQuick
import QtQuick.Layouts
import Fireside.Ui

GridLayout {
    id: row

    required property string label
    property string detail: ""
    default property alias control: holder.data

    columns: width < 470 ? 1 : 2
    columnSpacing: 20
    rowSpacing: 6

    ColumnLayout {
        spacing: 2

        UiText {
            Layout.fillWidth: true
            text: row.label
            font.pixelSize: Theme.smallSize
            wrapMode: Text.Wrap
        }
        UiText {
            Layout.fillWidth: true
            visible: row.detail.length > 0
            text: row.detail
            color: Theme.faint
            font.pixelSize: Theme.captionSize
            wrapMode: Text.Wrap
        }
    }
    Row {
        id: holder
        Layout.alignment: row.columns === 1 ? Qt.AlignLeft : Qt.AlignRight | Qt.AlignVCenter
        spacing: 8
    }
}
