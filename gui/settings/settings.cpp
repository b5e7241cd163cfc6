// SPDX-License-Identifier: Apache-2.0
#include "gui/settings/settings.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QMetaProperty>
#include <algorithm>
#include <cmath>
#include <type_traits>

#include "gui/store/store.h"

namespace gui {
namespace {

constexpr int kSaveDelayMs = 300;
constexpr int kMaxCoordinate = 100000;
constexpr int kStepsOfTextScale = 10;
constexpr double kRounding = 1e-6;

// Any JSON value as text; QJsonDocument itself takes only arrays and objects.
QString toText(const QJsonValue& value) {
  const QByteArray array = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
  return QString::fromUtf8(array.mid(1, array.size() - 2));
}

QJsonValue fromText(const QString& text) {
  const QJsonArray array = QJsonDocument::fromJson('[' + text.toUtf8() + ']').array();
  return array.size() == 1 ? array.first() : QJsonValue(QJsonValue::Undefined);
}

QString oneOf(const QString& value, const QStringList& allowed) {
  return allowed.contains(value) ? value : allowed.first();
}

int coordinate(int value) { return std::clamp(value, -kMaxCoordinate, kMaxCoordinate); }
int extent(int value) { return std::clamp(value, 0, kMaxCoordinate); }

}  // namespace

Settings::Settings(Store* store, QObject* parent) : QObject(parent), store_(store) {
  save_timer_.setSingleShot(true);
  save_timer_.setInterval(kSaveDelayMs);
  connect(&save_timer_, &QTimer::timeout, this, &Settings::save);
}

Settings::~Settings() { save(); }

QFuture<void> Settings::load() {
  if (store_ == nullptr) return QtFuture::makeReadyFuture();
  return store_->settings()
      .then(this,
            [this](const QHash<QString, QString>& values) {
              loading_ = true;
              for (auto it = values.cbegin(); it != values.cend(); ++it) {
                // What was changed before the answer came is newer.
                if (!unsaved_.contains(it.key())) apply(it.key(), fromText(it.value()));
              }
              loading_ = false;
            })
      .onFailed(this, [](const StoreError&) {
        // The defaults hold; StorageStatus says what is wrong with the store.
      });
}

void Settings::apply(const QString& key, const QJsonValue& value) {
  const int index = metaObject()->indexOfProperty(key.toLatin1().constData());
  if (index < metaObject()->propertyOffset() || value.isUndefined() || value.isNull()) return;
  const QMetaProperty property = metaObject()->property(index);
  switch (property.typeId()) {
    case QMetaType::QString:
      if (value.isString()) property.write(this, value.toString());
      break;
    case QMetaType::Bool:
      if (value.isBool()) property.write(this, value.toBool());
      break;
    case QMetaType::QStringList:
      if (value.isArray()) property.write(this, value.toVariant().toStringList());
      break;
    case QMetaType::Int:
      if (value.isDouble()) property.write(this, value.toInt());
      break;
    case QMetaType::LongLong:
      if (value.isDouble()) property.write(this, value.toInteger());
      break;
    case QMetaType::Double:
      if (value.isDouble()) property.write(this, value.toDouble());
      break;
    default:
      break;
  }
}

void Settings::save() {
  save_timer_.stop();
  if (store_ == nullptr || unsaved_.isEmpty()) return;
  store_->setSettings(unsaved_);
  unsaved_.clear();
}

template <class T>
void Settings::assign(T& member, const T& value, const char* key, void (Settings::*changed)()) {
  if (member == value) return;
  member = value;
  if (!loading_ && store_ != nullptr) {
    QJsonValue json;
    if constexpr (std::is_same_v<T, QStringList>) {
      json = QJsonArray::fromStringList(value);
    } else {
      json = value;
    }
    unsaved_.insert(QString::fromLatin1(key), toText(json));
    save_timer_.start();
  }
  emit(this->*changed)();
}

void Settings::setLanguage(const QString& value) {
  const QString known = oneOf(value, {QString(), QStringLiteral("en"), QStringLiteral("zh_CN")});
  assign(language_, known, "language", &Settings::languageChanged);
}

void Settings::setTheme(const QString& value) {
  const QString known =
      oneOf(value, {QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark")});
  assign(theme_, known, "theme", &Settings::themeChanged);
}

void Settings::setTextScale(double value) {
  const double scale =
      std::isfinite(value) ? std::clamp(value, smallestTextScale(), largestTextScale()) : 1.0;
  assign(textScale_, scale, "textScale", &Settings::textScaleChanged);
}

void Settings::zoom(int step) {
  // A size between two steps, as an older settings file may hold one, goes to the next of them.
  const double steps = textScale_ * kStepsOfTextScale;
  const double from = step > 0 ? std::floor(steps + kRounding) : std::ceil(steps - kRounding);
  setTextScale(step == 0 ? 1.0 : std::round(from + step) / kStepsOfTextScale);
}

void Settings::setSendOnEnter(bool value) {
  assign(sendOnEnter_, value, "sendOnEnter", &Settings::sendOnEnterChanged);
}

void Settings::setReduceMotion(bool value) {
  assign(reduceMotion_, value, "reduceMotion", &Settings::reduceMotionChanged);
}

void Settings::setModelPath(const QString& value) {
  assign(modelPath_, value, "modelPath", &Settings::modelPathChanged);
}

void Settings::setDevice(const QString& value) {
  assign(device_, value, "device", &Settings::deviceChanged);
}

void Settings::setThreads(int value) {
  assign(threads_, std::clamp(value, 0, 1024), "threads", &Settings::threadsChanged);
}

void Settings::setMaxModelLen(int value) {
  assign(maxModelLen_, std::clamp(value, 0, 1 << 24), "maxModelLen", &Settings::maxModelLenChanged);
}

void Settings::setKvCacheMb(int value) {
  assign(kvCacheMb_, std::clamp(value, 0, 1 << 24), "kvCacheMb", &Settings::kvCacheMbChanged);
}

void Settings::setCompactCache(bool value) {
  assign(compactCache_, value, "compactCache", &Settings::compactCacheChanged);
}

void Settings::setBatchInvariant(bool value) {
  assign(batchInvariant_, value, "batchInvariant", &Settings::batchInvariantChanged);
}

void Settings::setGpuMemoryPercent(int value) {
  assign(gpuMemoryPercent_, value <= 0 ? 0 : std::clamp(value, 10, 99), "gpuMemoryPercent",
         &Settings::gpuMemoryPercentChanged);
}

void Settings::setModelFolders(const QStringList& value) {
  QStringList folders = value;
  folders.removeDuplicates();
  folders.removeAll(QString());
  assign(modelFolders_, folders, "modelFolders", &Settings::modelFoldersChanged);
}

void Settings::setWindowX(int value) {
  assign(windowX_, coordinate(value), "windowX", &Settings::windowXChanged);
}

void Settings::setWindowY(int value) {
  assign(windowY_, coordinate(value), "windowY", &Settings::windowYChanged);
}

void Settings::setWindowWidth(int value) {
  assign(windowWidth_, extent(value), "windowWidth", &Settings::windowWidthChanged);
}

void Settings::setWindowHeight(int value) {
  assign(windowHeight_, extent(value), "windowHeight", &Settings::windowHeightChanged);
}

void Settings::setWindowMaximized(bool value) {
  assign(windowMaximized_, value, "windowMaximized", &Settings::windowMaximizedChanged);
}

void Settings::setSidebarVisible(bool value) {
  assign(sidebarVisible_, value, "sidebarVisible", &Settings::sidebarVisibleChanged);
}

void Settings::setSidebarWidth(int value) {
  assign(sidebarWidth_, std::clamp(value, 200, 480), "sidebarWidth",
         &Settings::sidebarWidthChanged);
}

void Settings::setLastConversation(qint64 value) {
  assign(lastConversation_, std::max<qint64>(value, 0), "lastConversation",
         &Settings::lastConversationChanged);
}

}  // namespace gui
