// SPDX-License-Identifier: Apache-2.0
// What a conversation shows: one row = one block (a paragraph run, a code block, a table, a
// header), not a message.
//
// Rows of finished blocks never change while an answer streams; the last row changes through
// dataChanged, and a code row also announces what was added (textAppended), so that its delegate
// can insert() instead of setting the text. `html` holds only what HtmlWriter writes (a fixed list
// of tags, text escaped, http/https/mailto links); every other string is plain text and must be
// shown with Text.PlainText. GUI thread only.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QAbstractListModel>
#include <QHash>
#include <vector>

#include "gui/chat/block_parser.h"
#include "gui/chat/message_view.h"

namespace gui {

struct TranscriptRow;

class TranscriptModel : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by a ChatSession")
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(bool streaming READ streaming NOTIFY streamingChanged)

 public:
  enum RowKind {
    UserText,    // a user's message: `text`; `title` when Fireside wrote it
    Header,      // who answers: `title` (role name), `icon`
    Rich,        // a paragraph, heading or list item: `html`; `heading` = 1 to 6 for a heading
    Code,        // `text`, `language`
    Table,       // `table`
    Rule,        // a thematic break
    Attachment,  // `title` file name, `icon`, `detail`, `attachmentId`
    RoleChange,  // `title` role name, `icon`: from here on another role answers
    ErrorNote,   // `errorText`: this answer failed
    Section,     // a section summary: `title`, `detail` (pages), `text` (Markdown), `html`
    Footer,      // below a message: versions, feedback, statistics, actions
  };
  Q_ENUM(RowKind)

  enum Role {
    KindRole = Qt::UserRole + 1,
    MessageIdRole,
    AuthorRole,  // "user" or "assistant"
    HtmlRole,
    TextRole,
    LanguageRole,
    TitleRole,
    IconRole,
    DetailRole,
    TableRole,      // {columns, alignments: ["", "left", "center", "right"], header: [html], rows:
                    // [[html]]}
    LevelRole,      // list depth of Rich, Code, Table, Rule
    HeadingRole,    // 0, or 1 to 6
    MarkerRole,     // "•", "3.", "☐": drawn left of the text
    QuoteRole,      // depth of quotes around it
    TightRole,      // little space to the row above
    StreamingRole,  // this row still grows
    IsLastAnswerRole,  // belongs to the last answer of the conversation
    VersionIndexRole,  // from 1
    VersionCountRole,
    FeedbackRole,  // -1, 0, 1
    FiguresRole,
    StoppedRole,  // the person or the length limit ended this answer early
    ErrorTextRole,
    AttachmentIdRole,
  };

  explicit TranscriptModel(QObject* parent = nullptr);
  ~TranscriptModel() override;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  int count() const;
  bool streaming() const { return streamingId_ != 0; }

  // First row of a message, -1 when it is not shown.
  Q_INVOKABLE int rowOfMessage(qint64 messageId) const;

  // Shows these messages and nothing else.
  void reset(const QList<MessageView>& messages);
  // The same with their rows, made by transcriptRows() on another thread.
  void reset(const QList<MessageView>& messages, std::vector<TranscriptRow> rows);
  // Adds a message at the end; a streaming one gets its text through appendText().
  void append(const MessageView& message);
  // Shows a message anew (feedback, versions, text of a finished answer, error); rows of other
  // messages stay.
  void update(const MessageView& message);
  // Removes the messages behind this one, not the message itself. 0 removes all.
  void truncateAfter(qint64 messageId);
  // Grows the streaming answer, the last message.
  void appendText(const QString& added);
  // The streaming answer is complete; `message` holds its final text, statistics and error.
  void finish(const MessageView& message);

 signals:
  void countChanged();
  void streamingChanged();
  // Code row `row` grew by `added` at its end; dataChanged for its text follows.
  void textAppended(int row, const QString& added);

 private:
  QVariant messageData(qint64 messageId, int role) const;
  void replaceRows(int first, int end, std::vector<TranscriptRow> rows);
  void changeRow(int row, TranscriptRow next);
  void applyChange(const BlockChange& change);
  void setLastAnswer(qint64 id);
  void setStreamingId(qint64 id);
  int endOfMessage(int first) const;

  std::vector<TranscriptRow> rows_;
  QHash<qint64, MessageView> messages_;  // those shown
  qint64 streamingId_ = 0;
  qint64 lastAnswerId_ = 0;
  int streamingFirst_ = 0;  // row of the first block of the streaming answer
  BlockParser parser_;
};

}  // namespace gui
