// SPDX-License-Identifier: Apache-2.0
// What went wrong with this conversation or its model, above the composer, each with what helps.
import QtQuick
import QtQuick.Layouts
import Fireside.Gui
import Fireside.Ui

ColumnLayout {
    id: banners

    required property App app
    readonly property ChatSession chat: app.chat
    readonly property bool engineFailed: app.engine.status === EngineController.Failed
    // A question that was refused because of the engine says the same as the engine.
    readonly property bool ofChat: chat.errorString.length > 0 && !(engineFailed && chat.errorString === app.engine.errorString)
    readonly property string text: ofChat ? chat.errorString : engineFailed ? app.engine.errorString : ""

    property int maximumLines: 8

    signal modelsWanted()

    function actionText(action: string): string {
        switch (action) {
        case "reload":
            return qsTr("Reload model");
        case "restart":
            return qsTr("Restart Fireside");
        case "models":
            return qsTr("Choose a model");
        case "retry":
            return qsTr("Try again");
        default:
            return "";
        }
    }

    function act(action: string): void {
        switch (action) {
        case "reload":
            app.engine.reload();
            break;
        case "restart":
            app.restart();
            break;
        case "models":
            modelsWanted();
            break;
        default:
            chat.retry();
        }
    }

    spacing: 8

    Banner {
        objectName: "chatBanner"
        Layout.fillWidth: true
        Layout.bottomMargin: 8
        visible: banners.ofChat
        tone: Banner.Bad
        maximumLines: banners.maximumLines
        text: banners.chat.errorString
        actionText: banners.actionText(banners.chat.errorAction)
        dismissable: true
        onDismissed: banners.chat.dismissError()
        onActionTriggered: {
            const action = banners.chat.errorAction;
            banners.chat.dismissError();
            banners.act(action);
        }
    }
    Banner {
        // A device that broke may work again, now or in a new process; a model that cannot be read will not.
        readonly property string action: banners.app.engine.deviceBroke ? "reload" : banners.app.engine.deviceLost ? "restart" : "models"

        objectName: "engineBanner"
        Layout.fillWidth: true
        Layout.bottomMargin: 8
        visible: banners.engineFailed && !banners.ofChat
        tone: Banner.Bad
        maximumLines: banners.maximumLines
        text: banners.app.engine.errorString
        actionText: banners.actionText(action)
        onActionTriggered: banners.act(action)
    }
}
