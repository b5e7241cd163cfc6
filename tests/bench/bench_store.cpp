// SPDX-License-Identifier: Apache-2.0
// How long the history takes with much in it.
//
//   bench_store [--conversations 1000] [--messages 50] [--json]
//
// Fills a fresh database with English, Chinese and code (word frequencies as in real text: few
// common words, many rare ones), then measures through the public Store, GUI thread and storage
// thread included: start to list, search as somebody types, opening a conversation, sending a
// message, a checkpoint of a long answer. Files are in the system's temporary folder; whether they
// are in the page cache is up to the system (they are, after filling).
#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "gui/store/conversation_queries.h"
#include "gui/store/database.h"
#include "gui/store/message_queries.h"
#include "gui/store/opening.h"
#include "gui/store/store.h"

using namespace gui;

namespace {

// Text whose words follow Zipf's law.
class TextMaker {
 public:
  TextMaker() {
    const QStringList common = QStringLiteral(
                                   "the of to and a in is it you that for on are with as be this "
                                   "have or from one by what all can your use how not but if "
                                   "will when which do code model file data return value function "
                                   "error test line text user time message answer question")
                                   .split(u' ');
    words_ = common;
    const QStringList syllables =
        QStringLiteral(
            "con fig ur ation to ken iz er pro cess mem or y al lo ca te ker nel ten sor gra di "
            "ent lay "
            "er at tion que ry in dex sto re chat win dow mes sage sum mar ize doc u ment")
            .split(u' ');
    while (words_.size() < 20000) {
      QString word;
      const int count = random_.bounded(2, 5);
      for (int i = 0; i < count; ++i)
        word += syllables[random_.bounded(static_cast<int>(syllables.size()))];
      words_.append(word);
    }
  }

  QString word() { return words_[zipf(static_cast<int>(words_.size()))]; }
  QString rareWord() { return words_[random_.bounded(1000, static_cast<int>(words_.size()))]; }
  QChar han() { return QChar(static_cast<char16_t>(0x4e00 + zipf(3500) * 5 % 20000)); }
  int below(int limit) { return random_.bounded(limit); }

  QString english(int count) {
    QString text;
    for (int i = 0; i < count; ++i) {
      text += word();
      text += i % 12 == 11 ? QStringLiteral(". ") : QStringLiteral(" ");
    }
    return text;
  }
  QString chinese(int count) {
    QString text;
    for (int i = 0; i < count; ++i) {
      text += han();
      if (i % 14 == 13) text += QStringLiteral("，");
    }
    return text;
  }
  QString code(int lines) {
    QString text = QStringLiteral("```cpp\n");
    for (int i = 0; i < lines; ++i)
      text += QStringLiteral("auto %1_%2 = std::make_unique<%3>(%4);\n")
                  .arg(word(), word(), word())
                  .arg(below(100));
    return text + QStringLiteral("```\n");
  }
  QString question() { return below(3) == 0 ? chinese(20 + below(40)) : english(10 + below(40)); }
  QString answer() {
    switch (below(4)) {
      case 0:
        return chinese(200 + below(600));
      case 1:
        return english(40 + below(60)) + code(5 + below(20)) + english(20 + below(60));
      default:
        return english(80 + below(200));
    }
  }

 private:
  // 0 .. limit-1, each about 1/(n+1) as likely as the first.
  int zipf(int limit) {
    const double value = std::pow(limit + 1.0, random_.generateDouble()) - 1.0;
    return std::clamp(static_cast<int>(value), 0, limit - 1);
  }

