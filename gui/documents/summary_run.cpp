// SPDX-License-Identifier: Apache-2.0
#include "gui/documents/summary_run.h"

#include <algorithm>
#include <utility>

#include "gui/chat/error_text.h"
#include "gui/chat/number_text.h"
#include "gui/chat/task.h"

namespace gui {
namespace {

engine::TokenCounter counterOf(const std::shared_ptr<const PromptCounter>& counter) {
  return [counter](std::string_view text) { return counter->count(text); };
}

QString noModel() {
  return errorText(engine::ErrorCode::NotFound, QStringLiteral("No model is loaded."));
}

}  // namespace

SummaryRun::SummaryRun(Backend* backend, QThreadPool* pool, SummaryJob job, QObject* parent)
    : QObject(parent), backend_(backend), pool_(pool), job_(std::move(job)) {}

SummaryRun::~SummaryRun() = default;

void SummaryRun::start() { planDocument(); }

void SummaryRun::planDocument() {
  const auto counter = backend_->state().counter;
  if (counter == nullptr) {
    end(engine::FinishReason::Error, noModel(), engine::ErrorCode::NotFound);
    return;
  }
  emit progressChanged(0, tr("Planning"));
  runTask(
      pool_, this,
      [document = job_.documents[current_], limit = backend_->state().contextLimit,
       system = job_.systemPrompt, counter] {
        return std::shared_ptr<const engine::SummaryPlan>(std::make_shared<engine::SummaryPlan>(
            engine::plan_summary(*document, limit, system, counterOf(counter))));
      },
      [this](const std::shared_ptr<const engine::SummaryPlan>& plan) {
        plan_ = plan;
        if (!ended_) {
          askSections();
        }
      },
      [this](const engine::Error& error) {
        end(engine::FinishReason::Error, errorText(error), error.code());
      });
}

void SummaryRun::askSections() {
  reducing_ = false;
  if (job_.documents.size() > 1) {
    const QString name = QString::fromStdString(document().name);
    emit textAdded((current_ > 0 ? QStringLiteral("\n\n## ") : QStringLiteral("## ")) + name +
                   QStringLiteral("\n\n"));
  }
  if (plan_->whole_document) {
    askLast(engine::whole_request(document(), job_.systemPrompt, job_.language));
    return;
  }
  std::vector<std::vector<engine::ChatMessage>> requests;
  for (int i = 0; i < static_cast<int>(plan_->sections.size()); ++i) {
    requests.push_back(
        engine::section_request(*plan_, i, document(), job_.systemPrompt, job_.language));
  }
  askTogether(std::move(requests), true);
}

engine::ChatRequest SummaryRun::request(std::vector<engine::ChatMessage> messages,
                                        bool toCombine) const {
  engine::ChatRequest request{std::move(messages), job_.sampling};
  const int planned = plan_->max_answer_tokens;
  if (!request.sampling.max_tokens || (toCombine && *request.sampling.max_tokens > planned)) {
    request.sampling.max_tokens = planned;
  }
  return request;
}

void SummaryRun::askTogether(std::vector<std::vector<engine::ChatMessage>> requests,
                             bool sections) {
  parts_.clear();
  parts_.resize(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    parts_[i].generation = backend_->generate(request(std::move(requests[i]), true));
    Generation* generation = parts_[i].generation.get();
    connect(generation, &Generation::progressChanged, this, [this, i](int done, int total) {
      parts_[i].read = total > 0 ? static_cast<double>(done) / total : 0;
      showProgress();
    });
    connect(generation, &Generation::finished, this, [this, sections] { partFinished(sections); });
  }
  showProgress();
}

void SummaryRun::partFinished(bool sections) {
  if (ended_) {
    return;
  }
  for (const Part& part : parts_) {
    const GenerationResult& result = part.generation->result();
    if (result.reason == engine::FinishReason::Error) {
      end(engine::FinishReason::Error, result.error, result.errorCode);
      return;
    }
    if (result.reason == engine::FinishReason::Abort) {
      end(engine::FinishReason::Abort);
      return;
    }
  }
  if (sections) {
    keepSections();
  }
  showProgress();
  const bool all = std::all_of(parts_.begin(), parts_.end(),
                               [](const Part& part) { return part.generation->isFinished(); });
  if (!all) {
    return;
  }
  summaries_.clear();
  for (const Part& part : parts_) {
    addUsage(part.generation->result());
    summaries_.push_back(part.generation->text().toStdString());
  }
  reduce();
}

void SummaryRun::keepSections() {
  sections_ = earlier_;
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].generation->isFinished()) {
      const engine::SummarySection& section = plan_->sections[i];
      QString title = QString::fromStdString(section.title);
      if (job_.documents.size() > 1) {
        const QString name = QString::fromStdString(document().name);
        title = title.isEmpty() ? name : name + QStringLiteral(": ") + title;
      }
      sections_.append(
          {title, section.first_page, section.last_page, parts_[i].generation->text().trimmed()});
    }
  }
  emit sectionsChanged();
}

