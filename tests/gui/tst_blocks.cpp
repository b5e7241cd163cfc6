// SPDX-License-Identifier: Apache-2.0
// The block parser: what each construct becomes, that pieces give what the whole gives, that
// nothing gets past the writer; and the code scanner.
#include <QRandomGenerator>
#include <QTest>

#include "blocks_cases.h"
#include "gui/chat/block_parser.h"
#include "gui/chat/code_scanner.h"
#include "gui/chat/markdown_blocks.h"
#include "gui/chat/text_safety.h"
#include "html_check.h"

namespace gui {
namespace {

QString describe(const Block& block) {
  QString line;
  switch (block.kind) {
    case Block::Kind::Rule:
      return QStringLiteral("rule");
    case Block::Kind::Code:
      return QStringLiteral("code %1 %2 [%3]")
          .arg(block.language.isEmpty() ? QStringLiteral("-") : block.language)
          .arg(block.level)
          .arg(QString(block.text).replace(u'\n', QChar(0x23CE)));
    case Block::Kind::Table: {
      QStringList rows{block.table.header.join(u'|')};
      for (const QStringList& row : block.table.rows) {
        rows.append(row.join(u'|'));
      }
      return QStringLiteral("table ") + block.table.alignments.join(u',') + u' ' +
             rows.join(QStringLiteral(" / "));
    }
    case Block::Kind::Rich:
      break;
  }
  line = QStringLiteral("rich ");
  if (block.quote > 0) line += QStringLiteral("q%1 ").arg(block.quote);
  if (block.heading > 0) line += QStringLiteral("h%1 ").arg(block.heading);
  if (block.level > 0) line += block.marker + QStringLiteral("%1 ").arg(block.level);
  if (block.tight) line += QStringLiteral("tight ");
  return line + block.html;
}

QStringList describe(const std::vector<Block>& blocks) {
  QStringList lines;
  for (const Block& block : blocks) {
    lines.append(describe(block));
  }
  return lines;
}

// Applies changes as the transcript does and watches that finished blocks stay.
class Replay {
 public:
  void apply(const BlockChange& change) {
    QVERIFY2(change.first >= finished_, "a change reaches into finished blocks");
    QVERIFY(change.first <= static_cast<int>(blocks_.size()));
    finished_ = change.first;
    blocks_.resize(static_cast<size_t>(change.first));
    blocks_.insert(blocks_.end(), change.blocks.begin(), change.blocks.end());
    snapshots_.append(
        {change.first, std::vector<Block>(blocks_.begin(), blocks_.begin() + change.first)});
  }
  void check() const {
    for (const auto& [count, head] : snapshots_) {
      QVERIFY(std::equal(head.begin(), head.end(), blocks_.begin()));
    }
  }
  const std::vector<Block>& blocks() const { return blocks_; }

 private:
  std::vector<Block> blocks_;
  int finished_ = 0;
  QList<QPair<int, std::vector<Block>>> snapshots_;
};

}  // namespace

class BlocksTest : public QObject {
  Q_OBJECT

 private slots:
  void constructs_data() {
    QTest::addColumn<QString>("markdown");
    QTest::addColumn<QStringList>("expected");
    for (const BlockCase& each : blockCases()) {
      QTest::newRow(each.name) << each.markdown << each.expected;
    }
  }

  void constructs() {
    QFETCH(QString, markdown);
    QFETCH(QStringList, expected);
    QCOMPARE(describe(BlockParser::parse(markdown)), expected);
  }

  void piecesGiveTheWhole_data() {
    QTest::addColumn<QString>("markdown");
    for (const BlockCase& each : blockCases()) {
      QTest::newRow(each.name) << each.markdown;
    }
    QRandomGenerator random(20240501);
    const QStringList pieces = markdownPieces();
    for (int i = 0; i < 400; ++i) {
      QString text;
      const int length = 3 + random.bounded(25);
      for (int j = 0; j < length; ++j) {
        text += pieces[random.bounded(static_cast<int>(pieces.size()))];
      }
      QTest::addRow("random %d", i) << text;
    }
    QTest::newRow("long line") << QStringLiteral("word ").repeated(4000);
    QTest::newRow("long word") << QString(30000, u'x') + QStringLiteral("\n- a");
    QTest::newRow("long list") << QStringLiteral("- item **x** `y`\n").repeated(1500);
    QTest::newRow("long table") << QStringLiteral("|a|b|\n|---|---|\n") +
                                       QStringLiteral("|1|2|\n").repeated(700);
  }

