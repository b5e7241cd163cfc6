// SPDX-License-Identifier: Apache-2.0
// A whole number to type; empty is 0 and means automatic.
import QtQuick
import Fireside.Ui

SettingRow {
    id: row

    required property int value
    property int highest: 1000000

    signal edited(value: int)

    LineField {
        width: Theme.scaled(130)
        label: row.label
        placeholderText: qsTr("Automatic")
        objectName: row.objectName + "Field"
        text: row.value > 0 ? row.value : ""
        inputMethodHints: Qt.ImhDigitsOnly
        validator: IntValidator { bottom: 0; top: row.highest }
        onEditingFinished: if (Number(text) !== row.value) row.edited(Number(text))
    }
}
