// SPDX-License-Identifier: Apache-2.0
#include "gui/main/graphics.h"

#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QQuickWindow>
#include <QSGRendererInterface>
#include <string_view>

namespace gui {
namespace {

bool hasFastOpenGl() {
  QOpenGLContext context;
  QOffscreenSurface surface;
  surface.create();
  if (!context.create() || !surface.isValid() || !context.makeCurrent(&surface)) {
    return false;
  }
  const auto* name = reinterpret_cast<const char*>(context.functions()->glGetString(GL_RENDERER));
  const std::string_view renderer = name == nullptr ? "" : name;
  return !renderer.empty() && renderer.find("llvmpipe") == std::string_view::npos &&
         renderer.find("softpipe") == std::string_view::npos;
}

}  // namespace

void chooseGraphics(bool software) {
  if (qEnvironmentVariableIsSet("QT_QUICK_BACKEND")) {
    return;
  }
  const QString platform = QGuiApplication::platformName();
  const bool desktop =
      platform == QLatin1String("xcb") || platform.startsWith(QLatin1String("wayland"));
  if (software || (desktop && !hasFastOpenGl())) {
    QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
  }
}

}  // namespace gui
