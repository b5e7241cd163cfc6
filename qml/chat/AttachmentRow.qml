// SPDX-License-Identifier: Apache-2.0
// A document that came with a message.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string title
    required property string icon
    required property string detail

    // The first one begins the message.
    gap: context.chat.transcript.rowOfMessage(messageId) === index ? 24 : 8
    bodyHeight: Math.max(44, words.implicitHeight + 12)

    Rectangle {
        anchors.right: parent.right
        width: Math.min(parent.width * 0.85, line.implicitWidth + 26)
        height: parent.height
        radius: Theme.cardRadius
        color: Theme.surface
        border.color: Theme.line

        Row {
            id: line
            x: 12
            anchors.verticalCenter: parent.verticalCenter
            spacing: 10

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                width: Theme.scaled(18)
                height: width
                name: row.icon
                color: Theme.accentText
            }
            Column {
                id: words
                anchors.verticalCenter: parent.verticalCenter

                UiText {
                    text: row.title
                    font.pixelSize: Theme.smallSize
                    width: Math.min(implicitWidth, row.bodyWidth * 0.85 - 42 - Theme.scaled(18))
                    elide: Text.ElideMiddle
                }
                UiText {
                    text: row.detail
                    color: Theme.faint
                    font.pixelSize: Theme.captionSize
                    width: Math.min(implicitWidth, row.bodyWidth * 0.85 - 42 - Theme.scaled(18))
                    elide: Text.ElideRight
                }
            }
        }
    }
}
