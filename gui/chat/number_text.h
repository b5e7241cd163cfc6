// SPDX-License-Identifier: Apache-2.0
// Figures for people, in the language of the window.
#pragma once

#include <QString>

namespace gui {

QString tokensText(qint64 tokens);           // "4,210 tokens"
QString pagesText(int pages);                // "12 pages"
QString numberText(qint64 number);           // "4,210"
QString memoryText(qint64 bytes);            // "7.6 GiB"
QString pageRangeText(int first, int last);  // "Page 3", "Pages 3–9"

}  // namespace gui
