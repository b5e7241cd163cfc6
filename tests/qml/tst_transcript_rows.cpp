// SPDX-License-Identifier: Apache-2.0
// Text of transcript rows: selection over rows, search, cells of tables.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>
#include <QTextDocument>

#include "gui/chat/transcript_model.h"
#include "qml/chat/block_text.h"
#include "qml/chat/inline_html.h"
#include "qml/chat/table_cells.h"
#include "qml/chat/transcript_find.h"
#include "qml/chat/transcript_selection.h"

using gui::MessageView;
using gui::TranscriptModel;

namespace {

constexpr int kEnd = 1 << 30;

MessageView message(qint64 id, bool fromUser, const QString& text) {
  MessageView view;
  view.id = id;
  view.fromUser = fromUser;
  view.text = text;
  view.roleName = QStringLiteral("Assistant");
  return view;
}

int rowOfKind(const TranscriptModel& model, int kind, int nth = 0) {
  for (int row = 0; row < model.count(); ++row) {
    if (model.index(row).data(TranscriptModel::KindRole).toInt() == kind && nth-- == 0) return row;
  }
  return -1;
}

QVariantMap table(const QVariantList& header, const QVariantList& rows) {
  return {{"columns", header.size()},
          {"header", header},
          {"rows", rows},
          {"alignments", QStringList{"left", "right"}}};
}

}  // namespace

class TestTranscriptRows : public QObject {
  Q_OBJECT

 private slots:
  void shownText_data() {
    QTest::addColumn<QString>("markdown");
    QTest::addColumn<QString>("shown");
    QTest::newRow("plain") << "Some words."
                           << "Some words.";
    QTest::newRow("inline") << "A **bold** `code` [link](https://example.org) word"
                            << "A bold code link word";
    QTest::newRow("escaped") << "1 < 2 & 3 > 2 \"q\""
                             << "1 < 2 & 3 > 2 \"q\"";
    QTest::newRow("list") << "- one\n- two"
                          << "one\ntwo";
    QTest::newRow("Han") << "今天**天气**很好。"
                         << "今天天气很好。";
    QTest::newRow("heading") << "# Title"
                             << "Title";
  }
  void shownText() {
    QFETCH(QString, markdown);
    QFETCH(QString, shown);
    TranscriptModel model;
    model.reset({message(1, false, markdown)});
    QStringList lines;  // a list item is a row of its own
    for (int row = 0; row < model.count(); ++row) {
      if (model.index(row).data(TranscriptModel::KindRole) == TranscriptModel::Rich) {
        lines.append(gui::shownText(model, row));
      }
    }
    QCOMPARE(lines.join(u'\n'), shown);
  }

  void copiesListsWithMarkers_data() {
    QTest::addColumn<QString>("markdown");
    QTest::addColumn<QString>("copied");
    QTest::newRow("bullets") << "- one\n- two"
                             << "- one\n- two";
    QTest::newRow("numbers") << "3. one\n4. two"
                             << "3. one\n4. two";
    QTest::newRow("nested") << "1. one\n2. two\n   - inner\n   - last"
                            << "1. one\n2. two\n  - inner\n  - last";
    QTest::newRow("tasks") << "- [ ] open\n- [x] done"
                           << "☐ open\n☑ done";
    QTest::newRow("loose") << "- one\n\n- two"
                           << "- one\n\n- two";
    QTest::newRow("around") << "before\n\n- one\n- two\n\nafter"
                            << "before\n\n- one\n- two\n\nafter";
    QTest::newRow("quote") << "> said\n"
                           << "> said";
  }
  void copiesListsWithMarkers() {
    QFETCH(QString, markdown);
    QFETCH(QString, copied);
    TranscriptModel model;
    model.reset({message(1, false, markdown)});
    gui::TranscriptSelection selection;
    selection.setModel(&model);
    selection.selectAll();
    QCOMPARE(selection.text(), copied);
    // From inside the first item on its marker is not among what is copied.
    selection.select(rowOfKind(model, TranscriptModel::Rich), 1, kEnd);
    QVERIFY(!selection.text().startsWith(copied.first(1)) || copied.startsWith("before"));
  }

