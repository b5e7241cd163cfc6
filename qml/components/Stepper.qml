// SPDX-License-Identifier: Apache-2.0
// A number in steps: less, its value, more, and the way back to the usual one. The arrow keys step, Home resets.
import QtQuick
import Fireside.Ui

FocusScope {
    id: stepper

    required property string label
    // The value as it is read: "110%".
    required property string text
    // Also what screen readers are told of it.
    property real value: 0
    property real minimumValue: 0
    property real maximumValue: 1
    property real stepSize: 0.1
    property bool usual: true

    signal stepped(delta: int)
    signal reset()

    implicitWidth: row.width
    implicitHeight: Theme.control
    activeFocusOnTab: true
    Accessible.role: Accessible.SpinBox
    Accessible.name: label + ", " + text
    Accessible.focusable: true
    Accessible.onIncreaseAction: stepper.stepped(1)
    Accessible.onDecreaseAction: stepper.stepped(-1)

    Keys.onLeftPressed: stepped(-1)
    Keys.onRightPressed: stepped(1)
    Keys.onPressed: event => {
        event.accepted = event.key === Qt.Key_Home;
        if (event.accepted)
            stepper.reset();
    }

    Row {
        id: row
        spacing: 4

        IconButton {
            objectName: "stepperReset"
            visible: !stepper.usual
            iconName: "undo"
            iconSize: 14
            text: qsTr("Back to the usual value")
            focusPolicy: Qt.NoFocus
            onClicked: stepper.reset()
        }
        Rectangle {
            width: buttons.width + 4
            height: stepper.height
            radius: Theme.radius + 1
            color: Theme.hover
            border.color: Theme.line

            FocusRing { shown: stepper.activeFocus; around: Theme.radius + 1 }

            Row {
                id: buttons
                x: 2
                y: 2

                IconButton {
                    objectName: "stepperLess"
                    implicitHeight: stepper.height - 4
                    iconName: "minus"
                    iconSize: 16
                    text: qsTr("Less")
                    enabled: stepper.value > stepper.minimumValue
                    focusPolicy: Qt.NoFocus
                    onClicked: stepper.stepped(-1)
                }
                UiText {
                    objectName: "stepperValue"
                    anchors.verticalCenter: parent.verticalCenter
                    width: Theme.scaled(52)
                    text: stepper.text
                    font.pixelSize: Theme.smallSize
                    horizontalAlignment: Text.AlignHCenter
                    Accessible.ignored: true
                }
                IconButton {
                    objectName: "stepperMore"
                    implicitHeight: stepper.height - 4
                    iconName: "plus"
                    iconSize: 16
                    text: qsTr("More")
                    enabled: stepper.value < stepper.maximumValue
                    focusPolicy: Qt.NoFocus
                    onClicked: stepper.stepped(1)
                }
            }
        }
    }
}
