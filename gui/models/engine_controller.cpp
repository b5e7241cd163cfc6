// SPDX-License-Identifier: Apache-2.0
#include "gui/models/engine_controller.h"

#include <utility>

#include "gui/chat/error_text.h"
#include "gui/chat/number_text.h"
#include "gui/settings/settings.h"

namespace gui {

EngineController::EngineController(Backend* backend, Settings* settings, QObject* parent)
    : QObject(parent), backend_(backend), settings_(settings) {
  connect(backend, &Backend::stateChanged, this, [this] {
    if (backend_->ready() && std::exchange(chosen_, false) && !isFake()) {
      settings_->setModelPath(wantedPath_);
    }
    emit stateChanged();
  });
  connect(backend, &Backend::loadProgressChanged, this, &EngineController::progressChanged);
  connect(backend, &Backend::statsChanged, this, &EngineController::statsChanged);
  connect(backend, &Backend::answered, this,
          [this](const engine::Usage&, const engine::Timings& timings) {
            lastAnswer_ = timings;
            emit statsChanged();
          });
}

EngineController::Status EngineController::status() const {
  return static_cast<Status>(backend_->state().status);
}
QString EngineController::errorString() const {
  return errorText(backend_->state().errorCode, backend_->state().error);
}
QString EngineController::modelName() const { return engineWords(backend_->state().modelName); }
QString EngineController::modelNote() const { return engineWords(backend_->state().modelNote); }
QString EngineController::modelPath() const { return backend_->state().modelPath; }
QString EngineController::deviceName() const { return engineWords(backend_->state().deviceName); }
QString EngineController::stage() const { return engineWords(backend_->stage()); }
double EngineController::progress() const { return backend_->progress(); }
int EngineController::contextLimit() const { return backend_->state().contextLimit; }
bool EngineController::isBundled() const { return backend_->state().bundled; }
bool EngineController::isFake() const { return backend_->isFake(); }
int EngineController::numRunning() const { return backend_->stats().num_running; }
int EngineController::numWaiting() const { return backend_->stats().num_waiting; }
int EngineController::kvUsed() const { return backend_->stats().kv_blocks_used; }
int EngineController::kvTotal() const { return backend_->stats().kv_blocks_total; }
double EngineController::tokensPerSecond() const { return lastAnswer_.tokens_per_s; }
double EngineController::ttftMs() const { return lastAnswer_.ttft_ms; }

QString EngineController::memoryText() const {
  const BackendState& state = backend_->state();
  if (state.status != Backend::Status::Ready || state.memoryTotal == 0) {
    return {};
  }
  return tr("%1 of %2").arg(gui::memoryText(state.memoryUsed), gui::memoryText(state.memoryTotal));
}

void EngineController::setDevice(const QString& device) { device_ = device; }

void EngineController::load(const QString& modelPath) {
  loadUnasked(modelPath);
  chosen_ = true;
}

void EngineController::loadUnasked(const QString& modelPath) {
  chosen_ = false;
  engine::EngineConfig config;
  config.model = modelPath.toStdString();
  const QString device = device_.isEmpty() ? settings_->device() : device_;
  if (!device.isEmpty()) {
    config.device = device.toStdString();
  }
  config.num_threads = settings_->threads();
  config.max_model_len = settings_->maxModelLen();
  config.kv_cache_bytes = static_cast<int64_t>(settings_->kvCacheMb()) << 20;
  wantedPath_ = modelPath;
  backend_->load(config);
}

void EngineController::retranslate() {
  emit stateChanged();
  emit progressChanged();
}

void EngineController::cancelLoad() { backend_->cancelLoad(); }

void EngineController::reload() {
  if (!wantedPath_.isEmpty() || isFake()) {
    loadUnasked(wantedPath_);
  }
}

void EngineController::unload() { backend_->unload(); }

}  // namespace gui
