// SPDX-License-Identifier: Apache-2.0
// Find in this conversation. The match shown is the selection, so that it can be copied at once.
import QtQuick
import QtQuick.Layouts
import Fireside.Ui

FocusScope {
    id: bar

    required property TranscriptView view

    signal closed()

    function open(): void {
        visible = true;
        field.forceActiveFocus();
        field.selectAll();
    }
    function close(): void {
        visible = false;
        find.text = "";
        field.clear();
        closed();
    }

    visible: false
    implicitWidth: Theme.scaled(380)
    implicitHeight: Theme.control + 16

    TranscriptFind {
        id: find
        model: bar.visible ? bar.view.chat.transcript : null
        onCurrentChanged: {
            if (current === 0)
                return;
            bar.view.selection.select(row, start, start + length);
            bar.view.showPlace(row, start);
        }
    }
    Timer {
        id: typed
        interval: 150
        onTriggered: find.text = field.text
    }

    Card { anchors.fill: parent }

    RowLayout {
        anchors.fill: parent
        anchors.margins: 8
        spacing: 2

        SearchField {
            id: field
            objectName: "findField"
            Layout.fillWidth: true
            focus: true
            label: qsTr("Find in this conversation")
            placeholderText: qsTr("Find in this conversation")
            onTextChanged: typed.restart()
            onAbandoned: bar.close()
            Keys.onReturnPressed: event => {
                typed.stop();
                if (find.text !== text)
                    find.text = text;
                else if (event.modifiers & Qt.ShiftModifier)
                    find.next();
                else
                    find.previous();
            }
        }
        UiText {
            Layout.leftMargin: 6
            Layout.rightMargin: 4
            visible: find.text.length > 0
            text: find.count === 0 ? qsTr("No matches") : qsTr("%1 of %2").arg(find.current).arg(find.count)
            color: find.count === 0 ? Theme.bad : Theme.secondary
            font.pixelSize: Theme.captionSize
        }
        IconButton {
            iconName: "chevron-up"
            text: qsTr("Previous match")
            keys: qsTr("Enter")
            enabled: find.count > 0
            onClicked: find.previous()
        }
        IconButton {
            iconName: "chevron-down"
            text: qsTr("Next match")
            keys: qsTr("Shift+Enter")
            enabled: find.count > 0
            onClicked: find.next()
        }
        IconButton {
            iconName: "close"
            text: qsTr("Close")
            keys: "Esc"
            onClicked: bar.close()
        }
    }
}
