// SPDX-License-Identifier: Apache-2.0
// The name of a group on a page.
import QtQuick
import QtQuick.Layouts
import Fireside.Ui

UiText {
    Layout.fillWidth: true
    Layout.topMargin: 16
    color: Theme.secondary
    font.pixelSize: Theme.smallSize
    font.weight: Theme.strong
    wrapMode: Text.Wrap
    Accessible.role: Accessible.Heading
    Accessible.name: text
}
