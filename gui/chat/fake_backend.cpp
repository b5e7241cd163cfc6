// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/fake_backend.h"

#include <algorithm>
#include <cmath>

#include "gui/chat/fake_script.h"
#include "gui/chat/mailbox.h"

namespace gui {
namespace {

constexpr int kTickMs = 4;
constexpr int kTemplateTokens = 5;  // <|im_start|>, the role and so on, of one message

class FakeCounter : public PromptCounter {
 public:
  int count(std::string_view content) const override {
    return countFakeTokens(
        QString::fromUtf8(content.data(), static_cast<qsizetype>(content.size())));
  }
  int countPrompt(const engine::ChatRequest& request) const override {
    int tokens = 3;
    for (const engine::ChatMessage& message : request.messages) {
      tokens += kTemplateTokens + count(message.content);
    }
    return tokens;
  }
};

QString wholePrompt(const engine::ChatRequest& request) {
  QString prompt;
  for (const engine::ChatMessage& message : request.messages) {
    prompt += QString::fromStdString(message.content) + QChar(u'\n');
  }
  return prompt;
}

}  // namespace

struct FakeBackend::Job {
  quint64 id = 0;
  std::shared_ptr<Mailbox> mailbox;
  engine::ChatRequest request;
  QStringList tokens;
  qsizetype next = 0;
  engine::RequestOutput output;
  QElapsedTimer time;
  bool started = false;
  bool finished = false;
};

FakeBackend::FakeBackend(FakeOptions options, QObject* parent)
    : Backend(parent), options_(std::move(options)) {
  timer_.setTimerType(Qt::PreciseTimer);
  timer_.setInterval(kTickMs);
  connect(&timer_, &QTimer::timeout, this, &FakeBackend::tick);
  loadTimer_.setInterval(30);
  connect(&loadTimer_, &QTimer::timeout, this, &FakeBackend::loadStep);
}

FakeBackend::~FakeBackend() = default;

void FakeBackend::load(const engine::EngineConfig& config) {
  unload();
  config_ = config;
  loadingPath_ = QString::fromStdString(config.model);
  BackendState next;
  next.status = Status::Loading;
  next.modelPath = loadingPath_;
  next.modelName = tr("Demonstration");
  setState(next);
  loadTime_.start();
  if (options_.loadMs > 0) {
    setLoadProgress(QStringLiteral("Reading weights"), 0);
    loadTimer_.start();
  } else {
    loadStep();
  }
}

void FakeBackend::loadStep() {
  const double progress =
      options_.loadMs > 0 ? static_cast<double>(loadTime_.elapsed()) / options_.loadMs : 1.0;
  if (progress < 1) {
    setLoadProgress(QStringLiteral("Reading weights"), progress);
    return;
  }
  loadTimer_.stop();
  if (!nextLoadError_.isEmpty()) {
    BackendState failed = state();
    failed.status = Status::Failed;
    failed.error = std::exchange(nextLoadError_, {});
    failed.errorCode = engine::ErrorCode::InvalidFile;
    setState(failed);
    for (const auto& job : jobs_) {
      job->mailbox->fail(engine::ErrorCode::InvalidFile, failed.error.toStdString());
    }
    jobs_.clear();
    return;
  }
  becomeReady(loadingPath_);
}

void FakeBackend::becomeReady(const QString& modelPath) {
  BackendState ready;
  ready.status = Status::Ready;
  ready.modelPath = modelPath;
  ready.modelName = tr("Demonstration");
  ready.deviceName = device_.isEmpty() ? tr("No model: a fixed text") : device_;
  ready.memory = memory_;
  ready.memoryTotal = memoryTotal_;
  ready.contextLimit = options_.contextLimit;
  ready.counter = std::make_shared<FakeCounter>();
  setState(ready);
  for (const auto& job : jobs_) {
    start(*job);
  }
}

void FakeBackend::setMachine(const QString& device, const engine::MemoryUse& memory,
                             qint64 memoryTotal) {
  device_ = device;
  memory_ = memory;
  memoryTotal_ = memoryTotal;
  if (ready()) {
    becomeReady(state().modelPath);
  }
}

void FakeBackend::setContextLimit(int tokens) {
  options_.contextLimit = tokens;
  if (ready()) {
    BackendState next = state();
    next.contextLimit = tokens;
    setState(next);
  }
}

void FakeBackend::cancelLoad() {
  if (state().status == Status::Loading) {
    unload();
  }
}

void FakeBackend::unload() {
  loadTimer_.stop();
  timer_.stop();
  for (const auto& job : jobs_) {
    finish(*job, engine::FinishReason::Abort);
  }
  jobs_.clear();
  setState({});
  updateStats();
}

void FakeBackend::breakDevice(const QString& message, bool lost) {
  timer_.stop();
  for (const auto& job : jobs_) {
    finish(*job, engine::FinishReason::Error, message);
  }
  jobs_.clear();
  BackendState failed = state();
  failed.status = Status::Failed;
  failed.error = message;
  failed.errorCode = lost ? engine::ErrorCode::DeviceLost : engine::ErrorCode::Device;
  failed.counter = nullptr;
  setState(failed);
}

std::unique_ptr<Generation> FakeBackend::generate(engine::ChatRequest request) {
  auto generation = std::make_unique<Generation>();
  requests_.push_back(request);
  auto job = std::make_unique<Job>();
  job->id = nextId_++;
  job->mailbox = generation->mailbox();
  job->request = std::move(request);
  if (state().status == Status::Ready) {
    start(*job);
  } else if (state().status != Status::Loading) {
    job->mailbox->fail(engine::ErrorCode::NotFound, "No model is loaded.");
    return generation;
  }
  const quint64 id = job->id;
  jobs_.push_back(std::move(job));
  connect(generation.get(), &Generation::stopRequested, this, [this, id] {
    const auto found =
        std::find_if(jobs_.begin(), jobs_.end(), [id](const auto& each) { return each->id == id; });
    if (found != jobs_.end()) {
      finish(**found, engine::FinishReason::Abort);
      jobs_.erase(found);
      updateStats();
    }
  });
  return generation;
}

void FakeBackend::start(Job& job) {
  job.started = true;
  job.tokens = fakeTokens(options_.answer.isEmpty() ? fakeAnswer(job.request) : options_.answer);
  const QString prompt = wholePrompt(job.request);
  const auto shared =
      std::mismatch(prompt.begin(), prompt.end(), lastPrompt_.begin(), lastPrompt_.end());
  const qsizetype sharedLength = shared.first - prompt.begin();
  lastPrompt_ = prompt;
  job.output.usage.prompt_tokens = state().counter->countPrompt(job.request);
  job.output.usage.cached_tokens =
      std::min(countFakeTokens(prompt.left(sharedLength)), job.output.usage.prompt_tokens - 1);
  if (job.request.sampling.max_tokens) {
    job.tokens = job.tokens.mid(0, *job.request.sampling.max_tokens);
  }
  job.time.start();
  timer_.start();
  updateStats();
}

void FakeBackend::tick() {
  for (const auto& job : jobs_) {
    if (job->started && !advance(*job)) {
      job->finished = true;
    }
  }
  const auto done =
      std::remove_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->finished; });
  if (done != jobs_.end()) {
    jobs_.erase(done, jobs_.end());
    updateStats();
  }
  if (jobs_.empty()) {
    timer_.stop();
  }
}

