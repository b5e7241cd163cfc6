// SPDX-License-Identifier: Apache-2.0
// What the engine is started with. Changes count when the model is loaded the next time.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ColumnLayout {
    id: section

    required property Settings settings
    required property EngineController engine
    property bool changed: false

    spacing: 14

    Connections {
        target: section.engine
        function onStateChanged(): void {
            if (section.engine.status === EngineController.Loading)
                section.changed = false;
        }
    }

    Banner {
        Layout.fillWidth: true
        visible: section.changed
        text: qsTr("Changes take effect when the model is loaded again. That stops answers in progress.")
        actionText: qsTr("Load again now")
        onActionTriggered: section.engine.reload()
    }
    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Device")
        detail: qsTr("Automatic uses the graphics card when there is a usable one, otherwise the processor")

        Segmented {
            label: qsTr("Device")
            value: section.settings.device
            options: [{ value: "", text: qsTr("Automatic") }, { value: "cuda", text: qsTr("Graphics card") },
                      { value: "cpu", text: qsTr("Processor") }]
            onChosen: value => {
                section.settings.device = value;
                section.changed = true;
            }
        }
    }
    NumberSetting {
        Layout.fillWidth: true
        label: qsTr("Processor threads")
        detail: qsTr("Empty: one per core")
        value: section.settings.threads
        highest: 1024
        onEdited: value => {
            section.settings.threads = value;
            section.changed = true;
        }
    }
    NumberSetting {
        Layout.fillWidth: true
        label: qsTr("Longest context (tokens)")
        detail: qsTr("Empty: as long as the model and the memory allow")
        value: section.settings.maxModelLen
        highest: 4194304
        onEdited: value => {
            section.settings.maxModelLen = value;
            section.changed = true;
        }
    }
    NumberSetting {
        Layout.fillWidth: true
        label: qsTr("Memory for contexts (MiB)")
        detail: qsTr("Empty: what the weights leave free")
        value: section.settings.kvCacheMb
        highest: 16777216
        onEdited: value => {
            section.settings.kvCacheMb = value;
            section.changed = true;
        }
    }
}
