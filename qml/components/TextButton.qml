// SPDX-License-Identifier: Apache-2.0
// A button with words. Primary is for the one thing a place is about; Danger for what cannot be undone.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

T.AbstractButton {
    id: control

    enum Kind { Plain, Primary, Quiet, Danger }

    property int kind: TextButton.Plain
    property string iconName: ""
    property string keys: ""
    property int maximumTextWidth: 360

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: Theme.control
    leftPadding: 12
    rightPadding: 12
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    // A filled button that is off has no colour left, instead of a pale one.
    readonly property bool drained: !enabled && kind === TextButton.Primary

    opacity: enabled || drained ? 1 : 0.45
    Accessible.name: text

    Keys.onReturnPressed: control.clicked()
    Keys.onEnterPressed: control.clicked()

    contentItem: ButtonLabel {
        iconName: control.iconName
        text: control.text
        maximumTextWidth: control.maximumTextWidth
        weight: control.kind === TextButton.Primary ? Theme.strong : Font.Normal
        ink: control.drained ? Theme.faint
           : control.kind === TextButton.Primary ? Theme.accentInk
           : control.kind === TextButton.Danger ? Theme.bad
           : control.kind === TextButton.Quiet ? Theme.secondary : Theme.text
    }

    background: Rectangle {
        radius: Theme.radius
        color: control.drained ? Theme.pressed
            : control.kind === TextButton.Primary
            ? (control.hovered || control.down ? Theme.accentHover : Theme.accent)
            : control.down ? Theme.pressed : control.hovered ? Theme.hover
            : control.kind === TextButton.Quiet ? "transparent" : Theme.surface
        border.width: control.kind === TextButton.Plain || control.kind === TextButton.Danger ? 1 : 0
        border.color: Theme.strongLine

        FocusRing { shown: control.visualFocus }
    }

    HintLoader {
        owner: control
        shown: control.hovered && control.keys.length > 0
        text: control.text
        keys: control.keys
    }
}
