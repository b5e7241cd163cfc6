// SPDX-License-Identifier: Apache-2.0
// A number to drag or to step with the arrow keys: its name, its value, and the way back to the usual one.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Fireside.Ui

ColumnLayout {
    id: row

    required property string label
    property string detail: ""
    property real from: 0
    property real to: 1
    property real stepSize: 0.05
    property real value: 0
    // Where the bar begins: the value that changes nothing.
    property real origin: from
    property int decimals: 2
    property bool changedByHand: false
    property color ink: Theme.accent
    readonly property Item handle: slider

    signal moved(value: real)
    signal reset()

    spacing: 2

    RowLayout {
        spacing: 6

        UiText {
            Layout.fillWidth: true
            text: row.label
            color: row.enabled ? Theme.text : Theme.secondary
            font.pixelSize: Theme.smallSize
            elide: Text.ElideRight
        }
        IconButton {
            visible: row.changedByHand
            implicitWidth: Theme.scaled(28)
            implicitHeight: implicitWidth
            iconName: "undo"
            iconSize: 14
            text: qsTr("Back to the role's value: %1").arg(row.label)
            onClicked: row.reset()
        }
        UiText {
            // Switched off, it has no value to show.
            text: !row.enabled ? "" : Number(row.value).toLocaleString(Qt.locale(), "f", row.decimals)
            color: row.changedByHand ? Theme.accentText : Theme.secondary
            font.pixelSize: Theme.smallSize
            Layout.minimumHeight: Theme.scaled(28)
            verticalAlignment: Text.AlignVCenter
        }
    }

    T.Slider {
        id: slider
        Layout.fillWidth: true
        implicitHeight: Theme.scaled(28)
        // Switched off, it has nothing to move either.
        visible: row.enabled
        from: row.from
        to: row.to
        stepSize: row.stepSize
        snapMode: T.Slider.SnapAlways
        value: row.value
        focusPolicy: Qt.TabFocus
        wheelEnabled: false
        Accessible.name: row.label
        Accessible.description: row.detail
        onMoved: row.moved(value)

        background: Rectangle {
            y: (slider.height - height) / 2
            width: slider.width
            height: 4
            radius: 2
            color: Theme.strongLine

            Rectangle {
                readonly property real start: (row.origin - row.from) / (row.to - row.from)

                x: Math.min(start, slider.visualPosition) * parent.width
                width: Math.abs(slider.visualPosition - start) * parent.width
                height: parent.height
                radius: 2
                color: row.ink
            }
        }
        handle: Rectangle {
            x: slider.visualPosition * (slider.width - width)
            y: (slider.height - height) / 2
            width: Theme.scaled(16)
            height: width
            radius: width / 2
            color: Theme.raised
            border.width: 2
            border.color: row.ink

            FocusRing { shown: slider.visualFocus; around: Theme.scaled(8) }
        }
    }

    UiText {
        Layout.fillWidth: true
        visible: row.detail.length > 0
        text: row.detail
        color: Theme.faint
        font.pixelSize: Theme.captionSize
        wrapMode: Text.Wrap
    }
}
