// SPDX-License-Identifier: Apache-2.0
// A table: columns as wide as their content up to a limit, scrolling sideways inside itself. Cells hold the HTML of our
// own writer.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Fireside.Ui

BlockRow {
    id: row

    required property var table

    function show(position: int): rect {
        const cell = items.itemAt(cells.cellAt(position));
        scroll.contentX = Math.max(0, Math.min(scroll.contentWidth - scroll.width, cell.x + (cell.width - scroll.width) / 2));
        return mapFromItem(cell, Qt.rect(0, 0, cell.width, cell.height));
    }

    required level
    required quote

    bodyHeight: frame.height + 2

    TableCells {
        id: cells
        table: row.table ?? ({})
        selection: row.context.selection
        row: row.index
        markColor: Theme.selection
    }

    Rectangle {
        id: frame
        width: Math.min(parent.width, grid.width + 2)
        height: grid.implicitHeight + 2 + (scroll.contentWidth > scroll.width ? 10 : 0)
        radius: Theme.cardRadius
        color: cells.selected ? Theme.selection : "transparent"
        border.color: Theme.line
        Accessible.role: Accessible.Table
        Accessible.name: qsTr("Table with %n row(s)", "", Math.max(0, cells.rows - 1))

        Flickable {
            id: scroll
            anchors.fill: parent
            anchors.margins: 1
            contentWidth: grid.width
            contentHeight: height
            interactive: false
            clip: true

            T.ScrollBar.horizontal: SlimScrollBar {}

            GridLayout {
                id: grid
                columns: Math.max(1, cells.columns)
                columnSpacing: 0
                rowSpacing: 0

                Repeater {
                    id: items
                    model: cells

                    Rectangle {
                        id: cell

                        required property string html
                        required property string alignment
                        required property int tableRow
                        // Styled text is quicker, but knows neither code nor marks.
                        readonly property bool rich: html.includes("<code>") || html.includes("<span")

                        Layout.fillWidth: true
                        Layout.fillHeight: true
                        Layout.maximumWidth: Theme.scaled(340)
                        implicitWidth: words.implicitWidth + 24
                        implicitHeight: words.implicitHeight + 14
                        color: "transparent"

                        Rectangle {
                            width: parent.width
                            height: 1
                            color: cell.tableRow === 1 ? Theme.strongLine : Theme.line
                            visible: cell.tableRow > 0
                        }
                        Text {
                            id: words
                            x: 12
                            y: cell.rich ? 8 : 7
                            width: cell.width - 24
                            textFormat: cell.rich ? Text.RichText : Text.StyledText
                            text: cell.rich ? Theme.richStyle + cell.html : cell.html
                            color: Theme.text
                            linkColor: Theme.accentText
                            font.pixelSize: Math.round(Theme.bodySize * 0.93)
                            font.weight: cell.tableRow === 0 ? Theme.strong : Font.Normal
                            horizontalAlignment: cell.alignment === "right" ? Text.AlignRight
                                : cell.alignment === "center" ? Text.AlignHCenter : Text.AlignLeft
                            wrapMode: Text.Wrap
                            onLinkActivated: link => row.context.app.openLink(link)
                        }
                    }
                }
            }

            WheelHandler {
                orientation: Qt.Horizontal
                target: null
                enabled: scroll.contentWidth > scroll.width
                onWheel: event => {
                    const delta = event.pixelDelta.x !== 0 ? event.pixelDelta.x : event.angleDelta.x / 2;
                    scroll.contentX = Math.max(0, Math.min(scroll.contentWidth - scroll.width, scroll.contentX - delta));
                }
            }
        }
    }
    // Beside the table where there is room, else over its corner, on a ground of its own.
    Rectangle {
        anchors.fill: copy
        visible: copy.opacity > 0 && copy.x < frame.width
        radius: Theme.radius
        color: Theme.window
    }
    CopyButton {
        id: copy
        objectName: "copyTable"
        x: Math.min(frame.width + 4, row.bodyWidth - width - 3)
        y: 3
        opacity: row.context.hoveredMessage === row.messageId || visualFocus ? 1 : 0
        text: qsTr("Copy table")
        onClicked: row.context.app.copyToClipboard(cells.text())
    }
}
