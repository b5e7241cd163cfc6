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

    readonly property Item focused: Host.window?.activeFocusItem ?? null

    // A ring around the item or inside of it, the thick frame of a field, or a caret.
    function hasRing(item) {
        if (item.visible && item.shown === true && item.around !== undefined)
            return true;
        for (let i = 0; i < item.children.length; ++i) {
            if (hasRing(item.children[i]))
                return true;
        }
        return false;
    }
    function showsFocus(item) {
        if (item.cursorVisible || hasRing(item))
            return true;
        // The ring of a transcript or a group lies beside the item that has the keyboard.
        const beside = item.parent ? item.parent.children : [];
        for (let i = 0; i < beside.length; ++i) {
            if (beside[i].visible && beside[i].shown === true && beside[i].around !== undefined)
                return true;
        }
        return false;
    }
    function isInSight(item) {
        const top = item.mapToItem(null, 0, 0).y;
        return top >= 0 && top + Math.min(item.height, 60) <= Host.window.height;
    }

    function pages() {
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
                { tag: "editing", go: () => { ask("Hello"); Host.key(Qt.Key_Up); } },
                { tag: "preview", go: () => { Host.drop([Host.writeFile("a.txt", "words")]); click("openAttachment"); } },
                { tag: "confirm", go: () => { Host.window.showPage("role"); item("roleName").forceActiveFocus(); Host.type("Poet");
                                              Host.key(Qt.Key_Escape); item("confirmCancel"); } },
                { tag: "trash", go: () => { ask("Hello"); Host.key(Qt.Key_Backspace, Qt.ControlModifier | Qt.ShiftModifier); item("undoDelete"); } },
                { tag: "engine broke", go: () => { ask("Hello"); Host.breakDevice("The device broke."); item("engineBanner"); } },
                { tag: "too long", go: () => { Host.setContextLimit(1024); Host.drop([Host.writeFile("a.txt", "words ".repeat(3000))]);
                                               item("fitNotice"); } },
                { tag: "large text", go: () => { test.app.settings.textScale = 2; Host.window.width = 720; ask("Hello"); } },
                { tag: "large settings", go: () => { test.app.settings.textScale = 2; Host.key(Qt.Key_Comma, Qt.ControlModifier); } },
                { tag: "attachments", go: () => Host.drop([Host.writeFile("a.txt", "words"), Host.writeFile("b.pdf", "%PDF")]) }];
    }
    function test_everyPage_data(): var { return pages(); }
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
    // Round the window by Tab: every stop can be seen, and there is a way on from each.
    function test_focusIsSeen_data(): var { return pages(); }
    function test_focusIsSeen(data): void {
        Host.window.height = 560;
        data.go();
        Host.settle();
        const stops = [];
        for (let i = 0; i < 80; ++i) {
            Host.key(Qt.Key_Tab);
            Host.settle();
            if (stops.includes(test.focused))
                break;
            stops.push(test.focused);
            const name = test.focused.Accessible.name || test.focused.objectName || test.focused.toString();
            verify(test.focused.enabled && test.focused.visible, name + " can be used");
            verify(showsFocus(test.focused), name + " shows that it has the keyboard");
            verify(isInSight(test.focused), name + " is in sight");
        }
        verify(stops.includes(test.focused), "Tab comes round");
        verify(stops.length > 0);
    }
    function test_shiftTabIsTheWayBack_data(): var {
        return [{ tag: "answer", go: () => ask("Hello") }, { tag: "role editor", go: () => Host.window.showPage("role") }];
    }
    function test_shiftTabIsTheWayBack(data): void {
        data.go();
        Host.settle();
        const way = [test.focused];
        for (let i = 0; i < 12; ++i) {
            Host.key(Qt.Key_Tab);
            way.push(test.focused);
        }
        while (way.length > 1) {
            compare(test.focused, way.pop());
            Host.key(Qt.Key_Backtab, Qt.ShiftModifier);
        }
        compare(test.focused, way[0]);
    }
    function test_escapeCloses_data(): var {
        return [{ tag: "settings", go: () => Host.key(Qt.Key_Comma, Qt.ControlModifier), name: "settingsPage" },
                { tag: "models", go: () => Host.key(Qt.Key_M, Qt.ControlModifier | Qt.ShiftModifier), name: "modelPage" },
                { tag: "role editor", go: () => Host.window.showPage("role"), name: "roleEditor" },
                { tag: "roles", go: () => Host.key(Qt.Key_J, Qt.ControlModifier), name: "roleList" },
                { tag: "keys", go: () => Host.key(Qt.Key_F1), name: "keyList" },
                { tag: "find", go: () => { ask("Hello"); Host.key(Qt.Key_F, Qt.ControlModifier); }, name: "findField" },
                { tag: "sampling", go: () => click("samplingButton"), name: "resetSampling" },
                { tag: "overlay", go: () => { Host.window.width = 700; click("showSidebar"); }, name: "sidebar" }];
    }
    function test_escapeCloses(data): void {
        data.go();
        item(data.name);
        Host.settle();
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find(data.name) === null);
        tryVerify(() => item("composerInput").activeFocus);
    }
    function test_keysScroll_data(): var {
        return [{ tag: "settings", go: () => Host.key(Qt.Key_Comma, Qt.ControlModifier), last: "Quit" },
                { tag: "keys", go: () => Host.key(Qt.Key_F1), last: "Quit" }];
    }
    function test_keysScroll(data): void {
        Host.window.height = 560;
        data.go();
        tryVerify(() => Host.findText(data.last) !== null);
        Host.settle();
        verify(!isInSight(Host.findText(data.last)));
        Host.key(Qt.Key_End);
        Host.settle();
        verify(isInSight(Host.findText(data.last)));
        Host.key(Qt.Key_Home);
        Host.settle();
        verify(!isInSight(Host.findText(data.last)));
    }
    function test_overlayKeepsTheKeyboard(): void {
        Host.window.width = 700;
        click("showSidebar");
        tryVerify(() => item("searchField").activeFocus);
        verify(!Host.tabOrder().includes("Attach documents"));
    }
    function test_f6GoesRound(): void {
        ask("Hello");
        item("composerInput").forceActiveFocus();
        const stops = [];
        const go = modifiers => {
            Host.key(Qt.Key_F6, modifiers);
            stops.push(test.focused.objectName || test.focused.Accessible.name);
            verify(showsFocus(test.focused), stops[stops.length - 1] + " shows that it has the keyboard");
        };
        for (let i = 0; i < 4; ++i)
            go(Qt.NoModifier);
        go(Qt.ShiftModifier);
        compare(stops, ["statusLine", "searchField", "Conversation", "composerInput", "Conversation"]);
        // A page stands for the conversation that it covers.
        Host.key(Qt.Key_Comma, Qt.ControlModifier);
        item("settingsPage");
        Host.key(Qt.Key_F6);
        verify(item("statusLine").activeFocus);
        Host.key(Qt.Key_F6);
        verify(item("searchField").activeFocus);
        Host.key(Qt.Key_F6);
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("settingsPage") === null);
        // What lies under the sidebar is out of reach.
        Host.window.width = 700;
        click("showSidebar");
        Host.key(Qt.Key_F6);
        verify(item("searchField").activeFocus);
    }
    function test_samplingOverTheConversation(): void {
        Host.window.width = 700;
        click("samplingButton");
        item("resetSampling");
        Host.settle();
        compare(test.focused.Accessible.name, "Close");
        const names = Host.tabOrder();
        verify(names.includes("Temperature"), names.join(" | "));
        for (const name of ["Attach documents", "Find in this conversation", "Message"])
            verify(!names.includes(name), name);
        Host.clickAt(item("composer"), 10, 10);  // beside the panel
        tryVerify(() => Host.find("resetSampling") === null);
        verify(item("composerInput").activeFocus);
        click("samplingButton");
        item("resetSampling");
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("resetSampling") === null);
        verify(item("composerInput").activeFocus);
    }
    function test_groupsAreOneStop(): void {
        Host.window.showPage("role");
        item("roleName").forceActiveFocus();
        Host.key(Qt.Key_Tab);
        compare(test.focused.Accessible.name, "Icon");
        const before = test.focused.value;
        Host.key(Qt.Key_Right);
        verify(test.focused.value !== before);
        Host.key(Qt.Key_Left);
        compare(test.focused.value, before);
        Host.key(Qt.Key_Tab);
        compare(test.focused.Accessible.name, "Description, one line");
    }
    function test_motionCanBeTurnedOff(): void {
        test.app.settings.reduceMotion = true;
        compare(Theme.fast, 0);
        test.app.settings.reduceMotion = false;
        compare(Theme.fast, 120);
    }
}
