// SPDX-License-Identifier: Apache-2.0
// One conversation: its messages, its draft, its role and sampling, and the answer that is being
// written.
//
// Everything is stored as it happens: the user's message and an empty answer before any token,
// streamed text at least once a second, the final text with its statistics. A session goes on
// generating while another one is shown. Requests are refused before anything is stored when they
// do not fit the context; the draft is kept then. GUI thread only; reading documents, counting
// tokens and SQLite happen elsewhere.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QTimer>
#include <QUrl>
#include <QVariantMap>
#include <functional>
#include <memory>
#include <vector>

#include "engine/role.h"
#include "gui/chat/answer_writer.h"
#include "gui/chat/chat_services.h"
#include "gui/chat/generation.h"
#include "gui/chat/message_tree.h"
#include "gui/chat/prompt_builder.h"
#include "gui/chat/sampling_settings.h"
#include "gui/chat/token_meter.h"
#include "gui/chat/transcript_model.h"
#include "gui/documents/attachment_list_model.h"
#include "gui/documents/document_shelf.h"
#include "gui/documents/summary_run.h"

namespace gui {

class ChatSession : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  Q_PROPERTY(qint64 conversationId READ conversationId NOTIFY
                 conversationIdChanged)  // 0: nothing stored yet
  Q_PROPERTY(QString title READ title NOTIFY titleChanged)
  Q_PROPERTY(gui::TranscriptModel* transcript READ transcript CONSTANT)
  Q_PROPERTY(gui::AttachmentListModel* attachments READ attachments CONSTANT)  // of the draft
  Q_PROPERTY(gui::SamplingSettings* sampling READ sampling CONSTANT)
  Q_PROPERTY(QString draft READ draft WRITE setDraft NOTIFY draftChanged)
  Q_PROPERTY(gui::ChatSession::Status status READ status NOTIFY statusChanged)
  Q_PROPERTY(bool busy READ busy NOTIFY statusChanged)
  Q_PROPERTY(QString errorString READ errorString NOTIFY errorChanged)
  // What helps: "" (nothing), "reload" (the model), "restart" (Fireside), "models" (choose one),
  // "retry" (the last answer)
  Q_PROPERTY(QString errorAction READ errorAction NOTIFY errorChanged)
  Q_PROPERTY(double progress READ progress NOTIFY
                 progressChanged)  // 0 to 1; -1: unknown or nothing to show
  Q_PROPERTY(QString progressText READ progressText NOTIFY progressChanged)

  Q_PROPERTY(QString roleId READ roleId NOTIFY roleChanged)
  Q_PROPERTY(QString roleName READ roleName NOTIFY roleChanged)
  Q_PROPERTY(QString roleIcon READ roleIcon NOTIFY roleChanged)
  Q_PROPERTY(QString roleGreeting READ roleGreeting NOTIFY roleChanged)
  Q_PROPERTY(QStringList roleStarters READ roleStarters NOTIFY roleChanged)

  Q_PROPERTY(int draftTokens READ draftTokens NOTIFY meterChanged)
  Q_PROPERTY(int attachmentTokens READ attachmentTokens NOTIFY meterChanged)
  Q_PROPERTY(int historyTokens READ historyTokens NOTIFY meterChanged)  // role and earlier messages
  Q_PROPERTY(
      int contextUsed READ contextUsed NOTIFY meterChanged)  // the three together with the template
  Q_PROPERTY(int contextLimit READ contextLimit NOTIFY meterChanged)  // 0: no model yet
  Q_PROPERTY(QString meterText READ meterText NOTIFY meterChanged)
  Q_PROPERTY(bool fits READ fits NOTIFY meterChanged)
  Q_PROPERTY(QString fitText READ fitText NOTIFY meterChanged)
  Q_PROPERTY(QStringList fitChoices READ fitChoices NOTIFY meterChanged)

