// SPDX-License-Identifier: Apache-2.0
// A small choice that is on show: an icon, a word, and a sign that it opens something.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.AbstractButton {
    id: control

    property string iconName: ""
    property string hint: ""
    property string keys: ""
    property bool opens: false

    // Whole pixels: a layout cuts the rest off, and with it the end of the text.
    implicitWidth: Math.ceil(implicitContentWidth + leftPadding + rightPadding)
    implicitHeight: Theme.control
    leftPadding: 8
    rightPadding: 8
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    opacity: enabled ? 1 : 0.45
    Accessible.name: hint.length > 0 ? hint + ": " + text : text

    Keys.onReturnPressed: control.clicked()
    Keys.onEnterPressed: control.clicked()

    contentItem: ButtonLabel {
        iconName: control.iconName
        text: control.text
        ink: Theme.secondary
        trailing: control.opens ? "chevron-down" : ""
        maximumTextWidth: 170
    }

    background: Rectangle {
        radius: Theme.radius
        color: control.down || control.checked ? Theme.pressed : control.hovered ? Theme.hover : "transparent"

        FocusRing { shown: control.visualFocus }
    }

    HintLoader {
        owner: control
        shown: control.hovered
        text: control.hint
        keys: control.keys
    }
}
