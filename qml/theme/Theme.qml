// SPDX-License-Identifier: Apache-2.0
// What the window looks like, in one place. Main.qml binds the four wishes below; nothing here remembers anything.
// tests/qml/tst_theme.qml measures the contrast of every pair of text and ground.
pragma Singleton

import QtQuick

QtObject {
    id: theme

    property bool dark: false
    property bool chinese: false
    property bool reduceMotion: false
    property real textScale: 1

    // Grounds                                       dark        light
    readonly property color window: dark ?           "#191817" : "#FBFAF8"
    readonly property color sidebar: dark ?          "#1F1E1C" : "#F3F1ED"
    readonly property color surface: dark ?          "#262422" : "#FFFFFF"
    readonly property color raised: dark ?           "#2E2C29" : "#FFFFFF"
    readonly property color bubble: dark ?           "#302D2A" : "#F0ECE5"
    readonly property color code: dark ?             "#141312" : "#F4F2EE"
    readonly property color inlineCode: dark ?       "#34312D" : "#EFECE6"
    readonly property color accentTint: dark ?       "#3A2A1F" : "#FBEDE3"
    readonly property color goodTint: dark ?         "#1F2E25" : "#E7F3EB"
    readonly property color warnTint: dark ?         "#33291A" : "#FBF2DC"
    readonly property color badTint: dark ?          "#3A2422" : "#FBE9E7"
    readonly property color veil: dark ?             "#F2191817" : "#F2FBFAF8"

    // Lines and states laid over any ground
    readonly property color line: dark ?             "#3A3733" : "#E4E0D9"
    readonly property color strongLine: dark ?       "#57524C" : "#CFC9C0"
    // Around what is typed into: 3:1.
    readonly property color fieldLine: dark ?        "#756F68" : "#948D84"
    readonly property color hover: dark ?            "#10FFFFFF" : "#0A2A1E12"
    readonly property color pressed: dark ?          "#1FFFFFFF" : "#162A1E12"
    readonly property color shadow: dark ?           "#40000000" : "#14000000"
    readonly property color scrim:                   "#66000000"
    readonly property color selection: dark ?        "#7A4A2A" : "#F6D3BC"

    // Text and signs: 4.5:1 on every ground above
    readonly property color text: dark ?             "#ECE9E4" : "#1E1C1A"
    readonly property color secondary: dark ?        "#B3ADA5" : "#5A554F"
    readonly property color faint: dark ?            "#A19A91" : "#6C665E"
    readonly property color accentText: dark ?       "#F08A4B" : "#AC4813"
    readonly property color good: dark ?             "#7CC99A" : "#286B44"
    readonly property color warn: dark ?             "#E3B341" : "#7D5400"
    readonly property color bad: dark ?              "#F2B8B5" : "#B3261E"

    // The ember: fills of buttons, and large signs
    readonly property color accent: dark ?           "#F08A4B" : "#C2551C"
    readonly property color accentHover: dark ?      "#F59B63" : "#AC4813"
    readonly property color accentInk: dark ?         "#1E1206" : "#FFFFFF"

    // Type, in pixels
    readonly property int titleSize: Math.round(20 * textScale)
    readonly property int bodySize: Math.round(15 * textScale)
    readonly property int smallSize: Math.round(13 * textScale)
    readonly property int captionSize: Math.round(12 * textScale)
    readonly property int codeSize: Math.round(13 * textScale)
    readonly property int bodyLine: Math.round(bodySize * (chinese ? 1.7 : 1.55))
    readonly property int smallLine: Math.round(smallSize * (chinese ? 1.6 : 1.45))
    readonly property string monospace: "monospace"
    // Few Chinese fonts have a semibold.
    readonly property int strong: chinese ? Font.Bold : Font.DemiBold

    // Space and form
    readonly property int radius: 6
    readonly property int cardRadius: 10
    readonly property int bubbleRadius: 14
    readonly property int control: Math.max(32, Math.round(32 * textScale))
    readonly property int header: control + 16
    readonly property int row: Math.max(36, Math.round(36 * textScale))
    readonly property int columnWidth: scaled(760)
    readonly property int sideMargin: 24

    // A size in pixels that grows with the text, and by how much; it does not shrink.
    readonly property real growth: Math.max(1, textScale)
    function scaled(pixels: real): int { return Math.round(pixels * growth); }

    readonly property int fast: reduceMotion ? 0 : 120

    // Headings inside an answer, level 1 to 6.
    function headingSize(level: int): int {
        return Math.round(bodySize * (level === 1 ? 1.4 : level === 2 ? 1.22 : level === 3 ? 1.08 : 1));
    }

    // Style of the HTML that our own writer makes for the rows of an answer; no other HTML is ever shown.
    readonly property string richStyle: "<style>"
        + "p{line-height:" + bodyLine + "px;margin:0}"
        + "a{color:" + accentText + ";text-decoration:underline}"
        + "code{font-family:" + monospace + ";font-size:" + Math.round(bodySize * 0.9) + "px;background-color:"
        + inlineCode + "}"
        + "</style>"
}
