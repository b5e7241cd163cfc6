// SPDX-License-Identifier: Apache-2.0
// How smooth the window is while it works: the real window over the fake backend, drawn by the
// software renderer.
//   bench_frames [mixed|code|table|pdf]... [--characters N] [--rate TOKENS_PER_SECOND]
// QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software. Without names all four are measured:
//   mixed   one answer of 50,000 characters with headings, lists, code and tables, at 500 tokens/s
//   code    the same characters as one block of code
//   table   the same characters as tables
//   pdf     a document of 300 pages is attached
// Each line says how long a frame took to follow the one before (wall time, and CPU time of the GUI
// thread between the two), the longest time in which the event loop did not turn, and whether the
// text that arrived is the one sent. Returns 1 when a text is not exact, a frame's p99 is over 33
// ms or the loop stood for over 50 ms.
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QQmlEngine>
#include <QQuickStyle>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

#include "engine/log.h"
#include "gui/chat/chat_session.h"
#include "gui/chat/fake_script.h"
#include "tests/engine/documents/pdf_writer.h"
#include "tests/qml/window_host.h"

namespace {

constexpr double kFrameLimitMs = 33;
constexpr double kStallLimitMs = 50;

// CPU time of the thread that asks.
double cpuMs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// Notes when frames are drawn and when the event loop turns, from start() to stop().
class Probe {
 public:
  explicit Probe(QQuickWindow* window) : window_(window) {
    turn_.setTimerType(Qt::PreciseTimer);
    turn_.setInterval(1);
    QObject::connect(&turn_, &QTimer::timeout, &turn_, [this] { stall_.note(); });
    // The next frame is wanted at once, as while something moves: a text that says nothing new for
    // a while is no delay.
    frameSwapped_ = QObject::connect(window, &QQuickWindow::frameSwapped, &turn_, [this, window] {
      frame_.note();
      if (turn_.isActive()) window->update();
    });
  }
  ~Probe() { QObject::disconnect(frameSwapped_); }

  void start() {
    stall_.start();
    frame_.start();
    turn_.start();
    window_->update();
  }
  void stop() { turn_.stop(); }

  bool report(const char* name, bool exact) {
    std::sort(frame_.wall.begin(), frame_.wall.end());
    std::sort(frame_.cpu.begin(), frame_.cpu.end());
    std::sort(stall_.cpu.begin(), stall_.cpu.end());
    std::sort(stall_.wall.begin(), stall_.wall.end());
    const double p99 = at(frame_.wall, 0.99);
    const double stall = at(stall_.wall, 1);
    std::printf(
        "%-6s %5zu frames: p50 %5.1f ms, p99 %5.1f ms, max %5.1f ms; CPU p50 %4.1f, p99 %4.1f, max "
        "%5.1f ms; longest stall %5.1f ms (CPU %5.1f); text %s\n",
        name, frame_.wall.size(), at(frame_.wall, 0.5), p99, at(frame_.wall, 1),
        at(frame_.cpu, 0.5), at(frame_.cpu, 0.99), at(frame_.cpu, 1), stall, at(stall_.cpu, 1),
        exact ? "exact" : "WRONG");
    std::fflush(stdout);
    return exact && p99 <= kFrameLimitMs && stall <= kStallLimitMs;
  }

 private:
  struct Intervals {
    QElapsedTimer timer;
    double cpuBefore = 0;
    std::vector<double> wall;
    std::vector<double> cpu;

    void start() {
      wall.clear();
      cpu.clear();
      timer.start();
      cpuBefore = cpuMs();
    }
    void note() {
      const double now = cpuMs();
      wall.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
      cpu.push_back(now - cpuBefore);
      timer.start();
      cpuBefore = now;
    }
  };
  static double at(const std::vector<double>& sorted, double share) {
    return sorted.empty()
               ? 0
               : sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
  }

