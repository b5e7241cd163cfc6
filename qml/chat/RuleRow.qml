// SPDX-License-Identifier: Apache-2.0
// A line between two thoughts.
import QtQuick
import Fireside.Ui

BlockRow {
    required level
    required quote

    gap: 18
    bodyHeight: 7

    Rectangle {
        width: parent.width
        height: 1
        color: Theme.line
    }
}
