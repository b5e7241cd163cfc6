// SPDX-License-Identifier: Apache-2.0
// What a streaming answer costs the GUI thread before anything is drawn:
// TranscriptModel::appendText over one answer of 50,000 characters with headings, lists, code and
// tables, token by token and frame by frame.
//
//   bench_transcript [CHARACTERS]
#include <QElapsedTimer>
#include <QStringList>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "gui/chat/fake_script.h"
#include "gui/chat/transcript_model.h"

namespace {

QString makeAnswer(qsizetype size) {
  engine::ChatRequest question;
  question.messages = {{"user", "x"}};
  QString text;
  while (text.size() < size) {
    text += gui::fakeAnswer(question) + QLatin1Char('\n');
  }
  return text.left(size);
}

void measure(const char* name, const QStringList& pieces, const QString& text) {
  gui::TranscriptModel model;
  gui::MessageView view;
  view.id = 1;
  view.streaming = true;
  model.append(view);
  std::vector<double> microseconds;
  QElapsedTimer whole;
  whole.start();
  for (const QString& piece : pieces) {
    QElapsedTimer timer;
    timer.start();
    model.appendText(piece);
    microseconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1000);
  }
  const double total = static_cast<double>(whole.nsecsElapsed()) / 1e6;
  view.streaming = false;
  view.text = text;
  model.finish(view);
  std::sort(microseconds.begin(), microseconds.end());
  const auto at = [&](double share) {
    return microseconds[static_cast<size_t>(share * static_cast<double>(microseconds.size() - 1))];
  };
  std::printf(
      "%-28s %6zu updates, %5d rows: p50 %6.1f us, p99 %6.1f us, max %7.1f us; %6.1f ms in all\n",
      name, microseconds.size(), model.count(), at(0.5), at(0.99), microseconds.back(), total);
}

// Opening a stored conversation: everything is parsed at once.
void measureOpening(const QString& answer, int messages) {
  QList<gui::MessageView> views;
  for (int i = 1; i <= messages; ++i) {
    gui::MessageView view;
    view.id = i;
    view.fromUser = i % 2 == 1;
    view.text = view.fromUser ? QStringLiteral("question") : answer;
    views.append(view);
  }
  gui::TranscriptModel model;
  QElapsedTimer timer;
  timer.start();
  model.reset(views);
  std::printf("opening %d answers of %d characters: %.1f ms, %d rows\n", messages / 2,
              static_cast<int>(answer.size()), static_cast<double>(timer.nsecsElapsed()) / 1e6,
              model.count());
}

// Tokens that arrive between two frames of 60 a second come as one piece.
QStringList frames(const QStringList& tokens, int tokensPerSecond) {
  QStringList pieces;
  for (int i = 0; i < tokens.size(); i += std::max(1, tokensPerSecond / 60)) {
    pieces.append(tokens.mid(i, std::max(1, tokensPerSecond / 60)).join(QString()));
  }
  return pieces;
}

}  // namespace

int main(int argc, char** argv) {
  const QString text = makeAnswer(argc > 1 ? std::atoi(argv[1]) : 50000);
  const QStringList tokens = gui::fakeTokens(text);
  measure("token by token", tokens, text);
  measure("frames at 500 tokens/s", frames(tokens, 500), text);
  measure("frames at 5,000 tokens/s", frames(tokens, 5000), text);
  const QString code =
      QStringLiteral("```cpp\n") + QString(text).replace(QLatin1Char('`'), QLatin1Char(' '));
  measure("one code block, by frames", frames(gui::fakeTokens(code), 500), code);
  measureOpening(makeAnswer(2000), 1000);
  return 0;
}
