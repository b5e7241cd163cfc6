// SPDX-License-Identifier: Apache-2.0
#include "gui/store/export.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace gui {
namespace {

QString words(const char* text) { return QCoreApplication::translate("gui::Export", text); }

QString isoTime(qint64 time) {
  return QDateTime::fromMSecsSinceEpoch(time, Qt::UTC).toString(Qt::ISODateWithMs);
}

// For headings and lists: one line, nothing in it is Markdown.
QString escaped(const QString& text) {
  QString line;
  for (const QChar c : text.simplified()) {
    if (QStringLiteral("\\`*_[]<>#|~").contains(c)) line += u'\\';
    line += c;
  }
  return line;
}

void writeMessage(const MessageRow& message, QString* out) {
  const QString time = QDateTime::fromMSecsSinceEpoch(message.createdAt)
                           .toString(QStringLiteral("yyyy-MM-dd hh:mm"));
  QString who = words(QT_TRANSLATE_NOOP("gui::Export", "You"));
  if (message.author == Author::Assistant) {
    who = message.roleName.isEmpty() ? words(QT_TRANSLATE_NOOP("gui::Export", "Assistant"))
                                     : escaped(message.roleName);
    if (!message.modelName.isEmpty())
      who += QStringLiteral(" (") + escaped(message.modelName) + u')';
  }
  *out += QStringLiteral("\n## %1 · %2\n\n").arg(who, time);
  for (const AttachmentRow& attachment : message.attachments) {
    const QString line = words(QT_TRANSLATE_NOOP("gui::Export", "Attachment: %1 (pages: %2)"));
    *out +=
        QStringLiteral("- ") + line.arg(escaped(attachment.name)).arg(attachment.numPages) + u'\n';
  }
  if (!message.attachments.isEmpty()) *out += u'\n';
  for (const SectionRow& section : message.sections) {
    const QString title = section.title.isEmpty() ? QString() : u' ' + escaped(section.title);
    *out += QStringLiteral("### %1–%2%3\n\n%4\n\n")
                .arg(section.firstPage)
                .arg(section.lastPage)
                .arg(title, section.text.trimmed());
  }
  *out += message.text.trimmed() + u'\n';
  if (!message.result.error.isEmpty())
    *out += QStringLiteral("\n> ") + escaped(message.result.error) + u'\n';
}

QJsonObject toJson(const AnswerResult& result) {
  return {{QStringLiteral("finish_reason"), result.finishReason},
          {QStringLiteral("error"), result.error},
          {QStringLiteral("prompt_tokens"), result.promptTokens},
          {QStringLiteral("cached_tokens"), result.cachedTokens},
          {QStringLiteral("completion_tokens"), result.completionTokens},
          {QStringLiteral("queue_ms"), result.queueMs},
          {QStringLiteral("ttft_ms"), result.ttftMs},
          {QStringLiteral("total_ms"), result.totalMs},
          {QStringLiteral("tokens_per_s"), result.tokensPerSecond}};
}

QJsonArray links(const QList<AttachmentRow>& attachments) {
  QJsonArray array;
  for (const AttachmentRow& attachment : attachments) {
    array.append(QJsonObject{{QStringLiteral("id"), attachment.id},
                             {QStringLiteral("name"), attachment.name}});
  }
  return array;
}

QJsonObject toJson(const MessageRow& message) {
  QJsonArray sections;
  for (const SectionRow& section : message.sections) {
    sections.append(QJsonObject{{QStringLiteral("title"), section.title},
                                {QStringLiteral("first_page"), section.firstPage},
                                {QStringLiteral("last_page"), section.lastPage},
                                {QStringLiteral("text"), section.text}});
  }
  QJsonObject json{
      {QStringLiteral("id"), message.id},
      {QStringLiteral("parent"), message.parentId},
      {QStringLiteral("author"),
       message.author == Author::User ? QStringLiteral("user") : QStringLiteral("assistant")},
      {QStringLiteral("created_at"), isoTime(message.createdAt)},
      {QStringLiteral("role"), message.roleId},
      {QStringLiteral("role_name"), message.roleName},
      {QStringLiteral("text"), message.text},
      {QStringLiteral("attachments"), links(message.attachments)}};
  if (message.author == Author::Assistant) {
    json[QStringLiteral("model")] = message.modelName;
    json[QStringLiteral("streaming")] = message.state == MessageState::Streaming;
    json[QStringLiteral("result")] = toJson(message.result);
    json[QStringLiteral("feedback")] = message.feedback;
    json[QStringLiteral("sections")] = sections;
  }
  return json;
}

QJsonObject toJson(const AttachmentRow& row) {
  QJsonArray empty;
  for (const int page : row.emptyPages) empty.append(page);
  QJsonObject json{{QStringLiteral("id"), row.id},
                   {QStringLiteral("sha256"), row.sha256},
                   {QStringLiteral("name"), row.name},
                   {QStringLiteral("type"), row.type},
                   {QStringLiteral("file_bytes"), row.fileBytes},
                   {QStringLiteral("encoding"), row.encoding},
                   {QStringLiteral("has_real_pages"), row.hasRealPages},
                   {QStringLiteral("empty_pages"), empty},
                   {QStringLiteral("num_pages"), row.numPages}};
  if (!row.pages.isEmpty()) json[QStringLiteral("pages")] = QJsonArray::fromStringList(row.pages);
  return json;
}

}  // namespace

