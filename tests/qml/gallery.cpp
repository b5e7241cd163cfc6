// SPDX-License-Identifier: Apache-2.0
// Pictures of the window in its main states: every scene at two sizes, light and dark, English and
// Chinese.
//   gallery FOLDER [SCENE...]     QT_QPA_PLATFORM=offscreen, no display needed
#include <QDir>
#include <QGuiApplication>
#include <QImage>
#include <QQmlEngine>
#include <QQuickStyle>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>
#include <cstdio>

#include "engine/log.h"
#include "tests/qml/window_host.h"

namespace {

struct Look {
  QSize size;
  QString theme;
  QString language;
  bool chinese() const { return language == QLatin1String("zh_CN"); }
};

class Gallery {
 public:
  Gallery(WindowHost& host, QString folder) : host_(host), folder_(std::move(folder)) {}

  void show(const QString& scene, const Look& look) {
    look_ = look;
    if (!host_.start(options(scene == QLatin1String("first-start")))) return;
    const auto found = scenes().value(scene);
    if (!found) {
      std::fprintf(stderr, "no scene %s\n", qPrintable(scene));
      return;
    }
    // Away from every button, so that none shows its hint.
    QTest::mouseMove(host_.window(), QPoint(look.size.width() - 40, look.size.height() / 2));
    (this->*found)();
    QTest::qWait(150);
    const QString name = QStringLiteral("%1-%2x%3-%4-%5.png")
                             .arg(scene)
                             .arg(look.size.width())
                             .arg(look.size.height())
                             .arg(look.theme, look.language);
    host_.window()->grabWindow().save(QDir(folder_).filePath(name));
    std::printf("%s\n", qPrintable(name));
    std::fflush(stdout);
  }

  using Scene = void (Gallery::*)();
  static QMap<QString, Scene> scenes() {
    return {{"empty", &Gallery::empty},
            {"first-start", &Gallery::firstStart},
            {"streaming", &Gallery::streaming},
            {"answer", &Gallery::answer},
            {"summary", &Gallery::summary},
            {"refused", &Gallery::refused},
            {"search", &Gallery::search},
            {"roles", &Gallery::roles},
            {"settings", &Gallery::settings},
            {"error", &Gallery::error},
            {"models", &Gallery::models},
            {"drop", &Gallery::drop},
            {"role-editor", &Gallery::roleEditor},
            {"sampling", &Gallery::sampling},
            {"details", &Gallery::details}};
  }

 private:
  QVariantMap options(bool local) const {
    return {{"language", look_.language},
            {"theme", look_.theme},
            {"width", look_.size.width()},
            {"height", look_.size.height()},
            {"local", local}};
  }
  QString words(const char* english, const char* chinese) const {
    return QString::fromUtf8(look_.chinese() ? chinese : english);
  }
  gui::ChatSession* chat() const { return host_.app()->chat(); }

  void ask(const QString& question) {
    chat()->send(question);
    host_.waitFor([this] { return !chat()->busy(); });
  }
  // Conversations of some days, so that the sidebar looks lived in.
  void furnish() {
    const char* talks[][4] = {
        {"Explain attention in one page", "用一页纸讲清注意力机制",
         "Each word looks at all words before it and takes from them what it needs. The cost is "
         "memory: every word keeps "
         "a key and a value.",
         "每个词都会回看前面的词，取走自己需要的信息。代价是内存：每个词都要保存一个键和一个值。"},
        {"Compare two laptop offers", "比较两台笔记本的报价",
         "The second offer is dearer but comes with twice the memory and three years of service.",
         "第二份报价更贵，但内存翻倍，还带三年保修。"},
        {"Plan for the release in May", "五月发布计划",
         "Freeze on the 3rd, translations until the 10th, release on the 17th.",
         "3 日冻结代码，10 日前完成翻译，17 日发布。"},
        {"Reply to the landlord about the heating", "给房东写信说暖气的事",
         "Dear Ms Keller, the heating has been off since Monday.",
         "王先生您好，暖气从周一起就不热了。"},
        {"Minutes of the design review", "设计评审会议纪要",
         "Decided: one window, one column of text. Open: the icon.",
         "已决定：一个窗口、一栏正文。待定：图标。"},
        {"Translate the data sheet", "翻译产品说明书", "Operating temperature: −10 to 45 °C.",
         "工作温度：−10 至 45 °C。"},
        {"How do I read a large file in Python?", "怎样用 Python 逐行读取大文件？", "", ""}};
    for (const auto& talk : talks) {
      host_.app()->newChat();
      host_.setAnswer(words(talk[2], talk[3]));
      ask(words(talk[0], talk[1]));
    }
    host_.setAnswer({});
    host_.app()->newChat();
    spreadOverDays();
    host_.app()->conversations()->refresh();
    host_.waitFor([this] { return host_.app()->conversations()->count() == 7; });
    QTest::qWait(50);
  }
  void spreadOverDays() {
    const QString file = host_.app()->storage()->location();
    QTest::qWait(200);
    {
      QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "gallery");
      database.setDatabaseName(file);
      database.open();
      QSqlQuery query(database);
      for (int i = 0; i < 7; ++i) {
        const int days[] = {40, 12, 6, 3, 1, 1, 0};
        query.exec(
            QStringLiteral("UPDATE conversations SET updated_at = updated_at - %1 WHERE id = %2")
                .arg(days[i] * 86400000LL)
                .arg(i + 1));
      }
      database.close();
    }
    QSqlDatabase::removeDatabase("gallery");
  }
  QByteArray longText() const {
    QByteArray text;
    for (int chapter = 1; chapter <= 40; ++chapter) {
      text += "# " + words("Chapter ", "第").toUtf8() + QByteArray::number(chapter) +
              words("", " 章").toUtf8() + "\n\n";
      for (int i = 0; i < 60; ++i) {
        text += words(
                    "The committee reviewed the figures of the quarter and asked for a second "
                    "count of the stock. ",
                    "委员会审阅了本季度的数据，并要求重新清点库存。")
                    .toUtf8();
      }
      text += "\n\n";
    }
    return text;
  }

