// SPDX-License-Identifier: Apache-2.0
// Search: what is found, in English and Chinese, what is shown, and that no input is an error.
#include <QRandomGenerator>
#include <QTest>

#include "gui/store/search_text.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;

class StoreSearchTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void words_data();
  void words();
  void finds_data();
  void finds();
  void snippets_data();
  void snippets();
  void snippetRangesHoldTheQuery();
  void hostileQueries_data();
  void hostileQueries();
  void randomQueries();
  void titlesAndAttachmentNames();
  void order();
  void commonWords();
  void olderSearchIsCancelled();
  void agreesWithAScan();

 private:
  QStringList found(const QString& query);
  StoreFixture f_;
};

void StoreSearchTest::initTestCase() {
  f_.open();
  f_.exchange(0, QStringLiteral("Configuration of the tokenizer"),
              QStringLiteral("Use `tokenizer.json`; see café Müller."));
  f_.exchange(0, QStringLiteral("今天北京的天气怎么样？"),
              QStringLiteral("北京今天晴，最高气温 25 度。"));
  f_.exchange(0, QStringLiteral("東京タワーの高さは？"), QStringLiteral("333メートルです。"));
  f_.exchange(0, QStringLiteral("서울의 인구"), QStringLiteral("약 940만 명입니다."));
  f_.exchange(0, QStringLiteral("How does std::vector grow? 100% sure"),
              QStringLiteral("It doubles: O(1) amortised. 🎉 C++20"));
  f_.exchange(0, QStringLiteral("Qwen3模型的上下文长度"),
              QStringLiteral("snake_case and fooBar, e-mail: a.b@example.org"));
  f_.exchange(0, QStringLiteral("สวัสดีครับ"), QStringLiteral("Привет, мир! Γειά σου Κόσμε"));
}

QStringList StoreSearchTest::found(const QString& query) {
  QStringList titles;
  for (const SearchHit& hit : f_.get(f_.store->search(query)).hits)
    titles.append(hit.conversation.title);
  return titles;
}

void StoreSearchTest::words_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("index");
  QTest::newRow("ascii") << QStringLiteral("Hello, World-2!") << QStringLiteral("hello world 2");
  QTest::newRow("han") << QStringLiteral("今天天气") << QStringLiteral("今 天 天 气");
  QTest::newRow("mixed") << QStringLiteral("Qwen3模型v2") << QStringLiteral("qwen3 模 型 v2");
  QTest::newRow("diacritics") << QStringLiteral("Café Ångström") << QStringLiteral("cafe angstrom");
  QTest::newRow("decomposed") << QStringLiteral("Cafe\u0301") << QStringLiteral("cafe");
  QTest::newRow("full width") << QStringLiteral("Ｑｗｅｎ３") << QStringLiteral("qwen3");
  QTest::newRow("ligature") << QStringLiteral("eﬃcient") << QStringLiteral("efficient");
  QTest::newRow("sharp s") << QStringLiteral("Straße STRASSE") << QStringLiteral("strasse strasse");
  QTest::newRow("kana") << QStringLiteral("タワー") << QStringLiteral("タ ワ ー");
  QTest::newRow("half width kana") << QStringLiteral("ﾀ") << QStringLiteral("タ");
  QTest::newRow("hangul") << QStringLiteral("서울") << QStringLiteral("서 울");
  QTest::newRow("beyond the BMP") << QStringLiteral("𠀀𠀁") << QStringLiteral("𠀀 𠀁");
  QTest::newRow("radical") << QStringLiteral("⼈") << QStringLiteral("人");
  QTest::newRow("emoji") << QStringLiteral("a🎉b ❤️") << QStringLiteral("a 🎉 b ❤");
  QTest::newRow("number forms") << QStringLiteral("x² ½") << QStringLiteral("x2 1⁄2");
  QTest::newRow("squared word") << QStringLiteral("㈱") << QStringLiteral("㈱");
  QTest::newRow("hebrew points") << QStringLiteral("שָׁלוֹם") << QStringLiteral("שלום");
  QTest::newRow("devanagari") << QStringLiteral("हिन्दी") << QStringLiteral("हिन्दी");
  QTest::newRow("punctuation") << QStringLiteral("--- \"'%_()[]{}") << QString();
  QTest::newRow("long") << QString(500, u'x') << QString(64, u'x');
}