  QQuickWindow* window_;
  QTimer turn_;
  QMetaObject::Connection frameSwapped_;
  Intervals stall_;
  Intervals frame_;
};

QString mixedText(qsizetype size) {
  engine::ChatRequest question;
  question.messages = {{"user", "x"}};
  QString text;
  while (text.size() < size) text += gui::fakeAnswer(question) + u'\n';
  return text.left(size);
}

QString codeText(qsizetype size) {
  QString text = QStringLiteral("```cpp\n");
  for (int i = 0; text.size() < size; ++i) {
    text +=
        QStringLiteral("  const int value_%1 = compute(\"text %1\", %1 * 2);  // line %1\n").arg(i);
  }
  return text + QStringLiteral("```\n");
}

QString tableText(qsizetype size) {
  QString text;
  for (int i = 0; text.size() < size; ++i) {
    if (i % 150 == 0)
      text += QStringLiteral("\n## Table\n\n| Name | Size | Note |\n|---|--:|---|\n");
    text += QStringLiteral("| item %1 | %1 | some **words** about it |\n").arg(i);
  }
  return text;
}

// Rows of what was streamed against those of the whole text at once.
bool sameRows(const gui::TranscriptModel& streamed, qint64 messageId, const QString& text) {
  gui::TranscriptModel whole;
  gui::MessageView view;
  view.id = messageId;
  view.text = text;
  whole.reset({view});
  const int first = streamed.rowOfMessage(messageId);
  if (first < 0 || streamed.count() - first != whole.count()) return false;
  for (int row = 0; row < whole.count(); ++row) {
    for (const int role : {gui::TranscriptModel::KindRole, gui::TranscriptModel::HtmlRole,
                           gui::TranscriptModel::TextRole, gui::TranscriptModel::TableRole}) {
      if (whole.index(row).data(role) != streamed.index(first + row).data(role)) return false;
    }
  }
  return true;
}

bool measureAnswer(WindowHost& host, const char* name, const QString& text, double rate) {
  if (!host.start({{"rate", rate}})) return false;
  host.setAnswer(text);
  gui::ChatSession* chat = host.app()->chat();
  Probe probe(host.window());
  if (!chat->send(QStringLiteral("Hello"))) return false;
  if (!host.waitFor([chat] { return chat->status() == gui::ChatSession::Generating; }))
    return false;
  probe.start();
  const bool finished = host.waitFor([chat] { return !chat->busy(); }, 600'000);
  probe.stop();
  const gui::TranscriptModel& rows = *chat->transcript();
  const qint64 answer =
      rows.index(rows.count() - 1).data(gui::TranscriptModel::MessageIdRole).toLongLong();
  const bool exact = finished && chat->messageText(answer) == text && sameRows(rows, answer, text);
  return probe.report(name, exact);
}

QByteArray book(int pages) {
  PdfWriter pdf;
  for (int page = 1; page <= pages; ++page) {
    std::vector<std::string> lines = {std::to_string(page) + ".1 A heading on this page", ""};
    for (int line = 0; line < 46; ++line) {
      lines.push_back("line " + std::to_string(line) + " of many words that a book has on a page");
    }
    pdf.add_page(PdfWriter::lines(72, 750, 11, lines));
  }
  return QByteArray::fromStdString(pdf.finish());
}

bool measureDocument(WindowHost& host, const char* name) {
  const QString path = host.writeFile(QStringLiteral("book.pdf"), book(300));
  if (!host.start()) return false;
  gui::AttachmentListModel* attachments = host.app()->chat()->attachments();
  Probe probe(host.window());
  probe.start();
  host.app()->attachFiles({QUrl::fromLocalFile(path)});
  const bool read = host.waitFor(
      [attachments] { return !attachments->reading() && attachments->totalTokens() > 0; }, 600'000);
  host.waitFor([] { return false; }, 500);  // the meter counts what the document leaves
  probe.stop();
  return probe.report(name, read && attachments->text(0).contains(QStringLiteral("line 45")));
}

}  // namespace

int main(int argc, char** argv) {
  QGuiApplication application(argc, argv);
  engine::init_logging("warn");
  QQuickStyle::setStyle(QStringLiteral("Basic"));
  QStringList names;
  qsizetype characters = 50'000;
  double rate = 500;
  const QStringList arguments = application.arguments();
  for (qsizetype i = 1; i < arguments.size(); ++i) {
    const bool hasValue = i + 1 < arguments.size();
    if (arguments[i] == QLatin1String("--characters") && hasValue) {
      characters = arguments[++i].toLongLong();
    } else if (arguments[i] == QLatin1String("--rate") && hasValue) {
      rate = arguments[++i].toDouble();
    } else {
      names.append(arguments[i]);
    }
  }
  if (names.isEmpty()) names = {"mixed", "code", "table", "pdf"};
  QQmlEngine engine;
  WindowHost host;
  host.setEngine(&engine);
  bool good = true;
  for (const QString& name : names) {
    const QByteArray label = name.toUtf8();
    if (name == QLatin1String("pdf")) {
      good = measureDocument(host, label) && good;
    } else {
      const QString text = name == QLatin1String("code")    ? codeText(characters)
                           : name == QLatin1String("table") ? tableText(characters)
                                                            : mixedText(characters);
      good = measureAnswer(host, label, text, rate) && good;
    }
  }
  host.stop();
  return good ? 0 : 1;
}
