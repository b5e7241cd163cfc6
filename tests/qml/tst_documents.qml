// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Ui
import Fireside.Test

WindowTest {
    id: test
    name: "Documents"

    function ready(): void { tryVerify(() => !test.chat.attachments.reading, 10000, "documents are read"); }

    function test_dropAnywhereAttaches(): void {
        const one = Host.writeFile("one.txt", "Some words about trees.");
        const two = Host.writeFile("two.md", "# Title\n\nSome words about birds.");
        Host.dragOver([one, two]);
        tryVerify(() => Host.find("dropVeil") !== null);
        verify(Host.findText("Attach 2 files to this conversation") !== null);
        Host.leave();
        tryVerify(() => Host.find("dropVeil") === null);
        Host.drop([one, two]);
        tryCompare(test.chat.attachments, "count", 2);
        ready();
        tryVerify(() => test.chat.attachments.totalTokens > 0);
        verify(Host.findText("one.txt") !== null);
        verify(Host.findText("two.md") !== null);
    }
    // Enter and the button agree, and what is wrong is said once.
    function test_sendWaitsForWords(): void {
        Host.drop([Host.writeFile("notes.txt", "Some words.")]);
        tryVerify(() => test.chat.attachments.count === 1 && !test.chat.attachments.reading);
        verify(!item("sendButton").enabled);
        item("composerInput").forceActiveFocus();
        Host.key(Qt.Key_Return);
        wait(50);
        compare(Host.requestCount(), 0);
        Host.type("Hello");
        verify(item("sendButton").enabled);
        Host.drop([Host.writeFile("picture.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR")]);
        tryVerify(() => test.chat.attachments.count === 2 && test.chat.attachments.hasProblem);
        verify(!item("sendButton").enabled);
        Host.key(Qt.Key_Return);
        wait(50);
        compare(Host.requestCount(), 0);
        compare(test.chat.errorString, "");
    }
    function test_filterOfTheFileDialog(): void {
        const patterns = test.app.documentPatterns.split(" ");
        for (const pattern of ["*.pdf", "*.txt", "*.md", "*.tsv", "*.html", "*.xml", "*.yaml", "*.sh", "*.sql"])
            verify(patterns.includes(pattern), pattern);
    }
    function test_dropLeavesOtherPages(): void {
        Host.key(Qt.Key_Comma, Qt.ControlModifier);
        item("settingsPage");
        Host.drop([Host.writeFile("one.txt", "Some words.")]);
        tryVerify(() => Host.find("settingsPage") === null);
        tryCompare(test.chat.attachments, "count", 1);
    }
    function test_sameFileOnce(): void {
        const one = Host.writeFile("one.txt", "Some words about trees.");
        Host.drop([one]);
        ready();
        Host.drop([one]);
        ready();
        compare(test.chat.attachments.count, 1);
    }
    function test_removed(): void {
        Host.drop([Host.writeFile("one.txt", "Some words about trees.")]);
        ready();
        click("removeAttachment");
        tryCompare(test.chat.attachments, "count", 0);
        tryVerify(() => Host.findText("one.txt") === null);
    }
    function test_refusedSaysWhy_data(): var {
        return [{ tag: "empty", name: "empty.pdf", content: "" },
                { tag: "broken", name: "broken.pdf", content: "%PDF-1.4\nbroken" },
                { tag: "binary", name: "binary.txt", content: "\u0000\u0001\u0002\u0003".repeat(500) }];
    }
    function test_refusedSaysWhy(data): void {
        Host.drop([Host.writeFile(data.name, data.content)]);
        ready();
        const chip = item("attachmentChip");
        verify(chip.refused);
        verify(chip.words.length > 10);
        verify(Host.findText(chip.words) !== null);
        click("removeAttachment");
        tryCompare(test.chat.attachments, "count", 0);
    }
    function test_lockedSaysWhy(): void {
        Host.drop([String(Qt.resolvedUrl("../data/documents/encrypted-aes256.pdf")).replace("file://", "")]);
        ready();
        const chip = item("attachmentChip");
        verify(chip.locked);
        verify(!Host.findText(chip.words).truncated);
    }
    function test_largeTextKeepsTheButtons(): void {
        verify(Host.start({ width: 720, height: 900 }));
        test.app.settings.textScale = 2;
        Host.drop([Host.writeFile("one.txt", "Some words about trees."), Host.writeFile("a.pdf", "%PDF-1.4\nbroken")]);
        ready();
        item("summarize");
        Host.settle();
        verify(Host.findText("Assistant") !== null && !Host.findText("Assistant").truncated);
        for (const name of ["summarize", "sendButton", "attachmentChip"]) {
            for (const found of Host.findAll(name)) {
                const right = found.mapToItem(item("composer"), found.width, 0).x;
                verify(right <= item("composer").width, name + " ends at " + right);
            }
        }
    }
    // Whatever has to be said about them, the conversation and the buttons keep their places.
    function test_noticeAndDocumentsScroll_data(): var {
        return [{ tag: "narrow", width: 720, height: 900 }, { tag: "smallest", width: 480, height: 520 }];
    }
    function test_noticeAndDocumentsScroll(data): void {
        verify(Host.start({ width: data.width, height: data.height, textScale: 2 }));
        Host.setContextLimit(2048);
        const files = ["one.txt", "two.txt", "three.txt"].map(name => Host.writeFile(name, name + " is about trees. ".repeat(400)));
        Host.drop(files.concat([Host.writeFile("a.pdf", "%PDF-1.4\nbroken")]));
        ready();
        test.chat.draft = "A question\nof\nsome\nlines";
        tryVerify(() => !test.chat.fits && Host.find("fitNotice") !== null);
        Host.settle();
        const composer = item("composer");
        const extras = item("composerExtras");
        const top = item => item.mapToItem(null, 0, 0).y;
        verify(extras.contentHeight > extras.height, "there is more than is shown");
        verify(top(composer) >= Theme.header, "begins at " + top(composer));
        verify(composer.height <= data.height * 0.7, composer.height);
        compare(extras.contentY, 0);  // what is wrong is what is read first
        for (const name of ["sendButton", "summarize", "attach"]) {
            const found = item(name);
            const end = found.mapToItem(composer, found.width, found.height);
            verify(end.x <= composer.width && end.y <= composer.height, name + " ends at " + end.x + "," + end.y);
        }
        // Tab brings into sight what is below.
        const last = Host.findAll("removeAttachment").pop();
        last.forceActiveFocus(Qt.TabFocusReason);
        const place = last.mapToItem(extras, 0, 0).y;
        verify(place >= 0 && place + last.height <= extras.height, "the last one is at " + place + " of " + extras.height);
        const before = test.chat.attachments.count;
        Host.key(Qt.Key_Space);
        tryCompare(test.chat.attachments, "count", before - 1);
    }
    function test_namesAreNotMarkup(): void {
        Host.drop([Host.writeFile("<b>bold<img src=x>.txt", "Some words.")]);
        ready();
        compare(Host.richTextItems(), []);
        verify(Host.findText("<b>bold<img src=x>.txt") !== null);
    }
    function test_previewShowsTheText(): void {
        Host.drop([Host.writeFile("one.txt", "Some words about trees.")]);
        ready();
        click("openAttachment");
        compare(item("previewText").text.trim(), "Some words about trees.");
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("previewText") === null);
    }
    function test_keysScrollThePreview(): void {
        Host.drop([Host.writeFile("one.txt", "Some words about trees.\n".repeat(300))]);
        ready();
        click("openAttachment");
        const scroll = item("previewScroll");
        tryVerify(() => scroll.contentHeight > 2 * scroll.height);
        Host.settle();
        for (const [key, y] of [[Qt.Key_End, scroll.contentHeight - scroll.height], [Qt.Key_Home, 0], [Qt.Key_Down, 60],
                                [Qt.Key_PageDown, 20 + scroll.height]]) {
            Host.key(key);
            fuzzyCompare(scroll.contentY, y, 1);
        }
        Host.clickAt(item("previewText"), 100, scroll.contentY + 50);
        fuzzyCompare(scroll.contentY, 20 + scroll.height, 1);  // stays where it was
        Host.key(Qt.Key_Escape);
    }
    function test_pastedPictureIsRefused(): void {
        Host.setClipboardPicture();
        item("composerInput").forceActiveFocus();
        Host.key(Qt.Key_V, Qt.ControlModifier);
        tryVerify(() => Host.find("pictureNotice") !== null);
        Host.type("Hello");
        tryVerify(() => Host.find("pictureNotice") === null);
    }
    // The address of a page is no file.
    function test_droppedLinkIsText(): void {
        Host.dropLink("https://example.org/page");
        tryCompare(item("composerInput"), "text", "https://example.org/page");
        compare(test.chat.attachments.count, 0);
    }
    function test_questionTakesThemAlong(): void {
        Host.drop([Host.writeFile("one.txt", "Some words about trees.")]);
        ready();
        ask("What is this about");
        compare(test.chat.attachments.count, 0);
        compare(rowsOf(TranscriptModel.Attachment).length, 1);
        compare(value(rowsOf(TranscriptModel.Attachment)[0], "title"), "one.txt");
    }
    function test_summarise(): void {
        Host.drop([Host.writeFile("one.txt", "Some words about trees. ".repeat(200))]);
        ready();
        tryVerify(() => test.chat.canSummarize);
        click("summarize");
        tryVerify(() => test.transcript.count > 0);
        idle();
        verify(rowsOf(TranscriptModel.Rich).length > 0);
        // What was asked is long: its name stands for it until somebody wants to read it.
        verify(Host.findText("Summarise the document") !== null);
        const row = Host.rowItem(rowsOf(TranscriptModel.UserText)[0]);
        verify(row.text.length > 300);
        verify(row.height < 110, row.height);
        click("showAll");
        tryVerify(() => Host.findText("Summarise the document") === null && row.height > 200);
    }
    // A document that is read in sections is no part of the next prompt: nothing is too long then.
    function test_meterWhileADocumentIsSummarised(): void {
        Host.setContextLimit(4096);
        Host.setRate(60);
        Host.drop([Host.writeFile("report.md", "The committee counted the stock again.\n\n".repeat(1500))]);
        ready();
        tryVerify(() => !test.chat.fits, 5000, "too long to be sent whole");
        verify(Host.findText(test.chat.meterText) !== null);
        click("summarize");
        tryVerify(() => test.chat.status === ChatSession.Summarizing);
        tryVerify(() => test.chat.contextUsed < 1500, 5000, "nothing is too long");
        verify(test.chat.fits);
        compare(test.chat.attachmentTokens, 0);
        verify(Qt.colorEqual(Host.findText(test.chat.meterText).color, Theme.faint));
        test.chat.stop();
        idle();
    }
    function test_sectionsOfALongDocument(): void {
        Host.setContextLimit(4096);
        let text = "";
        for (let i = 1; i <= 12; ++i)
            text += "# Chapter " + i + "\n\n" + "The committee counted the stock again. ".repeat(150) + "\n\n";
        Host.drop([Host.writeFile("report.md", text)]);
        ready();
        tryVerify(() => test.chat.canSummarize);
        click("summarize");
        tryVerify(() => test.transcript.count > 0);
        idle();
        tryVerify(() => rowsOf(TranscriptModel.Section).length > 1);
        const head = item("sectionHead");
        Host.click(head);
        tryVerify(() => head.open);
        Host.click(head);
        tryVerify(() => !head.open);
    }
}
