// SPDX-License-Identifier: Apache-2.0
// What the memory of the device is used for, line by line, under a bar of what may be used.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ColumnLayout {
    id: plan

    required property EngineController engine
    // What the model needs in shades of one colour, the room for contexts in none.
    readonly property var inks: [Theme.accent, Qt.alpha(Theme.accent, 0.6), Qt.alpha(Theme.accent, 0.35), Theme.strongLine]

    // The last line is the cache, however many there are before it.
    function ink(index: int): color { return inks[index === engine.memoryPlan.length - 1 ? inks.length - 1 : index]; }

    spacing: 8
    visible: engine.memoryPlan.length > 0

    Rectangle {
        id: bar
        Layout.fillWidth: true
        implicitHeight: 8
        radius: 4
        color: Theme.hover
        clip: true
        Accessible.ignored: true

        Row {
            anchors.fill: parent

            Repeater {
                model: plan.engine.memoryPlan

                Rectangle {
                    required property var modelData
                    required property int index

                    width: Math.max(2, bar.width * modelData.share)
                    height: bar.height
                    radius: 2
                    color: plan.ink(index)
                }
            }
        }
    }
    Repeater {
        model: plan.engine.memoryPlan

        RowLayout {
            id: line

            required property var modelData
            required property int index

            Layout.fillWidth: true
            spacing: 8

            Rectangle {
                implicitWidth: 8
                implicitHeight: 8
                radius: 2
                color: plan.ink(line.index)
            }
            UiText {
                text: line.modelData.name
                font.pixelSize: Theme.captionSize
            }
            UiText {
                Layout.fillWidth: true
                text: line.modelData.detail
                color: Theme.faint
                font.pixelSize: Theme.captionSize
                elide: Text.ElideRight
            }
            UiText {
                objectName: "memoryPlanValue"
                text: line.modelData.value
                font.pixelSize: Theme.captionSize
            }
        }
    }
    UiText {
        objectName: "memoryPlanText"
        Layout.fillWidth: true
        text: plan.engine.memoryPlanText
        color: Theme.secondary
        font.pixelSize: Theme.captionSize
        horizontalAlignment: Text.AlignRight
        wrapMode: Text.Wrap
    }
}
