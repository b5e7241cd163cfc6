// SPDX-License-Identifier: Apache-2.0
// Opens and closes the summary of one section.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Fireside.Ui

T.AbstractButton {
    id: head

    required property string detail
    required property bool open

    implicitHeight: Theme.row
    leftPadding: 12
    rightPadding: 12
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    Accessible.name: text + ", " + detail
    Accessible.checkable: true
    Accessible.checked: open
    Keys.onReturnPressed: clicked()

    background: Rectangle {
        radius: Theme.cardRadius
        color: head.hovered ? Theme.hover : "transparent"

        FocusRing { shown: head.visualFocus; around: Theme.cardRadius }
    }
    contentItem: RowLayout {
        spacing: 8

        Icon {
            implicitWidth: Theme.scaled(14)
            implicitHeight: implicitWidth
            name: head.open ? "chevron-down" : "chevron-right"
            color: Theme.faint
        }
        UiText {
            Layout.fillWidth: true
            text: head.text
            font.pixelSize: Theme.smallSize
            elide: Text.ElideRight
        }
        UiText {
            text: head.detail
            color: Theme.faint
            font.pixelSize: Theme.captionSize
        }
    }
}
