// SPDX-License-Identifier: Apache-2.0
// Takes files and text dropped anywhere on the window, and says beforehand what will happen.
import QtQuick
import Fireside.Ui

DropArea {
    id: area

    property int fileCount: 0

    signal filesDropped(urls: var)
    signal textDropped(text: string)

    // A link from a browser comes as an address too; its text is what is meant.
    function filesIn(urls: var): var { return urls.filter(url => url.toString().startsWith("file:")); }

    onEntered: drag => {
        area.fileCount = filesIn(drag.urls).length;
        drag.accepted = area.fileCount > 0 || drag.hasText;
    }
    onDropped: drop => {
        const files = filesIn(drop.urls);
        if (files.length > 0)
            area.filesDropped(files);
        else if (drop.hasText)
            area.textDropped(drop.text);
        drop.accept(Qt.CopyAction);
    }

    Rectangle {
        objectName: "dropVeil"
        anchors.fill: parent
        visible: opacity > 0
        opacity: area.containsDrag ? 1 : 0
        color: Theme.veil
        Accessible.role: Accessible.AlertMessage
        Accessible.name: title.text
        Accessible.ignored: !visible

        Behavior on opacity { NumberAnimation { duration: Theme.fast; easing.type: Easing.OutQuad } }

        Rectangle {
            anchors.fill: parent
            anchors.margins: 16
            radius: Theme.bubbleRadius
            color: "transparent"
            border.width: 2
            border.color: Theme.accent
        }
        Column {
            anchors.centerIn: parent
            width: parent.width - 96
            spacing: 10

            Icon {
                anchors.horizontalCenter: parent.horizontalCenter
                width: 40
                height: 40
                name: "drop"
                color: Theme.accentText
            }
            UiText {
                id: title
                width: parent.width
                text: area.fileCount > 0 ? qsTr("Attach %n file(s) to this conversation", "", area.fileCount)
                                         : qsTr("Add this text to the message")
                font.pixelSize: Theme.titleSize
                font.weight: Theme.strong
                horizontalAlignment: Text.AlignHCenter
                wrapMode: Text.Wrap
            }
            UiText {
                width: parent.width
                visible: area.fileCount > 0
                text: qsTr("They are read on this computer. You see their size in tokens before anything is sent.")
                color: Theme.secondary
                font.pixelSize: Theme.smallSize
                horizontalAlignment: Text.AlignHCenter
                wrapMode: Text.Wrap
            }
        }
    }
}
