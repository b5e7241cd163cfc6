// SPDX-License-Identifier: Apache-2.0
// One window per data folder: a second start hands its files to the first one, which comes to the
// front, and ends.
//
// The lock is <folder>/fireside.lock (QLockFile; one left behind by a killed process is taken
// over). Files go through a local socket that only this user can open, as one line of JSON
// {"files": [...], "token": "..."}. What arrives there is checked like any input: at most 1 MiB and
// 1,000 absolute paths. GUI thread.
#pragma once

#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QStringList>
#include <memory>

namespace gui {

class SingleInstance : public QObject {
  Q_OBJECT

 public:
  enum class Start {
    First,   // go on; activated() tells about later starts
    Handed,  // the running window has the files: end
    // The lock is taken, but nobody answers (a hung window, another computer on the same network
    // home): going on is safe, since the store's own lock keeps this process from the database and
    // says so.
    NoAnswer,
    Unlocked,  // no lock can be made here (a read-only folder): go on
  };

  // folder: StoreOptions::folder; made when missing.
  explicit SingleInstance(const QString& folder, QObject* parent = nullptr);
  ~SingleInstance() override;

  // Blocks for at most timeoutMs, and that only while another window does not answer. Files may be
  // relative to the current folder.
  Start start(const QStringList& files, int timeoutMs = 5000);

  QString lockPath() const { return folder_ + QStringLiteral("/fireside.lock"); }
  QString socketPath() const;

 signals:
  // Another start asked for the window. `token` is its XDG_ACTIVATION_TOKEN, with which a Wayland
  // window may raise itself; often empty.
  void activated(const QStringList& files, const QString& token);

 private:
  bool handOver(const QStringList& files, int timeoutMs);
  void listen();
  void accept();

  QString folder_;
  QLockFile lock_;
  std::unique_ptr<QLocalServer> server_;
};

}  // namespace gui