  void empty() { furnish(); }
  void firstStart() {
    host_.waitFor([this] { return host_.find("firstStart") != nullptr; });
    QTest::qWait(300);
  }
  void streaming() {
    furnish();
    host_.setRate(220);
    chat()->send(words("How do I read a large file in Python?", "怎样用 Python 逐行读取大文件？"));
    host_.waitFor([this] { return chat()->transcript()->count() >= 8; });
    QTest::qWait(120);
  }
  void answer() {
    furnish();
    ask(words("How do I read a large file in Python?", "怎样用 Python 逐行读取大文件？"));
  }
  void summary() {
    furnish();
    host_.setRate(60);
    host_.setContextLimit(8192);
    chat()->attachFiles({QUrl::fromLocalFile(
        host_.writeFile(words("Annual report 2024.md", "2024 年度报告.md"), longText()))});
    host_.waitFor([this] {
      return chat()->attachments()->count() == 1 && !chat()->attachments()->reading();
    });
    chat()->summarize();
    host_.waitFor([this] { return chat()->progress() > 0.3; });
  }
  void refused() {
    furnish();
    chat()->attachFiles(
        {QUrl::fromLocalFile(
             host_.writeFile(words("Quarterly figures.csv", "季度数据.csv"), "name,value\na,1\n")),
         QUrl::fromLocalFile(host_.writeFile(words("scan of the contract.pdf", "合同扫描件.pdf"),
                                             "%PDF-1.4\nbroken"))});
    host_.waitFor([this] { return !chat()->attachments()->reading(); });
    chat()->setDraft(words("What changed against last year?", "和去年相比有什么变化？"));
    QTest::qWait(300);
  }
  void search() {
    furnish();
    host_.app()->openConversation(7);
    host_.key(Qt::Key_K, Qt::ControlModifier);
    host_.find("searchField")->setProperty("text", words("memory", "内存"));
    host_.waitFor([this] {
      return host_.app()->conversations()->searching() && host_.app()->conversations()->count() > 0;
    });
    QTest::qWait(400);
  }
  void roles() {
    furnish();
    host_.click(host_.find("roleChip"));
    host_.waitFor([this] { return host_.find("roleList") != nullptr; });
  }
  void settings() { host_.key(Qt::Key_Comma, Qt::ControlModifier); }
  void models() { host_.key(Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier); }
  void error() {
    furnish();
    host_.failNextAnswer(
        words("The graphics card reported an error while answering (CUDA error 700). What was "
              "written so far is kept.",
              "显卡在回答时报告了错误（CUDA 错误 700）。已经写出的内容都保留着。"));
    ask(words("Summarise our options for the migration", "总结一下迁移的几种方案"));
  }
  void drop() {
    furnish();
    host_.dragOver({"/tmp/a.pdf", "/tmp/b.pdf", "/tmp/c.txt"});
  }
  void roleEditor() {
    QMetaObject::invokeMethod(host_.window(), "showPage", Q_ARG(QString, "role"));
    host_.waitFor([this] { return host_.find("roleEditor") != nullptr; });
  }
  void sampling() {
    furnish();
    chat()->sampling()->setTemperature(0.3);
    host_.click(host_.find("samplingButton"));
  }
  void details() {
    furnish();
    ask(words("Explain attention in one page", "用一页纸讲清注意力机制"));
    host_.click(host_.find("statusLine"));
  }

  WindowHost& host_;
  QString folder_;
  Look look_;
};

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QUICK_BACKEND", "software");
  QGuiApplication application(argc, argv);
  engine::init_logging("warn");
  QQuickStyle::setStyle(QStringLiteral("Basic"));
  QStringList arguments = QGuiApplication::arguments().mid(1);
  if (arguments.isEmpty()) {
    std::fprintf(stderr, "usage: gallery FOLDER [SCENE...] (scenes: %s)\n",
                 qPrintable(Gallery::scenes().keys().join(' ')));
    return 2;
  }
  const QString folder = arguments.takeFirst();
  QDir().mkpath(folder);
  QList<Look> looks;
  const bool quick = arguments.removeAll(QStringLiteral("--quick")) >
                     0;  // one light English and one dark Chinese look
  for (const QSize size : {QSize(1280, 800), QSize(700, 900)}) {
    for (const QString theme : {QStringLiteral("light"), QStringLiteral("dark")}) {
      for (const QString language : {QStringLiteral("en"), QStringLiteral("zh_CN")}) {
        const bool english = language == QLatin1String("en");
        if (quick && (size.width() == 1280) != (theme == QLatin1String("light"))) continue;
        if (quick && english != (theme == QLatin1String("light"))) continue;
        looks.append({size, theme, language});
      }
    }
  }
  QQmlEngine engine;
  WindowHost host;
  host.setEngine(&engine);
  Gallery gallery(host, folder);
  const QStringList scenes = arguments.isEmpty() ? Gallery::scenes().keys() : arguments;
  for (const QString& scene : scenes) {
    for (const Look& look : looks) gallery.show(scene, look);
  }
  host.stop();
  return 0;
}
