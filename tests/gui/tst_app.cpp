// SPDX-License-Identifier: Apache-2.0
// The whole application behind the window, with the fake backend: conversations side by side,
// deleting, files from outside, languages, models, the command line.
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "gui/app/app.h"
#include "gui/chat/day_section.h"
#include "gui/chat/fake_backend.h"
#include "tests/gui/store/obstacles.h"

namespace gui {

class AppTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    qputenv("XDG_DATA_HOME", folder_.filePath(QStringLiteral("share")).toUtf8());
    qputenv("HF_HUB_CACHE", folder_.filePath(QStringLiteral("hub")).toUtf8());
    qunsetenv("FIRESIDE_MODEL");
  }

  void init() { start(); }
  void cleanup() {
    app_.reset();
    QDir(folder_.filePath(QStringLiteral("data"))).removeRecursively();
  }

  void beginsWithANewChat() {
    QVERIFY(app_->chat() != nullptr);
    QCOMPARE(app_->chat()->conversationId(), 0);
    QVERIFY(!app_->version().isEmpty());
    ChatSession* first = app_->chat();
    app_->newChat();
    QCOMPARE(app_->chat(), first);
  }

  // No model fits a device that is not there; which one was meant and why it is not used is said.
  void aNamedDeviceThatIsAbsentSaysWhy() {
    app_.reset();
    AppOptions options;
    options.dataFolder = folder_.filePath(QStringLiteral("data"));
    options.device = QStringLiteral("cuda:77");
    app_ = std::make_unique<App>(options);
    app_->start();
    QTRY_COMPARE_WITH_TIMEOUT(app_->engine()->status(), EngineController::Failed, 20000);
    QVERIFY(!app_->engine()->errorString().isEmpty());
  }

  void conversationsGoOnWhenLeft() {
    fake()->setTokensPerSecond(100);
    fake()->setAnswer(QStringLiteral("word ").repeated(60));
    QVERIFY(app_->chat()->send(QStringLiteral("First")));
    QTRY_VERIFY(app_->chat()->conversationId() > 0);
    const qint64 first = app_->chat()->conversationId();
    QTRY_COMPARE(app_->chat()->status(), ChatSession::Generating);
    app_->newChat();
    QCOMPARE(app_->chat()->conversationId(), 0);
    QCOMPARE(role(0, ConversationListModel::GeneratingRole).toBool(), true);
    QVERIFY(app_->chat()->send(QStringLiteral("Second")));
    QTRY_VERIFY(!app_->chat()->busy());
    const qint64 second = app_->chat()->conversationId();
    QVERIFY(second != first);
    app_->openConversation(first);
    QTRY_COMPARE(app_->chat()->messageText(first * 2).isEmpty(), false);
    QTRY_VERIFY(!app_->chat()->busy());
    QTRY_COMPARE(role(0, ConversationListModel::GeneratingRole).toBool(), false);
    QCOMPARE(app_->settings()->lastConversation(), first);
    QTRY_COMPARE(app_->conversations()->count(), 2);
    // The list is newest first: the first conversation finished last or first, its neighbour is the
    // other.
    app_->openNext();
    app_->openPrevious();
    QVERIFY(app_->chat()->conversationId() == first || app_->chat()->conversationId() == second);
  }

  void deletingTheShownOneOpensANewChat() {
    QVERIFY(app_->chat()->send(QStringLiteral("First")));
    QTRY_VERIFY(app_->chat()->conversationId() > 0);
    app_->conversations()->remove(app_->chat()->conversationId());
    QTRY_COMPARE(app_->chat()->conversationId(), 0);
    QTRY_VERIFY(!app_->conversations()->undoText().isEmpty());
    app_->conversations()->undoRemove();
    QTRY_COMPARE(app_->conversations()->count(), 1);
  }

  void undoOpensTheShownOneAgain() {
    const qint64 first = ask(QStringLiteral("First"));
    app_->newChat();
    const qint64 second = ask(QStringLiteral("Second"));
    const auto remove = [this](qint64 id) {
      app_->conversations()->remove(id);
      QTRY_VERIFY(!app_->conversations()->undoText().isEmpty());
    };
    remove(second);
    QCOMPARE(app_->chat()->conversationId(), 0);
    app_->conversations()->undoRemove();
    QTRY_COMPARE(app_->chat()->conversationId(), second);
    QTRY_VERIFY(app_->chat()->transcript()->count() > 3);
    // It was not the one shown.
    remove(first);
    app_->conversations()->undoRemove();
    QTRY_COMPARE(app_->conversations()->count(), 2);
    QCOMPARE(app_->chat()->conversationId(), second);
    // The person has gone elsewhere.
    remove(second);
    app_->openConversation(first);
    app_->conversations()->undoRemove();
    QTRY_COMPARE(app_->conversations()->count(), 2);
    QCOMPARE(app_->chat()->conversationId(), first);
  }

  void restartOpensTheLastConversation() {
    QVERIFY(app_->chat()->send(QStringLiteral("Remember me")));
    QTRY_VERIFY(!app_->chat()->busy() && app_->chat()->conversationId() > 0);
    const qint64 id = app_->chat()->conversationId();
    start();
    QTRY_COMPARE(app_->chat()->conversationId(), id);
    QTRY_COMPARE(app_->chat()->title(), QStringLiteral("Remember me"));
    QTRY_VERIFY(app_->chat()->transcript()->count() > 3);
  }

  void filesOfTheCommandLineAreAttached() {
    const QString document = folder_.filePath(QStringLiteral("a.txt"));
    writeFile(document, "some words");
    start({QUrl::fromLocalFile(document)});
    QTRY_COMPARE_WITH_TIMEOUT(app_->chat()->attachments()->ready().size(), 1, 20000);
    QCOMPARE(app_->chat()->conversationId(), 0);
  }

  // With the text of the documents; where nothing may be written, nothing is left behind.
  void exportsWithDocuments() {
    const QString document = folder_.filePath(QStringLiteral("notes.txt"));
    writeFile(document, "some words");
    start({QUrl::fromLocalFile(document)});
    QTRY_COMPARE_WITH_TIMEOUT(app_->chat()->attachments()->ready().size(), 1, 20000);
    const qint64 id = ask(QStringLiteral("What is in it?"));
    const QString folder = folder_.filePath(QStringLiteral("exports"));
    QVERIFY(QDir().mkpath(folder));
    const QString path = folder + QStringLiteral("/a.json");
    app_->exporter()->save(id, QUrl::fromLocalFile(path));
    QTRY_COMPARE(app_->exporter()->message(), QStringLiteral("Saved to ") + path);
    QVERIFY(!app_->exporter()->failed());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains("some words"));
    QCOMPARE(app_->exporter()->suggestedFile(QStringLiteral("x")),
             QUrl::fromLocalFile(folder + QStringLiteral("/x.md")));
    QFile::setPermissions(folder, QFile::Permissions(0x5555));
    {
      const AsNobody nobody;
      app_->exporter()->save(id, QUrl::fromLocalFile(folder + QStringLiteral("/b.md")));
      QTRY_VERIFY(app_->exporter()->failed());
    }
    QFile::setPermissions(folder, QFile::Permissions(0x7700));
    QCOMPARE(app_->exporter()->message(),
             QStringLiteral("“%1/b.md” could not be saved. You have no permission to write there. "
                            "Choose another folder.")
                 .arg(folder));
    QCOMPARE(QDir(folder).entryList(QDir::Files | QDir::Hidden).size(), 1);
    app_->exporter()->save(id, QUrl(QStringLiteral("sftp://there/b.md")));
    QVERIFY(app_->exporter()->failed());
  }

  void languageChangesAtRunTime() {
    QSignalSpy retranslated(app_.get(), &App::retranslated);
    QCOMPARE(
        app_->roles()->get(QStringLiteral("translator")).value(QStringLiteral("name")).toString(),
        QStringLiteral("Translator"));
    app_->settings()->setLanguage(QStringLiteral("zh_CN"));
    QCOMPARE(retranslated.size(), 1);
    QVERIFY(
        app_->roles()->get(QStringLiteral("translator")).value(QStringLiteral("name")).toString() !=
        QStringLiteral("Translator"));
    app_->settings()->setLanguage(QStringLiteral("en"));
    QCOMPARE(retranslated.size(), 2);
  }

  void modelsAreFound() {
    QSignalSpy refreshed(app_->models(), &ModelListModel::refreshed);
    const QString models = folder_.filePath(QStringLiteral("models"));
    QVERIFY(QDir().mkpath(models + QStringLiteral("/small")));
    const QDir tiny(QStringLiteral(FIRESIDE_TEST_DATA "/tiny-qwen3"));
    for (const QString& name : tiny.entryList(QDir::Files)) {
      QFile::copy(tiny.filePath(name), models + QStringLiteral("/small/") + name);
    }
    app_->models()->addFolder(QUrl::fromLocalFile(models));
    QTRY_VERIFY(!app_->models()->searching() && app_->models()->count() >= 1 &&
                !app_->models()->onlyBundled());
    int row = -1;
    for (int i = 0; i < app_->models()->count(); ++i) {
      if (app_->models()->data(app_->models()->index(i), ModelListModel::NameRole).toString() ==
          QLatin1String("small")) {
        row = i;
      }
    }
    QVERIFY(row >= 0);
    const auto value = [&](int role) {
      return app_->models()->data(app_->models()->index(row), role);
    };
    QVERIFY(value(ModelListModel::SupportedRole).toBool());
    QVERIFY(value(ModelListModel::FitsRole).toBool());
    QVERIFY(!value(ModelListModel::SizeTextRole).toString().isEmpty());
    QVERIFY(!value(ModelListModel::FitTextRole).toString().isEmpty());
    // Only where a folder like that one is found: not the cache with its own order of folders.
    QCOMPARE(app_->models()->placesForModels(),
             (QStringList{folder_.filePath(QStringLiteral("share/fireside/models")), models}));
  }

  // Chosen, not ready yet, and loaded again with other settings: still the choice.
  void aChoiceThatIsReloadedIsRemembered() {
    class Local : public FakeBackend {
     public:
      using FakeBackend::FakeBackend;
      bool isFake() const override { return false; }
    };
    Local backend;
    EngineController engine(&backend, app_->settings());
    backend.failNextLoad(QStringLiteral("Out of memory."));
    engine.load(QStringLiteral("/models/chosen"));
    QCOMPARE(engine.status(), EngineController::Failed);
    engine.reload();
    QCOMPARE(engine.status(), EngineController::Ready);
    QCOMPARE(app_->settings()->modelPath(), QStringLiteral("/models/chosen"));
    engine.loadUnasked(QStringLiteral("/models/found"));
    engine.reload();
    QCOMPARE(engine.status(), EngineController::Ready);
    QCOMPARE(app_->settings()->modelPath(), QStringLiteral("/models/chosen"));
  }

  void clipboardAndLinks() {
    app_->copyToClipboard(QStringLiteral("**x**"));
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("**x**"));
    QCOMPARE(app_->readableLink(QStringLiteral("https://example.org/")),
             QStringLiteral("https://example.org/"));
    app_->openLink(QStringLiteral("file:///etc/passwd"));  // ignored
  }

  void days_data() {
    QTest::addColumn<int>("age");
    QTest::addColumn<QString>("section");
    QTest::newRow("today") << 0 << "Today";
    QTest::newRow("clock was wrong") << -3 << "Today";
    QTest::newRow("yesterday") << 1 << "Yesterday";
    QTest::newRow("week") << 7 << "Previous 7 days";
    QTest::newRow("month") << 8 << "April";
    QTest::newRow("year") << 200 << "October 2023";
  }

  void days() {
    QFETCH(int, age);
    QFETCH(QString, section);
    QLocale::setDefault(QLocale(QStringLiteral("en")));
    const QDate today(2024, 5, 5);
    QCOMPARE(daySection(QDateTime(today.addDays(-age), QTime(0, 0)), today), section);
  }

  void monthsInChinese() {
    QLocale::setDefault(QLocale(QStringLiteral("zh_CN")));
    const QDate today(2024, 5, 5);
    const auto section = [&today](const QDate& day) {
      return daySection(QDateTime(day, QTime(0, 0)), today);
    };
    QCOMPARE(section(QDate(2024, 4, 20)), QStringLiteral("4月"));
    QCOMPARE(section(QDate(2023, 10, 18)), QStringLiteral("2023年10月"));
    QLocale::setDefault(QLocale(QStringLiteral("en")));
  }

 private:
  void start(const QList<QUrl>& files = {}) {
    app_.reset();
    AppOptions options;
    options.dataFolder = folder_.filePath(QStringLiteral("data"));
    options.fake = true;
    options.fakeTokensPerSecond = 5000;
    options.files = files;
    app_ = std::make_unique<App>(options);
    app_->settings()->setLanguage(QStringLiteral("en"));
    app_->start();
  }

  // The id of the conversation, once it is answered.
  qint64 ask(const QString& question) {
    app_->chat()->send(question);
    (void)QTest::qWaitFor(
        [this] { return app_->chat()->conversationId() > 0 && !app_->chat()->busy(); });
    return app_->chat()->conversationId();
  }
  static void writeFile(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
  }
  FakeBackend* fake() { return static_cast<FakeBackend*>(app_->backend()); }
  QVariant role(int row, int role) {
    return app_->conversations()->data(app_->conversations()->index(row), role);
  }

  QTemporaryDir folder_;
  std::unique_ptr<App> app_;
};

}  // namespace gui

QTEST_MAIN(gui::AppTest)
#include "tst_app.moc"
