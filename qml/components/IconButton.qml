// SPDX-License-Identifier: Apache-2.0
// A button that is one icon. `text` is its name for screen readers and for the hint. A click leaves the keyboard where
// it is; Tab reaches the button.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.AbstractButton {
    id: control

    property string iconName
    property int iconSize: 18
    property color iconColor: checked ? Theme.accentText : Theme.secondary
    property string keys: ""

    implicitWidth: Theme.control
    implicitHeight: Theme.control
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    opacity: enabled ? 1 : 0.4
    Accessible.name: text

    Keys.onReturnPressed: control.clicked()
    Keys.onEnterPressed: control.clicked()

    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            width: Theme.scaled(control.iconSize)
            height: Theme.scaled(control.iconSize)
            name: control.iconName
            color: control.iconColor
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: control.down ? Theme.pressed : control.hovered ? Theme.hover : "transparent"

        FocusRing { shown: control.visualFocus }
    }

    HintLoader {
        owner: control
        shown: control.hovered || control.visualFocus
        text: control.text
        keys: control.keys
    }
}
