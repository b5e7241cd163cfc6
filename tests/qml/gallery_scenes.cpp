// SPDX-License-Identifier: Apache-2.0
#include "tests/qml/gallery_scenes.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>
#include <cstdio>

#include "tests/qml/gallery_texts.h"

QString Look::name() const {
  const QString usual =
      QStringLiteral("%1x%2-%3-%4").arg(size.width()).arg(size.height()).arg(theme, language);
  return textSize == 100 ? usual : QStringLiteral("%1-%2").arg(usual).arg(textSize);
}

const QMap<QString, GalleryScenes::Scene>& GalleryScenes::all() {
  using S = GalleryScenes;
  static const QMap<QString, Scene> scenes = {
      {"empty", &S::empty},
      {"first-start", &S::firstStart},
      {"streaming", &S::streaming},
      {"edit", &S::edit},
      {"answer", &S::answer},
      {"summary", &S::summary},
      {"summary-done", &S::summaryDone},
      {"refused", &S::refused},
      {"too-long", &S::tooLong},
      {"long-text", &S::longText},
      {"preview", &S::preview},
      {"search", &S::search},
      {"search-nothing", &S::searchNothing},
      {"find", &S::find},
      {"roles", &S::roles},
      {"role-editor", &S::roleEditor},
      {"sampling", &S::sampling},
      {"settings", &S::settings},
      {"prefill", &S::prefill},
      {"settings-gpu", &S::settingsGpu},
      {"keys", &S::keys},
      {"models", &S::models},
      {"details", &S::details},
      {"error", &S::error},
      {"load-failed", &S::loadFailed},
      {"trash", &S::trash},
      {"trash-list", &S::trashList},
      {"export-failed", &S::exportFailed},
      {"confirm", &S::confirm},
      {"overlay", &S::overlay},
      {"drop", &S::drop},
      {"demo-answer", &S::demoAnswer},
      {"demo-summary", &S::demoSummary},
      {"demo-roles", &S::demoRoles},
  };
  return scenes;
}

QStringList GalleryScenes::names() { return all().keys(); }

bool GalleryScenes::play(const QString& scene, const Look& look) {
  const Scene found = all().value(scene);
  if (found == nullptr) return false;
  look_ = look;
  local_ = scene == QLatin1String("first-start") || scene.startsWith(QLatin1String("demo-"));
  QVariantMap wanted = options();
  if (scene == QLatin1String("settings-gpu")) {
    qputenv("FAKE_CUDA_NAME", "NVIDIA H200");
    host_.pretendGpus(QStringLiteral("usable old"));
  }
  if (!host_.start(wanted)) return false;
  (this->*found)();
  // Away from every button, so that none shows its hint. Twice: a move to where the pointer was in
  // the last picture is no move.
  if (scene != QLatin1String("trash")) {
    for (const int fromEdge : {8, 4}) {
      QTest::mouseMove(host_.window(),
                       QPoint(look.size.width() - fromEdge, look.size.height() - 60));
    }
  }
  return true;
}

QVariantMap GalleryScenes::options() const {
  return {{"language", look_.language},          {"theme", look_.theme},
          {"textScale", look_.textSize / 100.0}, {"local", local_},
          {"width", look_.size.width()},         {"height", look_.size.height()}};
}

QString GalleryScenes::words(const char* english, const char* chinese) const {
  return QString::fromUtf8(look_.chinese() ? chinese : english);
}

void GalleryScenes::ask(const QString& question) {
  chat()->send(question);
  host_.waitFor([this] { return !chat()->busy(); });
}

void GalleryScenes::click(const QString& objectName) {
  host_.waitFor([&] { return host_.find(objectName) != nullptr; });
  host_.settle();
  if (QQuickItem* item = host_.find(objectName)) host_.click(item);
}

