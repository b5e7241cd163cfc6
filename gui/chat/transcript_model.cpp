// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/transcript_model.h"

#include <algorithm>
#include <utility>

#include "gui/chat/transcript_rows.h"

namespace gui {
namespace {

QVariantMap tableMap(const TableData& table) {
  QVariantList rows;
  for (const QStringList& row : table.rows) {
    rows.append(QVariant(row));
  }
  return {{QStringLiteral("columns"), table.header.size()},
          {QStringLiteral("alignments"), table.alignments},
          {QStringLiteral("header"), table.header},
          {QStringLiteral("rows"), rows}};
}

}  // namespace

TranscriptModel::TranscriptModel(QObject* parent) : QAbstractListModel(parent) {}
TranscriptModel::~TranscriptModel() = default;

int TranscriptModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int TranscriptModel::count() const { return rowCount(); }

QHash<int, QByteArray> TranscriptModel::roleNames() const {
  return {{KindRole, "kind"},
          {MessageIdRole, "messageId"},
          {AuthorRole, "author"},
          {HtmlRole, "html"},
          {TextRole, "text"},
          {LanguageRole, "language"},
          {TitleRole, "title"},
          {IconRole, "icon"},
          {DetailRole, "detail"},
          {TableRole, "table"},
          {LevelRole, "level"},
          {HeadingRole, "heading"},
          {MarkerRole, "marker"},
          {QuoteRole, "quote"},
          {TightRole, "tight"},
          {StreamingRole, "streaming"},
          {IsLastAnswerRole, "isLastAnswer"},
          {VersionIndexRole, "versionIndex"},
          {VersionCountRole, "versionCount"},
          {FeedbackRole, "feedback"},
          {FiguresRole, "figures"},
          {StoppedRole, "stopped"},
          {ErrorTextRole, "errorText"},
          {AttachmentIdRole, "attachmentId"}};
}

QVariant TranscriptModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const TranscriptRow& row = rows_[static_cast<size_t>(index.row())];
  const bool last = index.row() == count() - 1;
  switch (role) {
    case KindRole:
      return row.kind;
    case MessageIdRole:
      return row.messageId;
    case HtmlRole:
      return row.block.html;
    case Qt::DisplayRole:
    case TextRole:
      return row.block.text;
    case LanguageRole:
      return row.block.language;
    case TitleRole:
      return row.title;
    case IconRole:
      return row.icon;
    case DetailRole:
      return row.detail;
    case TableRole:
      return row.kind == Table ? QVariant(tableMap(row.block.table)) : QVariant(QVariantMap());
    case LevelRole:
      return row.block.level;
    case HeadingRole:
      return row.block.heading;
    case MarkerRole:
      return row.block.marker;
    case QuoteRole:
      return row.block.quote;
    case TightRole:
      return row.block.tight;
    case StreamingRole:
      return last && row.messageId == streamingId_ && streamingId_ != 0 && row.kind != Header;
    case IsLastAnswerRole:
      return row.messageId == lastAnswerId_;
    case AttachmentIdRole:
      return row.attachmentId;
    default:
      return messageData(row.messageId, role);
  }
}

QVariant TranscriptModel::messageData(qint64 messageId, int role) const {
  const auto found = messages_.constFind(messageId);
  if (found == messages_.constEnd()) {
    return {};
  }
  switch (role) {
    case AuthorRole:
      return found->fromUser ? QStringLiteral("user") : QStringLiteral("assistant");
    case VersionIndexRole:
      return found->versionIndex;
    case VersionCountRole:
      return found->versionCount;
    case FeedbackRole:
      return found->feedback;
    case FiguresRole:
      return found->figures;
    case StoppedRole:
      return found->stopped;
    case ErrorTextRole:
      return found->errorText;
    default:
      return {};
  }
}

int TranscriptModel::rowOfMessage(qint64 messageId) const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(),
                   [messageId](const TranscriptRow& row) { return row.messageId == messageId; });
  return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

int TranscriptModel::endOfMessage(int first) const {
  const qint64 id = rows_[static_cast<size_t>(first)].messageId;
  int end = first;
  while (end < count() && rows_[static_cast<size_t>(end)].messageId == id) {
    ++end;
  }
  return end;
}

void TranscriptModel::reset(const QList<MessageView>& messages) {
  std::vector<TranscriptRow> rows;
  for (const MessageView& message : messages) {
    for (TranscriptRow& row : transcriptRows(message)) {
      rows.push_back(std::move(row));
    }
  }
  reset(messages, std::move(rows));
}

void TranscriptModel::reset(const QList<MessageView>& messages, std::vector<TranscriptRow> rows) {
  beginResetModel();
  rows_ = std::move(rows);
  messages_.clear();
  lastAnswerId_ = 0;
  setStreamingId(0);
  for (const MessageView& message : messages) {
    messages_.insert(message.id, message);
    if (!message.fromUser) {
      lastAnswerId_ = message.id;
    }
  }
  endResetModel();
  emit countChanged();
}

void TranscriptModel::append(const MessageView& message) {
  messages_.insert(message.id, message);
  std::vector<TranscriptRow> rows;
  if (message.streaming) {
    rows = transcriptOpening(message);
    streamingFirst_ = count() + static_cast<int>(rows.size());
    parser_ = BlockParser();
    rows.push_back({TranscriptModel::Rich, message.id});  // the place of the caret
    setStreamingId(message.id);
  } else {
    rows = transcriptRows(message);
  }
  replaceRows(count(), count(), std::move(rows));
  if (!message.fromUser) {
    setLastAnswer(message.id);
  }
  if (message.streaming && !message.text.isEmpty()) {
    appendText(message.text);
  }
}

