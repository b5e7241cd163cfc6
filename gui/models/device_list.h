// SPDX-License-Identifier: Apache-2.0
// The devices of this machine for the settings: what can be chosen, and why one cannot. Asked for
// on a pool thread, because a driver takes its time to wake up.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QVariantList>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/device_info.h"

class QThreadPool;

namespace gui {

class EngineController;
class Settings;

// The device that a model is loaded on: the one asked for ("cpu", "cuda", "cuda:1"), else the first
// usable GPU, else the CPU.
engine::DeviceInfo chosenDevice(const std::vector<engine::DeviceInfo>& devices,
                                const std::string& wanted);

// The compact cache is chosen for GPUs: where the processor computes, it keeps its own.
engine::EngineConfig forDevice(engine::EngineConfig config);

class DeviceList : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  // {value: for Settings.device, text: name, detail: memory, problem: why it cannot be used}; the
  // first entry leaves the choice to Fireside.
  Q_PROPERTY(QVariantList choices READ choices NOTIFY choicesChanged)
  // What a model would be loaded on, by the setting or the command line, as the value of a choice.
  Q_PROPERTY(QString current READ current NOTIFY currentChanged)
  // A model would be loaded on a GPU.
  Q_PROPERTY(bool onGpu READ onGpu NOTIFY currentChanged)

 public:
  DeviceList(Settings* settings, EngineController* engine, QThreadPool* pool,
             QObject* parent = nullptr);

  QVariantList choices() const;
  QString current() const;
  bool onGpu() const;

  Q_INVOKABLE void refresh();
  // Sets Settings.device; what the command line asked for holds no more.
  Q_INVOKABLE void choose(const QString& value);
  // The language of the window changed.
  void retranslate() { emit choicesChanged(); }

 signals:
  void choicesChanged();
  void currentChanged();

 private:
  Settings* const settings_;
  EngineController* const engine_;
  QThreadPool* const pool_;
  std::vector<engine::DeviceInfo> devices_;
};

}  // namespace gui
