// SPDX-License-Identifier: Apache-2.0
// The thread in which the engine lives. Everything here runs in that thread, through queued calls;
// signals go out.
//
// It steps the engine while there is work and returns to its event loop between two steps, so that
// a new request or an abort takes effect at the next one.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <map>
#include <memory>
#include <stop_token>

#include "engine/engine.h"
#include "engine/error.h"

namespace gui {

class Mailbox;

struct LoadedModel {
  engine::ModelInfo info;
  engine::EngineConfig config;
  std::string deviceName;
  engine::MemoryUse memory;
  qint64 memoryTotal = 0;  // bytes of the device
  std::shared_ptr<const engine::PromptEncoder> encoder;
};

class EngineWorker : public QObject {
  Q_OBJECT

 public:
  EngineWorker();
  ~EngineWorker() override;

  // Replaces the engine. loadId comes back in the signals, so that what comes late, of a cancelled
  // load or of the model before, is recognised.
  void load(quint64 loadId, const engine::EngineConfig& config, std::stop_token stop);
  void unload();
  // `ticket` names the request from here on; its outputs go to the mailbox. Its tokens belong to
  // the model of `loadId`: with another one loaded meanwhile they would mean nothing, and the
  // request ends.
  void submit(quint64 loadId, quint64 ticket, engine::TokenRequest request,
              const std::shared_ptr<Mailbox>& mailbox);
  void abort(quint64 ticket);

 signals:
  void loadProgress(quint64 loadId, const QString& stage, double progress);
  void loaded(quint64 loadId, const gui::LoadedModel& model);
  void loadFailed(quint64 loadId, engine::ErrorCode code, const QString& message);
  // The device or the engine failed while it worked; it is unloaded. Device: loading again may be
  // all it takes; DeviceLost: it takes a new process.
  void failed(quint64 loadId, engine::ErrorCode code, const QString& message);
  void statsChanged(quint64 loadId, const engine::EngineStats& stats);
  void answered(const engine::Usage& usage, const engine::Timings& timings);

 private:
  struct Request {
    uint64_t id = 0;
    std::shared_ptr<Mailbox> mailbox;
  };
  void postStep();
  void step();
  void publishStats(bool always);
  void deliver(quint64 ticket, const engine::RequestOutput& output);
  void breakDown(const std::string& message);

  std::unique_ptr<engine::Engine> engine_;
  quint64 loadId_ = 0;                   // of engine_
  std::map<quint64, Request> requests_;  // by ticket
  bool stepPosted_ = false;
  QElapsedTimer sinceStats_;
};

}  // namespace gui

Q_DECLARE_METATYPE(gui::LoadedModel)
