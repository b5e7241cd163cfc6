// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/message_views.h"

#include <QCoreApplication>
#include <QLocale>

#include "engine/summary.h"
#include "gui/chat/number_text.h"
#include "gui/documents/attachment_list_model.h"
#include "gui/roles/role_list_model.h"

namespace gui {
namespace {

AttachmentView attachmentView(const AttachmentRow& row) {
  QStringList detail;
  if (row.hasRealPages) {
    detail.append(pagesText(row.numPages));
  }
  if (row.tokens >= 0) {
    detail.append(tokensText(row.tokens));
  }
  return {row.id, row.name, AttachmentListModel::attachmentIcon(row.type),
          detail.join(QStringLiteral(" · "))};
}

// The role of the user message before this one on its path; empty for the first.
QString roleBefore(const MessageTree& tree, qint64 id) {
  for (qint64 at = tree.at(id).parentId; at != 0; at = tree.at(at).parentId) {
    if (tree.at(at).author == Author::User) {
      return tree.at(at).roleId;
    }
  }
  return {};
}

// The request behind the button Summarise is long; it is shown by its name.
QString titleOfRequest(const QString& text) {
  return asksForSummary(text) ? QCoreApplication::translate("Figures", "Summarise the document")
                              : QString();
}

}  // namespace

bool asksForSummary(const QString& text) {
  const std::string question = text.toStdString();
  return question == engine::summary_instruction("en") ||
         question == engine::summary_instruction("zh_CN");
}

QStringList answerFigures(const AnswerResult& result) {
  if (result.completionTokens == 0) {
    return {};
  }
  QStringList parts;
  const QLocale locale;
  if (result.tokensPerSecond > 0) {
    const int digits = result.tokensPerSecond < 10 ? 1 : 0;
    parts.append(QCoreApplication::translate("Figures", "%1 tok/s")
                     .arg(locale.toString(result.tokensPerSecond, 'f', digits)));
  }
  if (result.ttftMs > 0) {
    parts.append(QCoreApplication::translate("Figures", "first token %1 s")
                     .arg(locale.toString(result.ttftMs / 1000, 'f', 2)));
  }
  parts.append(QCoreApplication::translate("Figures", "%1 reused, %2 computed")
                   .arg(numberText(result.cachedTokens),
                        numberText(result.promptTokens - result.cachedTokens)));
  return parts;
}

MessageView messageView(const MessageTree& tree, const RoleListModel& roles, qint64 id) {
  const MessageRow& row = tree.at(id);
  const QList<qint64> versions = tree.versions(id);
  MessageView view;
  view.id = row.id;
  view.fromUser = row.author == Author::User;
  view.text = row.text;
  view.title = view.fromUser ? titleOfRequest(row.text) : QString();
  for (const AttachmentRow& attachment : row.attachments) {
    view.attachments.append(attachmentView(attachment));
  }
  if (!row.sections.isEmpty() && row.state != MessageState::Streaming) {
    view.sections.append(
        {QCoreApplication::translate("Figures",
                                     "Later questions see these summaries, not the text"),
         {},
         QCoreApplication::translate(
             "Figures",
             "The document is longer than the model's context, so it was read section by section. "
             "Answers to further questions come from the section summaries below. To ask about the "
             "text itself, attach only the pages you need, or use a larger context.")});
  }
  for (const SectionRow& section : row.sections) {
    view.sections.append(
        {section.title, pageRangeText(section.firstPage, section.lastPage), section.text});
  }
  const bool known = roles.contains(row.roleId);
  view.roleName = known ? QString::fromStdString(roles.role(row.roleId).name) : row.roleName;
  view.roleIcon = QString::fromStdString(roles.role(row.roleId).icon);
  if (view.fromUser) {
    const QString before = roleBefore(tree, id);
    view.roleChanged = !before.isEmpty() && before != row.roleId;
  }
  view.versionIndex = static_cast<int>(versions.indexOf(id)) + 1;
  view.versionCount = static_cast<int>(versions.size());
  view.feedback = row.feedback;
  view.streaming = row.state == MessageState::Streaming;
  const QString& reason = row.result.finishReason;
  view.stopped = reason == QLatin1String("abort") || reason == QLatin1String("length") ||
                 reason == QLatin1String("interrupted");
  view.errorText = reason == QLatin1String("error") ? row.result.error : QString();
  view.figures = answerFigures(row.result);
  return view;
}

QList<MessageView> messageViews(const MessageTree& tree, const RoleListModel& roles) {
  QList<MessageView> views;
  for (const qint64 id : tree.path()) {
    views.append(messageView(tree, roles, id));
  }
  return views;
}

}  // namespace gui
