// SPDX-License-Identifier: Apache-2.0
// One attached document: what it is, how large, how far it is read, or why it cannot be used.
import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

Rectangle {
    id: chip

    required property int index
    required property string name
    required property string icon
    required property string detail
    required property real progress
    required property string errorText
    required property var model
    property real maximumWidth: 400
    readonly property int phase: model.state
    readonly property bool reading: phase === AttachmentListModel.Reading || phase === AttachmentListModel.Counting
    readonly property bool refused: phase === AttachmentListModel.Refused
    readonly property bool locked: phase === AttachmentListModel.NeedsPassword
    readonly property string words: refused || locked ? errorText
        : reading ? (phase === AttachmentListModel.Counting ? qsTr("Counting tokens") : qsTr("Reading")) : detail

    signal removed()
    signal opened()
    signal passwordGiven(password: string)

    readonly property int signSize: Theme.scaled(18)
    readonly property int fieldWidth: locked ? Math.min(Theme.scaled(162), maximumWidth / 3) + 8 : 0
    // All but the text.
    readonly property int chrome: 34 + signSize + fieldWidth + remove.width

    implicitWidth: Math.min(maximumWidth, chrome + textColumn.width)
    implicitHeight: Math.max(44, textColumn.implicitHeight + 12)
    radius: Theme.cardRadius
    color: refused ? Theme.badTint : locked ? Theme.warnTint : open.hovered ? Theme.bubble : Theme.window
    border.width: refused || locked ? 0 : 1
    border.color: Theme.line
    Accessible.role: Accessible.ListItem
    Accessible.name: name + ", " + words

    T.AbstractButton {
        id: open
        objectName: "openAttachment"
        anchors.fill: parent
        enabled: !chip.reading && !chip.refused && !chip.locked
        focusPolicy: Qt.TabFocus
        hoverEnabled: true
        text: qsTr("Show the text of %1").arg(chip.name)
        Accessible.name: text
        onClicked: chip.opened()
        Keys.onReturnPressed: clicked()

        background: FocusRing { shown: open.visualFocus; around: Theme.cardRadius }
    }

    ProgressRing {
        x: 13
        anchors.verticalCenter: parent.verticalCenter
        visible: chip.reading
        width: chip.signSize
        height: chip.signSize
        progress: chip.progress
        still: Theme.reduceMotion
        color: Theme.accent
        trackColor: Theme.line
    }
    Icon {
        x: 13
        anchors.verticalCenter: parent.verticalCenter
        visible: !chip.reading
        width: chip.signSize
        height: chip.signSize
        name: chip.refused ? "error" : chip.locked ? "lock" : chip.icon
        color: chip.refused ? Theme.bad : chip.locked ? Theme.warn : Theme.accentText
    }
    Column {
        id: textColumn
        x: 23 + chip.signSize
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(Math.max(nameText.implicitWidth, wordsText.implicitWidth),
                        Theme.scaled(chip.refused ? 380 : 230), chip.maximumWidth - chip.chrome)

        UiText {
            id: nameText
            width: parent.width
            text: chip.name
            font.pixelSize: Theme.smallSize
            elide: Text.ElideMiddle
        }
        UiText {
            id: wordsText
            width: parent.width
            text: chip.words
            color: chip.refused ? Theme.bad : chip.locked ? Theme.warn : Theme.faint
            font.pixelSize: Theme.captionSize
            // The reason comes after the file's name, which may be long.
            wrapMode: chip.refused || chip.locked ? Text.Wrap : Text.NoWrap
            maximumLineCount: chip.refused || chip.locked ? 8 : 1
            elide: Text.ElideRight
        }
    }
    LineField {
        anchors.right: remove.left
        anchors.verticalCenter: parent.verticalCenter
        visible: chip.locked
        width: chip.fieldWidth - 8
        label: qsTr("Password of %1").arg(chip.name)
        placeholderText: qsTr("Password")
        echoMode: TextInput.Password
        onAccepted: chip.passwordGiven(text)
    }
    IconButton {
        id: remove
        objectName: "removeAttachment"
        anchors.right: parent.right
        anchors.rightMargin: 4
        anchors.verticalCenter: parent.verticalCenter
        implicitWidth: Theme.scaled(28)
        implicitHeight: Theme.scaled(28)
        iconName: "close"
        iconSize: 14
        text: qsTr("Remove %1").arg(chip.name)
        onClicked: chip.removed()
    }
}
