// SPDX-License-Identifier: Apache-2.0
// The documents of the draft, above its text.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Gui
import Fireside.Ui

Flow {
    id: strip

    required property ChatSession chat
    readonly property int count: chips.count

    spacing: 8
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Attached documents")

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

    AttachmentPreview { id: preview }
}
