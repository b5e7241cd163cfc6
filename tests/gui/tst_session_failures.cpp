// SPDX-License-Identifier: Apache-2.0
// What a conversation does when something fails or is not there: the model, the device, the disk,
// the room in the context.
#include <QTest>

#include "session_fixture.h"
#include "tests/gui/store/obstacles.h"

namespace gui {

class SessionFailuresTest : public SessionTestBase {
  Q_OBJECT

 private slots:
  void failedAnswerCanBeTriedAgain() {
    fixture_->backend->failNextAnswer(QStringLiteral("Out of luck."));
    ChatSession* session = fixture_->session();
    session->send(kQuestion);
    QTRY_VERIFY(!session->busy());
    QVERIFY(kinds(session).contains(TranscriptModel::ErrorNote));
    QVERIFY(!session->messageText(lastId(session)).isEmpty());
    const qint64 failed = lastId(session);
    session->retry();
    QTRY_VERIFY(!session->busy() && lastId(session) != failed);
    QVERIFY(!kinds(session).contains(TranscriptModel::ErrorNote));
    QCOMPARE(session->messageText(lastId(session)), SessionFixture::fast().answer);
  }

  void deviceFailureKeepsTextAndOffersReload() {
    fixture_->backend->setAnswer(QStringLiteral("word ").repeated(5000));
    fixture_->backend->setTokensPerSecond(500);
    ChatSession* session = fixture_->session();
    session->send(kQuestion);
    QTRY_COMPARE(session->status(), ChatSession::Generating);
    fixture_->backend->breakDevice(QStringLiteral("The GPU failed."));
    QTRY_VERIFY(!session->busy());
    QCOMPARE(session->errorAction(), QStringLiteral("reload"));
    QCOMPARE(session->errorString(), QStringLiteral("The GPU failed."));
    QVERIFY(session->messageText(lastId(session)).startsWith(QLatin1String("word")));
    session->setDraft(QStringLiteral("next"));
    QVERIFY(!session->send(QStringLiteral("next")));
    QCOMPARE(session->draft(), QStringLiteral("next"));
    fixture_->backend->load({});
    fixture_->backend->setTokensPerSecond(20000);
    QVERIFY(session->send(QStringLiteral("next")));
    QTRY_VERIFY(!session->busy());
    QCOMPARE(session->errorString(), QString());
  }

  void fullDiskKeepsTheAnswerOnScreen() {
    FakeOptions fake = SessionFixture::fast();
    fake.answer = QStringLiteral("word ").repeated(60000);
    fake.tokensPerSecond = 60000;
    fixture_.reset();
    fixture_ = std::make_unique<SessionFixture>(folder_->path(), fake, 64);
    ChatSession* session = fixture_->session();
    QVERIFY(session->send(kQuestion));
    QTRY_VERIFY_WITH_TIMEOUT(session->conversationId() > 0 && !session->busy(), 20000);
    QCOMPARE(session->messageText(lastId(session)), fake.answer);
    QTRY_VERIFY(fixture_->store->status()->diskFull());
    // Not even the question fits now: it is refused and stays in the input.
    const QString next = QStringLiteral("next ").repeated(40000);
    session->setDraft(next);
    fixture_->backend->setContextLimit(10000000);
    QTRY_VERIFY(session->fits());
    session->send(next);
    QTRY_VERIFY(!session->busy());
    QCOMPARE(session->draft(), next);
    QVERIFY(!session->errorString().isEmpty());
    // And before what was typed while it was being stored.
    session->send(next);
    QVERIFY(session->busy());
    session->setDraft(QStringLiteral("typed since"));
    QTRY_VERIFY(!session->busy());
    QCOMPARE(session->draft(), next + QStringLiteral("\n\ntyped since"));
    // Nor does another version of it: whoever wrote it is not told that it is stored.
    QSignalSpy edited(session, &ChatSession::edited);
    const qint64 question =
        session->lastUserMessage().value(QStringLiteral("messageId")).toLongLong();
    session->dismissError();
    QVERIFY(session->editMessage(question, next));
    QTRY_VERIFY(!session->busy());
    QVERIFY(!session->errorString().isEmpty());
    QCOMPARE(edited.size(), 0);
    QCOMPARE(session->messageText(question), kQuestion);
  }

  void aDraftIsWrittenWhenThereIsRoomAgain() {
    SmallDisk disk(4096);
    if (!disk.mounted()) QSKIP("mounting a small tmpfs needs root");
    fixture_.reset();
    fixture_ = std::make_unique<SessionFixture>(disk.folder());
    ChatSession* session = fixture_->session();
    disk.fill();
    const QString draft = QStringLiteral("word ").repeated(60000);
    session->setDraft(draft);
    QTRY_VERIFY(fixture_->store->status()->diskFull());
    disk.free();
    QTRY_VERIFY_WITH_TIMEOUT(!fixture_->store->status()->diskFull(), 20000);
    const auto stored = [this] {
      QFuture<DraftRow> future = fixture_->store->draft(0);
      fixture_->store->flush();
      return future.result().text;
    };
    QTRY_VERIFY(stored() == draft);
    fixture_.reset();
  }

  // The last of an answer cannot be written; its conversation is no longer there.
  void aFailedLastWriteIsTold() {
    fixture_->backend->setAnswer(QStringLiteral("word ").repeated(5000));
    fixture_->backend->setTokensPerSecond(500);
    ChatSession* session = fixture_->session();
    session->send(kQuestion);
    QTRY_COMPARE(session->status(), ChatSession::Generating);
    fixture_->store->moveToTrash(session->conversationId());
    fixture_->store->emptyTrash();
    fixture_->store->flush();
    session->stop();
    QTRY_VERIFY(!session->busy());
    QTRY_VERIFY(!session->errorString().isEmpty());
  }

