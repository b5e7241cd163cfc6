// SPDX-License-Identifier: Apache-2.0
// Rules that hold for every page: names for all that can be reached, no text read as markup, targets large enough.
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Ui
import Fireside.Test

WindowTest {
    id: test
    name: "Access"

    function test_everyPage_data(): var {
        return [{ tag: "empty", go: () => {} },
                { tag: "answer", go: () => ask("Hello") },
                { tag: "settings", go: () => Host.key(Qt.Key_Comma, Qt.ControlModifier) },
                { tag: "models", go: () => Host.key(Qt.Key_M, Qt.ControlModifier | Qt.ShiftModifier) },
                { tag: "role editor", go: () => Host.window.showPage("role") },
                { tag: "roles", go: () => Host.key(Qt.Key_J, Qt.ControlModifier) },
                { tag: "keys", go: () => Host.key(Qt.Key_F1) },
                { tag: "find", go: () => { ask("Hello"); Host.key(Qt.Key_F, Qt.ControlModifier); } },
                { tag: "sampling", go: () => click("samplingButton") },
                { tag: "details", go: () => click("statusLine") },
                { tag: "attachments", go: () => Host.drop([Host.writeFile("a.txt", "words"), Host.writeFile("b.pdf", "%PDF")]) }];
    }
    function test_everyPage(data): void {
        data.go();
        wait(100);
        compare(Host.unnamedItems(), []);
        compare(Host.richTextItems(), []);
        compare(Host.smallTargets(), []);
    }
    function test_hostileTextStaysText(): void {
        const hostile = "<img src='http://example.org/x.png'><b>bold</b> ![i](http://example.org/i.png) <script>1</script>";
        Host.setAnswer(hostile + "\n\n| a | b |\n|---|---|\n| <img src=x> | <b>c</b> |\n\n```\n" + hostile + "\n```\n");
        ask("<img src='http://example.org/y.png'>");
        wait(100);
        compare(Host.richTextItems(), []);
        compare(Host.imagesInRichText(), 0);
        verify(Host.findText("<img src='http://example.org/y.png'>") !== null);
    }
    function test_tabReachesEverything(): void {
        ask("Hello");
        item("composerInput").forceActiveFocus();
        const names = Host.tabOrder();
        for (const name of ["Attach documents", "Search all conversations", "New chat", "Models", "Settings",
                            "Copy message", "Answer again", "Good answer", "Copy code", "Sampling", "Conversation"])
            verify(names.includes(name), "Tab reaches “" + name + "”, got " + names.join(" | "));
    }
    function test_motionCanBeTurnedOff(): void {
        test.app.settings.reduceMotion = true;
        compare(Theme.fast, 0);
        test.app.settings.reduceMotion = false;
        compare(Theme.fast, 120);
    }
}
