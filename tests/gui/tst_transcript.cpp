// SPDX-License-Identifier: Apache-2.0
// The transcript model under QAbstractItemModelTester: rows for each kind of message, streaming by
// blocks, exact text.
#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include "gui/chat/fake_script.h"
#include "gui/chat/transcript_model.h"
#include "html_check.h"

namespace gui {
namespace {

using Kinds = QList<int>;

MessageView user(qint64 id, const QString& text) {
  MessageView view;
  view.id = id;
  view.fromUser = true;
  view.text = text;
  return view;
}

MessageView answer(qint64 id, const QString& text) {
  MessageView view;
  view.id = id;
  view.text = text;
  view.roleName = QStringLiteral("Assistant");
  view.roleIcon = QStringLiteral("chat");
  view.figures = {QStringLiteral("10 tok/s")};
  return view;
}

MessageView streaming(qint64 id) {
  MessageView view = answer(id, {});
  view.streaming = true;
  return view;
}

Kinds kinds(const TranscriptModel& model) {
  Kinds list;
  for (int row = 0; row < model.rowCount(); ++row) {
    list.append(model.data(model.index(row), TranscriptModel::KindRole).toInt());
  }
  return list;
}

QVariant value(const TranscriptModel& model, int row, int role) {
  return model.data(model.index(row), role);
}

// A long answer with every construct, as a model writes it.
QString longAnswer(qsizetype size) {
  engine::ChatRequest question;
  question.messages = {{"user", "x"}};
  QString text;
  while (text.size() < size) {
    text += fakeAnswer(question) + u'\n';
  }
  return text;
}

}  // namespace

class TranscriptTest : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    model_ = std::make_unique<TranscriptModel>();
    tester_ = std::make_unique<QAbstractItemModelTester>(
        model_.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
  }

  void cleanup() {
    tester_.reset();
    model_.reset();
  }

  void rowsOfMessages() {
    MessageView question = user(1, QStringLiteral("Why?"));
    question.attachments = {
        {7, QStringLiteral("a\u202Eb.pdf"), QStringLiteral("pdf"), QStringLiteral("2 pages")}};
    MessageView second = user(3, QStringLiteral("And?"));
    second.roleChanged = true;
    second.roleName = QStringLiteral("Tutor");
    MessageView failed = answer(4, QStringLiteral("Half"));
    failed.errorText = QStringLiteral("The device failed.");
    failed.sections = {
        {QStringLiteral("Intro"), QStringLiteral("Pages 1–3"), QStringLiteral("- **a**")}};
    model_->reset({question,
                   answer(2, QStringLiteral("# T\n\n```\nx\n```\n|a|\n|---|\n|1|\n\n---")), second,
                   failed});
    using M = TranscriptModel;
    QCOMPARE(kinds(*model_),
             (Kinds{M::Attachment, M::UserText, M::Footer, M::Header, M::Rich, M::Code, M::Table,
                    M::Rule, M::Footer, M::RoleChange, M::UserText, M::Footer, M::Header, M::Rich,
                    M::ErrorNote, M::Section, M::Footer}));
    QCOMPARE(value(*model_, 0, M::TitleRole).toString(), QStringLiteral("a[U+202E]b.pdf"));
    QCOMPARE(value(*model_, 0, M::AttachmentIdRole).toLongLong(), 7);
    QCOMPARE(value(*model_, 1, M::AuthorRole).toString(), QStringLiteral("user"));
    QCOMPARE(value(*model_, 4, M::HeadingRole).toInt(), 1);
    const QVariantMap table = value(*model_, 6, M::TableRole).toMap();
    QCOMPARE(table.value(QStringLiteral("columns")).toInt(), 1);
    QCOMPARE(table.value(QStringLiteral("rows")).toList().size(), 1);
    QCOMPARE(value(*model_, 9, M::TitleRole).toString(), QStringLiteral("Tutor"));
    QCOMPARE(value(*model_, 14, M::ErrorTextRole).toString(), QStringLiteral("The device failed."));
    QCOMPARE(value(*model_, 15, M::HtmlRole).toString(), QStringLiteral("•&nbsp;<b>a</b>"));
    QCOMPARE(value(*model_, 16, M::IsLastAnswerRole).toBool(), true);
    QCOMPARE(value(*model_, 8, M::IsLastAnswerRole).toBool(), false);
    QCOMPARE(model_->rowOfMessage(3), 9);
    QCOMPARE(model_->rowOfMessage(99), -1);
  }

