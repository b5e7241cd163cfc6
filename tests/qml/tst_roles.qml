// SPDX-License-Identifier: Apache-2.0
import QtQuick
import QtTest
import Fireside.Gui
import Fireside.Test

WindowTest {
    id: test
    name: "Roles"

    function openMenu(): void {
        Host.key(Qt.Key_J, Qt.ControlModifier);
        tryVerify(() => item("roleList").activeFocus);
        Host.settle();
    }

    function test_keyboardChooses(): void {
        const before = test.chat.roleId;
        openMenu();
        Host.key(Qt.Key_Down);
        Host.key(Qt.Key_Return);
        tryVerify(() => test.chat.roleId !== before);
        tryVerify(() => Host.find("roleList") === null);
        tryVerify(() => item("composerInput").activeFocus);
        compare(item("roleChip").text, test.chat.roleName);
    }
    function test_clickChooses(): void {
        click("roleChip");
        tryVerify(() => item("roleList").activeFocus);
        Host.settle();
        const row = item("roleList").itemAtIndex(2);
        Host.click(row);
        tryVerify(() => test.chat.roleName === row.name);
    }
    function test_changeIsMarked(): void {
        ask("Hello");
        openMenu();
        Host.key(Qt.Key_Down);
        Host.key(Qt.Key_Return);
        ask("Again");
        tryVerify(() => rowsOf(TranscriptModel.RoleChange).length === 1);
    }
    function test_escapeKeepsTheRole(): void {
        const before = test.chat.roleId;
        openMenu();
        Host.key(Qt.Key_Down);
        Host.key(Qt.Key_Escape);
        tryVerify(() => Host.find("roleList") === null);
        compare(test.chat.roleId, before);
    }
    function test_ownRole(): void {
        const before = test.app.roles.count;
        openMenu();
        click("newRole");
        tryVerify(() => item("roleName").activeFocus);
        Host.type("Poet");
        item("rolePrompt").input.forceActiveFocus();
        Host.type("Write in verse.");
        click("saveRole");
        tryCompare(test.app.roles, "count", before + 1);
        tryVerify(() => test.chat.roleName === "Poet");
        tryVerify(() => Host.find("roleEditor") === null);
        // Changed, then deleted for good.
        openMenu();
        const row = item("roleList").itemAtIndex(before);
        compare(row.name, "Poet");
        Host.hover(row);
        Host.click(row.editButton);
        tryVerify(() => item("roleName").text === "Poet");
        click("deleteRole");
        click("confirmAccept");
        tryCompare(test.app.roles, "count", before);
    }
    function test_unsavedAsks(): void {
        openMenu();
        click("newRole");
        tryVerify(() => item("roleName").activeFocus);
        Host.type("Poet");
        Host.key(Qt.Key_Escape);
        tryVerify(() => item("confirmCancel").activeFocus);
        Host.key(Qt.Key_Return);
        tryVerify(() => Host.find("confirmCancel") === null);
        verify(Host.find("roleEditor") !== null);
        click("pageBack");
        click("confirmAccept");
        tryVerify(() => Host.find("roleEditor") === null);
    }
    function test_sampling(): void {
        click("samplingButton");
        const row = item("temperature");
        const before = test.chat.sampling.temperature;
        row.handle.forceActiveFocus(Qt.TabFocusReason);
        Host.key(Qt.Key_Right);
        tryVerify(() => test.chat.sampling.temperatureSet);
        verify(test.chat.sampling.temperature > before);
        item("seed").forceActiveFocus();
        Host.type("42");
        Host.key(Qt.Key_Return);
        compare(test.chat.sampling.seed, "42");
        click("resetSampling");
        verify(!test.chat.sampling.anySet);
        compare(test.chat.sampling.temperature, before);
    }
}
