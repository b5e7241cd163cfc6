// SPDX-License-Identifier: Apache-2.0
// A line of words. Plain text always: nothing from outside is ever read as markup.
import QtQuick
import Fireside.Ui

Text {
    textFormat: Text.PlainText
    color: Theme.text
    font.pixelSize: Theme.bodySize
    renderType: Text.QtRendering
}
