// SPDX-License-Identifier: Apache-2.0
// Documents in a conversation: attaching, refusing, merging, summarising whole and section by
// section.
#include <QAbstractItemModelTester>
#include <QFile>
#include <QSemaphore>
#include <QTest>

#include "engine/prompt.h"
#include "gui/documents/attachment_rows.h"
#include "session_fixture.h"

namespace gui {
namespace {

QString longText(int sections, int words) {
  QString text;
  for (int i = 1; i <= sections; ++i) {
    text += QStringLiteral("# Chapter %1\n\n").arg(i);
    for (int word = 0; word < words; ++word) {
      text += QStringLiteral("fact%1-%2 ").arg(i).arg(word) +
              (word % 12 == 11 ? QStringLiteral("\n\n") : QString());
    }
    text += u'\n';
  }
  return text;
}

}  // namespace

class DocumentsTest : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    fixture_ = std::make_unique<SessionFixture>(folder_->path() + QStringLiteral("/data"));
    session_ = fixture_->session();
    list_ = session_->attachments();
  }

  void cleanup() {
    fixture_.reset();
    folder_.reset();
  }

  void readsFiles() {
    QAbstractItemModelTester tester(list_);
    session_->attachFiles(
        {write("notes.md", "# Title\n\nSome words here."), write("data.csv", "a,b\n1,2\n")});
    QCOMPARE(list_->count(), 2);
    QVERIFY(list_->reading());
    QTRY_COMPARE_WITH_TIMEOUT(list_->ready().size(), 2, 20000);
    QVERIFY(!list_->reading());
    QCOMPARE(value(0, AttachmentListModel::NameRole).toString(), QStringLiteral("notes.md"));
    QCOMPARE(value(0, AttachmentListModel::TypeRole).toString(), QStringLiteral("markdown"));
    QVERIFY(value(0, AttachmentListModel::TokensRole).toInt() > 0);
    QVERIFY(value(0, AttachmentListModel::DetailRole).toString().contains(QLatin1String("tokens")));
    QCOMPARE(list_->totalTokens(), value(0, AttachmentListModel::TokensRole).toInt() +
                                       value(1, AttachmentListModel::TokensRole).toInt());
    QVERIFY(list_->text(0).contains(QStringLiteral("Some words")));
    QTRY_VERIFY(session_->attachmentTokens() == list_->totalTokens() &&
                session_->contextUsed() > 0);
    list_->remove(0);
    QCOMPARE(list_->count(), 1);
  }

  void refusesWithReasons_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("binary") << "x.txt"
                            << QByteArray(
                                   "\x7f"
                                   "ELF\0\0\1\2\3\4\0\0",
                                   12)
                                   .repeated(50);
    QTest::newRow("empty") << "x.pdf" << QByteArray();
    QTest::newRow("broken pdf") << "x.pdf" << QByteArray("%PDF-1.4\nnothing");
  }

  void refusesWithReasons() {
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    session_->attachFiles({write(name, content)});
    QTRY_COMPARE_WITH_TIMEOUT(value(0, AttachmentListModel::StateRole).toInt(),
                              int{AttachmentListModel::Refused}, 20000);
    const QString reason = value(0, AttachmentListModel::ErrorTextRole).toString();
    QVERIFY2(reason.contains(name), qPrintable(reason));
    QVERIFY(!session_->send(QStringLiteral("What is this?")));
    QVERIFY(!session_->errorString().isEmpty());
    list_->remove(0);
    QVERIFY(session_->send(QStringLiteral("What is this?")));
    QTRY_VERIFY(!session_->busy());
  }

  void asksForThePassword() {
    session_->attachFiles({QUrl::fromLocalFile(
        QStringLiteral(FIRESIDE_TEST_DATA "/documents/encrypted-aes256.pdf"))});
    const auto state = [this] { return value(0, AttachmentListModel::StateRole).toInt(); };
    const auto reason = [this] { return value(0, AttachmentListModel::ErrorTextRole).toString(); };
    QTRY_COMPARE_WITH_TIMEOUT(state(), int{AttachmentListModel::NeedsPassword}, 20000);
    QVERIFY2(reason().contains(QLatin1String("is encrypted")), qPrintable(reason()));
    list_->setPassword(0, QStringLiteral("guess"));
    QTRY_COMPARE_WITH_TIMEOUT(state(), int{AttachmentListModel::NeedsPassword}, 20000);
    QVERIFY2(reason().contains(QLatin1String("is not right")), qPrintable(reason()));
    list_->setPassword(0, QStringLiteral("pässword"));
    QTRY_COMPARE_WITH_TIMEOUT(list_->ready().size(), 1, 20000);
    QVERIFY(list_->text(0).contains(QLatin1String("4711")));
  }

  void refusesFoldersAndAddresses() {
    session_->attachFiles({QUrl::fromLocalFile(folder_->path()),
                           QUrl(QStringLiteral("https://example.org/a.pdf")),
                           QUrl::fromLocalFile(QStringLiteral("/no/such/file.pdf"))});
    for (int row = 0; row < 3; ++row) {
      QTRY_COMPARE(value(row, AttachmentListModel::StateRole).toInt(),
                   int{AttachmentListModel::Refused});
      QVERIFY(!value(row, AttachmentListModel::ErrorTextRole).toString().isEmpty());
    }
  }

  void sameContentIsOneRow() {
    session_->attachFiles({write("a.txt", "same words"), write("b.txt", "same words")});
    QTRY_COMPARE_WITH_TIMEOUT(list_->ready().size(), 1, 20000);
    QTRY_COMPARE(list_->count(), 1);
  }

  void longPasteBecomesADocument() {
    QVERIFY(!session_->pasteText(QStringLiteral("short")));
    QVERIFY(session_->pasteText(QStringLiteral("汉").repeated(3000)));  // 9,000 bytes
    QTRY_COMPARE(list_->ready().size(), 1);
    QVERIFY(list_->text(0).contains(QStringLiteral("汉汉汉")));
  }

  void rowsKeepTheDocument() {
    engine::Document document = engine::document_from_text("n.txt", longText(3, 400).toStdString());
    document.empty_pages = {2, 5};
    const engine::Document back = toDocument(toRow(document));
    QCOMPARE(QString::fromStdString(engine::render_document(back)),
             QString::fromStdString(engine::render_document(document)));
    QCOMPARE(back.sha256, document.sha256);
    QVERIFY(back.empty_pages == document.empty_pages);
  }

  void summarisesWholeWhenItFits() {
    session_->pasteText(longText(2, 1200));
    QTRY_COMPARE(list_->ready().size(), 1);
    QVERIFY(session_->canSummarize());
    QVERIFY(session_->summarize());
    QTRY_VERIFY(!session_->busy());
    QCOMPARE(fixture_->backend->requests().size(), size_t{1});
    QVERIFY(!session_->title().isEmpty());
    // The next question begins as the summary did: the cache keeps the document.
    QVERIFY(session_->send(QStringLiteral("And what is missing?")));
    QTRY_VERIFY(!session_->busy());
    const auto& requests = fixture_->backend->requests();
    QCOMPARE(requests[1].messages[1].content, requests[0].messages[1].content);
    QVERIFY(session_->reusedTokens() > 1000);
  }

  void summarisesBySectionsWhenItDoesNotFit() {
    fixture_->backend->setContextLimit(2000);
    session_->pasteText(longText(10, 400));
    QTRY_COMPARE_WITH_TIMEOUT(list_->ready().size(), 1, 20000);
    QStringList progress;
    connect(session_, &ChatSession::progressChanged, this,
            [&] { progress.append(session_->progressText()); });
    QVERIFY(session_->summarize());
    QTRY_COMPARE_WITH_TIMEOUT(session_->status(), ChatSession::Summarizing, 20000);
    QTRY_VERIFY_WITH_TIMEOUT(!session_->busy(), 30000);
    const ConversationData data = fixture_->stored(session_->conversationId());
    const QList<SectionRow> sections = data.messages[1].sections;
    QVERIFY(sections.size() >= 3);
    // Every page is covered, in order.
    int next = 1;
    for (const SectionRow& section : sections) {
      QVERIFY(section.firstPage <= next);
      next = section.lastPage + 1;
      QVERIFY(!section.text.isEmpty());
    }
    QCOMPARE(next - 1, data.messages[0].attachments[0].numPages);
    QCOMPARE(data.messages[1].text, SessionFixture::fast().answer);
    QVERIFY(std::any_of(progress.begin(), progress.end(), [](const QString& text) {
      return text.startsWith(QLatin1String("Part "));
    }));
    int rows = 0;
    for (int row = 0; row < session_->transcript()->rowCount(); ++row) {
      rows += session_->transcript()
                  ->data(session_->transcript()->index(row), TranscriptModel::KindRole)
                  .toInt() == TranscriptModel::Section;
    }
    QCOMPARE(rows, sections.size() + 1);  // and what later questions see
    // Afterwards the section summaries stand for the document, which does not fit.
    QTRY_VERIFY(session_->fits());
    QVERIFY(session_->send(QStringLiteral("Which chapter is best?")));
    QTRY_VERIFY(!session_->busy());
    const std::string& prompt = fixture_->backend->requests().back().messages[1].content;
    QVERIFY(prompt.find("only the section summaries are at hand") != std::string::npos);
    QVERIFY(prompt.find("Pages without") == std::string::npos);
    const std::string pages = "pages=\"" + std::to_string(sections[1].firstPage) + "-" +
                              std::to_string(sections[1].lastPage) + "\"";
    QVERIFY2(
        prompt.find(pages) != std::string::npos || sections[1].firstPage == sections[1].lastPage,
        prompt.c_str());
    QVERIFY(prompt.find("fact10-399") == std::string::npos);
  }

  void summaryCanBeStopped() {
    fixture_->backend->setContextLimit(2000);
    fixture_->backend->setTokensPerSecond(40);
    session_->pasteText(longText(10, 400));
    QTRY_COMPARE_WITH_TIMEOUT(list_->ready().size(), 1, 20000);
    QVERIFY(session_->summarize());
    QTRY_COMPARE_WITH_TIMEOUT(session_->status(), ChatSession::Summarizing, 20000);
    QTRY_VERIFY(fixture_->backend->requests().size() > 2);
    session_->stop();
    QTRY_VERIFY(!session_->busy());
    QCOMPARE(fixture_->stored(session_->conversationId()).messages[1].result.finishReason,
             QStringLiteral("abort"));
    QTRY_COMPARE(fixture_->backend->stats().num_running, 0);
  }

  // Stopped before its first section: the second try is a summary again, not a question with the
  // whole document.
  void aStoppedSummaryIsTriedAgainAsOne() {
    fixture_->backend->setContextLimit(2000);
    fixture_->backend->setFirstTokenMs(60000);
    session_->pasteText(longText(10, 400));
    QTRY_COMPARE_WITH_TIMEOUT(list_->ready().size(), 1, 20000);
    QVERIFY(session_->summarize());
    QTRY_COMPARE_WITH_TIMEOUT(session_->status(), ChatSession::Summarizing, 20000);
    session_->stop();
    QTRY_VERIFY(!session_->busy());
    QVERIFY(fixture_->stored(session_->conversationId()).messages[1].sections.isEmpty());
    fixture_->backend->setFirstTokenMs(1);
    session_->retry();
    QTRY_COMPARE_WITH_TIMEOUT(session_->status(), ChatSession::Summarizing, 20000);
    QTRY_VERIFY_WITH_TIMEOUT(!session_->busy(), 30000);
    QVERIFY(fixture_->stored(session_->conversationId()).messages[2].sections.size() >= 3);
  }

  // The count that a stopped summary waited for comes late and changes nothing.
  void aLateCountIsNotForTheConversation() {
    fixture_->backend->setContextLimit(2000);
    session_->pasteText(longText(10, 400));
    QTRY_COMPARE_WITH_TIMEOUT(list_->ready().size(), 1, 20000);
    QTRY_VERIFY(!session_->fits());
    QSemaphore gate;
    fixture_->pool.setMaxThreadCount(1);
    fixture_->pool.start([&gate] { gate.acquire(); });
    QVERIFY(session_->summarize());
    QTRY_COMPARE(session_->transcript()->streaming(), true);  // and the count waits in the pool
    session_->stop();
    QTRY_VERIFY(!session_->busy());
    gate.release();
    fixture_->pool.waitForDone();
    // The next question would follow the whole document, no summaries of it.
    QTRY_VERIFY(!session_->fits());
    QCOMPARE(fixture_->backend->requests().size(), size_t{0});
  }

  void anotherModelCountsAnew() {
    class OnePlace : public FakeBackend {
     public:
      // The counter of the next model lies where that of this one lay.
      void replaceModel() {
        const BackendState next = state();
        setState({});
        setState(next);
      }
    };
    OnePlace backend;
    backend.load({});
    AttachmentListModel list(&backend, &fixture_->pool);
    list.addStored({1,
                    std::make_shared<const engine::Document>(
                        engine::document_from_text("a.txt", "some words to count")),
                    -1});
    QTRY_VERIFY(list.totalTokens() > 0);
    const int tokens = list.totalTokens();
    backend.replaceModel();
    QCOMPARE(list.totalTokens(), 0);
    QTRY_COMPARE(list.totalTokens(), tokens);
  }

  void removedRowsAreForgotten() {
    session_->attachFiles({write("a.txt", "one"), write("b.txt", "two")});
    list_->remove(1);
    list_->remove(0);
    QTest::qWait(300);
    QCOMPARE(list_->count(), 0);
    QCOMPARE(list_->totalTokens(), 0);
  }

 private:
  QUrl write(const QString& name, const QByteArray& content) {
    const QString path = folder_->filePath(name);
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
      file.write(content);
    }
    return QUrl::fromLocalFile(path);
  }

  QVariant value(int row, int role) const { return list_->data(list_->index(row), role); }

  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<SessionFixture> fixture_;
  ChatSession* session_ = nullptr;
  AttachmentListModel* list_ = nullptr;
};

}  // namespace gui

QTEST_GUILESS_MAIN(gui::DocumentsTest)
#include "tst_documents.moc"
