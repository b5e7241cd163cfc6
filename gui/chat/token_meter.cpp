// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/token_meter.h"

#include "gui/chat/number_text.h"
#include "gui/chat/task.h"

namespace gui {
namespace {

constexpr int kBaseDelayMs = 30;
constexpr int kDraftDelayMs = 120;
constexpr int kMinAnswerTokens = 32;       // room without which an answer makes no sense
constexpr qsizetype kCountAtOnce = 16384;  // characters: a millisecond or two

}  // namespace

TokenMeter::TokenMeter(Backend* backend, QThreadPool* pool, QObject* parent)
    : QObject(parent), backend_(backend), pool_(pool), prompt_(std::make_shared<Prompt>()) {
  baseTimer_.setSingleShot(true);
  baseTimer_.setInterval(kBaseDelayMs);
  connect(&baseTimer_, &QTimer::timeout, this, &TokenMeter::countBase);
  draftTimer_.setSingleShot(true);
  draftTimer_.setInterval(kDraftDelayMs);
  connect(&draftTimer_, &QTimer::timeout, this, &TokenMeter::countDraft);
  connect(backend, &Backend::stateChanged, this, [this] {
    baseKnown_ = false;
    baseTimer_.start();
    draftTimer_.start();
    emit changed();
  });
}

void TokenMeter::setConversation(
    const Prompt& prompt, const std::vector<std::shared_ptr<const engine::Document>>& attachments,
    int attachmentTokens) {
  auto next = std::make_shared<Prompt>(prompt);
  hasHistory_ = !next->turns.empty();
  hasAttachments_ = !attachments.empty();
  next->turns.push_back({true, {}, attachments});
  prompt_ = std::move(next);
  attachmentTokens_ = attachmentTokens;
  ++baseVersion_;
  baseKnown_ = false;
  baseTimer_.start();
}

void TokenMeter::setDraft(const QString& text) {
  if (draft_ != text) {
    draft_ = text;
    ++draftVersion_;
    draftTimer_.start();
  }
}

void TokenMeter::countBase() {
  const auto counter = backend_->state().counter;
  if (counter == nullptr) {
    return;
  }
  runTask(
      pool_, this,
      [counter, prompt = prompt_] { return counter->countPrompt(buildRequest(*prompt)); },
      [this, counter, version = baseVersion_](int tokens) {
        if (version == baseVersion_ && counter == backend_->state().counter) {
          baseTokens_ = tokens;
          baseKnown_ = true;
          emit changed();
        }
      },
      [](const engine::Error&) {});
}

void TokenMeter::countDraft() {
  const auto counter = backend_->state().counter;
  if (counter == nullptr) {
    return;
  }
  runTask(
      pool_, this,
      [counter, text = draft_.toStdString()] { return text.empty() ? 0 : counter->count(text); },
      [this, counter, version = draftVersion_](int tokens) {
        if (version == draftVersion_ && counter == backend_->state().counter) {
          draftTokens_ = tokens;
          emit changed();
        }
      },
      [](const engine::Error&) {});
}

bool TokenMeter::fitsNow(const QString& text) {
  const auto counter = backend_->state().counter;
  if (counter == nullptr || !baseKnown_) {
    return true;
  }
  if (text.size() <= kCountAtOnce) {
    draft_ = text;
    ++draftVersion_;
    draftTokens_ = text.isEmpty() ? 0 : counter->count(text.toStdString());
    emit changed();
  }
  return fits();
}

int TokenMeter::excess() const {
  return contextLimit() == 0 || !baseKnown_ ? 0 : contextUsed() + kMinAnswerTokens - contextLimit();
}

bool TokenMeter::fits() const { return excess() <= 0; }

QString TokenMeter::text() const {
  if (contextLimit() == 0) {
    return {};
  }
  const int own = draftTokens_ + attachmentTokens_;
  if (own == 0) {
    return tr("%1 of %2").arg(numberText(historyTokens()), numberText(contextLimit()));
  }
  return tr("%1 + %2 of %3")
      .arg(numberText(own), numberText(historyTokens()), numberText(contextLimit()));
}

QString TokenMeter::fitText() const { return fits() ? QString() : tooLongText(contextUsed()); }

QString TokenMeter::tooLongText(int tokens) const {
  const int excess = tokens + kMinAnswerTokens - contextLimit();
  if (contextLimit() == 0 || excess <= 0) {
    return {};
  }
  return tr("This is %1 tokens too long: the message and what came before take %2, and the model "
            "reads %3 at most, its answer included.")
      .arg(numberText(excess), numberText(tokens), numberText(contextLimit()));
}

QStringList TokenMeter::fitChoices() const {
  if (fits()) {
    return {};
  }
  QStringList choices;
  if (hasAttachments_) {
    choices.append(tr("Summarise the document instead: that reads every page, section by section"));
    choices.append(tr("Remove an attachment"));
  } else {
    choices.append(tr("Shorten the message"));
  }
  if (hasHistory_) {
    choices.append(tr("Start a new chat"));
  }
  choices.append(tr("Choose a larger context or another model in the settings"));
  return choices;
}

}  // namespace gui
