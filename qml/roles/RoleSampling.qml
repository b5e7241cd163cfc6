// SPDX-License-Identifier: Apache-2.0
// How a role samples. A value below 0 is left to the model.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Fireside.Ui

ColumnLayout {
    id: sampling

    required property var values
    readonly property var fields: [
        { key: "temperature", text: qsTr("Temperature"), to: 2, step: 0.05, usual: 0.7, decimals: 2 },
        { key: "topP", text: qsTr("Top P"), to: 1, step: 0.01, usual: 0.8, decimals: 2 },
        { key: "topK", text: qsTr("Top K"), to: 200, step: 1, usual: 20, decimals: 0 },
        { key: "minP", text: qsTr("Min P"), to: 1, step: 0.01, usual: 0, decimals: 2 }
    ]

    signal moved(key: string, value: real)

    spacing: 8

    SectionTitle { text: qsTr("Sampling") }
    Repeater {
        model: sampling.fields

        RowLayout {
            id: field

            required property var modelData
            readonly property real value: sampling.values[modelData.key]

            spacing: 12

            Toggle {
                text: qsTr("Set %1").arg(field.modelData.text)
                checked: field.value >= 0
                Layout.alignment: Qt.AlignTop
                onToggled: sampling.moved(field.modelData.key, checked ? field.modelData.usual : -1)
            }
            SliderRow {
                Layout.fillWidth: true
                enabled: field.value >= 0
                label: field.value >= 0 ? field.modelData.text : qsTr("%1: as the model suggests").arg(field.modelData.text)
                to: field.modelData.to
                stepSize: field.modelData.step
                decimals: field.modelData.decimals
                value: Math.max(0, field.value)
                onMoved: value => sampling.moved(field.modelData.key, value)
            }
        }
    }
}
