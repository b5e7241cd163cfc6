// SPDX-License-Identifier: Apache-2.0
// Loaded when it is first needed: the dialogs of the platform cost start-up time.
import QtQuick.Dialogs

FileDialog {
    required property string patterns

    title: qsTr("Attach documents")
    fileMode: FileDialog.OpenFiles
    nameFilters: [qsTr("Documents and text (%1)").arg(patterns),
                  qsTr("All files (*)")]
}
