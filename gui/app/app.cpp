// SPDX-License-Identifier: Apache-2.0
#include "gui/app/app.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <algorithm>
#include <utility>

#include "engine/document_endings.h"
#include "engine/log.h"
#include "gui/chat/fake_backend.h"
#include "gui/chat/local_backend.h"
#include "gui/chat/text_safety.h"

namespace gui {
namespace {

constexpr int kPoolThreads = 4;

std::unique_ptr<Backend> makeBackend(const AppOptions& options) {
  if (options.fake) {
    FakeOptions fake;
    fake.tokensPerSecond = options.fakeTokensPerSecond;
    return std::make_unique<FakeBackend>(fake);
  }
  return std::make_unique<LocalBackend>();
}

StoreOptions storeOptions(const AppOptions& options) {
  StoreOptions store;
  store.folder = options.dataFolder;
  return store;
}

}  // namespace

App::App(AppOptions options, QObject* parent)
    : QObject(parent),
      options_(std::move(options)),
      store_(storeOptions(options_)),
      settings_(&store_),
      roles_(&store_),
      backend_(makeBackend(options_)),
      engine_(backend_.get(), &settings_),
      devices_(&settings_, &engine_, &pool_),
      models_(&settings_, &engine_, &pool_),
      conversations_(&store_, &roles_),
      trash_(&store_),
      exporter_(&store_, &pool_) {
  // A task may wait for a helper process; the others go on.
  pool_.setMaxThreadCount(std::max(kPoolThreads, pool_.maxThreadCount()));
  store_.open();
  settings_.load();
  store_.flush();
  engine_.setDevice(options_.device);
  applyLanguage();
  connect(&settings_, &Settings::languageChanged, this, &App::applyLanguage);
  connect(&conversations_, &ConversationListModel::removed, this, [this](qint64 id) {
    ChatSession* session = sessionOf(id);
    if (session == nullptr) {
      return;
    }
    session->stop();
    if (session == chat_) {
      reopen_ = id;
      newChat();
    }
  });
  // Back to what it was; but whoever has gone elsewhere since stays there.
  connect(&conversations_, &ConversationListModel::undone, this, [this](qint64 id) {
    if (id == reopen_ && chat_->conversationId() == 0 && !chat_->busy()) {
      openConversation(id);
    }
  });
  resume_ = settings_.lastConversation();
  newChat();
}

App::~App() {
  // Sessions end their answers and store what was said; the store outlives them.
  sessions_.clear();
  qDeleteAll(findChildren<ChatSession*>(Qt::FindDirectChildrenOnly));
  pool_.clear();
  pool_.waitForDone();
}

void App::start() {
  roles_.refresh();
  conversations_.refresh();
  trash_.refresh();
  if (options_.files.isEmpty() && resume_ != 0) {
    openConversation(resume_);
  }
  attachFiles(options_.files);
  connect(&models_, &ModelListModel::refreshed, this, &App::loadFirstModel,
          Qt::SingleShotConnection);
  models_.refresh();
  devices_.refresh();
  const QString wanted = !options_.modelPath.isEmpty() ? options_.modelPath : settings_.modelPath();
  if (options_.fake || !wanted.isEmpty()) {
    engine_.loadUnasked(wanted);
  }
}

// Nothing was chosen yet: the best model that was found. On a device that was named and cannot be
// used none fits; then loading says why.
void App::loadFirstModel() {
  const bool named = !options_.device.isEmpty() && options_.device != QLatin1String("auto");
  const QString best = models_.bestModel();
  const QString model = best.isEmpty() && named ? models_.firstModel() : best;
  if (engine_.status() == EngineController::NoModel && !model.isEmpty()) {
    engine_.loadUnasked(model);
  }
}

void App::applyLanguage() {
  QString language = !options_.language.isEmpty() ? options_.language : settings_.language();
  if (language.isEmpty()) {
    language = QLocale::system().language() == QLocale::Chinese ? QStringLiteral("zh_CN")
                                                                : QStringLiteral("en");
  }
  QCoreApplication::removeTranslator(&translator_);
  QCoreApplication::removeTranslator(&qtTranslator_);
  QLocale::setDefault(QLocale(language));
  // English too: its file holds the plural forms.
  if (translator_.load(QStringLiteral(":/i18n/fireside_") + language)) {
    QCoreApplication::installTranslator(&translator_);
  } else {
    spdlog::warn("no translation for {}", engine::printable(language.toStdString()));
  }
  if (qtTranslator_.load(QStringLiteral("qt_") + language,
                         QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
    QCoreApplication::installTranslator(&qtTranslator_);
  }
  roles_.setLanguage(language);
  conversations_.retranslate();
  trash_.retranslate();
  engine_.retranslate();
  devices_.retranslate();
  for (ChatSession* session : sessions_) {
    session->retranslate();
  }
  emit retranslated();
}

ChatServices App::services() { return {&store_, backend_.get(), &roles_, &settings_, &pool_}; }

QString App::version() const { return QStringLiteral(FIRESIDE_VERSION); }

QString App::documentPatterns() const {
  QStringList patterns;
  for (const std::string& ending : engine::document_endings()) {
    patterns.append(QStringLiteral("*.") + QString::fromStdString(ending));
  }
  return patterns.join(u' ');
}

ChatSession* App::makeSession() {
  auto* session = new ChatSession(services(), this);
  sessions_.push_back(session);
  connect(session, &ChatSession::statusChanged, this, [this, session] {
    conversations_.setGenerating(session->conversationId(), session->busy());
    if (!session->busy() && session != chat_) {
      dropIdleSessions();
    }
  });
  connect(session, &ChatSession::loadFailed, this, [this, session] {
    // The conversation of the last time may be gone by now.
    if (session == chat_ && session->conversationId() == resume_ && resume_ != 0) {
      newChat();
    }
  });
  connect(session, &ChatSession::conversationIdChanged, this, [this, session] {
    conversations_.setGenerating(session->conversationId(), session->busy());
    if (session == chat_) {
      conversations_.setCurrent(session->conversationId());
      settings_.setLastConversation(session->conversationId());
    }
  });
  return session;
}

ChatSession* App::sessionOf(qint64 conversationId) const {
  const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                  [conversationId](const ChatSession* session) {
                                    return session->conversationId() == conversationId;
                                  });
  return found == sessions_.end() ? nullptr : *found;
}

void App::show(ChatSession* session) {
  if (session != chat_) {
    chat_ = session;
    emit chatChanged();
  }
  conversations_.setCurrent(session->conversationId());
  settings_.setLastConversation(session->conversationId());
  dropIdleSessions();
}

// Sessions that neither are shown nor generate go; later, because QML may still hold them in this
// event.
void App::dropIdleSessions() {
  const auto idle =
      std::partition(sessions_.begin(), sessions_.end(),
                     [this](const ChatSession* each) { return each == chat_ || each->busy(); });
  std::for_each(idle, sessions_.end(), [](ChatSession* session) { session->deleteLater(); });
  sessions_.erase(idle, sessions_.end());
}

void App::newChat() {
  ChatSession* session = sessionOf(0);
  if (session == nullptr || session->busy()) {  // busy: its first message is just being stored
    session = makeSession();
    session->open(0);
  }
  show(session);
}

void App::openConversation(qint64 conversationId) {
  if (conversationId <= 0) {
    newChat();
    return;
  }
  ChatSession* session = sessionOf(conversationId);
  if (session == nullptr) {
    session = makeSession();
    session->open(conversationId);
  }
  show(session);
}

void App::openPrevious() {
  if (const qint64 id = conversations_.neighbour(chat_->conversationId(), -1); id != 0) {
    openConversation(id);
  }
}

void App::openNext() {
  if (const qint64 id = conversations_.neighbour(chat_->conversationId(), 1); id != 0) {
    openConversation(id);
  }
}

void App::attachFiles(const QList<QUrl>& files) {
  if (!files.isEmpty()) {
    chat_->attachFiles(files);
  }
}

void App::copyToClipboard(const QString& text) { QGuiApplication::clipboard()->setText(text); }

void App::openLink(const QString& link) {
  if (isSafeLink(link)) {
    QDesktopServices::openUrl(QUrl(link, QUrl::TolerantMode));
  }
}

QString App::readableLink(const QString& link) const { return gui::readableLink(link); }

}  // namespace gui
