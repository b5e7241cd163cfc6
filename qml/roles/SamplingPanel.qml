// SPDX-License-Identifier: Apache-2.0
// How the answers of this conversation are drawn. What is not touched follows the role.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

Rectangle {
    id: panel

    required property SamplingSettings sampling
    required property string roleName

    signal closed()

    // In colour where this conversation has its own.
    component Value: SliderRow {
        Layout.fillWidth: true
        ink: changedByHand ? Theme.accent : Theme.faint
    }

    function enter(): void { close.forceActiveFocus(Qt.TabFocusReason); }

    implicitWidth: 300
    color: Theme.sidebar
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Sampling")
    Keys.onEscapePressed: panel.closed()

    Rectangle {
        width: 1
        height: parent.height
        color: Theme.line
    }

    RowLayout {
        id: head
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: 16
        anchors.rightMargin: 8
        height: Theme.header

        UiText {
            Layout.fillWidth: true
            text: qsTr("Sampling")
            font.pixelSize: Theme.smallSize
            font.weight: Theme.strong
            elide: Text.ElideRight
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        IconButton {
            objectName: "resetSampling"
            enabled: panel.sampling.anySet
            iconName: "undo"
            text: qsTr("Back to the role's values")
            onClicked: panel.sampling.reset()
        }
        IconButton {
            id: close
            iconName: "close"
            text: qsTr("Close")
            keys: "Esc"
            onClicked: panel.closed()
        }
    }

    ScrollArea {
        anchors.top: head.bottom
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        contentHeight: column.implicitHeight + 24

        ColumnLayout {
            id: column
            x: 16
            width: parent.width - 32
            spacing: 10

            UiText {
                Layout.fillWidth: true
                text: qsTr("For this conversation. Values in colour are set here; the others follow “%1”.").arg(panel.roleName)
                color: Theme.faint
                font.pixelSize: Theme.captionSize
                wrapMode: Text.Wrap
            }
            Value {
                objectName: "temperature"
                label: qsTr("Temperature")
                detail: qsTr("0 always picks the most likely word; higher values vary more")
                to: 2
                value: panel.sampling.temperature
                changedByHand: panel.sampling.temperatureSet
                onMoved: value => panel.sampling.temperature = value
                onReset: panel.sampling.resetValue("temperature")
            }
            Value {
                label: qsTr("Top P")
                detail: qsTr("Picks among the most likely words that together reach this share")
                stepSize: 0.01
                value: panel.sampling.topP
                changedByHand: panel.sampling.topPSet
                onMoved: value => panel.sampling.topP = value
                onReset: panel.sampling.resetValue("topP")
            }
            Value {
                label: qsTr("Top K")
                detail: qsTr("Picks among this many of the most likely words; 0 for all")
                to: 200
                stepSize: 1
                decimals: 0
                value: panel.sampling.topK
                changedByHand: panel.sampling.topKSet
                onMoved: value => panel.sampling.topK = value
                onReset: panel.sampling.resetValue("topK")
            }
            Value {
                label: qsTr("Min P")
                detail: qsTr("Leaves out words that are less likely than this share of the most likely one")
                stepSize: 0.01
                value: panel.sampling.minP
                changedByHand: panel.sampling.minPSet
                onMoved: value => panel.sampling.minP = value
                onReset: panel.sampling.resetValue("minP")
            }
            Value {
                label: qsTr("Repetition penalty")
                detail: qsTr("Above 1, words of the conversation come up again less; 1 changes nothing")
                from: 0.5
                to: 2
                origin: 1
                value: panel.sampling.repetitionPenalty
                changedByHand: panel.sampling.repetitionPenaltySet
                onMoved: value => panel.sampling.repetitionPenalty = value
                onReset: panel.sampling.resetValue("repetitionPenalty")
            }
            Value {
                label: qsTr("Presence penalty")
                detail: qsTr("Above 0, words that the answer already has come up less; below 0, more")
                from: -2
                to: 2
                origin: 0
                stepSize: 0.1
                decimals: 1
                value: panel.sampling.presencePenalty
                changedByHand: panel.sampling.presencePenaltySet
                onMoved: value => panel.sampling.presencePenalty = value
                onReset: panel.sampling.resetValue("presencePenalty")
            }
            Value {
                label: qsTr("Frequency penalty")
                detail: qsTr("The same, and the stronger the more often a word was used")
                from: -2
                to: 2
                origin: 0
                stepSize: 0.1
                decimals: 1
                value: panel.sampling.frequencyPenalty
                changedByHand: panel.sampling.frequencyPenaltySet
                onMoved: value => panel.sampling.frequencyPenalty = value
                onReset: panel.sampling.resetValue("frequencyPenalty")
            }
            SamplingLimits {
                Layout.fillWidth: true
                sampling: panel.sampling
            }
        }
    }
}
