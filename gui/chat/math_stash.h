// SPDX-License-Identifier: Apache-2.0
// Keeps the formulas of one piece of Markdown away from its parser: each travels as two private
// characters, the second of which says which one it is, and comes back as text in italics, or as it
// was written where it turns out to be code.
#pragma once

#include <QString>
#include <QStringList>
#include <QStringView>

namespace gui {

class MathStash {
 public:
  // The Markdown with its formulas taken out.
  QString takeFrom(QStringView markdown);
  // Puts them back into text that is escaped already.
  QString asHtml(const QString& escaped) const { return restored(escaped, true); }
  QString asWritten(const QString& code) const { return restored(code, false); }

 private:
  QString restored(const QString& text, bool html) const;

  QStringList formulas_;  // with their marks
};

}  // namespace gui
