// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

PageFrame {
    id: page

    required property App app
    required property AppKeys keys

    title: qsTr("Settings")

    SectionTitle {
        Layout.topMargin: 0
        text: qsTr("Appearance and writing")
    }
    AppearanceSettings {
        Layout.fillWidth: true
        settings: page.app.settings
    }
    Divider { Layout.topMargin: 8 }
    SectionTitle { text: qsTr("Engine") }
    EngineSettings {
        Layout.fillWidth: true
        settings: page.app.settings
        engine: page.app.engine
        devices: page.app.devices
    }
    Divider { Layout.topMargin: 8 }
    SectionTitle { text: qsTr("Storage") }
    StorageSettings {
        Layout.fillWidth: true
        app: page.app
    }
    Divider { Layout.topMargin: 8 }
    SectionTitle { text: qsTr("Keyboard") }
    KeyList {
        Layout.fillWidth: true
        keys: page.keys
    }
    UiText {
        Layout.fillWidth: true
        Layout.topMargin: 16
        text: qsTr("Fireside %1 · Apache-2.0 · Nothing leaves this computer.").arg(page.app.version)
        color: Theme.faint
        font.pixelSize: Theme.captionSize
        wrapMode: Text.Wrap
    }
}
