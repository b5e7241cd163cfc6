// SPDX-License-Identifier: Apache-2.0
// kill -9 at any moment: no message that was sent is lost, at most a second of the answer that was
// streaming, and the database is whole. Also several processes at once, and a kill in the middle of
// a migration.
//
// FIRESIDE_KILL_ROUNDS sets the number of kills (50 otherwise).
#include <QCryptographicHash>
#include <QHash>
#include <QLocalSocket>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <QTimer>
#include <algorithm>
#include <vector>

#include "gui/store/single_instance.h"
#include "tests/gui/store/child_text.h"
#include "tests/gui/store/kill_witness.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;

namespace {

// So many children are killed at once, each with a database of its own.
constexpr int kLanes = 10;

int rounds() {
  const int wanted = qEnvironmentVariableIntValue("FIRESIDE_KILL_ROUNDS");
  return wanted > 0 ? wanted : 50;
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

// One child after another in one folder.
struct Lane {
  StoreFixture f;
  std::unique_ptr<QProcess> process;
  QByteArray output;
  QHash<qint64, KillWitness::Answer> answers;  // of all children so far

  // Killed so long after its first message was sent or, `early`, after its start.
  void start(bool early, int delayMs) {
    output.clear();
    process = child({QStringLiteral("stream"), f.folder()});
    const auto kill = [this, delayMs] {
      QTimer::singleShot(delayMs, process.get(), &QProcess::kill);
    };
    if (early) kill();
    QObject::connect(process.get(), &QProcess::readyReadStandardOutput, process.get(),
                     [this, early, kill] {
                       const bool had_sent = output.contains("sent ");
                       output += process->readAllStandardOutput();
                       if (!early && !had_sent && output.contains("sent ")) kill();
                     });
  }
};

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

 private:
  // A child is dead: opens what it has left.
  static void checkKilled(Lane* lane, int* worstLostMs);
};

void StoreKillTest::killedWhileStreaming() {
  Lane lanes[kLanes];
  QRandomGenerator random = QRandomGenerator::securelySeeded();
  int worst_lost_ms = 0;
  for (int round = 0; round < rounds(); round += kLanes) {
    const int children = qMin(kLanes, rounds() - round);
    for (int i = 0; i < children; ++i) {
      const bool early = i % 5 == 4;
      lanes[i].start(early, random.bounded(0, early ? 400 : 1500));
    }
    for (int i = 0; i < children; ++i) {
      QTRY_COMPARE_WITH_TIMEOUT(lanes[i].process->state(), QProcess::NotRunning, 60000);
      lanes[i].output += lanes[i].process->readAllStandardOutput();
      checkKilled(&lanes[i], &worst_lost_ms);
      if (QTest::currentTestFailed()) return;
    }
  }
  // Everything of all rounds is still there at the end.
  int messages = 0;
  for (Lane& lane : lanes) {
    lane.f.open();
    for (auto it = lane.answers.cbegin(); it != lane.answers.cend(); ++it)
      lane.f.get(lane.f.store->load(it->conversation));
    messages += static_cast<int>(lane.answers.size());
  }
  QVERIFY(messages >= rounds() / 2);
  qInfo("%d kills, %d messages sent, none lost; of a streaming answer at most %d ms lost", rounds(),
        messages, worst_lost_ms);
}

void StoreKillTest::checkKilled(Lane* lane, int* worstLostMs) {
  QCOMPARE(lane->process->exitStatus(), QProcess::CrashExit);
  QCOMPARE(lane->process->readAllStandardError(), QByteArray());
  const KillWitness witness(lane->output);
  const OpenReport report = lane->f.open();
  QCOMPARE(report.mode, OpenReport::Mode::ReadWrite);
  QCOMPARE(report.damagedFile, QString());
  for (auto it = witness.answers().cbegin(); it != witness.answers().cend(); ++it) {
    lane->answers.insert(it.key(), *it);
    const ConversationData data =
        lane->f.get(lane->f.store->load(it->conversation));  // throws when it is lost
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
    // What the store has confirmed is there, on any machine.
    QVERIFY2(kept >= it->confirmed, qPrintable(QString::number(kept)));
    if (it->done) {
      QCOMPARE(answer->result.finishReason, QStringLiteral("stop"));
      QCOMPARE(kept, it->produced);
    }
    // The rest is at most a second of the stream, and what came while the disk was at work on it.
    const int lost_ms = it->lostMs(kept);
    *worstLostMs = std::max(*worstLostMs, lost_ms);
    QVERIFY2(lost_ms - it->owedMs() <= 1000,
             qPrintable(QStringLiteral("%1 ms lost, the disk took %2 ms of them")
                            .arg(lost_ms)
                            .arg(it->owedMs())));
    QVERIFY2(it->owedMs() < 10000, qPrintable(QString::number(it->owedMs())));
  }
  lane->f.close();
  Database db;
  db.open(lane->f.path(), Database::Access::ReadOnly);
  QCOMPARE(db.scalarText(QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
  QCOMPARE(db.scalarText(QStringLiteral("SELECT \"table\" FROM pragma_foreign_key_check")),
           QString());
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