void TranscriptModel::update(const MessageView& message) {
  const int first = rowOfMessage(message.id);
  if (first < 0) {
    return;
  }
  messages_.insert(message.id, message);
  if (message.id != streamingId_) {
    replaceRows(first, endOfMessage(first), transcriptRows(message));
  }
}

void TranscriptModel::truncateAfter(qint64 messageId) {
  const int first = messageId == 0 ? 0 : rowOfMessage(messageId);
  if (first < 0) {
    return;
  }
  const int end = messageId == 0 ? 0 : endOfMessage(first);
  for (int row = end; row < count(); ++row) {
    const qint64 id = rows_[static_cast<size_t>(row)].messageId;
    messages_.remove(id);
    if (id == streamingId_) {
      setStreamingId(0);
    }
  }
  replaceRows(end, count(), {});
  const auto answer = std::find_if(rows_.rbegin(), rows_.rend(),
                                   [](const TranscriptRow& row) { return row.kind == Header; });
  setLastAnswer(answer == rows_.rend() ? 0 : answer->messageId);
}

void TranscriptModel::appendText(const QString& added) {
  if (streamingId_ != 0) {
    applyChange(parser_.append(added));
  }
}

void TranscriptModel::finish(const MessageView& message) {
  if (message.id != streamingId_ || streamingId_ == 0) {
    update(message);
    return;
  }
  messages_.insert(message.id, message);
  applyChange(parser_.finish());
  parser_ = BlockParser();
  setStreamingId(0);
  std::vector<TranscriptRow> rows = transcriptClosing(message);
  const bool placeholder =
      streamingFirst_ < count() && rows_.back().kind == Rich && rows_.back().block == Block();
  const int end = placeholder && streamingFirst_ == count() - 1 ? streamingFirst_ : count();
  if (end > 0) {
    emit dataChanged(index(end - 1), index(end - 1), {StreamingRole});
  }
  replaceRows(end, count(), std::move(rows));
}

// Replaces the blocks of the streaming answer from change.first on.
void TranscriptModel::applyChange(const BlockChange& change) {
  std::vector<TranscriptRow> rows;
  rows.reserve(change.blocks.size());
  for (const Block& block : change.blocks) {
    rows.push_back(transcriptBlock(streamingId_, block));
  }
  const int first = streamingFirst_ + change.first;
  if (rows.empty() && first == streamingFirst_) {
    rows.push_back({TranscriptModel::Rich, streamingId_});
  }
  replaceRows(first, count(), std::move(rows));
}

// Rows [first, end) become `rows`: what is alike stays, a row of the same kind changes, the rest
// goes or comes.
void TranscriptModel::replaceRows(int first, int end, std::vector<TranscriptRow> rows) {
  const int before = count();
  const int numNew = static_cast<int>(rows.size());
  int common = 0;
  while (common < numNew && first + common < end) {
    TranscriptRow& old = rows_[static_cast<size_t>(first + common)];
    TranscriptRow& next = rows[static_cast<size_t>(common)];
    if (old.kind != next.kind) {
      break;
    }
    changeRow(first + common, std::move(next));
    ++common;
  }
  if (first + common < end) {
    beginRemoveRows({}, first + common, end - 1);
    rows_.erase(rows_.begin() + first + common, rows_.begin() + end);
    endRemoveRows();
  }
  if (common < numNew) {
    const bool atEnd = first + common == count();
    beginInsertRows({}, first + common, first + numNew - 1);
    rows_.insert(rows_.begin() + first + common, std::make_move_iterator(rows.begin() + common),
                 std::make_move_iterator(rows.end()));
    endInsertRows();
    if (atEnd && streamingId_ != 0 && first + common > 0) {
      emit dataChanged(index(first + common - 1), index(first + common - 1), {StreamingRole});
    }
  }
  if (count() != before) {
    emit countChanged();
  }
}

void TranscriptModel::changeRow(int row, TranscriptRow next) {
  TranscriptRow& old = rows_[static_cast<size_t>(row)];
  const bool isMessageRow = next.kind == Header || next.kind == Footer || next.kind == ErrorNote;
  if (old == next && !isMessageRow) {
    return;
  }
  if (next.kind == Code && next.block.text.size() > old.block.text.size() &&
      next.block.text.startsWith(old.block.text)) {
    const QString added = next.block.text.mid(old.block.text.size());
    old = std::move(next);
    emit textAppended(row, added);
    emit dataChanged(index(row), index(row), {TextRole, LanguageRole, LevelRole});
    return;
  }
  old = std::move(next);
  emit dataChanged(index(row), index(row));
}

void TranscriptModel::setStreamingId(qint64 id) {
  if (streamingId_ != id) {
    streamingId_ = id;
    emit streamingChanged();
  }
}

void TranscriptModel::setLastAnswer(qint64 id) {
  const qint64 old = std::exchange(lastAnswerId_, id);
  if (old == id) {
    return;
  }
  for (const qint64 each : {old, id}) {
    const int first = each == 0 ? -1 : rowOfMessage(each);
    if (first >= 0) {
      emit dataChanged(index(first), index(endOfMessage(first) - 1), {IsLastAnswerRole});
    }
  }
}

}  // namespace gui
