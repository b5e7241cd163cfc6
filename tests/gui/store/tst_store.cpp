// SPDX-License-Identifier: Apache-2.0
// The store on its main path: conversations and their messages, as they are written, found again
// and exported.
#include <sys/stat.h>

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

#include "gui/store/export.h"
#include "tests/gui/store/store_fixture.h"
#include "tests/gui/store/store_rows.h"

using namespace gui;

class StoreTest : public QObject {
  Q_OBJECT

 private slots:
  void freshFolder();
  void sentMessageIsThereAtOnce();
  void everythingSurvivesReopening();
  void treeOfVersions();
  void listIsNewestFirst();
  void checkpointsAreReplaced();
  void answersAreFinishedOnce();
  void exports();
  void unknownIds();
  void hostileText_data();
  void hostileText();
  void signalsTellTheLists();
  void futuresFinishInTheGuiThread();
  void closingWritesWhatIsQueued();
};

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

void StoreTest::exports() {
  StoreFixture f;
  f.options.clock = [] { return 1700000000000; };
  f.open();
  AttachmentRow document;
  document.name = QStringLiteral("a_b*.pdf");
  document.sha256 = QStringLiteral("aa");
  document.pages = {QStringLiteral("one"), QStringLiteral("two")};
  document = f.get(f.store->addAttachment(document));
  ConversationRow row;
  row.title = QStringLiteral("Title with `code` & <b>");
  row.sampling = QStringLiteral("{\"top_k\":20}");
  const Exchange e = f.get(f.store->startConversation(
      row, {QStringLiteral("question"), {}, {}, {document}},
      {QStringLiteral("assistant"), QStringLiteral("Assistant"), QStringLiteral("Qwen3")}));
  f.get(f.store->finishAnswer(e.answerId, QStringLiteral("**first**"), stopped()));
  const qint64 second =
      f.get(f.store->appendAnswer(e.userMessageId, {{}, QStringLiteral("Assistant"), {}}));
  f.get(f.store->finishAnswer(second, QStringLiteral("second"), stopped()));
  const ConversationData data = f.get(f.store->load(e.conversationId));
  const QString markdown = toMarkdown(data);
  QVERIFY2(markdown.startsWith(QStringLiteral("# Title with \\`code\\` & \\<b\\>\n\n## You")),
           qPrintable(markdown));
  QVERIFY(markdown.contains(QStringLiteral("- Attachment: a\\_b\\*.pdf (pages: 2)")));
  QVERIFY(markdown.contains(QStringLiteral("second\n")));
  QVERIFY(!markdown.contains(QStringLiteral("first")));  // another version
  const QByteArray json = toJson(data, {f.get(f.store->attachment(document.id))});
  QCOMPARE(toJson(data, {f.get(f.store->attachment(document.id))}), json);
  const QJsonObject object = QJsonDocument::fromJson(json).object();
  QCOMPARE(object[u"messages"].toArray().size(), 3);
  QCOMPARE(object[u"conversation"][u"sampling"][u"top_k"].toInt(), 20);
  QCOMPARE(object[u"conversation"][u"created_at"].toString(),
           QStringLiteral("2023-11-14T22:13:20.000Z"));
  QCOMPARE(object[u"attachments"][0][u"pages"].toArray().size(), 2);
  QCOMPARE(messagePath(data, 12345).size(), 0);
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
