// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Ui
import Fireside.Test

WindowTest {
    id: test
    name: "Chat"

    function test_enterSends(): void {
        ask("Hello");
        compare(rowsOf(TranscriptModel.UserText).length, 1);
        compare(value(rowsOf(TranscriptModel.UserText)[0], "text"), "Hello");
        compare(rowsOf(TranscriptModel.Header).length, 1);
        verify(rowsOf(TranscriptModel.Code).length > 0);
        compare(item("composerInput").text, "");
        verify(item("composerInput").activeFocus);
    }
    // As many as have room, and no half ones.
    function test_figuresAreWhole_data(): var {
        return [{ tag: "usual", width: 1280, scale: 1, least: 3 }, { tag: "small", width: 480, scale: 1, least: 3 },
                { tag: "large text", width: 720, scale: 2, least: 3 }, { tag: "large text, small", width: 480, scale: 2, least: 1 }];
    }
    function test_figuresAreWhole(data): void {
        verify(Host.start({ width: data.width, height: 700, textScale: data.scale }));
        ask("Hello");
        const figures = Host.findAll("figures").pop();
        const parts = value(rowsOf(TranscriptModel.Footer).pop(), "figures");
        compare(parts.length, 3);
        const shown = figures.text.split(/ · |\n/);
        verify(shown.length >= data.least, figures.text);
        compare(shown, parts.slice(0, shown.length));
        verify(!figures.truncated);
        verify(figures.contentWidth <= figures.width + 1, figures.contentWidth + " of " + figures.width);
        verify(figures.contentHeight <= Host.rowItem(rowsOf(TranscriptModel.Footer).pop()).height + 1);
        compare(figures.Accessible.name, parts.join(", "));
    }
    function test_shiftEnterBreaksTheLine(): void {
        Host.type("one");
        Host.key(Qt.Key_Return, Qt.ShiftModifier);
        Host.type("two");
        compare(item("composerInput").text, "one\ntwo");
        compare(Host.requestCount(), 0);
    }
    function test_enterBreaksTheLineWhenSet(): void {
        test.app.settings.sendOnEnter = false;
        Host.type("one");
        Host.key(Qt.Key_Return);
        Host.type("two");
        compare(item("composerInput").text, "one\ntwo");
        Host.key(Qt.Key_Return, Qt.ControlModifier);
        tryVerify(() => test.transcript.count > 0);
    }
    function test_enterWhileComposingNeverSends(): void {
        item("composerInput").forceActiveFocus();
        Host.compose("ni hao");
        verify(item("composerInput").inputMethodComposing);
        Host.key(Qt.Key_Return);
        wait(50);
        compare(Host.requestCount(), 0);
        compare(test.transcript.count, 0);
        Host.commit("你好");
        tryCompare(item("composerInput"), "text", "你好");
        Host.key(Qt.Key_Return);
        tryVerify(() => test.transcript.count > 0);
        compare(value(rowsOf(TranscriptModel.UserText)[0], "text"), "你好");
    }
    function test_blankIsNotSent(): void {
        Host.type("   ");
        Host.key(Qt.Key_Return);
        wait(50);
        compare(Host.requestCount(), 0);
        verify(!item("sendButton").enabled);
    }
    function test_escapeStopsAndKeepsTheText(): void {
        Host.setRate(40);
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        // The first row of an answer is empty until its text comes.
        const written = () => rowsOf(TranscriptModel.Rich).filter(row => value(row, "html").length > 0);
        tryVerify(() => test.chat.status === ChatSession.Generating && written().length > 0);
        const before = value(written()[0], "html");
        Host.key(Qt.Key_Escape);
        idle();
        const footers = rowsOf(TranscriptModel.Footer);
        compare(value(footers[footers.length - 1], "stopped"), true);
        verify(value(written()[0], "html").startsWith(before));
    }
    function test_buttonStops(): void {
        Host.setRate(40);
        Host.type("Hello");
        click("sendButton");
        tryVerify(() => test.chat.status === ChatSession.Generating);
        compare(item("sendButton").text, "Stop");
        click("sendButton");
        idle();
        compare(item("sendButton").text, "Send");
    }
    function test_nextMessageIsTypedWhileAnswering(): void {
        Host.setRate(40);
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        tryVerify(() => test.chat.busy);
        Host.type("next");
        Host.key(Qt.Key_Return);
        compare(item("composerInput").text, "next");
        test.chat.stop();
        idle();
        Host.key(Qt.Key_Return);
        tryVerify(() => rowsOf(TranscriptModel.UserText).length === 2);
    }
    function test_longPasteBecomesAnAttachment(): void {
        Host.setClipboard("word ".repeat(3000));
        Host.key(Qt.Key_V, Qt.ControlModifier);
        tryCompare(test.chat.attachments, "count", 1);
        compare(item("composerInput").text, "");
        Host.key(Qt.Key_V, Qt.ControlModifier | Qt.ShiftModifier);
        compare(item("composerInput").text.length, 15000);
        compare(test.chat.attachments.count, 1);
    }
    function test_shortPasteIsText(): void {
        Host.setClipboard("<b>not markup</b>");
        Host.key(Qt.Key_V, Qt.ControlModifier);
        compare(item("composerInput").text, "<b>not markup</b>");
    }
    function test_linesOfAQuestion(): void {
        verify(test.chat.send("One line\nand another"));
        idle();
        const row = Host.rowItem(rowsOf(TranscriptModel.UserText)[0]);
        fuzzyCompare(row.edit.contentHeight, 2 * Theme.bodyLine, 1);
    }
    function test_editMakesAVersion(): void {
        ask("first");
        Host.key(Qt.Key_Up);
        const editor = item("messageEditor");
        verify(editor.activeFocus);
        compare(editor.text, "first");
        Host.type(" again");
        Host.key(Qt.Key_Return);
        tryVerify(() => value(rowsOf(TranscriptModel.UserText)[0], "text") === "first again");
        idle();
        tryVerify(() => value(rowsOf(TranscriptModel.Footer)[0], "versionCount") === 2);
        compare(rowsOf(TranscriptModel.UserText).length, 1);
        click("olderVersion");
        tryVerify(() => value(rowsOf(TranscriptModel.UserText)[0], "text") === "first");
        click("newerVersion");
        tryVerify(() => value(rowsOf(TranscriptModel.UserText)[0], "text") === "first again");
    }
    // What was written anew is not lost: it is sent when the answer has ended.
    function test_editWaitsForTheAnswer(): void {
        Host.setRate(40);
        Host.type("first");
        Host.key(Qt.Key_Return);
        tryVerify(() => test.chat.status === ChatSession.Generating);
        Host.key(Qt.Key_Up);
        const editor = item("messageEditor");
        const reason = "This can be sent when the answer that is being written has ended. Stop it to send now.";
        Host.type(" again");
        verify(!item("sendEdit").enabled);
        verify(Host.findText(reason) !== null);
        Host.key(Qt.Key_Return);
        compare(item("messageEditor").text, "first again");
        test.chat.stop();
        idle();
        verify(Host.findText(reason) === null);
        compare(editor.text, "first again");
        Host.key(Qt.Key_Return);
        tryVerify(() => Host.find("messageEditor") === null);
        tryVerify(() => value(rowsOf(TranscriptModel.UserText)[0], "text") === "first again");
        test.chat.stop();
        idle();
    }
    // Nor when it cannot be answered: it stays where it was written.
    function test_editStaysWhenItIsRefused(): void {
        ask("first");
        Host.key(Qt.Key_Up);
        item("messageEditor");
        Host.type(" again");
        Host.breakDevice("The device went away.");
        Host.key(Qt.Key_Return);
        compare(item("messageEditor").text, "first again");
        test.app.engine.reload();
        tryVerify(() => test.app.engine.status === EngineController.Ready);
        Host.setContextLimit(20);
        Host.key(Qt.Key_Return);
        tryVerify(() => test.chat.errorString.length > 0);
        idle();
        compare(item("messageEditor").text, "first again");
        Host.setContextLimit(32768);
        click("sendEdit");
        tryVerify(() => Host.find("messageEditor") === null);
        idle();
        compare(value(rowsOf(TranscriptModel.UserText)[0], "text"), "first again");
    }
    function test_escapeLeavesTheEditor(): void {
        ask("first");
        Host.key(Qt.Key_Up);
        item("messageEditor");
        Host.type(" again");
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("messageEditor") === null);
        compare(value(rowsOf(TranscriptModel.UserText)[0], "text"), "first");
        compare(Host.requestCount(), 1);
    }
    function test_regenerateMakesAVersion(): void {
        ask("Hello");
        Host.key(Qt.Key_R, Qt.ControlModifier);
        tryVerify(() => test.chat.busy);
        idle();
        const footers = rowsOf(TranscriptModel.Footer);
        tryVerify(() => value(rowsOf(TranscriptModel.Footer)[footers.length - 1], "versionCount") === 2);
        compare(Host.requestCount(), 2);
    }
    function test_thumbsAreKept(): void {
        ask("Hello");
        click("thumbUp");
        tryVerify(() => value(rowsOf(TranscriptModel.Footer)[1], "feedback") === 1);
        click("thumbDown");
        tryVerify(() => value(rowsOf(TranscriptModel.Footer)[1], "feedback") === -1);
        click("thumbDown");
        tryVerify(() => value(rowsOf(TranscriptModel.Footer)[1], "feedback") === 0);
    }
    function test_copies(): void {
        Host.setAnswer("One **bold** word.\n\n```python\nprint(1)\n```\n");
        ask("Hello");
        Host.key(Qt.Key_C, Qt.ControlModifier | Qt.ShiftModifier);
        compare(Host.clipboard().trim(), "One **bold** word.\n\n```python\nprint(1)\n```");
        Host.key(Qt.Key_Semicolon, Qt.ControlModifier | Qt.ShiftModifier);
        compare(Host.clipboard().trim(), "print(1)");
        Host.setClipboard("");
        click("copyCode");
        compare(Host.clipboard().trim(), "print(1)");
    }
    function test_selectionRunsThroughRows(): void {
        Host.setAnswer("Alpha beta.\n\n- one\n- two\n\nGamma delta.");
        ask("Hello");
        const rows = rowsOf(TranscriptModel.Rich);
        const from = Host.rowItem(rows[0]);
        const to = Host.rowItem(rows[rows.length - 1]);
        Host.drag(from, from.width / 2 - 380 + 1, from.height - 8, to, to.width / 2 + 300, to.height - 4);
        Host.key(Qt.Key_C, Qt.ControlModifier);
        compare(Host.clipboard(), "Alpha beta.\n\n- one\n- two\n\nGamma delta.");
    }
    // Shown in pieces, but one text for whoever selects or copies.
    function test_longCodeIsOneText(): void {
        let code = "";
        for (let i = 0; i < 140; ++i)
            code += "value_" + i + " = compute(" + i + ")\n";
        Host.setRate(20000);
        Host.setAnswer("```python\n" + code + "```\n\nEnd.");
        ask("Hello");
        const row = rowsOf(TranscriptModel.Code)[0];
        compare(value(row, "text") + "\n", code);
        rest(item("transcriptList"));
        const block = Host.rowItem(row);
        const left = (block.width - 760) / 2 + 15;
        Host.doubleClick(block, left + 20, block.height - 22);
        Host.key(Qt.Key_C, Qt.ControlModifier);
        compare(Host.clipboard(), "value_139");
        Host.drag(block, left + 1, block.height - 330, block, block.width - 200, block.height - 22);
        Host.key(Qt.Key_C, Qt.ControlModifier);
        const copied = Host.clipboard();
        verify(copied.split("\n").length > 13, copied);
        verify(copied.endsWith("compute(139)") && code.includes(copied), copied);
    }
    // A comment that runs over the border of two pieces stays one; and each line is coloured a few times, however
    // many pieces of text it comes in.
    function test_longCodeIsColouredAsOne(): void {
        let code = "before = 1\n\"\"\"\n";
        for (let i = 0; i < 300; ++i)
            code += "inside of the text " + i + "\n";
        code += "\"\"\"\nreturn outside\n";
        Host.setRate(2000);
        Host.setAnswer("```python\n" + code + "```");
        ask("Hello");
        const pieces = Host.findAll("codePiece");
        verify(pieces.length > 1);
        const inside = Host.colorOf("inside of the text 3");
        verify(inside !== "");
        for (const line of [100, 160, 299])
            compare(Host.colorOf("inside of the text " + line), inside);
        verify(Host.colorOf("return") !== inside);
        const colored = pieces.reduce((sum, piece) => sum + piece.colors.linesColored, 0);
        const lines = code.split("\n").length;
        verify(colored < 6 * lines, colored + " lines coloured, of " + lines);
    }
    function test_onlyWebLinksOpen(): void {
        Host.setAnswer("[good](https://example.org/a) and [bad](file:///etc/passwd)");
        ask("Hello");
        Host.clickLink("good");
        compare(Host.openedLinks(), ["https://example.org/a"]);
        Host.clickLink("bad");
        compare(Host.openedLinks(), ["https://example.org/a"]);
    }
    function test_pointerSaysWhatIsUnderIt(): void {
        Host.setAnswer("[good](https://example.org/a) and words");
        ask("Hello");
        Host.hoverLink("good");
        tryVerify(() => Host.pointer() === Qt.PointingHandCursor);
        Host.hoverLink("words");
        tryVerify(() => Host.pointer() === Qt.IBeamCursor);
    }
    function test_followsOnlyAtTheEnd(): void {
        Host.setAnswer("A line of words that fills some of the column.\n\n".repeat(200));
        Host.setRate(400);
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        const list = item("transcriptList");
        // With the margin, where the progress of the answer stands.
        const below = () => list.originY + list.contentHeight + list.bottomMargin - list.contentY - list.height;
        tryVerify(() => list.contentHeight > list.height * 1.5);
        tryVerify(() => Math.abs(below()) < 24, 1000, "follows");
        Host.wheel(list, 480);
        const place = list.contentY;
        const rows = list.count;
        tryVerify(() => list.count > rows + 5);
        compare(list.contentY, place);
        click("jumpToEnd");
        const more = list.count;
        tryVerify(() => list.count > more + 5);
        tryVerify(() => Math.abs(below()) < 24, 1000, "follows");
        test.chat.stop();
        idle();
    }
    function test_findInTheConversation(): void {
        Host.setAnswer("Needle here.\n\nNothing there.\n\nAnother needle.");
        ask("Hello");
        Host.key(Qt.Key_F, Qt.ControlModifier);
        tryVerify(() => item("findField").activeFocus);
        Host.type("needle");
        tryVerify(() => Host.findText("2 of 2") !== null);
        Host.key(Qt.Key_Return);
        tryVerify(() => Host.findText("1 of 2") !== null);
        Host.key(Qt.Key_Escape);
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("findField") === null);
        tryVerify(() => item("composerInput").activeFocus);
    }
    // In a cell of a table, and in a block of code that is taller than the window.
    function test_findShowsTheMatch(): void {
        const lines = Array.from({ length: 90 }, (none, i) => i === 5 ? "hidden needle" : "line " + i).join("\n");
        Host.setAnswer("| Way | Good for |\n|---|---|\n| one | a **nee**dle here |\n\n```\n" + lines + "\n```\n\nEnd.");
        ask("Hello");
        Host.key(Qt.Key_F, Qt.ControlModifier);
        tryVerify(() => item("findField").activeFocus);
        Host.type("needle");
        tryVerify(() => Host.findText("2 of 2") !== null);
        Host.settle();
        const list = item("transcriptList");
        const place = Host.placeOnScreen("hidden needle");
        verify(place.y > 0 && place.y < list.height, place);
        Host.key(Qt.Key_Return);
        tryVerify(() => Host.findText("1 of 2") !== null);
        Host.settle();
        tryVerify(() => Host.markedCells().length === 1);
        verify(Host.markedCells()[0].includes("nee"));
        Host.key(Qt.Key_C, Qt.ControlModifier);
        Host.key(Qt.Key_Escape);
    }
    // The bar lies over the upper edge of the transcript, beginning and end of it included.
    function test_findCoversNoMatch(): void {
        const places = Array.from({ length: 30 }, (none, i) => "Needle no." + (100 + i));
        Host.setAnswer(places.map(words => words + " here.").join("\n\n"));
        ask("Hello");
        Host.key(Qt.Key_F, Qt.ControlModifier);
        tryVerify(() => item("findField").activeFocus);
        Host.type("needle");
        const bar = item("findBar");
        const list = item("transcriptList");
        for (let i = 30; i > 0; --i) {
            tryVerify(() => Host.findText(i + " of 30") !== null);
            rest(list);
            const place = Host.placeOnScreen(places[i - 1]).y;
            verify(place >= bar.mapToItem(null, 0, bar.height).y, i + ": " + place);
            verify(place < list.mapToItem(null, 0, list.height).y, i + ": " + place);
            Host.key(Qt.Key_Return);
        }
        Host.key(Qt.Key_Escape);
        Host.key(Qt.Key_Escape);
        tryCompare(list, "topMargin", 4);
    }
    function test_hintGoesWithThePress(): void {
        const chip = item("roleChip");
        Host.hover(chip);
        tryVerify(() => Host.findText("Ctrl+J") !== null, 3000, "the hint");
        Host.click(chip);
        item("roleList");
        wait(700);
        compare(Host.findText("Ctrl+J"), null);
        Host.key(Qt.Key_Escape);
    }
    function test_rightButtonInEveryField(): void {
        Host.key(Qt.Key_K, Qt.ControlModifier);
        const field = item("searchField");
        tryVerify(() => field.activeFocus);
        Host.type("some words");
        field.selectAll();
        Host.click(field, 0, Qt.RightButton);
        tryVerify(() => Host.findText("Cut") !== null);
        Host.settle();
        Host.click(Host.findText("Cut"));
        tryCompare(field, "text", "");
        compare(Host.clipboard(), "some words");
        tryVerify(() => Host.findText("Cut") === null);
        Host.click(field, 0, Qt.RightButton);
        tryVerify(() => Host.findText("Paste") !== null);
        Host.settle();
        Host.click(Host.findText("Paste"));
        tryCompare(field, "text", "some words");
        field.clear();
    }
    function test_rightButtonWhileRenaming(): void {
        ask("Hello");
        Host.key(Qt.Key_K, Qt.ControlModifier);
        Host.key(Qt.Key_Down);
        Host.key(Qt.Key_F2);
        const field = item("renameField");
        tryVerify(() => field.activeFocus);
        Host.click(field, 0, Qt.RightButton);
        tryVerify(() => Host.findText("Select all") !== null);
        Host.settle();
        Host.click(Host.findText("Select all"));
        tryVerify(() => field.activeFocus);
        compare(field.selectedText, "Hello");
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("renameField") === null);
    }
    function test_whatDoesNotFitIsRefused(): void {
        Host.setContextLimit(2048);
        Host.setClipboard("word ".repeat(4000));
        Host.key(Qt.Key_V, Qt.ControlModifier | Qt.ShiftModifier);
        tryVerify(() => !test.chat.fits);
        verify(!item("sendButton").enabled);
        Host.key(Qt.Key_Return);
        wait(50);
        compare(Host.requestCount(), 0);
        compare(item("composerInput").text.length, 20000);
        verify(Host.findText(test.chat.fitText) !== null);
        verify(test.chat.fitChoices.length > 0);
    }
    function test_errorsSayWhatHelps(): void {
        Host.failNextAnswer("The device went away.");
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        tryVerify(() => rowsOf(TranscriptModel.ErrorNote).length === 1);
        tryVerify(() => Host.findText("The device went away.") !== null);  // the row is made with the next frame
        Host.click(Host.findText("Try again"));
        tryVerify(() => rowsOf(TranscriptModel.ErrorNote).length === 0);
        idle();
    }
    function test_starterFillsTheInput(): void {
        click("starter");
        verify(item("composerInput").text.length > 0);
        verify(item("composerInput").activeFocus);
    }
    function test_draftsBelongToTheirConversation(): void {
        ask("Hello");
        Host.type("unfinished");
        Host.key(Qt.Key_N, Qt.ControlModifier);
        tryCompare(item("composerInput"), "text", "");
        Host.key(Qt.Key_PageUp, Qt.ControlModifier);
        Host.key(Qt.Key_PageDown, Qt.ControlModifier);
        test.app.openConversation(1);
        tryCompare(item("composerInput"), "text", "unfinished");
    }
}
