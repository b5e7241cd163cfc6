// SPDX-License-Identifier: Apache-2.0
// The model that answers, as the status line and the model page see it. Loading goes on in the
// worker thread; a message sent meanwhile waits and is answered when the model is ready.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QVariantList>

#include "gui/chat/backend.h"

namespace gui {

class Settings;

class EngineController : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  Q_PROPERTY(gui::EngineController::Status status READ status NOTIFY stateChanged)
  Q_PROPERTY(QString errorString READ errorString NOTIFY stateChanged)
  // With Failed: the device failed while it worked. Loading again may be all it takes.
  Q_PROPERTY(bool deviceBroke READ deviceBroke NOTIFY stateChanged)
  // With Failed: the device is of no more use to this process. App::restart() helps.
  Q_PROPERTY(bool deviceLost READ deviceLost NOTIFY stateChanged)
  Q_PROPERTY(QString modelName READ modelName NOTIFY stateChanged)
  Q_PROPERTY(QString modelNote READ modelNote NOTIFY stateChanged)  // of the bundled model
  Q_PROPERTY(QString modelPath READ modelPath NOTIFY stateChanged)
  Q_PROPERTY(QString deviceName READ deviceName NOTIFY stateChanged)
  Q_PROPERTY(QString memoryText READ memoryText NOTIFY
                 stateChanged)  // "7.6 GiB of 23 GiB"; empty until ready
  // What the memory is used for, largest first as the engine takes it: {name, value: "7.5 GiB",
  // detail: "794,624 tokens at 16 bit", share: of what may be used}; empty until ready.
  Q_PROPERTY(QVariantList memoryPlan READ memoryPlan NOTIFY stateChanged)
  Q_PROPERTY(QString memoryPlanText READ memoryPlanText NOTIFY
                 stateChanged)  // "117 GiB of the 125 GiB that may be used"
  // The settings are not those that the model was loaded with: reload() applies them.
  Q_PROPERTY(bool outdated READ outdated NOTIFY outdatedChanged)
  Q_PROPERTY(QString stage READ stage NOTIFY progressChanged)         // "Reading weights"
  Q_PROPERTY(double progress READ progress NOTIFY progressChanged)    // of loading, 0 to 1
  Q_PROPERTY(int contextLimit READ contextLimit NOTIFY stateChanged)  // tokens
  Q_PROPERTY(bool isBundled READ isBundled NOTIFY stateChanged)
  Q_PROPERTY(bool isFake READ isFake CONSTANT)
  Q_PROPERTY(int numRunning READ numRunning NOTIFY statsChanged)
  Q_PROPERTY(int numWaiting READ numWaiting NOTIFY statsChanged)
  Q_PROPERTY(int kvUsed READ kvUsed NOTIFY statsChanged)                       // blocks
  Q_PROPERTY(int kvTotal READ kvTotal NOTIFY statsChanged)                     // blocks
  Q_PROPERTY(double tokensPerSecond READ tokensPerSecond NOTIFY statsChanged)  // of the last answer
  Q_PROPERTY(double ttftMs READ ttftMs NOTIFY statsChanged)                    // of the last answer

 public:
  enum Status { NoModel, Loading, Ready, Failed };
  Q_ENUM(Status)

  EngineController(Backend* backend, Settings* settings, QObject* parent = nullptr);

  Status status() const;
  QString errorString() const;
  bool deviceBroke() const;
  bool deviceLost() const;
  QString modelName() const;
  QString modelNote() const;
  QString modelPath() const;
  QString deviceName() const;
  QString memoryText() const;
  QVariantList memoryPlan() const;
  QString memoryPlanText() const;
  const engine::MemoryUse& memoryUse() const { return backend_->state().memory; }
  std::string device() const { return backend_->state().device; }  // "cpu", "cuda:0"
  bool outdated() const;
  QString stage() const;
  double progress() const;
  int contextLimit() const;
  bool isBundled() const;
  bool isFake() const;
  int numRunning() const;
  int numWaiting() const;
  int kvUsed() const;
  int kvTotal() const;
  double tokensPerSecond() const;
  double ttftMs() const;

  // Loads the model of a folder in place of the current one, with the settings as they are. Once it
  // is ready it is the one that the next start loads. Answers that are being written stop and keep
  // their text.
  Q_INVOKABLE void load(const QString& modelPath);
  Q_INVOKABLE void cancelLoad();
  // The same model again, after a failure or with other settings.
  Q_INVOKABLE void reload();
  Q_INVOKABLE void unload();

  // The same without remembering it: a model that was found, not chosen.
  void loadUnasked(const QString& modelPath);
  // The language of the window changed.
  void retranslate();
  // In place of the setting, until that is changed.
  void setDevice(const QString& device);
  // "cpu", "cuda:1"; empty for automatic.
  std::string wantedDevice() const;
  // What a model would be loaded with now.
  engine::EngineConfig config(const QString& modelPath) const;

 signals:
  void stateChanged();
  void outdatedChanged();
  // What a model would be loaded with is another.
  void configChanged();
  void progressChanged();
  void statsChanged();

 private:
  void begin(const QString& modelPath);

  Backend* const backend_;
  Settings* const settings_;
  QString wantedPath_;
  engine::EngineConfig loadedWith_;
  bool chosen_ = false;  // by the person: to be remembered once it is ready
  QString device_;       // of the command line
  engine::Timings lastAnswer_;
};

}  // namespace gui
