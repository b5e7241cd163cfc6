// SPDX-License-Identifier: Apache-2.0
// Every pair of text and ground that the window draws, measured as WCAG does: 4.5:1 for text, 3:1 for signs.
import QtQuick
import QtTest
import Fireside.Ui

TestCase {
    name: "Theme"

    readonly property var grounds: ["window", "sidebar", "surface", "raised", "bubble", "code", "inlineCode",
                                    "accentTint", "goodTint", "warnTint", "badTint"]

    Component {
        id: lineField

        LineField {
            width: 100
            label: "Description"
        }
    }
    Component {
        id: sliderRow

        SliderRow {
            label: "Temperature"
            value: 0.5
        }
    }

    function cleanup(): void { Theme.dark = false; }

    // https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
    function luminance(c: color): real {
        const linear = v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
        return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
    }
    function contrast(a: color, b: color): real {
        const x = luminance(a), y = luminance(b);
        return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
    }

    function test_contrast_data(): var {
        const rows = [];
        for (const dark of [false, true]) {
            for (const ground of grounds) {
                for (const ink of ["text", "secondary", "accentText"])
                    rows.push({ dark, ground, ink, least: 4.5 });
            }
            for (const ground of ["window", "sidebar", "surface", "raised", "code", "bubble"])
                rows.push({ dark, ground, ink: "faint", least: 4.5 });
            for (const ground of ["window", "sidebar", "surface", "raised"]) {
                rows.push({ dark, ground, ink: "good", least: 4.5 }, { dark, ground, ink: "warn", least: 4.5 },
                          { dark, ground, ink: "bad", least: 4.5 }, { dark, ground, ink: "accent", least: 3 });
            }
            rows.push({ dark, ground: "badTint", ink: "bad", least: 4.5 }, { dark, ground: "warnTint", ink: "warn", least: 4.5 },
                      { dark, ground: "goodTint", ink: "good", least: 4.5 }, { dark, ground: "accent", ink: "accentInk", least: 4.5 },
                      { dark, ground: "accentHover", ink: "accentInk", least: 4.5 },
                      { dark, ground: "selection", ink: "text", least: 4.5 },
                      { dark, ground: "surface", ink: "fieldLine", least: 3 }, { dark, ground: "window", ink: "fieldLine", least: 3 });
            // Rows of menus under the pointer, conversations that are open.
            for (const ink of ["text", "secondary", "accentText"])
                rows.push({ dark, ground: "raised", state: "hover", ink, least: 4.5 });
            for (const ink of ["text", "secondary"])
                rows.push({ dark, ground: "sidebar", state: "pressed", ink, least: 4.5 });
        }
        for (const row of rows)
            row.tag = (row.dark ? "dark " : "light ") + row.ink + " on " + row.ground + (row.state ? ", " + row.state : "");
        return rows;
    }
    function test_contrast(row): void {
        Theme.dark = row.dark;
        const ground = row.state ? Qt.tint(Theme[row.ground], Theme[row.state]) : Theme[row.ground];
        const value = contrast(Theme[row.ink], ground);
        verify(value >= row.least, value.toFixed(2) + " < " + row.least);
    }
    function test_fieldShowsItsBeginning(): void {
        const field = createTemporaryObject(lineField, this);
        field.text = "A description that is much longer than the field is wide";
        compare(field.cursorPosition, 0);
    }
    function test_sliderThatIsOffHasNoValue(): void {
        const row = createTemporaryObject(sliderRow, this);
        const shown = () => {
            const parts = row.children[0].children;
            for (let i = 0; i < parts.length; ++i) {
                if (parts[i].text === "0.50")
                    return true;
            }
            return false;
        };
        verify(shown());
        row.enabled = false;
        verify(!shown());
    }
    function test_sliderThatFollowsHasNoColour(): void {
        const row = createTemporaryObject(sliderRow, this, { ink: Theme.faint });
        verify(Qt.colorEqual(row.handle.handle.border.color, Theme.faint));
        row.ink = Theme.accent;
        verify(Qt.colorEqual(row.handle.handle.border.color, Theme.accent));
        row.enabled = false;
        verify(!row.handle.visible);
    }
    function test_targets(): void {
        for (const scale of [0.8, 1, 2]) {
            Theme.textScale = scale;
            verify(Theme.control >= 32);
            verify(Theme.row >= 36);
        }
        Theme.textScale = 1;
    }
}
