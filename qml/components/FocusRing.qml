// SPDX-License-Identifier: Apache-2.0
// Where the keyboard is. Laid around a control, outside of its form.
import QtQuick
import Fireside.Ui

Rectangle {
    id: ring

    required property bool shown
    property int around: Theme.radius

    anchors.fill: parent
    anchors.margins: -2
    radius: around + 2
    color: "transparent"
    border.width: 2
    border.color: Theme.accent
    visible: shown
}
