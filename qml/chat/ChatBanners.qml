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

    signal modelsWanted()

    function actionText(action: string): string {
        switch (action) {
        case "reload":
            return qsTr("Reload model");
        case "models":
            return qsTr("Choose a model");
        case "retry":
            return qsTr("Try again");
        default:
            return "";
        }
    }

    spacing: 8

    Banner {
        objectName: "chatBanner"
        Layout.fillWidth: true
        Layout.bottomMargin: 8
        visible: banners.chat.errorString.length > 0
        tone: Banner.Bad
        text: banners.chat.errorString
        actionText: banners.actionText(banners.chat.errorAction)
        dismissable: true
        onDismissed: banners.chat.dismissError()
        onActionTriggered: {
            const action = banners.chat.errorAction;
            banners.chat.dismissError();
            if (action === "reload")
                banners.app.engine.reload();
            else if (action === "models")
                banners.modelsWanted();
            else
                banners.chat.retry();
        }
    }
    Banner {
        objectName: "engineBanner"
        Layout.fillWidth: true
        Layout.bottomMargin: 8
        visible: banners.app.engine.status === EngineController.Failed && banners.chat.errorString.length === 0
        tone: Banner.Bad
        text: banners.app.engine.errorString
        // A device that broke may work again; a model that cannot be read will not.
        actionText: banners.app.engine.deviceBroke ? qsTr("Reload model") : qsTr("Choose a model")
        onActionTriggered: {
            if (banners.app.engine.deviceBroke)
                banners.app.engine.reload();
            else
                banners.modelsWanted();
        }
    }
}
