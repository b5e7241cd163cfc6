// SPDX-License-Identifier: Apache-2.0
// How much of the context this message would take, before it is sent.
import QtQuick
import Fireside.Gui
import Fireside.Ui

Item {
    id: meter

    required property ChatSession chat
    property bool compact: false
    readonly property real fullWidth: figures.implicitWidth + row.spacing + bar.width
    readonly property real share: chat.contextLimit > 0 ? Math.min(1, chat.contextUsed / chat.contextLimit) : 0

    function number(value: int): string { return Number(value).toLocaleString(Qt.locale(), "f", 0); }

    implicitWidth: visible ? row.implicitWidth : 0
    implicitHeight: Theme.control
    visible: chat.contextLimit > 0
    Accessible.role: Accessible.StaticText
    Accessible.name: qsTr("Tokens: %1").arg(chat.meterText)

    Row {
        id: row
        anchors.verticalCenter: parent.verticalCenter
        spacing: 8

        UiText {
            id: figures
            anchors.verticalCenter: parent.verticalCenter
            visible: !meter.compact
            text: meter.chat.meterText
            color: meter.chat.fits ? Theme.faint : Theme.bad
            font.pixelSize: Theme.captionSize
        }
        Rectangle {
            id: bar
            anchors.verticalCenter: parent.verticalCenter
            width: 40
            height: 4
            radius: 2
            color: Theme.line

            Rectangle {
                width: Math.max(meter.share > 0 ? 4 : 0, parent.width * meter.share)
                height: parent.height
                radius: 2
                color: !meter.chat.fits ? Theme.bad : meter.share > 0.85 ? Theme.warn : Theme.accent
            }
        }
    }

    HoverHandler { id: hover }
    HintLoader {
        owner: meter
        shown: hover.hovered
        text: qsTr("This message %1, documents %2, conversation so far %3, of %4 tokens")
            .arg(meter.number(meter.chat.draftTokens)).arg(meter.number(meter.chat.attachmentTokens))
            .arg(meter.number(meter.chat.historyTokens)).arg(meter.number(meter.chat.contextLimit))
    }
}
