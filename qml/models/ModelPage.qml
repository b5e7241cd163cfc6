// SPDX-License-Identifier: Apache-2.0
// The models on this computer: what they are, whether they fit, and which one answers.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

PageFrame {
    id: page

    required property App app

    signal folderWanted()

    title: qsTr("Models")
    actions: [
        IconButton {
            objectName: "refreshModels"
            iconName: "regenerate"
            enabled: !page.app.models.searching
            text: qsTr("Search for models again")
            onClicked: page.app.models.refresh()
        },
        TextButton {
            iconName: "folder"
            text: qsTr("Add a folder")
            onClicked: page.folderWanted()
        }
    ]

    Banner {
        Layout.fillWidth: true
        visible: page.app.engine.status === EngineController.Failed
        tone: Banner.Bad
        text: page.app.engine.errorString
        actionText: page.app.engine.deviceLost ? qsTr("Restart Fireside") : qsTr("Try again")
        onActionTriggered: page.app.engine.deviceLost ? page.app.restart() : page.app.engine.reload()
    }
    ReloadBanner {
        Layout.fillWidth: true
        engine: page.app.engine
        visible: engine.outdated && engine.status !== EngineController.Failed
    }
    Repeater {
        model: page.app.models

        ModelRow {
            Layout.fillWidth: true
            loading: current && page.app.engine.status === EngineController.Loading
            progress: page.app.engine.progress
            stage: page.app.engine.stage
            onLoadWanted: page.app.engine.load(path)
            onCancelWanted: page.app.engine.cancelLoad()
            onUnloadWanted: page.app.engine.unload()
        }
    }
    RowLayout {
        visible: page.app.models.searching
        spacing: 8

        ProgressRing {
            still: Theme.reduceMotion
            color: Theme.accent
            trackColor: Theme.line
        }
        UiText {
            text: qsTr("Searching for models")
            color: Theme.secondary
            font.pixelSize: Theme.smallSize
        }
    }
    SectionTitle {
        visible: memory.visible
        text: qsTr("Memory of %1").arg(page.app.engine.deviceName)
    }
    MemoryPlan {
        id: memory
        Layout.fillWidth: true
        engine: page.app.engine
    }
    SectionTitle { text: page.app.models.onlyBundled ? qsTr("Get a model") : qsTr("Another model") }
    GetModel {
        Layout.fillWidth: true
        app: page.app
        onFolderWanted: page.folderWanted()
    }
}
