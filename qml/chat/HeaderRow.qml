// SPDX-License-Identifier: Apache-2.0
// Who answers.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string title
    required property string icon

    gap: 10
    bodyHeight: Math.max(sign.height, name.implicitHeight)

    Row {
        spacing: 8
        height: parent.height

        Rectangle {
            id: sign
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.scaled(22)
            height: width
            radius: width / 2
            color: Theme.accentTint

            Icon {
                anchors.centerIn: parent
                width: Theme.scaled(14)
                height: width
                name: row.icon
                color: Theme.accentText
            }
        }
        UiText {
            id: name
            anchors.verticalCenter: parent.verticalCenter
            text: row.title
            color: Theme.secondary
            font.pixelSize: Theme.smallSize
            font.weight: Theme.strong
            width: Math.min(implicitWidth, row.bodyWidth - sign.width - 8)
            elide: Text.ElideRight
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
    }
}
