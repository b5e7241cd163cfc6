// SPDX-License-Identifier: Apache-2.0
// How to get a model: which one, how large, and where Fireside looks for it.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ColumnLayout {
    id: get

    required property App app

    signal folderWanted()

    spacing: 10

    Rectangle {
        Layout.fillWidth: true
        implicitHeight: card.implicitHeight + 32
        radius: Theme.cardRadius
        color: Theme.surface
        border.color: Theme.line

        ColumnLayout {
            id: card
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: 16
            anchors.verticalCenter: parent.verticalCenter
            spacing: 6

            UiText {
                Layout.fillWidth: true
                text: "Qwen3-4B-Instruct-2507"
                font.weight: Theme.strong
                wrapMode: Text.Wrap
            }
            UiText {
                Layout.fillWidth: true
                text: qsTr("8.0 GB to download. Reads and writes English, Chinese and many other languages, up to 262,144 tokens of context. Apache-2.0.")
                color: Theme.secondary
                font.pixelSize: Theme.smallSize
                lineHeightMode: Text.FixedHeight
                lineHeight: Theme.smallLine
                wrapMode: Text.Wrap
            }
            Flow {
                Layout.fillWidth: true
                Layout.topMargin: 6
                spacing: 8

                TextButton {
                    iconName: "external"
                    text: qsTr("Open its page")
                    onClicked: get.app.openLink("https://huggingface.co/Qwen/Qwen3-4B-Instruct-2507")
                }
                TextButton {
                    objectName: "chooseFolder"
                    kind: TextButton.Primary
                    iconName: "folder"
                    text: qsTr("Choose a folder")
                    onClicked: get.folderWanted()
                }
                TextButton {
                    enabled: !get.app.models.searching
                    iconName: "regenerate"
                    text: get.app.models.searching ? qsTr("Searching") : qsTr("Search again")
                    onClicked: get.app.models.refresh()
                }
            }
        }
    }
    UiText {
        Layout.fillWidth: true
        Layout.topMargin: 6
        text: qsTr("Put its files into a folder of their own in one of these places, or choose the folder that holds it:")
        color: Theme.secondary
        font.pixelSize: Theme.smallSize
        wrapMode: Text.Wrap
    }
    Repeater {
        model: get.app.models.placesForModels

        RowLayout {
            id: place

            required property string modelData

            spacing: 8

            Icon {
                implicitWidth: Theme.scaled(16)
                implicitHeight: implicitWidth
                Layout.alignment: Qt.AlignTop
                name: "folder"
                color: Theme.faint
            }
            UiText {
                Layout.fillWidth: true
                text: place.modelData
                font.pixelSize: Theme.captionSize
                font.family: Theme.monospace
                color: Theme.secondary
                wrapMode: Text.WrapAnywhere
            }
        }
    }
}