void StoreSearchTest::words() {
  QFETCH(QString, text);
  QFETCH(QString, index);
  QCOMPARE(indexText(text), index);
  for (const SearchWord& word : searchWords(text)) {
    QVERIFY(word.start >= 0 && word.length > 0 && word.start + word.length <= text.size());
    QVERIFY(!word.folded.isEmpty());
  }
}

void StoreSearchTest::finds_data() {
  QTest::addColumn<QString>("query");
  QTest::addColumn<QString>("title");  // empty: nothing
  const QString config = QStringLiteral("Configuration of the tokenizer");
  const QString weather = QStringLiteral("今天北京的天气怎么样？");
  const QString tower = QStringLiteral("東京タワーの高さは？");
  const QString vector = QStringLiteral("How does std::vector grow? 100% sure");
  const QString qwen = QStringLiteral("Qwen3模型的上下文长度");
  const QString greek = QStringLiteral("สวัสดีครับ");
  QTest::newRow("word") << "configuration" << config;
  QTest::newRow("prefix") << "conf" << config;
  QTest::newRow("long prefix") << "configurat" << config;
  QTest::newRow("case") << "CONFIG" << config;
  QTest::newRow("two words") << "tokenizer conf" << config;
  QTest::newRow("in the answer") << "tokenizer.json" << config;
  QTest::newRow("diacritics left out") << "cafe muller" << config;
  QTest::newRow("diacritics typed") << QStringLiteral("Müller") << config;
  QTest::newRow("infix is not found") << "figuration" << QString();
  QTest::newRow("one of two missing") << "configuration zebra" << QString();
  QTest::newRow("quoted") << "\"of the\"" << config;
  QTest::newRow("quoted, other order") << "\"the of\"" << QString();
  QTest::newRow("quoted is exact") << "\"of th\"" << QString();
  QTest::newRow("curly quotes") << QStringLiteral("“of the”") << config;
  QTest::newRow("open quote") << "\"of the" << config;
  QTest::newRow("one Han") << QStringLiteral("晴") << weather;
  QTest::newRow("two Han") << QStringLiteral("天气") << weather;
  QTest::newRow("two Han, answer") << QStringLiteral("气温") << weather;
  QTest::newRow("not adjacent") << QStringLiteral("北天") << QString();
  QTest::newRow("two terms") << QStringLiteral("北京 气温") << weather;
  QTest::newRow("sentence") << QStringLiteral("北京的天气怎么样") << weather;
  QTest::newRow("kana") << QStringLiteral("タワ") << tower;
  QTest::newRow("half width kana") << QStringLiteral("ﾀﾜｰ") << tower;
  QTest::newRow("hangul") << QStringLiteral("서울") << QStringLiteral("서울의 인구");
  QTest::newRow("code") << "std::vec" << vector;
  QTest::newRow("emoji") << QStringLiteral("🎉") << vector;
  QTest::newRow("percent") << "%" << vector;
  QTest::newRow("colons") << "::" << vector;
  QTest::newRow("100%") << "100%" << vector;
  QTest::newRow("mixed") << QStringLiteral("qwen3模型") << qwen;
  QTest::newRow("mixed, blank") << QStringLiteral("Qwen3 上下文") << qwen;
  QTest::newRow("full width") << QStringLiteral("ｑｗｅｎ３") << qwen;
  QTest::newRow("snake") << "snake_case" << qwen;
  QTest::newRow("snake part") << "case" << qwen;
  QTest::newRow("address") << "a.b@example.org" << qwen;
  QTest::newRow("cyrillic") << QStringLiteral("прив") << greek;
  QTest::newRow("greek") << QStringLiteral("κοσμε") << greek;
  QTest::newRow("thai") << QStringLiteral("ครับ") << greek;
  QTest::newRow("nothing") << "zebra" << QString();
}

