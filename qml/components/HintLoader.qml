// SPDX-License-Identifier: Apache-2.0
// Makes the hint of a control when it is first wanted.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Ui

Item {
    id: loader

    required property Item owner
    required property bool shown
    property string text
    property string keys: ""
    property Hint hint: null

    visible: false
    onShownChanged: {
        if (shown && !hint && text.length > 0)
            hint = component.createObject(owner) as Hint;
    }

    Component {
        id: component
        Hint {
            text: loader.text
            keys: loader.keys
            visible: loader.shown && loader.text.length > 0
        }
    }
}
