// SPDX-License-Identifier: Apache-2.0
// Loaded when it is first needed: the dialogs of the platform cost start-up time.
import QtQuick.Dialogs

FileDialog {
    title: qsTr("Attach documents")
    fileMode: FileDialog.OpenFiles
    nameFilters: [qsTr("Documents and text (*.pdf *.txt *.md *.csv *.json *.log *.c *.cpp *.h *.py *.js *.ts *.rs *.go *.java)"),
                  qsTr("All files (*)")]
}
