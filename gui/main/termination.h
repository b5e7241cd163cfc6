// SPDX-License-Identifier: Apache-2.0
// SIGINT, SIGTERM and SIGHUP end the application as closing its window does: through the event
// loop, so that every answer and draft is stored.
#pragma once

#include <QObject>

namespace gui {

class Termination : public QObject {
  Q_OBJECT

 public:
  explicit Termination(QObject* parent = nullptr);
  ~Termination() override;

 signals:
  void requested();
};

}  // namespace gui
