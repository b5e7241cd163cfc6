// SPDX-License-Identifier: Apache-2.0
// What the person has chosen, and where the window was. GUI thread.
//
// Loaded once, before the first frame, by load(); every change is announced at once and written to
// the store a moment later (and at the latest when this object goes). A value out of range is
// brought into it; a stored value that makes no sense is replaced by the default. Without a store
// that can write, changes last as long as the window.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QFuture>
#include <QHash>
#include <QJsonValue>
#include <QObject>
#include <QStringList>
#include <QTimer>

namespace gui {

class Store;

class Settings : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  // Of the window: "en", "zh_CN"; empty: the system's.
  Q_PROPERTY(QString language READ language WRITE setLanguage NOTIFY languageChanged)
  Q_PROPERTY(
      QString theme READ theme WRITE setTheme NOTIFY themeChanged)  // "system", "light", "dark"
  Q_PROPERTY(double textScale READ textScale WRITE setTextScale NOTIFY textScaleChanged)
  Q_PROPERTY(double smallestTextScale READ smallestTextScale CONSTANT)
  Q_PROPERTY(double largestTextScale READ largestTextScale CONSTANT)
  Q_PROPERTY(bool sendOnEnter READ sendOnEnter WRITE setSendOnEnter NOTIFY
                 sendOnEnterChanged)  // else Ctrl+Enter sends
  Q_PROPERTY(bool reduceMotion READ reduceMotion WRITE setReduceMotion NOTIFY reduceMotionChanged)
  // Of the engine; 0 or empty: chosen at load.
  Q_PROPERTY(QString modelPath READ modelPath WRITE setModelPath NOTIFY modelPathChanged)
  Q_PROPERTY(QString device READ device WRITE setDevice NOTIFY
                 deviceChanged)  // "", "cpu", "cuda", "cuda:1"
  Q_PROPERTY(int threads READ threads WRITE setThreads NOTIFY threadsChanged)
  Q_PROPERTY(
      int maxModelLen READ maxModelLen WRITE setMaxModelLen NOTIFY maxModelLenChanged)  // tokens
  Q_PROPERTY(int kvCacheMb READ kvCacheMb WRITE setKvCacheMb NOTIFY kvCacheMbChanged)
  // Of a GPU: the context cache in 8 bits; the same answer alone and in company; the share of its
  // memory that may be used in percent (0, or 10 to 99).
  Q_PROPERTY(bool compactCache READ compactCache WRITE setCompactCache NOTIFY compactCacheChanged)
  Q_PROPERTY(
      bool batchInvariant READ batchInvariant WRITE setBatchInvariant NOTIFY batchInvariantChanged)
  Q_PROPERTY(int gpuMemoryPercent READ gpuMemoryPercent WRITE setGpuMemoryPercent NOTIFY
                 gpuMemoryPercentChanged)
  Q_PROPERTY(
      QStringList modelFolders READ modelFolders WRITE setModelFolders NOTIFY modelFoldersChanged)
  // Where the window was. windowWidth 0: nowhere yet.
  Q_PROPERTY(int windowX READ windowX WRITE setWindowX NOTIFY windowXChanged)
  Q_PROPERTY(int windowY READ windowY WRITE setWindowY NOTIFY windowYChanged)
  Q_PROPERTY(int windowWidth READ windowWidth WRITE setWindowWidth NOTIFY windowWidthChanged)
  Q_PROPERTY(int windowHeight READ windowHeight WRITE setWindowHeight NOTIFY windowHeightChanged)
  Q_PROPERTY(bool windowMaximized READ windowMaximized WRITE setWindowMaximized NOTIFY
                 windowMaximizedChanged)
  Q_PROPERTY(
      bool sidebarVisible READ sidebarVisible WRITE setSidebarVisible NOTIFY sidebarVisibleChanged)
  Q_PROPERTY(int sidebarWidth READ sidebarWidth WRITE setSidebarWidth NOTIFY sidebarWidthChanged)
  Q_PROPERTY(qint64 lastConversation READ lastConversation WRITE setLastConversation NOTIFY
                 lastConversationChanged)

 public:
  // store may be null (nothing is kept then) and must outlive this.
  explicit Settings(Store* store, QObject* parent = nullptr);
  ~Settings() override;

