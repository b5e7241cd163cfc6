// SPDX-License-Identifier: Apache-2.0
#include "gui/models/model_list_model.h"

#include <QDir>
#include <QStandardPaths>
#include <algorithm>
#include <utility>

#include "engine/device_info.h"
#include "engine/log.h"
#include "gui/chat/error_text.h"
#include "gui/chat/number_text.h"
#include "gui/chat/task.h"
#include "gui/chat/text_safety.h"
#include "gui/models/engine_controller.h"
#include "gui/settings/settings.h"

namespace gui {
namespace {

// What a conversation with a document needs; the fit is shown for it, or for the whole context when
// that is smaller.
constexpr int kUsualContext = 32768;

// The device a model would be loaded on: the one asked for, else the first usable GPU, else the
// CPU.
engine::DeviceInfo chosenDevice(const std::string& wanted) {
  const std::vector<engine::DeviceInfo> devices = engine::list_devices();
  const engine::DeviceInfo* best = nullptr;
  for (const engine::DeviceInfo& device : devices) {
    const bool asked = !wanted.empty() && (device.id == wanted || device.id == wanted + ":0");
    if (asked) {
      return device;
    }
    if (device.problem.empty() && (best == nullptr || best->id == "cpu")) {
      best = &device;
    }
  }
  return best == nullptr ? engine::DeviceInfo() : *best;
}

}  // namespace

ModelListModel::ModelListModel(Settings* settings, EngineController* engine, QThreadPool* pool,
                               QObject* parent)
    : QAbstractListModel(parent), settings_(settings), engine_(engine), pool_(pool) {
  connect(engine, &EngineController::stateChanged, this, [this] {
    if (!models_.isEmpty()) {
      emit dataChanged(index(0), index(count() - 1), {CurrentRole});
    }
  });
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
      return engine_->status() != EngineController::NoModel &&
             QDir(engine_->modelPath()) == QDir(QString::fromStdString(info.path));
    default:
      return {};
  }
}

QString ModelListModel::fitText(const Entry& entry) const {
  if (!entry.info.unsupported.empty()) {
    return {};
  }
  const QString need = memoryText(entry.info.required_bytes(entry.context));
  const QString free = memoryText(entry.memoryFree);
  const QString context = tokensText(entry.context);
  return entry.fits()
             ? tr("Needs %1 with a context of %2; %3 are free.").arg(need, context, free)
             : tr("Needs %1 with a context of %2, but only %3 are free.").arg(need, context, free);
}

QStringList ModelListModel::searchedFolders() const {
  QStringList folders;
  if (const QString own = qEnvironmentVariable("FIRESIDE_MODEL"); !own.isEmpty()) {
    folders.append(own);
  }
  folders.append(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
                 QLatin1String("/fireside/models"));
  folders.append(settings_->modelFolders());
  const QString home =
      qEnvironmentVariable("HF_HOME", QDir::homePath() + QLatin1String("/.cache/huggingface"));
  folders.append(qEnvironmentVariable("HF_HUB_CACHE", home + QLatin1String("/hub")));
  return folders;
}

bool ModelListModel::onlyBundled() const {
  return std::none_of(models_.begin(), models_.end(), [](const Entry& entry) {
    return !entry.info.bundled && entry.info.unsupported.empty();
  });
}

QList<ModelListModel::Entry> ModelListModel::search(const std::vector<std::string>& folders,
                                                    const std::string& device, int maxContext) {
  QList<Entry> found;
  const engine::DeviceInfo target = chosenDevice(device);
  for (engine::ModelInfo& info : engine::find_models(folders)) {
    Entry entry;
    entry.context = std::min(info.max_context, maxContext > 0 ? maxContext : kUsualContext);
    entry.memoryFree = target.memory_free;
    entry.info = std::move(info);
    found.append(std::move(entry));
  }
  return found;
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
  const std::string device = settings_->device().toStdString();
  const int maxContext = settings_->maxModelLen();
  runTask(
      pool_, this, [folders, device, maxContext] { return search(folders, device, maxContext); },
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
    return entry.info.unsupported.empty() && entry.fits();
  };
  const auto best = std::find_if(models_.begin(), models_.end(), usable);
  return best == models_.end() ? QString() : QString::fromStdString(best->info.path);
}

}  // namespace gui
