// SPDX-License-Identifier: Apache-2.0
// What a list says when there is nothing in it.
import QtQuick
import Fireside.Ui

Column {
    id: state

    property string iconName: ""
    property string title
    property string text: ""

    spacing: 8

    Icon {
        anchors.horizontalCenter: parent.horizontalCenter
        visible: state.iconName.length > 0
        width: 28
        height: 28
        name: state.iconName
        color: Theme.faint
    }
    UiText {
        width: parent.width
        text: state.title
        color: Theme.secondary
        font.pixelSize: Theme.smallSize
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
    }
    UiText {
        width: parent.width
        visible: state.text.length > 0
        text: state.text
        color: Theme.faint
        font.pixelSize: Theme.captionSize
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
    }
}
