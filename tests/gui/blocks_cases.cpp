// SPDX-License-Identifier: Apache-2.0
#include "blocks_cases.h"

namespace gui {

QList<BlockCase> blockCases() {
  const auto s = [](const char* text) { return QString::fromUtf8(text); };
  return {
      {"paragraphs", s("One *two* **three**.\n\nNext `code` ~~gone~~"),
       {s("rich One <i>two</i> <b>three</b>."), s("rich Next <code>code</code> <s>gone</s>")}},
      {"line break", s("a\nb"), {s("rich a<br>b")}},
      {"headings", s("# One\ntext\n### Three ###\nTitle\n==="),
       {s("rich h1 One"), s("rich text"), s("rich h3 Three"), s("rich h1 Title")}},
      {"escaped", s("<b>x</b> & \"q\" <script>"),
       {s("rich &lt;b&gt;x&lt;/b&gt; &amp; &quot;q&quot; &lt;script&gt;")}},
      {"tight list", s("Intro:\n- a\n- b\n  - c\n- d"),
       {s("rich Intro:"), s("rich •1 a"), s("rich •1 tight b"), s("rich ◦2 tight c"), s("rich •1 tight d")}},
      {"loose list", s("- a\n\n- b\n\n  more\n\nend"),
       {s("rich •1 a"), s("rich •1 b"), s("rich 1 more"), s("rich end")}},
      {"ordered", s("3. three\n4. four\n4. five"), {s("rich 3.1 three"), s("rich 4.1 tight four"), s("rich 5.1 tight five")}},
      {"all ones", s("1) a\n1) b\n1) c"), {s("rich 1)1 a"), s("rich 2)1 tight b"), s("rich 3)1 tight c")}},
      {"code in list", s("1. Do:\n\n   ```sh\n   ls -l\n     x\n   ```\n\n   then\n2. Next"),
       {s("rich 1.1 Do:"), s("code sh 1 [ls -l⏎  x]"), s("rich 1 then"), s("rich 2.1 tight Next")}},
      {"number goes on behind code", s("1. a\n   ```\n   x\n   ```\n1. b"),
       {s("rich 1.1 a"), s("code - 1 [x]"), s("rich 2.1 b")}},
      {"tasks", s("- [ ] open\n- [x] done"), {s("rich ☐1 open"), s("rich ☑1 tight done")}},
      {"under-indented bullets", s("1. a\n  - b\n2. c"), {s("rich 1.1 a"), s("rich ◦2 tight b"), s("rich 2.1 tight c")}},
      {"lazy line", s("- a\nb\n\nc"), {s("rich •1 a<br>b"), s("rich c")}},
      {"quote", s("> one\n> two\n>\n> > deep\n\nout"),
       {s("rich q1 one<br>two"), s("rich q2 deep"), s("rich out")}},
      {"list in quote", s("> - a\n> - b"), {s("rich q1 •1 a"), s("rich q1 •1 tight b")}},
      {"code", s("```cpp title=x\nint a;\n\n  b();\n```\nafter"), {s("code cpp 0 [int a;⏎⏎  b();]"), s("rich after")}},
      {"tilde code", s("~~~\n```\n~~~"), {s("code - 0 [```]")}},
      {"longer fence", s("````md\n```\nx\n```\n````"), {s("code md 0 [```⏎x⏎```]")}},
      {"open code", s("```\na\nb"), {s("code - 0 [a⏎b]")}},
      {"code shows hidden characters", QStringLiteral("```\na\u202Eb\u200Bc\n```"), {s("code - 0 [a[U+202E]b[U+200B]c]")}},
      {"table", s("| a | b |\n|---|--:|\n| *1* | 2 |\n| 3 |"),
       {s("table ,right a|b / <i>1</i>|2 / 3|")}},
      {"table behind a line", s("See:\na | b\n:-|:-:\n1 | 2\n\nend"),
       {s("rich See:"), s("table left,center a|b / 1|2"), s("rich end")}},
      {"no table", s("a | b\nc"), {s("rich a | b<br>c")}},
      {"rule", s("a\n\n---\n***\n- - -\nb"), {s("rich a"), s("rule"), s("rule"), s("rule"), s("rich b")}},
      {"link", s("[a *b*](https://x.org/?q=1&r=2) <https://y.org> www.z.org me@x.org"),
       {s("rich <a href=\"https://x.org/?q=1&amp;r=2\">a <i>b</i></a> <a href=\"https://y.org\">https://y.org</a> "
          "<a href=\"http://www.z.org\">www.z.org</a> <a href=\"mailto:me@x.org\">me@x.org</a>")}},
      {"unsafe link", s("[a](javascript:alert(1)) [b](file:///etc/passwd) [c](/rel) [d](data:text/html,x)"),
       {s("rich a b c d")}},
      {"image", s("![alt *x*](https://x.org/i.png) ![y](file:///z)"),
       {s("rich <a href=\"https://x.org/i.png\">alt x</a> y")}},
      {"image in link", s("[![i](https://a.org/i.png)](https://b.org)"), {s("rich <a href=\"https://b.org\">i</a>")}},
      {"image in image", s("![a ![b](https://b.org) c](https://a.org) d"),
       {s("rich <a href=\"https://a.org\">a b c</a> d")}},
      {"reference stays text", s("[1]: https://x.org\n[2]: y"),
       {s("rich [1]: <a href=\"https://x.org\">https://x.org</a><br>[2]: y")}},
      {"entities", s("&lt;&amp;&#65;&#x202E;&#0;&bogus &copy;"),
       {QStringLiteral("rich &lt;&amp;A[U+202E]\uFFFD&amp;bogus &copy;")}},
      {"controls", QStringLiteral("a\u202Eb\u0007c\u200Dd"), {QStringLiteral("rich a[U+202E]b\uFFFDc\u200Dd")}},
      {"indented text is no code", s("    four\n\n\tfive"), {s("rich four"), s("rich five")}},
      {"chinese", s("## 标题\n1. 第一\n2. 第二\n\n**重点**：说明"),
       {s("rich h2 标题"), s("rich 1.1 第一"), s("rich 2.1 tight 第二"), s("rich <b>重点</b>：说明")}},
      {"empty item", s("-\n- a"), {s("rich •1 "), s("rich •1 tight a")}},
      {"windows line ends", s("a\r\n\r\n```\r\nx\r\n```\r\n"), {s("rich a"), s("code - 0 [x]")}},
      {"inline math", s("So \\(x_1^2 \\le \\frac{a+b}{2}\\), $E=mc^2$ and $$\\sqrt{2}$$."),
       {s("rich So <i>x₁² ≤ (a+b)/2</i>, <i>E=mc²</i> and <i>√2</i>.")}},
      {"money is no math", s("It costs $5 and $10, or $x."), {s("rich It costs $5 and $10, or $x.")}},
      {"math in code", s("`$a=b$` and `\\(x\\)`"), {s("rich <code>$a=b$</code> and <code>\\(x\\)</code>")}},
      {"display math", s("Thus\n\\[\nx = 1\n\n+ y < 2\n\\]\nend\n\n- a"),
       {s("rich Thus<br><i>x = 1 + y &lt; 2</i><br>end"), s("rich •1 a")}},
      {"math in quoted code", s("> ```\n> $a_1$ \\(b\\)\n> ```"), {s("code - 0 [$a_1$ \\(b\\)]")}},
      {"open math", s("\\[ x = 1"), {s("rich [ x = 1")}},
      {"nothing", s("\n\n  \n"), {}},
  };
}

QStringList markdownPieces() {
  return {QStringLiteral("# Head\n"), QStringLiteral("text with **bold** and `code`"), QStringLiteral("\n"),
          QStringLiteral("\n\n"), QStringLiteral("- item\n"), QStringLiteral("  - nested *x*\n"),
          QStringLiteral("1. one\n"), QStringLiteral("   ```py\n   print(1)\n   ```\n"), QStringLiteral("```\n"),
          QStringLiteral("```cpp\nint main() {\n\n}\n```\n"), QStringLiteral("| a | b |\n|---|---|\n| 1 | 2 |\n"),
          QStringLiteral("> quote\n"), QStringLiteral("> - x\n"), QStringLiteral("---\n"), QStringLiteral("***"),
          QStringLiteral("==="), QStringLiteral("~~~\n"), QStringLiteral("[l](https://a.org)"),
          QStringLiteral("![i](https://a.org/x.png)"), QStringLiteral("汉字🙂é"), QStringLiteral("\t- tab\n"),
          QStringLiteral("    deep\n"), QStringLiteral("*"), QStringLiteral("`"), QStringLiteral("|"), QStringLiteral("- "),
          QStringLiteral("- [x] task\n"), QStringLiteral("10) ten\n"), QStringLiteral("\\*"), QStringLiteral("&amp;"),
          QStringLiteral("<div>"), QStringLiteral("[1]: http://x.y\n"), QStringLiteral("\r\n"), QStringLiteral(" "),
          QStringLiteral("\\[\n"), QStringLiteral("\\]\n"), QStringLiteral("$$"), QStringLiteral("$x^2$"),
          QStringLiteral("\\(a\\)")};
}

QStringList hostileTexts() {
  QStringList texts = {
      QStringLiteral("<img src=\"http://evil.org/x.png\">"),
      QStringLiteral("<a href=\"javascript:alert(1)\">x</a>"),
      QStringLiteral("![x](http://e.org/\"onerror=\"alert(1))"),
      QStringLiteral("[x](http://e.org/<script>)"),
      QStringLiteral("[x](<http://e.org/ \"><img src=x>>)"),
      QStringLiteral("[x](http://e.org \"title\"><b\")"),
      QStringLiteral("[x](JaVaScRiPt:alert)"),
      QStringLiteral("[x](&#106;avascript:alert(1))"),
      QStringLiteral("[x](\u202Ehttps://e.org)"),
      QStringLiteral("[x](https://e.org/\u0001)"),
      QStringLiteral("```\"><img src=x>\n<script>\n```"),
      QStringLiteral("`<img src=x>`"),
      QStringLiteral("| <img src=x> | [a](vbscript:x) |\n|---|---|\n| <b> | &lt;i&gt; |"),
      QStringLiteral("&#60;script&#62;alert(1)&#60;/script&#62;"),
      QStringLiteral("&#x3c;img src=x&#x3e;"),
      QStringLiteral("<http://e.org/\"x=\"y>"),
      QStringLiteral("# <style>*{display:none}</style>"),
      QStringLiteral("> <iframe src=x>"),
      QStringLiteral("- <svg/onload=x>"),
      QStringLiteral("**<b>**</b>*</i>"),
      QStringLiteral("[a [b](https://b.org) c](https://a.org)"),
      QStringLiteral("\\(<img src=x>\\) $a=<b>$ \\[</i><script>\\]"),
      QStringLiteral("\uE000\uE010 \\(a=b\\) \uE000"),
      QStringLiteral("\\(") + QStringLiteral("{^\\frac").repeated(1000) + QStringLiteral("\\)"),
      QStringLiteral("*a **b *c** d*"),
      QStringLiteral("~~a *b~~ c*"),
      QString(QChar(0)) + QStringLiteral("<b>") + QChar(0xFFFF) + QChar(0xD800) + QChar(0xDC00) + QChar(0xDFFF),
  };
  for (const QString& unit : {QStringLiteral("["), QStringLiteral("]("), QStringLiteral("*"), QStringLiteral("_"),
                              QStringLiteral("**a "), QStringLiteral("`"), QStringLiteral("> "), QStringLiteral("- "),
                              QStringLiteral("|"), QStringLiteral("<"), QStringLiteral("![x]("), QStringLiteral("&"),
                              QStringLiteral("1. "), QStringLiteral("~~"), QStringLiteral("\\"), QStringLiteral("a|"), QStringLiteral("$"), QStringLiteral("\\("), QStringLiteral("$a^")}) {
    texts.append(unit.repeated(5000));
    texts.append((unit + u'\n').repeated(2000));
  }
  texts.append(QStringLiteral("|a").repeated(60) + u'\n' + QStringLiteral("|-").repeated(60) + u'\n' +
               QStringLiteral("|x\n").repeated(3000));
  return texts;
}

}  // namespace gui
