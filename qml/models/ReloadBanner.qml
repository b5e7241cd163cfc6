// SPDX-License-Identifier: Apache-2.0
// Settings were changed that the loaded model does not have yet.
import QtQuick
import Fireside.Gui
import Fireside.Ui

Banner {
    required property EngineController engine

    objectName: "reloadBanner"
    visible: engine.outdated
    text: engine.numRunning + engine.numWaiting > 0
        ? qsTr("The model has to be loaded again for this change. Answers in progress will stop and keep their text.")
        : qsTr("The model has to be loaded again for this change.")
    actionText: qsTr("Load again now")
    onActionTriggered: engine.reload()
}
