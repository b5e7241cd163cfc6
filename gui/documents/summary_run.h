// SPDX-License-Identifier: Apache-2.0
// Summarises documents that do not fit the context: all sections of a document are asked for
// together (they share the engine's batches), then reduced, in several levels when needed; every
// page is read. GUI thread; planning and counting run on the pool.
//
// Signals come in this order: progressChanged and sectionsChanged many times, textAdded, finished
// once.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <vector>

#include "engine/document.h"
#include "engine/request.h"
#include "engine/summary.h"
#include "gui/chat/backend.h"
#include "gui/store/rows.h"

class QThreadPool;

namespace gui {

struct SummaryJob {
  std::vector<std::shared_ptr<const engine::Document>> documents;
  std::string systemPrompt;
  engine::SamplingParams sampling;
  std::string language;  // "en", "zh_CN": of the instructions
};

class SummaryRun : public QObject {
  Q_OBJECT

 public:
  SummaryRun(Backend* backend, QThreadPool* pool, SummaryJob job, QObject* parent = nullptr);
  ~SummaryRun() override;

  void start();
  // finished() follows; sections that are complete stay.
  void stop();

  // Those that are complete, in the order of the document.
  const QList<SectionRow>& sections() const { return sections_; }
  // Sums over all requests.
  const GenerationResult& result() const { return result_; }

 signals:
  void progressChanged(double share, const QString& text);
  void sectionsChanged();
  void textAdded(const QString& added);
  void finished();

 private:
  struct Part {
    std::unique_ptr<Generation> generation;
    double read = 0;  // share of its prompt that is computed
  };
  void planDocument();
  void askSections();
  void askTogether(std::vector<std::vector<engine::ChatMessage>> requests, bool sections);
  void partFinished(bool sections);
  void reduce();
  void askLast(const std::vector<engine::ChatMessage>& messages);
  void lastFinished();
  void nextDocument();
  void showProgress();
  void keepSections();
  void addUsage(const GenerationResult& result);
  void end(engine::FinishReason reason, const QString& error = {},
           engine::ErrorCode code = engine::ErrorCode::Internal);
  // toCombine: the answer becomes part of another prompt, for which the plan has only so much room.
  engine::ChatRequest request(std::vector<engine::ChatMessage> messages, bool toCombine) const;
  const engine::Document& document() const { return *job_.documents[current_]; }

  Backend* const backend_;
  QThreadPool* const pool_;
  const SummaryJob job_;
  size_t current_ = 0;  // document at hand
  std::shared_ptr<const engine::SummaryPlan> plan_;
  std::vector<Part> parts_;
  std::vector<std::string> summaries_;  // of the sections, or of the level above
  std::unique_ptr<Generation> last_;
  QList<SectionRow> earlier_;  // sections of the documents before
  QList<SectionRow> sections_;
  GenerationResult result_;
  int rounds_ = 0;  // engine::check_progress()
  bool reducing_ = false;
  bool ended_ = false;
};

}  // namespace gui
