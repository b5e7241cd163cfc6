// SPDX-License-Identifier: Apache-2.0
// Words of a text as the search sees them. The index, the query and the emphasis in a snippet all
// use this one cut, so they agree.
//
// A run of letters and digits is one word: compatibility forms, case and diacritics folded ("Ｑwen"
// = "qwen", "Café" = "cafe"), cut at 64 characters. A character of a script written without blanks
// (Han, kana, Hangul, Thai, ...) or a symbol (emoji, €, ≥) is a word of its own, so "北京" is the
// phrase 北 京 and is found from one character on. Other punctuation separates. Why not FTS5's
// trigram tokenizer: it finds nothing below three characters. Pure functions; any thread.
#pragma once

#include <QList>
#include <QString>
#include <QStringView>

#include "gui/store/rows.h"

namespace gui {

struct SearchWord {
  qsizetype start = 0;  // UTF-16 offsets in the original text
  qsizetype length = 0;
  QString folded;      // never empty; no ASCII but letters and digits, unless a compatibility form
                       // holds some
  bool isRun = false;  // a run of letters and digits, not a single character
};

QList<SearchWord> searchWords(QStringView text);

// What goes into the index: the folded words with blanks between them.
QString indexText(QStringView text);

// What somebody typed into the search field. Blanks separate terms, all of which must occur; a term
// is a phrase of adjacent words. The last word of an unquoted term matches from its beginning when
// it has two characters or more.
class SearchQuery {
 public:
  explicit SearchQuery(const QString& text);

  // Nothing to search for at all.
  bool isEmpty() const { return literal_.isEmpty(); }
  // Only punctuation ("%", "::"): no word to look up, search for the characters themselves.
  bool isLiteral() const { return terms_.isEmpty(); }
  QString literal() const { return literal_; }

  // FTS5 expression in which every word is quoted: no input makes it a syntax error. Empty when
  // isLiteral().
  QString matchExpression() const;

  // Where the terms occur in `text`, ascending, not overlapping, at most `limit`. `exact`, when
  // given, becomes whether every term occurs with whole words.
  QList<MatchRange> matches(QStringView text, int limit = 64, bool* exact = nullptr) const;

  // About `length` characters on one line around the first match, with "…" where something was cut,
  // and the matches in it. Blanks are merged.
  QString snippet(const QString& text, QList<MatchRange>* ranges, int length = 120) const;
  // The same when matches(text) is known already.
  QString snippet(const QString& text, const QList<MatchRange>& found, QList<MatchRange>* ranges,
                  int length = 120) const;

 private:
  struct Term {
    QStringList words;
    bool prefix = false;  // of the last word
  };
  void addTerm(QStringView text, bool quoted);

  QString literal_;
  QList<Term> terms_;
};

}  // namespace gui
