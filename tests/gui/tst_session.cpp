// SPDX-License-Identifier: Apache-2.0
// Conversations over a fake backend and a real store: everything a person does, and that a restart
// finds it again.
#include <QAbstractItemModelTester>
#include <QTest>

#include "gui/chat/conversation_list_model.h"
#include "gui/chat/trash_list_model.h"
#include "session_fixture.h"

namespace gui {

class SessionTest : public SessionTestBase {
  Q_OBJECT

 private slots:
  void sends() {
    ChatSession* session = fixture_->session();
    QAbstractItemModelTester tester(session->transcript());
    session->setDraft(kQuestion);
    QVERIFY(session->send(kQuestion));
    QVERIFY(session->busy());
    QCOMPARE(session->draft(), QString());
    QTRY_VERIFY(!session->busy());
    QVERIFY(session->conversationId() > 0);
    QCOMPARE(session->title(), kQuestion);
    using M = TranscriptModel;
    QCOMPARE(kinds(session),
             (QList<int>{M::UserText, M::Footer, M::Header, M::Rich, M::Code, M::Rich, M::Footer}));
    QCOMPARE(session->messageText(lastId(session)), SessionFixture::fast().answer);
    QVERIFY(!lastRow(session, M::FiguresRole).toStringList().isEmpty());
    QVERIFY(session->computedTokens() > 0);
    const ConversationData data = fixture_->stored(session->conversationId());
    QCOMPARE(data.messages.size(), 2);
    QCOMPARE(data.messages[1].text, SessionFixture::fast().answer);
    QCOMPARE(data.messages[1].state, MessageState::Complete);
    QCOMPARE(data.messages[1].result.finishReason, QStringLiteral("stop"));
    QVERIFY(data.messages[1].result.completionTokens > 0);
  }

  void questionIsStoredBeforeTheFirstToken() {
    fixture_->backend->setTokensPerSecond(1);
    ChatSession* session = fixture_->session();
    QVERIFY(session->send(kQuestion));
    QTRY_VERIFY(session->conversationId() > 0);
    const ConversationData data = fixture_->stored(session->conversationId());
    QCOMPARE(data.messages.size(), 2);
    QCOMPARE(data.messages[0].text, kQuestion);
    QCOMPARE(data.messages[1].state, MessageState::Streaming);
  }

  void streamedTextIsCheckpointed() {
    fixture_->backend->setAnswer(QStringLiteral("word ").repeated(2000));
    fixture_->backend->setTokensPerSecond(200);
    ChatSession* session = fixture_->session();
    QVERIFY(session->send(kQuestion));
    QTRY_VERIFY_WITH_TIMEOUT(
        session->conversationId() > 0 &&
            fixture_->stored(session->conversationId()).messages[1].text.size() > 100,
        3000);
    QVERIFY(session->busy());
  }

  void stops() {
    fixture_->backend->setAnswer(QStringLiteral("word ").repeated(5000));
    fixture_->backend->setTokensPerSecond(500);
    ChatSession* session = fixture_->session();
    session->send(kQuestion);
    QTRY_COMPARE(session->status(), ChatSession::Generating);
    session->stop();
    QTRY_COMPARE(session->status(), ChatSession::Idle);
    const QString said = session->messageText(lastId(session));
    QVERIFY(said.startsWith(QLatin1String("word")));
    QVERIFY(said.size() < 20000);
    QVERIFY(lastRow(session, TranscriptModel::StoppedRole).toBool());
    const ConversationData data = fixture_->stored(session->conversationId());
    QCOMPARE(data.messages[1].text, said);
    QCOMPARE(data.messages[1].result.finishReason, QStringLiteral("abort"));
  }

  void regeneratesAsVersions() {
    ChatSession* session = sent();
    const qint64 first = lastId(session);
    fixture_->backend->setAnswer(QStringLiteral("Second answer"));
    session->regenerate(first);
    QTRY_VERIFY(!session->busy() && lastId(session) != first);
    QCOMPARE(lastRow(session, TranscriptModel::VersionIndexRole).toInt(), 2);
    QCOMPARE(lastRow(session, TranscriptModel::VersionCountRole).toInt(), 2);
    session->selectVersion(lastId(session), -1);
    QCOMPARE(lastId(session), first);
    QCOMPARE(lastRow(session, TranscriptModel::VersionIndexRole).toInt(), 1);
    session->selectVersion(first, -1);
    QCOMPARE(lastId(session), first);
    QCOMPARE(fixture_->stored(session->conversationId()).conversation.leafId, first);
  }

