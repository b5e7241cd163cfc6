// SPDX-License-Identifier: Apache-2.0
// Earlier and later versions of a message: < 2/3 >
import QtQuick
import Fireside.Ui

Row {
    id: versions

    required property int versionIndex
    required property int versionCount

    signal moved(delta: int)

    IconButton {
        objectName: "olderVersion"
        implicitWidth: Theme.scaled(28)
        iconName: "chevron-left"
        iconSize: 16
        text: qsTr("Earlier version")
        enabled: versions.versionIndex > 1
        onClicked: versions.moved(-1)
    }
    UiText {
        anchors.verticalCenter: parent.verticalCenter
        text: versions.versionIndex + "/" + versions.versionCount
        color: Theme.secondary
        font.pixelSize: Theme.captionSize
        Accessible.name: qsTr("Version %1 of %2").arg(versions.versionIndex).arg(versions.versionCount)
    }
    IconButton {
        objectName: "newerVersion"
        implicitWidth: Theme.scaled(28)
        iconName: "chevron-right"
        iconSize: 16
        text: qsTr("Later version")
        enabled: versions.versionIndex < versions.versionCount
        onClicked: versions.moved(1)
    }
}
