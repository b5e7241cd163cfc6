// SPDX-License-Identifier: Apache-2.0
// The composition root: makes and owns every object behind the window. Members go in reverse order,
// so that each is outlived by what it uses.
//
// The constructor opens the storage and reads the settings, nothing more; start() does what may
// wait until the first frame is on screen. GUI thread.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QThreadPool>
#include <QTranslator>
#include <QUrl>
#include <memory>
#include <vector>

#include "gui/app/app_options.h"
#include "gui/app/exporter.h"
#include "gui/chat/backend.h"
#include "gui/chat/chat_session.h"
#include "gui/chat/conversation_list_model.h"
#include "gui/chat/trash_list_model.h"
#include "gui/models/device_list.h"
#include "gui/models/engine_controller.h"
#include "gui/models/model_list_model.h"
#include "gui/roles/role_list_model.h"
#include "gui/settings/settings.h"
#include "gui/store/storage_status.h"
#include "gui/store/store.h"

namespace gui {

class App : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("made by main()")
  Q_PROPERTY(gui::Settings* settings READ settings CONSTANT)
  Q_PROPERTY(gui::ConversationListModel* conversations READ conversations CONSTANT)
  Q_PROPERTY(gui::TrashListModel* trash READ trash CONSTANT)
  Q_PROPERTY(gui::Exporter* exporter READ exporter CONSTANT)
  Q_PROPERTY(gui::RoleListModel* roles READ roles CONSTANT)
  Q_PROPERTY(gui::ModelListModel* models READ models CONSTANT)
  Q_PROPERTY(gui::DeviceList* devices READ devices CONSTANT)
  Q_PROPERTY(gui::EngineController* engine READ engine CONSTANT)
  Q_PROPERTY(gui::StorageStatus* storage READ storage CONSTANT)
  Q_PROPERTY(gui::ChatSession* chat READ chat NOTIFY chatChanged)  // never null
  Q_PROPERTY(QString version READ version CONSTANT)
  // For a file dialog: "*.pdf *.txt *.md ...".
  Q_PROPERTY(QString documentPatterns READ documentPatterns CONSTANT)

 public:
  explicit App(AppOptions options, QObject* parent = nullptr);
  ~App() override;

  // Reads the lists, looks for models, loads one, opens the last conversation, attaches the files.
  void start();

  Settings* settings() { return &settings_; }
  ConversationListModel* conversations() { return &conversations_; }
  TrashListModel* trash() { return &trash_; }
  Exporter* exporter() { return &exporter_; }
  RoleListModel* roles() { return &roles_; }
  ModelListModel* models() { return &models_; }
  DeviceList* devices() { return &devices_; }
  EngineController* engine() { return &engine_; }
  StorageStatus* storage() { return store_.status(); }
  ChatSession* chat() const { return chat_; }
  QString version() const;
  QString documentPatterns() const;
  Store* store() { return &store_; }
  Backend* backend() { return backend_.get(); }

  // A conversation without a message yet; its draft is the one that was left there.
  Q_INVOKABLE void newChat();
  Q_INVOKABLE void openConversation(qint64 conversationId);
  Q_INVOKABLE void openPrevious();
  Q_INVOKABLE void openNext();
  // To the draft of the conversation shown.
  Q_INVOKABLE void attachFiles(const QList<QUrl>& files);
  // Ends this process and begins a new one with the conversation that is shown.
  Q_INVOKABLE void restart() { emit restartWanted(); }
  Q_INVOKABLE void copyToClipboard(const QString& text);
  // http, https and mailto; anything else is ignored.
  Q_INVOKABLE void openLink(const QString& link);
  // The address as it really is, host in punycode.
  Q_INVOKABLE QString readableLink(const QString& link) const;

 signals:
  void chatChanged();
  void restartWanted();
  // The language changed: bindings are to be evaluated anew.
  void retranslated();

 private:
  ChatServices services();
  void applyLanguage();
  void show(ChatSession* session);
  ChatSession* makeSession();
  ChatSession* sessionOf(qint64 conversationId) const;
  void dropIdleSessions();
  void loadFirstModel();

  const AppOptions options_;
  QTranslator translator_;
  QTranslator qtTranslator_;  // of Qt's own dialogs, where the system has them
  Store store_;
  Settings settings_;
  RoleListModel roles_;
  QThreadPool pool_;  // reading documents, counting tokens, looking for models
  std::unique_ptr<Backend> backend_;
  EngineController engine_;
  DeviceList devices_;
  ModelListModel models_;
  ConversationListModel conversations_;
  TrashListModel trash_;
  Exporter exporter_;
  std::vector<ChatSession*> sessions_;  // children of this; the one shown and those that generate
  ChatSession* chat_ = nullptr;
  qint64 reopen_ = 0;  // the conversation that was shown when it was moved to the trash
  qint64 resume_ = 0;  // the conversation that was shown when the last window closed
};

}  // namespace gui
