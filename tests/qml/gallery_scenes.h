// SPDX-License-Identifier: Apache-2.0
// The scenes that tests/qml/gallery.cpp takes pictures of: each brings a fresh window into one of
// its states, as a person would. Over the fake backend; the demo- scenes have the real engine and
// the model in the box, where no other one is found.
#pragma once

#include <QMap>
#include <QSize>
#include <QString>
#include <QStringList>

#include "tests/qml/window_host.h"

struct Look {
  QSize size;
  QString theme;     // "light", "dark"
  QString language;  // "en", "zh_CN"
  int textSize;      // percent

  bool chinese() const { return language == QLatin1String("zh_CN"); }
  QString name() const;  // "1280x800-light-en", with "-150" for larger text
};

class GalleryScenes {
 public:
  explicit GalleryScenes(WindowHost& host) : host_(host) {}

  static QStringList names();
  // Brings the window there; false when there is no such scene or no window.
  bool play(const QString& scene, const Look& look);

 private:
  using Scene = void (GalleryScenes::*)();
  static const QMap<QString, Scene>& all();

  QVariantMap options() const;
  QString words(const char* english, const char* chinese) const;
  gui::ChatSession* chat() const { return host_.app()->chat(); }
  void ask(const QString& question);
  void click(const QString& objectName);
  // Conversations of some days, so that the sidebar looks lived in.
  void furnish();
  void spreadOverDays(const QList<int>& daysAgo);
  void attach(const QString& name, const QByteArray& content);
  QByteArray report() const;

  // demo_scenes.cpp
  void furnishWithAnswers();
  void demoAnswer();
  void demoSummary();
  void demoRoles();

  void empty();
  void firstStart();
  void streaming();
  void edit();
  void answer();
  void startSummary();
  void summary();
  void summaryDone();
  void refused();
  void tooLong();
  void longText();
  void preview();
  void search();
  void searchNothing();
  void find();
  void roles();
  void roleEditor();
  void sampling();
  void useCard();
  void prefill();
  void settings();
  void settingsGpu();
  void keys();
  void models();
  void details();
  void error();
  void loadFailed();
  void trash();
  void trashList();
  void exportFailed();
  void confirm();
  void overlay();
  void drop();

  WindowHost& host_;
  bool local_ = false;  // the real engine
  Look look_;
};
