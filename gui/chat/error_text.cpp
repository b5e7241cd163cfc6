// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/error_text.h"

#include <QCoreApplication>
#include <QList>
#include <QRegularExpression>
#include <optional>

#include "gui/chat/number_text.h"

namespace gui {
namespace {

constexpr char kContext[] = "EngineWords";

// As the engine writes them; %1, %2, ... stand for names and figures. First match wins.
const char* const kPhrases[] = {
    QT_TRANSLATE_NOOP("EngineWords", "Reading the description"),
    QT_TRANSLATE_NOOP("EngineWords", "Reading the tokenizer"),
    QT_TRANSLATE_NOOP("EngineWords", "Reading weights"),
    QT_TRANSLATE_NOOP("EngineWords", "Copying weights to the GPU"),
    QT_TRANSLATE_NOOP("EngineWords", "Preparing the GPU"),
    QT_TRANSLATE_NOOP("EngineWords", "Ready"),
    QT_TRANSLATE_NOOP("EngineWords", "CPU, 1 thread, %1"),
    QT_TRANSLATE_NOOP("EngineWords", "CPU, %1 threads, %2"),
    QT_TRANSLATE_NOOP("EngineWords", "no vector instructions"),
    QT_TRANSLATE_NOOP("EngineWords", "Demo (bundled)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "A small demo: answers questions about Fireside and lists what a document "
                      "says, page by page."),

    QT_TRANSLATE_NOOP("EngineWords", "No model is loaded."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "There is not enough memory for this model. Choose a smaller one."),

    QT_TRANSLATE_NOOP("EngineWords", "'%1' is encrypted. Enter its password to read it."),
    QT_TRANSLATE_NOOP("EngineWords", "The password for '%1' is not right. Enter it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "The password for '%1' is too long to be one. Enter it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is not a readable PDF: its structure is broken. Download or export it "
                      "again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is incomplete: the end of the PDF is missing. Download or copy it "
                      "again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is not a PDF, although its name says so. Download it again, or rename "
                      "it to what it is."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a PDF without pages. Download or export it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' has %2 pages, more than the %3 that Fireside reads. Split it and add "
                      "the parts you need."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' holds more than %2 of text, the most that Fireside reads from one "
                      "file. Split it and add the parts you need."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is %2, larger than the %3 that Fireside reads. Split it and add the "
                      "parts you need."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' needs more than the 1 GB of memory that its reader may use. Split it "
                      "and add the parts you need."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' has no text layer: its one page looks scanned. Recognise its text "
                      "first (OCR, for example with OCRmyPDF) and add the result."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' has no text layer: its %2 pages look scanned. Recognise its text first "
                      "(OCR, for example with OCRmyPDF) and add the result."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a zip-based file (Word, OpenDocument, EPUB or an archive); export "
                      "it as PDF or plain text and add that."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is an old Microsoft Office file; export it as PDF or plain text and "
                      "add that."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a rich-text (RTF) file; export it as PDF or plain text and add "
                      "that."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a picture; recognise its text first (OCR) and add the result."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a compressed archive; unpack it and add the files in it."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a program; Fireside reads PDF and text files."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a sound or video file; Fireside reads PDF and text files."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a database; Fireside reads PDF and text files."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' holds binary data, not text; Fireside reads PDF and text files."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is text in an encoding that Fireside does not recognise. Save it as "
                      "UTF-8 and add it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is in the encoding GB18030, for which this system has no converter. "
                      "Save it as UTF-8, or install libc-bin and the gconv modules of glibc."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' could not be read safely: %2. Open it in another program and save or "
                      "print it as a new PDF, then add that."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "reading it led to an action that is not allowed (it may be made to attack)"),
    QT_TRANSLATE_NOOP("EngineWords", "reading it took too much computing time"),
    QT_TRANSLATE_NOOP("EngineWords", "reading it took longer than %1 seconds"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the reader was stopped by the system (out of time or memory)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "its content crashed the reader (it is damaged, or made to attack)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the reader gave up (it is damaged, or needs too much memory)"),
    QT_TRANSLATE_NOOP("EngineWords", "the reader answered with invalid data"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' cannot be read: %2. Check the disk it is on and copy it again."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' cannot be read: %2. Check the disk it is on."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "Documents cannot be read safely on this system: the kernel offers no "
                      "seccomp (%1). Run Fireside outside the container, or allow seccomp there."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' was not found."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' was not found. It may have been moved or renamed."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' cannot be opened: %2. Check its permissions."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a folder. Add the files in it instead."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is empty (0 bytes). Download or copy it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' holds no text, only blanks. Check that it is the file you meant."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' was changed while it was read. Add it again when it is complete."),

    QT_TRANSLATE_NOOP("EngineWords",
                      "the prompt has %1 tokens; the context holds %2, the answer included: "
                      "shorten the prompt (this model cannot hold more)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the prompt has %1 tokens; the context holds %2, the answer included: "
                      "shorten the prompt or, where memory allows, raise the context length (this "
                      "model goes up to %3)"),
    QT_TRANSLATE_NOOP("EngineWords", "max_model_len is %1 tokens; this model allows %2"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the model needs %1 for its weights and %2 of workspace, but %3 of memory "
                      "are available; close other programs or choose a smaller model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "a KV cache of %1 does not fit: %2 of %3 are left beside the weights and the "
                      "workspace; lower kv_cache_bytes, close other programs or choose a smaller "
                      "model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "a context of %1 tokens needs %2 of KV cache, but %3 are there for it; raise "
                      "kv_cache_bytes or lower max_model_len"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "a context of %1 tokens needs %2 of KV cache, but %3 are there for it; lower "
                      "max_model_len, close other programs or choose a smaller model"),

    QT_TRANSLATE_NOOP("EngineWords", "there is no folder %1; choose one that holds a model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 is a file; choose the folder that holds config.json and the weights"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 holds neither %2 nor %3; download the model's weights into it"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: the file %2 that the index names is missing; download it"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 holds its weights as %2 files; Fireside reads safetensors only, so get "
                      "that form of the model"),
    QT_TRANSLATE_NOOP("EngineWords", "tokenizer.json is missing; download it into the folder"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "its weights are %1; Fireside reads BF16, F16 and F32, so get an unquantised "
                      "form of the model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: the architecture '%2' (model type '%3') is not supported; Fireside runs "
                      "%4, for instance %5"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: 'quantization_config' (method '%2') is not supported; get the bf16 form "
                      "of the model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 has no chat template (chat_template.jinja, or chat_template in "
                      "tokenizer_config.json), so it is no chat model; choose an Instruct model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 is the chat template of %2; Fireside knows that of Qwen3-Instruct-2507 "
                      "only"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 is a chat template not known here (hash %2); Fireside knows that of "
                      "Qwen3-Instruct-2507 only"),

    QT_TRANSLATE_NOOP("EngineWords", "device %1 cannot be used: %2"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "there is no device %1; `fireside-cli doctor` lists the devices of this "
                      "machine"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "this build of Fireside has no CUDA library (%1 was not found beside the "
                      "program); install a build with CUDA, or choose the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "no NVIDIA driver found: neither %1 nor %2 is there; install the driver if "
                      "this machine has an NVIDIA GPU (in a container, start it with access to the "
                      "GPU)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the NVIDIA driver is too old: it supports CUDA %1, Fireside needs %2; "
                      "update the driver"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the NVIDIA driver is loaded, but its library %1 is missing; install the "
                      "CUDA part of the driver (in a container, start it with access to the GPU)"),
    QT_TRANSLATE_NOOP("EngineWords", "no NVIDIA driver answers; install or load the driver"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the driver sees no GPU (CUDA_VISIBLE_DEVICES may hide it); unset that "
                      "variable or choose the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the driver does not work: %1; restart the machine or reinstall the driver"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "compute capability %1 is too old: Fireside needs %2 (Ampere) or newer; "
                      "choose another GPU or the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the GPU has failed, and its driver lets only a new process use it again; "
                      "restart Fireside (nothing that was said is lost), or choose the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the GPU failed while %1: %2; reload the model, and restart Fireside if that "
                      "does not help"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the model does not fit on the GPU: weights %1 + workspace %2 + graphs %3 + "
                      "KV cache %4 (%5 tokens) = %6, but %7 may be used (%8 free of %9); close "
                      "other programs on the GPU, lower max_model_len or kv_cache_bytes, or choose "
                      "the device cpu"),
};

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

std::optional<QString> translatedPhrase(const QString& message) {
  static const QList<Phrase> kForms = [] {
    QList<Phrase> forms;
    for (const char* source : kPhrases) {
      forms.append({source, formOf(source)});
    }
    return forms;
  }();
  for (const Phrase& phrase : kForms) {
    const QRegularExpressionMatch match = phrase.form.match(message);
    if (!match.hasMatch()) {
      continue;
    }
    const std::optional<QString> text = translated(phrase.source);
    if (!text) {
      return std::nullopt;
    }
    QStringList values = match.capturedTexts();
    for (qsizetype i = 1; i < values.size(); ++i) {
      values[i] = engineWords(values[i]);
    }
    return filled(*text, values);
  }
  return std::nullopt;
}

const char* kindOf(engine::ErrorCode code) {
  switch (code) {
    case engine::ErrorCode::InvalidArgument:
      return QT_TRANSLATE_NOOP("EngineWords", "A value is not valid.");
    case engine::ErrorCode::NotFound:
      return QT_TRANSLATE_NOOP("EngineWords", "Something that is needed is not there.");
    case engine::ErrorCode::InvalidFile:
      return QT_TRANSLATE_NOOP("EngineWords", "A file is damaged or incomplete.");
    case engine::ErrorCode::Unsupported:
      return QT_TRANSLATE_NOOP("EngineWords", "Fireside does not support this.");
    case engine::ErrorCode::OutOfMemory:
      return QT_TRANSLATE_NOOP("EngineWords", "There is not enough memory.");
    case engine::ErrorCode::ContextTooLong:
      return QT_TRANSLATE_NOOP("EngineWords", "This does not fit into the context.");
    case engine::ErrorCode::PasswordRequired:
      return QT_TRANSLATE_NOOP("EngineWords", "This document needs its password.");
    case engine::ErrorCode::Device:
    case engine::ErrorCode::DeviceLost:
      return QT_TRANSLATE_NOOP("EngineWords", "The computation failed.");
    case engine::ErrorCode::Cancelled:
      return QT_TRANSLATE_NOOP("EngineWords", "This was cancelled.");
    case engine::ErrorCode::Io:
      return QT_TRANSLATE_NOOP("EngineWords", "Reading or writing failed.");
    case engine::ErrorCode::Internal:
      break;
  }
  return QT_TRANSLATE_NOOP("EngineWords", "Something went wrong inside Fireside.");
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
  if (const auto whole = translatedPhrase(message)) {
    return withOurSizes(*whole);
  }
  const auto kind = translated(kindOf(code));
  const QString words = withOurSizes(sentence(message));
  return kind ? *kind + u'\n' + words : words;
}

QString errorText(const std::exception& error) {
  const auto* known = dynamic_cast<const engine::Error*>(&error);
  return errorText(known == nullptr ? engine::ErrorCode::Internal : known->code(),
                   QString::fromUtf8(error.what()));
}

QString engineWords(const QString& words) { return translatedPhrase(words).value_or(words); }

}  // namespace gui
