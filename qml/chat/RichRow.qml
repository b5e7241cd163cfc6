// SPDX-License-Identifier: Apache-2.0
// A paragraph, heading or list item. The only text that is read as HTML, and only HTML that our own writer made.
import QtQuick
import Fireside.Ui

BlockRow {
    id: row

    required property string html
    required property int heading
    required property string marker
    required property bool tight
    required level
    required quote
    readonly property bool box: marker === "☐" || marker === "☑"

    gap: heading > 0 ? (heading <= 2 ? 22 : 16) : tight ? 5 : 12
    bodyHeight: words.height
    edit: words

    UiText {
        visible: row.marker.length > 0 && !row.box
        x: -width - 8
        height: Theme.bodyLine
        // Where the taller lines of rich text stand.
        verticalAlignment: Text.AlignBottom
        text: row.marker
        color: Theme.secondary
    }
    Rectangle {
        visible: row.box
        x: -width - 8
        y: Theme.bodyLine - Theme.scaled(19)
        width: Theme.scaled(16)
        height: width
        radius: 4
        color: row.marker === "☑" ? Theme.accentTint : "transparent"
        border.width: 1.5
        border.color: row.marker === "☑" ? Theme.accent : Theme.faint
        Accessible.role: Accessible.CheckBox
        Accessible.name: qsTr("Task")
        Accessible.checked: row.marker === "☑"

        Icon {
            anchors.centerIn: parent
            width: Theme.scaled(12)
            height: width
            name: row.marker === "☑" ? "check" : ""
            color: Theme.accentText
        }
    }
    RowText {
        id: words
        owner: row
        width: row.bodyWidth
        textFormat: TextEdit.RichText
        text: Theme.richStyle + "<p>" + row.html + "</p>"
        color: row.quote > 0 ? Theme.secondary : Theme.text
        font.pixelSize: row.heading > 0 ? Theme.headingSize(row.heading) : Theme.bodySize
        font.weight: row.heading > 0 ? Font.Bold : Font.Normal
    }
}