  QRandomGenerator random_{12345};
  QStringList words_;
};

// One transaction, or filling would be 50,000 waits for the disk.
qint64 fill(const QString& folder, int conversations, int messages, TextMaker& text) {
  Database db;
  StoreOptions options;
  options.folder = folder;
  qint64 time = 1700000000000;
  openStore(db, options, time);
  Database::Transaction transaction(db);
  qint64 characters = 0;
  for (int c = 0; c < conversations; ++c) {
    ConversationRow row;
    row.title = text.below(3) == 0 ? text.chinese(12) : text.english(5);
    const qint64 id = queries::insertConversation(db, row, time);
    qint64 leaf = 0;
    for (int m = 0; m + 1 < messages; m += 2) {
      time += 60000;
      const NewMessage message{text.question(), {}, {}, {}};
      const QString answer = text.answer();
      const Exchange e = queries::insertExchange(db, id, leaf, message, {}, time);
      queries::finishAnswer(db, e.answerId, answer, {}, time);
      leaf = e.answerId;
      characters += message.text.size() + answer.size();
    }
  }
  transaction.commit();
  return characters;
}

// What somebody types, letter by letter.
QStringList queriesAsTyped(TextMaker& text) {
  QStringList wanted{QStringLiteral("the"),
                     QStringLiteral("to"),
                     QStringLiteral("configuration"),
                     QStringLiteral("make_unique"),
                     QStringLiteral("std::make"),
                     QStringLiteral("\"in the\""),
                     QStringLiteral("zzzzqq"),
                     QStringLiteral("%"),
                     QStringLiteral("的"),
                     QStringLiteral("model tokenizer")};
  for (int i = 0; i < 20; ++i) wanted.append(text.rareWord());
  for (int i = 0; i < 10; ++i) wanted.append(text.word() + u' ' + text.word());
  for (int i = 0; i < 10; ++i) wanted.append(QString(text.han()));
  for (int i = 0; i < 10; ++i) wanted.append(QString(text.han()) + text.han());
  for (int i = 0; i < 5; ++i) wanted.append(text.word() + u' ' + text.han());
  QStringList typed;
  for (const QString& query : wanted) {
    for (qsizetype length = 1; length <= query.size(); ++length) typed.append(query.left(length));
  }
  return typed;
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

double timed(const std::function<void()>& work) {
  QElapsedTimer timer;
  timer.start();
  work();
  return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

std::vector<double> repeat(int times, const std::function<void(int)>& work) {
  std::vector<double> values;
  for (int i = 0; i < times; ++i) values.push_back(timed([&] { work(i); }));
  return values;
}

class Report {
 public:
  void add(const QString& name, const std::vector<double>& values) {
    add(name + QStringLiteral(" p50"), percentile(values, 0.5), "ms");
    add(name + QStringLiteral(" p95"), percentile(values, 0.95), "ms");
    add(name + QStringLiteral(" max"), percentile(values, 1.0), "ms");
  }
  void add(const QString& name, double value, const char* unit) {
    json_[name + u' ' + QString::fromLatin1(unit)] = std::round(value * 1000) / 1000;
    lines_ += QStringLiteral("%1 %2 %3\n")
                  .arg(name, -40)
                  .arg(value, 10, 'f', 2)
                  .arg(QString::fromLatin1(unit));
  }
  void print(bool as_json) const {
    const QByteArray out = as_json ? QJsonDocument(json_).toJson() : lines_.toUtf8();
    std::fputs(out.constData(), stdout);
  }

 private:
  QJsonObject json_;
  QString lines_;
};

// The database is checked then, page by page.
std::vector<double> startAfterKill(const StoreOptions& options) {
  QTemporaryDir dir;
  StoreOptions killed;
  killed.folder = dir.filePath(QStringLiteral("fireside"));
  QDir().mkpath(killed.folder);
  {
    Store live(options);
    live.open();
    live.setDraft(0, {QStringLiteral("typed just before"), {}});
    live.flush();
    for (const char* name : {"/fireside.db", "/fireside.db-wal"}) {
      QFile::copy(options.folder + QString::fromLatin1(name),
                  killed.folder + QString::fromLatin1(name));
    }
  }
  std::unique_ptr<Store> store;
  return {timed([&] {
    store = std::make_unique<Store>(killed);
    const QFuture<OpenReport> report = store->open();
    const QFuture<QList<ConversationRow>> list = store->conversations();
    store->flush();
    if (!report.result().uncleanStart || list.result().isEmpty()) std::abort();
  })};
}

void measure(const StoreOptions& options, TextMaker& text, Report* report) {
  std::unique_ptr<Store> store;
  report->add(QStringLiteral("start to list"), repeat(15, [&](int) {
                store.reset();
                store = std::make_unique<Store>(options);
                store->open();
                const QFuture<QList<ConversationRow>> list = store->conversations();
                store->flush();
                if (list.result().isEmpty()) std::abort();
              }));
  const auto wait = [&](auto future) {
    store->flush();
    return future.result();
  };
  store.reset();
  report->add(QStringLiteral("start to list after a kill"), startAfterKill(options));
  store = std::make_unique<Store>(options);
  store->open();
  const QList<ConversationRow> rows = wait(store->conversations());
  report->add(QStringLiteral("list again"), repeat(30, [&](int) { wait(store->conversations()); }));
  const QStringList typed = queriesAsTyped(text);
  int hits = 0;
  std::vector<double> times;
  std::pair<double, QString> slowest;
  for (const QString& query : typed) {
    const double ms =
        timed([&] { hits += static_cast<int>(wait(store->search(query)).hits.size()); });
    times.push_back(ms);
    slowest = std::max(slowest, {ms, query});
  }
  report->add(QStringLiteral("search (%1 queries)").arg(typed.size()), times);
  report->add(QStringLiteral("search hits, mean"),
              static_cast<double>(hits) / static_cast<double>(typed.size()), "");
  std::fprintf(stderr, "slowest search: %.1f ms: %s\n", slowest.first, qPrintable(slowest.second));
  report->add(QStringLiteral("open a conversation"),
              repeat(100, [&](int i) { wait(store->load(rows[i * 7 % rows.size()].id)); }));
  Exchange last;
  report->add(QStringLiteral("send a message (on disk)"), repeat(100, [&](int) {
                last = wait(store->startConversation({}, {text.question(), {}, {}, {}}, {}));
              }));
  const QString answer = text.english(8000).left(50000);
  report->add(QStringLiteral("checkpoint of 50,000 characters"), repeat(50, [&](int) {
                store->checkpointAnswer(last.answerId, answer);
                store->flush();
              }));
  report->add(QStringLiteral("delete for good"), repeat(3, [&](int i) {
                store->deleteForGood(rows[i].id);
                store->flush();
              }));
}

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  QCommandLineParser parser;
  parser.addHelpOption();
  parser.addOptions({{QStringLiteral("conversations"), QStringLiteral("How many."),
                      QStringLiteral("n"), QStringLiteral("1000")},
                     {QStringLiteral("messages"), QStringLiteral("In each."), QStringLiteral("n"),
                      QStringLiteral("50")},
                     {QStringLiteral("json"), QStringLiteral("Print JSON.")}});
  parser.process(app);
  QTemporaryDir dir;
  StoreOptions options;
  options.folder = dir.filePath(QStringLiteral("fireside"));
  TextMaker text;
  Report report;
  qint64 characters = 0;
  const double fill_ms = timed([&] {
    characters = fill(options.folder, parser.value(QStringLiteral("conversations")).toInt(),
                      parser.value(QStringLiteral("messages")).toInt(), text);
  });
  report.add(QStringLiteral("text"), static_cast<double>(characters) / 1e6, "M characters");
  report.add(
      QStringLiteral("database"),
      static_cast<double>(QFileInfo(options.folder + QStringLiteral("/fireside.db")).size()) /
          1048576,
      "MiB");
  report.add(QStringLiteral("fill"), fill_ms / 1000, "s");
  measure(options, text, &report);
  report.print(parser.isSet(QStringLiteral("json")));
  return 0;
}
