// SPDX-License-Identifier: Apache-2.0
// Every write to disk fails once, and the power is cut after every one: nothing that was confirmed
// is lost, nothing is half there, the database is whole. (A part of them in a usual run; all with
// FIRESIDE_ALL_FAULTS=1.)
#include <sqlite3.h>

#include <QTest>
#include <functional>
#include <vector>

#include "gui/store/export.h"
#include "tests/gui/store/fault_vfs.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;

namespace {

// What somebody does in a short session, one store call a step.
class Script {
 public:
  explicit Script(StoreFixture& fixture) : f(fixture) {
    const QString answer = QStringLiteral("An answer of some length. 一个回答。").repeated(60);
    AnswerResult done;
    done.finishReason = QStringLiteral("stop");
    steps_ = {
        [this] { first_ = start(QStringLiteral("First"), {}); },
        [this, answer] { f.get(f.store->checkpointAnswer(first_.answerId, answer.left(500))); },
        [this, answer] { f.get(f.store->checkpointAnswer(first_.answerId, answer)); },
        [this, answer, done] { f.get(f.store->finishAnswer(first_.answerId, answer, done)); },
        [this] { f.get(f.store->setTitle(first_.conversationId, QStringLiteral("标题"), true)); },
        [this] {
          f.get(f.store->setDraft(0, {QStringLiteral("a draft"), {}}));
        },
        [this] {
          AttachmentRow row;
          row.name = QStringLiteral("a.pdf");
          row.sha256 = QStringLiteral("aa");
          for (int i = 0; i < 5; ++i)
            row.pages.append(QStringLiteral("page %1 ").arg(i).repeated(300));
          document_ = f.get(f.store->addAttachment(row));
        },
        [this] { second_ = start(QStringLiteral("Second"), {document_}); },
        [this, done] {
          f.get(f.store->finishAnswer(second_.answerId, QStringLiteral("Summary"), done));
        },
        [this] { f.get(f.store->setFeedback(second_.answerId, -1)); },
        [this] { f.get(f.store->moveToTrash(second_.conversationId)); },
        [this] { f.get(f.store->restore(second_.conversationId)); },
        [this] {
          f.get(f.store->setSettings({{QStringLiteral("theme"), QStringLiteral("\"dark\"")}}));
        },
        [this] { f.get(f.store->deleteForGood(second_.conversationId)); },
        [this] { start(QStringLiteral("Third"), {}); },
    };
  }

  int size() const { return static_cast<int>(steps_.size()); }
  void run(int step) { steps_[static_cast<size_t>(step)](); }

  // All that the store holds, with answers as they are after a restart.
  QByteArray state() {
    QByteArray all;
    QList<ConversationRow> rows = f.get(f.store->conversations());
    rows += f.get(f.store->trash());
    for (const ConversationRow& row : rows) {
      ConversationData data = f.get(f.store->load(row.id));
      QList<AttachmentRow> pages;
      for (MessageRow& message : data.messages) {
        message.state = MessageState::Complete;
        if (message.result.finishReason == u"interrupted") message.result.finishReason.clear();
        for (const AttachmentRow& a : message.attachments)
          pages.append(f.get(f.store->attachment(a.id)));
      }
      all += QByteArray::number(row.deletedAt) + toJson(data, pages);
    }
    const QHash<QString, QString> settings = f.get(f.store->settings());
    return all + settings.value(QStringLiteral("theme")).toUtf8() +
           f.get(f.store->draft(0)).text.toUtf8();
  }

 private:
  Exchange start(const QString& title, const QList<AttachmentRow>& attachments) {
    ConversationRow row;
    row.title = title;
    return f.get(f.store->startConversation(
        row, {title + QStringLiteral(" question"), {}, {}, attachments}, {}));
  }

