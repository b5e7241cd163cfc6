// SPDX-License-Identifier: Apache-2.0
// A row of the sidebar that leads somewhere.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.AbstractButton {
    id: control

    property string iconName
    property string keys: ""

    implicitHeight: Theme.row
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    Accessible.name: text
    Keys.onReturnPressed: clicked()

    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.leftMargin: 8
            anchors.rightMargin: 8
            radius: Theme.radius
            color: control.down || control.checked ? Theme.pressed : control.hovered ? Theme.hover : "transparent"

            FocusRing { shown: control.visualFocus }
        }
    }
    contentItem: Item {
        Icon {
            x: 18
            width: Theme.scaled(18)
            height: Theme.scaled(18)
            anchors.verticalCenter: parent.verticalCenter
            name: control.iconName
            color: Theme.secondary
        }
        UiText {
            anchors.left: parent.left
            anchors.leftMargin: 28 + Theme.scaled(18)
            anchors.right: parent.right
            anchors.rightMargin: control.hovered || control.visualFocus ? 100 : 18
            anchors.verticalCenter: parent.verticalCenter
            text: control.text
            font.pixelSize: Theme.smallSize
            elide: Text.ElideRight
        }
        UiText {
            anchors.right: parent.right
            anchors.rightMargin: 18
            anchors.verticalCenter: parent.verticalCenter
            visible: control.hovered || control.visualFocus
            text: control.keys
            color: Theme.faint
            font.pixelSize: Theme.captionSize
        }
    }
}
