// SPDX-License-Identifier: Apache-2.0
#include "gui/store/search_text.h"

#include <QChar>
#include <algorithm>

namespace gui {
namespace {

constexpr qsizetype kMaxWordLength = 64;  // of the folded word; longer ones are data, not words
constexpr qsizetype kMaxQueryLength = 1000;
constexpr qsizetype kMaxTerms = 32;
constexpr int kBeforeMatch = 18;  // characters of a snippet

char32_t codePointAt(QStringView text, qsizetype at, int* units) {
  const QChar high = text[at];
  if (high.isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate()) {
    *units = 2;
    return QChar::surrogateToUcs4(high, text[at + 1]);
  }
  *units = 1;
  return high.unicode();
}

bool isMark(QChar::Category category) {
  return category == QChar::Mark_NonSpacing || category == QChar::Mark_SpacingCombining ||
         category == QChar::Mark_Enclosing;
}

// Marks that people leave out when they type: Latin, Greek and Cyrillic diacritics, Hebrew points,
// Arabic harakat, variation selectors. Vowel signs of the Indic scripts are letters in all but name
// and stay.
bool isOptionalMark(char32_t c) {
  return (c >= 0x300 && c <= 0x36f) || (c >= 0x591 && c <= 0x5c7) || (c >= 0x610 && c <= 0x61a) ||
         (c >= 0x64b && c <= 0x65f) || c == 0x670 || (c >= 0x1ab0 && c <= 0x1aff) ||
         (c >= 0x1dc0 && c <= 0x1dff) || (c >= 0x20d0 && c <= 0x20ff) ||
         (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xfe20 && c <= 0xfe2f) ||
         (c >= 0xe0100 && c <= 0xe01ef);
}

// Scripts that put no blanks between words, or, as Hangul, endings right after them.
bool standsAlone(char32_t c) {
  if (c < 0x0e00) return false;
  if (c >= 0x4e00 && c <= 0x9fff) return true;
  if (c >= 0x3040 && c <= 0x30ff) return true;  // kana with their marks, which belong to no script
  switch (QChar::script(c)) {
    case QChar::Script_Han:
    case QChar::Script_Hiragana:
    case QChar::Script_Katakana:
    case QChar::Script_Bopomofo:
    case QChar::Script_Hangul:
    case QChar::Script_Yi:
    case QChar::Script_Thai:
    case QChar::Script_Lao:
    case QChar::Script_Khmer:
    case QChar::Script_Myanmar:
    case QChar::Script_Tibetan:
      return true;
    default:
      return false;
  }
}

enum class Kind { Separator, Run, Single, Mark };

Kind kindOf(char32_t c) {
  if (c < 0x80) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return word ? Kind::Run : Kind::Separator;
  }
  if (c >= 0x4e00 && c <= 0x9fff) return Kind::Single;
  const QChar::Category category = QChar::category(c);
  if (isMark(category)) return Kind::Mark;
  if (QChar::isLetterOrNumber(c)) return standsAlone(c) ? Kind::Single : Kind::Run;
  switch (category) {
    case QChar::Symbol_Other:
    case QChar::Symbol_Math:
    case QChar::Symbol_Currency:
      return Kind::Single;
    default:
      return Kind::Separator;
  }
}

// ASCII that is neither letter nor digit would split the word in the index ("㈱" is "(株)" in
// compatibility form).
bool staysOneWord(const QString& folded) {
  return std::none_of(folded.begin(), folded.end(), [](QChar c) {
    return c.unicode() < 0x80 && kindOf(c.unicode()) == Kind::Separator;
  });
}

QString foldRun(QStringView run) {
  run = run.left(4 * kMaxWordLength);
  if (std::all_of(run.begin(), run.end(), [](QChar c) { return c.unicode() < 0x80; })) {
    return run.left(kMaxWordLength).toString().toLower();
  }
  const QString decomposed = run.toString().normalized(QString::NormalizationForm_KD);
  QString folded;
  folded.reserve(decomposed.size());
  int units = 1;
  for (qsizetype at = 0; at < decomposed.size() && folded.size() < kMaxWordLength; at += units) {
    const char32_t c = codePointAt(decomposed, at, &units);
    if (c == 0xdf || c == 0x1e9e) {
      folded += QStringLiteral("ss");  // Qt folds ß to itself
    } else if (!isOptionalMark(c)) {
      folded += QStringView(decomposed).mid(at, units);
    }
  }
  folded = folded.toCaseFolded();
  return staysOneWord(folded) ? folded : run.left(kMaxWordLength).toString();
}

QString foldSingle(QStringView character) {
  if (character.size() == 1) {
    const char16_t c = character[0].unicode();
    // Unified ideographs, kana and Hangul syllables are their own compatibility form.
    if ((c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3041 && c <= 0x309a) ||
        (c >= 0x30a1 && c <= 0x30fe) || (c >= 0xac00 && c <= 0xd7a3)) {
      return character.toString();
    }
  }
  QString folded = character.toString().normalized(QString::NormalizationForm_KC).toCaseFolded();
  return !folded.isEmpty() && staysOneWord(folded) ? folded : character.toString();
}

template <class Take>
void forEachWord(QStringView text, Take take) {
  qsizetype at = 0;
  int units = 1;
  while (at < text.size()) {
    const Kind kind = kindOf(codePointAt(text, at, &units));
    const qsizetype start = at;
    at += units;
    if (kind == Kind::Single) {
      if (!take(SearchWord{start, at - start, foldSingle(text.mid(start, at - start)), false}))
        return;
    } else if (kind == Kind::Run) {
      while (at < text.size()) {
        const Kind next = kindOf(codePointAt(text, at, &units));
        if (next != Kind::Run && next != Kind::Mark) break;
        at += units;
      }
      SearchWord word{start, at - start, foldRun(text.mid(start, at - start)), true};
      if (!word.folded.isEmpty() && !take(word)) return;
    }
  }
}

bool isQuote(QChar c) {
  switch (c.unicode()) {
    case '"':
    case 0x201c:  // “
    case 0x201d:  // ”
    case 0x201e:  // „
    case 0x300c:  // 「
    case 0x300d:  // 」
      return true;
    default:
      return false;
  }
}

}  // namespace

