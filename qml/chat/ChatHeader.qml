// SPDX-License-Identifier: Apache-2.0
// Above the transcript: which conversation, and what can be opened beside it.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

Item {
    id: header

    required property ChatSession chat
    property bool samplingOpen: false
    property int leadingSpace: 0

    signal findWanted()
    signal samplingWanted()

    implicitHeight: Theme.header

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 16 + header.leadingSpace
        anchors.rightMargin: 10
        spacing: 4

        UiText {
            Layout.fillWidth: true
            text: header.chat.title
            color: Theme.secondary
            font.pixelSize: Theme.smallSize
            elide: Text.ElideRight
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        IconButton {
            objectName: "findButton"
            iconName: "search"
            text: qsTr("Find in this conversation")
            keys: "Ctrl+F"
            enabled: header.chat.transcript.count > 0
            onClicked: header.findWanted()
        }
        IconButton {
            objectName: "samplingButton"
            iconName: "sliders"
            checked: header.samplingOpen || header.chat.sampling.anySet
            text: qsTr("Sampling")
            onClicked: header.samplingWanted()
        }
    }
}
