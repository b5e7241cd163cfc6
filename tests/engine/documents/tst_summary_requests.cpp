// SPDX-License-Identifier: Apache-2.0
// What a summary asks of the model: section by section, then together, in the words that the demo
// model was trained on.
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>
#include <random>
#include <string>
#include <vector>

#include "engine/document.h"
#include "engine/error.h"
#include "engine/prompt.h"
#include "engine/summary.h"
#include "tests/engine/documents/summary_fixture.h"

using namespace engine;
using namespace std::string_literals;

class TestSummaryRequests : public QObject {
  Q_OBJECT

 private slots:
  void section_requests_say_what_they_hold() {
    std::mt19937 random(6);
    std::vector<std::string> pages;
    for (int i = 0; i < 40; ++i) pages.push_back(paragraph(random, 200));
    pages[0] = "# A \"Title\" <x>\n\n" + pages[0];
    const Document document = document_of(pages, "markdown");
    const SummaryPlan plan = plan_summary(document, 3000, "", count_like_a_tokenizer);
    const int n = static_cast<int>(plan.sections.size());
    QVERIFY(n > 2);
    const QString first = content_of(section_request(plan, 0, document, "", "en"));
    QVERIFY(first.startsWith(QString("<document name=\"report.pdf\" pages=\"1-%1 of 40\" "
                                     "section=\"A 'Title' (x)\">\n[page 1]\n")
                                 .arg(plan.sections[0].last_page)));
    QVERIFY(first.contains(QString("part 1 of %1").arg(n)) && first.contains("(p. 4)") &&
            first.contains("Write in English"));
    const QString last = content_of(section_request(plan, n - 1, document, "", "zh_CN"));
    QVERIFY(last.contains(QString("第 %1 部分（共 %1 部分）").arg(n)) &&
            last.contains("（第 4 页）"));
    QVERIFY_EXCEPTION_THROWN(section_request(plan, n, document, "", "en"), Error);
    QVERIFY_EXCEPTION_THROWN(section_request(plan, -1, document, "", "en"), Error);
    QVERIFY(QString::fromStdString(summary_instruction("en")).contains("(p. 4)"));
    QVERIFY(QString::fromStdString(summary_instruction("zh_CN")).contains("（第 4 页）"));
  }

  void reduce_comes_to_one_data() {
    QTest::addColumn<int>("context");
    QTest::addColumn<int>("summaries");
    QTest::addColumn<int>("words");
    QTest::newRow("fits at once") << 32768 << 6 << 300;
    QTest::newRow("several levels") << 1100 << 60 << 70;
    QTest::newRow("as long as allowed") << 1024 << 25 << 100;
    QTest::newRow("longer than allowed") << 1024 << 5 << 3000;
    QTest::newRow("one") << 1024 << 1 << 50;
    QTest::newRow("empty ones") << 1024 << 12 << 0;
  }

  void reduce_comes_to_one() {
    QFETCH(int, context);
    QFETCH(int, summaries);
    QFETCH(int, words);
    std::mt19937 random(8);
    const Document document = document_of(std::vector<std::string>(300, "page"));
    SummaryPlan plan;
    plan.whole_document = false;
    plan.num_pages = 300;
    plan.context_tokens = context;
    plan.max_answer_tokens = std::clamp(context / 8, 64, 1536);
    std::vector<std::string> level;
    for (int i = 0; i < summaries; ++i) {
      plan.sections.push_back({"Title " + std::to_string(i), i * 5 + 1, i * 5 + 5, "", 0});
      level.push_back(words == 0 ? ""
                                 : "MARK" + std::to_string(i) + " " +
                                       paragraph(random, static_cast<size_t>(words)));
    }
    for (int depth = 0;; ++depth) {
      QVERIFY2(depth < 8, "it never ends");
      const auto requests =
          reduce_requests(plan, level, document, "Role.", "en", count_like_a_tokenizer);
      QString all;
      for (const auto& messages : requests) {
        const int tokens = count_like_a_tokenizer(messages[0].content) +
                           count_like_a_tokenizer(messages[1].content);
        QVERIFY2(tokens + plan.max_answer_tokens <= context, qPrintable(QString::number(tokens)));
        all += content_of(messages);
      }
      if (depth == 0) {
        for (int i = 0; i < summaries && words > 0; ++i)
          QVERIFY(all.contains(QString("MARK%1 ").arg(i)));
        QVERIFY(all.contains(QString("pages=\"%1-%2\"").arg(summaries * 5 - 4).arg(summaries * 5)));
        if (words == 0) QVERIFY(all.contains("(no summary)"));
      }
      if (requests.size() == 1) {
        QVERIFY(all.contains("Write one summary of the whole document"));
        break;
      }
      QVERIFY(all.contains("Condense them"));
      // What a model answers at most.
      level.assign(requests.size(), "");
      for (std::string& answer : level)
        while (count_like_a_tokenizer(answer) < plan.max_answer_tokens - 4) answer += "word. ";
    }
  }

