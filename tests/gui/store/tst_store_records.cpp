// SPDX-License-Identifier: Apache-2.0
// What hangs on conversations: drafts, attachments, sections, feedback, and what becomes of it in
// the trash; roles and settings beside them.
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

#include "tests/gui/store/store_fixture.h"
#include "tests/gui/store/store_rows.h"

using namespace gui;

class StoreRecordsTest : public QObject {
  Q_OBJECT

 private slots:
  void drafts();
  void attachmentsAreShared();
  void attachmentsAreCollected();
  void sectionsAndFeedback();
  void longConversationsCanBeDeleted();
  void trashAndUndo();
  void trashIsPurgedAfterThirtyDays();
  void deletedForGoodLeavesNoTrace();
  void roles();
  void settings();
};

void StoreRecordsTest::drafts() {
  StoreFixture f;
  f.open();
  const AttachmentRow a = f.get(f.store->addAttachment(
      document(QStringLiteral("a.pdf"), QStringLiteral("aa"), {QStringLiteral("x")})));
  f.get(f.store->setDraft(0, {QStringLiteral("not yet sent"), {a}}));
  f.open();
  DraftRow draft = f.get(f.store->draft(0));
  QCOMPARE(draft.text, QStringLiteral("not yet sent"));
  QCOMPARE(draft.attachments.size(), 1);
  QCOMPARE(draft.attachments.first().id, a.id);
  // Sending takes the draft with it.
  const Exchange e = f.start(QStringLiteral("t"), draft.text);
  draft = f.get(f.store->draft(0));
  QVERIFY(draft.text.isEmpty() && draft.attachments.isEmpty());
  f.get(f.store->setDraft(e.conversationId, {QStringLiteral("more"), {}}));
  f.get(f.store->appendExchange(e.conversationId, 0, {QStringLiteral("edit"), {}, {}, {}}, {},
                                false));
  QCOMPARE(f.get(f.store->draft(e.conversationId)).text, QStringLiteral("more"));
  f.get(f.store->appendExchange(e.conversationId, 0, {QStringLiteral("more"), {}, {}, {}}, {}));
  QCOMPARE(f.get(f.store->draft(e.conversationId)).text, QString());
}

void StoreRecordsTest::attachmentsAreShared() {
  StoreFixture f;
  f.open();
  const QStringList pages{QStringLiteral("page 1"), QStringLiteral("第二页")};
  const AttachmentRow a =
      f.get(f.store->addAttachment(document(QStringLiteral("a.pdf"), QStringLiteral("aa"), pages)));
  const AttachmentRow again = f.get(
      f.store->addAttachment(document(QStringLiteral("copy.pdf"), QStringLiteral("aa"), pages)));
  QCOMPARE(again.id, a.id);
  QCOMPARE(again.name, QStringLiteral("copy.pdf"));
  QCOMPARE(a.numPages, 2);
  QVERIFY(a.pages.isEmpty());
  const Exchange e =
      f.get(f.store->startConversation({}, {QStringLiteral("q"), {}, {}, {a, again}}, {}));
  const QList<AttachmentRow> linked =
      f.get(f.store->load(e.conversationId)).messages[0].attachments;
  QCOMPARE(linked.size(), 2);
  QCOMPARE(linked[0].name, QStringLiteral("a.pdf"));
  QCOMPARE(linked[1].name, QStringLiteral("copy.pdf"));
  QCOMPARE(f.get(f.store->attachment(a.id)).pages, pages);
  f.get(f.store->setAttachmentTokens(a.id, 4210, QStringLiteral("qwen3")));
  QCOMPARE(f.get(f.store->attachment(a.id)).tokens, 4210);
  // An unknown attachment: the message is refused as a whole.
  AttachmentRow unknown;
  unknown.id = 999;
  QCOMPARE(f.errorOf(f.store->startConversation({}, {QStringLiteral("q"), {}, {}, {unknown}}, {})),
           StoreErrorCode::NotFound);
  QCOMPARE(f.get(f.store->conversations()).size(), 1);
}

