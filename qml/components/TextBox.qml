// SPDX-License-Identifier: Apache-2.0
// Several lines to type into; scrolls inside itself. Tab leaves it.
import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

Rectangle {
    id: box

    required property string label
    property alias text: area.text
    property alias input: area
    property string placeholder: ""

    implicitWidth: 320
    implicitHeight: 120
    radius: Theme.radius
    color: Theme.surface
    border.width: area.activeFocus ? 2 : 1
    border.color: area.activeFocus ? Theme.accent : Theme.fieldLine

    Flickable {
        id: flick
        anchors.fill: parent
        anchors.margins: 2
        clip: true
        boundsBehavior: Flickable.StopAtBounds

        T.TextArea.flickable: T.TextArea {
            id: area
            textFormat: TextEdit.PlainText
            wrapMode: TextEdit.Wrap
            color: Theme.text
            selectionColor: Theme.selection
            selectedTextColor: Theme.text
            font.pixelSize: Theme.smallSize
            leftPadding: 8
            rightPadding: 12
            topPadding: 7
            bottomPadding: 7
            selectByMouse: true
            activeFocusOnTab: true
            Keys.onTabPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
            Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
            Accessible.name: box.label
            Accessible.multiLine: true
            onReleased: event => {
                if (event.button === Qt.RightButton)
                    menu.popup(event.x, event.y);
            }

            TextMenuLoader {
                id: menu
                owner: area
                onPasteRequested: area.paste()
            }
        }
        T.ScrollBar.vertical: SlimScrollBar {}
    }

    UiText {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: 9
        visible: area.length === 0 && area.preeditText.length === 0
        text: box.placeholder
        color: Theme.faint
        font.pixelSize: Theme.smallSize
        wrapMode: Text.Wrap
    }
}
