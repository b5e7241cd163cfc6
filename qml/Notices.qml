// SPDX-License-Identifier: Apache-2.0
// What concerns the whole window, over its page: the storage, and what became of an export.
import QtQuick
import Fireside.Gui
import Fireside.Ui

Column {
    id: notices

    required property App app

    Banner {
        objectName: "storageBanner"
        width: parent.width
        visible: notices.app.storage.message.length > 0
        radius: 0
        tone: notices.app.storage.readOnly ? Banner.Bad : Banner.Warn
        text: notices.app.storage.message
        dismissable: !notices.app.storage.readOnly && !notices.app.storage.diskFull
        onDismissed: notices.app.storage.dismiss()
    }
    Banner {
        objectName: "exportBanner"
        width: parent.width
        visible: notices.app.exporter.message.length > 0
        radius: 0
        tone: notices.app.exporter.failed ? Banner.Bad : Banner.Good
        text: notices.app.exporter.message
        dismissable: true
        onDismissed: notices.app.exporter.dismiss()
    }
}
