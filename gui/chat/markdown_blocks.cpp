// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/markdown_blocks.h"

#include <md4c.h>

#include <QByteArray>
#include <QRegularExpression>
#include <algorithm>
#include <utility>

#include "gui/chat/cjk_emphasis.h"
#include "gui/chat/math_stash.h"
#include "gui/chat/text_safety.h"

namespace gui {
namespace {

constexpr int kMaxDepth = 12;  // deeper lists and quotes are shown at this depth
constexpr int kMaxCells =
    20000;  // of one table; md4c fills short rows, so a small text can ask for millions
constexpr int kMaxLanguage = 40;
constexpr unsigned kFlags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
                            MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_PERMISSIVEEMAILAUTOLINKS |
                            MD_FLAG_PERMISSIVEWWWAUTOLINKS | MD_FLAG_NOHTML |
                            MD_FLAG_NOINDENTEDCODEBLOCKS;

QString attributeText(const MD_ATTRIBUTE& attribute) {
  return QString::fromUtf8(attribute.text, static_cast<qsizetype>(attribute.size));
}

// A numeric reference decoded, a named one left for Qt to decode; anything else as text.
QString entityHtml(const QString& entity) {
  if (entity.startsWith(QLatin1String("&#")) && entity.endsWith(u';')) {
    const bool hex = entity.size() > 2 && entity[2].toLower() == u'x';
    bool ok = false;
    char32_t c = entity.mid(hex ? 3 : 2).chopped(1).toUInt(&ok, hex ? 16 : 10);
    if (!ok || c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
      c = QChar::ReplacementCharacter;
    }
    return proseText(QString::fromUcs4(&c, 1)).toHtmlEscaped();
  }
  const bool named = entity.size() > 2 && entity.startsWith(u'&') && entity.endsWith(u';') &&
                     std::all_of(entity.begin() + 1, entity.end() - 1, [](QChar c) {
                       return c.unicode() < 0x80 && c.isLetterOrNumber();
                     });
  return named ? entity : entity.toHtmlEscaped();
}

// The one tag that models write in tables, where Markdown has no line break.
QString withBreaks(QString escaped) {
  if (escaped.contains(QLatin1String("&lt;br"))) {
    for (const char* tag : {"&lt;br&gt;", "&lt;br/&gt;", "&lt;br /&gt;"}) {
      escaped.replace(QLatin1String(tag), QLatin1String("<br>"));
    }
  }
  return escaped;
}

// The page that a point names is not torn from its mark at the end of a line: (p. 2), （第 2 页）.
QString withWholePages(QString html) {
  static const QRegularExpression kPage(QStringLiteral("\\b(pp?\\.) (?=\\d)"));
  static const QRegularExpression kChinesePage(QStringLiteral("第 (\\d+(?:[-–]\\d+)?) 页"));
  if (html.contains(QLatin1String("p. "))) {
    html.replace(kPage, QStringLiteral("\\1\u00A0"));
  }
  if (html.contains(QStringLiteral("第 "))) {
    html.replace(kChinesePage, QStringLiteral("第\u00A0\\1\u00A0页"));
  }
  return html;
}

// Receives md4c's events and writes blocks.
class BlockWriter {
 public:
  bool parse(QStringView markdown);
  std::vector<Block> take() { return std::move(blocks_); }

 private:
  struct Container {
    MD_BLOCKTYPE type;
    int number = 0;          // OL: of the next item
    QChar delimiter = u'.';  // OL
    bool tight = false;      // UL, OL: no blank lines between the items
    bool first = true;       // UL, OL: no item yet
  };

  int enterBlock(MD_BLOCKTYPE type, void* detail);
  int leaveBlock(MD_BLOCKTYPE type);
  int enterSpan(MD_SPANTYPE type, void* detail);
  int leaveSpan(MD_SPANTYPE type);
  int text(MD_TEXTTYPE type, const QString& reported);

