// SPDX-License-Identifier: Apache-2.0
// A paragraph, heading, list or quote. The only text that is read as HTML, and only HTML that our own writer made.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string html
    property int heading: 0

    gap: heading > 0 ? (heading <= 2 ? 22 : 16) : 12
    bodyHeight: words.height
    edit: words

    RowText {
        id: words
        row: row
        width: row.bodyWidth
        textFormat: TextEdit.RichText
        text: Theme.richStyle + row.html
    }
}