void GalleryScenes::furnish() {
  QList<int> ages;
  for (const Talk& talk : kTalks) {
    host_.app()->newChat();
    host_.setAnswer(QString::fromUtf8(talk.answer[look_.chinese()]));
    ask(QString::fromUtf8(talk.question[look_.chinese()]));
    ages.append(talk.daysAgo);
  }
  spreadOverDays(ages);
}

// While the program has the database, nobody else may write it.
void GalleryScenes::spreadOverDays(const QList<int>& daysAgo) {
  host_.waitFor(
      [&] { return host_.app()->conversations()->count() == static_cast<int>(daysAgo.size()); });
  const QString file = host_.app()->storage()->location();
  host_.stop();
  {
    QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "gallery");
    database.setDatabaseName(file);
    database.open();
    for (qsizetype i = 0; i < daysAgo.size(); ++i) {
      QSqlQuery query(database);
      query.prepare(
          QStringLiteral("UPDATE conversations SET updated_at = updated_at - ? WHERE id = ?"));
      query.addBindValue(daysAgo[i] * 86400000LL);
      query.addBindValue(i + 1);
      if (!query.exec()) std::fprintf(stderr, "the conversations are all of today\n");
    }
    database.close();
  }
  QSqlDatabase::removeDatabase("gallery");
  QVariantMap wanted = options();
  wanted.insert("keep", true);
  host_.start(wanted);
  host_.app()->newChat();
}

void GalleryScenes::attach(const QString& name, const QByteArray& content) {
  const int before = chat()->attachments()->count();
  chat()->attachFiles({QUrl::fromLocalFile(host_.writeFile(name, content))});
  host_.waitFor(
      [&] { return chat()->attachments()->count() > before && !chat()->attachments()->reading(); });
}

QByteArray GalleryScenes::report() const {
  QByteArray text;
  for (int chapter = 1; chapter <= 40; ++chapter) {
    text += "# " + words("Chapter %1", "第 %1 章").arg(chapter).toUtf8() + "\n\n";
    for (int i = 0; i < 60; ++i) {
      text += words(
                  "The committee reviewed the figures of the quarter and asked for a second count "
                  "of the stock. ",
                  "委员会审阅了本季度的数据，并要求重新清点库存。")
                  .toUtf8();
    }
    text += "\n\n";
  }
  return text;
}

void GalleryScenes::empty() { furnish(); }

void GalleryScenes::firstStart() {
  host_.waitFor([this] { return host_.find("firstStart") != nullptr; });
}

void GalleryScenes::streaming() {
  furnish();
  host_.setRate(220);
  chat()->send(words("How do I read a large file in Python?", "怎样用 Python 逐行读取大文件？"));
  host_.waitFor([this] { return chat()->transcript()->count() >= 8; });
  QTest::qWait(120);
}

// The question is written anew while it is still being answered.
void GalleryScenes::edit() {
  streaming();
  host_.key(Qt::Key_Up);
  host_.waitFor([this] { return host_.find(QStringLiteral("messageEditor")) != nullptr; });
  host_.settle();
}