  void selectionRunsOverRows() {
    TranscriptModel model;
    model.reset({message(1, true, "question"),
                 message(2, false, "First paragraph.\n\n```\ncode\n```\n\nLast one.")});
    gui::TranscriptSelection selection;
    selection.setModel(&model);
    QSignalSpy changed(&selection, &gui::TranscriptSelection::changed);
    const int first = rowOfKind(model, TranscriptModel::Rich);
    const int last = rowOfKind(model, TranscriptModel::Rich, 1);
    selection.begin(last, 4);
    QVERIFY(!selection.active());
    selection.extend(first, 6);  // upwards
    QVERIFY(selection.active());
    QCOMPARE(selection.startIn(first), 6);
    QCOMPARE(selection.startIn(first + 1), 0);
    QCOMPARE(selection.endIn(last), 4);
    QCOMPARE(selection.startIn(last + 1), -1);
    QCOMPARE(selection.text().simplified(), "paragraph. code Last");
    QVERIFY(changed.count() >= 2);
    selection.clear();
    QCOMPARE(selection.text(), QString());
  }

  void selectAllTakesEverything() {
    TranscriptModel model;
    model.reset({message(1, true, "question"), message(2, false, "answer")});
    gui::TranscriptSelection selection;
    selection.setModel(&model);
    selection.selectAll();
    QCOMPARE(selection.text(), "question\n\nanswer");
  }

  // Rows that only grow at the end leave a selection above them alone.
  void selectionOutlivesStreaming() {
    TranscriptModel model;
    model.reset({message(1, true, "question")});
    gui::TranscriptSelection selection;
    selection.setModel(&model);
    selection.select(rowOfKind(model, TranscriptModel::UserText), 0, 5);
    MessageView answer = message(2, false, {});
    answer.streaming = true;
    model.append(answer);
    for (int i = 0; i < 50; ++i) model.appendText(QStringLiteral("word %1\n\n").arg(i));
    QCOMPARE(selection.text(), "quest");
    model.reset({});
    QVERIFY(!selection.active());
  }

  void whatIsCopiedWithoutSelecting() {
    TranscriptModel model;
    gui::TranscriptSelection selection;
    selection.setModel(&model);
    QCOMPARE(selection.lastAnswer(), 0);
    QCOMPARE(selection.lastCode(), QString());
    model.reset({message(1, true, "q"), message(2, false, "```\na\n```\n\n```\nb\n```"),
                 message(3, true, "q2")});
    QCOMPARE(selection.lastAnswer(), 2);
    QCOMPARE(selection.lastCode().trimmed(), "b");
  }

  void finds() {
    TranscriptModel model;
    model.reset({message(1, true, "needle"),
                 message(2, false,
                         "a **nee**dle & b\n\n| x | needle |\n|---|---|\n| 1 | 2 |\n\n"
                         "```\nNEEDLE needle\n```")});
    gui::TranscriptFind find;
    find.setModel(&model);
    find.setText("needle");
    QCOMPARE(find.count(), 5);
    QCOMPARE(find.current(), 5);
    QCOMPARE(find.row(), rowOfKind(model, TranscriptModel::Code));
    QCOMPARE(find.start(), 7);
    find.next();
    QCOMPARE(find.current(), 1);
    find.previous();
    find.previous();
    find.previous();
    QCOMPARE(find.row(), rowOfKind(model, TranscriptModel::Table));
    QCOMPARE(find.start(), 2);
    find.setText("& b");
    QCOMPARE(find.count(), 1);
    find.setText("strong");
    QCOMPARE(find.count(), 0);
    find.setText("");
    QCOMPARE(find.count(), 0);
  }

  void findLooksAgainAfterAChange() {
    TranscriptModel model;
    model.reset({message(1, true, "needle")});
    gui::TranscriptFind find;
    find.setModel(&model);
    find.setText("needle");
    QCOMPARE(find.count(), 1);
    model.append(message(2, true, "needle needle"));
    find.next();
    QCOMPARE(find.count(), 3);
  }