  void streamsBlockByBlock() {
    model_->reset({user(1, QStringLiteral("q"))});
    model_->append(streaming(2));
    using M = TranscriptModel;
    QCOMPARE(kinds(*model_), (Kinds{M::UserText, M::Footer, M::Header, M::Rich}));
    QVERIFY(value(*model_, 3, M::StreamingRole).toBool());
    QVERIFY(model_->streaming());
    QSignalSpy inserted(model_.get(), &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(model_.get(), &QAbstractItemModel::rowsRemoved);
    QSignalSpy added(model_.get(), &TranscriptModel::textAppended);
    model_->appendText(QStringLiteral("Hello"));
    model_->appendText(QStringLiteral(" you\n\n"));
    QCOMPARE(inserted.size(), 0);
    model_->appendText(QStringLiteral("```cpp\nint a"));
    QCOMPARE(inserted.size(), 1);
    QVERIFY(!value(*model_, 3, M::StreamingRole).toBool());
    QVERIFY(value(*model_, 4, M::StreamingRole).toBool());
    model_->appendText(QStringLiteral(";\nint b;"));
    QCOMPARE(added.size(), 1);
    QCOMPARE(added[0][0].toInt(), 4);
    QCOMPARE(added[0][1].toString(), QStringLiteral(";\nint b;"));
    model_->appendText(QStringLiteral("\n```\n"));
    QCOMPARE(value(*model_, 4, M::TextRole).toString(), QStringLiteral("int a;\nint b;"));
    QCOMPARE(value(*model_, 4, M::LanguageRole).toString(), QStringLiteral("cpp"));
    QCOMPARE(removed.size(), 0);
    model_->finish(answer(2, {}));
    QCOMPARE(kinds(*model_),
             (Kinds{M::UserText, M::Footer, M::Header, M::Rich, M::Code, M::Footer}));
    QVERIFY(!model_->streaming());
    QVERIFY(!value(*model_, 4, M::StreamingRole).toBool());
  }

  void nothingSaid() {
    model_->append(streaming(2));
    MessageView stopped = answer(2, {});
    stopped.stopped = true;
    model_->finish(stopped);
    using M = TranscriptModel;
    QCOMPARE(kinds(*model_), (Kinds{M::Header, M::Footer}));
    QVERIFY(value(*model_, 1, M::StoppedRole).toBool());
  }

  void finishedRowsStay() {
    const QString text = longAnswer(6000);
    model_->append(streaming(1));
    int rows = 0;
    connect(model_.get(), &QAbstractItemModel::dataChanged, this,
            [&](const QModelIndex& first, const QModelIndex&) {
              QVERIFY2(first.row() >= rows - 2, "a finished row changed");
            });
    for (const QString& token : fakeTokens(text)) {
      model_->appendText(token);
      rows = std::max(rows, model_->rowCount());
    }
    disconnect(model_.get(), &QAbstractItemModel::dataChanged, this, nullptr);
    model_->finish(answer(1, text));
    compareWithWhole(text);
  }

  void anyChunksGiveTheWhole_data() {
    QTest::addColumn<int>("most");
    QTest::newRow("letters") << 3;
    QTest::newRow("frames at 500 tokens a second") << 60;
    QTest::newRow("frames at 20,000 tokens a second") << 2000;
  }

  void anyChunksGiveTheWhole() {
    QFETCH(int, most);
    const QString text = longAnswer(50000);
    model_->append(streaming(1));
    QString code;
    QRandomGenerator random(3);
    for (qsizetype at = 0; at < text.size();) {
      const int size = 1 + random.bounded(most);
      model_->appendText(text.mid(at, size));
      at += size;
    }
    model_->finish(answer(1, text));
    compareWithWhole(text);
  }

  void updatesOneMessageOnly() {
    model_->reset({user(1, QStringLiteral("a")), answer(2, QStringLiteral("b")),
                   user(3, QStringLiteral("c")), answer(4, QStringLiteral("d"))});
    QSignalSpy inserted(model_.get(), &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(model_.get(), &QAbstractItemModel::rowsRemoved);
    MessageView liked = answer(2, QStringLiteral("b"));
    liked.feedback = 1;
    liked.versionCount = 3;
    model_->update(liked);
    QCOMPARE(inserted.size() + removed.size(), 0);
    const int footer = model_->rowOfMessage(3) - 1;
    QCOMPARE(value(*model_, footer, TranscriptModel::FeedbackRole).toInt(), 1);
    QCOMPARE(value(*model_, footer, TranscriptModel::VersionCountRole).toInt(), 3);
  }

  void truncates() {
    model_->reset({user(1, QStringLiteral("a")), answer(2, QStringLiteral("b")),
                   user(3, QStringLiteral("c"))});
    model_->append(streaming(4));
    model_->truncateAfter(1);
    QCOMPARE(model_->rowCount(), 2);
    QVERIFY(!model_->streaming());
    model_->append(answer(5, QStringLiteral("e")));
    QVERIFY(value(*model_, model_->rowCount() - 1, TranscriptModel::IsLastAnswerRole).toBool());
    model_->truncateAfter(0);
    QCOMPARE(model_->rowCount(), 0);
  }

 private:
  void compareWithWhole(const QString& text) {
    TranscriptModel whole;
    whole.reset({answer(1, text)});
    QCOMPARE(model_->rowCount(), whole.rowCount());
    const QHash<int, QByteArray> names = whole.roleNames();
    for (int row = 0; row < whole.rowCount(); ++row) {
      for (auto role = names.begin(); role != names.end(); ++role) {
        QVERIFY2(value(*model_, row, role.key()) == value(whole, row, role.key()),
                 role.value().constData());
      }
      const QString html = value(whole, row, TranscriptModel::HtmlRole).toString();
      QVERIFY2(htmlProblem(html).isEmpty(), qPrintable(htmlProblem(html)));
    }
  }

  std::unique_ptr<TranscriptModel> model_;
  std::unique_ptr<QAbstractItemModelTester> tester_;
};

}  // namespace gui

QTEST_GUILESS_MAIN(gui::TranscriptTest)
#include "tst_transcript.moc"