  void enterList(MD_BLOCKTYPE type, void* detail);
  void enterItem(const MD_BLOCK_LI_DETAIL& item);
  int leaveCell();
  void openLink(const MD_ATTRIBUTE& target);
  void closeLink();
  int depth(MD_BLOCKTYPE type) const;
  void flush(int heading = 0);
  void push(Block block);

  std::vector<Block> blocks_;
  std::vector<Container> containers_;
  QString html_;             // of the paragraph, heading, item or cell at hand
  QString marker_;           // of the item whose first block comes next
  bool tight_ = false;       // the next block belongs close to the one above
  std::vector<bool> links_;  // for each open link: did it get a tag
  Block block_;              // the code block or table at hand
  bool inCode_ = false;
  bool inTable_ = false;
  bool inHead_ = false;
  int images_ = 0;  // images around the text at hand
  int cells_ = 0;
  MathStash math_;
};

bool BlockWriter::parse(QStringView markdown) {
  const QByteArray utf8 = withEmphasisBlanks(math_.takeFrom(markdown)).toUtf8();
  MD_PARSER parser = {};
  parser.flags = kFlags;
  parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* data) {
    return static_cast<BlockWriter*>(data)->enterBlock(type, detail);
  };
  parser.leave_block = [](MD_BLOCKTYPE type, void*, void* data) {
    return static_cast<BlockWriter*>(data)->leaveBlock(type);
  };
  parser.enter_span = [](MD_SPANTYPE type, void* detail, void* data) {
    return static_cast<BlockWriter*>(data)->enterSpan(type, detail);
  };
  parser.leave_span = [](MD_SPANTYPE type, void*, void* data) {
    return static_cast<BlockWriter*>(data)->leaveSpan(type);
  };
  parser.text = [](MD_TEXTTYPE type, const MD_CHAR* chars, MD_SIZE size, void* data) {
    return static_cast<BlockWriter*>(data)->text(
        type, QString::fromUtf8(chars, static_cast<qsizetype>(size)));
  };
  return md_parse(utf8.constData(), static_cast<MD_SIZE>(utf8.size()), &parser, this) == 0;
}

int BlockWriter::depth(MD_BLOCKTYPE type) const {
  const auto depth =
      std::count_if(containers_.begin(), containers_.end(),
                    [type](const Container& container) { return container.type == type; });
  return static_cast<int>(std::min<std::ptrdiff_t>(depth, kMaxDepth));
}

void BlockWriter::push(Block block) {
  block.level = depth(MD_BLOCK_LI);
  block.quote = depth(MD_BLOCK_QUOTE);
  block.tight = std::exchange(tight_, false);
  blocks_.push_back(std::move(block));
}

// Ends the text at hand. A marker without text is an empty item.
void BlockWriter::flush(int heading) {
  if (html_.isEmpty() && marker_.isEmpty()) {
    return;
  }
  Block rich;
  rich.html = std::exchange(html_, {});
  rich.marker = std::exchange(marker_, {});
  rich.heading = heading;
  push(std::move(rich));
}

void BlockWriter::enterList(MD_BLOCKTYPE type, void* detail) {
  flush();
  Container list{type};
  if (type == MD_BLOCK_OL) {
    const auto* ordered = static_cast<MD_BLOCK_OL_DETAIL*>(detail);
    list.number = static_cast<int>(std::min(ordered->start, 999999999U));
    list.delimiter = QLatin1Char(ordered->mark_delimiter);
    list.tight = ordered->is_tight != 0;
  } else {
    list.tight = static_cast<MD_BLOCK_UL_DETAIL*>(detail)->is_tight != 0;
  }
  tight_ = list.tight && !containers_.empty() && containers_.back().type == MD_BLOCK_LI;
  containers_.push_back(list);
}

void BlockWriter::enterItem(const MD_BLOCK_LI_DETAIL& item) {
  Container& list = containers_.back();
  if (!list.first) {
    tight_ = list.tight;
  }
  list.first = false;
  static const QString kBullets[] = {QStringLiteral("•"), QStringLiteral("◦"), QStringLiteral("▪")};
  if (item.is_task) {
    marker_ = item.task_mark == ' ' ? QStringLiteral("☐") : QStringLiteral("☑");
  } else if (list.type == MD_BLOCK_OL) {
    marker_ = QString::number(list.number) + list.delimiter;
  } else {
    marker_ = kBullets[depth(MD_BLOCK_LI) % 3];
  }
  ++list.number;
  containers_.push_back({MD_BLOCK_LI});
}

int BlockWriter::enterBlock(MD_BLOCKTYPE type, void* detail) {
  switch (type) {
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
      enterList(type, detail);
      break;
    case MD_BLOCK_LI:
      enterItem(*static_cast<MD_BLOCK_LI_DETAIL*>(detail));
      break;
    case MD_BLOCK_QUOTE:
      flush();
      containers_.push_back({type});
      break;
    case MD_BLOCK_HR:
    case MD_BLOCK_CODE:
    case MD_BLOCK_TABLE:
      flush();
      block_ = {};
      inCode_ = type == MD_BLOCK_CODE;
      inTable_ = type == MD_BLOCK_TABLE;
      block_.kind = inCode_ ? Block::Kind::Code : inTable_ ? Block::Kind::Table : Block::Kind::Rule;
      if (inCode_) {
        block_.language =
            visibleText(attributeText(static_cast<MD_BLOCK_CODE_DETAIL*>(detail)->lang))
                .left(kMaxLanguage);
      }
      break;
    case MD_BLOCK_H:
    case MD_BLOCK_P:
      if (!html_.isEmpty()) {  // an item's marker alone waits for this block
        flush();
      }
      break;
    case MD_BLOCK_THEAD:
      inHead_ = true;
      break;
    case MD_BLOCK_TR:
      if (!inHead_) {
        block_.table.rows.append(QStringList());
      }
      break;
    case MD_BLOCK_TH: {
      static const char* const kAlignments[] = {"", "left", "center", "right"};
      const int align = static_cast<int>(static_cast<MD_BLOCK_TD_DETAIL*>(detail)->align);
      block_.table.alignments.append(QString::fromLatin1(kAlignments[align]));
      break;
    }
    default:
      break;
  }
  if (type == MD_BLOCK_H) {
    block_.heading = static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
  }
  return 0;
}

int BlockWriter::leaveBlock(MD_BLOCKTYPE type) {
  switch (type) {
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
    case MD_BLOCK_LI:
    case MD_BLOCK_QUOTE:
      flush();
      containers_.pop_back();
      break;
    case MD_BLOCK_P:
      flush();
      break;
    case MD_BLOCK_H:
      flush(std::exchange(block_.heading, 0));
      break;
    case MD_BLOCK_CODE:
      if (block_.text.endsWith(u'\n')) {
        block_.text.chop(1);
      }
      [[fallthrough]];
    case MD_BLOCK_TABLE:
    case MD_BLOCK_HR:
      inCode_ = false;
      inTable_ = false;
      push(std::exchange(block_, {}));
      break;
    case MD_BLOCK_THEAD:
      inHead_ = false;
      break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
      return leaveCell();
    default:
      break;
  }
  return 0;
}

int BlockWriter::leaveCell() {
  (inHead_ ? block_.table.header : block_.table.rows.back()).append(std::exchange(html_, {}));
  return ++cells_ > kMaxCells ? 1 : 0;
}

void BlockWriter::openLink(const MD_ATTRIBUTE& target) {
  const QString link = attributeText(target);
  const bool nested = std::find(links_.begin(), links_.end(), true) != links_.end();
  const bool shown = !nested && isSafeLink(link);
  links_.push_back(shown);
  if (shown) {
    html_ += QStringLiteral("<a href=\"") + link.toHtmlEscaped() + QStringLiteral("\">");
  }
}

void BlockWriter::closeLink() {
  if (links_.back()) {
    html_ += QLatin1String("</a>");
  }
  links_.pop_back();
}

int BlockWriter::enterSpan(MD_SPANTYPE type, void* detail) {
  if (images_ > 0) {
    images_ += type == MD_SPAN_IMG ? 1 : 0;
    return 0;
  }
  switch (type) {
    case MD_SPAN_EM:
      html_ += QLatin1String("<i>");
      break;
    case MD_SPAN_STRONG:
      html_ += QLatin1String("<b>");
      break;
    case MD_SPAN_DEL:
      html_ += QLatin1String("<s>");
      break;
    case MD_SPAN_CODE:
      html_ += QLatin1String("<code>");
      break;
    case MD_SPAN_A:
      openLink(static_cast<MD_SPAN_A_DETAIL*>(detail)->href);
      break;
    case MD_SPAN_IMG:
      openLink(static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src);
      images_ = 1;
      break;
    default:
      break;
  }
  return 0;
}

int BlockWriter::leaveSpan(MD_SPANTYPE type) {
  if (images_ > 0 && (type != MD_SPAN_IMG || --images_ > 0)) {
    return 0;
  }
  switch (type) {
    case MD_SPAN_EM:
      html_ += QLatin1String("</i>");
      break;
    case MD_SPAN_STRONG:
      html_ += QLatin1String("</b>");
      break;
    case MD_SPAN_DEL:
      html_ += QLatin1String("</s>");
      break;
    case MD_SPAN_CODE:
      html_ += QLatin1String("</code>");
      break;
    case MD_SPAN_A:
    case MD_SPAN_IMG:
      closeLink();
      break;
    default:
      break;
  }
  return 0;
}

int BlockWriter::text(MD_TEXTTYPE type, const QString& reported) {
  const QString text = QString(reported).remove(QChar(kEmphasisBlank));
  if (inCode_) {
    block_.text += type == MD_TEXT_NULLCHAR ? QString(QChar::ReplacementCharacter)
                                            : math_.asWritten(visibleText(text));
    return 0;
  }
  switch (type) {
    case MD_TEXT_NULLCHAR:
      html_ += QChar(QChar::ReplacementCharacter);
      break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR:
      html_ += inTable_ || images_ > 0 ? QStringLiteral(" ") : QStringLiteral("<br>");
      break;
    case MD_TEXT_ENTITY:
      html_ += entityHtml(text);
      break;
    case MD_TEXT_CODE:
      html_ += math_.asWritten(visibleText(text)).toHtmlEscaped();
      break;
    default:
      html_ += withWholePages(withBreaks(math_.asHtml(proseText(text).toHtmlEscaped())));
      break;
  }
  return 0;
}

std::vector<Block> plainBlocks(QStringView text) {
  Block block;
  block.html = proseText(text).toHtmlEscaped().replace(u'\n', QLatin1String("<br>"));
  return {std::move(block)};
}

}  // namespace