void StoreRecordsTest::attachmentsAreCollected() {
  StoreFixture f;
  qint64 time = 1700000000000;
  f.options.clock = [&time] { return time; };
  f.open();
  const auto add = [&](const char* sha) {
    return f.get(f.store->addAttachment(
        document(QString::fromLatin1(sha), QString::fromLatin1(sha), {QStringLiteral("x")})));
  };
  const AttachmentRow orphan = add("orphan");
  const AttachmentRow drafted = add("draft");
  const AttachmentRow shared = add("shared");
  const AttachmentRow alone = add("alone");
  f.get(f.store->setDraft(0, {QString(), {drafted}}));
  const Exchange a = f.get(f.store->startConversation({}, {{}, {}, {}, {shared, alone}}, {}));
  f.get(f.store->setDraft(0, {QString(), {drafted}}));
  f.get(f.store->startConversation({}, {{}, {}, {}, {shared}}, {}));
  f.get(f.store->setDraft(0, {QString(), {drafted}}));
  f.get(f.store->deleteForGood(a.conversationId));
  QCOMPARE(f.errorOf(f.store->attachment(alone.id)), StoreErrorCode::NotFound);
  f.get(f.store->attachment(shared.id));
  f.get(f.store->attachment(orphan.id));  // somebody may be about to send it
  time += 2 * 86400000ll;
  f.open();
  QTRY_VERIFY([&] {
    try {
      f.get(f.store->attachment(orphan.id));
    } catch (const StoreError&) {
      return true;
    }
    return false;
  }());
  f.get(f.store->attachment(drafted.id));
  f.get(f.store->attachment(shared.id));
}

void StoreRecordsTest::sectionsAndFeedback() {
  StoreFixture f;
  f.open();
  const Exchange e = f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
  const QList<SectionRow> sections{{QStringLiteral("A"), 1, 4, QStringLiteral("a")},
                                   {QString(), 5, 9, QStringLiteral("b")}};
  f.get(f.store->setSections(e.answerId, {{QStringLiteral("old"), 1, 1, QString()}}));
  f.get(f.store->setSections(e.answerId, sections));
  QCOMPARE(f.get(f.store->load(e.conversationId)).messages[1].sections, sections);
  for (const int value : {1, -1, 0, 5, -7, 0}) {
    f.get(f.store->setFeedback(e.answerId, value));
    QCOMPARE(f.get(f.store->load(e.conversationId)).messages[1].feedback,
             (value > 0) - (value < 0));
  }
}

// SQLite follows ON DELETE CASCADE from row to row 1,000 levels deep, then refuses.
void StoreRecordsTest::longConversationsCanBeDeleted() {
  StoreFixture f;
  f.open();
  Exchange last = f.exchange(0, QStringLiteral("first"), QStringLiteral("a"));
  const qint64 id = last.conversationId;
  for (int i = 0; i < 600; ++i) last = f.exchange(id, QStringLiteral("q"), QStringLiteral("a"));
  QCOMPARE(f.get(f.store->load(id)).messages.size(), 1202);
  const Exchange other = f.exchange(0, QStringLiteral("other"), QStringLiteral("a"));
  f.get(f.store->moveToTrash(id));
  f.get(f.store->moveToTrash(other.conversationId));
  QCOMPARE(f.get(f.store->emptyTrash()), 2);
  QCOMPARE(f.errorOf(f.store->load(id)), StoreErrorCode::NotFound);
}

void StoreRecordsTest::trashAndUndo() {
  StoreFixture f;
  f.open();
  const Exchange a = f.exchange(0, QStringLiteral("keep zebra"), QStringLiteral("a"));
  const Exchange b = f.exchange(0, QStringLiteral("drop zebra"), QStringLiteral("a"));
  const ConversationData before = f.get(f.store->load(b.conversationId));
  f.get(f.store->moveToTrash(b.conversationId));
  QCOMPARE(f.get(f.store->conversations()).size(), 1);
  QCOMPARE(f.get(f.store->trash()).size(), 1);
  QCOMPARE(f.get(f.store->search(QStringLiteral("zebra"))).hits.size(), 1);
  f.get(f.store->restore(b.conversationId));
  QCOMPARE(f.get(f.store->trash()).size(), 0);
  QCOMPARE(f.get(f.store->search(QStringLiteral("zebra"))).hits.size(), 2);
  QVERIFY(f.get(f.store->load(b.conversationId)) == before);
  f.get(f.store->moveToTrash(a.conversationId));
  f.get(f.store->moveToTrash(b.conversationId));
  QCOMPARE(f.get(f.store->emptyTrash()), 2);
  QVERIFY(f.get(f.store->trash()).isEmpty());
  QCOMPARE(f.errorOf(f.store->restore(a.conversationId)), StoreErrorCode::NotFound);
  QCOMPARE(f.get(f.store->emptyTrash()), 0);
}

void StoreRecordsTest::trashIsPurgedAfterThirtyDays() {
  StoreFixture f;
  qint64 time = 1700000000000;
  f.options.clock = [&time] { return time; };
  f.open();
  const Exchange e = f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
  f.exchange(0, QStringLiteral("stays"), QStringLiteral("a"));
  f.get(f.store->moveToTrash(e.conversationId));
  time += 29 * 86400000ll;
  f.open();
  QTest::qWait(50);
  QCOMPARE(f.get(f.store->trash()).size(), 1);
  time += 2 * 86400000ll;
  f.open();
  QTRY_COMPARE(f.get(f.store->trash()).size(), 0);
  QCOMPARE(f.get(f.store->conversations()).size(), 1);
}

