// SPDX-License-Identifier: Apache-2.0
// Makes its content while it is shown, beside itself. As a Loader would; but a Loader of Qt 6.4 cannot make components
// of a file with bound components.
import QtQuick

Repeater {
    id: lazy

    required property bool shown
    property Item item: null

    model: shown ? 1 : 0
    onItemAdded: (index, item) => lazy.item = item
    onItemRemoved: lazy.item = null
}
