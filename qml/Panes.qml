// SPDX-License-Identifier: Apache-2.0
// The parts of the window in the order that F6 goes round them. Each is {item, shown, enter}.
import QtQuick

QtObject {
    id: panes

    required property var list
    required property Item focused

    function holds(item: Item): bool {
        let above = focused;
        while (above && above !== item)
            above = above.parent;
        return above !== null;
    }
    function go(step: int): void {
        // What lies under an open sidebar cannot be entered.
        const open = list.filter(pane => pane.shown && pane.item.enabled);
        const at = open.findIndex(pane => holds(pane.item));
        const next = at < 0 ? (step > 0 ? 0 : -1) : at + step;
        open[(next + open.length) % open.length].enter();
    }
}
