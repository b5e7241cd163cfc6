// SPDX-License-Identifier: Apache-2.0
// One quiet line: which model on which device, what it is doing, and the figures of the last answer.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

T.AbstractButton {
    id: line

    required property EngineController engine
    required property ChatSession chat
    readonly property bool loading: engine.status === EngineController.Loading
    readonly property bool failed: engine.status === EngineController.Failed
    function joined(parts: var, by: string): string { return parts.filter(part => part.length > 0).join(by); }

    readonly property string words: {
        switch (engine.status) {
        case EngineController.NoModel:
            return qsTr("No model loaded");
        case EngineController.Loading:
            return joined([engine.modelName, engine.stage], " · ");
        case EngineController.Failed:
            return qsTr("The model could not be used");
        default:
            return joined([engine.modelName, engine.deviceName, engine.memoryText, engine.modelNote], " · ");
        }
    }
    readonly property string activity: chat.busy && chat.progressText.length > 0 ? chat.progressText
        : engine.status !== EngineController.Ready ? ""
        : engine.numRunning + engine.numWaiting > 1 ? qsTr("%1 answers at once").arg(engine.numRunning + engine.numWaiting)
        : chat.status === ChatSession.Generating ? qsTr("Answering") : qsTr("Ready")
    readonly property string figures: engine.tokensPerSecond > 0
        ? qsTr("%1 tok/s · first token %2 s").arg(Number(engine.tokensPerSecond).toLocaleString(Qt.locale(), "f",
              engine.tokensPerSecond < 100 ? 1 : 0)).arg(Number(engine.ttftMs / 1000).toLocaleString(Qt.locale(), "f", 2)) : ""

    implicitHeight: Math.max(26, Theme.captionSize + 12)
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    text: joined([words, activity, figures], ", ")
    Accessible.name: qsTr("Engine: %1").arg(text)
    Keys.onReturnPressed: clicked()

    background: Rectangle {
        color: line.hovered ? Theme.hover : "transparent"

        Rectangle {
            width: parent.width
            height: 1
            color: Theme.line
        }
        FocusRing {
            anchors.margins: 1
            shown: line.visualFocus
        }
    }
    contentItem: RowLayout {
        spacing: 10

        Rectangle {
            Layout.leftMargin: 14
            implicitWidth: 8
            implicitHeight: 8
            radius: 4
            color: line.failed ? Theme.bad : line.engine.status === EngineController.Ready ? Theme.good
                 : line.loading ? Theme.warn : Theme.faint
        }
        UiText {
            Layout.fillWidth: true
            Layout.maximumWidth: implicitWidth + 1
            text: line.words
            color: line.failed ? Theme.bad : Theme.secondary
            font.pixelSize: Theme.captionSize
            elide: Text.ElideRight
        }
        ProgressLine {
            Layout.preferredWidth: 120
            Layout.maximumWidth: 200
            visible: line.loading || (line.chat.busy && line.chat.progress >= 0)
            progress: line.loading ? line.engine.progress : line.chat.progress
            label: line.loading ? line.engine.stage : line.chat.progressText
        }
        Item { Layout.fillWidth: true }
        UiText {
            Layout.rightMargin: 14
            visible: text.length > 0 && line.width > Theme.scaled(520)
            text: line.activity
            color: Theme.faint
            font.pixelSize: Theme.captionSize
        }
        UiText {
            Layout.rightMargin: 14
            visible: text.length > 0 && line.width > Theme.scaled(640)
            text: line.figures
            color: Theme.faint
            font.pixelSize: Theme.captionSize
        }
    }
}
