// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/transcript_rows.h"

#include <utility>

#include "gui/chat/block_parser.h"
#include "gui/chat/markdown_blocks.h"
#include "gui/chat/text_safety.h"

namespace gui {
namespace {

TranscriptModel::RowKind kindOf(Block::Kind kind) {
  switch (kind) {
    case Block::Kind::Rich:
      return TranscriptModel::Rich;
    case Block::Kind::Code:
      return TranscriptModel::Code;
    case Block::Kind::Table:
      return TranscriptModel::Table;
    case Block::Kind::Rule:
      return TranscriptModel::Rule;
  }
  return TranscriptModel::Rich;
}

}  // namespace

std::vector<TranscriptRow> transcriptOpening(const MessageView& message) {
  std::vector<TranscriptRow> rows;
  const auto add = [&](TranscriptModel::RowKind kind) -> TranscriptRow& {
    rows.push_back({kind, message.id});
    return rows.back();
  };
  if (message.roleChanged) {
    TranscriptRow& row = add(TranscriptModel::RoleChange);
    row.title = message.roleName;
    row.icon = message.roleIcon;
  }
  if (!message.fromUser) {
    TranscriptRow& row = add(TranscriptModel::Header);
    row.title = message.roleName;
    row.icon = message.roleIcon;
    return rows;
  }
  for (const AttachmentView& attachment : message.attachments) {
    TranscriptRow& row = add(TranscriptModel::Attachment);
    row.title = visibleText(attachment.name);
    row.icon = attachment.icon;
    row.detail = attachment.detail;
    row.attachmentId = attachment.id;
  }
  if (!message.text.isEmpty()) {
    TranscriptRow& row = add(TranscriptModel::UserText);
    row.title = message.title;
    row.block.text = message.text;
  }
  return rows;
}

std::vector<TranscriptRow> transcriptClosing(const MessageView& message) {
  std::vector<TranscriptRow> rows;
  if (!message.errorText.isEmpty()) {
    rows.push_back({TranscriptModel::ErrorNote, message.id});
  }
  for (const SectionView& section : message.sections) {
    TranscriptRow row{TranscriptModel::Section, message.id};
    row.title = visibleText(section.title);
    row.detail = section.pages;
    row.block.tight = &section != &message.sections.front();
    row.block.text = section.text;
    row.block.html = flatHtml(BlockParser::parse(section.text));
    rows.push_back(std::move(row));
  }
  rows.push_back({TranscriptModel::Footer, message.id});
  return rows;
}

TranscriptRow transcriptBlock(qint64 messageId, Block block) {
  TranscriptRow row{kindOf(block.kind), messageId};
  row.block = std::move(block);
  return row;
}

std::vector<TranscriptRow> transcriptRows(const MessageView& message) {
  std::vector<TranscriptRow> rows = transcriptOpening(message);
  if (!message.fromUser) {
    for (Block& block : BlockParser::parse(message.text)) {
      rows.push_back(transcriptBlock(message.id, std::move(block)));
    }
  }
  for (TranscriptRow& row : transcriptClosing(message)) {
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace gui
