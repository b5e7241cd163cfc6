// SPDX-License-Identifier: Apache-2.0
// A real store in a temporary folder, a fake backend and what a session needs besides.
#pragma once

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>
#include <memory>

#include "gui/chat/chat_session.h"
#include "gui/chat/fake_backend.h"
#include "gui/roles/role_list_model.h"
#include "gui/settings/settings.h"
#include "gui/store/storage_status.h"
#include "gui/store/store.h"

namespace gui {

class SessionFixture {
 public:
  explicit SessionFixture(const QString& folder, FakeOptions fake = fast(), qint64 maxPages = 0) {
    StoreOptions options;
    options.folder = folder;
    options.maxPages = maxPages;
    store = std::make_unique<Store>(options);
    store->open();
    store->flush();
    settings = std::make_unique<Settings>(store.get());
    roles = std::make_unique<RoleListModel>(store.get());
    roles->setLanguage(QStringLiteral("en"));
    backend = std::make_unique<FakeBackend>(fake);
    backend->load({});
  }

  ~SessionFixture() {
    sessions.clear();
    pool.waitForDone();
  }

  static FakeOptions fast() {
    FakeOptions options;
    options.tokensPerSecond = 20000;
    options.firstTokenMs = 4;
    options.answer = QStringLiteral("Hello **there**.\n\n```cpp\nint a;\n```\nDone.");
    return options;
  }

  ChatServices services() {
    return {store.get(), backend.get(), roles.get(), settings.get(), &pool};
  }

  // A session on a stored conversation, or a new one.
  ChatSession* session(qint64 id = 0) {
    sessions.push_back(std::make_unique<ChatSession>(services()));
    ChatSession* session = sessions.back().get();
    QSignalSpy loaded(session, &ChatSession::loaded);
    session->open(id);
    if (loaded.isEmpty()) {
      loaded.wait();
    }
    return session;
  }

  void close(ChatSession* session) {
    std::erase_if(sessions, [session](const auto& each) { return each.get() == session; });
  }

  // What the store holds of a conversation.
  ConversationData stored(qint64 id) {
    ConversationData data;
    QFuture<ConversationData> future = store->load(id);
    store->flush();
    return future.isFinished() && future.resultCount() > 0 ? future.result() : data;
  }

  std::unique_ptr<Store> store;
  std::unique_ptr<Settings> settings;
  std::unique_ptr<RoleListModel> roles;
  QThreadPool pool;
  std::unique_ptr<FakeBackend> backend;
  std::vector<std::unique_ptr<ChatSession>> sessions;
};

}  // namespace gui