QList<SearchWord> searchWords(QStringView text) {
  QList<SearchWord> words;
  forEachWord(text, [&](const SearchWord& word) {
    words.append(word);
    return true;
  });
  return words;
}

QString indexText(QStringView text) {
  QString index;
  index.reserve(text.size() + text.size() / 4);
  forEachWord(text, [&](const SearchWord& word) {
    if (!index.isEmpty()) index += u' ';
    index += word.folded;
    return true;
  });
  return index;
}

SearchQuery::SearchQuery(const QString& text) {
  const QString query = text.left(kMaxQueryLength);
  literal_ = query.trimmed();
  qsizetype start = 0;
  bool quoted = false;
  for (qsizetype at = 0; at <= query.size(); ++at) {
    const bool end = at == query.size();
    if (!end && !isQuote(query[at]) && (quoted || !query[at].isSpace())) continue;
    const bool closes = !end && isQuote(query[at]);
    addTerm(QStringView(query).mid(start, at - start), quoted && closes);
    if (closes) quoted = !quoted;
    start = at + 1;
  }
}

void SearchQuery::addTerm(QStringView text, bool quoted) {
  if (terms_.size() >= kMaxTerms) return;
  Term term;
  bool last_is_run = false;
  forEachWord(text, [&](const SearchWord& word) {
    term.words.append(word.folded);
    last_is_run = word.isRun;
    return true;
  });
  if (term.words.isEmpty()) return;
  term.prefix = !quoted && last_is_run && term.words.last().size() >= 2;
  terms_.append(term);
}

QString SearchQuery::matchExpression() const {
  QString expression;
  for (const Term& term : terms_) {
    if (!expression.isEmpty()) expression += QStringLiteral(" AND ");
    expression += u'"' + term.words.join(u' ') + u'"';  // a folded word holds no quotation mark
    if (term.prefix) expression += u'*';
  }
  return expression;
}

QList<MatchRange> SearchQuery::matches(QStringView text, int limit, bool* exact) const {
  QList<MatchRange> ranges;
  if (exact) *exact = false;
  if (isLiteral()) {
    if (literal_.isEmpty()) return ranges;
    for (qsizetype at = text.indexOf(literal_, 0, Qt::CaseInsensitive);
         at >= 0 && ranges.size() < limit;
         at = text.indexOf(literal_, at + literal_.size(), Qt::CaseInsensitive)) {
      ranges.append({static_cast<int>(at), static_cast<int>(literal_.size())});
    }
    return ranges;
  }
  const QList<SearchWord> words = searchWords(text);
  QList<bool> whole(terms_.size(), false);
  for (qsizetype at = 0; at < words.size() && ranges.size() < limit; ++at) {
    qsizetype longest = 0;
    for (qsizetype t = 0; t < terms_.size(); ++t) {
      const Term& term = terms_[t];
      const qsizetype count = term.words.size();
      if (count > words.size() - at) continue;
      qsizetype same = 0;
      while (same < count - 1 && words[at + same].folded == term.words[same]) ++same;
      if (same < count - 1) continue;
      const QString& last = words[at + same].folded;
      const bool equal = last == term.words.last();
      if (!equal && !(term.prefix && last.startsWith(term.words.last()))) continue;
      if (equal) whole[t] = true;
      longest = std::max(longest, count);
    }
    if (longest == 0) continue;
    const SearchWord& last = words[at + longest - 1];
    ranges.append({static_cast<int>(words[at].start),
                   static_cast<int>(last.start + last.length - words[at].start)});
    at += longest - 1;
  }
  if (exact) *exact = !whole.contains(false);
  return ranges;
}

QString SearchQuery::snippet(const QString& text, QList<MatchRange>* ranges, int length) const {
  return snippet(text, matches(text, 1), ranges, length);
}

QString SearchQuery::snippet(const QString& text, const QList<MatchRange>& found,
                             QList<MatchRange>* ranges, int length) const {
  // A few words before the match, from the beginning of one: with large text a row shows little
  // more than that, and the match has to be in it.
  const int before = std::min(kBeforeMatch, length / 3);
  qsizetype start = found.isEmpty() ? 0 : std::max<qsizetype>(0, found.first().start - before);
  const qsizetype limit = found.isEmpty() ? 0 : found.first().start;
  for (qsizetype at = start; start > 0 && at < limit; ++at) {
    if (text[at].isSpace()) {
      start = at + 1;
      break;
    }
  }
  if (start > 0 && start < text.size() && text[start].isLowSurrogate()) --start;

  QString snippet;
  qsizetype at = start;
  bool blank = false;
  for (; at < text.size() && snippet.size() < length; ++at) {
    const QChar c = text[at];
    if (c.isSpace() || c.category() == QChar::Other_Control) {
      blank = !snippet.isEmpty();
      continue;
    }
    if (blank) snippet += u' ';
    blank = false;
    snippet += c;
  }
  if (at < text.size() && text[at].isLowSurrogate() && snippet.back().isHighSurrogate())
    snippet.chop(1);
  const bool cut = at < text.size() && !QStringView(text).mid(at).trimmed().isEmpty();
  if (start > 0) snippet.prepend(u'…');
  if (cut) snippet += u'…';
  *ranges = matches(snippet);
  return snippet;
}

}  // namespace gui
