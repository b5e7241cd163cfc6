// SPDX-License-Identifier: Apache-2.0
// A sign for a role: one stop for Tab, the arrow keys choose.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

Flow {
    id: picker

    property string value
    // Names of resources/icons, and what a screen reader calls them.
    readonly property var icons: [
        { name: "chat", text: qsTr("Speech bubble") }, { name: "list", text: qsTr("List") },
        { name: "document", text: qsTr("Document") }, { name: "pen", text: qsTr("Quill") },
        { name: "megaphone", text: qsTr("Megaphone") }, { name: "code", text: qsTr("Code") },
        { name: "terminal", text: qsTr("Terminal") }, { name: "languages", text: qsTr("Languages") },
        { name: "globe", text: qsTr("Globe") }, { name: "notes", text: qsTr("Notes") },
        { name: "book", text: qsTr("Book") }, { name: "lightbulb", text: qsTr("Light bulb") },
        { name: "flask", text: qsTr("Flask") }, { name: "briefcase", text: qsTr("Briefcase") },
        { name: "mail", text: qsTr("Letter") }, { name: "person", text: qsTr("Person") },
        { name: "star", text: qsTr("Star") }, { name: "heart", text: qsTr("Heart") }
    ]

    signal picked(name: string)

    function step(delta: int): void {
        const at = icons.findIndex(icon => icon.name === value);
        picked(icons[Math.max(0, Math.min(icons.length - 1, at + delta))].name);
    }

    spacing: 4
    activeFocusOnTab: true
    Accessible.focusable: true
    Keys.onLeftPressed: step(-1)
    Keys.onRightPressed: step(1)
    Accessible.role: Accessible.Grouping
    Accessible.name: qsTr("Icon")

    Repeater {
        model: picker.icons

        T.AbstractButton {
            id: choice

            required property var modelData

            implicitWidth: Theme.scaled(34)
            implicitHeight: implicitWidth
            focusPolicy: Qt.NoFocus
            hoverEnabled: true
            checked: picker.value === modelData.name
            text: modelData.text
            Accessible.role: Accessible.RadioButton
            Accessible.name: text
            Accessible.checked: checked
            onClicked: {
                picker.picked(choice.modelData.name);
                picker.forceActiveFocus();
            }

            background: Rectangle {
                radius: Theme.radius
                color: choice.checked ? Theme.accentTint : choice.hovered ? Theme.hover : "transparent"
                border.width: choice.checked ? 1 : 0
                border.color: Theme.accent

                FocusRing { shown: choice.checked && picker.activeFocus }
            }
            contentItem: Item {
                Icon {
                    anchors.centerIn: parent
                    width: Theme.scaled(18)
                    height: width
                    name: choice.modelData.name
                    color: choice.checked ? Theme.accentText : Theme.secondary
                }
            }
        }
    }
}
