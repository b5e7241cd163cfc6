// SPDX-License-Identifier: Apache-2.0
#include "gui/app/denying_network.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTimer>

namespace gui {
namespace {

class DeniedReply : public QNetworkReply {
 public:
  DeniedReply(const QNetworkRequest& request, QNetworkAccessManager::Operation operation,
              QObject* parent)
      : QNetworkReply(parent) {
    setRequest(request);
    setUrl(request.url());
    setOperation(operation);
    open(QIODevice::ReadOnly);
    setError(ContentAccessDenied, QStringLiteral("the network is not used"));
    setFinished(true);
    QTimer::singleShot(0, this, [this] {
      emit errorOccurred(ContentAccessDenied);
      emit finished();
    });
  }
  void abort() override {}

 protected:
  qint64 readData(char*, qint64) override { return -1; }
};

class DenyingManager : public QNetworkAccessManager {
 public:
  using QNetworkAccessManager::QNetworkAccessManager;

 protected:
  QNetworkReply* createRequest(Operation operation, const QNetworkRequest& request,
                               QIODevice*) override {
    return new DeniedReply(request, operation, this);
  }
};

}  // namespace

QNetworkAccessManager* DenyingNetworkFactory::create(QObject* parent) {
  return new DenyingManager(parent);
}

}  // namespace gui
