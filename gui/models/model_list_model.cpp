// SPDX-License-Identifier: Apache-2.0
#include "gui/models/model_list_model.h"

#include <QDir>
#include <algorithm>
#include <utility>

#include "engine/device_info.h"
#include "engine/engine.h"
#include "engine/log.h"
#include "engine/models_folder.h"
#include "gui/chat/error_text.h"
#include "gui/chat/number_text.h"
#include "gui/chat/task.h"
#include "gui/chat/text_safety.h"
#include "gui/models/device_list.h"
#include "gui/models/engine_controller.h"
#include "gui/settings/settings.h"

namespace gui {
namespace {

// A model with less room than this is not loaded unasked: a question with a few pages needs it.
constexpr int kUsableContext = 4096;

}  // namespace

ModelListModel::ModelListModel(Settings* settings, EngineController* engine, QThreadPool* pool,
                               QObject* parent)
    : QAbstractListModel(parent), settings_(settings), engine_(engine), pool_(pool) {
  connect(engine, &EngineController::stateChanged, this, [this] {
    if (!models_.isEmpty()) {
      emit dataChanged(index(0), index(count() - 1), {CurrentRole, FitTextRole, FitsRole});
    }
    // With a model in memory the others are planned as if it made room.
    const bool ready = engine_->status() == EngineController::Ready;
    if (std::exchange(wasReady_, ready) != ready && ready) {
      replan();
    }
  });
  connect(engine, &EngineController::configChanged, this, &ModelListModel::replan);
  connect(settings, &Settings::modelFoldersChanged, this, &ModelListModel::refresh);
}

int ModelListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(models_.size());
}

QHash<int, QByteArray> ModelListModel::roleNames() const {
  return {{PathRole, "path"},       {NameRole, "name"},         {NoteRole, "note"},
          {DtypeRole, "dtype"},     {SizeTextRole, "sizeText"}, {ContextTextRole, "contextText"},
          {FitTextRole, "fitText"}, {FitsRole, "fits"},         {SupportedRole, "supported"},
          {ProblemRole, "problem"}, {BundledRole, "bundled"},   {CurrentRole, "current"}};
}

QVariant ModelListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const Entry& entry = models_[index.row()];
  const engine::ModelInfo& info = entry.info;
  switch (role) {
    case PathRole:
      return QString::fromStdString(info.path);
    case Qt::DisplayRole:
    case NameRole:
      return visibleText(engineWords(QString::fromStdString(info.name)));
    case NoteRole:
      return visibleText(engineWords(QString::fromStdString(info.note)));
    case DtypeRole:
      return QString::fromStdString(info.dtype);
    case SizeTextRole:
      return memoryText(info.weight_bytes);
    case ContextTextRole:
      return info.max_context > 0 ? tokensText(info.max_context) : QString();
    case FitTextRole:
      return fitText(entry);
    case FitsRole:
      return entry.fits();
    case SupportedRole:
      return info.unsupported.empty();
    case ProblemRole:
      return visibleText(
          errorText(engine::ErrorCode::Unsupported, QString::fromStdString(info.unsupported)));
    case BundledRole:
      return info.bundled;
    case CurrentRole:
      return isCurrent(entry);
    default:
      return {};
  }
}

QString ModelListModel::fitText(const Entry& entry) const {
  if (!entry.info.unsupported.empty()) {
    return {};
  }
  const bool loaded = isCurrent(entry) && engine_->status() == EngineController::Ready &&
                      engine_->memoryUse().available > 0;
  if (!loaded && !entry.fits()) {
    return visibleText(errorText(entry.errorCode, QString::fromStdString(entry.error)));
  }
  const engine::MemoryUse& use = loaded ? engine_->memoryUse() : entry.plan;
  return tr("%1 for the model and %2 for %3 of context, of %4 that may be used")
      .arg(memoryText(use.used() - use.kv_cache), memoryText(use.kv_cache),
           tokensText(use.kv_tokens), memoryText(use.available));
}

bool ModelListModel::isCurrent(const Entry& entry) const {
  return engine_->status() != EngineController::NoModel &&
         QDir(engine_->modelPath()) == QDir(QString::fromStdString(entry.info.path));
}

