// SPDX-License-Identifier: Apache-2.0
// Why this message cannot be sent as it is, with figures, and what can be done.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Ui

Rectangle {
    id: notice

    required property string text
    required property var choices

    implicitHeight: column.implicitHeight + 20
    radius: Theme.cardRadius
    color: Theme.badTint
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text + " " + choices.join(" ")

    Icon {
        x: 12
        y: 11
        width: Theme.scaled(18)
        height: width
        name: "warning"
        color: Theme.bad
    }
    Column {
        id: column
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: 22 + Theme.scaled(18)
        anchors.rightMargin: 12
        anchors.verticalCenter: parent.verticalCenter
        spacing: 4

        UiText {
            width: parent.width
            text: notice.text
            font.pixelSize: Theme.smallSize
            wrapMode: Text.Wrap
        }
        Repeater {
            model: notice.choices

            UiText {
                required property string modelData

                width: column.width
                leftPadding: Theme.smallSize
                text: modelData
                color: Theme.secondary
                font.pixelSize: Theme.smallSize
                wrapMode: Text.Wrap

                UiText {
                    text: "–"
                    color: Theme.secondary
                    font.pixelSize: Theme.smallSize
                    Accessible.ignored: true
                }
            }
        }
    }
}