  StoreFixture& f;
  std::vector<std::function<void()>> steps_;
  Exchange first_;
  Exchange second_;
  AttachmentRow document_;
};

void useFixedTime(StoreFixture* f) {
  f->options.clock = [] { return 1732000000000; };
}

// Every operation with FIRESIDE_ALL_FAULTS, else every seventh: seven is prime to the groups in
// which they come.
int stride() { return qEnvironmentVariableIsSet("FIRESIDE_ALL_FAULTS") ? 1 : 7; }

const char* describe(int n, const OpenReport& report) {
  static QByteArray text;
  text = QStringLiteral("operation %1: mode %2, reason %3, %4")
             .arg(n)
             .arg(static_cast<int>(report.mode))
             .arg(static_cast<int>(report.reason))
             .arg(report.detail)
             .toUtf8();
  return text.constData();
}

void checkWhole(const QString& path) {
  Database db;
  db.open(path, Database::Access::ReadOnly);
  QCOMPARE(db.scalarText(QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
  QCOMPARE(db.scalarText(QStringLiteral("SELECT \"table\" FROM pragma_foreign_key_check")),
           QString());
}

}  // namespace

class StoreFaultsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void everyOperationFailsOnce_data();
  void everyOperationFailsOnce();
  void powerIsCutAfterEveryOperation();

 private:
  // states_[k]: after k steps.
  std::vector<QByteArray> states_;
  int operations_ = 0;  // of the whole script, opening and closing included
};

void StoreFaultsTest::initTestCase() {
  FaultVfs vfs;
  StoreFixture f;
  useFixedTime(&f);
  f.open();
  Script script(f);
  states_.push_back(script.state());
  for (int step = 0; step < script.size(); ++step) {
    script.run(step);
    states_.push_back(script.state());
    QVERIFY2(states_.back() != states_[states_.size() - 2] || step == 6,
             qPrintable(QString::number(step)));
  }
  f.close();
  operations_ = vfs.operations();
  QVERIFY(operations_ > 60);
}

void StoreFaultsTest::everyOperationFailsOnce_data() {
  QTest::addColumn<int>("code");
  QTest::newRow("disk full") << SQLITE_FULL;
  QTest::newRow("write error") << SQLITE_IOERR_WRITE;
  QTest::newRow("sync error") << SQLITE_IOERR_FSYNC;
}

void StoreFaultsTest::everyOperationFailsOnce() {
  QFETCH(int, code);
  int failed_runs = 0;
  for (int n = 0; n <= operations_; n += stride()) {
    FaultVfs vfs;
    StoreFixture f;
    useFixedTime(&f);
    vfs.failAfter(n, code);
    OpenReport report = f.open();
    if (report.mode != OpenReport::Mode::ReadWrite) {
      // It could not even begin; with room again the next start can.
      vfs.failAfter(-1);
      report = f.open();
      QVERIFY2(report.mode == OpenReport::Mode::ReadWrite, describe(n, report));
    }
    QCOMPARE(report.damagedFile, QString());
    Script script(f);
    for (int step = 0; step < script.size(); ++step) {
      bool done = false;
      try {
        script.run(step);
        done = true;
      } catch (const StoreError& error) {
        ++failed_runs;
        QVERIFY2(error.code() == StoreErrorCode::DiskFull || error.code() == StoreErrorCode::Io,
                 error.what());
        // What is there can be read, and is as it was.
        QVERIFY(script.state() == states_[static_cast<size_t>(step)]);
      }
      if (done) continue;
      vfs.failAfter(-1);
      script.run(step);  // throws when it does not work again
    }
    QVERIFY(script.state() == states_.back());
    vfs.failAfter(-1);
    report = f.open();
    QVERIFY2(report.mode == OpenReport::Mode::ReadWrite, describe(n, report));
    QCOMPARE(report.damagedFile, QString());
    QVERIFY(script.state() == states_.back());
    f.close();
    checkWhole(f.path());
  }
  QVERIFY(failed_runs > operations_ / stride() / 2);
}

void StoreFaultsTest::powerIsCutAfterEveryOperation() {
  int lost_unconfirmed = 0;
  for (int n = 1; n <= operations_; n += stride()) {
    FaultVfs vfs;
    StoreFixture f;
    useFixedTime(&f);
    vfs.cutPowerAfter(n);
    f.open();
    Script script(f);
    int confirmed = vfs.operations() < n ? 0 : -1;  // steps confirmed before the cut
    int begun = 0;
    for (int step = 0; step < script.size(); ++step) {
      if (vfs.operations() < n) begun = step + 1;
      script.run(step);
      if (vfs.operations() < n) confirmed = step + 1;
    }
    f.close();
    vfs.stop();
    if (vfs.operations() < n) break;  // idle work varies a little from run to run
    for (quint32 seed = 0; seed < 4; ++seed) {
      StoreFixture after;
      useFixedTime(&after);
      vfs.develop(after.folder(), seed * 1000003 + static_cast<quint32>(seed == 0 ? 0 : n));
      const OpenReport report = after.open();
      QVERIFY2(report.mode == OpenReport::Mode::ReadWrite, describe(n, report));
      QVERIFY2(report.damagedFile.isEmpty(), describe(n, report));
      Script reader(after);
      const QByteArray state = reader.state();
      int found = -1;
      for (int k = std::max(confirmed, 0); k <= begun; ++k) {
        if (states_[static_cast<size_t>(k)] == state) found = k;
      }
      QVERIFY2(found >= 0,
               qPrintable(QStringLiteral("cut after %1, seed %2: none of the states %3..%4")
                              .arg(n)
                              .arg(seed)
                              .arg(confirmed)
                              .arg(begun)));
      lost_unconfirmed += found < begun;
      after.close();
      checkWhole(after.path());
    }
  }
  QVERIFY(lost_unconfirmed > 0);  // the cuts did hit something
}

QTEST_GUILESS_MAIN(StoreFaultsTest)
#include "tst_store_faults.moc"
