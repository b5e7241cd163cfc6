// SPDX-License-Identifier: Apache-2.0
// One of a few that need more than a word each. `options` are {value, text, detail, problem}: one with a problem is
// listed with it and cannot be chosen. The arrow keys move as in a group of radio buttons.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Fireside.Ui

FocusScope {
    id: group

    required property string label
    required property var options
    property var value

    signal chosen(value: var)

    function step(delta: int): void {
        let at = group.options.findIndex(option => option.value === group.value) + delta;
        while (at >= 0 && at < group.options.length && group.options[at].problem.length > 0)
            at += delta;
        if (at >= 0 && at < group.options.length)
            group.chosen(group.options[at].value);
    }

    implicitHeight: rows.implicitHeight + 8
    activeFocusOnTab: true
    Accessible.role: Accessible.Grouping
    Accessible.name: label
    Accessible.focusable: true

    Keys.onUpPressed: step(-1)
    Keys.onDownPressed: step(1)

    Rectangle {
        anchors.fill: parent
        radius: Theme.cardRadius
        color: Theme.surface
        border.color: Theme.line
    }
    FontMetrics {
        id: metrics
        font.pixelSize: Theme.smallSize
    }
    FocusRing { shown: group.activeFocus; around: Theme.cardRadius }

    ColumnLayout {
        id: rows
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        anchors.margins: 4
        spacing: 0

        Repeater {
            model: group.options

            T.AbstractButton {
                id: option

                required property var modelData
                readonly property bool usable: modelData.problem.length === 0

                Layout.fillWidth: true
                objectName: "choice"
                implicitHeight: Math.max(Theme.control + 4, implicitContentHeight + topPadding + bottomPadding)
                horizontalPadding: 10
                verticalPadding: 7
                focusPolicy: Qt.NoFocus
                hoverEnabled: true
                enabled: usable
                checked: group.value === modelData.value
                text: modelData.text
                Accessible.role: Accessible.RadioButton
                Accessible.name: [text, modelData.detail, modelData.problem].filter(part => part.length > 0).join(", ")
                Accessible.checked: checked
                onClicked: {
                    group.chosen(option.modelData.value);
                    group.forceActiveFocus();
                }

                background: Rectangle {
                    radius: Theme.radius
                    color: option.hovered ? Theme.hover : "transparent"
                }
                contentItem: RowLayout {
                    spacing: 10

                    Rectangle {
                        Layout.alignment: Qt.AlignTop
                        // In the middle of the first line.
                        Layout.topMargin: Math.round((metrics.height - implicitHeight) / 2)
                        implicitWidth: Theme.scaled(16)
                        implicitHeight: implicitWidth
                        radius: implicitWidth / 2
                        color: "transparent"
                        border.width: option.checked ? Theme.scaled(5) : 1
                        border.color: option.checked ? Theme.accent : Theme.faint
                        opacity: option.usable ? 1 : 0.45
                    }
                    ColumnLayout {
                        spacing: 1

                        UiText {
                            Layout.fillWidth: true
                            text: option.text
                            color: option.usable ? Theme.text : Theme.secondary
                            font.pixelSize: Theme.smallSize
                            wrapMode: Text.Wrap
                        }
                        UiText {
                            Layout.fillWidth: true
                            visible: text.length > 0
                            text: option.usable ? option.modelData.detail : option.modelData.problem
                            color: option.usable ? Theme.faint : Theme.secondary
                            font.pixelSize: Theme.captionSize
                            wrapMode: Text.Wrap
                        }
                    }
                }
            }
        }
    }
}
