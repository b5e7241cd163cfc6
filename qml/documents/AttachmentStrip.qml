// SPDX-License-Identifier: Apache-2.0
// The documents of the draft, above its text.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Fireside.Gui
import Fireside.Ui

Flickable {
    id: strip

    required property ChatSession chat
    readonly property int count: chips.count

    implicitHeight: Math.min(flow.implicitHeight, 152)
    contentHeight: flow.implicitHeight
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Attached documents")

    T.ScrollBar.vertical: SlimScrollBar {}

    Flow {
        id: flow
        width: strip.width
        spacing: 8

        Repeater {
            id: chips
            model: strip.chat.attachments

            AttachmentChip {
                objectName: "attachmentChip"
                maximumWidth: strip.width
                onRemoved: strip.chat.attachments.remove(index)
                onPasswordGiven: password => strip.chat.attachments.setPassword(index, password)
                onOpened: preview.show(name, strip.chat.attachments.text(index))
            }
        }
    }

    AttachmentPreview { id: preview }
}