void StoreSearchTest::finds() {
  QFETCH(QString, query);
  QFETCH(QString, title);
  QCOMPARE(found(query), title.isEmpty() ? QStringList() : QStringList{title});
}

void StoreSearchTest::snippets_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("query");
  QTest::addColumn<QString>("snippet");
  QTest::addColumn<QStringList>("emphasised");
  QTest::newRow("short") << "The quick fox"
                         << "quick"
                         << "The quick fox" << QStringList{"quick"};
  QTest::newRow("prefix marks the whole word")
      << "Tokenizers tokenize"
      << "tok"
      << "Tokenizers tokenize" << QStringList{"Tokenizers", "tokenize"};
  QTest::newRow("lines") << "a\n\n\tb   c\r\nquick"
                         << "quick"
                         << "a b c quick" << QStringList{"quick"};
  QTest::newRow("han") << QStringLiteral("今天北京的天气，北京") << QStringLiteral("北京")
                       << QStringLiteral("今天北京的天气，北京")
                       << QStringList{QStringLiteral("北京"), QStringLiteral("北京")};
  QTest::newRow("literal") << "100% of 5%"
                           << "%"
                           << "100% of 5%" << QStringList{"%", "%"};
  QTest::newRow("html") << "<b>bold</b> &amp; <img src=x>"
                        << "bold"
                        << "<b>bold</b> &amp; <img src=x>" << QStringList{"bold"};
  const QString filler = QStringLiteral("lorem ipsum ").repeated(40);
  QTest::newRow("cut on both sides") << filler + QStringLiteral("needle ") + filler << "needle"
                                     << QStringLiteral(
                                            "…lorem ipsum needle lorem ipsum lorem ipsum lorem "
                                            "ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum"
                                            " lorem ipsum lorem…")
                                     << QStringList{"needle"};
}

void StoreSearchTest::snippets() {
  QFETCH(QString, text);
  QFETCH(QString, query);
  QFETCH(QString, snippet);
  QFETCH(QStringList, emphasised);
  QList<MatchRange> ranges;
  const QString made = SearchQuery(query).snippet(text, &ranges);
  QCOMPARE(made, snippet);
  QStringList marked;
  for (const MatchRange& range : ranges) marked.append(made.mid(range.start, range.length));
  QCOMPARE(marked, emphasised);
}

// Whatever the text: the snippet is short, one line, valid, and its ranges lie inside it.
void StoreSearchTest::snippetRangesHoldTheQuery() {
  QRandomGenerator random(7);
  const QStringList pieces{QStringLiteral("北京"), QStringLiteral("😀"),  QStringLiteral("needle"),
                           QStringLiteral(" "),    QStringLiteral("\n"), QStringLiteral("e\u0301"),
                           QStringLiteral("x"),    QStringLiteral("🎉🎉"), QStringLiteral("\u200d"),
                           QString(QChar(0xd83d)), QStringLiteral("...")};
  const QStringList queries{QStringLiteral("needle"), QStringLiteral("北"), QStringLiteral("🎉"),
                            QStringLiteral("...")};
  for (int round = 0; round < 3000; ++round) {
    QString text;
    const int count = random.bounded(200);
    for (int i = 0; i < count; ++i) text += pieces[random.bounded(static_cast<int>(pieces.size()))];
    const SearchQuery query(queries[round % queries.size()]);
    QList<MatchRange> ranges;
    const QString snippet = query.snippet(text, &ranges);
    QVERIFY(snippet.size() <= 123);
    QVERIFY(!snippet.contains(u'\n'));
    int end = 0;
    for (const MatchRange& range : ranges) {
      QVERIFY(range.length > 0 && range.start >= end &&
              range.start + range.length <= snippet.size());
      end = range.start + range.length;
    }
    // A pair is never torn: every lone surrogate of the snippet was one in the text.
    if (text.isValidUtf16()) QVERIFY(snippet.isValidUtf16());
    if (!query.isLiteral() && !query.matches(text).isEmpty()) QVERIFY(!ranges.isEmpty());
  }
}

