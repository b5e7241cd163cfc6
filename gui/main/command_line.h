// SPDX-License-Identifier: Apache-2.0
// `fireside [OPTION...] [FILE...]`
#pragma once

#include <QString>
#include <QStringList>

#include "gui/app/app_options.h"

namespace gui {

struct CommandLine {
  AppOptions app;
  bool software = false;      // draw without the GPU
  bool measureStart = false;  // print time and memory of the first frame and end
  QStringList files;          // of app.files, as they were written
  QString error;              // what is wrong with the arguments; empty: nothing
};

// Text of --help or --version when one of them is among the arguments, else empty. Needs no
// display.
QString helpOrVersion(const QStringList& arguments);

// `arguments` without those that Qt itself has taken.
CommandLine parseCommandLine(const QStringList& arguments);

}  // namespace gui
