// SPDX-License-Identifier: Apache-2.0
// The store on its main path: conversations, the message tree, drafts, attachments, trash, roles,
// settings.
#include <sys/stat.h>

#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

#include "tests/gui/store/store_fixture.h"

using namespace gui;

class StoreTest : public QObject {
  Q_OBJECT

 private slots:
  void freshFolder();
  void sentMessageIsThereAtOnce();
  void everythingSurvivesReopening();
  void treeOfVersions();
  void listIsNewestFirst();
  void drafts();
  void checkpointsAreReplaced();
  void answersAreFinishedOnce();
  void attachmentsAreShared();
  void attachmentsAreCollected();
  void sectionsAndFeedback();
  void trashAndUndo();
  void trashIsPurgedAfterThirtyDays();
  void deletedForGoodLeavesNoTrace();
  void roles();
  void settings();
  void unknownIds();
  void hostileText_data();
  void hostileText();
  void signalsTellTheLists();
  void futuresFinishInTheGuiThread();
  void closingWritesWhatIsQueued();
};

namespace {

AttachmentRow document(const QString& name, const QString& sha, const QStringList& pages) {
  AttachmentRow row;
  row.name = name;
  row.type = QStringLiteral("pdf");
  row.sha256 = sha;
  row.fileBytes = 1234;
  row.hasRealPages = true;
  row.emptyPages = {2, 5};
  row.pages = pages;
  return row;
}

AnswerResult finished() {
  AnswerResult result;
  result.finishReason = QStringLiteral("stop");
  result.promptTokens = 120;
  result.cachedTokens = 96;
  result.completionTokens = 33;
  result.queueMs = 0.5;
  result.ttftMs = 80.25;
  result.totalMs = 1000;
  result.tokensPerSecond = 36;
  return result;
}

}  // namespace

void StoreTest::freshFolder() {
  StoreFixture f;
  const OpenReport report = f.open();
  QCOMPARE(report.mode, OpenReport::Mode::ReadWrite);
  QCOMPARE(report.location, f.path());
  QCOMPARE(report.schemaVersion, 1);
  QVERIFY(!report.uncleanStart);
  QVERIFY(!f.store->status()->readOnly());
  QCOMPARE(f.store->status()->message(), QString());
  struct stat status {};
  QCOMPARE(::stat(QFile::encodeName(f.folder()).constData(), &status), 0);
  QCOMPARE(status.st_mode & 0777, 0700u);
  QCOMPARE(::stat(QFile::encodeName(f.path()).constData(), &status), 0);
  QCOMPARE(status.st_mode & 0777, 0600u);
  QVERIFY(f.get(f.store->conversations()).isEmpty());
}

void StoreTest::sentMessageIsThereAtOnce() {
  StoreFixture f;
  f.open();
  ConversationRow row;
  row.title = QStringLiteral("Plan");
  row.roleId = QStringLiteral("assistant");
  row.sampling = QStringLiteral("{\"temperature\":0.7}");
  const Exchange e = f.get(f.store->startConversation(
      row, {QStringLiteral("Hello"), QStringLiteral("assistant"), QStringLiteral("Assistant"), {}},
      {QStringLiteral("assistant"), QStringLiteral("Assistant"), QStringLiteral("Qwen3")}));
  QVERIFY(e.conversationId > 0);
  const ConversationData data = f.get(f.store->load(e.conversationId));
  QCOMPARE(data.conversation.title, row.title);
  QCOMPARE(data.conversation.roleId, row.roleId);
  QCOMPARE(data.conversation.sampling, row.sampling);
  QCOMPARE(data.conversation.leafId, e.answerId);
  QCOMPARE(data.messages.size(), 2);
  QCOMPARE(data.messages[0].text, QStringLiteral("Hello"));
  QCOMPARE(data.messages[0].author, Author::User);
  QCOMPARE(data.messages[0].parentId, 0);
  QCOMPARE(data.messages[1].author, Author::Assistant);
  QCOMPARE(data.messages[1].state, MessageState::Streaming);
  QCOMPARE(data.messages[1].parentId, e.userMessageId);
  QCOMPARE(data.messages[1].modelName, QStringLiteral("Qwen3"));
}

void StoreTest::everythingSurvivesReopening() {
  StoreFixture f;
  f.open();
  const AttachmentRow stored = f.get(f.store->addAttachment(document(
      QStringLiteral("报告.pdf"), QStringLiteral("aa"), {QStringLiteral("one"), QString()})));
  Exchange e = f.get(f.store->startConversation(
      {}, {QStringLiteral("第一条 👩‍💻"), {}, {}, {stored}}, {}));
  f.get(f.store->finishAnswer(e.answerId, QStringLiteral("# Answer\n\n`code`"), finished()));
  f.get(f.store->setFeedback(e.answerId, 1));
  f.get(
      f.store->setSections(e.answerId, {{QStringLiteral("Intro"), 1, 3, QStringLiteral("short")}}));
  f.get(f.store->setDraft(e.conversationId, {QStringLiteral("next"), {stored}}));
  f.get(f.store->setTitle(e.conversationId, QStringLiteral("标题"), true));
  const ConversationData before = f.get(f.store->load(e.conversationId));
  const OpenReport report = f.open();
  QVERIFY(!report.uncleanStart);
  QCOMPARE(report.interruptedAnswers, 0);
  const ConversationData after = f.get(f.store->load(e.conversationId));
  QVERIFY(before == after);
  QCOMPARE(after.messages[1].result, finished());
  QCOMPARE(after.messages[0].attachments.first().name, QStringLiteral("报告.pdf"));
  QCOMPARE(after.messages[0].attachments.first().emptyPages, (QList<int>{2, 5}));
  QVERIFY(after.conversation.titleByUser);
}

