// SPDX-License-Identifier: Apache-2.0
// The figures of an answer, the most important first. Each is shown whole; what has no room in these lines is left out,
// and said under the pointer.
import QtQuick
import Fireside.Ui

UiText {
    id: figures

    required property var parts
    property int lines: 2
    readonly property string separator: " · "
    readonly property var fitting: fill(parts, width, lines, font.pixelSize)

    function fill(parts: var, width: real, lines: int, pixels: int): var {
        const filled = [];
        let line = "";
        let shown = 0;
        for (const part of parts) {
            const longer = line.length > 0 ? line + separator + part : part;
            if (wide(longer) <= width) {
                line = longer;
            } else if (line.length > 0 && filled.length + 1 < lines && wide(part) <= width) {
                filled.push(line);
                line = part;
            } else {
                break;
            }
            ++shown;
        }
        return { text: filled.concat([line]).join("\n"), shown: shown };
    }
    function wide(text: string): real { return Math.ceil(metrics.advanceWidth(text)); }

    text: fitting.text
    color: Theme.faint
    font.pixelSize: Theme.captionSize
    horizontalAlignment: Text.AlignRight
    Accessible.name: parts.join(", ")

    FontMetrics {
        id: metrics
        font: figures.font
    }
    HoverHandler { id: hover }
    HintLoader {
        owner: figures
        shown: hover.hovered && figures.fitting.shown < figures.parts.length
        text: figures.parts.join(figures.separator)
    }
}
