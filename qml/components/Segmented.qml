// SPDX-License-Identifier: Apache-2.0
// One of a few. `options` are {value, text, icon?}; the arrow keys move as in a group of radio buttons.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

FocusScope {
    id: group

    required property string label
    required property var options
    property var value

    signal chosen(value: var)

    function step(delta: int): void {
        const at = group.options.findIndex(option => option.value === group.value);
        const next = Math.max(0, Math.min(group.options.length - 1, at + delta));
        group.chosen(group.options[next].value);
    }

    implicitWidth: row.implicitWidth + 4
    implicitHeight: Theme.control
    activeFocusOnTab: true
    Accessible.role: Accessible.Grouping
    Accessible.name: label
    Accessible.focusable: true

    Keys.onLeftPressed: step(-1)
    Keys.onRightPressed: step(1)

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius + 1
        color: Theme.hover
        border.color: Theme.line
    }
    FocusRing { shown: group.activeFocus; around: Theme.radius + 1 }

    Row {
        id: row
        x: 2
        y: 2

        Repeater {
            model: group.options

            T.AbstractButton {
                id: segment

                required property var modelData

                implicitWidth: implicitContentWidth + 20
                implicitHeight: group.height - 4
                focusPolicy: Qt.NoFocus
                hoverEnabled: true
                checked: group.value === modelData.value
                text: modelData.text
                Accessible.role: Accessible.RadioButton
                Accessible.name: text
                Accessible.checked: checked
                onClicked: {
                    group.chosen(segment.modelData.value);
                    group.forceActiveFocus();
                }

                contentItem: ButtonLabel {
                    iconName: segment.modelData.icon ?? ""
                    text: segment.text
                    ink: segment.checked ? Theme.text : Theme.secondary
                }

                background: Rectangle {
                    radius: Theme.radius - 1
                    color: segment.checked ? Theme.raised : segment.hovered ? Theme.hover : "transparent"
                    border.width: segment.checked ? 1 : 0
                    border.color: Theme.strongLine
                }
            }
        }
    }
}
