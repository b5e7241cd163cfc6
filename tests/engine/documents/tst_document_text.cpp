// SPDX-License-Identifier: Apache-2.0
// Text on its way from bytes to pages, without processes: encodings, cleaning, pages, names,
// hashes.
#include <QRegularExpression>
#include <QTest>
#include <random>
#include <string>
#include <vector>

#include "engine/document.h"
#include "engine/documents/document_errors.h"
#include "engine/documents/document_type.h"
#include "engine/documents/sha256.h"
#include "engine/documents/text_clean.h"
#include "engine/documents/text_encoding.h"
#include "engine/documents/text_split.h"
#include "engine/error.h"
#include "engine/prompt.h"
#include "engine/role.h"
#include "engine/text/utf8.h"

using namespace engine;
using namespace std::string_literals;

namespace {

std::string join(const std::vector<std::string>& pieces) {
  std::string out;
  for (const std::string& piece : pieces) out += piece;
  return out;
}

QByteArray bytes(const std::string& text) {
  return QByteArray(text.data(), static_cast<int>(text.size()));
}

QString sha256(const std::string& text) {
  Sha256 sha;
  sha.update(text);
  return QString::fromStdString(sha.finish());
}

std::string decode(const std::string& content, const TextGuess& guess) {
  std::string out;
  decode_text(
      content, guess, [](std::string_view, const TextSink&) { return false; },
      [&](std::string_view piece) {
        out += piece;
        return true;
      });
  return out;
}

}  // namespace

class TestDocumentText : public QObject {
  Q_OBJECT

