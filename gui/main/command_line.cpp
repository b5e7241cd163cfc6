// SPDX-License-Identifier: Apache-2.0
#include "gui/main/command_line.h"

#include <QCommandLineParser>
#include <QFileInfo>
#include <QRegularExpression>
#include <memory>
#include <utility>

#include "engine/model_info.h"

namespace gui {
namespace {

const QCommandLineOption kHelp({QStringLiteral("h"), QStringLiteral("help")},
                               QStringLiteral("Shows this text."));
const QCommandLineOption kVersion({QStringLiteral("v"), QStringLiteral("version")},
                                  QStringLiteral("Shows the version."));

QCommandLineOption option(const char* name, const char* description, const char* value = nullptr) {
  QCommandLineOption result(QString::fromLatin1(name), QString::fromLatin1(description));
  if (value != nullptr) {
    result.setValueName(QString::fromLatin1(value));
  }
  return result;
}

std::unique_ptr<QCommandLineParser> makeParser() {
  auto parser = std::make_unique<QCommandLineParser>();
  parser->setApplicationDescription(
      QStringLiteral("Chat with a language model on this computer. Nothing leaves it."));
  parser->addOption(kHelp);
  parser->addOption(kVersion);
  parser->addOptions({
      option("model", "Folder of the model to load (config.json, *.safetensors, tokenizer.json).",
             "FOLDER"),
      option("device", "Where it runs: auto, cpu, cuda or cuda:N.", "DEVICE"),
      option("data-dir", "Folder of conversations and settings instead of $XDG_DATA_HOME/fireside.",
             "FOLDER"),
      option("language", "Language of the window: en or zh_CN.", "LANGUAGE"),
      option("software", "Draws without the GPU."),
      option("fake", "Answers with a fixed text instead of a model, to look at the window."),
      option("fake-rate", "Tokens a second of --fake.", "NUMBER"),
      option("measure-start", "Prints time and memory of the first frame and ends."),
  });
  parser->addPositionalArgument(QStringLiteral("FILE"),
                                QStringLiteral("Attached to a new conversation."),
                                QStringLiteral("[FILE...]"));
  return parser;
}

}  // namespace

QString helpOrVersion(const QStringList& arguments) {
  for (const QString& argument : arguments) {
    if (argument == QLatin1String("--version") || argument == QLatin1String("-v")) {
      return QStringLiteral("fireside " FIRESIDE_VERSION "\n");
    }
    if (argument == QLatin1String("--help") || argument == QLatin1String("-h")) {
      // There is no application yet to ask for the name.
      return makeParser()->helpText().replace(QLatin1String("<executable_name>"),
                                              QLatin1String("fireside"));
    }
  }
  return {};
}

CommandLine parseCommandLine(const QStringList& arguments) {
  CommandLine line;
  const auto parser = makeParser();
  if (!parser->parse(arguments)) {
    line.error = parser->errorText();
    return line;
  }
  const auto value = [&parser](const char* name) {
    return parser->value(QString::fromLatin1(name));
  };
  const auto has = [&parser](const char* name) { return parser->isSet(QString::fromLatin1(name)); };
  // The variable is as clear a choice as the option, for this start.
  line.app.modelPath =
      has("model") ? value("model") : QString::fromStdString(engine::model_from_environment());
  line.app.device = value("device");
  line.app.dataFolder = value("data-dir");
  line.app.language = value("language");
  line.app.fake = has("fake");
  line.software = has("software");
  line.measureStart = has("measure-start");
  if (!line.app.language.isEmpty() && line.app.language != QLatin1String("en") &&
      line.app.language != QLatin1String("zh_CN")) {
    line.error =
        QStringLiteral("--language is '%1'; it must be en or zh_CN").arg(line.app.language);
  }
  static const QRegularExpression kDevice(QStringLiteral("\\A(|auto|cpu|cuda(:\\d{1,3})?)\\z"));
  if (!kDevice.match(line.app.device).hasMatch()) {
    line.error = QStringLiteral("--device is '%1'; it must be auto, cpu, cuda or cuda:N")
                     .arg(line.app.device);
  }
  if (has("fake-rate")) {
    bool ok = false;
    line.app.fakeTokensPerSecond = value("fake-rate").toDouble(&ok);
    if (!ok || !(line.app.fakeTokensPerSecond > 0 && line.app.fakeTokensPerSecond <= 100000)) {
      line.error = QStringLiteral("--fake-rate is '%1'; it must be between 0 and 100000")
                       .arg(value("fake-rate"));
    }
  }
  line.files = parser->positionalArguments();
  for (const QString& file : std::as_const(line.files)) {
    line.app.files.append(QUrl::fromLocalFile(QFileInfo(file).absoluteFilePath()));
  }
  return line;
}

}  // namespace gui
