// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/fake_script.h"

#include <algorithm>

namespace gui {
namespace {

bool isHan(QChar c) { return c.script() == QChar::Script_Han; }

bool mostlyChinese(const QString& text) {
  return std::any_of(text.begin(), text.end(), [](QChar c) { return isHan(c); });
}

const char kGeneralEn[] = R"(## Reading a file line by line

There are three common ways. For large files prefer the **first**: it never holds more than one line in memory.

1. Iterate over the file object. It is lazy and handles every line ending.
2. Call `readlines()`. Simple, but it builds the whole list first.
3. Map the file with `mmap` when you need random access.

```python
from pathlib import Path

def count_words(path: Path) -> dict[str, int]:
    """Counts words without loading the file."""
    counts: dict[str, int] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            for word in line.split():
                counts[word] = counts.get(word, 0) + 1
    return counts

if __name__ == "__main__":
    print(count_words(Path("notes.txt")))
```

How they compare on a file of 1 GB:

| Way | Memory | Time | Good for |
|:----|-------:|-----:|:---------|
| iterate | 0.1 MB | 4.1 s | almost everything |
| `readlines()` | 2.3 GB | 5.0 s | small files |
| `mmap` | 12 MB | 3.6 s | random access |

> Always name the encoding. The default differs between systems.

See [the documentation](https://docs.python.org/3/library/io.html) for the details of buffering.
)";

const char kGeneralZh[] = R"(## 逐行读取文件

常见的做法有三种。文件较大时请用**第一种**：内存里始终只有一行。

1. 直接遍历文件对象，惰性读取，能处理各种换行符。
2. 调用 `readlines()`，写法简单，但会先把所有行读进列表。
3. 需要随机访问时，用 `mmap` 映射文件。

```python
from pathlib import Path

def count_words(path: Path) -> dict[str, int]:
    """统计词频，不整体载入文件。"""
    counts: dict[str, int] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            for word in line.split():
                counts[word] = counts.get(word, 0) + 1
    return counts
```

以 1 GB 的文件为例：

| 做法 | 内存 | 用时 | 适合 |
|:-----|-----:|-----:|:-----|
| 遍历 | 0.1 MB | 4.1 秒 | 绝大多数情况 |
| `readlines()` | 2.3 GB | 5.0 秒 | 小文件 |
| `mmap` | 12 MB | 3.6 秒 | 随机访问 |

> 请始终写明编码，各个系统的默认值并不相同。
)";

const char kSummaryEn[] =
    R"(**In short:** the document describes how the team moved its reports to one format and what that saved.

- The old process needed three tools and took two days a month (page 1).
- The new one is a single template with automatic checks; a report is ready in 40 minutes (page 2).
- Open points: two departments still send spreadsheets, and nobody owns the template yet (page 3).

**Next steps:** name an owner, then retire the spreadsheets by the end of the quarter.
)";

const char kSummaryZh[] =
    R"(**概要：**文档介绍了团队如何把各类报告统一为一种格式，以及由此节省的时间。

- 旧流程要用三种工具，每月花费两天（第 1 页）。
- 新流程只有一个模板并自动检查，一份报告 40 分钟即可完成（第 2 页）。
- 待解决：仍有两个部门提交电子表格，模板也还没有负责人（第 3 页）。

**下一步：**先确定负责人，再在季度末之前停用电子表格。
)";

}  // namespace

QString fakeAnswer(const engine::ChatRequest& request) {
  QString question;
  for (const engine::ChatMessage& message : request.messages) {
    if (message.role == "user") {
      question = QString::fromStdString(message.content);
    }
  }
  const bool chinese = mostlyChinese(question.right(200));
  const bool summary = question.contains(QLatin1String("<document"));
  if (summary) {
    return QString::fromUtf8(chinese ? kSummaryZh : kSummaryEn);
  }
  return QString::fromUtf8(chinese ? kGeneralZh : kGeneralEn);
}

QStringList fakeTokens(const QString& text) {
  QStringList tokens;
  qsizetype start = 0;
  const auto cut = [&](qsizetype end) {
    if (end > start) {
      tokens.append(text.mid(start, end - start));
      start = end;
    }
  };
  for (qsizetype i = 1; i < text.size(); ++i) {
    const QChar previous = text[i - 1];
    const QChar c = text[i];
    const bool wordStarts = c.isSpace() && !previous.isSpace();
    const bool longRun = i - start >= 6 && !c.isLowSurrogate();
    if (wordStarts || isHan(c) || isHan(previous) || longRun) {
      cut(i);
    }
  }
  cut(text.size());
  return tokens;
}

int countFakeTokens(const QString& text) { return static_cast<int>(fakeTokens(text).size()); }

}  // namespace gui
