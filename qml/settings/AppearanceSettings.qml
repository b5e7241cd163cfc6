// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ColumnLayout {
    id: section

    required property Settings settings

    spacing: 14

    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Theme")

        Segmented {
            objectName: "themeChoice"
            label: qsTr("Theme")
            value: section.settings.theme
            options: [{ value: "system", text: qsTr("System"), icon: "monitor" },
                      { value: "light", text: qsTr("Light"), icon: "sun" },
                      { value: "dark", text: qsTr("Dark"), icon: "moon" }]
            onChosen: value => section.settings.theme = value
        }
    }
    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Language")

        Segmented {
            objectName: "languageChoice"
            label: qsTr("Language")
            value: section.settings.language
            // Each language in its own words, so that it can be found from any other.
            options: [{ value: "", text: qsTr("System") }, { value: "en", text: "English" },
                      { value: "zh_CN", text: "简体中文" }]
            onChosen: value => section.settings.language = value
        }
    }
    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Text size")
        detail: qsTr("Also with Ctrl++ and Ctrl+-")

        Stepper {
            objectName: "textSizeStepper"
            label: qsTr("Text size")
            text: qsTr("%1%", "percent").arg(Math.round(section.settings.textScale * 100))
            value: section.settings.textScale
            minimumValue: section.settings.smallestTextScale
            maximumValue: section.settings.largestTextScale
            usual: section.settings.textScale === 1
            onStepped: delta => section.settings.zoom(delta)
            onReset: section.settings.zoom(0)
        }
    }
    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Reduce motion")
        detail: qsTr("No fading, sliding or pulsing")

        Toggle {
            text: qsTr("Reduce motion")
            checked: section.settings.reduceMotion
            onToggled: section.settings.reduceMotion = checked
        }
    }
    SettingRow {
        Layout.fillWidth: true
        label: qsTr("Enter sends the message")
        detail: section.settings.sendOnEnter ? qsTr("Shift+Enter makes a new line")
                                             : qsTr("Ctrl+Enter sends, Enter makes a new line")

        Toggle {
            objectName: "sendOnEnter"
            text: qsTr("Enter sends the message")
            checked: section.settings.sendOnEnter
            onToggled: section.settings.sendOnEnter = checked
        }
    }
}
