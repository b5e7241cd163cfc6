// SPDX-License-Identifier: Apache-2.0
// Makes the hint of a control only while it is wanted.
pragma ComponentBehavior: Bound

import QtQuick
import Fireside.Ui

Loader {
    id: loader

    required property Item owner
    required property bool shown
    property string text
    property string keys: ""

    active: shown && text.length > 0
    sourceComponent: Hint {
        parent: loader.owner
        text: loader.text
        keys: loader.keys
        visible: true
    }
}
