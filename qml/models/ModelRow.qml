// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtQuick.Layouts
import Fireside.Ui

Rectangle {
    id: row

    required property string path
    required property string name
    required property string note
    required property string dtype
    required property string sizeText
    required property string contextText
    required property string fitText
    required property bool fits
    required property bool supported
    required property string problem
    required property bool bundled
    required property bool current
    property bool loading: false
    property real progress: -1
    property string stage: ""

    function joined(parts: var): string { return parts.filter(part => part.length > 0).join(" · "); }

    signal loadWanted()
    signal cancelWanted()
    signal unloadWanted()

    implicitHeight: content.implicitHeight + 24
    radius: Theme.cardRadius
    color: Theme.surface
    border.width: current ? 2 : 1
    border.color: current ? Theme.accent : Theme.line
    Accessible.role: Accessible.ListItem
    Accessible.name: name + ", " + (note.length > 0 ? note + " " : "") + sizeText + (supported ? ", " + fitText : ", " + problem)
    Accessible.selected: current

    RowLayout {
        id: content
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: 16
        anchors.rightMargin: 12
        anchors.verticalCenter: parent.verticalCenter
        spacing: 12

        ColumnLayout {
            spacing: 3

            UiText {
                Layout.fillWidth: true
                text: row.name
                font.weight: Theme.strong
                font.pixelSize: Theme.smallSize
                wrapMode: Text.WrapAtWordBoundaryOrAnywhere
            }
            UiText {
                objectName: "modelNote"
                Layout.fillWidth: true
                visible: text.length > 0
                text: row.note
                font.pixelSize: Theme.captionSize
                wrapMode: Text.Wrap
            }
            UiText {
                Layout.fillWidth: true
                text: row.joined([row.sizeText, row.dtype, row.contextText])
                color: Theme.secondary
                font.pixelSize: Theme.captionSize
                wrapMode: Text.Wrap
            }
            UiText {
                Layout.fillWidth: true
                visible: text.length > 0
                text: row.supported ? row.fitText : row.problem
                color: !row.supported ? Theme.bad : row.fits ? Theme.faint : Theme.warn
                font.pixelSize: Theme.captionSize
                wrapMode: Text.Wrap
            }
            UiText {
                Layout.fillWidth: true
                text: row.path
                color: Theme.faint
                font.pixelSize: Theme.captionSize
                elide: Text.ElideMiddle
            }
            RowLayout {
                visible: row.loading
                spacing: 8

                ProgressLine {
                    Layout.fillWidth: true
                    progress: row.progress
                    label: row.stage
                }
                UiText {
                    text: row.stage
                    color: Theme.secondary
                    font.pixelSize: Theme.captionSize
                }
            }
        }
        TextButton {
            objectName: "loadModel"
            visible: row.supported && !row.current && !row.loading
            text: qsTr("Load")
            Accessible.name: qsTr("Load %1").arg(row.name)
            onClicked: row.loadWanted()
        }
        TextButton {
            visible: row.loading
            text: qsTr("Cancel")
            onClicked: row.cancelWanted()
        }
        TextButton {
            visible: row.current && !row.loading
            kind: TextButton.Quiet
            text: qsTr("Unload")
            Accessible.name: qsTr("Unload %1").arg(row.name)
            onClicked: row.unloadWanted()
        }
    }
}
