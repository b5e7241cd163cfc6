// SPDX-License-Identifier: Apache-2.0
// The whole way, nothing fake: the window, the engine and the demo model in the box, as a newcomer meets them.
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Test

WindowTest {
    id: test
    name: "Demo"
    options: ({ local: true })

    function init(): void {
        verify(Host.start(test.options));
        tryVerify(() => test.app.engine.status === EngineController.Ready, 20000, test.app.engine.errorString);
    }
    function lastAnswer(): string {
        return test.chat.messageText(value(test.transcript.count - 1, "messageId"));
    }
    function finished(): void {
        tryVerify(() => test.transcript.count > 0);
        tryVerify(() => !test.chat.busy, 60000, "the answer is finished");
        compare(test.chat.errorString, "");
    }

    function test_saysWhatItIs(): void {
        compare(test.app.engine.modelName, "Demo (bundled)");
        verify(test.app.engine.isBundled);
        verify(test.app.engine.modelNote.includes("demo"));
        verify(item("statusLine").text.includes(test.app.engine.modelNote));
        compare(test.chat.sampling.temperature, 0, "the model says so, whatever the role");
        Host.key(Qt.Key_M, Qt.ControlModifier | Qt.ShiftModifier);
        compare(item("modelNote").text, test.app.engine.modelNote);
    }
    function test_realQuestionRealAnswer_data(): var {
        return [
            { tag: "key", question: "How do I stop an answer?", words: "Esc" },
            { tag: "privacy", question: "Is my data private?", words: "Nothing leaves this computer" },
            { tag: "model", question: "Which model should I install?", words: "Qwen3-4B-Instruct-2507" }
        ];
    }
    function test_realQuestionRealAnswer(data): void {
        item("composerInput").forceActiveFocus();
        Host.type(data.question);
        Host.key(Qt.Key_Return);
        finished();
        verify(lastAnswer().includes(data.words), lastAnswer());
    }
    // Each bullet is a sentence of the PDF, and stands on the page it names.
    function test_droppedPdfIsSummarised(): void {
        Host.drop([Host.sample("fireside-sample.pdf")]);
        tryCompare(test.chat.attachments, "count", 1);
        tryVerify(() => !test.chat.attachments.reading, 10000, "the document is read");
        const pages = test.chat.attachments.text(0).split(/\[page \d+\]\n/).map(page => page.replace(/\s+/g, " "));
        compare(pages.length, 4);
        click("summarize");
        finished();
        const bullets = lastAnswer().split("\n").filter(line => line.startsWith("- "));
        verify(bullets.length >= 3, lastAnswer());
        for (const bullet of bullets) {
            const parts = /^- (.+) \(p\. (\d+)\)$/.exec(bullet.replace(/\s+/g, " "));
            verify(parts !== null, bullet);
            verify(pages[Number(parts[2])].includes(parts[1]), bullet);
        }
    }
    function test_findsTheSentence(): void {
        Host.drop([Host.sample("fireside-sample.pdf")]);
        tryCompare(test.chat.attachments, "count", 1);
        tryVerify(() => !test.chat.attachments.reading, 10000, "the document is read");
        item("composerInput").forceActiveFocus();
        Host.type("What does the document say about laptop?");
        Host.key(Qt.Key_Return);
        finished();
        verify(lastAnswer().includes("Encrypt the disk of a laptop. (p. 2)"), lastAnswer());
    }
}
