// SPDX-License-Identifier: Apache-2.0
// Who answers.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string title
    required property string icon

    gap: 10
    bodyHeight: Math.max(22, name.implicitHeight)

    Row {
        spacing: 8
        height: parent.height

        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            width: 22
            height: 22
            radius: 11
            color: Theme.accentTint

            Icon {
                anchors.centerIn: parent
                width: 14
                height: 14
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
            width: Math.min(implicitWidth, row.bodyWidth - 30)
            elide: Text.ElideRight
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
    }
}