void SummaryRun::reduce() {
  const auto counter = backend_->state().counter;
  if (counter == nullptr) {
    end(engine::FinishReason::Error, noModel(), engine::ErrorCode::NotFound);
    return;
  }
  reducing_ = true;
  emit progressChanged(
      1,
      tr("Combining %1 section summaries").arg(numberText(static_cast<qint64>(summaries_.size()))));
  using Requests = std::vector<std::vector<engine::ChatMessage>>;
  runTask(
      pool_, this,
      [plan = plan_, summaries = summaries_, document = job_.documents[current_],
       system = job_.systemPrompt, language = job_.language, counter] {
        return Requests(engine::reduce_requests(*plan, summaries, *document, system, language,
                                                counterOf(counter)));
      },
      [this](Requests requests) {
        if (ended_) {
          return;
        }
        if (requests.size() == 1) {
          askLast(requests.front());
          return;
        }
        try {
          engine::check_progress(summaries_.size(), requests.size(), &rounds_);
        } catch (const engine::Error& error) {
          end(engine::FinishReason::Error, errorText(error), error.code());
          return;
        }
        askTogether(std::move(requests), false);
      },
      [this](const engine::Error& error) {
        end(engine::FinishReason::Error, errorText(error), error.code());
      });
}

void SummaryRun::askLast(const std::vector<engine::ChatMessage>& messages) {
  parts_.clear();
  last_ = backend_->generate(request(messages, false));
  connect(last_.get(), &Generation::textAdded, this, &SummaryRun::textAdded);
  connect(last_.get(), &Generation::finished, this, &SummaryRun::lastFinished);
}

void SummaryRun::lastFinished() {
  if (ended_) {
    return;
  }
  const GenerationResult result = last_->result();
  addUsage(result);
  result_.timings = result.timings;
  const bool good =
      result.reason == engine::FinishReason::Stop || result.reason == engine::FinishReason::Length;
  if (good && current_ + 1 < job_.documents.size()) {
    nextDocument();
  } else {
    end(result.reason, result.error, result.errorCode);
  }
}

void SummaryRun::nextDocument() {
  ++current_;
  rounds_ = 0;
  earlier_ = sections_;
  planDocument();
}

// A section counts by its pages; the part of its prompt that is computed has been read.
void SummaryRun::showProgress() {
  if (reducing_ || plan_ == nullptr || parts_.size() != plan_->sections.size()) {
    return;
  }
  double pages = 0;
  double done = 0;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const engine::SummarySection& section = plan_->sections[i];
    const double weight = section.last_page - section.first_page + 1;
    pages += weight;
    done += weight * (parts_[i].generation->isFinished() ? 1.0 : 0.9 * parts_[i].read);
  }
  const double share = pages > 0 ? done / pages : 0;
  const int page =
      std::clamp(static_cast<int>(share * plan_->num_pages), 1, std::max(1, plan_->num_pages));
  emit progressChanged(
      share, document().has_real_pages
                 ? tr("Page %1 of %2").arg(numberText(page), numberText(plan_->num_pages))
                 : tr("Part %1 of %2").arg(numberText(page), numberText(plan_->num_pages)));
}

void SummaryRun::addUsage(const GenerationResult& result) {
  result_.usage.prompt_tokens += result.usage.prompt_tokens;
  result_.usage.cached_tokens += result.usage.cached_tokens;
  result_.usage.completion_tokens += result.usage.completion_tokens;
}

void SummaryRun::stop() { end(engine::FinishReason::Abort); }

void SummaryRun::end(engine::FinishReason reason, const QString& error, engine::ErrorCode code) {
  if (std::exchange(ended_, true)) {
    return;
  }
  result_.reason = reason;
  result_.error = error;
  result_.errorCode = code;
  for (const Part& part : parts_) {
    part.generation->stop();
  }
  if (last_ != nullptr) {
    last_->stop();
  }
  emit finished();
}

}  // namespace gui
