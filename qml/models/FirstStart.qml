// SPDX-License-Identifier: Apache-2.0
// In place of the greeting while only the bundled demo model is there. The composer below works all the same.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ScrollArea {
    id: start

    required property App app

    signal folderWanted()
    signal skipped()

    contentHeight: Math.max(height, column.implicitHeight + 40)

    ColumnLayout {
        id: column
        anchors.centerIn: parent
        width: Math.min(Theme.scaled(600), start.width - 48)
        spacing: 8

        Icon {
            Layout.alignment: Qt.AlignHCenter
            Layout.bottomMargin: 4
            implicitWidth: 56
            implicitHeight: 56
            name: "fireside"
            Accessible.ignored: true
        }
        UiText {
            Layout.fillWidth: true
            text: qsTr("Welcome to Fireside")
            font.pixelSize: Theme.titleSize
            font.weight: Theme.strong
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        UiText {
            Layout.fillWidth: true
            Layout.bottomMargin: 12
            text: qsTr("Everything you write and drop here stays on this computer. The small demo model in the box answers questions about Fireside and lists what a document says. For real conversations, add a language model.")
            color: Theme.secondary
            font.pixelSize: Theme.smallSize
            lineHeightMode: Text.FixedHeight
            lineHeight: Theme.smallLine
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
        }
        GetModel {
            Layout.fillWidth: true
            app: start.app
            onFolderWanted: start.folderWanted()
        }
        TextButton {
            objectName: "skipFirstStart"
            Layout.alignment: Qt.AlignHCenter
            Layout.topMargin: 10
            kind: TextButton.Quiet
            maximumTextWidth: column.width - 24
            text: qsTr("Try the demo model first")
            onClicked: start.skipped()
        }
    }
}
