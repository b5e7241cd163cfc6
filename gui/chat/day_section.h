// SPDX-License-Identifier: Apache-2.0
// Groups of the sidebar: "Today", "Yesterday", "Previous 7 days", then months.
#pragma once

#include <QDateTime>
#include <QString>

namespace gui {

QString daySection(const QDateTime& time, const QDate& today);
// "14:05" for today, "Tue" within a week, "3 Mar" or "3 Mar 2024" before, in the language of the
// window.
QString shortTime(const QDateTime& time, const QDate& today);

}  // namespace gui
