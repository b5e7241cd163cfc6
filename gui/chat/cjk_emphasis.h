// SPDX-License-Identifier: Apache-2.0
// Bold text next to Chinese, Japanese and Korean, where no blank stands between words.
//
// CommonMark takes ** for a mark only beside a blank or punctuation on the right side, so
// "**注意：**说明" would show its stars. Where a pair of ** is meant, a blank that nobody writes
// (U+1680) is put beside the mark for the parser and taken out of what it reports. Pure; linear.
#pragma once

#include <QString>
#include <QStringView>

namespace gui {

inline constexpr char16_t kEmphasisBlank = 0x1680;

QString withEmphasisBlanks(QStringView markdown);

}  // namespace gui
