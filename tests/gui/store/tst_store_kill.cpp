// SPDX-License-Identifier: Apache-2.0
// kill -9 at any moment: no message that was sent is lost, at most a second of the answer that was
// streaming, and the database is whole. Also several processes at once, and a kill in the middle of
// a migration.
//
// FIRESIDE_KILL_ROUNDS sets the number of kills (12 otherwise; the figure in the notes is from 50).
#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QHash>
#include <QLocalSocket>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <algorithm>
#include <chrono>
#include <vector>

#include "gui/store/single_instance.h"
#include "tests/gui/store/child_text.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;

namespace {

// What the child had said before it died.
struct Witness {
  struct Answer {
    qint64 conversation = 0;
    qint64 question = 0;
    bool done = false;
    QList<std::pair<qint64, int>> produced;  // when, how many characters then
  };
  QHash<qint64, Answer> answers;
  qint64 last = 0;  // the answer that was streaming

  void hear(const QByteArray& output) {
    for (const QByteArray& line : output.split('\n')) {
      const QList<QByteArray> words = line.split(' ');
      if (words[0] == "sent" && words.size() == 4) {
        answers[last = words[3].toLongLong()] = {
            words[1].toLongLong(), words[2].toLongLong(), false, {}};
      } else if (words[0] == "text" && words.size() == 4) {
        answers[words[1].toLongLong()].produced.append({words[3].toLongLong(), words[2].toInt()});
      } else if (words[0] == "done" && words.size() == 3) {
        answers[words[1].toLongLong()].done = true;
      }
    }
  }
};

int rounds() {
  const int wanted = qEnvironmentVariableIntValue("FIRESIDE_KILL_ROUNDS");
  return wanted > 0 ? wanted : 12;
}

std::unique_ptr<QProcess> child(const QStringList& arguments) {
  auto process = std::make_unique<QProcess>();
  process->setProcessChannelMode(QProcess::SeparateChannels);
  process->start(QStringLiteral(FIRESIDE_STORE_CHILD), arguments);
  return process;
}

QByteArray contentOf(StoreFixture& f) {
  QCryptographicHash hash(QCryptographicHash::Sha256);
  for (const ConversationRow& row : f.get(f.store->conversations())) {
    for (const MessageRow& message : f.get(f.store->load(row.id)).messages) {
      hash.addData(QByteArray::number(message.id) + message.text.toUtf8());
    }
  }
  return hash.result();
}

}  // namespace

class StoreKillTest : public QObject {
  Q_OBJECT

 private slots:
  void killedWhileStreaming();
  void killedWhileMigrating();
  void manyStartsOneWindow();
  void lockRemovedByForce();
  void handsFilesOver();
  void badVisitors();
};