// One tick of an answer; false when it has ended.
bool FakeBackend::advance(Job& job) {
  engine::RequestOutput& output = job.output;
  const double elapsed = static_cast<double>(job.time.nsecsElapsed()) / 1e6;
  output.timings.total_ms = elapsed;
  output.text.clear();
  if (elapsed < options_.firstTokenMs) {
    const double share = elapsed / options_.firstTokenMs;
    output.num_computed_prompt_tokens = static_cast<int>(share * output.usage.prompt_tokens);
    job.mailbox->push(output);
    return true;
  }
  output.num_computed_prompt_tokens = output.usage.prompt_tokens;
  if (output.timings.ttft_ms == 0) {
    output.timings.ttft_ms = elapsed;
  }
  const double writing = elapsed - options_.firstTokenMs;
  const auto due = std::min<qsizetype>(
      job.tokens.size(), 1 + static_cast<qsizetype>(writing * options_.tokensPerSecond / 1000));
  QString added;
  for (; job.next < due; ++job.next) {
    added += job.tokens[job.next];
  }
  output.text = added.toStdString();
  output.usage.completion_tokens = static_cast<int>(job.next);
  output.timings.tokens_per_s =
      writing > 0 ? static_cast<double>(job.next - 1) * 1000 / writing : 0;
  if (!nextAnswerError_.isEmpty()) {
    job.mailbox->push(output);
    finish(job, engine::FinishReason::Error, std::exchange(nextAnswerError_, {}));
    return false;
  }
  if (job.next == job.tokens.size()) {
    output.finish_reason =
        job.request.sampling.max_tokens && *job.request.sampling.max_tokens == job.tokens.size()
            ? engine::FinishReason::Length
            : engine::FinishReason::Stop;
    emit answered(output.usage, output.timings);
  }
  job.mailbox->push(output);
  return !output.finished();
}

void FakeBackend::finish(Job& job, engine::FinishReason reason, const QString& error) {
  job.output.text.clear();
  job.output.finish_reason = reason;
  job.output.error = error.toStdString();
  job.mailbox->push(job.output);
}

void FakeBackend::updateStats() {
  engine::EngineStats next = stats();
  next.num_running = static_cast<int>(jobs_.size());
  next.kv_blocks_total = options_.contextLimit / 16;
  next.kv_blocks_used = 0;
  for (const auto& job : jobs_) {
    next.kv_blocks_used += (job->output.usage.prompt_tokens + 15) / 16;
  }
  setStats(next);
}

}  // namespace gui
