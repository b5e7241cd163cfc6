// SPDX-License-Identifier: Apache-2.0
// Icon, words and a trailing sign in the middle of a button, or at its beginning; the words give way when there is no room.
import QtQuick
import Fireside.Ui

Item {
    id: label

    property string iconName: ""
    property int iconSize: 16
    property string trailing: ""
    property string text
    property color ink: Theme.text
    property color iconInk: ink
    property int weight: Font.Normal
    property int maximumTextWidth: 360
    property bool leading: false
    property int gap: 6

    implicitWidth: Math.min(words.implicitWidth, maximumTextWidth) + (sign.visible ? sign.width + gap : 0)
                   + (tail.visible ? tail.width + gap : 0)
    implicitHeight: words.implicitHeight

    Row {
        anchors.verticalCenter: parent.verticalCenter
        x: label.leading ? 0 : Math.round((parent.width - width) / 2)
        spacing: label.gap

        Icon {
            id: sign
            anchors.verticalCenter: parent.verticalCenter
            visible: label.iconName.length > 0
            width: Theme.scaled(label.iconSize)
            height: Theme.scaled(label.iconSize)
            name: label.iconName
            color: label.iconInk
        }
        UiText {
            id: words
            anchors.verticalCenter: parent.verticalCenter
            text: label.text
            color: label.ink
            font.pixelSize: Theme.smallSize
            font.weight: label.weight
            elide: Text.ElideRight
            width: Math.min(implicitWidth, label.maximumTextWidth, label.width - (sign.visible ? sign.width + label.gap : 0)
                            - (tail.visible ? tail.width + label.gap : 0))
        }
        Icon {
            id: tail
            anchors.verticalCenter: parent.verticalCenter
            visible: label.trailing.length > 0
            width: Theme.scaled(12)
            height: width
            name: label.trailing
            color: Theme.faint
        }
    }
}