  void editsAsVersions() {
    ChatSession* session = sent();
    send(session, QStringLiteral("Second question"));
    const qint64 question =
        session->transcript()
            ->data(session->transcript()->index(0), TranscriptModel::MessageIdRole)
            .toLongLong();
    const int rows = session->transcript()->rowCount();
    QVERIFY(session->editMessage(question, QStringLiteral("Another first question")));
    QTRY_VERIFY(!session->busy() && session->transcript()->rowCount() < rows);
    QCOMPARE(session->lastUserMessage().value(QStringLiteral("text")).toString(),
             QStringLiteral("Another first question"));
    QCOMPARE(fixture_->backend->requests().back().messages.back().content,
             std::string("Another first question"));
    const qint64 edited =
        session->lastUserMessage().value(QStringLiteral("messageId")).toLongLong();
    session->selectVersion(edited, -1);
    QCOMPARE(session->transcript()->rowCount(), rows);
    QCOMPARE(session->lastUserMessage().value(QStringLiteral("text")).toString(),
             QStringLiteral("Second question"));
    QCOMPARE(fixture_->stored(session->conversationId()).messages.size(), 6);
  }

  void roleChangesFromTheNextMessageOn() {
    ChatSession* session = sent();
    const QString first = session->roleId();
    session->setRole(QStringLiteral("translator"));
    QCOMPARE(session->roleId(), QStringLiteral("translator"));
    const int before = session->transcript()->rowCount();
    send(session, QStringLiteral("Next"));
    using M = TranscriptModel;
    QCOMPARE(kinds(session).mid(before, 2), (QList<int>{M::RoleChange, M::UserText}));
    const auto& requests = fixture_->backend->requests();
    QCOMPARE(requests.front().messages.front().role, std::string("system"));
    QVERIFY(requests.front().messages.front().content != requests.back().messages.front().content);
    QCOMPARE(
        QString::fromStdString(requests.back().messages.front().content),
        QString::fromStdString(fixture_->roles->role(QStringLiteral("translator")).system_prompt));
    ChatSession* other = fixture_->session();
    QCOMPARE(other->roleId(), first);
  }

  void nothingLeaksIntoAnotherConversation() {
    ChatSession* session = sent();
    session->setRole(QStringLiteral("translator"));
    session->sampling()->setTemperature(0.1);
    session->sampling()->setSeed(QStringLiteral("12345678901234567890"));
    session->setDraft(QStringLiteral("unsent"));
    session->pasteText(QString(9000, u'x'));
    QTRY_COMPARE(session->attachments()->ready().size(), 1);
    ChatSession* other = fixture_->session();
    QVERIFY(other->roleId() != session->roleId());
    QVERIFY(!other->sampling()->anySet());
    QCOMPARE(other->draft(), QString());
    QCOMPARE(other->attachments()->count(), 0);
    send(other, QStringLiteral("Clean?"));
    const engine::ChatRequest& request = fixture_->backend->requests().back();
    QVERIFY(!request.sampling.seed.has_value());
    for (const engine::ChatMessage& message : request.messages) {
      QVERIFY(message.content.find("unsent") == std::string::npos);
      QVERIFY(message.content.find("xxxx") == std::string::npos);
      QVERIFY(message.content.find(kQuestion.toStdString()) == std::string::npos);
    }
  }

  void restartFindsEverything() {
    ChatSession* session = sent();
    const qint64 id = session->conversationId();
    session->setRole(QStringLiteral("code-reviewer"));
    session->sampling()->setTemperature(0.25);
    session->setFeedback(lastId(session), 1);
    session->setDraft(QStringLiteral("half a thought"));
    session->pasteText(QStringLiteral("Long text. ").repeated(1000));
    QTRY_COMPARE(session->attachments()->ready().size(), 1);
    const QList<int> rows = kinds(session);
    restart();
    session = fixture_->session(id);
    QTRY_COMPARE(session->attachments()->ready().size(), 1);
    QCOMPARE(kinds(session), rows);
    QCOMPARE(session->title(), kQuestion);
    QCOMPARE(session->roleId(), QStringLiteral("code-reviewer"));
    QCOMPARE(session->sampling()->temperature(), 0.25);
    QCOMPARE(lastRow(session, TranscriptModel::FeedbackRole).toInt(), 1);
    QCOMPARE(session->draft(), QStringLiteral("half a thought"));
    send(session, QStringLiteral("Summarise"));
    restart();
    session = fixture_->session(id);
    QCOMPARE(session->draft(), QString());
    QCOMPARE(session->attachments()->count(), 0);
    QVERIFY(kinds(session).contains(TranscriptModel::Attachment));
    // The document is part of the next prompt, rendered as before.
    send(session, QStringLiteral("And page 2?"));
    const auto& messages = fixture_->backend->requests().back().messages;
    QVERIFY(messages[3].content.find("<document name=\"") == 0);
    QVERIFY(messages[3].content.find("Long text.") != std::string::npos);
  }

  void longConversationsOpen() {
    fixture_->backend->setAnswer(QStringLiteral("Some *words* in a row.\n\n").repeated(12000));
    fixture_->backend->setTokensPerSecond(1000000);
    ChatSession* session = sent();
    const qint64 id = session->conversationId();
    const QList<int> rows = kinds(session);
    QVERIFY(rows.size() > 12000);
    fixture_->close(session);
    QCOMPARE(kinds(fixture_->session(id)), rows);
  }

