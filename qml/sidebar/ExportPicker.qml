// SPDX-License-Identifier: Apache-2.0
// Where a conversation is exported to. Loaded when it is first needed: the dialogs of the platform cost start-up time.
import QtQuick.Dialogs

FileDialog {
    objectName: "exportDialog"

    property double conversationId: 0
    readonly property bool wantsJson: selectedNameFilter.index === 1

    title: qsTr("Export the conversation")
    fileMode: FileDialog.SaveFile
    nameFilters: [qsTr("Markdown, what is shown (*.md)"), qsTr("JSON, all versions and documents (*.json)")]
}