  Q_PROPERTY(double tokensPerSecond READ tokensPerSecond NOTIFY statisticsChanged)
  Q_PROPERTY(double ttftMs READ ttftMs NOTIFY statisticsChanged)
  Q_PROPERTY(int reusedTokens READ reusedTokens NOTIFY statisticsChanged)
  Q_PROPERTY(int computedTokens READ computedTokens NOTIFY statisticsChanged)
  Q_PROPERTY(bool canSummarize READ canSummarize NOTIFY canSummarizeChanged)

 public:
  enum Status {
    Idle,
    Preparing,    // counting, waiting for the model or for earlier requests
    Prefilling,   // the prompt is being read
    Generating,   // tokens arrive
    Summarizing,  // sections of a long document
    ReadOnly,     // the storage cannot be written; reading works
  };
  Q_ENUM(Status)

  ChatSession(const ChatServices& services, QObject* parent = nullptr);
  ~ChatSession() override;

  // Loads a stored conversation; 0: the draft of a new one. loaded() follows, or loadFailed() and
  // errorString.
  void open(qint64 conversationId);
  // The language changed: figures and names in the transcript are written anew.
  void retranslate();

  qint64 conversationId() const { return conversationId_; }
  QString title() const { return title_; }
  TranscriptModel* transcript() { return &transcript_; }
  AttachmentListModel* attachments() { return &attachments_; }
  SamplingSettings* sampling() { return &sampling_; }
  QString draft() const { return draft_; }
  void setDraft(const QString& text);
  Status status() const;
  bool busy() const { return status_ != Idle; }
  QString errorString() const { return errorString_; }
  QString errorAction() const { return errorAction_; }
  double progress() const { return progress_; }
  QString progressText() const { return progressText_; }
  QString roleId() const;
  QString roleName() const;
  QString roleIcon() const;
  QString roleGreeting() const;
  QStringList roleStarters() const;
  int draftTokens() const { return meter_.draftTokens(); }
  int attachmentTokens() const { return meter_.attachmentTokens(); }
  int historyTokens() const { return meter_.historyTokens(); }
  int contextUsed() const { return meter_.contextUsed(); }
  int contextLimit() const { return meter_.contextLimit(); }
  QString meterText() const { return meter_.text(); }
  bool fits() const { return meter_.fits(); }
  QString fitText() const { return meter_.fitText(); }
  QStringList fitChoices() const { return meter_.fitChoices(); }
  double tokensPerSecond() const { return lastResult_.tokensPerSecond; }
  double ttftMs() const { return lastResult_.ttftMs; }
  int reusedTokens() const { return lastResult_.cachedTokens; }
  int computedTokens() const { return lastResult_.promptTokens - lastResult_.cachedTokens; }
  bool canSummarize() const;

  // Stores the message with the draft's attachments and starts the answer. False when refused:
  // errorString or fitText says why and the draft is kept.
  Q_INVOKABLE bool send(const QString& text);
  // Ends the answer or the summary that is being written; what was said stays.
  Q_INVOKABLE void stop();
  // Summarises the draft's attachments, or those of the conversation when the draft has none. False
  // when refused.
  Q_INVOKABLE bool summarize();
  // Another answer to the same question, as a new version. When refused, errorString says why.
  Q_INVOKABLE void regenerate(qint64 messageId);
  // Another version of a user's message with an answer to it. False when refused. True is not the
  // last word: its tokens are counted and it is stored first. edited() follows, or errorString says
  // why not; until then the text is the caller's to keep.
  Q_INVOKABLE bool editMessage(qint64 messageId, const QString& text);
  // Shows the version before (-1) or after (+1) this one.
  Q_INVOKABLE void selectVersion(qint64 messageId, int delta);
  Q_INVOKABLE void setFeedback(qint64 messageId, int value);
  // The message as Markdown.
  Q_INVOKABLE QString messageText(qint64 messageId) const;
  Q_INVOKABLE void attachFiles(const QList<QUrl>& files);
  // A long text becomes an attachment: true. A short one is left to the composer: false.
  Q_INVOKABLE bool pasteText(const QString& text);
  // From the next message on.
  Q_INVOKABLE void setRole(const QString& roleId);
  Q_INVOKABLE void dismissError();
  // The last answer again, after a failure.
  Q_INVOKABLE void retry();
  // {messageId, text} of the last message the person wrote; empty when there is none.
  Q_INVOKABLE QVariantMap lastUserMessage() const;

