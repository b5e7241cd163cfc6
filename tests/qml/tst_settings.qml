// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Ui
import Fireside.Test

WindowTest {
    id: test
    name: "Settings"

    function openSettings(): void {
        Host.key(Qt.Key_Comma, Qt.ControlModifier);
        item("settingsPage");
    }

    function test_theme(): void {
        openSettings();
        verify(!Theme.dark);
        Host.click(Host.findText("Dark"));
        tryVerify(() => Theme.dark);
        compare(test.app.settings.theme, "dark");
        item("themeChoice").forceActiveFocus();
        Host.key(Qt.Key_Left);
        tryVerify(() => !Theme.dark);
        compare(test.app.settings.theme, "light");
    }
    function test_languageAtRunTime(): void {
        openSettings();
        verify(Host.findText("Settings") !== null);
        Host.click(Host.findText("简体中文"));
        tryVerify(() => Host.findText("设置") !== null);
        verify(Theme.chinese);
        verify(Host.findText("Settings") === null);
        Host.click(Host.findText("English"));
        tryVerify(() => Host.findText("Settings") !== null);
        verify(!Theme.chinese);
    }
    function test_zoom(): void {
        const before = Theme.bodySize;
        Host.key(Qt.Key_Plus, Qt.ControlModifier);
        tryVerify(() => Theme.bodySize > before);
        Host.key(Qt.Key_0, Qt.ControlModifier);
        tryCompare(Theme, "bodySize", before);
        Host.key(Qt.Key_Minus, Qt.ControlModifier);
        tryVerify(() => Theme.bodySize < before);
        for (let i = 0; i < 30; ++i)
            Host.key(Qt.Key_Plus, Qt.ControlModifier);
        verify(Theme.bodySize <= 30);
    }
    // What the keys reach is what the settings say, and the other way round.
    function test_textSizeIsShown(): void {
        openSettings();
        const shown = () => item("stepperValue").text;
        compare(shown(), "100%");
        compare(Host.find("stepperReset"), null);
        Host.key(Qt.Key_Plus, Qt.ControlModifier);
        tryVerify(() => shown() === "110%");
        for (let i = 0; i < 9; ++i)
            Host.key(Qt.Key_Plus, Qt.ControlModifier);
        tryVerify(() => shown() === "200%");
        Host.settle();
        verify(!item("stepperMore").enabled);
        verify(item("stepperLess").enabled);
        click("stepperLess");
        compare(shown(), "190%");
        compare(test.app.settings.textScale, 1.9);
        item("textSizeStepper").forceActiveFocus();
        Host.key(Qt.Key_Left);
        compare(shown(), "180%");
        Host.key(Qt.Key_Right);
        compare(shown(), "190%");
        Host.settle();
        click("stepperReset");
        compare(shown(), "100%");
        for (let i = 0; i < 5; ++i)
            Host.key(Qt.Key_Left);
        compare(shown(), "80%");
        verify(!item("stepperLess").enabled);
        // A size of an earlier version, between two steps.
        test.app.settings.textScale = 1.15;
        compare(shown(), "115%");
        Host.key(Qt.Key_Right);
        compare(shown(), "120%");
        test.app.settings.textScale = 1.15;
        Host.key(Qt.Key_Left);
        compare(shown(), "110%");
    }
    // A window that begins with large text is laid out for it.
    function test_startsWithLargeText(): void {
        Host.stop();
        Theme.textScale = 1;
        verify(Host.start({ textScale: 1.5 }));
        Host.settle();
        compare(Theme.control, 48);
        for (const name of ["searchField", "hideSidebar", "attach", "sendButton"])
            compare(item(name).height, 48, name);
    }
    function test_escapeGoesBack(): void {
        openSettings();
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("settingsPage") === null);
        tryVerify(() => item("composerInput").activeFocus);
    }
    function test_trashIsEmptiedAfterAsking(): void {
        ask("Hello");
        Host.key(Qt.Key_Backspace, Qt.ControlModifier | Qt.ShiftModifier);
        tryCompare(test.app.trash, "count", 1);
        openSettings();
        const button = item("emptyTrash");
        button.clicked();
        tryVerify(() => item("confirmCancel").activeFocus);
        click("confirmAccept");
        tryCompare(test.app.trash, "count", 0);
    }
    // Two in the trash: one comes back, with all that was said in it, the other goes for good after asking.
    function test_trashIsListed(): void {
        Host.setAnswer("The zebra eats grass.");
        ask("about animals");
        Host.key(Qt.Key_N, Qt.ControlModifier);
        tryCompare(test.transcript, "count", 0);
        Host.setAnswer("Rain.");
        ask("about weather");
        const weather = test.chat.conversationId;
        Host.key(Qt.Key_Backspace, Qt.ControlModifier | Qt.ShiftModifier);
        tryCompare(test.app.conversations, "count", 1);
        Host.key(Qt.Key_PageDown, Qt.ControlModifier);
        tryCompare(test.chat, "title", "about animals");
        const animals = test.chat.conversationId;
        Host.key(Qt.Key_Backspace, Qt.ControlModifier | Qt.ShiftModifier);
        tryCompare(test.app.conversations, "count", 0);
        tryCompare(test.app.trash, "count", 2);
        openSettings();
        item("showTrash").clicked();
        tryCompare(item("trashList"), "count", 2);
        Host.settle();
        const rows = () => Array.from(Host.findAll("trashRow")).sort((a, b) => a.y - b.y);
        compare(rows().map(row => row.title), ["about animals", "about weather"]);
        verify(rows()[0].detail.endsWith(", 30 days left"), rows()[0].detail);
        // The keyboard is on the first row, and goes on to the next when that one is gone.
        verify(rows()[0].activeFocus);
        Host.key(Qt.Key_Return);
        tryCompare(item("trashList"), "count", 1);
        tryCompare(test.app.conversations, "count", 1);
        tryVerify(() => rows().length === 1 && rows()[0].activeFocus);
        Host.key(Qt.Key_Tab);
        Host.key(Qt.Key_Return);
        tryVerify(() => item("confirmCancel").activeFocus);
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("confirmCancel") === null);
        compare(test.app.trash.count, 1);
        click("deleteConversation");
        click("confirmAccept");
        tryVerify(() => Host.findText("The trash is empty") !== null);
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("trashList") === null);
        // What came back is found, what went is not.
        Host.key(Qt.Key_K, Qt.ControlModifier);
        item("searchField").text = "zebra";
        tryVerify(() => test.app.conversations.searching && test.app.conversations.count === 1
                        && Host.value(test.app.conversations, 0, "conversationId") === animals);
        item("searchField").text = "Rain";
        tryCompare(test.app.conversations, "count", 0);
        verify(animals !== weather);
        item("searchField").clear();
    }
    function test_keysAreListed(): void {
        // Words that are nowhere but in the list.
        compare(Host.findText("Larger, smaller, usual text"), null);
        Host.key(Qt.Key_F1);
        tryVerify(() => Host.findText("Larger, smaller, usual text") !== null);
        verify(Host.findText("Shift+Enter") !== null);
        test.app.settings.sendOnEnter = false;
        verify(Host.findText("Ctrl+Enter") !== null);
        compare(Host.findText("Shift+Enter"), null);
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.findText("Larger, smaller, usual text") === null);
    }
    function test_modelsPage(): void {
        Host.key(Qt.Key_M, Qt.ControlModifier | Qt.ShiftModifier);
        item("modelPage");
        tryVerify(() => !test.app.models.searching);
        verify(test.app.models.placesForModels.length > 0);
        verify(Host.findText("Qwen3-4B-Instruct-2507") !== null);
    }
    function test_failedLoadSaysSo(): void {
        Host.failNextLoad("The weights are damaged.");
        test.app.engine.reload();
        tryCompare(test.app.engine, "status", EngineController.Failed);
        verify(Host.findText("The weights are damaged.") !== null);
        Host.click(item("statusLine"));
        tryVerify(() => Host.findText("Load again") !== null);
        Host.click(Host.findText("Load again"));
        tryCompare(test.app.engine, "status", EngineController.Ready);
    }
    function test_windowIsPutWhereItWas(): void {
        Host.window.width = 900;
        Host.window.height = 640;
        wait(600);
        compare(test.app.settings.windowWidth, 900);
        compare(test.app.settings.windowHeight, 640);
    }
}
