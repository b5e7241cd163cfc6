// SPDX-License-Identifier: Apache-2.0
// From here on another role answers.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string title
    required property string icon

    gap: 24
    bodyHeight: Math.max(20, label.implicitHeight)

    Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        anchors.left: parent.left
        anchors.right: middle.left
        anchors.rightMargin: 12
        height: 1
        color: Theme.line
    }
    Row {
        id: middle
        anchors.centerIn: parent
        spacing: 6

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.scaled(14)
            height: width
            name: row.icon
            color: Theme.faint
        }
        UiText {
            id: label
            text: qsTr("%1 answers from here on").arg(row.title)
            color: Theme.faint
            font.pixelSize: Theme.captionSize
            width: Math.min(implicitWidth, row.bodyWidth - 80)
            elide: Text.ElideRight
        }
    }
    Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        anchors.left: middle.right
        anchors.right: parent.right
        anchors.leftMargin: 12
        height: 1
        color: Theme.line
    }
}
