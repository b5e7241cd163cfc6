// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <QGuiApplication>
#include <QIcon>
#include <QQmlApplicationEngine>
#include <QQuickStyle>
#include <QQuickWindow>
#include <QTimer>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/log.h"
#include "gui/app/app.h"
#include "gui/app/denying_network.h"
#include "gui/main/command_line.h"
#include "gui/main/graphics.h"
#include "gui/main/termination.h"
#include "gui/store/single_instance.h"

namespace {

constexpr int kUsageError = 2;
constexpr int kNoDisplay = 3;
constexpr int kNoWindow = 4;
constexpr int kRestart = 5;  // not for the shell: a new process takes over
constexpr int kFirstFrameMs = 2000;
constexpr char kMainQml[] = "qrc:/qt/qml/Fireside/Ui/Main.qml";

void logQtMessage(QtMsgType type, const QMessageLogContext&, const QString& message) {
  const std::string text = engine::printable(message.toStdString());
  switch (type) {
    case QtDebugMsg:
      spdlog::debug("qt: {}", text);
      break;
    case QtInfoMsg:
      spdlog::info("qt: {}", text);
      break;
    case QtWarningMsg:
      spdlog::warn("qt: {}", text);
      break;
    case QtCriticalMsg:
    case QtFatalMsg:
      spdlog::error("qt: {}", text);
      break;
  }
}

QStringList toStrings(int argc, char** argv) {
  QStringList arguments;
  for (int i = 0; i < argc; ++i) {
    arguments.append(QString::fromLocal8Bit(argv[i]));
  }
  return arguments;
}

bool hasDisplay() {
  return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
         qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

void startLogging() {
  try {
    engine::init_logging(
        qEnvironmentVariable("FIRESIDE_LOG", QStringLiteral("info")).toStdString());
  } catch (const engine::Error& error) {
    std::fprintf(stderr, "fireside: %s\n", error.what());
    engine::init_logging("info");
  }
  qInstallMessageHandler(logQtMessage);
}

// Since the process began, from the kernel's clock ticks.
double millisecondsSinceStart() {
  std::ifstream stat("/proc/self/stat");
  std::ifstream uptime("/proc/uptime");
  std::string content((std::istreambuf_iterator<char>(stat)), {});
  double up = 0;
  uptime >> up;
  const QStringList fields =
      QString::fromStdString(content.substr(content.rfind(')') + 2)).split(u' ');
  return fields.size() < 20 ? 0 : 1000 * (up - fields[19].toDouble() / 100);
}

double residentMegabytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * 4096 / 1e6;
}

void bringToFront(QQuickWindow* window, const QString& token) {
  if (!token.isEmpty()) {
    qputenv("XDG_ACTIVATION_TOKEN", token.toUtf8());
  }
  window->show();
  window->raise();
  window->requestActivate();
}

QList<QUrl> toUrls(const QStringList& files) {
  QList<QUrl> urls;
  for (const QString& file : files) {
    urls.append(QUrl::fromLocalFile(file));
  }
  return urls;
}

QStringList toPaths(const QList<QUrl>& urls) {
  QStringList paths;
  for (const QUrl& url : urls) {
    paths.append(url.toLocalFile());
  }
  return paths;
}

// What may wait until something is on screen; a window that is never shown (minimised) waits a
// moment only.
void afterFirstFrame(QQuickWindow* window, gui::App& app, bool measure) {
  auto* timer = new QTimer(window);
  timer->setSingleShot(true);
  const auto begin = [&app, timer, measure] {
    timer->stop();
    if (measure) {
      std::printf("first frame %.0f ms, resident %.0f MB\n", millisecondsSinceStart(),
                  residentMegabytes());
      std::fflush(stdout);
      QCoreApplication::quit();
    } else {
      app.start();
    }
  };
  QObject::connect(window, &QQuickWindow::frameSwapped, timer, [timer] {
    if (timer->isActive()) {
      timer->start(0);
    }
  });
  QObject::connect(timer, &QTimer::timeout, &app, begin);
  timer->start(kFirstFrameMs);
}

int runWindow(QGuiApplication& application, const gui::CommandLine& line,
              gui::SingleInstance& instance) {
  gui::App app(line.app);
  gui::DenyingNetworkFactory network;
  QQmlApplicationEngine qml;
  qml.setNetworkAccessManagerFactory(&network);
  qml.addImportPath(QStringLiteral("qrc:/qt/qml"));
  qml.setInitialProperties({{QStringLiteral("app"), QVariant::fromValue(&app)}});
  qml.load(QUrl(QString::fromLatin1(kMainQml)));
  auto* window = qml.rootObjects().isEmpty()
                     ? nullptr
                     : qobject_cast<QQuickWindow*>(qml.rootObjects().first());
  if (window == nullptr) {
    std::fprintf(stderr, "fireside: the window could not be made; the messages above say why\n");
    return kNoWindow;
  }
  QObject::connect(&app, &gui::App::retranslated, &qml, &QQmlEngine::retranslate);
  QObject::connect(&instance, &gui::SingleInstance::activated, window,
                   [&app, window](const QStringList& files, const QString& token) {
                     app.attachFiles(toUrls(files));
                     bringToFront(window, token);
                   });
  QObject::connect(&app, &gui::App::restartWanted, &application,
                   [] { QCoreApplication::exit(kRestart); });
  afterFirstFrame(window, app, line.measureStart);
  return application.exec();
}

// The same program anew in the place of this process: what a driver remembers of a process ends
// with its image. Everything of this one is stored and closed by now.
int startAgain(const QStringList& arguments) {
  std::vector<QByteArray> bytes;
  for (const QString& argument : arguments) {
    bytes.push_back(argument.toLocal8Bit());
  }
  std::vector<char*> pointers;
  for (QByteArray& argument : bytes) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  ::execv("/proc/self/exe", pointers.data());
  std::fprintf(stderr, "fireside: it could not be started again: %s\n", std::strerror(errno));
  return kNoWindow;
}

// again: what to start with after kRestart; the files were attached by this process.
int run(int argc, char** argv, QStringList* again) {
  const QStringList raw = toStrings(argc, argv);
  if (const QString text = gui::helpOrVersion(raw); !text.isEmpty()) {
    std::fputs(qPrintable(text), stdout);
    return 0;
  }
  if (!hasDisplay()) {
    std::fputs(
        "fireside: there is no display (DISPLAY and WAYLAND_DISPLAY are not set); "
        "use fireside-cli in a terminal\n",
        stderr);
    return kNoDisplay;
  }
  QCoreApplication::setApplicationName(QStringLiteral("fireside"));
  QCoreApplication::setApplicationVersion(QStringLiteral(FIRESIDE_VERSION));
  QGuiApplication::setDesktopFileName(QStringLiteral("org.fireside.Fireside"));
  QGuiApplication application(argc, argv);
  QGuiApplication::setApplicationDisplayName(QStringLiteral("Fireside"));
  const gui::CommandLine line = gui::parseCommandLine(QCoreApplication::arguments());
  if (!line.error.isEmpty()) {
    std::fprintf(stderr, "fireside: %s (see fireside --help)\n", qPrintable(line.error));
    return kUsageError;
  }
  *again = raw;
  for (auto file = line.files.rbegin(); file != line.files.rend(); ++file) {
    again->remove(again->lastIndexOf(*file));
  }
  startLogging();
  gui::SingleInstance instance(line.app.dataFolder.isEmpty() ? gui::dataFolder()
                                                             : line.app.dataFolder);
  if (instance.start(toPaths(line.app.files)) == gui::SingleInstance::Start::Handed) {
    return 0;
  }
  gui::chooseGraphics(line.software);
  QQuickStyle::setStyle(QStringLiteral("Basic"));
  QGuiApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/fireside.svg")));
  const gui::Termination termination;
  QObject::connect(&termination, &gui::Termination::requested, &application,
                   &QCoreApplication::quit);
  return runWindow(application, line, instance);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // whoever read what the window prints may go away
  std::signal(SIGXFSZ, SIG_IGN);  // a file that has reached its limit is an error of the write
  QStringList again;
  const int code = run(argc, argv, &again);
  return code == kRestart ? startAgain(again) : code;
}