  // Reads everything. Right after Store::open() and before Store::flush(), so that the first frame
  // has it.
  QFuture<void> load();
  // Hands changes to the store now.
  void save();
  // The next text size above (+1) or below (-1) this one, in steps of 10 %; 0: the usual one.
  Q_INVOKABLE void zoom(int step);

  QString language() const { return language_; }
  QString theme() const { return theme_; }
  double textScale() const { return textScale_; }
  static constexpr double smallestTextScale() { return 0.8; }
  static constexpr double largestTextScale() { return 2.0; }
  bool sendOnEnter() const { return sendOnEnter_; }
  bool reduceMotion() const { return reduceMotion_; }
  QString modelPath() const { return modelPath_; }
  QString device() const { return device_; }
  int threads() const { return threads_; }
  int maxModelLen() const { return maxModelLen_; }
  int kvCacheMb() const { return kvCacheMb_; }
  bool compactCache() const { return compactCache_; }
  bool batchInvariant() const { return batchInvariant_; }
  int gpuMemoryPercent() const { return gpuMemoryPercent_; }
  QStringList modelFolders() const { return modelFolders_; }
  int windowX() const { return windowX_; }
  int windowY() const { return windowY_; }
  int windowWidth() const { return windowWidth_; }
  int windowHeight() const { return windowHeight_; }
  bool windowMaximized() const { return windowMaximized_; }
  bool sidebarVisible() const { return sidebarVisible_; }
  int sidebarWidth() const { return sidebarWidth_; }
  qint64 lastConversation() const { return lastConversation_; }

  void setLanguage(const QString& value);
  void setTheme(const QString& value);
  void setTextScale(double value);
  void setSendOnEnter(bool value);
  void setReduceMotion(bool value);
  void setModelPath(const QString& value);
  void setDevice(const QString& value);
  void setThreads(int value);
  void setMaxModelLen(int value);
  void setKvCacheMb(int value);
  void setCompactCache(bool value);
  void setBatchInvariant(bool value);
  void setGpuMemoryPercent(int value);
  void setModelFolders(const QStringList& value);
  void setWindowX(int value);
  void setWindowY(int value);
  void setWindowWidth(int value);
  void setWindowHeight(int value);
  void setWindowMaximized(bool value);
  void setSidebarVisible(bool value);
  void setSidebarWidth(int value);
  void setLastConversation(qint64 value);

 signals:
  void languageChanged();
  void themeChanged();
  void textScaleChanged();
  void sendOnEnterChanged();
  void reduceMotionChanged();
  void modelPathChanged();
  void deviceChanged();
  void threadsChanged();
  void maxModelLenChanged();
  void kvCacheMbChanged();
  void compactCacheChanged();
  void batchInvariantChanged();
  void gpuMemoryPercentChanged();
  void modelFoldersChanged();
  void windowXChanged();
  void windowYChanged();
  void windowWidthChanged();
  void windowHeightChanged();
  void windowMaximizedChanged();
  void sidebarVisibleChanged();
  void sidebarWidthChanged();
  void lastConversationChanged();

 private:
  template <class T>
  void assign(T& member, const T& value, const char* key, void (Settings::*changed)());
  void apply(const QString& key, const QJsonValue& value);

  Store* store_;
  QTimer save_timer_;
  QHash<QString, QString> unsaved_;  // key to JSON text
  bool loading_ = false;

  QString language_;
  QString theme_ = QStringLiteral("system");
  double textScale_ = 1.0;
  bool sendOnEnter_ = true;
  bool reduceMotion_ = false;
  QString modelPath_;
  QString device_;
  int threads_ = 0;
  int maxModelLen_ = 0;
  int kvCacheMb_ = 0;
  bool compactCache_ = false;
  bool batchInvariant_ = false;
  int gpuMemoryPercent_ = 0;
  QStringList modelFolders_;
  int windowX_ = 0;
  int windowY_ = 0;
  int windowWidth_ = 0;
  int windowHeight_ = 0;
  bool windowMaximized_ = false;
  bool sidebarVisible_ = true;
  int sidebarWidth_ = 272;
  qint64 lastConversation_ = 0;
};

}  // namespace gui