void StoreTest::treeOfVersions() {
  StoreFixture f;
  f.open();
  const Exchange first = f.exchange(0, QStringLiteral("q1"), QStringLiteral("a1"));
  const qint64 second_answer = f.get(f.store->appendAnswer(first.userMessageId, {}));
  f.get(f.store->finishAnswer(second_answer, QStringLiteral("a1 again"), finished()));
  // An edit of the first message: a sibling without parent.
  const Exchange edited = f.get(f.store->appendExchange(
      first.conversationId, 0, {QStringLiteral("q1 edited"), {}, {}, {}}, {}));
  ConversationData data = f.get(f.store->load(first.conversationId));
  QCOMPARE(data.messages.size(), 5);
  QCOMPARE(data.conversation.leafId, edited.answerId);
  QCOMPARE(data.messages[2].parentId, first.userMessageId);
  QCOMPARE(data.messages[3].parentId, 0);
  f.get(f.store->setLeaf(first.conversationId, first.answerId));
  QCOMPARE(f.get(f.store->load(first.conversationId)).conversation.leafId, first.answerId);
  // A leaf of another conversation, an answer to an answer, a parent from elsewhere: refused,
  // nothing changed.
  const Exchange other = f.exchange(0, QStringLiteral("other"), QStringLiteral("a"));
  QCOMPARE(f.errorOf(f.store->setLeaf(first.conversationId, other.answerId)),
           StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->appendAnswer(first.answerId, {})), StoreErrorCode::Internal);
  QCOMPARE(f.errorOf(f.store->appendExchange(first.conversationId, other.answerId, {}, {})),
           StoreErrorCode::NotFound);
  QCOMPARE(f.get(f.store->load(first.conversationId)).messages.size(), 5);
}

void StoreTest::listIsNewestFirst() {
  StoreFixture f;
  qint64 time = 1000;
  f.options.clock = [&time] { return time; };
  f.open();
  const Exchange a = f.start(QStringLiteral("a"), QStringLiteral("x"));
  time = 2000;
  const Exchange b = f.start(QStringLiteral("b"), QStringLiteral("x"));
  QCOMPARE(f.get(f.store->conversations()).first().id, b.conversationId);
  time = 3000;
  f.get(f.store->finishAnswer(a.answerId, QStringLiteral("done"), finished()));
  QCOMPARE(f.get(f.store->conversations()).first().id, a.conversationId);
  // A clock that was set back does not push it down.
  time = 500;
  f.get(f.store->appendExchange(a.conversationId, a.answerId, {}, {}));
  const QList<ConversationRow> rows = f.get(f.store->conversations());
  QCOMPARE(rows.first().id, a.conversationId);
  QCOMPARE(rows.first().updatedAt, 3000);
  // Renaming changes no order.
  f.get(f.store->setTitle(b.conversationId, QStringLiteral("B"), true));
  QCOMPARE(f.get(f.store->conversations()).first().id, a.conversationId);
}

void StoreTest::drafts() {
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

void StoreTest::checkpointsAreReplaced() {
  StoreFixture f;
  f.open();
  const Exchange e = f.start(QStringLiteral("t"), QStringLiteral("q"));
  QList<QFuture<void>> futures;
  QString text;
  for (int i = 0; i < 500; ++i) {
    text += QStringLiteral("word%1 ").arg(i);
    futures.append(f.store->checkpointAnswer(e.answerId, text));
  }
  f.store->flush();
  for (QFuture<void>& future : futures) QVERIFY(future.isFinished() && !future.isCanceled());
  QCOMPARE(f.get(f.store->load(e.conversationId)).messages[1].text, text);
}

void StoreTest::answersAreFinishedOnce() {
  StoreFixture f;
  f.open();
  const Exchange e = f.start(QStringLiteral("t"), QStringLiteral("q"));
  f.store->checkpointAnswer(e.answerId, QStringLiteral("part"));
  f.get(f.store->finishAnswer(e.answerId, QStringLiteral("whole"), finished()));
  // A late checkpoint changes nothing.
  QCOMPARE(f.errorOf(f.store->checkpointAnswer(e.answerId, QStringLiteral("par"))),
           StoreErrorCode::NotFound);
  const MessageRow answer = f.get(f.store->load(e.conversationId)).messages[1];
  QCOMPARE(answer.text, QStringLiteral("whole"));
  QCOMPARE(answer.state, MessageState::Complete);
}

void StoreTest::attachmentsAreShared() {
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

void StoreTest::attachmentsAreCollected() {
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

void StoreTest::sectionsAndFeedback() {
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

void StoreTest::trashAndUndo() {
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

void StoreTest::trashIsPurgedAfterThirtyDays() {
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

void StoreTest::deletedForGoodLeavesNoTrace() {
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

void StoreTest::roles() {
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

void StoreTest::settings() {
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

void StoreTest::unknownIds() {
  StoreFixture f;
  f.open();
  QCOMPARE(f.errorOf(f.store->load(7)), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->setTitle(7, {}, true)), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->setRole(7, {})), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->setDraft(7, {QStringLiteral("x"), {}})), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->appendExchange(7, 0, {}, {})), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->appendAnswer(7, {})), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->finishAnswer(7, {}, {})), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->setFeedback(7, 1)), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->setSections(7, {})), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->attachment(7)), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->moveToTrash(7)), StoreErrorCode::NotFound);
  QCOMPARE(f.errorOf(f.store->deleteForGood(7)), StoreErrorCode::NotFound);
  QVERIFY(!f.store->status()->diskFull());
}

