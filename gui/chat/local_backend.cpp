// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/local_backend.h"

#include <algorithm>
#include <utility>

#include "engine/prompt_encoder.h"
#include "gui/chat/engine_worker.h"
#include "gui/chat/mailbox.h"

namespace gui {
namespace {

constexpr int kEncoderThreads = 2;

class EncoderCounter : public PromptCounter {
 public:
  explicit EncoderCounter(std::shared_ptr<const engine::PromptEncoder> encoder)
      : encoder_(std::move(encoder)) {}
  int count(std::string_view content) const override { return encoder_->count_tokens(content); }
  int countPrompt(const engine::ChatRequest& request) const override {
    return static_cast<int>(encoder_->encode(request).prompt_token_ids.size());
  }

 private:
  const std::shared_ptr<const engine::PromptEncoder> encoder_;
};

}  // namespace

LocalBackend::LocalBackend(QObject* parent) : Backend(parent), worker_(new EngineWorker) {
  encoders_.setMaxThreadCount(kEncoderThreads);
  worker_->moveToThread(&thread_);
  connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
  connect(worker_, &EngineWorker::loadProgress, this,
          [this](quint64 id, const QString& stage, double progress) {
            if (id == loadId_) {
              setLoadProgress(stage, progress);
            }
          });
  connect(worker_, &EngineWorker::loaded, this, &LocalBackend::onLoaded);
  connect(worker_, &EngineWorker::loadFailed, this, &LocalBackend::onLoadFailed);
  connect(worker_, &EngineWorker::failed, this, &LocalBackend::onFailed);
  connect(worker_, &EngineWorker::statsChanged, this,
          [this](quint64 id, const engine::EngineStats& stats) {
            if (id == loadId_) {
              setStats(stats);
            }
          });
  connect(worker_, &EngineWorker::answered, this, &Backend::answered);
  thread_.setObjectName(QStringLiteral("engine"));
  thread_.start();
}

LocalBackend::~LocalBackend() {
  loadStop_.request_stop();
  encoders_.clear();
  encoders_.waitForDone();
  thread_.quit();
  thread_.wait();
}

void LocalBackend::load(const engine::EngineConfig& config) {
  loadStop_.request_stop();
  loadStop_ = std::stop_source();
  ++loadId_;
  encoder_ = nullptr;
  BackendState next;
  next.status = Status::Loading;
  next.modelPath = QString::fromStdString(config.model);
  next.modelName = next.modelPath.section(u'/', -1, -1, QString::SectionSkipEmpty);
  setLoadProgress({}, 0);
  setState(next);
  QMetaObject::invokeMethod(
      worker_,
      [worker = worker_, id = loadId_, config, stop = loadStop_.get_token()] {
        worker->load(id, config, stop);
      },
      Qt::QueuedConnection);
}

void LocalBackend::cancelLoad() {
  if (state().status == Status::Loading) {
    unload();
  }
}

void LocalBackend::unload() {
  loadStop_.request_stop();
  ++loadId_;
  encoder_ = nullptr;
  QMetaObject::invokeMethod(worker_, &EngineWorker::unload, Qt::QueuedConnection);
  setState({});
  setStats({});
  failWaiting(engine::ErrorCode::Cancelled, {});
}

std::unique_ptr<Generation> LocalBackend::generate(engine::ChatRequest request) {
  auto generation = std::make_unique<Generation>();
  const quint64 ticket = nextTicket_++;
  connect(generation.get(), &Generation::stopRequested, this,
          [this, ticket] { stopTicket(ticket); });
  Waiting waiting{ticket, generation->mailbox(), std::move(request)};
  if (state().status == Status::Ready) {
    start(std::move(waiting));
  } else if (state().status == Status::Loading) {
    waiting_.push_back(std::move(waiting));
  } else {
    waiting.mailbox->fail(engine::ErrorCode::NotFound, "No model is loaded.");
  }
  return generation;
}

void LocalBackend::start(Waiting waiting) {
  encoders_.start(
      [encoder = encoder_, worker = worker_, loadId = loadId_, waiting = std::move(waiting)] {
        const auto& mailbox = waiting.mailbox;
        if (mailbox->stopRequested()) {
          mailbox->abort();
          return;
        }
        try {
          QMetaObject::invokeMethod(
              worker,
              [worker, loadId, ticket = waiting.ticket, tokens = encoder->encode(waiting.request),
               mailbox]() mutable { worker->submit(loadId, ticket, std::move(tokens), mailbox); },
              Qt::QueuedConnection);
        } catch (const engine::Error& error) {
          mailbox->fail(error.code(), error.what());
        } catch (const std::exception& error) {
          mailbox->fail(engine::ErrorCode::Internal, error.what());
        }
      });
}

void LocalBackend::stopTicket(quint64 ticket) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [ticket](const Waiting& each) { return each.ticket == ticket; });
  if (found != waiting_.end()) {
    found->mailbox->abort();
    waiting_.erase(found);
    return;
  }
  // Queued behind a submit of the same ticket, if that is still on its way; else the mailbox's mark
  // stops it.
  QMetaObject::invokeMethod(
      worker_, [worker = worker_, ticket] { worker->abort(ticket); }, Qt::QueuedConnection);
}

void LocalBackend::onLoaded(quint64 loadId, const LoadedModel& model) {
  if (loadId != loadId_) {
    return;
  }
  encoder_ = model.encoder;
  BackendState ready;
  ready.status = Status::Ready;
  ready.modelPath = QString::fromStdString(model.config.model);
  ready.modelName = QString::fromStdString(model.info.name);
  ready.modelNote = QString::fromStdString(model.info.note);
  ready.device = model.config.device;
  ready.deviceName = QString::fromStdString(model.deviceName);
  ready.bundled = model.info.bundled;
  ready.greedy = model.info.greedy;
  ready.memory = model.memory;
  ready.memoryTotal = model.memoryTotal;
  ready.contextLimit = model.config.max_model_len;
  ready.counter = std::make_shared<EncoderCounter>(encoder_);
  setState(ready);
  for (Waiting& waiting : std::exchange(waiting_, {})) {
    start(std::move(waiting));
  }
}

void LocalBackend::onLoadFailed(quint64 loadId, engine::ErrorCode code, const QString& message) {
  if (loadId != loadId_) {
    return;
  }
  BackendState next;
  if (code != engine::ErrorCode::Cancelled) {
    next = state();
    next.status = Status::Failed;
    next.error = message;
    next.errorCode = code;
  }
  setState(next);
  failWaiting(code, message);
}

void LocalBackend::onFailed(quint64 loadId, engine::ErrorCode code, const QString& message) {
  if (loadId != loadId_) {  // of the model before: another is wanted by now
    return;
  }
  BackendState next = state();
  next.status = Status::Failed;
  next.error = message;
  next.errorCode = code;
  next.counter = nullptr;
  encoder_ = nullptr;
  setState(next);
  setStats({});
}

void LocalBackend::failWaiting(engine::ErrorCode code, const QString& message) {
  for (const Waiting& waiting : std::exchange(waiting_, {})) {
    waiting.mailbox->fail(code, message.toStdString());
  }
}

}  // namespace gui
