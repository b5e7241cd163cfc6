// SPDX-License-Identifier: Apache-2.0
// Something that answers: the local engine, or a script for tests and screenshots. GUI thread.
//
// load() returns at once; state() tells what became of it. A request made while a model loads waits
// for it and fails only when the loading fails.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <string>

#include "engine/config.h"
#include "engine/error.h"
#include "engine/memory_use.h"
#include "engine/model_info.h"
#include "engine/request.h"
#include "engine/stats.h"
#include "gui/chat/generation.h"
#include "gui/chat/prompt_counter.h"

namespace gui {

struct BackendState {
  enum class Status { NoModel, Loading, Ready, Failed };
  Status status = Status::NoModel;
  QString error;                                              // with Failed
  engine::ErrorCode errorCode = engine::ErrorCode::Internal;  // with Failed
  QString modelPath;
  QString modelName;
  QString modelNote;   // of the bundled model: what it can do
  std::string device;  // "cpu", "cuda:0"
  QString deviceName;
  bool bundled = false;
  bool greedy = false;  // engine::ModelInfo::greedy
  engine::MemoryUse memory;                      // all zero until ready, and without a plan
  qint64 memoryTotal = 0;                        // bytes of the device
  int contextLimit = 0;                          // tokens; 0 until ready
  std::shared_ptr<const PromptCounter> counter;  // null until ready
};

class Backend : public QObject {
  Q_OBJECT

 public:
  using Status = BackendState::Status;
  using QObject::QObject;

  const BackendState& state() const { return state_; }
  bool ready() const { return state_.status == Status::Ready; }
  QString stage() const { return stage_; }
  double progress() const { return progress_; }
  const engine::EngineStats& stats() const { return stats_; }
  virtual bool isFake() const = 0;

  virtual void load(const engine::EngineConfig& config) = 0;
  virtual void cancelLoad() = 0;
  virtual void unload() = 0;
  // Never null. A request that cannot be answered finishes with an error.
  virtual std::unique_ptr<Generation> generate(engine::ChatRequest request) = 0;

 signals:
  void stateChanged();
  void loadProgressChanged();
  void statsChanged();
  // Usage and timings of an answer that ended.
  void answered(const engine::Usage& usage, const engine::Timings& timings);

 protected:
  void setState(BackendState state);
  void setLoadProgress(const QString& stage, double progress);
  void setStats(const engine::EngineStats& stats);

 private:
  BackendState state_;
  QString stage_;
  double progress_ = 0;
  engine::EngineStats stats_;
};

}  // namespace gui
