// SPDX-License-Identifier: Apache-2.0
// Makes the hint of a control when it is first wanted. After a press it stays away until the pointer or the keyboard has
// left: what the press opened may lie there.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Fireside.Ui

Item {
    id: loader

    required property Item owner
    required property bool shown
    property string text
    property string keys: ""
    property bool used: false
    property Hint hint: null

    visible: false
    onShownChanged: {
        used = false;
        if (shown && !hint && text.length > 0)
            hint = component.createObject(owner) as Hint;
    }

    Connections {
        target: loader.owner as T.AbstractButton
        function onPressed(): void { loader.used = true; }
        function onClicked(): void { loader.used = true; }
    }

    Component {
        id: component
        Hint {
            text: loader.text
            keys: loader.keys
            visible: loader.shown && !loader.used && loader.text.length > 0
        }
    }
}
