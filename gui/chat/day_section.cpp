// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/day_section.h"

#include <QCoreApplication>
#include <QLocale>

namespace gui {
namespace {

bool chinese() { return QLocale().language() == QLocale::Chinese; }

}  // namespace

QString daySection(const QDateTime& time, const QDate& today) {
  const QDate day = time.toLocalTime().date();
  const qint64 age = day.daysTo(today);
  if (age <= 0) {
    return QCoreApplication::translate("DaySection", "Today");
  }
  if (age == 1) {
    return QCoreApplication::translate("DaySection", "Yesterday");
  }
  if (age <= 7) {
    return QCoreApplication::translate("DaySection", "Previous 7 days");
  }
  if (chinese()) {
    return day.toString(day.year() == today.year() ? QStringLiteral("M月")
                                                   : QStringLiteral("yyyy年M月"));
  }
  const QString month = QLocale().standaloneMonthName(day.month(), QLocale::LongFormat);
  return day.year() == today.year() ? month : month + u' ' + QString::number(day.year());
}

QString shortTime(const QDateTime& time, const QDate& today) {
  const QDateTime local = time.toLocalTime();
  const qint64 age = local.date().daysTo(today);
  if (age <= 0) {
    return QLocale().toString(local.time(), QLocale::ShortFormat);
  }
  if (age < 7) {
    return QLocale().standaloneDayName(local.date().dayOfWeek(), QLocale::ShortFormat);
  }
  const bool thisYear = local.date().year() == today.year();
  if (chinese()) {
    return local.date().toString(thisYear ? QStringLiteral("M月d日")
                                          : QStringLiteral("yyyy年M月d日"));
  }
  return QLocale().toString(local.date(),
                            thisYear ? QStringLiteral("d MMM") : QStringLiteral("d MMM yyyy"));
}

}  // namespace gui
