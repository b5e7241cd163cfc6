// SPDX-License-Identifier: Apache-2.0
// Plans of summaries read every page: whatever the document and the context, no byte of it is
// missing from the sections.
#include <QRegularExpression>
#include <QTest>
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "engine/document.h"
#include "engine/documents/headings.h"
#include "engine/error.h"
#include "engine/prompt.h"
#include "engine/summary.h"
#include "tests/engine/documents/summary_fixture.h"

using namespace engine;
using namespace std::string_literals;

namespace {

// The worst tokenizer there could be: every byte is a token.
int count_bytes(std::string_view text) { return static_cast<int>(text.size()); }

struct Counter {
  TokenCounter inner = count_like_a_tokenizer;
  int calls = 0;
  int64_t bytes = 0;
  TokenCounter get() {
    return [this](std::string_view text) {
      ++calls;
      bytes += static_cast<int64_t>(text.size());
      return inner(text);
    };
  }
};

std::string random_page(std::mt19937& random, size_t longest) {
  std::string out;
  const size_t wanted = random() % 8 == 0 ? 0 : random() % longest;
  while (out.size() < wanted) {
    switch (random() % 6) {
      case 0:
        out += "\n\n" + std::to_string(1 + random() % 20) + "." + std::to_string(random() % 9) +
               " Heading of it\n\n";
        break;
      case 1:
        out += "\n第三章 内存\n";
        break;
      case 2:
        for (size_t i = random() % 300; i > 0; --i) out += i % 40 == 0 ? "。" : "模";
        break;
      case 3:
        out += std::string(random() % 2000, 'x');
        break;
      default:
        out += paragraph(random, random() % 200) + "\n";
    }
  }
  return out;
}

std::string without_line_ends(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  return text;
}

// The pages as text without line ends: what must be found again.
std::string all_text(const Document& document) {
  std::string out;
  for (const std::string& page : document.pages) out += without_line_ends(page);
  return out;
}

std::string without_marks(const std::string& section) {
  std::string out;
  size_t begin = 0;
  while (begin < section.size()) {
    const size_t end = std::min(section.find('\n', begin), section.size() - 1);
    const std::string line = section.substr(begin, end - begin + 1);
    static const QRegularExpression mark("^\\[page \\d+(, part \\d+ of \\d+)?\\]\\n$");
    if (!mark.match(QString::fromStdString(line)).hasMatch()) out += line;
    begin = end + 1;
  }
  return without_line_ends(out);
}

// Empty when the plan keeps the promises of summary.h, else which one it breaks.
QString broken_promise(const Document& document, const SummaryPlan& plan,
                       const TokenCounter& count) {
  std::string text;
  int next_page = 1;
  std::vector<bool> marked(document.pages.size() + 1, false);
  for (const SummarySection& section : plan.sections) {
    if (section.first_page != next_page && section.first_page != next_page - 1)
      return "a page was passed over";
    if (section.last_page < section.first_page) return "a section runs backwards";
    next_page = section.last_page + 1;
    if (section.num_tokens != count(section.text)) return "a count is wrong";
    if (section.num_tokens > plan.context_tokens - plan.max_answer_tokens)
      return "a section does not fit";
    static const QRegularExpression mark("^\\[page (\\d+)", QRegularExpression::MultilineOption);
    auto matches = mark.globalMatch(QString::fromStdString(section.text));
    while (matches.hasNext()) {
      const int page = matches.next().captured(1).toInt();
      if (page < section.first_page || page > section.last_page)
        return "a mark outside its section";
      marked[static_cast<size_t>(page)] = true;
    }
    text += without_marks(section.text);
  }
  if (next_page != static_cast<int>(document.pages.size()) + 1) return "the last pages are missing";
  if (std::count(marked.begin() + 1, marked.end(), false) > 0) return "a page has no mark";
  if (text != all_text(document)) return "text was lost or changed";
  return {};
}

}  // namespace

class TestSummary : public QObject {
  Q_OBJECT

