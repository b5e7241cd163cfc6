// SPDX-License-Identifier: Apache-2.0
// On or off. `text` is its name for screen readers; the words beside it belong to the row.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.Switch {
    id: control

    implicitWidth: Theme.scaled(40)
    implicitHeight: Theme.control
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    opacity: enabled ? 1 : 0.45
    Accessible.name: text

    Keys.onReturnPressed: {
        control.toggle();
        control.toggled();
    }

    indicator: Rectangle {
        anchors.centerIn: parent
        width: control.implicitWidth
        height: Theme.scaled(22)
        radius: height / 2
        color: control.checked ? Theme.accent : control.hovered ? Theme.pressed : Theme.hover
        border.width: control.checked ? 0 : 1
        border.color: Theme.faint

        Rectangle {
            x: control.checked ? parent.width - width - 3 : 3
            anchors.verticalCenter: parent.verticalCenter
            width: parent.height - 6
            height: width
            radius: width / 2
            color: control.checked ? Theme.accentInk : Theme.faint

            Behavior on x { NumberAnimation { duration: Theme.fast; easing.type: Easing.OutQuad } }
        }
        FocusRing { shown: control.visualFocus; around: parent.radius }
    }
}
