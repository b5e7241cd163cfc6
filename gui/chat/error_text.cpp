// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/error_text.h"

#include <QCoreApplication>
#include <QList>
#include <QRegularExpression>
#include <optional>

#include "gui/chat/error_phrases.h"
#include "gui/chat/number_text.h"

namespace gui {
namespace {

constexpr char kContext[] = "EngineWords";

struct Phrase {
  const char* source;
  QRegularExpression form;
};

QRegularExpression formOf(const char* source) {
  static const QRegularExpression kPlace(QStringLiteral("%[1-9]"));
  QString pattern;
  qsizetype end = 0;
  const QString text = QString::fromUtf8(source);
  for (auto places = kPlace.globalMatch(text); places.hasNext();) {
    const QRegularExpressionMatch place = places.next();
    pattern += QRegularExpression::escape(text.mid(end, place.capturedStart() - end)) +
               QStringLiteral("(.+?)");
    end = place.capturedEnd();
  }
  pattern += QRegularExpression::escape(text.mid(end));
  return QRegularExpression(QRegularExpression::anchoredPattern(pattern),
                            QRegularExpression::DotMatchesEverythingOption);
}

// In one pass: a name that holds "%2" stays a name.
QString filled(const QString& text, const QStringList& values) {
  QString result;
  for (qsizetype i = 0; i < text.size(); ++i) {
    const int place = i + 1 < text.size() && text[i] == u'%' ? text[i + 1].digitValue() : -1;
    if (place >= 1 && place < values.size()) {
      result += values[place];
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

// The engine writes "8.04 GB", in decimal; the window writes all sizes in one way.
QString withOurSizes(QString text) {
  static const QRegularExpression kSize(QStringLiteral("\\b(\\d+\\.\\d\\d) GB\\b"));
  for (auto size = kSize.match(text); size.hasMatch(); size = kSize.match(text)) {
    text.replace(size.capturedStart(), size.capturedLength(),
                 memoryText(static_cast<qint64>(size.captured(1).toDouble() * 1e9)));
  }
  return text;
}

// Nothing when the language has no translation: then English is shown.
std::optional<QString> translated(const char* source) {
  const QString text = QCoreApplication::translate(kContext, source);
  return text == QString::fromUtf8(source) ? std::nullopt : std::optional(text);
}

// The same in English, with the options as the settings name them.
QString inOurWords(const char* source) {
  QString text = QString::fromUtf8(source);
  for (const auto& [option, words] : settingNames()) {
    text.replace(QLatin1String(option), QLatin1String(words));
  }
  return text;
}

std::optional<QString> knownPhrase(const QString& message) {
  static const QList<Phrase> kForms = [] {
    QList<Phrase> forms;
    for (const char* source : enginePhrases()) {
      forms.append({source, formOf(source)});
    }
    return forms;
  }();
  for (const Phrase& phrase : kForms) {
    const QRegularExpressionMatch match = phrase.form.match(message);
    if (!match.hasMatch()) {
      continue;
    }
    const QString text = translated(phrase.source).value_or(inOurWords(phrase.source));
    QStringList values = match.capturedTexts();
    for (qsizetype i = 1; i < values.size(); ++i) {
      values[i] = engineWords(values[i]);
    }
    return filled(text, values);
  }
  return std::nullopt;
}

const char* kindOf(engine::ErrorCode code) {
  switch (code) {
    case engine::ErrorCode::InvalidArgument:
      return QT_TRANSLATE_NOOP("EngineWords", "A value is not valid. Check the settings.");
    case engine::ErrorCode::NotFound:
      return QT_TRANSLATE_NOOP(
          "EngineWords",
          "Something that is needed is not there. Check the folder, or choose another model.");
    case engine::ErrorCode::InvalidFile:
      return QT_TRANSLATE_NOOP("EngineWords", "A file is damaged or incomplete. Get it again.");
    case engine::ErrorCode::Unsupported:
      return QT_TRANSLATE_NOOP("EngineWords",
                               "Fireside does not support this. Use another file or model.");
    case engine::ErrorCode::OutOfMemory:
      return QT_TRANSLATE_NOOP(
          "EngineWords",
          "There is not enough memory. Close other programs, or use something smaller.");
    case engine::ErrorCode::ContextTooLong:
      return QT_TRANSLATE_NOOP("EngineWords",
                               "This does not fit into the context. Shorten it, or choose a larger "
                               "context in the settings.");
    case engine::ErrorCode::PasswordRequired:
      return QT_TRANSLATE_NOOP("EngineWords",
                               "This document needs its password. Enter it and try again.");
    case engine::ErrorCode::Device:
      return QT_TRANSLATE_NOOP("EngineWords", "The computation failed. Load the model again.");
    case engine::ErrorCode::DeviceLost:
      return QT_TRANSLATE_NOOP("EngineWords", "The computation failed. Restart Fireside.");
    case engine::ErrorCode::Cancelled:
      return QT_TRANSLATE_NOOP("EngineWords", "This was cancelled.");
    case engine::ErrorCode::Io:
      return QT_TRANSLATE_NOOP("EngineWords",
                               "Reading or writing failed. Check the disk and its permissions.");
    case engine::ErrorCode::Internal:
      break;
  }
  return QT_TRANSLATE_NOOP(
      "EngineWords",
      "Something went wrong inside Fireside. Try again, and start it anew if that does not help.");
}

// "the prompt is empty; ..." begins like a sentence; "config.json: ..." stays as it is.
QString sentence(const QString& message) {
  static const QRegularExpression kFirstWord(QStringLiteral("^[a-z]+(?=[ ,])"));
  QString text = message;
  if (kFirstWord.match(text).hasMatch()) {
    text[0] = text[0].toUpper();
  }
  return text.back().isLetterOrNumber() || text.back() == u')' ? text + u'.' : text;
}

}  // namespace

QString errorText(engine::ErrorCode code, const QString& message) {
  if (message.isEmpty()) {
    return {};
  }
  const auto kind = translated(kindOf(code));
  if (const auto whole = knownPhrase(message)) {
    return withOurSizes(kind ? *whole : sentence(*whole));
  }
  const QString words = withOurSizes(sentence(message));
  return kind ? *kind + u'\n' + words : words;
}

QString errorText(const std::exception& error) {
  const auto* known = dynamic_cast<const engine::Error*>(&error);
  return errorText(known == nullptr ? engine::ErrorCode::Internal : known->code(),
                   QString::fromUtf8(error.what()));
}

QString engineWords(const QString& words) { return knownPhrase(words).value_or(words); }

}  // namespace gui
