// SPDX-License-Identifier: Apache-2.0
// The two values that are typed: the seed and the longest answer.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

GridLayout {
    id: limits

    required property SamplingSettings sampling

    columns: 2
    columnSpacing: 12
    rowSpacing: 8

    UiText {
        Layout.fillWidth: true
        text: qsTr("Seed")
        font.pixelSize: Theme.smallSize
    }
    LineField {
        objectName: "seed"
        Layout.preferredWidth: 130
        label: qsTr("Seed")
        placeholderText: qsTr("Random")
        text: limits.sampling.seed
        inputMethodHints: Qt.ImhDigitsOnly
        validator: RegularExpressionValidator { regularExpression: /[0-9]{0,19}/ }
        onEditingFinished: limits.sampling.seed = text
    }
    UiText {
        Layout.fillWidth: true
        text: qsTr("Longest answer (tokens)")
        font.pixelSize: Theme.smallSize
        wrapMode: Text.Wrap
    }
    LineField {
        objectName: "maxTokens"
        Layout.preferredWidth: 130
        label: qsTr("Longest answer (tokens)")
        placeholderText: qsTr("No limit")
        text: limits.sampling.maxTokens > 0 ? limits.sampling.maxTokens : ""
        inputMethodHints: Qt.ImhDigitsOnly
        validator: IntValidator { bottom: 0; top: 1000000 }
        onEditingFinished: limits.sampling.maxTokens = Number(text)
    }
}
