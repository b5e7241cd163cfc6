// SPDX-License-Identifier: Apache-2.0
// Pictures of the window in its main states: every scene at two sizes, light and dark, English and
// Chinese.
//   gallery FOLDER [SCENE...] [wide|narrow|smallest] [light|dark] [en|zh_CN] [100|150|200]
// No display is needed. What is named is taken of sizes, themes, languages and text sizes
// (percent); else all of them, but neither the smallest window nor large text.
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QImage>
#include <QQmlEngine>
#include <QQuickStyle>
#include <QTemporaryDir>
#include <QTest>
#include <cstdio>

#include "engine/log.h"
#include "tests/qml/gallery_scenes.h"

namespace {

// The screen of the offscreen platform is 800x800 unless told otherwise, and no window is wider
// than its screen.
bool wantLargeScreen(const QTemporaryDir& folder) {
  QFile file(folder.filePath(QStringLiteral("screen.json")));
  if (!file.open(QIODevice::WriteOnly)) return false;
  file.write(R"({"synchronousWindowSystemEvents": false, "windowFrameMargins": false, "screens": [{
    "name": "gallery", "x": 0, "y": 0, "width": 1920, "height": 1200,
    "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]})");
  qputenv("QT_QPA_PLATFORM", "offscreen:configfile=" + file.fileName().toLocal8Bit());
  return true;
}

QList<Look> looksFor(QStringList& arguments) {
  const auto chosen = [&arguments](const QStringList& names, const QStringList& onRequest = {}) {
    QStringList kept;
    for (const QString& name : names + onRequest) {
      if (arguments.removeAll(name) > 0) kept.append(name);
    }
    return kept.isEmpty() ? names : kept;
  };
  static const QMap<QString, QSize> windows = {
      {"wide", {1280, 800}}, {"narrow", {720, 900}}, {"smallest", {480, 520}}};
  const QStringList sizes = chosen({"wide", "narrow"}, {"smallest"});
  const QStringList themes = chosen({"light", "dark"});
  const QStringList languages = chosen({"en", "zh_CN"});
  const QStringList textSizes = chosen({"100"}, {"150", "200"});
  QList<Look> looks;
  for (const QString& size : sizes) {
    for (const QString& theme : themes) {
      for (const QString& language : languages) {
        for (const QString& textSize : textSizes) {
          looks.append({windows[size], theme, language, textSize.toInt()});
        }
      }
    }
  }
  return looks;
}

bool picture(WindowHost& host, const QString& file) {
  QTest::qWait(150);  // hover and popups have come to rest
  host.settle();
  return host.window()->grabWindow().save(file);
}

}  // namespace

int main(int argc, char** argv) {
  const QTemporaryDir screen;
  if (!wantLargeScreen(screen)) return 1;
  qputenv("QT_QUICK_BACKEND", "software");
  QGuiApplication application(argc, argv);
  engine::init_logging("warn");
  QQuickStyle::setStyle(QStringLiteral("Basic"));
  QStringList arguments = QGuiApplication::arguments().mid(1);
  if (arguments.isEmpty() || arguments.first().startsWith(u'-')) {
    std::fprintf(stderr,
                 "usage: gallery FOLDER [SCENE...] [wide|narrow|smallest] [light|dark] [en|zh_CN] "
                 "[100|150|200]\nscenes: %s\n",
                 qPrintable(GalleryScenes::names().join(' ')));
    return 2;
  }
  const QString folder = arguments.takeFirst();
  QDir().mkpath(folder);
  const QList<Look> looks = looksFor(arguments);

  QQmlEngine engine;
  WindowHost host;
  host.setEngine(&engine);
  GalleryScenes scenes(host);
  for (const QString& scene : arguments.isEmpty() ? GalleryScenes::names() : arguments) {
    for (const Look& look : looks) {
      const QString name = scene + QLatin1Char('-') + look.name() + QStringLiteral(".png");
      if (!scenes.play(scene, look) || !picture(host, QDir(folder).filePath(name))) {
        std::fprintf(stderr, "no picture of %s\n", qPrintable(scene));
        return 1;
      }
      std::printf("%s\n", qPrintable(name));
      std::fflush(stdout);
    }
  }
  host.stop();
  return 0;
}
