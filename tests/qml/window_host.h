// SPDX-License-Identifier: Apache-2.0
// The real window over the fake backend, with hands and eyes: what tests and the gallery need to
// use it as a person does. One App with its own data folder at a time; times are waited for, never
// slept.
#pragma once

#include <QMimeData>
#include <QObject>
#include <QQmlEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QTextCharFormat>
#include <QVariantMap>
#include <memory>

#include "gui/app/app.h"
#include "gui/chat/fake_backend.h"

class WindowHost : public QObject {
  Q_OBJECT
  Q_PROPERTY(gui::App* app READ app NOTIFY started)
  Q_PROPERTY(QQuickWindow* window READ window NOTIFY started)

 public:
  explicit WindowHost(QObject* parent = nullptr);
  ~WindowHost() override;

  // The engine that makes the window; before start().
  void setEngine(QQmlEngine* engine);

  gui::App* app() const { return app_.get(); }
  QQuickWindow* window() const { return window_.get(); }
  gui::FakeBackend* fake() const;

  // options: language, theme, textScale, width, height, rate (tokens/s), keep (bool: the data of
  // the last start), local (bool: the real engine instead of the fake) with model (a folder of
  // tests/data) and device. False when the window could not be
  // made.
  Q_INVOKABLE bool start(const QVariantMap& options = {});
  Q_INVOKABLE void stop();
  // Stands in for a driver and its cards from here on, for all windows of this process: "usable",
  // "old" and so on as tests/gpu/fake/fake_cuda.cpp names them; with a fault, the GPU fails at that
  // step ("step:40") of each model that is loaded from now on.
  Q_INVOKABLE bool pretendGpus(const QString& kinds, const QString& fault = {});
  // Runs the event loop until the condition (a JavaScript function or a C++ one) holds; false after
  // 10 s.
  bool waitFor(const std::function<bool()>& condition, int milliseconds = 10000);

  // Waits until the next frame is drawn, so that items have their places: lists lay out their rows
  // right before one.
  Q_INVOKABLE bool settle();

  // The first visible item with this objectName, null when there is none.
  Q_INVOKABLE QQuickItem* find(const QString& objectName) const;
  Q_INVOKABLE QList<QQuickItem*> findAll(const QString& objectName) const;
  // The first visible item that shows exactly this text.
  Q_INVOKABLE QQuickItem* findText(const QString& text) const;
  // A popup or dialog, visible or not.
  Q_INVOKABLE QObject* findObject(const QString& objectName) const;

  Q_INVOKABLE void click(QQuickItem* item, int modifiers = 0, int button = Qt::LeftButton);
  Q_INVOKABLE void clickAt(QQuickItem* item, qreal x, qreal y, int modifiers = 0);
  Q_INVOKABLE void doubleClick(QQuickItem* item, qreal x, qreal y);
  Q_INVOKABLE void drag(QQuickItem* from, qreal x1, qreal y1, QQuickItem* to, qreal x2, qreal y2);
  Q_INVOKABLE void hover(QQuickItem* item);
  Q_INVOKABLE void hoverAt(QQuickItem* item, qreal x, qreal y);
  // Qt::CursorShape of the pointer over the window.
  Q_INVOKABLE int pointer() const { return window_->cursor().shape(); }
  Q_INVOKABLE void wheel(QQuickItem* item, int angle);
  Q_INVOKABLE void key(int key, int modifiers = 0);
  Q_INVOKABLE void type(const QString& text);
  // As an input method does: text that is still being composed, then the text that was chosen.
  Q_INVOKABLE void compose(const QString& preedit);
  Q_INVOKABLE void commit(const QString& text);

  // The value of a role by its name; the item of a transcript row that is on screen.
  Q_INVOKABLE QVariant value(QAbstractItemModel* model, int row, const QString& role) const;
  Q_INVOKABLE QQuickItem* rowItem(int row) const;
  // Puts the pointer over the first link with these words in a paragraph on screen, or presses it.
  // openLink() never reaches a browser here: openedLinks() is what it would have opened.
  Q_INVOKABLE bool hoverLink(const QString& words);
  Q_INVOKABLE bool clickLink(const QString& words);
  Q_INVOKABLE QStringList openedLinks() const { return openedLinks_; }

  // The colour of these words in a paragraph or block of code on screen, as the highlighter of code
  // or the markup set it; empty when they are not there or have none.
  Q_INVOKABLE QString colorOf(const QString& words) const;

  // Where these words of a paragraph or block of code are in the window.
  Q_INVOKABLE QPointF placeOnScreen(const QString& words) const;
  // The HTML of the cells on screen that hold a mark.
  Q_INVOKABLE QStringList markedCells() const;

  // A file in a folder of its own; its path.
  Q_INVOKABLE QString writeFile(const QString& name, const QByteArray& content);
  // A text file in that folder; empty when there is none.
  Q_INVOKABLE QString readFile(const QString& name) const;
  // A document of resources/samples.
  Q_INVOKABLE QString sample(const QString& name) const;
  Q_INVOKABLE void dragOver(const QStringList& paths);
  Q_INVOKABLE void leave();
  Q_INVOKABLE void drop(const QStringList& paths);
  // As a browser drops it: an address, and the same as text.
  Q_INVOKABLE void dropLink(const QString& address);
  Q_INVOKABLE void setClipboardPicture();
  Q_INVOKABLE void setClipboard(const QString& text);
  Q_INVOKABLE QString clipboard() const;

  Q_INVOKABLE void setAnswer(const QString& markdown) { fake()->setAnswer(markdown); }
  Q_INVOKABLE void setRate(double tokensPerSecond) { fake()->setTokensPerSecond(tokensPerSecond); }
  Q_INVOKABLE void setContextLimit(int tokens) { fake()->setContextLimit(tokens); }
  Q_INVOKABLE void failNextAnswer(const QString& message) { fake()->failNextAnswer(message); }
  Q_INVOKABLE void failNextLoad(const QString& message) { fake()->failNextLoad(message); }
  Q_INVOKABLE void breakDevice(const QString& message, bool lost = false) {
    fake()->breakDevice(message, lost);
  }
  // What the fake engine was last loaded with.
  Q_INVOKABLE QVariantMap loadedWith() const;
  Q_INVOKABLE int requestCount() const { return static_cast<int>(fake()->requests().size()); }

  // What is wrong with the window as it is now, one line each; empty: nothing.
  Q_INVOKABLE QStringList
  unnamedItems() const;  // reachable by Tab or pressable, but without a name
  Q_INVOKABLE QStringList
  richTextItems() const;  // text that could be read as markup outside of the two safe rows
  Q_INVOKABLE int imagesInRichText() const;
  Q_INVOKABLE QStringList smallTargets() const;  // buttons smaller than 28 pixels
  // Names of the items that Tab reaches, in its order, up to where it began.
  Q_INVOKABLE QStringList tabOrder();

 public slots:
  void noteLink(const QUrl& url) { openedLinks_.append(url.toString()); }

 signals:
  void started();

 private:
  // The paragraph on screen that holds these words, and where they are in it.
  std::pair<QQuickItem*, QPointF> placeOf(const QString& words) const;
  void dropData(QMimeData* data);
  QTextCharFormat formatOf(const QString& words) const;
  void forEachItem(const std::function<void(QQuickItem*)>& visit) const;

  QStringList openedLinks_;
  QTemporaryDir data_;
  QTemporaryDir files_;
  QQmlEngine* engine_ = nullptr;
  std::unique_ptr<gui::App> app_;
  std::unique_ptr<QQuickWindow> window_;
};