  void piecesGiveTheWhole() {
    QFETCH(QString, markdown);
    const std::vector<Block> whole = BlockParser::parse(markdown);
    QRandomGenerator random(7);
    const QList<int> sizes =
        markdown.size() > 3000 ? QList<int>{997, 5000} : QList<int>{1, 2, 7, 40};
    for (const int most : sizes) {
      BlockParser parser;
      Replay replay;
      for (qsizetype at = 0; at < markdown.size();) {
        const int size = most == 1 ? 1 : 1 + random.bounded(most);
        replay.apply(parser.append(QStringView(markdown).mid(at, size)));
        at += size;
      }
      replay.apply(parser.finish());
      replay.check();
      QCOMPARE(describe(replay.blocks()), describe(whole));
      QVERIFY(replay.blocks() == whole);
    }
  }

  void provisionalShowsNoMarks_data() {
    QTest::addColumn<QString>("begun");
    QTest::addColumn<QStringList>("expected");
    const auto s = [](const char* text) { return QString::fromUtf8(text); };
    QTest::newRow("bold") << s("a **bo") << QStringList{s("rich a <b>bo</b>")};
    QTest::newRow("bold begins") << s("a **") << QStringList{s("rich a")};
    QTest::newRow("code") << s("a `co") << QStringList{s("rich a <code>co</code>")};
    QTest::newRow("link") << s("see [page](https://exa") << QStringList{s("rich see page")};
    QTest::newRow("dash") << s("a\n-") << QStringList{s("rich a")};
    QTest::newRow("number") << s("a\n12.") << QStringList{s("rich a")};
    QTest::newRow("fence") << s("a\n``") << QStringList{s("rich a")};
    QTest::newRow("table head") << s("a\n| x | y |\n|--") << QStringList{s("rich a")};
    QTest::newRow("table row") << s("|x|\n|---|\n|1|\n|2") << QStringList{s("table  x / 1")};
    QTest::newRow("closing fence") << s("```\na\n``") << QStringList{s("code - 0 [a]")};
  }

  void provisionalShowsNoMarks() {
    QFETCH(QString, begun);
    QFETCH(QStringList, expected);
    BlockParser parser;
    QCOMPARE(describe(parser.append(begun).blocks), expected);
  }

  void hostile_data() {
    QTest::addColumn<QString>("markdown");
    int number = 0;
    for (const QString& text : hostileTexts()) {
      QTest::addRow("%d", number++) << text;
    }
    QRandomGenerator random(99);
    const QString alphabet =
        QStringLiteral("<>&\"'`*_~[]()!|-#>\\/:;= \n\tab1.http://x.yjavascript:&#x3c;");
    for (int i = 0; i < 500; ++i) {
      QString text;
      for (int j = 0; j < 120; ++j) {
        text += alphabet[random.bounded(static_cast<int>(alphabet.size()))];
      }
      QTest::addRow("random %d", i) << text;
    }
  }

  void hostile() {
    QFETCH(QString, markdown);
    BlockParser parser;
    std::vector<Block> blocks;
    const auto collect = [&blocks](BlockChange change) {
      blocks.insert(blocks.end(), change.blocks.begin(), change.blocks.end());
    };
    // Provisional blocks are shown too.
    collect(parser.append(QStringView(markdown).left(markdown.size() / 2)));
    collect(parser.append(QStringView(markdown).mid(markdown.size() / 2)));
    collect(parser.finish());
    QStringList html{flatHtml(blocks)};
    for (const Block& block : blocks) {
      html.append(block.html);
      html.append(block.table.header);
      for (const QStringList& row : block.table.rows) {
        html.append(row);
      }
    }
    for (const QString& each : html) {
      QVERIFY2(htmlProblem(each).isEmpty(), qPrintable(htmlProblem(each)));
    }
  }

  void codeIsExact() {
    const QString code =
        QStringLiteral("def f():\n    return \"<b>&amp;\"\n\n\n\tx = 1  \n# ``` not a fence?\nend");
    const std::vector<Block> blocks =
        BlockParser::parse(QStringLiteral("````py\n") + code + QStringLiteral("\n````"));
    QCOMPARE(blocks.size(), size_t{1});
    QCOMPARE(blocks[0].text, code);
  }

