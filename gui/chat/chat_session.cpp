// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/chat_session.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "gui/chat/backend.h"
#include "gui/chat/error_text.h"
#include "gui/chat/message_views.h"
#include "gui/chat/task.h"
#include "gui/chat/transcript_rows.h"
#include "gui/documents/attachment_rows.h"
#include "gui/roles/role_list_model.h"
#include "gui/store/storage_status.h"
#include "gui/store/store.h"

namespace gui {
namespace {

constexpr int kDraftMs = 500;
constexpr int kSamplingMs = 300;
constexpr int kSectionsMs = 1000;
constexpr qsizetype kLongPaste = 8192;      // bytes of UTF-8
constexpr qsizetype kParseAtOnce = 200000;  // characters: about 10 ms

}  // namespace

ChatSession::ChatSession(const ChatServices& services, QObject* parent)
    : QObject(parent),
      services_(services),
      attachments_(services.backend, services.pool),
      shelf_(services.store, services.pool),
      meter_(services.backend, services.pool) {
  const auto after = [this](QTimer& timer, int ms, void (ChatSession::*slot)()) {
    timer.setSingleShot(true);
    timer.setInterval(ms);
    connect(&timer, &QTimer::timeout, this, slot);
  };
  after(draftTimer_, kDraftMs, &ChatSession::saveDraft);
  after(sectionsTimer_, kSectionsMs, &ChatSession::keepSections);
  samplingTimer_.setSingleShot(true);
  samplingTimer_.setInterval(kSamplingMs);
  connect(&samplingTimer_, &QTimer::timeout, this, [this] {
    if (conversationId_ != 0) {
      services_.store->setSampling(conversationId_, sampling_.toJson());
    }
  });
  connect(&sampling_, &SamplingSettings::edited, this, [this] { samplingTimer_.start(); });
  connect(&meter_, &TokenMeter::changed, this, &ChatSession::meterChanged);
  connect(&attachments_, &AttachmentListModel::imported, this, &ChatSession::storeAttachment);
  connect(&attachments_, &AttachmentListModel::totalTokensChanged, this, [this] {
    updateMeter();
    draftTimer_.start();
    emit canSummarizeChanged();
  });
  connect(services.roles, &RoleListModel::roleChanged, this, [this] { applyRole(); });
  connect(services.roles, &RoleListModel::countChanged, this, [this] { applyRole(); });
  connect(services.store, &Store::conversationChanged, this, [this](const ConversationRow& row) {
    if (row.id == conversationId_ && row.title != title_) {
      title_ = row.title;
      emit titleChanged();
    }
  });
  connect(services.backend, &Backend::stateChanged, this, [this] {
    const bool ofBackend = errorAction_ == QLatin1String("reload") ||
                           errorAction_ == QLatin1String("restart") ||
                           errorAction_ == QLatin1String("models");
    if (services_.backend->ready() && ofBackend) {
      dismissError();
    }
    if (services_.backend->state().greedy != greedyModel_) {
      setSamplingDefaults();
    }
  });
  connect(services.store->status(), &StorageStatus::changed, this, [this] {
    emit statusChanged();
    const StorageStatus& storage = *services_.store->status();
    if (draftUnsaved_ && !storage.diskFull() && !storage.readOnly() && !draftTimer_.isActive()) {
      draftTimer_.start();
    }
  });
  applyRole();
}

ChatSession::~ChatSession() {
  if (draftTimer_.isActive() || draftUnsaved_) {
    saveDraft();
  }
  if (samplingTimer_.isActive() && conversationId_ != 0) {
    services_.store->setSampling(conversationId_, sampling_.toJson());
  }
  keepSections();
}

void ChatSession::open(qint64 conversationId) {
  conversationId_ = conversationId;
  loading_ = true;
  emit conversationIdChanged();
  const auto failed = [this](const StoreError& error) { openFailed(error.message()); };
  if (conversationId == 0) {
    services_.store->draft(0)
        .then(this,
              [this](const DraftRow& draft) {
                loading_ = false;
                if (!busy() && conversationId_ == 0) {  // else something was sent meanwhile
                  showDraft(draft);
                }
                emit loaded();
              })
        .onFailed(this, failed);
  } else {
    services_.store->load(conversationId)
        .then(this, [this](const ConversationData& data) { showConversation(data); })
        .onFailed(this, failed);
  }
}

void ChatSession::openFailed(const QString& reason) {
  loading_ = false;
  setError(reason);
  emit loadFailed();
}

void ChatSession::showConversation(const ConversationData& data) {
  title_ = data.conversation.title;
  roleId_ = data.conversation.roleId;
  sampling_.fromJson(data.conversation.sampling);
  tree_ = MessageTree(data.messages, data.conversation.leafId);
  emit titleChanged();
  const QList<MessageView> views = messageViews(tree_, *services_.roles);
  qsizetype size = 0;
  for (const MessageView& view : views) {
    size += view.text.size();
  }
  const auto shown = [this, draft = data.draft] {
    loading_ = false;
    if (tree_.contains(tree_.leaf())) {
      lastResult_ = tree_.at(tree_.leaf()).result;
    }
    emit statisticsChanged();
    emit canSummarizeChanged();
    applyRole();
    showDraft(draft);
    emit loaded();
  };
  if (size <= kParseAtOnce) {
    transcript_.reset(views);
    shown();
    return;
  }
  runTask(
      services_.pool, this,
      [views] {
        std::vector<TranscriptRow> rows;
        for (const MessageView& view : views) {
          std::ranges::move(transcriptRows(view), std::back_inserter(rows));
        }
        return rows;
      },
      [this, views, shown](std::vector<TranscriptRow> rows) {
        transcript_.reset(views, std::move(rows));
        shown();
      },
      [this](const engine::Error& error) { openFailed(errorText(error)); });
}

// What was typed since the session was made stays; the stored draft is from before.
void ChatSession::showDraft(const DraftRow& draft) {
  if (draft_.isEmpty() && !draft.text.isEmpty()) {
    setDraft(draft.text);
    draftTimer_.stop();
  }
  QList<qint64> ids;
  for (const AttachmentRow& row : draft.attachments) {
    ids.append(row.id);
  }
  shelf_.fetch(
      ids,
      [this, draft] {
        for (const AttachmentRow& row : draft.attachments) {
          attachments_.addStored({row.id, shelf_.get(row.id), row.tokens});
        }
        draftTimer_.stop();
      },
      [this](const QString& reason) { setError(reason); });
  updateMeter();
}

void ChatSession::retranslate() {
  if (writer_ == nullptr && !tree_.isEmpty()) {
    transcript_.reset(messageViews(tree_, *services_.roles));
  }
  emit meterChanged();
}

engine::Role ChatSession::role() const { return services_.roles->role(roleId_); }
QString ChatSession::roleId() const { return QString::fromStdString(role().id); }
QString ChatSession::roleName() const { return QString::fromStdString(role().name); }
QString ChatSession::roleIcon() const { return QString::fromStdString(role().icon); }
QString ChatSession::roleGreeting() const { return QString::fromStdString(role().greeting); }

QStringList ChatSession::roleStarters() const {
  QStringList starters;
  for (const std::string& starter : role().starters) {
    starters.append(QString::fromStdString(starter));
  }
  return starters;
}

void ChatSession::setRole(const QString& roleId) {
  if (!services_.roles->contains(roleId) || roleId == this->roleId()) {
    return;
  }
  roleId_ = roleId;
  if (conversationId_ != 0) {
    services_.store->setRole(conversationId_, roleId)
        .onFailed(this, [this](const StoreError& error) { setError(error.message()); });
  }
  applyRole();
}

// The role's, but for a model that always takes the likeliest token.
void ChatSession::setSamplingDefaults() {
  engine::SamplingParams defaults = role().sampling;
  greedyModel_ = services_.backend->state().greedy;
  if (greedyModel_) {
    defaults.temperature = 0;
  }
  sampling_.setDefaults(defaults);
}

// The role or its texts changed.
void ChatSession::applyRole() {
  setSamplingDefaults();
  emit roleChanged();
  updateMeter();
}

MessageView ChatSession::view(qint64 messageId) const {
  return messageView(tree_, *services_.roles, messageId);
}

// What the next message would follow. While an answer is being written that is all up to its
// question; a document that is read section by section will be there as its summaries only.
void ChatSession::updateMeter() {
  if (loading_ || (busy() && writer_ == nullptr)) {
    return;
  }
  const auto end = [this] {
    return writer_ == nullptr ? tree_.leaf() : tree_.at(writer_->messageId()).parentId;
  };
  shelf_.fetch(
      neededAttachments(tree_, end()),
      [this, end, last = end()] {
        if (last != end()) {  // the conversation went on, and was counted again
          return;
        }
        std::vector<DocumentPtr> documents;
        for (const AttachmentListModel::Attachment& attachment : attachments_.ready()) {
          documents.push_back(attachment.document);
        }
        Prompt prompt = promptFor(last);
        if (bySections_ && !prompt.turns.empty()) {
          prompt.turns.back().documents.clear();
        }
        meter_.setConversation(prompt, documents, attachments_.totalTokens());
      },
      [this](const QString& reason) { setError(reason); });
}

void ChatSession::setDraft(const QString& text) {
  if (draft_ != text) {
    draft_ = text;
    meter_.setDraft(text);
    draftTimer_.start();
    emit draftChanged();
  }
}

void ChatSession::saveDraft() {
  draftTimer_.stop();
  DraftRow row;
  row.text = draft_;
  for (const AttachmentListModel::Attachment& attachment : attachments_.ready()) {
    AttachmentRow attached;
    attached.id = attachment.id;
    attached.name = QString::fromStdString(attachment.document->name);
    row.attachments.append(attached);
  }
  // A store that cannot write says so by its status; when it can again, this is tried again.
  draftUnsaved_ = true;
  services_.store->setDraft(conversationId_, row)
      .then(this,
            [this, save = ++draftSaves_] {
              if (save == draftSaves_) draftUnsaved_ = false;
            })
      .onFailed(this, [](const StoreError&) {});
}

void ChatSession::storeAttachment(const QString& sha256) {
  const DocumentPtr document = attachments_.document(sha256);
  if (document == nullptr) {
    return;
  }
  const auto refused = [this, sha256](const QString& reason) {
    attachments_.refuseStored(sha256, reason);
  };
  runTask(
      services_.pool, this, [document] { return toRow(*document); },
      [this, document, sha256, refused](const AttachmentRow& row) {
        services_.store->addAttachment(row)
            .then(this,
                  [this, document, sha256](const AttachmentRow& stored) {
                    shelf_.put(stored.id, document);
                    attachments_.setStoredId(sha256, stored.id);
                  })
            .onFailed(this, [refused](const StoreError& error) { refused(error.message()); });
      },
      [refused](const engine::Error& error) { refused(errorText(error)); });
}

ChatSession::Status ChatSession::status() const {
  const bool readOnly = services_.store->status()->report().mode == OpenReport::Mode::ReadOnly;
  return status_ == Idle && readOnly ? ReadOnly : status_;
}

void ChatSession::setStatus(Status status) {
  if (status_ != status) {
    status_ = status;
    emit statusChanged();
  }
}

void ChatSession::setError(const QString& message, const QString& action) {
  if (errorString_ != message || errorAction_ != action) {
    errorString_ = message;
    errorAction_ = action;
    emit errorChanged();
  }
}

void ChatSession::dismissError() { setError({}); }

void ChatSession::setProgress(double share, const QString& text) {
  if (progress_ != share || progressText_ != text) {
    progress_ = share;
    progressText_ = text;
    emit progressChanged();
  }
}

bool ChatSession::canSummarize() const {
  return !attachments_.ready().isEmpty() || !documentsOf(tree_.leaf()).empty();
}

void ChatSession::setFeedback(qint64 messageId, int value) {
  if (!tree_.contains(messageId)) {
    return;
  }
  const int feedback = std::clamp(value, -1, 1);
  tree_.at(messageId).feedback = feedback;
  transcript_.update(view(messageId));
  services_.store->setFeedback(messageId, feedback).onFailed(this, [this](const StoreError& error) {
    setError(error.message());
  });
}

QString ChatSession::messageText(qint64 messageId) const {
  if (writer_ != nullptr && writer_->messageId() == messageId) {
    return writer_->text();
  }
  return tree_.contains(messageId) ? tree_.at(messageId).text : QString();
}

QVariantMap ChatSession::lastUserMessage() const {
  const QList<qint64> path = tree_.path();
  const auto last = std::find_if(path.rbegin(), path.rend(),
                                 [this](qint64 id) { return tree_.at(id).author == Author::User; });
  if (last == path.rend()) {
    return {};
  }
  return {{QStringLiteral("messageId"), *last}, {QStringLiteral("text"), tree_.at(*last).text}};
}

void ChatSession::attachFiles(const QList<QUrl>& files) { attachments_.addFiles(files); }

bool ChatSession::pasteText(const QString& text) {
  if (text.toUtf8().size() <= kLongPaste) {
    return false;
  }
  attachments_.addText(tr("Pasted text"), text);
  return true;
}

}  // namespace gui
