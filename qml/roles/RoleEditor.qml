// SPDX-License-Identifier: Apache-2.0
// A role of the person's own: its name and sign, what it is told, how it greets, how it samples.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

PageFrame {
    id: editor

    required property App app
    // "" makes a new one.
    property string roleId: ""
    property string icon: "chat"
    property var sampling: ({ temperature: -1, topP: -1, topK: -1, minP: -1 })
    property bool changed: false
    property bool refused: false

    function read(): void {
        const role = editor.roleId.length > 0 ? editor.app.roles.get(editor.roleId) : ({});
        nameField.text = role.name ?? "";
        descriptionField.text = role.description ?? "";
        promptBox.text = role.systemPrompt ?? "";
        greetingField.text = role.greeting ?? "";
        startersBox.text = (role.starters ?? []).join("\n");
        editor.icon = role.icon ?? "chat";
        editor.sampling = { temperature: role.temperature ?? -1, topP: role.topP ?? -1, topK: role.topK ?? -1,
                            minP: role.minP ?? -1 };
        editor.changed = false;
        nameField.forceActiveFocus();
    }
    function save(): void {
        const role = Object.assign({
            name: nameField.text, description: descriptionField.text, systemPrompt: promptBox.text,
            greeting: greetingField.text, icon: editor.icon,
            starters: startersBox.text.split("\n").filter(line => line.trim().length > 0).slice(0, 4)
        }, editor.sampling);
        if (editor.roleId.length > 0) {
            editor.refused = !editor.app.roles.update(editor.roleId, role);
        } else {
            const roleId = editor.app.roles.create(role);
            editor.refused = roleId.length === 0;
            if (!editor.refused)
                editor.app.chat.setRole(roleId);
        }
        if (editor.refused)
            return;
        editor.changed = false;
        editor.closed();
    }
    // Leaves at once when nothing would be lost.
    function leave(): void {
        if (editor.changed)
            unsaved.open();
        else
            editor.closed();
    }

    title: roleId.length > 0 ? qsTr("Edit role") : qsTr("New role")
    Component.onCompleted: read()

    actions: [
        TextButton {
            objectName: "deleteRole"
            visible: editor.roleId.length > 0
            kind: TextButton.Danger
            iconName: "trash"
            text: qsTr("Delete")
            onClicked: deletion.open()
        },
        TextButton {
            objectName: "saveRole"
            kind: TextButton.Primary
            text: qsTr("Save")
            enabled: nameField.text.trim().length > 0
            onClicked: editor.save()
        }
    ]

    Banner {
        Layout.fillWidth: true
        visible: editor.refused
        tone: Banner.Bad
        text: editor.app.roles.errorString
    }
    UiText {
        text: qsTr("Name")
        font.pixelSize: Theme.smallSize
    }
    LineField {
        id: nameField
        objectName: "roleName"
        Layout.fillWidth: true
        label: qsTr("Name")
        maximumLength: 60
        onTextEdited: editor.changed = true
    }
    UiText {
        text: qsTr("Icon")
        font.pixelSize: Theme.smallSize
    }
    IconPicker {
        Layout.fillWidth: true
        value: editor.icon
        onPicked: name => {
            editor.icon = name;
            editor.changed = true;
        }
    }
    UiText {
        text: qsTr("Description, one line")
        font.pixelSize: Theme.smallSize
    }
    LineField {
        id: descriptionField
        Layout.fillWidth: true
        label: qsTr("Description, one line")
        maximumLength: 200
        onTextEdited: editor.changed = true
    }
    UiText {
        text: qsTr("Instructions")
        font.pixelSize: Theme.smallSize
    }
    TextBox {
        id: promptBox
        objectName: "rolePrompt"
        Layout.fillWidth: true
        implicitHeight: 220
        label: qsTr("Instructions")
        placeholder: qsTr("What the model is told before every conversation: who it is, how it answers, what it avoids")
        input.onTextChanged: if (input.activeFocus) editor.changed = true
    }
    UiText {
        text: qsTr("Greeting")
        font.pixelSize: Theme.smallSize
    }
    LineField {
        id: greetingField
        Layout.fillWidth: true
        label: qsTr("Greeting")
        maximumLength: 200
        onTextEdited: editor.changed = true
    }
    UiText {
        text: qsTr("Suggested beginnings, one per line, up to four")
        font.pixelSize: Theme.smallSize
    }
    TextBox {
        id: startersBox
        Layout.fillWidth: true
        label: qsTr("Suggested beginnings, one per line, up to four")
        input.onTextChanged: if (input.activeFocus) editor.changed = true
    }
    RoleSampling {
        Layout.fillWidth: true
        Layout.topMargin: 8
        values: editor.sampling
        onMoved: (key, value) => {
            editor.sampling = Object.assign({}, editor.sampling, { [key]: value });
            editor.changed = true;
        }
    }

    ConfirmDialog {
        id: unsaved
        title: qsTr("Leave without saving?")
        text: qsTr("The changes to this role are not saved.")
        confirmText: qsTr("Leave")
        onAccepted: {
            editor.changed = false;
            editor.closed();
        }
    }
    ConfirmDialog {
        id: deletion
        title: qsTr("Delete “%1”?").arg(nameField.text)
        text: qsTr("The role is deleted for good. Conversations that used it stay.")
        confirmText: qsTr("Delete")
        onAccepted: {
            editor.app.roles.remove(editor.roleId);
            editor.changed = false;
            editor.closed();
        }
    }
}
