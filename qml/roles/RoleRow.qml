// SPDX-License-Identifier: Apache-2.0
import QtQuick
import Fireside.Ui

Item {
    id: row

    required property string roleId
    required property string name
    required property string description
    required property string icon
    required property bool builtIn
    property bool current: false
    property bool focused: false
    readonly property Item editButton: edit

    signal chosen()
    signal editWanted()

    implicitHeight: Math.max(48, words.implicitHeight + 12)
    Accessible.role: Accessible.ListItem
    Accessible.name: name + ". " + description
    Accessible.selected: current
    Accessible.onPressAction: chosen()

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: hover.hovered || row.focused ? Theme.hover : "transparent"

        // Inside: the list cuts off what lies outside.
        FocusRing { shown: row.focused && (row.ListView.view?.activeFocus ?? false); anchors.margins: 0; around: Theme.radius - 2 }
    }
    HoverHandler { id: hover }
    TapHandler { onTapped: row.chosen() }

    Icon {
        id: sign
        x: 10
        width: Theme.scaled(18)
        height: Theme.scaled(18)
        anchors.verticalCenter: parent.verticalCenter
        name: row.icon
        color: row.current ? Theme.accentText : Theme.secondary
    }
    Column {
        id: words
        anchors.left: sign.right
        anchors.leftMargin: 12
        anchors.right: edit.left
        anchors.verticalCenter: parent.verticalCenter

        UiText {
            width: parent.width
            text: row.name
            font.pixelSize: Theme.smallSize
            font.weight: row.current ? Theme.strong : Font.Normal
            color: row.current ? Theme.accentText : Theme.text
            elide: Text.ElideRight
        }
        UiText {
            width: parent.width
            visible: text.length > 0
            text: row.description
            color: row.focused || hover.hovered ? Theme.secondary : Theme.faint
            font.pixelSize: Theme.captionSize
            elide: Text.ElideRight
        }
    }
    IconButton {
        id: edit
        objectName: "editRole"
        anchors.right: parent.right
        anchors.rightMargin: 6
        anchors.verticalCenter: parent.verticalCenter
        opacity: hover.hovered || row.focused || visualFocus ? 1 : 0
        iconName: row.builtIn ? "copy" : "edit"
        iconSize: 16
        text: row.builtIn ? qsTr("Make a copy of “%1” to change").arg(row.name) : qsTr("Edit “%1”").arg(row.name)
        onClicked: row.editWanted()
    }
}
