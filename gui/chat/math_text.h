// SPDX-License-Identifier: Apache-2.0
// LaTeX as models write it, as readable plain text: "\frac{a}{b} \times x^2" becomes "a/b × x²".
// What it does not know stays as it was written. Pure; linear.
#pragma once

#include <QString>
#include <QStringView>
#include <vector>

namespace gui {

QString mathText(QStringView latex);

// A formula found in Markdown: \( \), \[ \], $$ $$, and $ $ when it can hardly be an amount of
// money.
struct MathSpan {
  qsizetype start = 0;   // of the opening mark
  qsizetype length = 0;  // with both marks
};
// In order; code spans are left out.
std::vector<MathSpan> findMath(QStringView markdown);

}  // namespace gui