  // A question that is written anew is refused as a new one is, with a word on why.
  void anEditThatCannotBeAnsweredIsRefused() {
    ChatSession* session = sent();
    const qint64 question =
        session->lastUserMessage().value(QStringLiteral("messageId")).toLongLong();
    const QString text = QStringLiteral("Another question");
    fixture_->backend->setTokensPerSecond(1);
    session->send(QStringLiteral("next"));
    QTRY_COMPARE(session->status(), ChatSession::Generating);
    QVERIFY(!session->editMessage(question, text));  // an answer is being written
    session->stop();
    QTRY_VERIFY(!session->busy());
    QVERIFY(!session->editMessage(question, QStringLiteral("  \n")));
    fixture_->backend->unload();
    QVERIFY(!session->editMessage(question, text));
    QCOMPARE(session->errorAction(), QStringLiteral("models"));
    fixture_->backend->failNextLoad(QStringLiteral("The file is broken."));
    fixture_->backend->load({});
    QVERIFY(!session->editMessage(question, text));
    QCOMPARE(session->errorString(), QStringLiteral("The file is broken."));
    QCOMPARE(fixture_->stored(session->conversationId()).messages.size(), 4);
    fixture_->backend->load({});
    QSignalSpy edited(session, &ChatSession::edited);
    QVERIFY(session->editMessage(question, text));
    QTRY_COMPARE(edited.size(), 1);
    QCOMPARE(edited.first().first().toLongLong(), question);
  }

  void versionsThatAreTooLongAreRefusedWithFigures() {
    ChatSession* session = sent();
    const qint64 answer = lastId(session);
    const qint64 question =
        session->lastUserMessage().value(QStringLiteral("messageId")).toLongLong();
    fixture_->backend->setContextLimit(700);
    QSignalSpy edited(session, &ChatSession::edited);
    QVERIFY(session->editMessage(question, QStringLiteral("word ").repeated(800)));
    QTRY_VERIFY(!session->busy());
    QVERIFY2(session->errorString().contains(QLatin1String("700")),
             qPrintable(session->errorString()));
    QCOMPARE(edited.size(), 0);
    fixture_->backend->setContextLimit(40);
    session->regenerate(answer);
    QTRY_VERIFY(!session->busy());
    QVERIFY2(session->errorString().contains(QLatin1String("40")),
             qPrintable(session->errorString()));
    QCOMPARE(lastId(session), answer);
    QCOMPARE(fixture_->stored(session->conversationId()).messages.size(), 2);
    QCOMPARE(fixture_->backend->requests().size(), size_t{1});
  }

  void waitsForTheModel() {
    FakeOptions slow = SessionFixture::fast();
    slow.loadMs = 250;
    fixture_.reset();
    fixture_ = std::make_unique<SessionFixture>(folder_->path(), slow);
    ChatSession* session = fixture_->session();
    QVERIFY(session->send(kQuestion));
    QTRY_VERIFY(session->conversationId() > 0);
    QCOMPARE(session->status(), ChatSession::Preparing);
    QVERIFY(!session->progressText().isEmpty());
    QTRY_VERIFY(!session->busy());
    QCOMPARE(session->messageText(lastId(session)), slow.answer);
  }

  void stopWhileWaitingForTheModel() {
    FakeOptions slow = SessionFixture::fast();
    slow.loadMs = 60000;
    fixture_.reset();
    fixture_ = std::make_unique<SessionFixture>(folder_->path(), slow);
    ChatSession* session = fixture_->session();
    QVERIFY(session->send(kQuestion));
    session->stop();
    QTRY_VERIFY(!session->busy() && session->conversationId() > 0);
    QVERIFY(lastRow(session, TranscriptModel::StoppedRole).toBool());
    QVERIFY(session->send(QStringLiteral("again")));
    QTRY_VERIFY(session->transcript()->streaming());
    session->stop();
    QTRY_VERIFY(!session->busy());
  }

  void brokenModelOffersAnother() {
    fixture_->backend->failNextLoad(QStringLiteral("The file is broken."));
    fixture_->backend->load({});
    ChatSession* session = fixture_->session();
    QVERIFY(!session->send(kQuestion));
    QCOMPARE(session->errorAction(), QStringLiteral("models"));
    fixture_->backend->load({});
    QCOMPARE(session->errorString(), QString());
  }

  void withoutAModelNothingIsSent() {
    fixture_->backend->unload();
    ChatSession* session = fixture_->session();
    session->setDraft(kQuestion);
    QVERIFY(!session->send(kQuestion));
    QCOMPARE(session->errorAction(), QStringLiteral("models"));
    QCOMPARE(session->draft(), kQuestion);
    session->dismissError();
    QCOMPARE(session->errorString(), QString());
    QVERIFY(!session->send(QStringLiteral("   ")));
  }

  void tooLongIsRefusedWithFigures() {
    fixture_->backend->setContextLimit(400);
    ChatSession* session = fixture_->session();
    QTRY_VERIFY(session->contextUsed() > 0);
    const QString text = QStringLiteral("word ").repeated(800);
    session->setDraft(text);
    QTRY_VERIFY(!session->fits());
    QVERIFY(!session->send(text));
    QVERIFY(session->fitText().contains(QStringLiteral("400")));
    QVERIFY(session->fitChoices().size() >= 2);
    QCOMPARE(session->draft(), text);
    QCOMPARE(session->conversationId(), 0);
    session->setDraft(QStringLiteral("short"));
    QTRY_VERIFY(session->fits());
    QVERIFY(session->fitText().isEmpty());
  }
};

}  // namespace gui

QTEST_GUILESS_MAIN(gui::SessionFailuresTest)
#include "tst_session_failures.moc"
