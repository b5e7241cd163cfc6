// SPDX-License-Identifier: Apache-2.0
// Something the person has to know, at the place that it concerns: what happened, what it means, what helps.
import QtQuick
import QtQuick.Layouts
import Fireside.Ui

Rectangle {
    id: banner

    enum Tone { Info, Good, Warn, Bad }

    property int tone: Banner.Info
    property string text
    property string actionText: ""
    property bool dismissable: false
    property int maximumLines: 8
    // Where the buttons would leave the words no room, they stand below them.
    readonly property bool stacked: actionText.length > 0 && width < Theme.scaled(480)
                                    && words.implicitWidth + actions.implicitWidth + Theme.scaled(18) + 50 > width
    readonly property color ink: tone === Banner.Bad ? Theme.bad : tone === Banner.Warn ? Theme.warn
                               : tone === Banner.Good ? Theme.good : Theme.accentText

    signal actionTriggered()
    signal dismissed()

    implicitHeight: Math.max(Theme.control + 12, row.implicitHeight + 16)
    radius: Theme.cardRadius
    color: tone === Banner.Bad ? Theme.badTint : tone === Banner.Warn ? Theme.warnTint
         : tone === Banner.Good ? Theme.goodTint : Theme.accentTint
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    GridLayout {
        id: row
        anchors.verticalCenter: parent.verticalCenter
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: 12
        anchors.rightMargin: 8
        columns: banner.stacked ? 2 : 3
        columnSpacing: 10
        rowSpacing: 6

        // In the middle of one line, beside the first of several; its place changes nothing about the row's size.
        Item {
            implicitWidth: Theme.scaled(18)
            Layout.fillHeight: true

            Icon {
                y: ((words.lineCount === 1 ? parent.height : Theme.smallLine) - height) / 2
                width: parent.width
                height: width
                name: banner.tone === Banner.Bad ? "error" : banner.tone === Banner.Warn ? "warning"
                    : banner.tone === Banner.Good ? "check" : "info"
                color: banner.ink
            }
        }
        UiText {
            id: words
            Layout.fillWidth: true
            text: banner.text
            font.pixelSize: Theme.smallSize
            lineHeightMode: Text.FixedHeight
            lineHeight: Theme.smallLine
            wrapMode: Text.Wrap
            maximumLineCount: banner.maximumLines
            elide: Text.ElideRight

            HoverHandler { id: hover }
            HintLoader {
                owner: words
                shown: hover.hovered && words.truncated
                text: banner.text
            }
        }
        RowLayout {
            id: actions
            Layout.column: banner.stacked ? 1 : 2
            Layout.row: banner.stacked ? 1 : 0
            visible: banner.actionText.length > 0 || banner.dismissable
            spacing: 10

            TextButton {
                visible: banner.actionText.length > 0
                text: banner.actionText
                onClicked: banner.actionTriggered()
            }
            IconButton {
                visible: banner.dismissable
                iconName: "close"
                iconSize: 16
                text: qsTr("Dismiss")
                onClicked: banner.dismissed()
            }
        }
    }
}
