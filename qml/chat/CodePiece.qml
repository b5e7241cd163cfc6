// SPDX-License-Identifier: Apache-2.0
// Some lines of a block of code, in colour; a comment that begins in the lines above goes on here.
import QtQuick
import Fireside.Gui
import Fireside.Ui

RowText {
    id: piece

    required property string language
    property CodeHighlighter above: null
    readonly property alias colors: colors

    objectName: "codePiece"
    wrapMode: TextEdit.NoWrap
    font.family: Theme.monospace
    font.pixelSize: Theme.codeSize

    CodeHighlighter {
        id: colors
        before: piece.above
        document: piece.textDocument
        language: piece.language
        dark: Theme.dark
    }
}
