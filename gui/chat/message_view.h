// SPDX-License-Identifier: Apache-2.0
// One message as the transcript needs it: plain values, no store, no engine.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace gui {

struct AttachmentView {
  qint64 id = 0;
  QString name;    // file name, plain text
  QString icon;    // name of an icon
  QString detail;  // "12 pages · 4,210 tokens"
};

// A summary of a part of a document, kept below the answer that was made from it.
struct SectionView {
  QString title;
  QString pages;  // "Pages 3–9"
  QString text;   // Markdown
};

struct MessageView {
  qint64 id = 0;
  bool fromUser = false;
  QString text;   // plain for the user, Markdown for the assistant
  QString title;  // what a text asks that Fireside wrote for the user; else empty
  QList<AttachmentView> attachments;
  QList<SectionView> sections;
  QString roleName;  // header of an answer
  QString roleIcon;
  bool roleChanged = false;  // a marker row stands before this message
  int versionIndex = 1;      // from 1
  int versionCount = 1;
  int feedback = 0;
  bool streaming = false;
  bool stopped = false;
  QString errorText;
  QStringList figures;  // of the answer, the most important first
};

}  // namespace gui
