// SPDX-License-Identifier: Apache-2.0
// The network of the QML engine: there is none. Nothing that reaches a text item can fetch
// anything, whatever it is. QML calls create() from any of its threads.
#pragma once

#include <QQmlNetworkAccessManagerFactory>

namespace gui {

class DenyingNetworkFactory : public QQmlNetworkAccessManagerFactory {
 public:
  QNetworkAccessManager* create(QObject* parent) override;
};

}  // namespace gui