 private slots:
  void headings_data() {
    QTest::addColumn<QString>("page");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QStringList>("found");  // "level title"
    QTest::newRow("Markdown")
        << "# One\ntext\n## Two\n```\n# not this\n```\n### Three ###\n#hashtag\n"
        << "markdown" << QStringList{"1 One", "2 Two", "3 Three"};
    QTest::newRow("underlined") << "Title\n=====\n\ntext\n\nPart of it\n---\ntext"
                                << "markdown" << QStringList{"1 Title", "2 Part of it"};
    QTest::newRow("numbers")
        << "1 Introduction\n\ntext here\n\n2.1 Method\ntext\n2.1.3. Details of it\n"
        << "pdf" << QStringList{"1 1 Introduction", "2 2.1 Method", "3 2.1.3. Details of it"};
    QTest::newRow("chapters") << "Chapter 3\n\ntext\n\nAPPENDIX B\n\nSection 4.\n"
                              << "pdf" << QStringList{"1 Chapter 3", "1 APPENDIX B"};
    QTest::newRow("Chinese")
        << "第三章 内存带宽\n正文。\n第 2 节 方法\n一、背景\n（二）意义\n第一，这是一句话。\n"
        << "pdf"
        << QStringList{"1 第三章 内存带宽", "2 第 2 节 方法", "2 一、背景", "3 （二）意义"};
    QTest::newRow("titles")
        << "\nResults and Discussion\n\nWe found that it works.\n\nABSTRACT\n\ntext\n\n结论\n\n"
        << "pdf" << QStringList{"3 Results and Discussion", "3 ABSTRACT", "3 结论"};
    QTest::newRow("not headings")
        << "The cat sat on the mat.\n12 people came.\n1. buy milk\n2. Buy bread.\n"
           "2024 was a year\nIntroduction ........ 12\nMethod   14\n- item\n"
        << "pdf" << QStringList{};
    QTest::newRow("code has none") << "# comment\ndef f():\n"
                                   << "code" << QStringList{};
  }

  void headings() {
    QFETCH(QString, page);
    QFETCH(QString, type);
    QFETCH(QStringList, found);
    QStringList got;
    for (const Heading& heading :
         find_headings(document_of({page.toStdString()}, type.toStdString())))
      got << QString::number(heading.level) + " " + QString::fromStdString(heading.title);
    QCOMPARE(got, found);
  }

  void running_heads_are_no_headings() {
    std::vector<std::string> pages;
    for (int i = 1; i <= 12; ++i)
      pages.push_back("2 The Running Head " + std::to_string(i) + "\n\n" +
                      (i == 5 ? "3.1 Real Heading\n" : "") + "text of the page\n");
    const auto headings = find_headings(document_of(pages));
    QCOMPARE(headings.size(), size_t{1});
    QCOMPARE(headings[0].title, "3.1 Real Heading"s);
    QCOMPARE(headings[0].page, size_t{4});
  }

  void what_fits_stays_whole() {
    const Document document = document_of({"first page", "", "third page\n"});
    const SummaryPlan plan = plan_summary(document, 4096, "You summarise.", count_like_a_tokenizer);
    QVERIFY(plan.whole_document);
    QCOMPARE(plan.sections.size(), size_t{1});
    QCOMPARE(plan.num_pages, 3);
    QCOMPARE(plan.sections[0].text, "[page 1]\nfirst page\n[page 2]\n[page 3]\nthird page\n"s);
    QCOMPARE(broken_promise(document, plan, count_like_a_tokenizer), QString());
    // The prompt holds the document exactly as a chat about it does: its blocks are found again
    // later.
    const auto messages = whole_request(document, "You summarise.", "en");
    QCOMPARE(messages.size(), size_t{2});
    QCOMPARE(messages[0].content, "You summarise."s);
    QVERIFY(messages[1].content.find(render_document(document) + "\n\n") == 0);
    QVERIFY_EXCEPTION_THROWN(section_request(plan, 0, document, "", "en"), Error);
  }

