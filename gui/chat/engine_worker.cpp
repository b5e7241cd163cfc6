// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/engine_worker.h"

#include <optional>
#include <string>

#include "engine/device_info.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/model_info.h"
#include "gui/chat/mailbox.h"
#include "gui/models/device_list.h"

namespace gui {
namespace {

constexpr int kStatsMs = 250;
constexpr int kProgressMs = 30;

qint64 memoryOf(const std::string& device) {
  for (const engine::DeviceInfo& info : engine::list_devices()) {
    if (info.id == device) {
      return info.memory_total;
    }
  }
  return 0;
}

// Why a device is of no more use to this process, once nothing holds it any more.
std::optional<std::string> lossOf(const std::string& device) {
  if (device != "cpu") {
    for (const engine::DeviceInfo& info : engine::list_devices()) {
      if (info.id == device && info.lost) {
        return info.problem;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

EngineWorker::EngineWorker() = default;

EngineWorker::~EngineWorker() { unload(); }

void EngineWorker::load(quint64 loadId, const engine::EngineConfig& config, std::stop_token stop) {
  unload();
  loadId_ = loadId;
  QElapsedTimer sinceProgress;
  const auto progress = [&](const std::string& stage, double share) {
    if (!sinceProgress.isValid() || sinceProgress.elapsed() >= kProgressMs) {
      sinceProgress.start();
      emit loadProgress(loadId, QString::fromStdString(stage), share);
    }
  };
  try {
    // A model that cannot chat is said now, not after gigabytes were read.
    const engine::ModelInfo info = engine::inspect_model(config.model);
    if (!info.unsupported.empty()) {
      throw engine::Error(engine::ErrorCode::Unsupported, info.unsupported);
    }
    engine_ = engine::Engine::load(forDevice(config), progress, stop);
    LoadedModel model;
    model.info = engine_->model_info();
    model.config = engine_->config();
    model.deviceName = engine_->device_name();
    model.memory = engine_->memory_use();
    model.memoryTotal = memoryOf(model.config.device);
    model.encoder = engine_->encoder();
    emit loaded(loadId, model);
    publishStats(true);
  } catch (const engine::Error& error) {
    spdlog::warn("model not loaded: {}", error.what());
    emit loadFailed(loadId, error.code(), QString::fromUtf8(error.what()));
  } catch (const std::bad_alloc&) {
    emit loadFailed(
        loadId, engine::ErrorCode::OutOfMemory,
        QStringLiteral("There is not enough memory for this model. Choose a smaller one."));
  } catch (const std::exception& error) {
    spdlog::error("loading failed unexpectedly: {}", error.what());
    emit loadFailed(loadId, engine::ErrorCode::Internal, QString::fromUtf8(error.what()));
  }
}

void EngineWorker::unload() {
  if (engine_ == nullptr) {
    return;
  }
  const auto requests = requests_;
  for (const auto& [ticket, request] : requests) {
    engine_->abort(request.id);
    request.mailbox->abort();
  }
  requests_.clear();
  engine_.reset();
}

void EngineWorker::submit(quint64 loadId, quint64 ticket, engine::TokenRequest request,
                          const std::shared_ptr<Mailbox>& mailbox) {
  if (mailbox->stopRequested() || (engine_ != nullptr && loadId != loadId_)) {
    mailbox->abort();
    return;
  }
  if (engine_ == nullptr) {
    mailbox->fail(engine::ErrorCode::NotFound, "No model is loaded.");
    return;
  }
  try {
    requests_[ticket].mailbox = mailbox;
    const uint64_t id = engine_->submit(
        std::move(request),
        [this, ticket](const engine::RequestOutput& output) { deliver(ticket, output); });
    const auto found = requests_.find(ticket);
    if (found != requests_.end()) {
      found->second.id = id;
    }
    postStep();
  } catch (const engine::Error& error) {
    requests_.erase(ticket);
    mailbox->fail(error.code(), error.what());
  } catch (const std::exception& error) {
    requests_.erase(ticket);
    mailbox->fail(engine::ErrorCode::Internal, error.what());
  }
}

void EngineWorker::abort(quint64 ticket) {
  const auto found = requests_.find(ticket);
  if (found != requests_.end() && engine_ != nullptr) {
    engine_->abort(found->second.id);
  }
}

void EngineWorker::deliver(quint64 ticket, const engine::RequestOutput& output) {
  const auto found = requests_.find(ticket);
  if (found == requests_.end()) {
    return;
  }
  found->second.mailbox->push(output);
  if (output.finished()) {
    requests_.erase(found);
    if (output.finish_reason != engine::FinishReason::Error) {
      emit answered(output.usage, output.timings);
    }
  }
}

void EngineWorker::postStep() {
  if (!stepPosted_) {
    stepPosted_ = true;
    QMetaObject::invokeMethod(this, &EngineWorker::step, Qt::QueuedConnection);
  }
}

void EngineWorker::step() {
  stepPosted_ = false;
  if (engine_ == nullptr) {
    return;
  }
  try {
    engine_->step();
  } catch (const std::exception& error) {
    breakDown(error.what());
    return;
  }
  const bool more = engine_->has_work();
  publishStats(!more);
  if (more) {
    postStep();
  }
}

void EngineWorker::publishStats(bool always) {
  if (always || !sinceStats_.isValid() || sinceStats_.elapsed() >= kStatsMs) {
    sinceStats_.start();
    emit statsChanged(loadId_, engine_->stats());
  }
}

void EngineWorker::breakDown(const std::string& message) {
  spdlog::error("the engine stopped: {}", message);
  for (const auto& [ticket, request] : std::exchange(requests_, {})) {
    request.mailbox->fail(engine::ErrorCode::Device, message);
  }
  const std::string device = engine_->config().device;
  engine_.reset();
  if (const auto problem = lossOf(device)) {
    emit failed(loadId_, engine::ErrorCode::DeviceLost, QString::fromStdString(*problem));
  } else {
    emit failed(loadId_, engine::ErrorCode::Device, QString::fromStdString(message));
  }
}

}  // namespace gui