  void draftOfANewChatSurvives() {
    ChatSession* session = fixture_->session();
    session->setDraft(QStringLiteral("later"));
    restart();
    session = fixture_->session();
    QCOMPARE(session->draft(), QStringLiteral("later"));
    send(session, QStringLiteral("later"));
    restart();
    QCOMPARE(fixture_->session()->draft(), QString());
  }

  void closingWhileGeneratingKeepsTheText() {
    fixture_->backend->setAnswer(QStringLiteral("word ").repeated(5000));
    fixture_->backend->setTokensPerSecond(500);
    ChatSession* session = fixture_->session();
    session->send(kQuestion);
    QTRY_COMPARE(session->status(), ChatSession::Generating);
    QTRY_VERIFY(!session->messageText(lastId(session)).isEmpty());
    const qint64 id = session->conversationId();
    restart();
    const ConversationData data = fixture_->stored(id);
    QCOMPARE(data.messages[1].state, MessageState::Complete);
    QCOMPARE(data.messages[1].result.finishReason, QStringLiteral("abort"));
    QVERIFY(data.messages[1].text.startsWith(QLatin1String("word")));
  }

  void meterIsTheSizeOfThePrompt() {
    ChatSession* session = sent();
    session->setDraft(QStringLiteral("one two three"));
    QTRY_VERIFY(session->draftTokens() == 3 && session->historyTokens() > 0);
    const int predicted = session->contextUsed();
    send(session, QStringLiteral("one two three"));
    QCOMPARE(session->reusedTokens() + session->computedTokens(), predicted);
  }

  void samplingReachesTheRequest() {
    ChatSession* session = fixture_->session();
    session->sampling()->setTemperature(9);
    session->sampling()->setTopP(qQNaN());
    session->sampling()->setTopK(-4);
    session->sampling()->setMaxTokens(5);
    session->sampling()->setSeed(QStringLiteral("x1"));
    send(session, kQuestion);
    const engine::SamplingParams& params = fixture_->backend->requests().back().sampling;
    params.validate();
    QCOMPARE(*params.temperature, 2.0f);
    QCOMPARE(*params.top_k, 0);
    QCOMPARE(*params.max_tokens, 5);
    QVERIFY(!params.seed.has_value());
    QVERIFY(lastRow(session, TranscriptModel::StoppedRole).toBool());
    session->sampling()->reset();
    QVERIFY(!session->sampling()->anySet());
  }

  void listFollowsTheConversations() {
    ConversationListModel list(fixture_->store.get(), fixture_->roles.get());
    TrashListModel trash(fixture_->store.get());
    QAbstractItemModelTester trashTester(&trash);
    QAbstractItemModelTester tester(&list);
    list.refresh();
    ChatSession* first = sent();
    ChatSession* second = fixture_->session();
    send(second, QStringLiteral("Was ist 北京?"));
    QTRY_COMPARE(list.count(), 2);
    const auto idAt = [&list](int row) {
      return list.data(list.index(row), ConversationListModel::ConversationIdRole).toLongLong();
    };
    QCOMPARE(idAt(0), second->conversationId());
    QCOMPARE(list.data(list.index(0), ConversationListModel::SectionRole).toString(),
             QStringLiteral("Today"));
    QTest::qWait(5);  // updatedAt is in milliseconds
    send(first, QStringLiteral("More"));
    QTRY_COMPARE(idAt(0), first->conversationId());
    QCOMPARE(list.neighbour(idAt(0), 1), second->conversationId());
    list.setSearchText(QStringLiteral("京"));
    QTRY_COMPARE(list.count(), 1);
    QCOMPARE(idAt(0), second->conversationId());
    QVERIFY(list.data(list.index(0), ConversationListModel::SnippetRole)
                .toString()
                .contains(QStringLiteral("北京")));
    list.setSearchText({});
    QTRY_COMPARE(list.count(), 2);
    list.remove(first->conversationId());
    QTRY_COMPARE(list.count(), 1);
    QTRY_VERIFY(!list.undoText().isEmpty());
    QTRY_COMPARE(trash.count(), 1);
    list.undoRemove();
    QTRY_COMPARE(list.count(), 2);
    QTRY_COMPARE(trash.count(), 0);
    list.rename(second->conversationId(), QStringLiteral("  New\nname "));
    QTRY_COMPARE(second->title(), QStringLiteral("New name"));
    list.remove(second->conversationId());
    QTRY_VERIFY(!list.undoText().isEmpty());
    QCOMPARE(trash.count(), 1);
    trash.empty();
    QTRY_COMPARE(trash.count(), 0);
    QVERIFY(list.undoText().isEmpty());
    QCOMPARE(list.count(), 1);
  }
};

}  // namespace gui

QTEST_GUILESS_MAIN(gui::SessionTest)
#include "tst_session.moc"