  void every_page_is_in_a_section_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 0; seed < 40; ++seed) QTest::addRow("%d", seed) << seed;
  }

  void every_page_is_in_a_section() {
    QFETCH(int, seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    std::vector<std::string> pages;
    const size_t longest = seed % 3 == 0 ? 30000 : 3000;
    for (size_t i = 1 + random() % (seed % 3 == 0 ? 10 : 120); i > 0; --i)
      pages.push_back(random_page(random, longest));
    const Document document = document_of(pages, seed % 2 == 0 ? "pdf" : "markdown");
    for (const int context : {1024, 2048, 8192, 32768}) {
      Counter counter;
      if (seed % 5 == 0) counter.inner = count_bytes;
      if (seed % 5 == 0 && context < 4096) continue;  // instructions alone have 2,000 bytes
      const SummaryPlan plan = plan_summary(document, context, "Summarise.", counter.get());
      QCOMPARE(plan.context_tokens, context);
      const QString broken = broken_promise(document, plan, counter.inner);
      QVERIFY2(broken.isEmpty(), qPrintable(broken));
      for (size_t i = 0; i < plan.sections.size(); ++i) {
        const std::string language = i % 2 == 0 ? "en" : "zh_CN";
        const auto messages =
            plan.whole_document
                ? whole_request(document, "Summarise.", language)
                : section_request(plan, static_cast<int>(i), document, "Summarise.", language);
        const int tokens = counter.inner(messages[0].content) + counter.inner(messages[1].content);
        QVERIFY2(tokens + plan.max_answer_tokens <= context, qPrintable(QString::number(tokens)));
      }
    }
  }

  void sections_begin_at_headings() {
    std::mt19937 random(3);
    std::vector<std::string> pages;
    for (int chapter = 1; chapter <= 8; ++chapter)
      for (int page = 0; page < 6; ++page)
        pages.push_back((page == 0 ? "Chapter " + std::to_string(chapter) + "\n\n" : "") +
                        paragraph(random, 300));
    const SummaryPlan plan = plan_summary(document_of(pages), 4096, "", count_like_a_tokenizer);
    QVERIFY(!plan.whole_document);
    int at_chapter = 0;
    for (const SummarySection& section : plan.sections) {
      QVERIFY(section.title.find("Chapter ") == 0);
      if ((section.first_page - 1) % 6 == 0) ++at_chapter;
    }
    QVERIFY2(at_chapter >= 6, qPrintable(QString::number(at_chapter)));
  }

  void a_page_is_cut_at_its_heading() {
    std::mt19937 random(4);
    const auto half = [&] { return paragraph(random, 50) + "\n" + paragraph(random, 300) + "\n"; };
    std::vector<std::string> pages;
    for (int i = 1; i <= 10; ++i)
      pages.push_back(half() + "\n" + std::to_string(i) + ".1 Next Topic\n\n" + half());
    const Document document = document_of(pages);
    const SummaryPlan plan = plan_summary(document, 2500, "", count_like_a_tokenizer);
    const auto at_heading = std::count_if(
        plan.sections.begin(), plan.sections.end(),
        [](const SummarySection& section) { return section.text.find(".1 Next Topic") < 20; });
    QVERIFY(at_heading >= static_cast<int>(plan.sections.size()) / 2);
    QCOMPARE(broken_promise(document, plan, count_like_a_tokenizer), QString());
  }

  void a_page_too_long_is_cut_into_named_parts() {
    std::mt19937 random(5);
    std::string page;
    for (int i = 0; i < 60; ++i) page += paragraph(random, 80) + ".\n\n";
    const Document document = document_of({"short\n", page, "short\n"});
    const SummaryPlan plan = plan_summary(document, 1500, "", count_like_a_tokenizer);
    QCOMPARE(broken_promise(document, plan, count_like_a_tokenizer), QString());
    int parts = 0;
    for (const SummarySection& section : plan.sections) {
      const size_t mark = section.text.find("[page 2, part ");
      if (mark == std::string::npos) continue;
      ++parts;
      QVERIFY2(section.last_page == 3 || QString::fromStdString(section.text).endsWith(".\n\n"),
               section.text.c_str());
    }
    QVERIFY(parts >= 3);
  }

  void counting_stays_linear_data() {
    QTest::addColumn<QByteArray>("page");
    QTest::addColumn<int>("pages");
    QTest::newRow("one line of 10 MB") << QByteArray(10 << 20, 'x') << 1;
    QTest::newRow("10 MB of Chinese") << QByteArray("语言模型在本地运行").repeated(400000) << 1;
    QTest::newRow("two densities")
        << QByteArray(2 << 20, ' ') + QByteArray("模").repeated(700000) << 1;
    QTest::newRow("2,000 pages") << QByteArray("some words on a line\n").repeated(150) << 2000;
    QTest::newRow("all headings") << QByteArray("1.1 Heading of it\n").repeated(20000) << 3;
    QTest::newRow("only line ends") << QByteArray(3 << 20, '\n') << 1;
  }

  void counting_stays_linear() {
    QFETCH(QByteArray, page);
    QFETCH(int, pages);
    const Document document =
        document_of(std::vector<std::string>(static_cast<size_t>(pages), page.toStdString()));
    Counter counter;
    const SummaryPlan plan = plan_summary(document, 32768, "Summarise.", counter.get());
    const int64_t size = static_cast<int64_t>(page.size()) * pages;
    QVERIFY2(counter.bytes <= 5 * size + (1 << 20),
             qPrintable(QString("%1 of %2").arg(counter.bytes).arg(size)));
    QVERIFY2(counter.calls <= 4 * pages + 8 * static_cast<int>(plan.sections.size()) + size / 300,
             qPrintable(QString::number(counter.calls)));
    QCOMPARE(broken_promise(document, plan, count_like_a_tokenizer), QString());
    QVERIFY(plan.sections.size() < 2000);
  }

  void a_small_context_is_refused_with_figures() {
    const Document document = document_of({std::string(90000, 'x')});
    for (const int context : {0, -5, 100, 511}) {
      try {
        plan_summary(document, context, "", count_like_a_tokenizer);
        QFAIL("a plan was made");
      } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::ContextTooLong);
        QVERIFY2(QString(error.what()).contains(QString::number(context)), error.what());
        QVERIFY2(!QString(error.what()).contains("role"), error.what());
      }
    }
    try {
      plan_summary(document, 2000, std::string(12000, 'p'), count_like_a_tokenizer);
      QFAIL("a plan was made");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).contains("shorter prompt"), error.what());
    }
    QVERIFY_EXCEPTION_THROWN(plan_summary(document_of({}), 4096, "", count_like_a_tokenizer),
                             Error);
  }

  // The size that a refusal names is enough, and so is every larger one.
  void the_context_asked_for_is_enough_data() {
    QTest::addColumn<int>("role_words");
    QTest::newRow("no role") << 0;
    QTest::newRow("role") << 150;
    QTest::newRow("long role") << 1500;
  }

  void the_context_asked_for_is_enough() {
    QFETCH(int, role_words);
    std::mt19937 random(3);
    const std::string role =
        role_words > 0 ? paragraph(random, static_cast<size_t>(role_words)) : "";
    const Document document = document_of(std::vector<std::string>(8, paragraph(random, 400)));
    int asked_for = 0, refused = 0;
    for (int context = 400; asked_for == 0 || context < asked_for + 64; ++context) {
      try {
        plan_summary(document, context, role, count_like_a_tokenizer);
      } catch (const Error& error) {
        const auto match = QRegularExpression("at least (\\d+) tokens").match(error.what());
        QVERIFY2(match.hasMatch(), error.what());
        QVERIFY2(match.captured(1).toInt() > context, error.what());
        if (asked_for == 0) asked_for = match.captured(1).toInt();
        QCOMPARE(match.captured(1).toInt(), asked_for);
        ++refused;
      }
    }
    QVERIFY(refused > 0);
    QVERIFY(asked_for - 400 - refused < 16);  // and nearly no smaller one would do
  }

  // A note needs no room for sections.
  void what_fits_needs_no_room_for_sections() {
    const Document note = document_of({"A few words."}),
                   book = document_of({std::string(90000, 'x')});
    const int context = 511;
    QVERIFY(plan_summary(note, context, "", count_like_a_tokenizer).whole_document);
    QVERIFY_EXCEPTION_THROWN(plan_summary(book, context, "", count_like_a_tokenizer), Error);
  }
};

QTEST_GUILESS_MAIN(TestSummary)
#include "tst_summary.moc"