void StoreTest::hostileText_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("expected");
  const QString nul = QStringLiteral("a") + QChar(0) + QStringLiteral("b");
  const QString lone = QString(QChar(0xd83d)) + QStringLiteral("abc");
  QTest::newRow("quotes") << QStringLiteral("'; DROP TABLE messages; --\"")
                          << QStringLiteral("'; DROP TABLE messages; --\"");
  QTest::newRow("nul") << nul << nul;
  QTest::newRow("lone surrogate") << lone << QString(QChar(0xfffd)) + QStringLiteral("abc");
  QTest::newRow("emoji") << QStringLiteral("👩‍👩‍👧‍👦")
                         << QStringLiteral("👩‍👩‍👧‍👦");
  QTest::newRow("rtl") << QStringLiteral("\u202eabc") << QStringLiteral("\u202eabc");
  QTest::newRow("large") << QStringLiteral("word ").repeated(400000)
                         << QStringLiteral("word ").repeated(400000);
  QTest::newRow("one letter") << QString(1000000, u'a') << QString(1000000, u'a');
  QTest::newRow("empty") << QString() << QStringLiteral("");
}

void StoreTest::hostileText() {
  QFETCH(QString, text);
  QFETCH(QString, expected);
  StoreFixture f;
  f.open();
  const Exchange e = f.start(text.left(200), text);
  f.get(f.store->finishAnswer(e.answerId, text, finished()));
  f.open();
  const ConversationData data = f.get(f.store->load(e.conversationId));
  QVERIFY(data.messages[0].text == expected);
  QVERIFY(data.messages[1].text == expected);
}

void StoreTest::signalsTellTheLists() {
  StoreFixture f;
  f.open();
  QSignalSpy changed(f.store.get(), &Store::conversationChanged);
  QSignalSpy removed(f.store.get(), &Store::conversationRemoved);
  const Exchange e = f.start(QStringLiteral("t"), QStringLiteral("q"));
  QCOMPARE(changed.size(), 1);
  QCOMPARE(changed.first().first().value<ConversationRow>().id, e.conversationId);
  f.get(f.store->setTitle(e.conversationId, QStringLiteral("new"), true));
  QCOMPARE(changed.last().first().value<ConversationRow>().title, QStringLiteral("new"));
  f.get(f.store->finishAnswer(e.answerId, QStringLiteral("a"), finished()));
  f.get(f.store->moveToTrash(e.conversationId));
  QCOMPARE(removed.size(), 1);
  f.get(f.store->restore(e.conversationId));
  QCOMPARE(changed.size(), 4);
  f.errorOf(f.store->setTitle(99, QStringLiteral("x"), true));
  QCOMPARE(changed.size(), 4);
}

void StoreTest::futuresFinishInTheGuiThread() {
  StoreFixture f;
  f.open();
  QThread* where = nullptr;
  bool failed = false;
  f.store->conversations().then(
      this, [&](const QList<ConversationRow>&) { where = QThread::currentThread(); });
  f.store->load(5)
      .then(this, [](const ConversationData&) { QFAIL("loaded what is not there"); })
      .onFailed(this, [&](const StoreError& error) {
        failed = error.code() == StoreErrorCode::NotFound;
      });
  QTRY_VERIFY(failed);  // by the event loop alone
  QCOMPARE(where, thread());
  // A continuation whose context has died is dropped.
  bool called = false;
  auto context = std::make_unique<QObject>();
  f.store->conversations().then(context.get(),
                                [&](const QList<ConversationRow>&) { called = true; });
  context.reset();
  f.store->flush();
  QVERIFY(!called);
}

void StoreTest::closingWritesWhatIsQueued() {
  StoreFixture f;
  f.open();
  QFuture<Exchange> future;
  for (int i = 0; i < 50; ++i)
    future = f.store->startConversation({}, {QStringLiteral("m%1").arg(i), {}, {}, {}}, {});
  f.close();
  QVERIFY(future.isCanceled());
  f.open();
  QCOMPARE(f.get(f.store->conversations()).size(), 50);
}

QTEST_GUILESS_MAIN(StoreTest)
#include "tst_store.moc"
