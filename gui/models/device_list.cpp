// SPDX-License-Identifier: Apache-2.0
#include "gui/models/device_list.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/log.h"
#include "gui/chat/error_text.h"
#include "gui/chat/number_text.h"
#include "gui/chat/task.h"
#include "gui/chat/text_safety.h"
#include "gui/models/engine_controller.h"
#include "gui/settings/settings.h"

namespace gui {
namespace {

bool isGpu(const engine::DeviceInfo& device) { return device.id.compare(0, 4, "cuda") == 0; }

QVariantMap choice(const QString& value, const QString& text, const QString& detail,
                   const QString& problem) {
  return {{QStringLiteral("value"), value},
          {QStringLiteral("text"), text},
          {QStringLiteral("detail"), detail},
          {QStringLiteral("problem"), problem}};
}

}  // namespace

engine::DeviceInfo chosenDevice(const std::vector<engine::DeviceInfo>& devices,
                                const std::string& wanted) {
  const engine::DeviceInfo* best = nullptr;
  for (const engine::DeviceInfo& device : devices) {
    if (!wanted.empty() && (device.id == wanted || device.id == wanted + ":0")) {
      return device;
    }
    if (device.problem.empty() && (best == nullptr || !isGpu(*best))) {
      best = &device;
    }
  }
  return best == nullptr ? engine::DeviceInfo() : *best;
}

engine::EngineConfig forDevice(engine::EngineConfig config) {
  if (config.kv_cache_dtype != engine::KvCacheDType::Auto) {
    const std::string wanted = config.device == "auto" ? std::string() : config.device;
    if (chosenDevice(engine::list_devices(), wanted).id == "cpu") {
      config.kv_cache_dtype = engine::KvCacheDType::Auto;
    }
  }
  return config;
}

DeviceList::DeviceList(Settings* settings, EngineController* engine, QThreadPool* pool,
                       QObject* parent)
    : QObject(parent), settings_(settings), engine_(engine), pool_(pool) {
  // Behind what the engine makes of it.
  connect(engine, &EngineController::configChanged, this, &DeviceList::currentChanged);
}

QVariantList DeviceList::choices() const {
  QVariantList choices;
  const engine::DeviceInfo automatic = chosenDevice(devices_, {});
  const QString found = visibleText(QString::fromStdString(automatic.name));
  choices.append(choice({}, tr("Automatic"),
                        devices_.empty() ? QString()
                        : isGpu(automatic)
                            ? tr("The first graphics card that can be used: %1").arg(found)
                            : tr("No graphics card can be used, so the processor"),
                        {}));
  const bool several = std::count_if(devices_.begin(), devices_.end(), isGpu) > 1;
  for (const engine::DeviceInfo& device : devices_) {
    QString name = visibleText(QString::fromStdString(device.name));
    if (several && isGpu(device)) {
      name += QStringLiteral(" (%1)").arg(QString::fromStdString(device.id));
    }
    const QString memory = device.memory_total > 0 ? tr("%1 of %2 free")
                                                         .arg(memoryText(device.memory_free),
                                                              memoryText(device.memory_total))
                                                   : QString();
    choices.append(choice(
        QString::fromStdString(device.id), isGpu(device) ? name : tr("Processor: %1").arg(name),
        memory, errorText(engine::ErrorCode::Unsupported, QString::fromStdString(device.problem))));
  }
  return choices;
}

QString DeviceList::current() const {
  const std::string wanted = engine_->wantedDevice();
  return QString::fromStdString(wanted == "cuda" ? chosenDevice(devices_, wanted).id : wanted);
}

bool DeviceList::onGpu() const { return isGpu(chosenDevice(devices_, engine_->wantedDevice())); }

void DeviceList::choose(const QString& value) {
  settings_->setDevice(value);
  engine_->setDevice({});
}

void DeviceList::refresh() {
  runTask(
      pool_, this, [] { return engine::list_devices(); },
      [this](const std::vector<engine::DeviceInfo>& devices) {
        devices_ = devices;
        emit choicesChanged();
        emit currentChanged();
      },
      [](const engine::Error& error) { spdlog::warn("no list of devices: {}", error.what()); });
}

}  // namespace gui
