// SPDX-License-Identifier: Apache-2.0
// Below the last row: a calm pulse while an answer is on its way, and what is being done.
import QtQuick
import Fireside.Gui
import Fireside.Ui

Item {
    id: progress

    required property TranscriptContext context
    readonly property ChatSession chat: context.chat
    readonly property string words: chat.status === ChatSession.Generating ? ""
        : chat.progressText.length > 0 ? chat.progressText
        : chat.status === ChatSession.Preparing ? qsTr("Preparing") : ""

    // Beside the pulse, and what the words leave of it.
    readonly property real room: context.columnWidth - pulse.width - row.spacing
    readonly property real barWidth: Math.min(160, room - label.implicitWidth - row.spacing)

    height: chat.busy ? 56 : 24
    Accessible.role: Accessible.StaticText
    Accessible.name: chat.busy ? (words.length > 0 ? words : qsTr("Answering")) : ""
    Accessible.ignored: !chat.busy

    Row {
        id: row
        x: Math.round((parent.width - progress.context.columnWidth) / 2)
        y: 14
        spacing: 10
        visible: progress.chat.busy

        Rectangle {
            id: pulse
            anchors.verticalCenter: parent.verticalCenter
            width: 10
            height: 10
            radius: 5
            color: Theme.accent

            SequentialAnimation on opacity {
                running: progress.chat.busy && !Theme.reduceMotion
                loops: Animation.Infinite
                NumberAnimation { from: 1; to: 0.25; duration: 700; easing.type: Easing.InOutSine }
                NumberAnimation { from: 0.25; to: 1; duration: 700; easing.type: Easing.InOutSine }
                onRunningChanged: if (!running) pulse.opacity = 1
            }
        }
        UiText {
            id: label
            width: Math.min(implicitWidth, progress.room)
            anchors.verticalCenter: parent.verticalCenter
            text: progress.words
            color: Theme.secondary
            font.pixelSize: Theme.smallSize
            elide: Text.ElideRight
        }
        ProgressLine {
            anchors.verticalCenter: parent.verticalCenter
            width: Math.max(0, progress.barWidth)
            visible: progress.barWidth >= 40 && progress.chat.progress >= 0 && progress.chat.status !== ChatSession.Generating
            progress: progress.chat.progress
            label: progress.words
        }
    }
}
