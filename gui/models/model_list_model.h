// SPDX-License-Identifier: Apache-2.0
// The models on this machine, looked for on a pool thread by engine::find_models, with what they
// need of memory.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QAbstractListModel>
#include <QUrl>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/error.h"
#include "engine/memory_use.h"
#include "engine/model_info.h"

class QThreadPool;

namespace gui {

class Settings;
class EngineController;

class ModelListModel : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(bool searching READ searching NOTIFY searchingChanged)  // also before the first search
  // Where a model in a folder of its own is found. Others are found besides: what $FIRESIDE_MODEL
  // names, the Hugging Face cache with its own order of folders, the bundled one.
  Q_PROPERTY(QStringList placesForModels READ placesForModels NOTIFY searchingChanged)
  // No model but the bundled one was found: time for the first-start page.
  Q_PROPERTY(bool onlyBundled READ onlyBundled NOTIFY countChanged)

 public:
  enum Role {
    PathRole = Qt::UserRole + 1,
    NameRole,  // plain text from outside
    NoteRole,
    DtypeRole,        // "BF16"
    SizeTextRole,     // "7.6 GiB"
    ContextTextRole,  // "262,144 tokens"
    FitTextRole,      // "8.3 GiB for the model and 4.6 GiB for 32,768 tokens of context, of 20 GiB
                      // that may be used", or why it does not fit; from the engine's own plan
    FitsRole,
    SupportedRole,
    ProblemRole,  // why it cannot be loaded and what to do
    BundledRole,
    CurrentRole,
  };

  ModelListModel(Settings* settings, EngineController* engine, QThreadPool* pool,
                 QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  int count() const { return rowCount(); }
  bool searching() const { return searching_ || !searched_; }
  QStringList placesForModels() const;
  bool onlyBundled() const;

  Q_INVOKABLE void refresh();
  // Looks there too, from now on.
  Q_INVOKABLE void addFolder(const QUrl& folder);

  // Path of the best model that can be loaded and fits; empty while nothing was found.
  QString bestModel() const;
  // The first that Fireside knows how to run, whether or not it fits; empty when there is none.
  QString firstModel() const;

 signals:
  void countChanged();
  void searchingChanged();
  // A search ended; the list is what was found.
  void refreshed();

 private:
  struct Entry {
    engine::ModelInfo info;
    engine::MemoryUse plan;  // what loading it would take
    engine::ErrorCode errorCode = engine::ErrorCode::Internal;
    std::string error;  // why it could not be loaded, with figures
    bool fits() const { return error.empty(); }
  };
  // The memory of the model that makes room for another.
  struct Freed {
    std::string device;
    qint64 bytes;
  };
  static void plan(QList<Entry>* models, engine::EngineConfig config, const Freed& freed);
  static QList<Entry> search(const std::vector<std::string>& folders,
                             const engine::EngineConfig& config, const Freed& freed);
  Freed freed() const;
  // The plans again: settings or the model that is loaded have changed.
  void replan();
  bool isCurrent(const Entry& entry) const;
  QString fitText(const Entry& entry) const;
  void show(const QList<Entry>& found);

  Settings* const settings_;
  EngineController* const engine_;
  QThreadPool* const pool_;
  QList<Entry> models_;
  bool searching_ = false;
  bool searched_ = false;  // once at least: what was found means something
  bool again_ = false;     // refresh() was called during a search
  quint64 planId_ = 0;     // of the newest plans that were asked for
  bool wasReady_ = false;
};

}  // namespace gui