QStringList ModelListModel::placesForModels() const {
  QStringList folders;
  if (const std::string own = engine::models_folder(); !own.empty()) {
    folders.append(QString::fromStdString(own));
  }
  folders.append(settings_->modelFolders());
  return folders;
}

bool ModelListModel::onlyBundled() const {
  return std::none_of(models_.begin(), models_.end(), [](const Entry& entry) {
    return !entry.info.bundled && entry.info.unsupported.empty();
  });
}

QList<ModelListModel::Entry> ModelListModel::search(const std::vector<std::string>& folders,
                                                    const engine::EngineConfig& config,
                                                    const Freed& freed) {
  QList<Entry> found;
  for (engine::ModelInfo& info : engine::find_models(folders)) {
    Entry entry;
    entry.info = std::move(info);
    found.append(std::move(entry));
  }
  plan(&found, config, freed);
  return found;
}

void ModelListModel::plan(QList<Entry>* models, engine::EngineConfig config, const Freed& freed) {
  config = forDevice(std::move(config));
  const std::string wanted = config.device == "auto" ? std::string() : config.device;
  const bool same = chosenDevice(engine::list_devices(), wanted).id == freed.device;
  for (Entry& entry : *models) {
    if (!entry.info.unsupported.empty()) {
      continue;
    }
    config.model = entry.info.path;
    entry.error.clear();
    try {
      entry.plan = engine::Engine::plan_memory(config, same ? freed.bytes : 0);
    } catch (const engine::Error& error) {
      entry.errorCode = error.code();
      entry.error = error.what();
    }
  }
}

ModelListModel::Freed ModelListModel::freed() const {
  return {engine_->device(), engine_->memoryUse().used()};
}

void ModelListModel::replan() {
  if (searching_) {
    again_ = true;
    return;
  }
  runTask(
      pool_, this,
      [models = models_, config = engine_->config({}), freed = freed()]() mutable {
        plan(&models, config, freed);
        return models;
      },
      [this, id = ++planId_](const QList<Entry>& planned) {
        if (id == planId_ && !planned.isEmpty()) {
          models_ = planned;
          emit dataChanged(index(0), index(count() - 1), {FitTextRole, FitsRole});
        }
      },
      [](const engine::Error& error) { spdlog::warn("no memory plan: {}", error.what()); });
}

void ModelListModel::refresh() {
  if (searching_) {
    again_ = true;
    return;
  }
  searching_ = true;
  emit searchingChanged();
  std::vector<std::string> folders;
  for (const QString& folder : settings_->modelFolders()) {
    folders.push_back(folder.toStdString());
  }
  ++planId_;  // plans of the old list are no use any more
  runTask(
      pool_, this,
      [folders, config = engine_->config({}), freed = freed()] {
        return search(folders, config, freed);
      },
      [this](const QList<Entry>& found) { show(found); },
      [this](const engine::Error& error) {
        spdlog::warn("looking for models failed: {}", error.what());
        show({});
      });
}

void ModelListModel::show(const QList<Entry>& found) {
  beginResetModel();
  models_ = found;
  endResetModel();
  searching_ = false;
  searched_ = true;
  emit countChanged();
  emit searchingChanged();
  emit refreshed();
  if (std::exchange(again_, false)) {
    refresh();
  }
}

void ModelListModel::addFolder(const QUrl& folder) {
  const QString path = QDir(folder.toLocalFile()).absolutePath();
  QStringList folders = settings_->modelFolders();
  if (folder.isLocalFile() && !folders.contains(path)) {
    folders.append(path);
    settings_->setModelFolders(folders);
  }
}

QString ModelListModel::bestModel() const {
  const auto usable = [](const Entry& entry) {
    return entry.info.unsupported.empty() && entry.fits() &&
           entry.plan.max_model_len >= std::min(entry.info.max_context, kUsableContext);
  };
  const auto best = std::find_if(models_.begin(), models_.end(), usable);
  return best == models_.end() ? QString() : QString::fromStdString(best->info.path);
}

QString ModelListModel::firstModel() const {
  const auto first = std::find_if(models_.begin(), models_.end(), [](const Entry& entry) {
    return entry.info.unsupported.empty();
  });
  return first == models_.end() ? QString() : QString::fromStdString(first->info.path);
}

}  // namespace gui
