// SPDX-License-Identifier: Apache-2.0
// A backend without a model: it writes a fixed text at a fixed rate. For `fireside --fake`, tests
// and screenshots.
//
// It behaves as the local one in everything that the window sees: loading with progress, waiting
// requests, reading the prompt, tokens, stop, failures. The same request gives the same answer.
#pragma once

#include <QElapsedTimer>
#include <QPointer>
#include <QStringList>
#include <QTimer>
#include <vector>

#include "gui/chat/backend.h"

namespace gui {

struct FakeOptions {
  double tokensPerSecond = 60;
  int firstTokenMs = 150;  // the prompt is "read" in this time
  int loadMs = 0;          // 0: loaded within load()
  int contextLimit = 32768;
  QString answer;  // empty: a text that fits the question (fake_script.h)
};

class FakeBackend : public Backend {
  Q_OBJECT

 public:
  explicit FakeBackend(FakeOptions options = {}, QObject* parent = nullptr);
  ~FakeBackend() override;

  bool isFake() const override { return true; }
  void load(const engine::EngineConfig& config) override;
  void cancelLoad() override;
  void unload() override;
  std::unique_ptr<Generation> generate(engine::ChatRequest request) override;

  // For tests.
  void setAnswer(const QString& markdown) { options_.answer = markdown; }
  void setFirstTokenMs(int time) { options_.firstTokenMs = time; }
  void setTokensPerSecond(double rate) { options_.tokensPerSecond = rate; }
  void setContextLimit(int tokens);
  // A machine for pictures: the name of its device and what the memory is used for.
  void setMachine(const QString& device, const engine::MemoryUse& memory, qint64 memoryTotal);
  // What the last load was asked for.
  const engine::EngineConfig& config() const { return config_; }
  void failNextLoad(const QString& message) { nextLoadError_ = message; }
  // Ends every answer with an error behind its next token, once.
  void failNextAnswer(const QString& message) { nextAnswerError_ = message; }
  // The device is gone: answers end with an error, the state is Failed.
  void breakDevice(const QString& message, bool lost = false);
  const std::vector<engine::ChatRequest>& requests() const { return requests_; }

 private:
  struct Job;
  void tick();
  void start(Job& job);
  bool advance(Job& job);
  void finish(Job& job, engine::FinishReason reason, const QString& error = {});
  void loadStep();
  void becomeReady(const QString& modelPath);
  void updateStats();

  FakeOptions options_;
  QTimer timer_;
  QTimer loadTimer_;
  QElapsedTimer loadTime_;
  engine::EngineConfig config_;
  QString device_;
  engine::MemoryUse memory_;
  qint64 memoryTotal_ = 0;
  QString loadingPath_;
  QString nextLoadError_;
  QString nextAnswerError_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::vector<engine::ChatRequest> requests_;
  quint64 nextId_ = 1;
  // Prefix cache of the show: characters of the last prompt that the next one shares count as
  // reused.
  QString lastPrompt_;
};

}  // namespace gui
