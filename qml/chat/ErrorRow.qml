// SPDX-License-Identifier: Apache-2.0
// An answer that failed: why, and another try.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string errorText
    required property bool isLastAnswer

    gap: 12
    bodyHeight: banner.implicitHeight

    Banner {
        id: banner
        width: parent.width
        height: implicitHeight
        tone: Banner.Bad
        text: row.errorText
        actionText: row.isLastAnswer ? qsTr("Try again") : ""
        onActionTriggered: row.context.chat.retry()
    }
}