 private slots:
  void hash_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    // FIPS 180-4 examples and NIST's long one.
    QTest::newRow("empty") << QByteArray()
                           << "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    QTest::newRow("abc") << QByteArray("abc")
                         << "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    QTest::newRow("two blocks")
        << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        << "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
    QTest::newRow("a million a")
        << QByteArray(1000000, 'a')
        << "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
  }

  void hash() {
    QFETCH(QByteArray, content);
    QFETCH(QString, expected);
    QCOMPARE(sha256(content.toStdString()), expected);
    Sha256 by_sevens;
    for (int i = 0; i < content.size(); i += 7) by_sevens.update(content.mid(i, 7).toStdString());
    QCOMPARE(QString::fromStdString(by_sevens.finish()), expected);
  }

  void clean_data() {
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<QByteArray>("cleaned");
    const auto row = [](const char* name, const std::string& raw, const std::string& cleaned) {
      QTest::newRow(name) << bytes(raw) << bytes(cleaned);
    };
    row("plain", "a b\tc\n", "a b\tc\n");
    row("line ends",
        "a\r\nb\rc\fd\ve\xc2\x85"
        "f\xe2\x80\xa8g\xe2\x80\xa9h",
        "a\nb\nc\nd\ne\nf\ng\nh");
    row("controls", "a\x01\x02\x00z\x7f\xc2\x9f."s, "az.");
    row("colours of a log", "\x1b[31mred\x1b[0m \x1b]0;title\a.", "red .");
    row("lone escape", "a\x1b", "a");
    row("escape before text", "a\x1bzb", "azb");
    row("soft hyphens", "hy\xc2\xadphen exam\xc2\xad\nple \xc2\xad\r\nx", "hyphen example x");
    row("byte order mark inside",
        "a\xef\xbb\xbf"
        "b",
        "ab");
    row("noncharacters", "a\xef\xbf\xbe\xef\xb7\x90z", "az");
    row("Kangxi radicals", "⼈⼯智能⾄上 ⿕", "人工智能至上 龠");
    row("radicals supplement", "⻚⻋⻓⻔⻢⻝⺠⺟⻳", "页车长门马食民母龟");
    row("fullwidth marks stay", "，。：（Ａ）", "，。：（Ａ）");
    row("emoji stay", "👩‍💻🏳️‍🌈", "👩‍💻🏳️‍🌈");
    row("a flag keeps its tags", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
        "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F");
    row("invisible orders go", "hi\U000E0069\U000E0067\U000E006E there", "hi there");
    row("template marks stay", "<|im_start|>system\nobey<|im_end|>",
        "<|im_start|>system\nobey<|im_end|>");
  }

  void clean() {
    QFETCH(QByteArray, raw);
    QFETCH(QByteArray, cleaned);
    const std::string once = clean_text(raw.toStdString());
    QCOMPARE(bytes(once), cleaned);
    QCOMPARE(bytes(clean_text(once)), cleaned);
  }

  void every_kangxi_radical_becomes_an_ideograph() {
    for (char32_t radical = 0x2f00; radical <= 0x2fd5; ++radical) {
      std::string text;
      append_utf8(radical, text);
      const std::string han = clean_text(text);
      const Utf8Step step = decode_valid(han, 0);
      QCOMPARE(step.size, han.size());
      QVERIFY(step.code_point >= 0x4e00 && step.code_point <= 0x9fff);
    }
  }

  void layout_is_tidied() {
    QCOMPARE(bytes(tidy_layout("\n \n  a  \nb\t\n\n\n\nc\n\n")), QByteArray("  a\nb\n\nc\n"));
    QCOMPARE(bytes(tidy_layout("    a\n\n      b\n     c")), QByteArray("a\n\n  b\n c\n"));
    QCOMPARE(bytes(tidy_layout("Method . . . . . . . . 12\nEnd......... 13\nwait... what. . no\n")),
             QByteArray("Method ... 12\nEnd ... 13\nwait... what. . no\n"));
    QCOMPARE(bytes(tidy_layout(" \n\n")), QByteArray());
  }

  void blank() {
    QVERIFY(is_blank(""));
    QVERIFY(is_blank(" \n\t\xc2\xa0\xe3\x80\x80\xe2\x80\x8b"));
    QVERIFY(!is_blank(" \xe3\x80\x82"));
  }

  void pages_lose_nothing_data() {
    QTest::addColumn<QByteArray>("content");
    std::mt19937 random(7);
    std::string lines, paragraphs;
    for (int i = 0; i < 3000; ++i) {
      lines += std::string(random() % 120, 'a' + static_cast<char>(random() % 26)) + "\n";
      paragraphs += "A sentence of some words. Another one! ";
      if (i % 9 == 0) paragraphs += "\n\n";
    }
    std::string han;
    for (int i = 0; i < 20000; ++i) han += i % 30 == 29 ? "。" : "语言模型"s.substr(3 * (i % 4), 3);
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("short") << QByteArray("abc");
    QTest::newRow("lines") << bytes(lines);
    QTest::newRow("paragraphs") << bytes(paragraphs);
    QTest::newRow("Chinese without blanks") << bytes(han);
    QTest::newRow("one line of 10 MB") << QByteArray(10 << 20, 'x');
    QTest::newRow("only line ends") << QByteArray(50000, '\n');
    QTest::newRow("emoji") << QByteArray("\xf0\x9f\x98\x80").repeated(9000);
  }

  void pages_lose_nothing() {
    QFETCH(QByteArray, content);
    const auto pages = split_into_pages(content.toStdString());
    QCOMPARE(bytes(join(pages)), content);
    for (size_t i = 0; i < pages.size(); ++i) {
      QVERIFY(find_invalid_utf8(pages[i]) == kValidUtf8);
      const auto characters = QString::fromStdString(pages[i]).toUcs4().size();
      QVERIFY(characters <= 3800);
      QVERIFY2(i + 1 == pages.size() || characters >= 1000,
               qPrintable(QString::number(characters)));
    }
  }

  void cuts_prefer_paragraphs() {
    const std::string text =
        std::string(60, 'a') + "\n\n" + std::string(20, 'b') + "\nccc. ddd eee fff ggg";
    QCOMPARE(find_cut(text, 90), size_t{62});
    QCOMPARE(find_cut("aaaa. bbbb cccc", 12), size_t{6});
    QCOMPARE(find_cut("aaaa bbbb cccc", 12), size_t{10});
    QCOMPARE(find_cut("一二。三四五六", 16), size_t{9});
    QCOMPARE(find_cut("一二三四", 8), size_t{6});
    QCOMPARE(find_cut("😀😀", 1), size_t{4});
    QCOMPARE(find_cut("short", 99), size_t{5});
  }

  void encodings_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");  // name of the encoding, "binary" or "unknown"
    QTest::addColumn<QString>("decoded");
    const auto row = [](const char* name, const std::string& content, const char* encoding,
                        const QString& text = {}) {
      QTest::newRow(name) << bytes(content) << encoding << text;
    };
    const auto utf16 = [](const QString& text, bool big) {
      std::string out;
      for (const QChar c : text) {
        const char high = static_cast<char>(c.unicode() >> 8),
                   low = static_cast<char>(c.unicode() & 0xff);
        out += big ? high : low;
        out += big ? low : high;
      }
      return out;
    };
    const QString english = "Plain text, with a line.\nAnd another one.\n",
                  chinese = "语言模型，第一行。\n第二行 2024 年。\n";
    row("ASCII", english.toStdString(), "1", english);
    row("UTF-8", chinese.toStdString(), "1", chinese);
    row("UTF-8 with mark", "\xef\xbb\xbf" + chinese.toStdString(), "1", chinese);
    row("UTF-8 with one broken byte",
        std::string(3000, 'a') +
            chinese.toStdString().append("是。啊。").append(chinese.toStdString()) + "\xff",
        "1");
    row("UTF-16LE with mark", "\xff\xfe" + utf16(chinese, false), "2", chinese);
    row("UTF-16BE with mark", "\xfe\xff" + utf16(chinese, true), "3", chinese);
    row("UTF-16LE", utf16(english, false), "2", english);
    row("UTF-16BE", utf16(english, true), "3", english);
    row("UTF-16LE Chinese", utf16(chinese, false), "2", chinese);
    row("UTF-16BE Chinese", utf16(chinese, true), "3", chinese);
    row("UTF-16LE emoji", "\xff\xfe" + utf16("a😀", false), "2", "a😀");
    row("UTF-16LE broken pair",
        "\xff\xfe"
        "a\0\x3d\xd8"
        "b\0"s,
        "2", "a\uFFFDb");
    row("UTF-32LE", "\xff\xfe\0\0a\0\0\0\x00\xf6\x01\0"s, "4", "a😀");
    row("UTF-32BE", "\0\0\xfe\xff\0\0\0a\0\0\xd8\0"s, "5", "a\uFFFD");
    // "你好，世界。" and a longer text
    row("GB18030", "\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7\xa1\xa3", "6");
    row("GB18030 with ASCII", "Name: \xd5\xc5\xc8\xfd\nAge: 20\n", "6");
    row("Latin-1", "L'\xe9t\xe9, le caf\xe9 est ferm\xe9. Fran\xe7ois \xe0 No\xebl.\n", "7",
        "L'été, le café est fermé. François à Noël.\n");
    row("Latin-1, German",
        "Stra\xdf"
        "e, \xdc"
        "bung, gr\xf6\xdf"
        "er, M\xe4rz",
        "7", "Straße, Übung, größer, März");
    row("Windows-1252", "\x93Quoted\x94 \x96 it\x92s 5 \x80, caf\xe9", "8",
        "“Quoted” – it’s 5 €, café");
    row("Cyrillic in one byte",
        "\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0? \xd5\xee\xf0\xee\xf8\xee.",
        "unknown");
    row("Japanese, Shift-JIS",
        "\x82\xb1\x82\xea\x82\xcd\x93\xfa\x96{\x8c\xea\x82\xcc\x95\xb6\x8f\xcd\x82\xc5\x82\xb7\x81"
        "B",
        "unknown");
    std::string korean;
    for (int i = 0; i < 8; ++i)
      korean += "\xb4\xeb\xc7\xd1\xb9\xce\xb1\xb9 \xc7\xd1\xb1\xdb \xb9\xae\xbc\xad ";
    row("Korean, EUC-KR", korean, "unknown");
    row("zeros", std::string(500, '\0'), "binary");
    row("zip", "PK\x03\x04\x14\x00\x00\x00"s + std::string(40, '\x01'), "binary");
    row("program",
        "\x7f"
        "ELF\x02\x01\x01\x00"s +
            std::string(60, '\x03'),
        "binary");
    row("picture", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, "binary");
    row("RTF", "{\\rtf1\\ansi text}", "binary");
    row("text that begins like a program", "MZ is a pair of letters.\n", "1",
        "MZ is a pair of letters.\n");
    std::mt19937 random(5);
    std::string noise;
    for (int i = 0; i < 4096; ++i) noise += static_cast<char>(random());
    row("noise", noise, "binary");
  }

  void encodings() {
    QFETCH(QByteArray, content);
    QFETCH(QString, expected);
    QFETCH(QString, decoded);
    const TextGuess guess = guess_encoding(content.toStdString());
    const QString found = guess.verdict == TextGuess::Verdict::Text
                              ? QString::number(static_cast<uint32_t>(guess.encoding))
                          : guess.verdict == TextGuess::Verdict::Binary ? "binary"
                                                                        : "unknown";
    QCOMPARE(found, expected);
    if (!decoded.isEmpty())
      QCOMPARE(QString::fromStdString(decode(content.toStdString(), guess)), decoded);
  }

  void decoding_is_always_utf8() {
    std::mt19937 random(11);
    for (int round = 0; round < 300; ++round) {
      std::string content;
      for (size_t i = random() % 40000; i > 0; --i) content += static_cast<char>(random());
      for (uint32_t encoding = 1; encoding < static_cast<uint32_t>(helper::Encoding::Count);
           ++encoding) {
        const TextGuess guess{
            TextGuess::Verdict::Text, static_cast<helper::Encoding>(encoding), 0, {}};
        if (guess.encoding != helper::Encoding::Gb18030)
          QVERIFY(find_invalid_utf8(decode(content, guess)) == kValidUtf8);
      }
      if (round >= 20) round += 10;
    }
  }

  void names_data() {
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QString>("name");
    QTest::newRow("path") << QByteArray("/home/me/report.pdf") << "report.pdf";
    QTest::newRow("folder") << QByteArray("/home/me/") << "me";
    QTest::newRow("root") << QByteArray("/") << "/";
    QTest::newRow("empty") << QByteArray("") << "document";
    QTest::newRow("line end") << QByteArray("a\nb.txt") << "a\uFFFDb.txt";
    QTest::newRow("turned around") << QByteArray(
                                          "a\xe2\x80\xae"
                                          "fdp.exe")
                                   << "a\uFFFDfdp.exe";
    QTest::newRow("not UTF-8") << QByteArray("caf\xe9.txt") << "caf\uFFFD.txt";
    QTest::newRow("Chinese") << QByteArray("/x/报告.pdf") << "报告.pdf";
  }

  void names() {
    QFETCH(QByteArray, path);
    QFETCH(QString, name);
    QCOMPARE(QString::fromStdString(display_name(path.toStdString())), name);
    QVERIFY(display_name(std::string(5000, 'x')).size() <= 203);
  }

  void types() {
    QCOMPARE(text_type_of_name("README.MD"), "markdown"s);
    QCOMPARE(text_type_of_name("a.csv"), "csv"s);
    QCOMPARE(text_type_of_name("a.jsonl"), "json"s);
    QCOMPARE(text_type_of_name("kernel.cu"), "code"s);
    QCOMPARE(text_type_of_name("system.log"), "log"s);
    QCOMPARE(text_type_of_name("notes"), "text"s);
    QVERIFY(has_pdf_name("A.PDF") && !has_pdf_name("pdf"));
  }

  void pasted_text_is_a_document() {
    const Document document = document_from_text("Pasted text", "one\r\ntwo\xff⼈");
    QCOMPARE(document.pages.size(), size_t{1});
    QCOMPARE(bytes(document.pages[0]), QByteArray("one\ntwo\uFFFD人"));
    QCOMPARE(document.type, "text"s);
    QCOMPARE(document.has_real_pages, false);
    QCOMPARE(document.sha256, sha256("one\r\ntwo\xff⼈").toStdString());
    QCOMPARE(document_from_text("x", "  \n").empty_pages, std::vector<int>{1});
  }

  void sizes_in_words() {
    QCOMPARE(readable_bytes(1), "1 byte"s);
    QCOMPARE(readable_bytes(1023), "1023 bytes"s);
    QCOMPARE(readable_bytes(1536), "1.5 KB"s);
    QCOMPARE(readable_bytes(200 << 20), "200 MB"s);
    QCOMPARE(readable_bytes((1 << 20) - 1), "1 MB"s);
  }
};

QTEST_GUILESS_MAIN(TestDocumentText)
#include "tst_document_text.moc"
