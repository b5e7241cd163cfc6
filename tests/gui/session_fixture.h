// SPDX-License-Identifier: Apache-2.0
// A real store in a temporary folder, a fake backend and what a session needs besides; and the
// beginning and end of the tests that talk through it.
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

inline const QString kQuestion = QStringLiteral("How do I read a file?");

inline QList<int> kinds(ChatSession* session) {
  QList<int> list;
  const TranscriptModel& model = *session->transcript();
  for (int row = 0; row < model.rowCount(); ++row) {
    list.append(model.data(model.index(row), TranscriptModel::KindRole).toInt());
  }
  return list;
}

inline QVariant lastRow(ChatSession* session, int role) {
  const TranscriptModel& model = *session->transcript();
  return model.data(model.index(model.rowCount() - 1), role);
}

inline qint64 lastId(ChatSession* session) {
  return lastRow(session, TranscriptModel::MessageIdRole).toLongLong();
}

// A folder and a fixture for each test function.
class SessionTestBase : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    fixture_ = std::make_unique<SessionFixture>(folder_->path());
  }

  void cleanup() {
    fixture_.reset();
    folder_.reset();
  }

 protected:
  void send(ChatSession* session, const QString& text) {
    QTRY_VERIFY(!session->busy());
    QVERIFY(session->send(text));
    QTRY_VERIFY(!session->busy());
  }

  ChatSession* sent() {
    ChatSession* session = fixture_->session();
    send(session, kQuestion);
    return session;
  }

  void restart() {
    fixture_.reset();
    fixture_ = std::make_unique<SessionFixture>(folder_->path());
  }

  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<SessionFixture> fixture_;
};

}  // namespace gui
