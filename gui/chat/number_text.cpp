// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/number_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace gui {

QString numberText(qint64 number) { return QLocale().toString(number); }

QString tokensText(qint64 tokens) {
  return tokens == 1 ? QCoreApplication::translate("Figures", "1 token")
                     : QCoreApplication::translate("Figures", "%1 tokens").arg(numberText(tokens));
}

QString pagesText(int pages) {
  return pages == 1 ? QCoreApplication::translate("Figures", "1 page")
                    : QCoreApplication::translate("Figures", "%1 pages").arg(numberText(pages));
}

QString pageRangeText(int first, int last) {
  return first == last ? QCoreApplication::translate("Figures", "Page %1").arg(numberText(first))
                       : QCoreApplication::translate("Figures", "Pages %1–%2")
                             .arg(numberText(first), numberText(last));
}

QString memoryText(qint64 bytes) {
  // Two digits at least: "7.6 GiB", "23 GiB", "384 MiB".
  const qint64 unit = bytes >= (1ll << 30) ? 1ll << 30 : 1ll << 20;
  // The number and its unit stay in one line.
  return QLocale()
      .formattedDataSize(bytes, bytes >= 10 * unit || bytes < unit ? 0 : 1,
                         QLocale::DataSizeIecFormat)
      .replace(u' ', QChar(QChar::Nbsp));
}

}  // namespace gui