  void safeLinks_data() {
    QTest::addColumn<QString>("link");
    QTest::addColumn<bool>("safe");
    QTest::newRow("https") << "https://example.org/a?b#c" << true;
    QTest::newRow("upper") << "HTTPS://example.org" << true;
    QTest::newRow("mail") << "mailto:a@b.c" << true;
    QTest::newRow("file") << "file:///etc/passwd" << false;
    QTest::newRow("smb") << "smb://host/share" << false;
    QTest::newRow("script") << "javascript:alert(1)" << false;
    QTest::newRow("data") << "data:text/html,x" << false;
    QTest::newRow("no host") << "https:///x" << false;
    QTest::newRow("relative") << "/x" << false;
    QTest::newRow("blank") << "https://a b" << false;
    QTest::newRow("override") << QStringLiteral("https://a/\u202Egpj.exe") << false;
    QTest::newRow("long") << QStringLiteral("https://a/") + QString(3000, u'x') << false;
    QTest::newRow("empty") << "" << false;
  }

  void safeLinks() {
    QFETCH(QString, link);
    QFETCH(bool, safe);
    QCOMPARE(isSafeLink(link), safe);
  }

  void readableLinksShowTheRealHost() {
    QVERIFY(readableLink(QStringLiteral("https://аpple.com/x")).contains(QLatin1String("xn--")));
    QCOMPARE(readableLink(QStringLiteral("https://example.org/a")),
             QStringLiteral("https://example.org/a"));
  }

  void codeParts_data() {
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("expected");  // part:text, in order
    QTest::newRow("cpp") << "cpp"
                         << "static int x = 42; // c"
                         << "k:static t:int n:42 c:// c";
    QTest::newRow("include") << "c++"
                             << "#include <vector>"
                             << "k:#include s:<vector>";
    QTest::newRow("call") << "cpp"
                          << "foo(\"a\\\"b\")"
                          << "m:foo s:\"a\\\"b\"";
    QTest::newRow("digit separator") << "cpp"
                                     << "1'000 + x"
                                     << "n:1 n:000";
    QTest::newRow("python") << "py"
                            << "def f(x): return None # c"
                            << "k:def m:f k:return k:None c:# c";
    QTest::newRow("hash in word") << "bash"
                                  << "echo $HOME#x ${y}"
                                  << "t:echo m:$HOME m:${y}";
    QTest::newRow("json") << "json"
                          << "\"a\": [true, 1.5]"
                          << "m:\"a\" k:true n:1.5";
    QTest::newRow("yaml") << "yaml"
                          << "key-a: yes # c"
                          << "m:key-a k:yes c:# c";
    QTest::newRow("sql") << "sql"
                         << "SELECT count(*) FROM t -- x"
                         << "k:SELECT m:count k:FROM c:-- x";
    QTest::newRow("html") << "html"
                          << "<a href=\"x\">t</a>"
                          << "k:<a m:href s:\"x\" k:> k:</a k:>";
    QTest::newRow("rust lifetime") << "rust"
                                   << "fn f<'a>(c: char) { 'x' }"
                                   << "k:fn t:char s:'x'";
    QTest::newRow("diff") << "diff"
                          << "+added"
                          << "+:+added";
    QTest::newRow("cmake") << "cmake"
                           << "if(X) # c"
                           << "k:if c:# c";
    QTest::newRow("js") << "ts"
                        << "const a = `x`"
                        << "k:const s:`x`";
  }

  void codeParts() {
    QFETCH(QString, language);
    QFETCH(QString, line);
    QFETCH(QString, expected);
    const CodeLanguage* found = findCodeLanguage(language);
    QVERIFY(found != nullptr);
    QStringList parts;
    for (const CodeSpan& span : scanCodeLine(*found, line, 0).spans) {
      static const QString kLetters = QStringLiteral("ktsncm+-");
      parts.append(kLetters[static_cast<int>(span.part)] + QString(u':') +
                   line.mid(span.start, span.length));
    }
    QCOMPARE(parts.join(u' '), expected);
  }

  void longPartsGoOnInTheNextLine() {
    const CodeLanguage& cpp = *findCodeLanguage(QStringLiteral("cpp"));
    const CodeLine first = scanCodeLine(cpp, u"a /* b", 0);
    QVERIFY(first.state != 0);
    const CodeLine second = scanCodeLine(cpp, u"c */ int", first.state);
    QCOMPARE(second.state, 0);
    QCOMPARE(second.spans.size(), size_t{2});
    QCOMPARE(second.spans[0], (CodeSpan{0, 4, CodePart::Comment}));
    const CodeLanguage& python = *findCodeLanguage(QStringLiteral("python"));
    QVERIFY(scanCodeLine(python, u"x = '''a", 0).state != 0);
    QVERIFY(findCodeLanguage(QStringLiteral("no-such")) == nullptr);
  }
};

}  // namespace gui

QTEST_GUILESS_MAIN(gui::BlocksTest)
#include "tst_blocks.moc"
