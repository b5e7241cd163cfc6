// SPDX-License-Identifier: Apache-2.0
#include "gui/documents/attachment_rows.h"

namespace gui {

AttachmentRow toRow(const engine::Document& document) {
  AttachmentRow row;
  row.name = QString::fromStdString(document.name);
  row.type = QString::fromStdString(document.type);
  row.sha256 = QString::fromStdString(document.sha256);
  row.fileBytes = document.file_bytes;
  row.encoding = QString::fromStdString(document.encoding);
  row.hasRealPages = document.has_real_pages;
  row.emptyPages = QList<int>(document.empty_pages.begin(), document.empty_pages.end());
  row.numPages = static_cast<int>(document.pages.size());
  row.pages.reserve(row.numPages);
  for (const std::string& page : document.pages) {
    row.pages.append(QString::fromStdString(page));
  }
  return row;
}

engine::Document toDocument(const AttachmentRow& row) {
  engine::Document document;
  document.name = row.name.toStdString();
  document.type = row.type.toStdString();
  document.sha256 = row.sha256.toStdString();
  document.file_bytes = row.fileBytes;
  document.encoding = row.encoding.toStdString();
  document.has_real_pages = row.hasRealPages;
  document.empty_pages.assign(row.emptyPages.begin(), row.emptyPages.end());
  document.pages.reserve(static_cast<size_t>(row.pages.size()));
  for (const QString& page : row.pages) {
    document.pages.push_back(page.toStdString());
  }
  return document;
}

}  // namespace gui