// A long document is being read.
void GalleryScenes::prefill() {
  furnish();
  useCard();
  attach(words("Annual report 2024.md", "2024 年度报告.md"), report());
  host_.fake()->setContextLimit(262'144);
  host_.fake()->setFirstTokenMs(3000);
  chat()->send(words("What did the committee ask for?", "委员会提出了什么要求？"));
  host_.waitFor([this] { return chat()->progress() > 0.5; });
}

void GalleryScenes::answer() {
  furnish();
  ask(words("How do I read a large file in Python?", "怎样用 Python 逐行读取大文件？"));
}

// The sample document, in a context that is too short for all of it.
void GalleryScenes::startSummary() {
  furnish();
  host_.setContextLimit(2048);
  host_.setAnswer(words(kSummary[0], kSummary[1]));
  chat()->attachFiles({QUrl::fromLocalFile(QStringLiteral(FIRESIDE_SAMPLES "/") +
                                           words("fireside-sample.pdf", "fireside-sample-zh.md"))});
  host_.waitFor(
      [this] { return chat()->attachments()->count() == 1 && !chat()->attachments()->reading(); });
}

void GalleryScenes::summary() {
  startSummary();
  host_.setRate(60);
  chat()->summarize();
  host_.waitFor([this] { return chat()->progress() > 0.3; });
}

void GalleryScenes::summaryDone() {
  startSummary();
  chat()->summarize();
  host_.waitFor([this] { return !chat()->busy(); }, 60000);
}

void GalleryScenes::refused() {
  furnish();
  attach(words("Quarterly figures.csv", "季度数据.csv"), "name,value\na,1\n");
  attach(words("scan of the contract.pdf", "合同扫描件.pdf"), "%PDF-1.4\nbroken");
  chat()->setDraft(words("What changed against last year?", "和去年相比有什么变化？"));
}

// A question with more documents than the model can read at once.
void GalleryScenes::tooLong() {
  refused();
  attach(words("Annual report 2024.md", "2024 年度报告.md"), report());
  attach(words("Notes of the last meeting.md", "上次会议记录.md"), "# Notes\n\nNothing new.\n");
  host_.waitFor([this] { return !chat()->fits(); });
}

// Nothing here has a place to break at.
void GalleryScenes::longText() {
  furnish();
  const QString word =
      words("Donaudampfschifffahrtsgesellschaftskapitän", "没有标点的长句子一直写到看不见头的地方");
  attach(word.repeated(3) + QStringLiteral(".md"), report());
  host_.setAnswer(QStringLiteral("## %1\n\nhttps://example.org/%2\n\n```\n%1 %1 %1\n```\n\n| %3 | "
                                 "%3 | %3 |\n|---|---|---|\n| %3 %3 | 1 | 2 |\n")
                      .arg(word.repeated(4), QStringLiteral("path/").repeated(40), word));
  ask(word.repeated(6) + QLatin1Char('\n') + QStringLiteral("x").repeated(200));
}

void GalleryScenes::preview() {
  furnish();
  attach(words("Annual report 2024.md", "2024 年度报告.md"), report());
  click("openAttachment");
}

void GalleryScenes::search() {
  furnish();
  host_.app()->openConversation(1);
  host_.key(Qt::Key_K, Qt::ControlModifier);
  host_.find("searchField")->setProperty("text", words("memory", "内存"));
  host_.waitFor([this] { return host_.app()->conversations()->count() != kNumTalks; });
}

void GalleryScenes::searchNothing() {
  furnish();
  host_.key(Qt::Key_K, Qt::ControlModifier);
  host_.find("searchField")->setProperty("text", words("unicorn", "独角兽"));
  host_.waitFor([this] { return host_.app()->conversations()->count() == 0; });
}

void GalleryScenes::find() {
  answer();
  host_.key(Qt::Key_F, Qt::ControlModifier);
  host_.type("line");
}

void GalleryScenes::roles() {
  furnish();
  click("roleChip");
  host_.waitFor([this] { return host_.find("roleList") != nullptr; });
}

void GalleryScenes::roleEditor() {
  roles();
  click("newRole");
  host_.waitFor([this] { return host_.find("roleEditor") != nullptr; });
}

void GalleryScenes::sampling() {
  furnish();
  chat()->sampling()->setTemperature(0.3);
  click("samplingButton");
}

void GalleryScenes::settings() {
  furnish();
  host_.key(Qt::Key_Comma, Qt::ControlModifier);
}

void GalleryScenes::keys() {
  furnish();
  host_.key(Qt::Key_F1);
}

// A server's card that holds the model that Fireside is made for.
void GalleryScenes::useCard() {
  engine::MemoryUse use;
  use.weights = 8'044'936'192;
  use.workspace = 402'653'184;
  use.graphs = 402'653'184;
  use.kv_cache = 117'190'000'000;
  use.kv_tokens = 794'624;
  use.kv_bits = 16;
  use.max_model_len = 262'144;
  use.available = 126'400'000'000;
  host_.fake()->setMachine(QStringLiteral("NVIDIA H200"), use, 150'120'000'000);
}

void GalleryScenes::settingsGpu() {
  furnish();
  useCard();
  host_.key(Qt::Key_Comma, Qt::ControlModifier);
  host_.waitFor([this] { return host_.find("shareSetting") != nullptr; });
  host_.app()->settings()->setCompactCache(true);
  host_.settle();
  if (QQuickItem* choice = host_.find("cacheChoice")) choice->forceActiveFocus();
}

void GalleryScenes::models() {
  furnish();
  useCard();
  host_.key(Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
  host_.waitFor([this] { return !host_.app()->models()->searching(); });
}

void GalleryScenes::details() {
  answer();
  useCard();
  click("statusLine");
}

void GalleryScenes::error() {
  furnish();
  useCard();
  host_.setRate(220);
  chat()->send(words("Summarise our options for the migration", "总结一下迁移的几种方案"));
  host_.waitFor([this] { return chat()->transcript()->count() >= 5; });
  host_.breakDevice(QStringLiteral(
      "the GPU failed while computing a step: an illegal memory access was encountered "
      "(cudaErrorIllegalAddress); reload the model, and restart Fireside if that does not help"));
}

void GalleryScenes::loadFailed() {
  furnish();
  host_.failNextLoad(words(
      "The weights in model-00002.safetensors are damaged: the file is 12 bytes short. Download it "
      "again.",
      "model-00002.safetensors 里的权重已损坏：文件少了 12 字节。请重新下载。"));
  host_.app()->engine()->reload();
  host_.waitFor(
      [this] { return host_.app()->engine()->status() == gui::EngineController::Failed; });
}

// A row under the pointer, and what was just deleted.
void GalleryScenes::trash() {
  furnish();
  host_.app()->conversations()->remove(2);
  host_.waitFor([this] { return !host_.app()->conversations()->undoText().isEmpty(); });
  host_.settle();
  const QList<QQuickItem*> rows = host_.findAll("conversationRow");
  if (!rows.isEmpty()) host_.hover(rows.first());
}

void GalleryScenes::trashList() {
  furnish();
  for (const qint64 id : {2, 4, 5}) host_.app()->conversations()->remove(id);
  host_.waitFor([this] { return host_.app()->trash()->count() == 3; });
  host_.key(Qt::Key_Comma, Qt::ControlModifier);
  host_.waitFor([this] { return host_.find("showTrash") != nullptr; });
  QQuickItem* button = host_.find("showTrash");
  button->forceActiveFocus();  // scrolls to it
  QMetaObject::invokeMethod(button, "clicked");
  host_.waitFor([this] { return host_.find("trashList") != nullptr; });
}

void GalleryScenes::exportFailed() {
  answer();
  host_.app()->exporter()->save(
      chat()->conversationId(),
      QUrl::fromLocalFile(QStringLiteral("/media/") + words("backup", "备份") +
                          words("/Large files in Python.md", "/逐行读取大文件.md")));
  host_.waitFor([this] { return host_.app()->exporter()->failed(); });
}

void GalleryScenes::confirm() {
  roleEditor();
  host_.waitFor(
      [this] { return host_.find("roleName") && host_.find("roleName")->hasActiveFocus(); });
  host_.type("Poet");
  host_.key(Qt::Key_Escape);
}

void GalleryScenes::overlay() {
  answer();
  host_.settle();
  if (QQuickItem* button = host_.find("showSidebar")) host_.click(button);
}

void GalleryScenes::drop() {
  furnish();
  host_.dragOver({"/tmp/a.pdf", "/tmp/b.pdf", "/tmp/c.txt"});
}
