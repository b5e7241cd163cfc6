// SPDX-License-Identifier: Apache-2.0
// One conversation: its title, and while searching what was found in it. The first of a day carries the day above it.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

FocusScope {
    id: row

    required property int index
    required property double conversationId
    required property double messageId
    required property string title
    required property string snippet
    required property string updatedText
    required property bool current
    required property bool generating
    property string heading: ""
    property bool focused: false
    property bool renaming: false
    // One of the results of a search: not under its day.
    property bool hit: false
    readonly property bool found: snippet.length > 0

    signal opened()
    signal menuWanted()
    signal renameWanted()
    // The title as typed, or the old one after Esc; byKeyboard when the keyboard was not taken elsewhere already.
    signal renamed(title: string, byKeyboard: bool)

    function edit(): void {
        editor.text = row.title;
        editor.forceActiveFocus();
        editor.selectAll();
    }

    implicitHeight: button.y + button.height
    Accessible.role: Accessible.ListItem
    Accessible.name: title + (generating ? ", " + qsTr("answering") : "") + (hit ? ", " + updatedText : "")
                   + (found ? ", " + snippet : "")
    Accessible.selected: current
    Accessible.onPressAction: opened()

    UiText {
        width: parent.width
        height: visible ? Theme.scaled(32) : 0
        visible: row.heading.length > 0
        leftPadding: 18
        bottomPadding: 4
        verticalAlignment: Text.AlignBottom
        text: row.heading
        color: Theme.faint
        font.pixelSize: Theme.captionSize
        font.weight: Theme.strong
        elide: Text.ElideRight
        Accessible.role: Accessible.Heading
        Accessible.name: text
    }

    T.AbstractButton {
        id: button
        y: row.heading.length > 0 ? Theme.scaled(32) : 0
        width: parent.width
        height: row.found ? implicitContentHeight + 10 : Theme.row
        focusPolicy: Qt.NoFocus
        hoverEnabled: true
        text: row.title
        Accessible.name: text
        Accessible.ignored: true
        onClicked: row.opened()
        onDoubleClicked: if (!row.found) row.renameWanted()

        background: Item {
            Rectangle {
                anchors.fill: parent
                anchors.leftMargin: 8
                anchors.rightMargin: 8
                radius: Theme.radius
                color: row.current ? Theme.pressed : button.hovered || button.down ? Theme.hover : "transparent"

                FocusRing { shown: row.focused && !row.renaming }
            }
        }
        contentItem: Column {
            visible: !row.renaming
            // The words of a hit stand close to its title.
            spacing: -6

            Item {
                width: parent.width
                height: Theme.row

                Rectangle {
                    x: 18
                    anchors.verticalCenter: parent.verticalCenter
                    visible: row.generating
                    width: 8
                    height: 8
                    radius: 4
                    color: Theme.accent
                }
                UiText {
                    anchors.fill: parent
                    anchors.leftMargin: row.generating ? 34 : 18
                    anchors.rightMargin: more.visible ? Theme.scaled(28) + 16 : when.visible ? when.width + 28 : 18
                    verticalAlignment: Text.AlignVCenter
                    text: row.title
                    font.pixelSize: Theme.smallSize
                    font.weight: row.found ? Theme.strong : Font.Normal
                    elide: Text.ElideRight
                }
            }
            UiText {
                width: parent.width
                leftPadding: 18
                rightPadding: 18
                visible: row.found
                text: row.snippet
                color: Theme.secondary
                font.pixelSize: Theme.captionSize
                lineHeightMode: Text.FixedHeight
                lineHeight: Theme.smallLine
                wrapMode: Text.Wrap
                maximumLineCount: Theme.growth > 1.3 ? 3 : 2
                elide: Text.ElideRight
            }
        }

        LineField {
            id: editor
            objectName: "renameField"
            anchors.verticalCenter: parent.verticalCenter
            x: 8
            width: parent.width - 16
            visible: row.renaming
            focus: row.renaming
            label: qsTr("New title")
            // Not onAccepted: the key would go on to the list, which opens the conversation.
            Keys.onReturnPressed: row.renamed(text, true)
            Keys.onEnterPressed: row.renamed(text, true)
            Keys.onEscapePressed: row.renamed(row.title, true)
            onActiveFocusChanged: if (!activeFocus && !menuOpen && row.renaming) row.renamed(text, false)
        }

        UiText {
            id: when
            objectName: "hitTime"
            anchors.right: parent.right
            anchors.rightMargin: 18
            height: Theme.row
            visible: row.hit && !more.visible && !row.renaming
            verticalAlignment: Text.AlignVCenter
            text: row.updatedText
            color: Theme.faint
            font.pixelSize: Theme.captionSize
        }
        IconButton {
            id: more
            objectName: "conversationMore"
            anchors.right: parent.right
            anchors.rightMargin: 12
            y: (Theme.row - height) / 2
            implicitWidth: Theme.scaled(28)
            implicitHeight: implicitWidth
            visible: (button.hovered || hovered || row.focused) && !row.renaming
            focusPolicy: Qt.NoFocus
            iconName: "more"
            iconSize: 16
            text: qsTr("More about “%1”").arg(row.title)
            onClicked: row.menuWanted()
        }
        TapHandler {
            acceptedButtons: Qt.RightButton
            onTapped: row.menuWanted()
        }
    }
}
