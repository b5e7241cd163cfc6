// SPDX-License-Identifier: Apache-2.0
// What the status line has no room for.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

Popover {
    id: details

    required property EngineController engine
    required property ChatSession chat

    signal modelsWanted()

    function number(value: real, decimals: int): string { return Number(value).toLocaleString(Qt.locale(), "f", decimals); }
    readonly property var figures: [
        { name: qsTr("Model"), value: engine.modelName },
        { name: qsTr("Folder"), value: engine.modelPath },
        { name: qsTr("Device"), value: engine.deviceName },
        { name: qsTr("Context"), value: engine.contextLimit > 0
            ? qsTr("%1 of %2 tokens").arg(number(chat.contextUsed, 0)).arg(number(engine.contextLimit, 0)) : "" },
        { name: qsTr("Cache"), value: engine.kvTotal > 0
            ? qsTr("%1 of %2 blocks").arg(number(engine.kvUsed, 0)).arg(number(engine.kvTotal, 0)) : "" },
        { name: qsTr("Requests"), value: qsTr("%1 running, %2 waiting").arg(engine.numRunning).arg(engine.numWaiting) },
        { name: qsTr("Last answer"), value: engine.tokensPerSecond > 0
            ? qsTr("%1 tokens/s, first token after %2\u00a0s").arg(number(engine.tokensPerSecond, engine.tokensPerSecond < 100 ? 1 : 0))
                .arg(number(engine.ttftMs / 1000, 2)) : "" },
        { name: qsTr("Prompt"), value: chat.computedTokens + chat.reusedTokens > 0
            ? qsTr("%1 tokens reused, %2 computed").arg(number(chat.reusedTokens, 0))
                .arg(number(chat.computedTokens, 0)) : "" }
    ]

    label: qsTr("Engine")
    width: Math.min(Theme.scaled(440), (parent?.Window.width ?? 480) - 32)
    // Stands on the status line; what has no room above it scrolls.
    height: Math.min(column.implicitHeight + 2 * padding, (parent?.Window.height ?? 520) - (parent?.height ?? 0) - 16)

    ColumnLayout {
        id: column
        anchors.fill: parent
        spacing: 12

        ScrollArea {
            objectName: "detailRows"
            Layout.fillWidth: true
            Layout.fillHeight: true
            // The bar stands beside the rows.
            Layout.rightMargin: -10
            implicitHeight: rows.implicitHeight
            contentHeight: rows.implicitHeight
            focus: true

            ColumnLayout {
                id: rows
                width: parent.width - 10
                spacing: 12

                Banner {
                    Layout.fillWidth: true
                    visible: details.engine.errorString.length > 0
                    tone: Banner.Bad
                    text: details.engine.errorString
                }
                GridLayout {
                    Layout.fillWidth: true
                    columns: 2
                    columnSpacing: 16
                    rowSpacing: 6

                    Repeater {
                        model: details.figures.filter(entry => entry.value.length > 0)
                                           .reduce((cells, entry) => cells.concat([entry.name, entry.value]), [])

                        UiText {
                            required property string modelData
                            required property int index

                            Layout.fillWidth: index % 2 === 1
                            Layout.alignment: Qt.AlignTop
                            text: modelData
                            color: index % 2 === 0 ? Theme.faint : Theme.text
                            font.pixelSize: Theme.captionSize
                            wrapMode: Text.WrapAtWordBoundaryOrAnywhere
                        }
                    }
                }
                Divider {
                    Layout.fillWidth: true
                    visible: details.engine.memoryPlan.length > 0
                }
                MemoryPlan {
                    Layout.fillWidth: true
                    engine: details.engine
                }
            }
        }
        RowLayout {
            Layout.alignment: Qt.AlignRight
            spacing: 8

            TextButton {
                visible: details.engine.status === EngineController.Loading
                text: qsTr("Cancel loading")
                onClicked: details.engine.cancelLoad()
            }
            TextButton {
                visible: details.engine.status === EngineController.Failed
                text: qsTr("Load again")
                onClicked: details.engine.reload()
            }
            TextButton {
                objectName: "detailModels"
                text: qsTr("Models")
                iconName: "model"
                onClicked: {
                    details.close();
                    details.modelsWanted();
                }
            }
        }
    }
}
