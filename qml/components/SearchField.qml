// SPDX-License-Identifier: Apache-2.0
// A line to search with: a glass, a cross that empties it, Esc that empties it too.
import QtQuick
import Fireside.Ui

LineField {
    id: field

    signal abandoned()

    iconName: "search"
    rightPadding: clear.visible ? clear.width + 6 : 10
    Accessible.role: Accessible.EditableText
    Accessible.searchEdit: true

    Keys.onEscapePressed: {
        if (field.text.length > 0)
            field.clear();
        else
            field.abandoned();
    }

    IconButton {
        id: clear
        anchors.verticalCenter: parent.verticalCenter
        anchors.right: parent.right
        anchors.rightMargin: 2
        width: Theme.scaled(28)
        height: width
        visible: field.text.length > 0
        iconName: "close"
        iconSize: 14
        text: qsTr("Clear search")
        onClicked: {
            field.clear();
            field.forceActiveFocus();
        }
    }
}
