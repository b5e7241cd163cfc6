// SPDX-License-Identifier: Apache-2.0
// The keys, to look up.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Fireside.Ui

ColumnLayout {
    id: list

    required property AppKeys keys

    spacing: 0

    Repeater {
        model: list.keys.list

        Item {
            id: entry

            required property var modelData

            Layout.fillWidth: true
            implicitHeight: Math.max(36, words.implicitHeight + 12)
            Accessible.role: Accessible.ListItem
            Accessible.name: modelData.text + ": " + modelData.keys.join(", ")

            UiText {
                id: words
                anchors.left: parent.left
                anchors.right: caps.left
                anchors.rightMargin: 12
                anchors.verticalCenter: parent.verticalCenter
                text: entry.modelData.text
                font.pixelSize: Theme.smallSize
                wrapMode: Text.Wrap
            }
            Row {
                id: caps
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                spacing: 6

                Repeater {
                    model: entry.modelData.keys

                    KeyCap {
                        required property string modelData

                        text: modelData
                    }
                }
            }
            Rectangle {
                anchors.bottom: parent.bottom
                width: parent.width
                height: 1
                color: Theme.line
            }
        }
    }
}