 signals:
  void conversationIdChanged();
  void titleChanged();
  void draftChanged();
  void statusChanged();
  void errorChanged();
  void progressChanged();
  void roleChanged();
  void meterChanged();
  void statisticsChanged();
  void canSummarizeChanged();
  void loaded();
  void loadFailed();
  // The other version of this message that editMessage() was given is stored.
  void edited(qint64 messageId);

 private:
  // chat_session.cpp: what is shown, stored and set
  void openFailed(const QString& reason);
  void showConversation(const ConversationData& data);
  void showDraft(const DraftRow& draft);
  void applyRole();
  void setSamplingDefaults();
  void updateMeter();
  void saveDraft();
  void storeAttachment(const QString& sha256);
  void setStatus(Status status);
  void setError(const QString& message, const QString& action = {});
  void setBackendError();
  void setProgress(double share, const QString& text);
  MessageView view(qint64 messageId) const;
  engine::Role role() const;

  // chat_session_answer.cpp: asking and answering
  enum class Task { Answer, Summary };
  bool mayAnswer();
  bool mayAsk();
  void refuse(const QString& reason);
  void ask(const NewMessage& message, Task task);
  void exchangeStored(const Exchange& exchange, const NewMessage& message, Task task);
  void beginAnswer(qint64 answerId, Task task);
  void withDocuments(qint64 answerId, void (ChatSession::*next)(qint64));
  void generateAnswer(qint64 answerId);
  void decideSummary(qint64 answerId);
  void summarizeBySections(qint64 answerId);
  void promptProgress(int done, int total);
  void addText(const QString& added);
  void keepSections();
  void finishAnswer(const GenerationResult& result);
  void failAnswer(qint64 answerId, const QString& message);
  void answerNotStored(const QString& reason);
  // This answer is still the one that is being written: what comes late is not for another.
  bool writes(qint64 answerId) const;
  Prompt promptFor(qint64 lastId) const;
  std::vector<std::shared_ptr<const engine::Document>> documentsOf(qint64 lastId) const;
  NewAnswer newAnswer() const;
  MessageRow answerRow(qint64 id, qint64 parentId) const;
  static QString withoutBlankEnds(const QString& text);

  // chat_session_versions.cpp: other versions of questions and answers
  void whenItFits(const MessageRow& question, Task task, std::function<void()> next);

  const ChatServices services_;
  qint64 conversationId_ = 0;
  QString title_;
  QString roleId_;
  bool loading_ = false;
  MessageTree tree_;
  TranscriptModel transcript_;
  AttachmentListModel attachments_;
  SamplingSettings sampling_;
  bool greedyModel_ = false;
  DocumentShelf shelf_;
  TokenMeter meter_;
  QString draft_;
  QTimer draftTimer_;
  int draftSaves_ = 0;
  bool draftUnsaved_ = false;  // the last save has not succeeded
  QTimer samplingTimer_;
  QTimer sectionsTimer_;
  Status status_ = Idle;
  QString errorString_;
  QString errorAction_;
  double progress_ = -1;
  QString progressText_;
  AnswerResult lastResult_;
  bool stopRequested_ = false;  // while a question is being stored
  bool bySections_ = false;     // a summary, unless the document fits the context
  std::unique_ptr<AnswerWriter> writer_;
  std::unique_ptr<Generation> generation_;
  std::unique_ptr<SummaryRun> summary_;
};

}  // namespace gui
