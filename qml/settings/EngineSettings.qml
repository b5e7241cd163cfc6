// SPDX-License-Identifier: Apache-2.0
// What the engine is started with: what makes sense for the device that a model would be loaded on. A change counts
// once the model is loaded again, and says so as long as it was not.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ColumnLayout {
    id: section

    required property Settings settings
    required property EngineController engine
    required property DeviceList devices

    spacing: 14

    Component.onCompleted: devices.refresh()

    ReloadBanner {
        Layout.fillWidth: true
        engine: section.engine
    }
    ColumnLayout {
        Layout.fillWidth: true
        spacing: 6

        UiText {
            text: qsTr("Device")
            font.pixelSize: Theme.smallSize
        }
        ChoiceList {
            objectName: "deviceChoice"
            Layout.fillWidth: true
            label: qsTr("Device")
            value: section.devices.current
            options: section.devices.choices
            onChosen: value => section.devices.choose(value)
        }
    }
    NumberSetting {
        objectName: "threadsSetting"
        Layout.fillWidth: true
        visible: !section.devices.onGpu
        label: qsTr("Processor threads")
        detail: qsTr("Empty: one per core")
        value: section.settings.threads
        highest: 1024
        onEdited: value => section.settings.threads = value
    }
    NumberSetting {
        objectName: "contextSetting"
        Layout.fillWidth: true
        label: qsTr("Longest context (tokens)")
        detail: qsTr("Empty: as long as the model and the memory allow")
        value: section.settings.maxModelLen
        highest: 4194304
        onEdited: value => section.settings.maxModelLen = value
    }
    NumberSetting {
        objectName: "shareSetting"
        Layout.fillWidth: true
        visible: section.devices.onGpu
        label: qsTr("Share of the card's memory (%)")
        detail: qsTr("What the model and its contexts may take together. Empty: 90")
        value: section.settings.gpuMemoryPercent
        highest: 99
        onEdited: value => section.settings.gpuMemoryPercent = value
    }
    NumberSetting {
        Layout.fillWidth: true
        label: qsTr("Memory for contexts (MiB)")
        detail: qsTr("Empty: what the weights leave free")
        value: section.settings.kvCacheMb
        highest: 16777216
        onEdited: value => section.settings.kvCacheMb = value
    }
    SettingRow {
        Layout.fillWidth: true
        visible: section.devices.onGpu
        label: qsTr("Precision of the context cache")
        detail: qsTr("8 bit: twice the context in the same memory, slightly less exact")

        Segmented {
            objectName: "cacheChoice"
            label: qsTr("Precision of the context cache")
            value: section.settings.compactCache
            options: [{ value: false, text: qsTr("16 bit") }, { value: true, text: qsTr("8 bit") }]
            onChosen: value => section.settings.compactCache = value
        }
    }
    SettingRow {
        Layout.fillWidth: true
        visible: section.devices.onGpu
        label: qsTr("Same answer alone and in company")
        detail: qsTr("The same question and seed give the same answer to the letter, whatever else is being answered. Slower, most of all with long documents.")

        Toggle {
            objectName: "invariantToggle"
            text: qsTr("Same answer alone and in company")
            checked: section.settings.batchInvariant
            onToggled: section.settings.batchInvariant = checked
        }
    }
}
