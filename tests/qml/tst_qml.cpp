// SPDX-License-Identifier: Apache-2.0
// Runs the tst_*.qml of this folder. Their window is made anew for each test function by
// Fireside.Test's Host.
#include <QQmlEngine>
#include <QQuickStyle>
#include <QtQuickTest>

#include "engine/log.h"
#include "tests/qml/window_host.h"

class Setup : public QObject {
  Q_OBJECT

 public slots:
  void applicationAvailable() {
    engine::init_logging("warn");
    QQuickStyle::setStyle(QStringLiteral("Basic"));
  }
  void qmlEngineAvailable(QQmlEngine* engine) {
    host_ = std::make_unique<WindowHost>();
    host_->setEngine(engine);
    qmlRegisterSingletonInstance("Fireside.Test", 1, 0, "Host", host_.get());
  }
  void cleanupTestCase() { host_.reset(); }

 private:
  std::unique_ptr<WindowHost> host_;
};

QUICK_TEST_MAIN_WITH_SETUP(fireside, Setup)

#include "tst_qml.moc"
