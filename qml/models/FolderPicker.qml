// SPDX-License-Identifier: Apache-2.0
// Loaded when it is first needed: the dialogs of the platform cost start-up time.
import QtQuick.Dialogs

FolderDialog {
    title: qsTr("Folder with models")
}
