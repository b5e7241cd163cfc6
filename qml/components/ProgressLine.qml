// SPDX-License-Identifier: Apache-2.0
// A thin bar from 0 to 1; below 0 a part of it wanders, or fills it faintly when motion is reduced.
import QtQuick
import Fireside.Ui

Rectangle {
    id: line

    property real progress: -1
    property string label

    implicitHeight: 3
    radius: 1.5
    color: Theme.line
    clip: true
    Accessible.role: Accessible.ProgressBar
    Accessible.name: label

    Rectangle {
        id: bar
        height: parent.height
        radius: parent.radius
        color: Theme.accent
        opacity: line.progress < 0 && Theme.reduceMotion ? 0.5 : 1
        width: line.progress < 0 ? (Theme.reduceMotion ? parent.width : parent.width * 0.3)
                                 : parent.width * Math.min(1, line.progress)

        NumberAnimation on x {
            running: line.visible && line.progress < 0 && !Theme.reduceMotion
            loops: Animation.Infinite
            from: -line.width * 0.3
            to: line.width
            duration: 1400
            onRunningChanged: if (!running) bar.x = 0
        }
    }
}
