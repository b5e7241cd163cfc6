// SPDX-License-Identifier: Apache-2.0
// What the command line asks of this start.
#pragma once

#include <QString>
#include <QStringList>
#include <QUrl>

namespace gui {

struct AppOptions {
  QString dataFolder;  // empty: dataFolder()
  QString language;    // "en", "zh_CN"; empty: as set
  QString modelPath;   // empty: as set, else the best one found
  QString device;      // empty: as set
  QList<QUrl> files;   // attached to a new conversation
  bool fake = false;   // a fixed text instead of a model
  double fakeTokensPerSecond = 60;
};

}  // namespace gui
