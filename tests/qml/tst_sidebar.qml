// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Test

WindowTest {
    id: test
    name: "Sidebar"

    function twoConversations(): void {
        Host.setAnswer("The zebra eats grass.");
        ask("about animals");
        Host.key(Qt.Key_N, Qt.ControlModifier);
        tryCompare(test.transcript, "count", 0);
        Host.setAnswer("今天天气很好。");
        ask("about weather");
        tryCompare(test.app.conversations, "count", 2);
    }
    function press(row: Item, button = Qt.LeftButton): void {
        Host.settle();
        Host.click(row, Qt.NoModifier, button);
    }
    // From the top.
    function rows(): var { return Array.from(Host.findAll("conversationRow")).sort((a, b) => a.y - b.y); }

    function test_widthGrowsWithTheText_data(): var {
        return [{ tag: "as it is", width: 1280, scale: 1, shown: 272, kept: 272 }, { tag: "small text", width: 1280, scale: 0.8, shown: 272, kept: 272 },
                { tag: "room for all", width: 1280, scale: 1.5, shown: 408, kept: 272 }, { tag: "room for some", width: 1100, scale: 1.5, shown: 320, kept: 213 },
                { tag: "no room", width: 1280, scale: 2, shown: 272, kept: 272 }];
    }
    function test_widthGrowsWithTheText(data): void {
        verify(Host.start({ width: data.width, height: 700, textScale: data.scale }));
        tryCompare(item("sidebar"), "width", data.shown);
        const edge = item("sidebarEdge");
        compare(edge.kept(data.shown), data.kept);
        // The edge is where the pointer leaves it.
        for (const by of [60, -40]) {
            const before = item("sidebar").width;
            Host.drag(edge, 3, 300, edge, 3 + by, 300);
            fuzzyCompare(item("sidebar").width, before + by, 2);
        }
        Host.drag(edge, 3, 300, edge, -900, 300);
        compare(test.app.settings.sidebarWidth, 200);
    }
    function test_searchFindsMessages_data(): var {
        return [{ tag: "word", text: "zebra", hits: 1 }, { tag: "two Han", text: "天气", hits: 1 },
                { tag: "one Han", text: "很", hits: 1 }, { tag: "nothing", text: "unicorn", hits: 0 }];
    }
    function test_searchFindsMessages(data): void {
        twoConversations();
        Host.key(Qt.Key_K, Qt.ControlModifier);
        tryVerify(() => item("searchField").activeFocus);
        item("searchField").text = data.text;
        tryVerify(() => test.app.conversations.searching);
        tryCompare(test.app.conversations, "count", data.hits);
        if (data.hits > 0) {
            Host.key(Qt.Key_Return);
            tryVerify(() => test.transcript.count > 0);
        }
        item("searchField").forceActiveFocus();
        Host.key(Qt.Key_Escape);
        compare(item("searchField").text, "");
        tryCompare(test.app.conversations, "count", 2);
    }
    function test_hitIsShownWithoutMarks(): void {
        Host.setAnswer("## Animals\n\nThe **zebra** eats `grass`.\n\n- 2 - 1 = 1\n");
        ask("animals");
        item("searchField").text = "zebra";
        tryVerify(() => test.app.conversations.searching && rows().length === 1 && rows()[0].found);
        compare(rows()[0].snippet, "Animals The zebra eats grass. - 2 - 1 = 1");
        item("searchField").clear();
    }
    // The word that was found is on the row, however large the text.
    function test_hitIsSeenInLargeText_data(): var {
        return [{ tag: "usual", scale: 1, lines: 2 }, { tag: "large", scale: 1.5, lines: 3 }, { tag: "largest", scale: 2, lines: 3 }];
    }
    function test_hitIsSeenInLargeText(data): void {
        verify(Host.start({ width: 1100, height: 800, textScale: data.scale }));
        Host.setAnswer("Some words that go before it and say nothing much, then the zebra eats grass. " + "And more. ".repeat(40));
        ask("animals");
        item("searchField").text = "zebra";
        tryVerify(() => test.app.conversations.searching && rows().length === 1 && rows()[0].found);
        Host.settle();
        const text = Host.findText(rows()[0].snippet);
        compare(text.lineCount, data.lines);
        verify(text.truncated);
        verify(rows()[0].snippet.startsWith("…much, then the zebra"), rows()[0].snippet);
        verify(item("hitTime").text.length > 0);
        item("searchField").clear();
        tryVerify(() => Host.find("hitTime") === null);
    }
    function test_hitLeadsToItsMessage(): void {
        Host.setAnswer("word\n\n".repeat(150) + "A needle in it.\n\n" + "word\n\n".repeat(50));
        ask("long");
        Host.key(Qt.Key_N, Qt.ControlModifier);
        tryCompare(test.transcript, "count", 0);
        Host.setAnswer("Short.");
        ask("other");
        item("searchField").text = "needle";
        tryCompare(test.app.conversations, "count", 1);
        const messageId = rows()[0].messageId;
        press(rows()[0]);
        tryVerify(() => test.transcript.count > 100);
        tryVerify(() => {
            const found = rowsOf(TranscriptModel.Rich).find(row => test.value(row, "html").includes("needle"));
            const row = found === undefined ? null : Host.rowItem(found);
            const y = row?.mapToItem(item("transcriptList"), 0, 0).y ?? -1;
            return y >= 0 && y < item("transcriptList").height && row.messageId === messageId
                && row.edit.selectedText === "needle";
        });
    }
    // Words that are not beside each other: the message is shown from its beginning.
    function test_hitOfSeveralWords(): void {
        Host.setAnswer("The zebra eats.\n\n" + "word\n\n".repeat(150) + "Green grass.");
        ask("long");
        Host.key(Qt.Key_N, Qt.ControlModifier);
        tryCompare(test.transcript, "count", 0);
        item("searchField").text = "grass zebra";
        tryCompare(test.app.conversations, "searching", true);
        tryVerify(() => rows().length === 1 && rows()[0].found);
        const messageId = rows()[0].messageId;
        press(rows()[0]);
        tryVerify(() => test.transcript.count > 100);
        tryVerify(() => {
            const row = Host.rowItem(test.transcript.rowOfMessage(messageId));
            const y = row?.mapToItem(item("transcriptList"), 0, 0).y ?? -1;
            return y >= 0 && y < item("transcriptList").height;
        });
    }
    function test_rename(): void {
        twoConversations();
        Host.doubleClick(rows()[0], 60, rows()[0].height - 18);
        tryVerify(() => item("renameField").activeFocus);
        item("renameField").selectAll();
        Host.type("Weather");
        Host.key(Qt.Key_Return);
        tryVerify(() => Host.findText("Weather") !== null);
        tryVerify(() => Host.find("renameField") === null);
    }
    function test_renameIsCancelledByEscape(): void {
        twoConversations();
        const before = rows()[0].title;
        Host.doubleClick(rows()[0], 60, rows()[0].height - 18);
        tryVerify(() => item("renameField").activeFocus);
        Host.type("X");
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("renameField") === null);
        compare(rows()[0].title, before);
    }
    function test_renameEndsWhereThePersonGoes(): void {
        twoConversations();
        item("conversationList").forceActiveFocus();
        Host.key(Qt.Key_F2);
        tryVerify(() => item("renameField").activeFocus);
        item("renameField").selectAll();
        Host.type("Weather");
        click("composerInput");
        tryVerify(() => Host.findText("Weather") !== null);
        verify(item("composerInput").activeFocus);
    }
    function test_renameFromTheMenu(): void {
        twoConversations();
        press(rows()[1], Qt.RightButton);
        click("renameItem");
        tryVerify(() => item("renameField").activeFocus);
        compare(item("renameField").text, rows()[1].title);
        Host.type("Animals");
        Host.key(Qt.Key_Return);
        tryVerify(() => rows()[1].title === "Animals");
        verify(rows()[1].activeFocus);
    }
    function test_deleteAndUndo(): void {
        twoConversations();
        press(rows()[1], Qt.RightButton);
        click("deleteItem");
        tryCompare(test.app.conversations, "count", 1);
        tryVerify(() => test.app.conversations.undoText.length > 0);
        tryCompare(test.app.trash, "count", 1);
        click("undoDelete");
        tryCompare(test.app.conversations, "count", 2);
        tryCompare(test.app.trash, "count", 0);
    }
    // What the dialog does when a file was chosen.
    function test_export(): void {
        Host.setAnswer("The **zebra** eats grass.");
        ask("about animals");
        const folder = Host.writeFile("other.md", "").replace(/other\.md$/, "");
        const url = name => Qt.resolvedUrl("file://" + folder + name);
        const exported = name => folder + name;
        verify(decodeURI(test.app.exporter.suggestedFile(test.chat.title)).endsWith("/about animals.md"));
        test.app.exporter.save(test.chat.conversationId, url("plan.md"));
        tryVerify(() => Host.findText("Saved to " + exported("plan.md")) !== null);
        verify(!test.app.exporter.failed);
        verify(Host.readFile("plan.md").startsWith("# about animals\n\n## You"));
        verify(Host.readFile("plan.md").includes("The **zebra** eats grass."));
        // The dialog's filter says JSON, the name does not.
        test.app.exporter.save(test.chat.conversationId, url("plan.md"), true);
        tryVerify(() => Host.findText("Saved to " + exported("plan.json")) !== null);
        const json = JSON.parse(Host.readFile("plan.json"));
        compare(json.format, "fireside-conversation");
        compare(json.messages.length, 2);
        // It goes when it was read; a failure stays until it is dismissed.
        test.app.exporter.dismiss();
        tryVerify(() => Host.find("exportBanner") === null);
        test.app.exporter.save(test.chat.conversationId, url("nowhere/plan.md"));
        tryVerify(() => Host.findText("“" + exported("nowhere/plan.md")
                                      + "” could not be saved. This folder is not there. Choose another one.") !== null);
        verify(test.app.exporter.failed);
        test.app.exporter.save(9999, url("gone.md"));
        tryVerify(() => item("exportBanner").text.includes("gone.md") && !item("exportBanner").text.includes("nowhere"));
        test.app.exporter.dismiss();
    }
    // From the menu and by key, for the conversation that is meant.
    function test_exportIsOffered(): void {
        twoConversations();
        press(rows()[1], Qt.RightButton);
        click("exportItem");
        tryVerify(() => Host.findObject("exportDialog") !== null);
        compare(Host.findObject("exportDialog").conversationId, rows()[1].conversationId);
        verify(Host.findObject("exportDialog").visible);
        Host.findObject("exportDialog").close();
        Host.key(Qt.Key_S, Qt.ControlModifier);
        compare(Host.findObject("exportDialog").conversationId, test.chat.conversationId);
        verify(Host.findObject("exportDialog").visible);
        Host.findObject("exportDialog").close();
    }
    function test_undoWithoutTheSidebar(): void {
        verify(Host.start({ width: 720, height: 900 }));
        ask("Hello");
        compare(Host.find("conversationList"), null);
        Host.key(Qt.Key_Backspace, Qt.ControlModifier | Qt.ShiftModifier);
        tryCompare(test.app.trash, "count", 1);
        click("undoDelete");
        tryCompare(test.app.trash, "count", 0);
        tryVerify(() => Host.find("undoDelete") === null);
    }
    // The row that has the keyboard, and no other; the keyboard goes on to the next.
    function test_deleteKeyInTheList(): void {
        twoConversations();
        item("conversationList").forceActiveFocus();
        Host.key(Qt.Key_Backspace);
        wait(50);
        compare(test.app.conversations.count, 2);
        Host.key(Qt.Key_Down);
        Host.key(Qt.Key_Delete);
        tryCompare(test.app.conversations, "count", 1);
        compare(test.app.conversations.undoText, "Moved to the trash: about animals");
        // The row that went waits to be used again.
        tryVerify(() => rows().some(row => row.focused && row.title === "about weather"));
        compare(test.chat.title, "about weather");
        // Not while a title is typed.
        Host.key(Qt.Key_F2);
        tryVerify(() => item("renameField").activeFocus);
        Host.key(Qt.Key_Delete);
        Host.key(Qt.Key_Escape);
        wait(50);
        compare(test.app.conversations.count, 1);
        Host.key(Qt.Key_Delete);
        tryCompare(test.app.conversations, "count", 0);
        click("undoDelete");
        tryCompare(test.app.conversations, "count", 1);
    }
    // Where nobody sees the bar that takes it back, the key goes there first.
    function test_deletingUnseen(): void {
        twoConversations();
        Host.key(Qt.Key_B, Qt.ControlModifier);
        Host.key(Qt.Key_Comma, Qt.ControlModifier);
        item("settingsPage");
        Host.key(Qt.Key_Backspace, Qt.ControlModifier | Qt.ShiftModifier);
        tryCompare(test.app.conversations, "count", 1);
        tryVerify(() => Host.find("settingsPage") === null);
        compare(test.transcript.count, 0);
        click("undoDelete");
        tryVerify(() => test.chat.title === "about weather");
        tryVerify(() => test.transcript.count > 0);
        compare(test.app.conversations.count, 2);
    }
    // What was typed about a role is not lost to a key that is not about it.
    function test_noDeletingWhileARoleIsEdited(): void {
        twoConversations();
        Host.key(Qt.Key_J, Qt.ControlModifier);
        click("newRole");
        item("roleEditor");
        Host.key(Qt.Key_Backspace, Qt.ControlModifier | Qt.ShiftModifier);
        wait(50);
        compare(test.app.conversations.count, 2);
        verify(Host.find("roleEditor") !== null);
    }
    function test_undoBringsTheHitBack(): void {
        twoConversations();
        item("searchField").text = "zebra";
        tryVerify(() => rows().length === 1 && rows()[0].found);
        item("conversationList").forceActiveFocus();
        Host.key(Qt.Key_Delete);
        tryCompare(test.app.conversations, "count", 0);
        click("undoDelete");
        tryVerify(() => rows().length === 1 && rows()[0].found && rows()[0].title === "about animals");
        item("searchField").clear();
        tryCompare(test.app.conversations, "count", 2);
    }
    function test_keyboardOpens(): void {
        twoConversations();
        const current = test.chat.title;
        item("conversationList").forceActiveFocus();
        Host.key(Qt.Key_Down);
        Host.key(Qt.Key_Return);
        tryVerify(() => test.chat.title !== current);
        tryVerify(() => item("composerInput").activeFocus);
    }
    function test_previousAndNext(): void {
        twoConversations();
        const newest = test.chat.title;
        Host.key(Qt.Key_PageDown, Qt.ControlModifier);
        tryVerify(() => test.chat.title !== newest);
        Host.key(Qt.Key_PageUp, Qt.ControlModifier);
        tryVerify(() => test.chat.title === newest);
    }
    function test_hides(): void {
        verify(Host.find("sidebar") !== null);
        Host.key(Qt.Key_B, Qt.ControlModifier);
        verify(Host.find("sidebar") === null);
        click("showSidebar");
        verify(Host.find("sidebar") !== null);
        click("hideSidebar");
        verify(Host.find("sidebar") === null);
    }
    function test_narrowWindowOpensItOver(): void {
        Host.window.width = 700;
        tryVerify(() => Host.find("sidebar") === null);
        click("showSidebar");
        verify(Host.find("sidebar") !== null);
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("sidebar") === null);
        Host.key(Qt.Key_K, Qt.ControlModifier);
        tryVerify(() => Host.find("sidebar") !== null && item("searchField").activeFocus);
        click("newChat");
        tryVerify(() => Host.find("sidebar") === null);
        verify(item("composerInput").activeFocus);
        // The choice for wide windows is another matter.
        Host.window.width = 1200;
        tryVerify(() => Host.find("sidebar") !== null);
    }
    function test_generatingGoesOnElsewhere(): void {
        Host.setRate(60);
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        tryVerify(() => test.chat.busy);
        const session = test.chat;
        Host.key(Qt.Key_N, Qt.ControlModifier);
        tryVerify(() => test.chat !== session);
        verify(session.busy);
        tryVerify(() => rows().length === 1 && rows()[0].generating);
        press(rows()[0]);
        tryVerify(() => test.chat === session);
        session.stop();
        idle();
    }
}
