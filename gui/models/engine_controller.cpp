// SPDX-License-Identifier: Apache-2.0
#include "gui/models/engine_controller.h"

#include <algorithm>
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
    emit outdatedChanged();
  });
  connect(settings, &Settings::deviceChanged, this, [this] { setDevice({}); });
  connect(settings, &Settings::threadsChanged, this, &EngineController::configChanged);
  connect(settings, &Settings::maxModelLenChanged, this, &EngineController::configChanged);
  connect(settings, &Settings::kvCacheMbChanged, this, &EngineController::configChanged);
  connect(settings, &Settings::compactCacheChanged, this, &EngineController::configChanged);
  connect(settings, &Settings::batchInvariantChanged, this, &EngineController::configChanged);
  connect(settings, &Settings::gpuMemoryPercentChanged, this, &EngineController::configChanged);
  connect(this, &EngineController::configChanged, this, &EngineController::outdatedChanged);
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
bool EngineController::deviceBroke() const {
  return status() == Failed && backend_->state().errorCode == engine::ErrorCode::Device;
}
bool EngineController::deviceLost() const {
  return status() == Failed && backend_->state().errorCode == engine::ErrorCode::DeviceLost;
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
  return tr("%1 of %2")
      .arg(gui::memoryText(state.memory.used()), gui::memoryText(state.memoryTotal));
}

QVariantList EngineController::memoryPlan() const {
  const engine::MemoryUse& use = backend_->state().memory;
  QVariantList plan;
  const auto add = [&](const QString& name, qint64 bytes, const QString& detail = {}) {
    if (bytes > 0) {
      plan.append(QVariantMap{
          {QStringLiteral("name"), name},
          {QStringLiteral("value"), gui::memoryText(bytes)},
          {QStringLiteral("detail"), detail},
          {QStringLiteral("share"),
           static_cast<double>(bytes) / static_cast<double>(std::max(use.available, use.used()))}});
    }
  };
  add(tr("Weights"), use.weights);
  add(tr("Workspace"), use.workspace);
  add(tr("Graphs and libraries"), use.graphs);
  add(tr("Context cache"), use.kv_cache,
      tr("%1 at %2 bit").arg(tokensText(use.kv_tokens)).arg(use.kv_bits));
  return plan;
}

QString EngineController::memoryPlanText() const {
  const engine::MemoryUse& use = backend_->state().memory;
  return use.available == 0 ? QString()
                            : tr("%1 of the %2 that may be used")
                                  .arg(gui::memoryText(use.used()), gui::memoryText(use.available));
}

bool EngineController::outdated() const {
  return status() != NoModel && !(config(wantedPath_) == loadedWith_);
}

void EngineController::setDevice(const QString& device) {
  device_ = device;
  emit configChanged();
}

void EngineController::load(const QString& modelPath) {
  chosen_ = true;
  begin(modelPath);
}

void EngineController::loadUnasked(const QString& modelPath) {
  chosen_ = false;
  begin(modelPath);
}

void EngineController::begin(const QString& modelPath) {
  wantedPath_ = modelPath;
  loadedWith_ = config(modelPath);
  backend_->load(loadedWith_);
}

std::string EngineController::wantedDevice() const {
  return (device_.isEmpty() ? settings_->device() : device_).toStdString();
}

engine::EngineConfig EngineController::config(const QString& modelPath) const {
  engine::EngineConfig config;
  config.model = modelPath.toStdString();
  if (const std::string device = wantedDevice(); !device.empty()) {
    config.device = device;
  }
  config.num_threads = settings_->threads();
  config.max_model_len = settings_->maxModelLen();
  config.kv_cache_bytes = static_cast<int64_t>(settings_->kvCacheMb()) << 20;
  if (settings_->compactCache()) {
    config.kv_cache_dtype = engine::KvCacheDType::Fp8;
  }
  config.batch_invariant = settings_->batchInvariant();
  if (settings_->gpuMemoryPercent() > 0) {
    config.gpu_memory_utilization = settings_->gpuMemoryPercent() / 100.0;
  }
  return config;
}

void EngineController::retranslate() {
  emit stateChanged();
  emit progressChanged();
}

void EngineController::cancelLoad() { backend_->cancelLoad(); }

void EngineController::reload() {
  if (!wantedPath_.isEmpty() || isFake()) {
    begin(wantedPath_);  // a choice that has not become ready yet still stands
  }
}

void EngineController::unload() { backend_->unload(); }

}  // namespace gui
