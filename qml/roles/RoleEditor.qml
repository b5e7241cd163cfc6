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
    FormField {
        id: nameGroup
        Layout.topMargin: 0
        label: qsTr("Name")

        LineField {
            id: nameField
            objectName: "roleName"
            width: parent.width
            label: nameGroup.label
            maximumLength: 60
            onTextEdited: editor.changed = true
        }
    }
    FormField {
        label: qsTr("Icon")

        IconPicker {
            width: parent.width
            value: editor.icon
            onPicked: name => {
                editor.icon = name;
                editor.changed = true;
            }
        }
    }
    FormField {
        id: descriptionGroup
        label: qsTr("Description, one line")

        LineField {
            id: descriptionField
            width: parent.width
            label: descriptionGroup.label
            maximumLength: 200
            onTextEdited: editor.changed = true
        }
    }
    FormField {
        id: promptGroup
        label: qsTr("Instructions")

        TextBox {
            id: promptBox
            objectName: "rolePrompt"
            width: parent.width
            implicitHeight: 220
            label: promptGroup.label
            placeholder: qsTr("What the model is told before every conversation: who it is, how it answers, what it avoids")
            input.onTextChanged: if (input.activeFocus) editor.changed = true
        }
    }
    FormField {
        id: greetingGroup
        label: qsTr("Greeting")

        LineField {
            id: greetingField
            width: parent.width
            label: greetingGroup.label
            maximumLength: 200
            onTextEdited: editor.changed = true
        }
    }
    FormField {
        id: startersGroup
        label: qsTr("Suggested beginnings, one per line, up to four")

        TextBox {
            id: startersBox
            width: parent.width
            label: startersGroup.label
            input.onTextChanged: if (input.activeFocus) editor.changed = true
        }
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
