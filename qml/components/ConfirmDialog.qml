// SPDX-License-Identifier: Apache-2.0
// Asks before something is lost for good. The keyboard starts on the harmless answer.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Fireside.Ui

T.Dialog {
    id: dialog

    property string text
    property string confirmText

    parent: T.Overlay.overlay
    x: Math.round((parent.width - width) / 2)
    y: Math.round((parent.height - height) / 3)
    width: Math.min(Theme.scaled(420), parent.width - 32)
    implicitHeight: column.implicitHeight + topPadding + bottomPadding
    padding: 20
    modal: true
    focus: true

    onOpened: cancel.forceActiveFocus(Qt.TabFocusReason)

    ColumnLayout {
        id: column
        anchors.left: parent.left
        anchors.right: parent.right
        spacing: 8

        UiText {
            Layout.fillWidth: true
            text: dialog.title
            font.weight: Theme.strong
            wrapMode: Text.Wrap
        }
        UiText {
            Layout.fillWidth: true
            text: dialog.text
            color: Theme.secondary
            font.pixelSize: Theme.smallSize
            lineHeightMode: Text.FixedHeight
            lineHeight: Theme.smallLine
            wrapMode: Text.Wrap
        }
        RowLayout {
            Layout.alignment: Qt.AlignRight
            Layout.topMargin: 8
            spacing: 8

            TextButton {
                id: cancel
                objectName: "confirmCancel"
                text: qsTr("Cancel")
                onClicked: dialog.reject()
            }
            TextButton {
                objectName: "confirmAccept"
                kind: TextButton.Danger
                text: dialog.confirmText
                onClicked: dialog.accept()
            }
        }
    }

    background: Card {
        Accessible.role: Accessible.Dialog
        Accessible.name: dialog.title
        Accessible.description: dialog.text
    }

    T.Overlay.modal: Rectangle { color: Theme.scrim }
}
