// SPDX-License-Identifier: Apache-2.0
// Binds the keys of AppKeys.qml. Esc is not here: whatever has the keyboard takes it first, the window last.
import QtQuick
import Fireside.Ui

Item {
    id: shortcuts

    required property AppKeys keys

    signal newChat()
    signal search()
    signal find()
    signal sidebar()
    signal settings()
    signal models()
    signal roles()
    signal attach()
    signal regenerate()
    signal copyAnswer()
    signal copyCode()
    signal previousChat()
    signal nextChat()
    signal exportChat()
    signal deleteChat()
    signal pane(step: int)
    signal zoom(step: int)
    signal fullScreen()
    signal quit()
    signal help()

    visible: false

    Shortcut { sequences: shortcuts.keys.newChat; onActivated: shortcuts.newChat() }
    Shortcut { sequences: shortcuts.keys.search; onActivated: shortcuts.search() }
    Shortcut { sequences: shortcuts.keys.find; onActivated: shortcuts.find() }
    Shortcut { sequences: shortcuts.keys.sidebar; onActivated: shortcuts.sidebar() }
    Shortcut { sequences: shortcuts.keys.settings; onActivated: shortcuts.settings() }
    Shortcut { sequences: shortcuts.keys.models; onActivated: shortcuts.models() }
    Shortcut { sequences: shortcuts.keys.roles; onActivated: shortcuts.roles() }
    Shortcut { sequences: shortcuts.keys.attach; onActivated: shortcuts.attach() }
    Shortcut { sequences: shortcuts.keys.regenerate; onActivated: shortcuts.regenerate() }
    Shortcut { sequences: shortcuts.keys.copyAnswer; onActivated: shortcuts.copyAnswer() }
    Shortcut { sequences: shortcuts.keys.copyCode; onActivated: shortcuts.copyCode() }
    Shortcut { sequences: shortcuts.keys.previousChat; onActivated: shortcuts.previousChat() }
    Shortcut { sequences: shortcuts.keys.nextChat; onActivated: shortcuts.nextChat() }
    Shortcut { sequences: shortcuts.keys.exportChat; onActivated: shortcuts.exportChat() }
    Shortcut { sequences: shortcuts.keys.deleteChat; onActivated: shortcuts.deleteChat() }
    Shortcut { sequences: shortcuts.keys.nextPane; onActivated: shortcuts.pane(1) }
    Shortcut { sequences: shortcuts.keys.previousPane; onActivated: shortcuts.pane(-1) }
    Shortcut { sequences: shortcuts.keys.zoomIn; onActivated: shortcuts.zoom(1) }
    Shortcut { sequences: shortcuts.keys.zoomOut; onActivated: shortcuts.zoom(-1) }
    Shortcut { sequences: shortcuts.keys.zoomReset; onActivated: shortcuts.zoom(0) }
    Shortcut { sequences: shortcuts.keys.fullScreen; onActivated: shortcuts.fullScreen() }
    Shortcut { sequences: shortcuts.keys.quit; onActivated: shortcuts.quit() }
    Shortcut { sequences: shortcuts.keys.help; onActivated: shortcuts.help() }
}