void StoreKillTest::killedWhileStreaming() {
  StoreFixture f;
  QRandomGenerator random = QRandomGenerator::securelySeeded();
  Witness all;
  qint64 worst_lost_ms = 0;
  for (int round = 0; round < rounds(); ++round) {
    auto process = child({QStringLiteral("stream"), f.folder()});
    QVERIFY(process->waitForStarted());
    QVERIFY(process->waitForReadyRead(20000));  // it is open
    QTest::qWait(random.bounded(0, 1500));
    process->kill();
    QVERIFY(process->waitForFinished());
    QCOMPARE(process->exitStatus(), QProcess::CrashExit);
    Witness witness;
    witness.hear(process->readAllStandardOutput());
    QCOMPARE(process->readAllStandardError(), QByteArray());

    const OpenReport report = f.open();
    QCOMPARE(report.mode, OpenReport::Mode::ReadWrite);
    QCOMPARE(report.damagedFile, QString());
    for (auto it = witness.answers.cbegin(); it != witness.answers.cend(); ++it) {
      const ConversationData data =
          f.get(f.store->load(it->conversation));  // throws when it is lost
      const auto has = [&](qint64 id) {
        return std::find_if(data.messages.cbegin(), data.messages.cend(),
                            [=](const MessageRow& m) { return m.id == id; });
      };
      QVERIFY(has(it->question) != data.messages.cend());
      const auto answer = has(it.key());
      QVERIFY(answer != data.messages.cend());
      const int kept = static_cast<int>(answer->text.size());
      QCOMPARE(answer->text, childAnswer(it.key(), 0, kept));
      QCOMPARE(answer->state, MessageState::Complete);
      if (it->done) {
        QCOMPARE(answer->result.finishReason, QStringLiteral("stop"));
        QCOMPARE(kept, it->produced.last().second);
      } else if (!it->produced.isEmpty() && kept < it->produced.last().second) {
        // The first character that is lost had been produced this long before the end.
        const auto lost = std::find_if(it->produced.cbegin(), it->produced.cend(),
                                       [=](const auto& p) { return p.second > kept; });
        worst_lost_ms = std::max(worst_lost_ms, it->produced.last().first - lost->first);
      }
    }
    for (auto it = witness.answers.cbegin(); it != witness.answers.cend(); ++it)
      all.answers.insert(it.key(), *it);
    f.close();
    Database db;
    db.open(f.path(), Database::Access::ReadOnly);
    QCOMPARE(db.scalarText(QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
    QCOMPARE(db.scalarText(QStringLiteral("SELECT \"table\" FROM pragma_foreign_key_check")),
             QString());
  }
  // Everything of all rounds is still there at the end.
  f.open();
  for (auto it = all.answers.cbegin(); it != all.answers.cend(); ++it)
    f.get(f.store->load(it->conversation));
  QVERIFY(all.answers.size() >= rounds() / 2);
  qInfo("%d kills, %d messages sent, at most %lld ms of a streaming answer lost", rounds(),
        static_cast<int>(all.answers.size()), static_cast<long long>(worst_lost_ms));
  QVERIFY(worst_lost_ms <= 1000);
}

void StoreKillTest::killedWhileMigrating() {
  StoreFixture f;
  f.open();
  for (int i = 0; i < 30; ++i) f.exchange(0, childQuestion(i), childAnswer(i, 0, 3000));
  const QByteArray before = contentOf(f);
  f.close();
  QRandomGenerator random = QRandomGenerator::securelySeeded();
  int version = 1;
  int kills = 0;
  for (int round = 0; round < 40 && version < slowMigrations().last().version; ++round) {
    auto process = child({QStringLiteral("migrate"), f.folder()});
    QVERIFY(process->waitForStarted());
    if (process->waitForFinished(10 + random.bounded(60) * (round + 1))) break;
    process->kill();
    QVERIFY(process->waitForFinished());
    ++kills;
    // Between two versions there is nothing.
    Database db;
    db.open(f.path(), Database::Access::Exclusive);
    const int now = static_cast<int>(db.scalar(QStringLiteral("PRAGMA user_version")));
    QVERIFY(now >= version);
    version = now;
    QCOMPARE(db.scalar(QStringLiteral(
                 "SELECT count(*) FROM sqlite_master WHERE name LIKE 'slow_' AND type = 'table'")),
             version - slowMigrations().last().version + 2);
    QCOMPARE(db.scalarText(QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
  }
  QVERIFY(kills > 0);
  f.options.migrations = slowMigrations();
  const OpenReport report = f.open();
  QCOMPARE(report.mode, OpenReport::Mode::ReadWrite);
  QCOMPARE(report.schemaVersion, slowMigrations().last().version);
  QCOMPARE(contentOf(f), before);
}

void StoreKillTest::manyStartsOneWindow() {
  StoreFixture f;
  constexpr int kStarts = 20;
  std::vector<std::unique_ptr<QProcess>> processes;
  for (int i = 0; i < kStarts; ++i) {
    processes.push_back(
        child({QStringLiteral("start"), f.folder(), QStringLiteral("/file%1").arg(i)}));
  }
  int first = -1;
  const auto output = std::make_unique<QByteArray[]>(kStarts);
  for (int i = 0; i < kStarts; ++i) {
    while (!output[i].contains("start ")) {
      QVERIFY(processes[i]->waitForReadyRead(60000));
      output[i] += processes[i]->readAllStandardOutput();
    }
    if (!output[i].contains("start 0")) {
      QVERIFY2(output[i].contains("start 1"), output[i].constData());
      continue;
    }
    QCOMPARE(first, -1);
    first = i;
  }
  QVERIFY(first >= 0);
  // It heard of all the others.
  QTRY_VERIFY_WITH_TIMEOUT(
      (output[first] += processes[first]->readAllStandardOutput()).count("activated /file") ==
          kStarts - 1,
      20000);
  QVERIFY(output[first].contains("mode 0"));
  processes[first]->closeWriteChannel();
  for (auto& process : processes) {
    QVERIFY(process->state() == QProcess::NotRunning || process->waitForFinished(20000));
    QCOMPARE(process->exitCode(), 0);
  }
}

// Somebody deletes the lock file, or the file system has no locks: one process has the database,
// the others say so.
void StoreKillTest::lockRemovedByForce() {
  StoreFixture f;
  constexpr int kStarts = 6;
  std::vector<std::unique_ptr<QProcess>> processes;
  for (int i = 0; i < kStarts; ++i)
    processes.push_back(child({QStringLiteral("open"), f.folder()}));
  int writers = 0;
  for (auto& process : processes) {
    QByteArray output;
    while (!output.contains('\n')) {
      QVERIFY(process->waitForReadyRead(60000));
      output += process->readAllStandardOutput();
    }
    writers += output.contains("mode 0");
    QVERIFY2(output.contains("mode 0") || output.contains("mode 2"), output.constData());
  }
  QCOMPARE(writers, 1);
  for (auto& process : processes) {
    process->closeWriteChannel();
    QVERIFY(process->waitForFinished(20000));
    QCOMPARE(process->exitCode(), 0);
  }
  const OpenReport report = f.open();
  QCOMPARE(report.mode, OpenReport::Mode::ReadWrite);
  QCOMPARE(report.damagedFile, QString());
}

void StoreKillTest::handsFilesOver() {
  StoreFixture f;
  SingleInstance first(f.folder());
  QCOMPARE(first.start({}), SingleInstance::Start::First);
  QStringList got;
  connect(&first, &SingleInstance::activated, this,
          [&](const QStringList& files, const QString&) { got += files; });
  auto process = child({QStringLiteral("start"), f.folder(), QStringLiteral("a b.pdf"),
                        QStringLiteral("/报告.txt")});
  QTRY_COMPARE_WITH_TIMEOUT(got.size(), 2, 20000);
  QVERIFY(got[0].endsWith(QStringLiteral("/a b.pdf")) && got[0].startsWith(u'/'));
  QCOMPARE(got[1], QStringLiteral("/报告.txt"));
  QTRY_VERIFY_WITH_TIMEOUT(process->state() == QProcess::NotRunning, 20000);
  QVERIFY(process->readAllStandardOutput().startsWith("start 1"));
  // Another folder is another window.
  StoreFixture other;
  SingleInstance second(other.folder());
  QCOMPARE(second.start({}), SingleInstance::Start::First);
}

void StoreKillTest::badVisitors() {
  StoreFixture f;
  SingleInstance first(f.folder());
  QCOMPARE(first.start({}), SingleInstance::Start::First);
  QList<QStringList> got;
  connect(&first, &SingleInstance::activated, this,
          [&](const QStringList& files, const QString&) { got.append(files); });
  const QList<QByteArray> messages{"",
                                   "\n",
                                   "hello\n",
                                   "[]\n",
                                   "{\"files\": [1, null, \"relative\", \"/ok\"]}\n",
                                   "{\"files\": 7}\n",
                                   QByteArray("\xff\xfe\x00\n", 4),
                                   QByteArray(3 << 20, 'x')};
  for (const QByteArray& message : messages) {
    QLocalSocket socket;
    socket.connectToServer(first.socketPath());
    QVERIFY(socket.waitForConnected(5000));
    socket.write(message);
    socket.flush();
    for (int i = 0; i < 5; ++i) QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    socket.abort();
  }
  QTest::qWait(50);
  QCOMPARE(got, (QList<QStringList>{{QStringLiteral("/ok")}, {}}));
  // Nobody answers although the lock is held: going on is allowed.
  SingleInstance second(f.folder());
  QCOMPARE(second.start({}, 100), SingleInstance::Start::NoAnswer);
}

QTEST_GUILESS_MAIN(StoreKillTest)
#include "tst_store_kill.moc"