void StoreSearchTest::hostileQueries_data() {
  QTest::addColumn<QString>("query");
  int n = 0;
  for (const char* query :
       {"\"",
        "\"\"",
        "\"\"\"",
        "'",
        "%",
        "_",
        "*",
        "a*",
        "*a",
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR(a b)",
        "a AND",
        "(",
        ")",
        "((",
        "a:b",
        "body:a",
        "{a}",
        "^a",
        "a + b",
        "-a",
        "a -b",
        "\\",
        "\\\"",
        ";",
        "--",
        "/*",
        "a\"b",
        "\"a\"*",
        "NULL",
        "rowid:1",
        "?",
        "?1",
        ":a",
        "@a",
        "$a",
        "#",
        "\xF0\x9F\x8E\x89",
        "\xE2\x80\x8D",
        " ",
        "\t\n",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h"}) {
    QTest::newRow(qPrintable(QString::number(n++))) << QString::fromUtf8(query);
  }
  QTest::newRow("nul") << QString(QChar(0)) + QStringLiteral("a") + QChar(0);
  QTest::newRow("lone surrogate") << QString(QChar(0xd83d));
  QTest::newRow("lone low surrogate") << QStringLiteral("a") + QChar(0xde00);
  QTest::newRow("replacement") << QString(QChar(0xfffd));
  QTest::newRow("very long") << QStringLiteral("word ").repeated(100000);
  QTest::newRow("very long, one word") << QString(1000000, u'a');
  QTest::newRow("very long, Han") << QString(100000, QChar(0x5317));
  QTest::newRow("quotes") << QString(10000, u'"');
  QTest::newRow("noncharacter") << QString(QChar(0xffff));
}

void StoreSearchTest::hostileQueries() {
  QFETCH(QString, query);
  const SearchResult result = f_.get(f_.store->search(query));  // throws on an error
  QCOMPARE(result.query, query);
  f_.get(f_.store->search(QStringLiteral("\"") + query + QStringLiteral("\"")));
}

void StoreSearchTest::randomQueries() {
  QRandomGenerator random(42);
  const QString alphabet = QStringLiteral("ab\"'%*()^:+-{}NEAR AND OR NOT北京 \\;\u0301é") +
                           QChar(0xd83c) + QChar(0xdf89) + QChar(0);
  for (int round = 0; round < 2000; ++round) {
    QString query;
    const int length = random.bounded(1, 20);
    for (int i = 0; i < length; ++i)
      query += alphabet[random.bounded(static_cast<int>(alphabet.size()))];
    f_.get(f_.store->search(query));
  }
}

void StoreSearchTest::titlesAndAttachmentNames() {
  StoreFixture f;
  f.open();
  AttachmentRow row;
  row.name = QStringLiteral("Quartalsbericht-2024.pdf");
  row.sha256 = QStringLiteral("aa");
  row.pages = {QStringLiteral("hidden content")};
  const AttachmentRow stored = f.get(f.store->addAttachment(row));
  const Exchange e = f.get(
      f.store->startConversation({}, {QStringLiteral("Summarise this"), {}, {}, {stored}}, {}));
  f.get(f.store->setTitle(e.conversationId, QStringLiteral("Zahlen 数字"), true));
  SearchResult result = f.get(f.store->search(QStringLiteral("quartalsbericht")));
  QCOMPARE(result.hits.size(), 1);
  QCOMPARE(result.hits[0].messageId, e.userMessageId);
  QCOMPARE(result.hits[0].snippet, row.name);
  QCOMPARE(result.hits[0].matches.size(), 1);
  result = f.get(f.store->search(QStringLiteral("数")));
  QCOMPARE(result.hits.size(), 1);
  QCOMPARE(result.hits[0].messageId, 0);
  QCOMPARE(result.hits[0].titleMatches, (QList<MatchRange>{{7, 1}}));
  // A new title replaces the old one.
  f.get(f.store->setTitle(e.conversationId, QStringLiteral("Figures"), true));
  QVERIFY(f.get(f.store->search(QStringLiteral("数"))).hits.isEmpty());
}

void StoreSearchTest::order() {
  StoreFixture f;
  constexpr qint64 day = 86400000;
  qint64 time = 1700000000000;
  f.options.clock = [&time] { return time; };
  f.open();
  const auto make = [&](const char* title, const char* text) {
    const Exchange e = f.start(QString::fromUtf8(title), QString::fromUtf8(text));
    f.get(f.store->finishAnswer(e.answerId, QString(), {}));
    time += day;
  };
  make("Old title with needle", "nothing");
  make("old", "needle");
  make("only a prefix, new", "needles");
  make("new", "a needle");
  QStringList titles;
  for (const SearchHit& hit : f.get(f.store->search(QStringLiteral("needle"))).hits)
    titles.append(hit.conversation.title);
  QCOMPARE(titles, (QStringList{"Old title with needle", "new", "old", "only a prefix, new"}));
}

void StoreSearchTest::commonWords() {
  StoreFixture f;
  f.open();
  for (int i = 0; i < 150; ++i)
    f.start(QStringLiteral("c%1").arg(i), QStringLiteral("the same word"));
  const SearchResult some = f.get(f.store->search(QStringLiteral("the"), 20));
  QCOMPARE(some.hits.size(), 20);
  QVERIFY(!some.complete);
  const SearchResult all = f.get(f.store->search(QStringLiteral("the"), 1000));
  QCOMPARE(all.hits.size(), 150);
  QVERIFY(all.complete);
}

void StoreSearchTest::olderSearchIsCancelled() {
  QFuture<SearchResult> first = f_.store->search(QStringLiteral("conf"));
  QFuture<SearchResult> second = f_.store->search(QStringLiteral("config"));
  f_.store->flush();
  QVERIFY(first.isCanceled());
  QCOMPARE(second.result().hits.size(), 1);
}

// The index gives the same answer as reading every message.
void StoreSearchTest::agreesWithAScan() {
  StoreFixture f;
  f.open();
  QRandomGenerator random(3);
  const QStringList vocabulary{
      QStringLiteral("alpha"),     QStringLiteral("alphabet"), QStringLiteral("beta"),
      QStringLiteral("北"),        QStringLiteral("京"),       QStringLiteral("北京"),
      QStringLiteral("Beta-test"), QStringLiteral("ünï"),      QStringLiteral("x1"),
      QStringLiteral("。"),        QStringLiteral("👍"),        QStringLiteral(" "),
      QStringLiteral(", ")};
  const auto phrase = [&](int count) {
    QString text;
    for (int i = 0; i < count; ++i)
      text += vocabulary[random.bounded(static_cast<int>(vocabulary.size()))];
    return text;
  };
  QList<QPair<qint64, QString>> texts;
  for (int i = 0; i < 120; ++i) {
    const QString text = phrase(random.bounded(1, 12));
    texts.append({f.start(QString(), text).conversationId, text});
  }
  for (int round = 0; round < 300; ++round) {
    const QString typed = phrase(random.bounded(1, 4));
    const SearchQuery query(typed);
    if (query.isEmpty() || query.isLiteral()) continue;
    QSet<qint64> expected;
    for (const auto& [id, text] : texts) {
      // Every term on its own must occur.
      bool all = true;
      for (const QString& term : typed.simplified().split(u' ')) {
        const SearchQuery one(term);
        if (!one.isLiteral() && one.matches(text).isEmpty()) all = false;
      }
      if (all) expected.insert(id);
    }
    QSet<qint64> actual;
    for (const SearchHit& hit : f.get(f.store->search(typed, 1000)).hits)
      actual.insert(hit.conversation.id);
    if (actual != expected) qWarning() << typed;
    QCOMPARE(actual, expected);
  }
}

QTEST_GUILESS_MAIN(StoreSearchTest)
#include "tst_store_search.moc"
