// SPDX-License-Identifier: Apache-2.0
// An empty conversation: who is here, and a few ways to begin.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

Item {
    id: greeting

    required property ChatSession chat

    signal starterChosen(text: string)

    ColumnLayout {
        id: column
        anchors.centerIn: parent
        anchors.verticalCenterOffset: -8
        width: Math.min(Theme.scaled(640), parent.width - 48)
        spacing: 0
        // A composer with much on it leaves no room for a welcome.
        opacity: implicitHeight > greeting.height ? 0 : 1

        Rectangle {
            Layout.alignment: Qt.AlignHCenter
            Layout.bottomMargin: 14
            implicitWidth: Theme.scaled(48)
            implicitHeight: implicitWidth
            radius: implicitWidth / 2
            color: Theme.accentTint
            visible: greeting.height > Theme.scaled(260)

            Icon {
                anchors.centerIn: parent
                width: Theme.scaled(24)
                height: width
                name: greeting.chat.roleIcon
                color: Theme.accentText
            }
        }
        UiText {
            Layout.fillWidth: true
            text: greeting.chat.roleGreeting.length > 0 ? greeting.chat.roleGreeting : greeting.chat.roleName
            font.pixelSize: Theme.titleSize
            font.weight: Theme.strong
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        UiText {
            Layout.fillWidth: true
            Layout.topMargin: 6
            Layout.bottomMargin: 24
            visible: greeting.height > Theme.scaled(140)
            text: qsTr("Drop PDFs or text files anywhere on the window to summarise them or ask about them.")
            color: Theme.faint
            font.pixelSize: Theme.smallSize
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
        }
        GridLayout {
            Layout.fillWidth: true
            columns: column.width < Theme.scaled(460) ? 1 : 2
            columnSpacing: 10
            rowSpacing: 10
            visible: greeting.height > 340 && greeting.chat.status !== ChatSession.ReadOnly

            Repeater {
                model: greeting.chat.roleStarters

                T.AbstractButton {
                    id: starter

                    required property string modelData
                    required property int index

                    objectName: "starter"
                    visible: index < (greeting.height < Theme.scaled(480) && column.width < Theme.scaled(460) ? 2 : 4)
                    Layout.fillWidth: true
                    Layout.preferredWidth: 1
                    Layout.preferredHeight: Theme.smallLine * 2 + 24
                    focusPolicy: Qt.TabFocus
                    hoverEnabled: true
                    text: modelData
                    Accessible.name: text
                    onClicked: greeting.starterChosen(modelData)
                    Keys.onReturnPressed: clicked()

                    background: Rectangle {
                        radius: Theme.cardRadius
                        color: starter.hovered || starter.down ? Theme.bubble : Theme.surface
                        border.color: Theme.line

                        FocusRing { shown: starter.visualFocus; around: Theme.cardRadius }
                    }
                    contentItem: UiText {
                        leftPadding: 14
                        rightPadding: 14
                        text: starter.text
                        color: Theme.secondary
                        font.pixelSize: Theme.smallSize
                        lineHeightMode: Text.FixedHeight
                        lineHeight: Theme.smallLine
                        verticalAlignment: Text.AlignVCenter
                        wrapMode: Text.Wrap
                        maximumLineCount: 2
                        elide: Text.ElideRight
                    }
                }
            }
        }
    }
}