std::vector<Block> markdownBlocks(QStringView markdown) {
  BlockWriter writer;
  if (!writer.parse(markdown)) {
    return plainBlocks(markdown);
  }
  return writer.take();
}

QString flatHtml(const std::vector<Block>& blocks) {
  QStringList lines;
  for (const Block& block : blocks) {
    switch (block.kind) {
      case Block::Kind::Rich: {
        const QString indent = QStringLiteral("&nbsp;").repeated(4 * std::max(0, block.level - 1));
        const QString marker = block.marker.isEmpty()
                                   ? QString()
                                   : block.marker.toHtmlEscaped() + QLatin1String("&nbsp;");
        const QString text = block.heading > 0
                                 ? QLatin1String("<b>") + block.html + QLatin1String("</b>")
                                 : block.html;
        lines.append(indent + marker + text);
        break;
      }
      case Block::Kind::Code:
        lines.append(QLatin1String("<code>") +
                     block.text.toHtmlEscaped().replace(u'\n', QLatin1String("<br>")) +
                     QLatin1String("</code>"));
        break;
      case Block::Kind::Table:
        lines.append(block.table.header.join(QLatin1String(" | ")));
        for (const QStringList& row : block.table.rows) {
          lines.append(row.join(QLatin1String(" | ")));
        }
        break;
      case Block::Kind::Rule:
        break;
    }
  }
  return lines.join(QLatin1String("<br>"));
}

}  // namespace gui
