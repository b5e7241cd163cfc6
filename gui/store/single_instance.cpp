// SPDX-License-Identifier: Apache-2.0
#include "gui/store/single_instance.h"

#include <sys/socket.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDeadlineTimer>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QThread>

#include "gui/store/file_system.h"

namespace gui {
namespace {

constexpr qint64 kMaxMessage = 1 << 20;
constexpr int kMaxFiles = 1000;
constexpr int kRetryMs = 50;
const QByteArray kAnswer = QByteArrayLiteral("ok\n");

QByteArray encode(const QStringList& files) {
  QJsonArray paths;
  for (const QString& file : files) paths.append(QFileInfo(file).absoluteFilePath());
  const QJsonObject message{
      {QStringLiteral("files"), paths},
      {QStringLiteral("token"), qEnvironmentVariable("XDG_ACTIVATION_TOKEN")}};
  return QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n';
}

// Anybody may have made a socket of that name in /tmp.
bool isOurs(const QLocalSocket& socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(static_cast<int>(socket.socketDescriptor()), SOL_SOCKET, SO_PEERCRED, &peer,
                      &size) == 0 &&
         peer.uid == ::geteuid();
}

}  // namespace

SingleInstance::SingleInstance(const QString& folder, QObject* parent)
    : QObject(parent), folder_(QFileInfo(folder).absoluteFilePath()), lock_(lockPath()) {
  makePrivateFolder(folder_);
  lock_.setStaleLockTime(0);  // age proves nothing: a window may stay open for months
}

SingleInstance::~SingleInstance() {
  server_.reset();  // before the lock goes
}

QString SingleInstance::socketPath() const {
  const QByteArray hash =
      QCryptographicHash::hash(folder_.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
  const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
  // A socket's path may have 107 bytes.
  const QString name = QStringLiteral("fireside-%1.socket").arg(QString::fromLatin1(hash));
  for (const QString& folder : {runtime, folder_}) {
    if (!folder.isEmpty() && folder.toUtf8().size() < 70 && QFileInfo(folder).isDir())
      return folder + u'/' + name;
  }
  return QDir::tempPath() + QStringLiteral("/%1-").arg(::geteuid()) + name;
}

SingleInstance::Start SingleInstance::start(const QStringList& files, int timeoutMs) {
  const QDeadlineTimer deadline(timeoutMs);
  for (;;) {
    if (lock_.tryLock(0)) {
      listen();
      return Start::First;
    }
    if (lock_.error() != QLockFile::LockFailedError) return Start::Unlocked;
    if (handOver(files, static_cast<int>(qMax<qint64>(deadline.remainingTime(), 1))))
      return Start::Handed;
    if (deadline.hasExpired()) return Start::NoAnswer;
    QThread::msleep(kRetryMs);  // the first start may be about to listen, or about to end
  }
}

bool SingleInstance::handOver(const QStringList& files, int timeoutMs) {
  const QDeadlineTimer deadline(timeoutMs);
  QLocalSocket socket;
  socket.connectToServer(socketPath());
  if (!socket.waitForConnected(timeoutMs) || !isOurs(socket)) return false;
  socket.write(encode(files));
  while (!socket.canReadLine()) {
    if (!socket.waitForReadyRead(static_cast<int>(qMax<qint64>(deadline.remainingTime(), 1))))
      return false;
  }
  return socket.readLine() == kAnswer;
}

void SingleInstance::listen() {
  server_ = std::make_unique<QLocalServer>();
  server_->setSocketOptions(QLocalServer::UserAccessOption);
  QLocalServer::removeServer(socketPath());  // we hold the lock: what is there is left over
  connect(server_.get(), &QLocalServer::newConnection, this, &SingleInstance::accept);
  server_->listen(socketPath());  // without a socket later starts find the lock and no answer
}

void SingleInstance::accept() {
  while (QLocalSocket* socket = server_->nextPendingConnection()) {
    socket->setReadBufferSize(kMaxMessage + 1);
    connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
    const auto read = [this, socket] {
      if (!socket->canReadLine()) {
        if (socket->bytesAvailable() > kMaxMessage) socket->abort();
        return;
      }
      const QJsonDocument message = QJsonDocument::fromJson(socket->readLine());
      if (!message.isObject()) return socket->abort();
      QStringList files;
      const QJsonArray paths = message[u"files"].toArray();
      for (const QJsonValue& path : paths) {
        const QString file = path.toString();
        if (QFileInfo(file).isAbsolute() && files.size() < kMaxFiles) files.append(file);
      }
      socket->disconnect(this);
      socket->write(kAnswer);
      socket->flush();
      socket->disconnectFromServer();
      emit activated(files, message[u"token"].toString());
    };
    connect(socket, &QLocalSocket::readyRead, this, read);
    read();  // it may be there already
  }
}

}  // namespace gui