void StoreRecordsTest::deletedForGoodLeavesNoTrace() {
  StoreFixture f;
  f.open();
  for (int i = 0; i < 20; ++i)
    f.exchange(0, QStringLiteral("other %1").arg(i), QStringLiteral("text"));
  const AttachmentRow a = f.get(f.store->addAttachment(
      document(QStringLiteral("s.txt"), QStringLiteral("s"), {QStringLiteral("xyzzypage")})));
  const Exchange e =
      f.get(f.store->startConversation({}, {QStringLiteral("xyzzymessage"), {}, {}, {a}}, {}));
  f.get(f.store->setTitle(e.conversationId, QStringLiteral("xyzzytitle"), true));
  f.get(f.store->checkpointAnswer(e.answerId, QStringLiteral("xyzzyanswer ").repeated(2000)));
  f.get(f.store->finishAnswer(e.answerId, QStringLiteral("xyzzyanswer"), finished()));
  f.get(f.store->setDraft(e.conversationId, {QStringLiteral("xyzzydraft"), {}}));
  // Closing these files drops our POSIX locks on them; no other process is about.
  const auto bytes = [&] {
    QByteArray all;
    for (const char* suffix : {"", "-wal"}) {
      QFile file(f.path() + QString::fromLatin1(suffix));
      if (file.open(QIODevice::ReadOnly)) all += file.readAll();
    }
    return all;
  };
  QVERIFY(bytes().contains("xyzzy"));
  f.get(f.store->deleteForGood(e.conversationId));
  // Rows at once, the index in idle moments; the last of them empties the log.
  QTRY_VERIFY(!bytes().contains("xyzzy"));
  QTRY_COMPARE(QFileInfo(f.path() + QStringLiteral("-wal")).size(), 0);
  // The same when the process ends before those moments come.
  const Exchange next = f.start(QStringLiteral("xyzzytitle"), QStringLiteral("xyzzymessage"));
  f.store->deleteForGood(next.conversationId);
  f.close();
  f.open();
  QTRY_VERIFY(!bytes().contains("xyzzy"));
  QCOMPARE(f.get(f.store->conversations()).size(), 20);
  QCOMPARE(f.get(f.store->search(QStringLiteral("other"))).hits.size(), 20);
}

void StoreRecordsTest::roles() {
  StoreFixture f;
  f.open();
  RoleRow role;
  role.name = QStringLiteral("Pirate");
  role.systemPrompt = QStringLiteral("Arr \"quoted\" 海盗");
  role.starters = {QStringLiteral("Ahoy"), QStringLiteral("a\nb")};
  role.sampling = QStringLiteral("{\"temperature\":1.2}");
  const RoleRow stored = f.get(f.store->createRole(role));
  QVERIFY(stored.id.startsWith(QStringLiteral("user-")));
  RoleRow chosen = role;
  chosen.id = QStringLiteral("user-77");
  QCOMPARE(f.get(f.store->createRole(chosen)).id, chosen.id);
  QCOMPARE(f.get(f.store->roles()), (QList<RoleRow>{stored, chosen}));
  chosen.greeting = QStringLiteral("Hi");
  f.get(f.store->updateRole(chosen));
  QCOMPARE(f.get(f.store->roles())[1], chosen);
  f.get(f.store->removeRole(chosen.id));
  QCOMPARE(f.get(f.store->roles()).size(), 1);
  QCOMPARE(f.get(f.store->createRole(role)).id, QStringLiteral("user-78"));  // never used twice
  QCOMPARE(f.errorOf(f.store->removeRole(QStringLiteral("assistant"))), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->updateRole(chosen)), StoreErrorCode::NotFound);
}

void StoreRecordsTest::settings() {
  StoreFixture f;
  f.open();
  f.get(f.store->setSettings({{QStringLiteral("a"), QStringLiteral("1")},
                              {QStringLiteral("b"), QStringLiteral("\"x\"")}}));
  f.get(f.store->setSettings({{QStringLiteral("a"), QStringLiteral("2")}}));
  f.open();
  const QHash<QString, QString> values = f.get(f.store->settings());
  QCOMPARE(values.value(QStringLiteral("a")), QStringLiteral("2"));
  QCOMPARE(values.value(QStringLiteral("b")), QStringLiteral("\"x\""));
}

QTEST_GUILESS_MAIN(StoreRecordsTest)
#include "tst_store_records.moc"
