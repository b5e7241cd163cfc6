// SPDX-License-Identifier: Apache-2.0
// Copies, and says for a moment that it did.
import QtQuick
import Fireside.Ui

IconButton {
    id: button

    property bool done: false

    implicitWidth: Theme.scaled(28)
    implicitHeight: implicitWidth
    iconName: done ? "check" : "copy"
    iconColor: done ? Theme.good : Theme.secondary
    iconSize: 16
    Accessible.description: done ? qsTr("Copied") : ""
    onClicked: {
        button.done = true;
        back.restart();
    }

    Timer {
        id: back
        interval: 1500
        onTriggered: button.done = false
    }
}
