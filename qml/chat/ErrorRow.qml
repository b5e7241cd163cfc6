// SPDX-License-Identifier: Apache-2.0
// An answer that failed: why, and another try. While the banner above the composer says why and what helps, it is not
// said a second time here. A lost device is put in two ways, of the answer and of the device: that counts as one.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string errorText
    required property bool isLastAnswer

    readonly property bool saidBelow: isLastAnswer && context.bannerText.length > 0
                                      && (errorText === context.bannerText || context.app.engine.deviceLost)

    gap: 12
    bodyHeight: banner.implicitHeight

    Banner {
        id: banner
        objectName: "errorNote"
        width: parent.width
        height: implicitHeight
        tone: Banner.Bad
        text: row.saidBelow ? qsTr("This answer was not finished.") : row.errorText
        actionText: row.isLastAnswer && !row.saidBelow ? qsTr("Try again") : ""
        onActionTriggered: row.context.chat.retry()
    }
}
