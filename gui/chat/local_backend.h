// SPDX-License-Identifier: Apache-2.0
// The engine of this process as a Backend. GUI thread; the engine itself lives in EngineWorker's
// thread.
//
// Template and tokens are made on a pool thread before a request reaches the worker, so that a long
// document never holds up an answer that is being written.
#pragma once

#include <QThread>
#include <QThreadPool>
#include <stop_token>
#include <vector>

#include "gui/chat/backend.h"

namespace engine {
class PromptEncoder;
}

namespace gui {

class EngineWorker;
struct LoadedModel;

class LocalBackend : public Backend {
  Q_OBJECT

 public:
  explicit LocalBackend(QObject* parent = nullptr);
  ~LocalBackend() override;

  bool isFake() const override { return false; }
  void load(const engine::EngineConfig& config) override;
  void cancelLoad() override;
  void unload() override;
  std::unique_ptr<Generation> generate(engine::ChatRequest request) override;

 private:
  struct Waiting {
    quint64 ticket;
    std::shared_ptr<Mailbox> mailbox;
    engine::ChatRequest request;
  };
  void start(Waiting waiting);
  void stopTicket(quint64 ticket);
  void onLoaded(quint64 loadId, const LoadedModel& model);
  void onLoadFailed(quint64 loadId, engine::ErrorCode code, const QString& message);
  void onFailed(quint64 loadId, engine::ErrorCode code, const QString& message);
  void failWaiting(engine::ErrorCode code, const QString& message);

  QThread thread_;
  EngineWorker* worker_;  // lives in thread_, deleted when it ends
  QThreadPool encoders_;
  std::shared_ptr<const engine::PromptEncoder> encoder_;
  std::stop_source loadStop_;
  quint64 loadId_ = 0;
  quint64 nextTicket_ = 1;
  std::vector<Waiting> waiting_;  // made while the model loads
};

}  // namespace gui
