// SPDX-License-Identifier: Apache-2.0
// One line to type into. `label` is its name for screen readers; the placeholder alone is not one.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.TextField {
    id: field

    required property string label
    property string iconName: ""
    property bool invalid: false
    // The keyboard is in the menu of the field and comes back.
    readonly property bool menuOpen: menu.menu?.visible ?? false

    implicitWidth: 220
    implicitHeight: Theme.control
    leftPadding: iconName.length > 0 ? Theme.scaled(16) + 16 : 10
    rightPadding: 10
    verticalAlignment: TextInput.AlignVCenter
    color: Theme.text
    selectionColor: Theme.selection
    selectedTextColor: Theme.text
    placeholderTextColor: Theme.faint
    font.pixelSize: Theme.smallSize
    selectByMouse: true
    activeFocusOnTab: true
    Accessible.name: label
    onReleased: event => {
        if (event.button === Qt.RightButton)
            menu.popup(event.x, event.y);
    }
    // What is put in from outside shows its beginning, not its end.
    onTextChanged: if (!activeFocus) cursorPosition = 0

    TextMenuLoader {
        id: menu
        owner: field
        onPasteRequested: field.paste()
    }

    background: Rectangle {
        radius: Theme.radius
        color: Theme.surface
        border.width: field.activeFocus ? 2 : 1
        border.color: field.invalid ? Theme.bad : field.activeFocus ? Theme.accent : Theme.fieldLine

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            anchors.left: parent.left
            anchors.leftMargin: 9
            width: Theme.scaled(16)
            height: width
            name: field.iconName
            color: Theme.faint
        }
        UiText {
            anchors.verticalCenter: parent.verticalCenter
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.leftMargin: field.leftPadding
            anchors.rightMargin: field.rightPadding
            visible: field.length === 0 && field.preeditText.length === 0
            text: field.placeholderText
            color: field.placeholderTextColor
            font.pixelSize: field.font.pixelSize
            elide: Text.ElideRight
        }
    }
}