  // Real page numbers, what is missing, and that it is not the text.
  void section_summaries_stand_for_the_document() {
    const std::string text = render_section_summaries(
        "a \"b\".pdf", 40, {{"Intro <x>", 1, 4, "- first"}, {"", 11, 30, "- second"}});
    QVERIFY(text.find(
                "<document name=\"a 'b'.pdf\" pages=\"40\" content=\"section summaries\">\n") == 0);
    for (const char* part :
         {"only the section summaries are at hand, not the text",
          "Pages without a summary: 5-10, 31-40.\n",
          "<summary part=\"1 of 2\" pages=\"1-4\" section=\"Intro (x)\">\n- first\n</summary>",
          "<summary part=\"2 of 2\" pages=\"11-30\">\n- second\n</summary>"})
      QVERIFY2(text.find(part) != std::string::npos, part);
    QVERIFY(text.ends_with("</document>\n\n"));
    const std::string whole =
        render_section_summaries("a.pdf", 30, {{"", 1, 4, "x"}, {"", 4, 30, "y"}});
    QVERIFY(whole.find("Pages without") == std::string::npos);
    QVERIFY(render_section_summaries("a, b", 0, {{"", 3, 4, "x"}}).find("Pages without") ==
            std::string::npos);
  }

  // The demo model is trained on these very words; {part} and the like stand for what varies.
  void the_demo_models_recipe_agrees() {
    QFile file(FIRESIDE_TEST_DATA "/../../resources/models/recipe/application.json");
    QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
    const QJsonObject recipe = QJsonDocument::fromJson(file.readAll()).object();
    const auto ends_as_trained = [&](const std::vector<ChatMessage>& messages, const char* key,
                                     const std::string& language) {
      QString pattern = QRegularExpression::escape(
          recipe[key].toObject()[QString::fromStdString(language)].toString());
      pattern.replace(QRegularExpression(R"(\\\{[a-z]+\\\})"), "[^\n]+?");
      return QRegularExpression("(^|\n\n)" + pattern + "$")
          .match(QString::fromStdString(messages.back().content))
          .hasMatch();
    };
    std::vector<std::string> pages(40);
    for (std::string& page : pages)
      for (int i = 0; i < 100; ++i) page += "Some words of a page. ";
    const Document document = document_of(pages);
    const SummaryPlan plan = plan_summary(document, 4096, "Role.", count_like_a_tokenizer);
    QVERIFY(plan.sections.size() > 2);
    std::string part;
    while (count_like_a_tokenizer(part) < plan.max_answer_tokens - 4) part += "word. ";
    const std::vector<std::string> few(plan.sections.size(), "- short"), many(40, part);
    for (const std::string language : {"en", "zh_CN"}) {
      const auto reduced = [&](const std::vector<std::string>& summaries) {
        return reduce_requests(plan, summaries, document, "Role.", language,
                               count_like_a_tokenizer);
      };
      QVERIFY(ends_as_trained(whole_request(document, "Role.", language), "whole", language));
      QVERIFY(ends_as_trained(section_request(plan, 1, document, "Role.", language), "section",
                              language));
      QCOMPARE(reduced(few).size(), 1U);
      QVERIFY(ends_as_trained(reduced(few)[0], "final", language));
      QVERIFY(reduced(many).size() > 1);
      QVERIFY(ends_as_trained(reduced(many)[0], "group", language));
    }
  }

  void levels_must_come_to_an_end() {
    int rounds = 0;
    check_progress(8, 8, &rounds);
    check_progress(8, 8, &rounds);
    check_progress(8, 7, &rounds);
    check_progress(7, 7, &rounds);
    check_progress(7, 7, &rounds);
    QVERIFY_EXCEPTION_THROWN(check_progress(7, 7, &rounds), Error);
  }

  void reduce_needs_something() {
    const Document document = document_of({"x"});
    SummaryPlan plan = plan_summary(document, 2048, "", count_like_a_tokenizer);
    QVERIFY_EXCEPTION_THROWN(reduce_requests(plan, {}, document, "", "en", count_like_a_tokenizer),
                             Error);
    plan.context_tokens = 100;
    QVERIFY_EXCEPTION_THROWN(
        reduce_requests(plan, {"a", "b"}, document, "", "en", count_like_a_tokenizer), Error);
  }
};

QTEST_GUILESS_MAIN(TestSummaryRequests)
#include "tst_summary_requests.moc"