  void tableGrowsByRows() {
    gui::TableCells cells;
    QAbstractItemModelTester tester(&cells, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy reset(&cells, &QAbstractItemModel::modelReset);
    QSignalSpy inserted(&cells, &QAbstractItemModel::rowsInserted);
    QSignalSpy changed(&cells, &QAbstractItemModel::dataChanged);
    cells.setTable(table({"a", "b"}, {}));
    QCOMPARE(cells.columns(), 2);
    const int resets = reset.count();
    // A list of one list: braces alone would copy the inner one.
    cells.setTable(table({"a", "b"}, QVariantList{QVariant(QVariantList{"1", "2"})}));
    cells.setTable(table({"a", "b"}, {QVariantList{"1", "<b>2</b>"}, QVariantList{"3", ""}}));
    QCOMPARE(reset.count(), resets);
    QCOMPARE(inserted.count(), 2);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(cells.rows(), 3);
    QCOMPARE(cells.text(), "a\tb\n1\t2\n3\t");
    cells.setTable({});
    QCOMPARE(cells.rows(), 0);
    QCOMPARE(cells.rowCount(), 0);
  }

  void inlineHtmlIsText_data() {
    QTest::addColumn<QString>("html");
    QTest::addColumn<QString>("text");
    QTest::newRow("tags") << "a <b>b</b><i>c</i>"
                          << "a bc";
    QTest::newRow("escapes") << "1 &lt; 2 &amp;amp; &quot;x&quot;"
                             << "1 < 2 &amp; \"x\"";
    QTest::newRow("break") << "one<br>two"
                           << "one two";
    QTest::newRow("spaces") << "one  \n two"
                            << "one two";
    QTest::newRow("link") << "<a href=\"https://example.org/?a=1&amp;b=2\">here</a>"
                          << "here";
    QTest::newRow("Han") << "今天<b>天气</b>"
                         << "今天天气";
    QTest::newRow("no end") << "a<b"
                            << "a";
    QTest::newRow("nothing") << ""
                             << "";
  }
  void inlineHtmlIsText() {
    QFETCH(QString, html);
    QFETCH(QString, text);
    QCOMPARE(gui::inlineText(html), text);
    // A mark changes nothing else, wherever it begins and ends.
    for (qsizetype from = 0; from <= text.size(); ++from) {
      for (qsizetype to = from; to <= text.size() + 1; ++to) {
        const QString marked = gui::withMark(html, from, to, Qt::red);
        QCOMPARE(gui::inlineText(marked), text);
        QTextDocument document;
        document.setHtml(marked);
        QString found;
        for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
          for (auto part = block.begin(); !part.atEnd(); ++part) {
            if (part.fragment().charFormat().hasProperty(QTextFormat::BackgroundBrush))
              found += part.fragment().text();
          }
        }
        found.replace(QChar::LineSeparator, u' ');
        QCOMPARE(found, text.mid(from, to - from));
      }
    }
  }

  void matchesInATableAreMarked() {
    TranscriptModel model;
    model.reset({message(1, false, "| x | needle |\n|---|---|\n| 1 | a **nee**dle |\n\nEnd.")});
    const int row = rowOfKind(model, TranscriptModel::Table);
    gui::TranscriptSelection selection;
    selection.setModel(&model);
    gui::TableCells cells;
    QAbstractItemModelTester tester(&cells, QAbstractItemModelTester::FailureReportingMode::QtTest);
    cells.setTable(model.index(row).data(TranscriptModel::TableRole).toMap());
    cells.setRow(row);
    cells.setMarkColor(Qt::red);
    cells.setSelection(&selection);
    gui::TranscriptFind find;
    find.setModel(&model);
    find.setText("NEEDLE");
    QCOMPARE(find.count(), 2);
    const auto html = [&cells](int cell) {
      return cells.index(cell).data(gui::TableCells::HtmlRole).toString();
    };
    const QString plain = html(3);
    selection.select(find.row(), find.start(), find.start() + find.length());
    QCOMPARE(selection.text(), "needle");
    QCOMPARE(cells.cellAt(find.start()), 3);
    QCOMPARE(html(3).count("<span"), 2);
    QVERIFY(!html(1).contains("<span"));
    QVERIFY(!cells.selected());
    find.previous();
    selection.select(find.row(), find.start(), find.start() + find.length());
    QCOMPARE(cells.cellAt(find.start()), 1);
    QVERIFY(html(1).contains("<span"));
    QCOMPARE(html(3), plain);
    selection.selectAll();
    QVERIFY(cells.selected());
    QVERIFY(!html(1).contains("<span"));
    QCOMPARE(selection.text(), "x\tneedle\n1\ta needle\n\nEnd.");
    selection.clear();
    QVERIFY(!cells.selected());
  }

  // A row with too few or too many cells neither shifts nor crashes the table.
  void tableWithRaggedRows() {
    gui::TableCells cells;
    cells.setTable(table({"a", "b"}, {QVariantList{"1"}, QVariantList{"2", "3", "4"}}));
    QCOMPARE(cells.rows(), 3);
    QCOMPARE(cells.data(cells.index(3), gui::TableCells::HtmlRole).toString(), QString());
    QCOMPARE(cells.data(cells.index(4), gui::TableCells::HtmlRole).toString(), "2");
  }
};

QTEST_MAIN(TestTranscriptRows)
#include "tst_transcript_rows.moc"