QList<qsizetype> messagePath(const ConversationData& data, qint64 leafId) {
  QHash<qint64, qsizetype> index;
  for (qsizetype i = 0; i < data.messages.size(); ++i) index.insert(data.messages[i].id, i);
  QList<qsizetype> path;
  for (qint64 id = leafId; index.contains(id) && path.size() <= data.messages.size();) {
    path.append(index.value(id));
    id = data.messages[path.last()].parentId;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

QString toMarkdown(const ConversationData& data) {
  QString out = QStringLiteral("# ") + escaped(data.conversation.title) + u'\n';
  for (const qsizetype i : messagePath(data, data.conversation.leafId))
    writeMessage(data.messages[i], &out);
  return out;
}

QByteArray toJson(const ConversationData& data, const QList<AttachmentRow>& attachments) {
  const ConversationRow& row = data.conversation;
  QJsonArray messages;
  QList<AttachmentRow> all = attachments;
  const auto note = [&all](const QList<AttachmentRow>& used) {
    for (const AttachmentRow& attachment : used) {
      const auto same = [&](const AttachmentRow& known) { return known.id == attachment.id; };
      if (std::none_of(all.cbegin(), all.cend(), same)) all.append(attachment);
    }
  };
  for (const MessageRow& message : data.messages) {
    messages.append(toJson(message));
    note(message.attachments);
  }
  note(data.draft.attachments);
  std::sort(all.begin(), all.end(),
            [](const AttachmentRow& a, const AttachmentRow& b) { return a.id < b.id; });
  QJsonArray files;
  for (const AttachmentRow& attachment : all) files.append(toJson(attachment));
  const QJsonObject json{
      {QStringLiteral("format"), QStringLiteral("fireside-conversation")},
      {QStringLiteral("version"), 1},
      {QStringLiteral("conversation"),
       QJsonObject{
           {QStringLiteral("id"), row.id},
           {QStringLiteral("title"), row.title},
           {QStringLiteral("title_by_user"), row.titleByUser},
           {QStringLiteral("created_at"), isoTime(row.createdAt)},
           {QStringLiteral("updated_at"), isoTime(row.updatedAt)},
           {QStringLiteral("role"), row.roleId},
           {QStringLiteral("sampling"), QJsonDocument::fromJson(row.sampling.toUtf8()).object()},
           {QStringLiteral("leaf"), row.leafId}}},
      {QStringLiteral("messages"), messages},
      {QStringLiteral("draft"),
       QJsonObject{{QStringLiteral("text"), data.draft.text},
                   {QStringLiteral("attachments"), links(data.draft.attachments)}}},
      {QStringLiteral("attachments"), files}};
  return QJsonDocument(json).toJson(QJsonDocument::Indented);
}

}  // namespace gui
