// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.MenuItem {
    id: item

    property string iconName: ""
    property string keys: ""
    property bool danger: false
    readonly property color ink: danger ? Theme.bad : Theme.text

    implicitWidth: implicitContentWidth + leftPadding + rightPadding + (keys.length > 0 ? Theme.scaled(90) : 12)
    implicitHeight: visible ? Theme.control : 0
    leftPadding: iconName.length > 0 ? Theme.scaled(16) + 18 : 10
    rightPadding: 10
    hoverEnabled: true
    opacity: enabled ? 1 : 0.45
    Accessible.name: text

    contentItem: UiText {
        verticalAlignment: Text.AlignVCenter
        text: item.text
        color: item.ink
        font.pixelSize: Theme.smallSize

        UiText {
            anchors.verticalCenter: parent.verticalCenter
            anchors.right: parent.right
            text: item.keys
            color: item.highlighted ? Theme.secondary : Theme.faint
            font.pixelSize: Theme.captionSize
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: item.highlighted ? Theme.hover : "transparent"

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            anchors.left: parent.left
            anchors.leftMargin: 10
            width: Theme.scaled(16)
            height: width
            name: item.iconName
            color: item.danger ? Theme.bad : Theme.secondary
        }
    }
}
