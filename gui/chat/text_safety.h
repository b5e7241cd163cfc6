// SPDX-License-Identifier: Apache-2.0
// Characters that can make a text look like something it is not: bidirectional controls, invisible
// ones, tags. Pure functions on untrusted text; linear.
#pragma once

#include <QString>
#include <QStringView>

namespace gui {

// For code and file names: every control and invisible character becomes a visible mark such as
// [U+202E]. Tabs and line ends stay.
QString visibleText(QStringView text);

// For prose: bidirectional embeddings and overrides and stray tag characters become marks; joiners,
// which Arabic and emoji need, and isolates, which end with the paragraph, stay. Control characters
// become U+FFFD.
QString proseText(QStringView text);

// True for an address that may be opened: http, https or mailto, without control characters, at
// most 2,000 long.
bool isSafeLink(QStringView link);

// The address as it really is: host in punycode when it is not plain ASCII, control characters
// marked.
QString readableLink(const QString& link);

}  // namespace gui
