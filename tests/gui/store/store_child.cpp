// SPDX-License-Identifier: Apache-2.0
// The process that the tests kill, start twice, and lock out. Not a test itself.
//
//   store_child stream FOLDER      sends messages and streams answers until it is killed
//   store_child migrate FOLDER     opens with a migration that takes a while, then ends
//   store_child open FOLDER        opens, says how it went, ends when its standard input does
//   store_child start FOLDER FILE  starts as the window does: first, or handing FILE over; ends as
//                                  `open` does
//
// What it has done it says on standard output, one line each, written before the next thing is
// begun; MS is the moment (steady clock):
//   sent CONVERSATION USER_MESSAGE ANSWER  the store has confirmed it
//   text ANSWER LENGTH MS                  so much of the answer has been produced
//   given ANSWER LENGTH MS                 so much has been handed to the store
//   kept ANSWER LENGTH MS                  the store has confirmed that
//   done ANSWER LENGTH MS                  the store has confirmed the whole answer
#include <unistd.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QSocketNotifier>
#include <QTimer>
#include <chrono>
#include <cstdio>
#include <memory>

#include "gui/chat/answer_writer.h"
#include "gui/store/migrations.h"
#include "gui/store/single_instance.h"
#include "gui/store/store.h"
#include "tests/gui/store/child_text.h"

using namespace gui;

namespace {

void say(const QString& line) {
  const QByteArray bytes = line.toUtf8() + '\n';
  (void)!::write(STDOUT_FILENO, bytes.constData(), static_cast<size_t>(bytes.size()));
}

qint64 steadyMs() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

// Sends, streams, sends again, for ever.
class Streamer : public QObject {
 public:
  explicit Streamer(Store* store) : store_(store) {
    timer_.setInterval(kPieceMs);
    connect(&timer_, &QTimer::timeout, this, &Streamer::produce);
    send();
  }

 private:
  void send() {
    const NewMessage message{childQuestion(sent_), {}, {}, {}};
    ++sent_;
    QFuture<Exchange> future = conversation_ == 0
                                   ? store_->startConversation({}, message, {})
                                   : store_->appendExchange(conversation_, leaf_, message, {});
    future
        .then(this,
              [this](const Exchange& e) {
                say(QStringLiteral("sent %1 %2 %3")
                        .arg(e.conversationId)
                        .arg(e.userMessageId)
                        .arg(e.answerId));
                conversation_ = e.conversationId;
                leaf_ = e.answerId;
                write();
                timer_.start();
              })
        .onFailed(this, [](const StoreError& error) {
          std::fprintf(stderr, "%s\n", error.what());
          ::_exit(3);
        });
  }

  void write() {
    writer_ = std::make_unique<AnswerWriter>(store_, leaf_);
    produced_ = 0;
    // Connected after the writer's own slot: called when the text has been handed over.
    connect(writer_->findChild<QTimer*>(), &QTimer::timeout, this, [this] {
      tell("given", leaf_, produced_);
      whenKept([this, answer = leaf_, length = produced_] { tell("kept", answer, length); });
    });
  }

  void produce() {
    const QString piece = childAnswer(leaf_, produced_, kPieceLength);
    produced_ += static_cast<int>(piece.size());
    writer_->append(piece);
    tell("text", leaf_, produced_);
    if (produced_ < kPieceLength * (100 + static_cast<int>(leaf_ * 37 % 400))) return;
    timer_.stop();
    AnswerResult result;
    result.finishReason = QStringLiteral("stop");
    writer_->finish(result);
    tell("given", leaf_, produced_);
    whenKept([this] {
      tell("done", leaf_, produced_);
      if (sent_ % 4 == 0) conversation_ = leaf_ = 0;
      send();
    });
  }

  // Calls of the store are answered in order: this one after what was handed over before.
  template <class Then>
  void whenKept(const Then& then) {
    store_->settings().then(this, [then](const QHash<QString, QString>&) { then(); });
  }

  void tell(const char* what, qint64 answer, int length) {
    say(QStringLiteral("%1 %2 %3 %4")
            .arg(QLatin1String(what))
            .arg(answer)
            .arg(length)
            .arg(steadyMs()));
  }

  Store* store_;
  QTimer timer_;
  std::unique_ptr<AnswerWriter> writer_;
  qint64 conversation_ = 0;
  qint64 leaf_ = 0;
  int sent_ = 0;
  int produced_ = 0;
};

void endWithInput(QCoreApplication* app) {
  auto* notifier = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, app);
  QObject::connect(notifier, &QSocketNotifier::activated, app, [app] {
    char byte = 0;
    if (::read(STDIN_FILENO, &byte, 1) <= 0) app->quit();
  });
}

int modeOf(Store& store) {
  const QFuture<OpenReport> report = store.open();
  store.flush();
  say(QStringLiteral("mode %1").arg(static_cast<int>(report.result().mode)));
  return static_cast<int>(report.result().mode);
}

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  const QStringList arguments = QCoreApplication::arguments();
  if (arguments.size() < 3) return 2;
  const QString& what = arguments[1];
  StoreOptions options;
  options.folder = arguments[2];
  if (what == u"migrate") options.migrations = slowMigrations();

  SingleInstance instance(options.folder);
  if (what == u"start") {
    QObject::connect(&instance, &SingleInstance::activated, &app,
                     [](const QStringList& files, const QString&) {
                       say(QStringLiteral("activated ") + files.join(u'|'));
                     });
    const SingleInstance::Start start = instance.start(arguments.mid(3), 20000);
    say(QStringLiteral("start %1").arg(static_cast<int>(start)));
    if (start == SingleInstance::Start::Handed) return 0;
  }

  Store store(options);
  const int mode = modeOf(store);
  if (what == u"migrate") return mode;
  if (what == u"stream") {
    Streamer streamer(&store);
    return app.exec();
  }
  endWithInput(&app);
  return app.exec();
}
