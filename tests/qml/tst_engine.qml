// SPDX-License-Identifier: Apache-2.0
// The engine as a person meets it: its device, its memory, its settings, and what happens when the device breaks.
// Graphics cards are pretended; where it says local, the real engine runs on them.
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Ui
import Fireside.Test

WindowTest {
    id: test
    name: "Engine"

    readonly property var local: ({ local: true, model: "tiny-qwen3", device: "cuda:0" })

    SignalSpy {
        id: restarts
        signalName: "restartWanted"
    }

    function init(): void {
        verify(Host.pretendGpus("usable old"));
        verify(Host.start());
        tryVerify(() => test.app.devices.onGpu);
    }
    function start(options: var): void {
        verify(Host.start(options));
        tryCompare(test.app.engine, "status", EngineController.Ready);
    }
    function openSettings(): void {
        Host.key(Qt.Key_Comma, Qt.ControlModifier);
        item("settingsPage");
    }
    // Into a number field of the settings.
    function enter(name: string, text: string): void {
        const field = item(name + "Field");
        field.forceActiveFocus();
        field.selectAll();
        Host.type(text);
        Host.key(Qt.Key_Return);
    }
    function choices(): var { return Host.findAll("choice"); }
    function reload(): void {
        Host.findText("Load again now").clicked();
        tryVerify(() => Host.find("reloadBanner") === null);
        tryCompare(test.app.engine, "status", EngineController.Ready);
    }

    function test_devicesByNameAndReason(): void {
        openSettings();
        tryVerify(() => choices().length === 4);  // automatic, the processor, two cards
        compare(choices()[0].text, "Automatic");
        verify(choices()[0].checked);
        verify(choices()[1].text.startsWith("Processor: "));
        compare(choices()[2].text, "Fake GPU (cuda:0)");
        verify(!choices()[3].enabled);
        verify(choices()[3].Accessible.name.indexOf("7.5 is too old") > 0);
        Host.click(choices()[3]);
        compare(test.app.settings.device, "");
        Host.click(choices()[2]);
        compare(test.app.settings.device, "cuda:0");
        Host.key(Qt.Key_Down);  // nothing below can be chosen
        compare(test.app.settings.device, "cuda:0");
        Host.key(Qt.Key_Up);
        compare(test.app.settings.device, "cpu");
    }
    // What was asked for on the command line is on show, and gives way to a choice.
    function test_deviceOfTheCommandLine(): void {
        verify(Host.start({ device: "cpu" }));
        openSettings();
        tryVerify(() => choices().length === 4 && choices()[1].checked);
        compare(Host.loadedWith().device, "cpu");
        Host.click(choices()[0]);
        tryVerify(() => choices()[0].checked);
        item("reloadBanner");
        reload();
        compare(Host.loadedWith().device, "auto");
    }
    function test_settingsOfTheDevice(): void {
        openSettings();
        item("shareSetting");
        item("cacheChoice");
        item("invariantToggle");
        compare(Host.find("threadsSetting"), null);
        test.app.settings.device = "cpu";
        item("threadsSetting");
        compare(Host.find("shareSetting"), null);
        compare(Host.find("cacheChoice"), null);
        compare(Host.find("invariantToggle"), null);
    }
    function test_changesReachTheEngine(): void {
        openSettings();
        compare(Host.find("reloadBanner"), null);
        compare(Host.loadedWith().device, "auto");
        compare(Host.loadedWith().cache, "auto");
        item("cacheChoice").forceActiveFocus();
        Host.key(Qt.Key_Right);
        tryVerify(() => Host.find("reloadBanner") !== null);
        Host.key(Qt.Key_Left);  // as it was: nothing to load
        tryVerify(() => Host.find("reloadBanner") === null);
        Host.key(Qt.Key_Right);
        item("invariantToggle").forceActiveFocus();
        Host.key(Qt.Key_Space);
        enter("contextSetting", "5000");
        enter("shareSetting", "75");
        compare(test.app.settings.gpuMemoryPercent, 75);
        reload();
        const asked = Host.loadedWith();
        compare(asked.cache, "fp8");
        compare(asked.batchInvariant, true);
        compare(asked.maxModelLen, 5000);
        compare(asked.share, 0.75);
        // They are there at the next start.
        verify(Host.start({ keep: true }));
        tryCompare(test.app.settings, "compactCache", true);
        compare(Host.loadedWith().cache, "fp8");
        compare(Host.loadedWith().share, 0.75);
    }
    function test_memoryPlan(): void {
        start(local);
        compare(test.app.engine.deviceName, "Fake GPU");
        compare(test.app.engine.memoryText, "17\u00a0GiB of 24\u00a0GiB");
        click("statusLine");
        tryVerify(() => Host.findText("Context cache") !== null);
        verify(Host.findText("Weights") !== null);
        const plan = test.app.engine.memoryPlan;
        compare(plan.length, 4);
        compare(plan[0].value, "7.5\u00a0GiB");
        compare(plan[3].detail, "62,730 tokens at 16 bit");
        compare(test.app.engine.memoryPlanText, "17\u00a0GiB of the 17\u00a0GiB that may be used");
        const share = plan.reduce((sum, line) => sum + line.share, 0);
        fuzzyCompare(share, 1, 0.01);
    }
    // What has no room above the status line scrolls; the buttons stay.
    function test_detailsFitASmallWindow(): void {
        verify(Host.start({ width: 480, height: 520, textScale: 2 }));
        click("statusLine");
        const rows = item("detailRows");
        Host.settle();
        const button = item("detailModels");
        const end = button.mapToItem(null, button.width, button.height);
        verify(button.mapToItem(null, 0, 0).y > 0 && end.x <= 480 && end.y <= 520, end);
        Host.key(Qt.Key_End);
        compare(rows.contentY, Math.max(0, rows.contentHeight - rows.height));
        Host.key(Qt.Key_Escape);
    }
    function test_planBeforeLoading(): void {
        start(local);
        Host.key(Qt.Key_M, Qt.ControlModifier | Qt.ShiftModifier);
        item("modelPage");
        tryVerify(() => !test.app.models.searching && test.app.models.count > 0);
        const fit = () => Host.value(test.app.models, 0, "fitText");
        tryVerify(() => fit().indexOf("17\u00a0GiB that may be used") > 0);
        verify(Host.value(test.app.models, 0, "fits"));
        // Less than the weights: it is said before anything is loaded, with figures.
        test.app.settings.gpuMemoryPercent = 30;
        tryVerify(() => !Host.value(test.app.models, 0, "fits"));
        verify(fit().indexOf("8.2\u00a0GiB") > 0 && fit().indexOf("5.6\u00a0GiB") > 0, fit());
        item("reloadBanner");
    }
    // The device fails in the middle of an answer: what was written stays, the window says why, a button loads the
    // model again, and the next question is answered.
    function test_aBrokenDeviceIsReloaded(): void {
        verify(Host.pretendGpus("usable", "step:40"));
        start(local);
        verify(Host.pretendGpus("usable"));
        test.chat.sampling.maxTokens = 60;
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        tryCompare(test.app.engine, "status", EngineController.Failed);
        idle();
        compare(rowsOf(TranscriptModel.ErrorNote).length, 1);
        const answer = rowsOf(TranscriptModel.Header)[0];
        const written = test.chat.messageText(value(answer, "messageId"));
        verify(written.length > 20, written);
        // The conversation's, when it heard of it first, or the engine's.
        tryVerify(() => Host.find("engineBanner") !== null || Host.find("chatBanner") !== null);
        const banner = Host.find("engineBanner") ?? Host.find("chatBanner");
        verify(banner.text.indexOf("on purpose") > 0, banner.text);
        Host.settle();
        Host.click(Host.findText("Reload model"));
        tryCompare(test.app.engine, "status", EngineController.Ready);
        tryVerify(() => Host.find("engineBanner") === null && Host.find("chatBanner") === null);
        ask("And now");
        compare(rowsOf(TranscriptModel.ErrorNote).length, 1);
        const answers = rowsOf(TranscriptModel.Header);
        compare(answers.length, 2);
        verify(test.chat.messageText(value(answers[1], "messageId")).length > 20);
        // The broken answer kept its text.
        compare(test.chat.messageText(value(answers[0], "messageId")), written);
    }
    // Where the driver lets only a new process use the device again, a button begins one, and the conversation is there.
    function test_aLostDeviceIsRestarted(): void {
        verify(Host.pretendGpus("usable", "lost:40"));
        start(local);
        test.chat.sampling.maxTokens = 60;
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        tryCompare(test.app.engine, "status", EngineController.Failed);
        idle();
        const answer = rowsOf(TranscriptModel.Header)[0];
        const written = test.chat.messageText(value(answer, "messageId"));
        verify(written.length > 20, written);
        verify(test.app.engine.deviceLost && !test.app.engine.deviceBroke);
        restarts.target = test.app;
        restarts.clear();
        Host.settle();
        Host.click(Host.findText("Restart Fireside"));
        compare(restarts.count, 1);
        const conversation = test.chat.conversationId;
        verify(Host.pretendGpus("usable"));
        verify(Host.start(Object.assign({ keep: true }, local)));
        tryCompare(test.app.engine, "status", EngineController.Ready);
        tryCompare(test.chat, "conversationId", conversation);
        tryVerify(() => rowsOf(TranscriptModel.Header).length === 1);
        compare(test.chat.messageText(value(rowsOf(TranscriptModel.Header)[0], "messageId")), written);
    }
    // Why an answer broke off stands in one place: the banner with what helps, then the answer's own note.
    function test_theReasonIsSaidOnce_data(): var {
        return [{ tag: "broke", lost: false }, { tag: "lost", lost: true }];
    }
    function test_theReasonIsSaidOnce(data): void {
        const reason = "The flux capacitor is empty.";
        Host.setRate(40);
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        tryCompare(test.chat, "status", ChatSession.Generating);
        Host.breakDevice(reason, data.lost);
        idle();
        const note = item("errorNote");
        compare(item("engineBanner").text, reason);
        compare(note.text, "This answer was not finished.");
        compare(note.actionText, "");
        compare(Host.find("chatBanner"), null);
        // Asking again is refused for the same reason: it is there already.
        Host.type("Hello");
        Host.key(Qt.Key_Return);
        verify(test.chat.errorString.length > 0);
        item("engineBanner");
        compare(Host.find("chatBanner"), null);
        if (data.lost)
            return;
        Host.settle();
        Host.click(Host.findText("Reload model"));
        tryCompare(test.app.engine, "status", EngineController.Ready);
        tryVerify(() => Host.find("engineBanner") === null && Host.find("chatBanner") === null);
        compare(note.text, reason);
        compare(note.actionText, "Try again");
    }
    // What nobody translated word for word: what happened and what helps are Chinese all the same.
    function test_rareErrorsInChinese_data(): var {
        return [
            { tag: "known", message: "the GPU has failed, and its driver lets only a new process use it again; restart "
                + "Fireside (nothing that was said is lost), or choose the device cpu",
              shown: "显卡出现故障，其驱动程序只允许新进程再次使用它。请重启 Fireside（已有的内容不会丢失），或改用处理器。" },
            { tag: "unknown", message: "the flux capacitor is empty", shown: "计算失败，请重新加载模型。\nThe flux capacitor is empty." }
        ];
    }
    function test_rareErrorsInChinese(data): void {
        start({ language: "zh_CN" });
        Host.breakDevice(data.message);
        tryVerify(() => Host.findText(data.shown) !== null, 5000, test.app.engine.errorString);
    }
    // A long prompt is counted while it is read, and the next question does not read it again.
    function test_readingAndReuse(): void {
        start({ local: true, model: "tiny-qwen3", device: "cpu" });
        test.chat.sampling.maxTokens = 4;
        const seen = [];
        const note = () => seen.push(test.chat.progressText);
        test.chat.progressChanged.connect(note);
        verify(test.chat.send("one two three four five ".repeat(140)));
        tryVerify(() => test.chat.computedTokens > 0, 60000);
        idle();
        test.chat.progressChanged.disconnect(note);
        const total = test.chat.computedTokens;
        verify(total > 700);
        compare(test.chat.reusedTokens, 0);
        const reading = seen.map(text => /^Reading prompt: ([\d,]+) of ([\d,]+) tokens$/.exec(text)).filter(match => match);
        verify(reading.length > 0, seen.join("; "));
        const number = text => Number(text.replace(/,/g, ""));
        for (let i = 0; i < reading.length; ++i) {
            compare(number(reading[i][2]), total);
            verify(number(reading[i][1]) <= total);
            verify(i === 0 || number(reading[i][1]) >= number(reading[i - 1][1]));
        }
        const stats = row => value(row, "figures").join(" · ");
        const footers = () => rowsOf(TranscriptModel.Footer).map(stats).filter(text => text.length > 0);
        verify(footers()[0].endsWith("0 reused, " + total.toLocaleString(Qt.locale(), "f", 0) + " computed"), footers()[0]);
        verify(footers()[0].indexOf("first token") > 0, footers()[0]);
        verify(test.chat.send("And six"));
        tryVerify(() => test.chat.reusedTokens > 0, 60000);
        idle();
        verify(test.chat.reusedTokens >= total - 32 && test.chat.computedTokens < 64,
               test.chat.reusedTokens + " reused, " + test.chat.computedTokens + " computed");
        verify(footers()[1].indexOf(test.chat.reusedTokens.toLocaleString(Qt.locale(), "f", 0) + " reused, "
                                    + test.chat.computedTokens + " computed") > 0, footers()[1]);
    }
}
