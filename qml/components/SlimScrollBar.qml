// SPDX-License-Identifier: Apache-2.0
// A scroll bar that steps back until it is needed. Lists are scrolled with the keyboard too: it takes no focus itself.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.ScrollBar {
    id: control

    implicitWidth: orientation === Qt.Vertical ? 10 : 60
    implicitHeight: orientation === Qt.Vertical ? 60 : 10
    padding: 2
    minimumSize: 0.06
    visible: policy === T.ScrollBar.AlwaysOn || (policy === T.ScrollBar.AsNeeded && size < 1.0)
    Accessible.name: qsTr("Scroll bar")

    contentItem: Rectangle {
        radius: 3
        color: control.pressed ? Theme.faint : Theme.strongLine
        opacity: control.active || control.hovered ? 1 : 0.55
    }
}
