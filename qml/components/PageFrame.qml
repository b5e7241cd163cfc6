// SPDX-License-Identifier: Apache-2.0
// A page in place of the transcript: its name, the way back, and a column that scrolls.
import QtQuick
import QtQuick.Layouts
import Fireside.Ui

FocusScope {
    id: page

    required property string title
    default property alias content: column.data
    property alias actions: actions.data
    // Room at the left for the button that opens the sidebar.
    property int leadingSpace: 0

    signal closed()
    // The person wants to leave; a page with something to lose may ask first.
    function leave(): void { page.closed(); }

    Accessible.role: Accessible.Pane
    Accessible.name: title

    Keys.onEscapePressed: page.leave()
    Keys.onPressed: event => event.accepted = event.modifiers === Qt.NoModifier && flick.takes(event.key)

    RowLayout {
        id: head
        anchors.top: parent.top
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: 12 + page.leadingSpace
        anchors.rightMargin: 12
        height: Theme.header
        spacing: 8

        IconButton {
            objectName: "pageBack"
            iconName: "arrow-left"
            text: qsTr("Back to the conversation")
            keys: "Esc"
            onClicked: page.leave()
        }
        UiText {
            Layout.fillWidth: true
            text: page.title
            font.pixelSize: Theme.titleSize
            font.weight: Theme.strong
            elide: Text.ElideRight
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        Row {
            id: actions
            spacing: 8
        }
    }

    Divider {
        anchors.top: head.bottom
        width: parent.width
        visible: !flick.atYBeginning
        z: 1
    }
    ScrollArea {
        id: flick
        anchors.top: head.bottom
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        contentHeight: column.implicitHeight + 40

        ColumnLayout {
            id: column
            x: Math.max(20, (flick.width - width) / 2)
            y: 8
            width: Math.min(Theme.scaled(680), flick.width - 40)
            spacing: 12
        }
    }
}
