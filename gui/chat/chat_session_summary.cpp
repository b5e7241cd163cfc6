// SPDX-License-Identifier: Apache-2.0
// ChatSession: summaries.
#include <QLocale>
#include <utility>

#include "engine/summary.h"
#include "gui/chat/backend.h"
#include "gui/chat/chat_session.h"
#include "gui/chat/error_text.h"
#include "gui/chat/task.h"
#include "gui/roles/role_list_model.h"
#include "gui/store/store.h"

namespace gui {
namespace {

constexpr int kMinSummaryTokens = 400;  // room for the summary behind a whole document

std::string interfaceLanguage() {
  return QLocale().language() == QLocale::Chinese ? "zh_CN" : "en";
}

}  // namespace

bool ChatSession::summarize() {
  if (!canSummarize() || !mayAsk()) {
    return false;
  }
  NewMessage message;
  message.text = QString::fromStdString(engine::summary_instruction(interfaceLanguage()));
  ask(message, Task::Summary);
  return true;
}

// The whole document in one prompt when it fits, otherwise section by section. Needs the model's
// counts.
void ChatSession::decideSummary(qint64 answerId) {
  const BackendState& state = services_.backend->state();
  if (state.status == Backend::Status::Loading) {
    connect(
        services_.backend, &Backend::stateChanged, this,
        [this, answerId] {
          if (writes(answerId)) {
            withDocuments(answerId, &ChatSession::decideSummary);
          }
        },
        Qt::SingleShotConnection);
    return;
  }
  if (state.counter == nullptr) {
    failAnswer(answerId, errorText(state.errorCode, state.error.isEmpty()
                                                        ? QStringLiteral("No model is loaded.")
                                                        : state.error));
    return;
  }
  runTask(
      services_.pool, this,
      [counter = state.counter, prompt = promptFor(tree_.at(answerId).parentId)] {
        return counter->countPrompt(buildRequest(prompt));
      },
      [this, answerId](int tokens) {
        if (!writes(answerId)) {
          return;
        }
        const bool fits = tokens + kMinSummaryTokens <= services_.backend->state().contextLimit;
        bySections_ = !fits;
        updateMeter();
        withDocuments(answerId,
                      fits ? &ChatSession::generateAnswer : &ChatSession::summarizeBySections);
      },
      [this, answerId](const engine::Error& error) { failAnswer(answerId, errorText(error)); });
}

void ChatSession::summarizeBySections(qint64 answerId) {
  SummaryJob job;
  job.documents = documentsOf(tree_.at(answerId).parentId);
  job.systemPrompt = role().system_prompt;
  job.sampling = sampling_.params();
  job.language = interfaceLanguage();
  if (job.documents.empty()) {
    generateAnswer(
        answerId);  // the conversation itself is too long: the engine says so, with figures
    return;
  }
  setStatus(Summarizing);
  summary_ = std::make_unique<SummaryRun>(services_.backend, services_.pool, std::move(job));
  connect(summary_.get(), &SummaryRun::progressChanged, this, &ChatSession::setProgress);
  connect(summary_.get(), &SummaryRun::textAdded, this, &ChatSession::addText);
  connect(summary_.get(), &SummaryRun::sectionsChanged, this, [this] {
    tree_.at(writer_->messageId()).sections = summary_->sections();
    if (!sectionsTimer_.isActive()) {
      sectionsTimer_.start();
    }
  });
  connect(summary_.get(), &SummaryRun::finished, this,
          [this] { finishAnswer(summary_->result()); });
  summary_->start();
}

void ChatSession::keepSections() {
  if (writer_ != nullptr && summary_ != nullptr && !summary_->sections().isEmpty()) {
    services_.store->setSections(writer_->messageId(), summary_->sections());
  }
}

}  // namespace gui
