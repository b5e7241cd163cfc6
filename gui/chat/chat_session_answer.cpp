// SPDX-License-Identifier: Apache-2.0
// ChatSession: asking and answering.
#include <utility>

#include "gui/chat/backend.h"
#include "gui/chat/chat_session.h"
#include "gui/chat/conversation_title.h"
#include "gui/chat/error_text.h"
#include "gui/chat/number_text.h"
#include "gui/roles/role_list_model.h"
#include "gui/store/storage_status.h"
#include "gui/store/store.h"

namespace gui {
namespace {

AnswerResult toAnswerResult(const GenerationResult& result) {
  AnswerResult answer;
  answer.finishReason = QString::fromLatin1(engine::finish_reason_name(result.reason));
  answer.error = result.error;
  answer.promptTokens = result.usage.prompt_tokens;
  answer.cachedTokens = result.usage.cached_tokens;
  answer.completionTokens = result.usage.completion_tokens;
  answer.queueMs = result.timings.queue_ms;
  answer.ttftMs = result.timings.ttft_ms;
  answer.totalMs = result.timings.total_ms;
  answer.tokensPerSecond = result.timings.tokens_per_s;
  return answer;
}

}  // namespace

// Without blank lines before and blanks behind; the indent of a first line of code stays.
QString ChatSession::withoutBlankEnds(const QString& text) {
  qsizetype start = 0;
  for (qsizetype i = 0; i < text.size() && text[i].isSpace(); ++i) {
    start = text[i] == u'\n' ? i + 1 : start;
  }
  qsizetype end = text.size();
  while (end > start && text[end - 1].isSpace()) {
    --end;
  }
  return text.mid(start, end - start);
}

// Whether an answer can be begun now; says why not.
bool ChatSession::mayAnswer() {
  if (busy() || (loading_ && conversationId_ != 0)) {
    return false;
  }
  if (status() == ReadOnly) {
    setError(services_.store->status()->message());
    return false;
  }
  switch (services_.backend->state().status) {
    case Backend::Status::NoModel:
      setError(tr("No model is loaded. Choose one to go on."), QStringLiteral("models"));
      return false;
    case Backend::Status::Failed:
      setBackendError();
      return false;
    default:
      return true;
  }
}

// The same for a question with the draft's documents.
bool ChatSession::mayAsk() {
  if (!mayAnswer()) {
    return false;
  }
  if (attachments_.reading()) {
    setError(tr("A document is still being read. Send when it is ready, or remove it."));
    return false;
  }
  if (attachments_.hasProblem()) {
    setError(attachments_.needsPassword()
                 ? tr("A document is locked. Give its password, or remove it.")
                 : tr("A document could not be read. Remove it to go on."));
    return false;
  }
  return true;
}

// What was being prepared is not asked.
void ChatSession::refuse(const QString& reason) {
  setStatus(Idle);
  setError(reason);
  updateMeter();
}

bool ChatSession::send(const QString& text) {
  NewMessage message;
  message.text = withoutBlankEnds(text);
  if ((message.text.isEmpty() && attachments_.ready().isEmpty()) || !mayAsk()) {
    return false;
  }
  if (!meter_.fitsNow(message.text)) {
    return false;
  }
  ask(message, Task::Answer);
  return true;
}

NewAnswer ChatSession::newAnswer() const {
  return {roleId(), roleName(), services_.backend->state().modelName};
}

MessageRow ChatSession::answerRow(qint64 id, qint64 parentId) const {
  const NewAnswer answer = newAnswer();
  MessageRow row;
  row.id = id;
  row.conversationId = conversationId_;
  row.parentId = parentId;
  row.author = Author::Assistant;
  row.state = MessageState::Streaming;
  row.roleId = answer.roleId;
  row.roleName = answer.roleName;
  row.modelName = answer.modelName;
  return row;
}

// Stores a question with the draft's attachments; the answer begins when that is safe.
void ChatSession::ask(const NewMessage& question, Task task) {
  NewMessage message = question;
  message.roleId = roleId();
  message.roleName = roleName();
  for (const AttachmentListModel::Attachment& attachment : attachments_.ready()) {
    AttachmentRow row;
    row.id = attachment.id;
    row.name = QString::fromStdString(attachment.document->name);
    row.type = QString::fromStdString(attachment.document->type);
    row.hasRealPages = attachment.document->has_real_pages;
    row.numPages = static_cast<int>(attachment.document->pages.size());
    row.tokens = attachment.tokens;
    if (row.tokens >= 0) {
      services_.store->setAttachmentTokens(row.id, row.tokens,
                                           services_.backend->state().modelName);
    }
    message.attachments.append(row);
  }
  const QString typed = draft_.isEmpty() ? question.text : draft_;
  setError({});
  stopRequested_ = false;
  setStatus(Preparing);
  setProgress(-1, {});
  if (task == Task::Answer) {
    setDraft({});
  }
  meter_.setDraft(draft_);
  draftTimer_.stop();
  ConversationRow conversation;
  if (conversationId_ == 0) {
    conversation.title = task == Task::Summary && !message.attachments.isEmpty()
                             ? tr("Summary of %1").arg(message.attachments.first().name)
                             : titleOf(message);
    conversation.roleId = roleId();
    conversation.sampling = sampling_.toJson();
  }
  const auto stored = [this, message, task, title = conversation.title](const Exchange& exchange) {
    if (conversationId_ == 0) {
      conversationId_ = exchange.conversationId;
      title_ = title;
      emit conversationIdChanged();
      emit titleChanged();
    }
    exchangeStored(exchange, message, task);
  };
  const auto refused = [this, typed, task](const StoreError& error) {
    if (task == Task::Answer) {  // else it is there still; what was typed since stays behind it
      setDraft(draft_.isEmpty() ? typed : typed + QStringLiteral("\n\n") + draft_);
    }
    refuse(error.message());
  };
  Store& store = *services_.store;
  QFuture<Exchange> exchange =
      conversationId_ == 0
          ? store.startConversation(conversation, message, newAnswer())
          : store.appendExchange(conversationId_, tree_.leaf(), message, newAnswer());
  exchange.then(this, stored).onFailed(this, refused);
}

void ChatSession::exchangeStored(const Exchange& exchange, const NewMessage& message, Task task) {
  MessageRow user;
  user.id = exchange.userMessageId;
  user.conversationId = exchange.conversationId;
  user.parentId = tree_.leaf();
  user.text = message.text;
  user.roleId = message.roleId;
  user.roleName = message.roleName;
  user.attachments = message.attachments;
  tree_.add(user);
  attachments_.clear();
  draftTimer_.stop();
  if (!draft_.isEmpty()) {
    draftTimer_.start();  // typed since; storing the question cleared the stored draft
  }
  transcript_.append(view(user.id));
  tree_.add(answerRow(exchange.answerId, user.id));
  beginAnswer(exchange.answerId, task);
}

void ChatSession::beginAnswer(qint64 answerId, Task task) {
  transcript_.append(view(answerId));
  writer_ = std::make_unique<AnswerWriter>(services_.store, answerId);
  connect(writer_.get(), &AnswerWriter::failed, this, &ChatSession::answerNotStored);
  if (stopRequested_) {  // while the question was stored
    stop();
    return;
  }
  setStatus(Preparing);
  bySections_ = task == Task::Summary;
  updateMeter();
  if (services_.backend->state().status == Backend::Status::Loading) {
    setProgress(-1, tr("Waiting for the model"));
  }
  withDocuments(answerId,
                task == Task::Summary ? &ChatSession::decideSummary : &ChatSession::generateAnswer);
}

// Goes on when the documents of the prompt are in memory.
void ChatSession::withDocuments(qint64 answerId, void (ChatSession::*next)(qint64)) {
  shelf_.fetch(
      neededAttachments(tree_, tree_.at(answerId).parentId),
      [this, answerId, next] {
        if (writes(answerId)) {
          (this->*next)(answerId);
        }
      },
      [this, answerId](const QString& reason) { failAnswer(answerId, reason); });
}

Prompt ChatSession::promptFor(qint64 lastId) const {
  Prompt prompt;
  prompt.systemPrompt = role().system_prompt;
  prompt.turns = promptTurns(
      tree_, lastId, [this](const AttachmentRow& attachment) { return shelf_.get(attachment.id); });
  prompt.sampling = sampling_.params();
  return prompt;
}

std::vector<DocumentPtr> ChatSession::documentsOf(qint64 lastId) const {
  std::vector<DocumentPtr> documents;
  for (const qint64 id : neededAttachments(tree_, lastId)) {
    if (DocumentPtr document = shelf_.get(id)) {
      documents.push_back(std::move(document));
    }
  }
  return documents;
}

void ChatSession::generateAnswer(qint64 answerId) {
  generation_ = services_.backend->generate(buildRequest(promptFor(tree_.at(answerId).parentId)));
  connect(generation_.get(), &Generation::progressChanged, this, &ChatSession::promptProgress);
  connect(generation_.get(), &Generation::textAdded, this, &ChatSession::addText);
  connect(generation_.get(), &Generation::finished, this,
          [this] { finishAnswer(generation_->result()); });
}

void ChatSession::promptProgress(int done, int total) {
  if (status_ == Generating || total <= 0) {
    return;
  }
  setStatus(Prefilling);
  setProgress(static_cast<double>(done) / total,
              tr("Reading prompt: %1 of %2").arg(numberText(done), tokensText(total)));
}

void ChatSession::addText(const QString& added) {
  if (status_ != Summarizing) {
    setStatus(Generating);
    setProgress(-1, {});
  }
  writer_->append(added);
  transcript_.appendText(added);
}

void ChatSession::stop() {
  if (summary_ != nullptr) {
    summary_->stop();
  } else if (generation_ != nullptr) {
    generation_->stop();
  } else if (writer_ != nullptr) {
    GenerationResult stopped;
    stopped.reason = engine::FinishReason::Abort;
    finishAnswer(stopped);
  } else {
    stopRequested_ = status_ == Preparing;
  }
}

// A broken device may work again, now or in a new process; a model that cannot be read will not.
void ChatSession::setBackendError() {
  const BackendState& state = services_.backend->state();
  QString action = QStringLiteral("models");
  if (state.errorCode == engine::ErrorCode::Device) {
    action = QStringLiteral("reload");
  } else if (state.errorCode == engine::ErrorCode::DeviceLost) {
    action = QStringLiteral("restart");
  }
  setError(errorText(state.errorCode, state.error), action);
}

bool ChatSession::writes(qint64 answerId) const {
  return writer_ != nullptr && writer_->messageId() == answerId;
}

void ChatSession::answerNotStored(const QString& reason) {
  if (!services_.store->status()->diskFull()) {  // that has its own banner
    setError(reason);
  }
}

void ChatSession::failAnswer(qint64 answerId, const QString& message) {
  if (writes(answerId)) {
    GenerationResult result;
    result.reason = engine::FinishReason::Error;
    result.error = message;
    finishAnswer(result);
  }
}

void ChatSession::finishAnswer(const GenerationResult& result) {
  keepSections();
  sectionsTimer_.stop();
  lastResult_ = toAnswerResult(result);
  // The writer will be gone before the store has written.
  writer_->finish(lastResult_).onFailed(this, [this](const StoreError& error) {
    answerNotStored(error.message());
  });
  MessageRow& row = tree_.at(writer_->messageId());
  row.text = writer_->text();
  row.state = MessageState::Complete;
  row.result = lastResult_;
  transcript_.finish(view(row.id));
  // They may be in the middle of a signal of theirs.
  if (generation_ != nullptr) generation_.release()->deleteLater();
  if (summary_ != nullptr) summary_.release()->deleteLater();
  writer_.release()->deleteLater();
  bySections_ = false;
  setProgress(-1, {});
  setStatus(Idle);
  const BackendState& backend = services_.backend->state();
  if (result.reason == engine::FinishReason::Error && backend.status == Backend::Status::Failed) {
    setBackendError();
  } else if (result.reason == engine::FinishReason::Error &&
             backend.status == Backend::Status::NoModel) {
    setError(result.error, QStringLiteral("models"));
  }
  emit statisticsChanged();
  emit canSummarizeChanged();
  updateMeter();
}

}  // namespace gui
