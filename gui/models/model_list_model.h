// SPDX-License-Identifier: Apache-2.0
// The models on this machine, looked for on a pool thread by engine::find_models, with what they
// need of memory.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QAbstractListModel>
#include <QUrl>
#include <string>
#include <vector>

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
  Q_PROPERTY(QStringList searchedFolders READ searchedFolders NOTIFY searchingChanged)
  // No model but the bundled one was found: time for the first-start page.
  Q_PROPERTY(bool onlyBundled READ onlyBundled NOTIFY countChanged)

 public:
  enum Role {
    PathRole = Qt::UserRole + 1,
    NameRole,         // plain text from outside
    NoteRole,
    DtypeRole,        // "BF16"
    SizeTextRole,     // "7.6 GiB"
    ContextTextRole,  // "262,144 tokens"
    FitTextRole,      // "Needs 12.1 GiB with 32,768 tokens of context; 23 GiB are free"
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
  QStringList searchedFolders() const;
  bool onlyBundled() const;

  Q_INVOKABLE void refresh();
  // Looks there too, from now on.
  Q_INVOKABLE void addFolder(const QUrl& folder);

  // Path of the best model that can be loaded and fits; empty while nothing was found.
  QString bestModel() const;

 signals:
  void countChanged();
  void searchingChanged();
  // A search ended; the list is what was found.
  void refreshed();

 private:
  struct Entry {
    engine::ModelInfo info;
    int context = 0;        // tokens the fit was computed for
    qint64 memoryFree = 0;  // bytes on the device it would run on
    bool fits() const { return info.required_bytes(context) <= memoryFree; }
  };
  static QList<Entry> search(const std::vector<std::string>& folders, const std::string& device,
                             int maxContext);
  QString fitText(const Entry& entry) const;
  void show(const QList<Entry>& found);

  Settings* const settings_;
  EngineController* const engine_;
  QThreadPool* const pool_;
  QList<Entry> models_;
  bool searching_ = false;
  bool searched_ = false;  // once at least: what was found means something
  bool again_ = false;     // refresh() was called during a search
};

}  // namespace gui
