// SPDX-License-Identifier: Apache-2.0
// Puts the window where it was, and remembers where it is a moment after it was moved.
import QtQuick
import Fireside.Gui

Item {
    id: geometry

    required property Window target
    required property Settings settings
    property bool restored: false

    function restore(): void {
        const s = geometry.settings;
        const w = geometry.target;
        const screen = Qt.size(Screen.desktopAvailableWidth, Screen.desktopAvailableHeight);
        const known = s.windowWidth > 0 && s.windowHeight > 0;
        w.width = Math.max(w.minimumWidth, known ? Math.min(s.windowWidth, screen.width) : Math.min(1180, screen.width));
        w.height = Math.max(w.minimumHeight, known ? Math.min(s.windowHeight, screen.height) : Math.min(780, screen.height));
        // A place on a screen that is gone would hide the window.
        if (known && s.windowX >= 0 && s.windowX + 200 <= screen.width
                && s.windowY >= 0 && s.windowY + 100 <= screen.height) {
            w.x = s.windowX;
            w.y = s.windowY;
        }
        if (s.windowMaximized)
            w.visibility = Window.Maximized;
        geometry.restored = true;
    }
    function save(): void {
        const s = geometry.settings;
        const w = geometry.target;
        if (!geometry.restored || w.visibility === Window.Hidden || w.visibility === Window.Minimized
                || w.visibility === Window.FullScreen)
            return;
        s.windowMaximized = w.visibility === Window.Maximized;
        if (w.visibility !== Window.Windowed)
            return;
        s.windowX = w.x;
        s.windowY = w.y;
        s.windowWidth = w.width;
        s.windowHeight = w.height;
    }

    visible: false

    Connections {
        target: geometry.target
        function onXChanged(): void { later.restart(); }
        function onYChanged(): void { later.restart(); }
        function onWidthChanged(): void { later.restart(); }
        function onHeightChanged(): void { later.restart(); }
        function onVisibilityChanged(): void { later.restart(); }
        function onClosing(): void { geometry.save(); }
    }
    Timer {
        id: later
        interval: 400
        onTriggered: geometry.save()
    }
}
