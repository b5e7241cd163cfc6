// SPDX-License-Identifier: Apache-2.0
// A test case with a fresh window for each function, and words for what a person does with it.
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Test

TestCase {
    id: test

    property var options: ({})
    readonly property App app: Host.app
    readonly property ChatSession chat: app ? app.chat : null
    readonly property TranscriptModel transcript: chat ? chat.transcript : null
    readonly property Item input: Host.find("composerInput")

    function init(): void { verify(Host.start(test.options)); }
    function cleanupTestCase(): void { Host.stop(); }

    // The item with this objectName, as soon as it is on screen.
    function item(name: string): Item {
        tryVerify(() => Host.find(name) !== null, 5000, "on screen: " + name);
        return Host.find(name);
    }
    // Where it stands once everything has its place.
    function click(name: string): void {
        item(name);
        Host.settle();
        Host.click(item(name));
    }
    function idle(): void {
        tryVerify(() => !test.chat.busy, 10000, "the answer is finished");
        Host.settle();
    }
    // The list measures its rows frame by frame, and its end moves with that.
    function rest(list: ListView): void {
        let place = NaN;
        let still = 0;
        for (let frame = 0; still < 4 && frame < 400; ++frame) {
            Host.settle();
            still = list.contentY === place ? still + 1 : 0;
            place = list.contentY;
        }
        compare(still, 4, "the list has come to rest");
    }
    // Types and sends; ASCII only.
    function ask(question: string): void {
        item("composerInput").forceActiveFocus();
        Host.type(question);
        Host.key(Qt.Key_Return);
        tryVerify(() => test.transcript.count > 0);
        idle();
    }
    function rowsOf(kind: int): var {
        const rows = [];
        for (let row = 0; row < transcript.count; ++row) {
            if (value(row, "kind") === kind)
                rows.push(row);
        }
        return rows;
    }
    function value(row: int, role: string): var { return Host.value(transcript, row, role); }
}
