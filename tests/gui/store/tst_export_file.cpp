// SPDX-License-Identifier: Apache-2.0
// Names of exported files, and writing them where it is not allowed or where there is no room.
#include <QDir>
#include <QTest>

#include "gui/store/export_file.h"
#include "tests/gui/store/obstacles.h"

using namespace gui;

class ExportFileTest : public QObject {
  Q_OBJECT

 private slots:
  void names_data() {
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("name");
    QTest::newRow("plain") << "Plan for May"
                           << "Plan for May";
    QTest::newRow("path") << "../../etc/passwd"
                          << "etc passwd";
    QTest::newRow("hidden") << ".bashrc"
                            << "bashrc";
    QTest::newRow("marks") << "a<b>:\"c\"|d?*\\"
                           << "a b c d";
    QTest::newRow("lines") << "one\n two\t"
                           << "one two";
    QTest::newRow("unseen") << QStringLiteral("a\u202Egnp\u200B") << "agnp";
    QTest::newRow("end") << "What is this..."
                         << "What is this";
    QTest::newRow("nothing") << " / "
                             << "Conversation";
    QTest::newRow("empty") << ""
                           << "Conversation";
    QTest::newRow("Chinese") << "天气？"
                             << "天气？";
    QTest::newRow("long") << QString(500, u'天') << QString(60, u'天');
    QTest::newRow("half a sign") << QString(59, u'a') + QStringLiteral("😀😀") << QString(59, u'a');
  }

  void names() {
    QFETCH(QString, title);
    QTEST(exportName(title), "name");
  }

  void paths() {
    const QTemporaryDir dir;
    const auto at = [&dir](const char* name) { return dir.filePath(QString::fromLatin1(name)); };
    QCOMPARE(exportPath(at("a.md"), false), at("a.md"));
    QCOMPARE(exportPath(at("a.JSON"), false), at("a.JSON"));
    QCOMPARE(exportPath(at("a"), false), at("a.md"));
    QCOMPARE(exportPath(at("a v1.2"), false), at("a v1.2.md"));
    QCOMPARE(exportPath(at("a v1.2"), true), at("a v1.2.json"));
    QCOMPARE(exportPath(at("a.md"), true), at("a.json"));
    QCOMPARE(writeExport(at("a.json"), "{}"), QString());
    QCOMPARE(exportPath(at("a.md"), true), at("a (2).json"));
    QCOMPARE(exportPath(at("a"), true), at("a (2).json"));
    QCOMPARE(exportPath(at("a.json"), true), at("a.json"));  // the dialog has asked
  }

  void replacesWhole() {
    const QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("a.md"));
    QCOMPARE(writeExport(path, QByteArray(100000, 'x')), QString());
    QCOMPARE(writeExport(path, "short"), QString());
    QCOMPARE(content(path), QByteArray("short"));
    QCOMPARE(QDir(dir.path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
  }

  void saysWhyNot() {
    const QTemporaryDir dir;
    const QString missing = dir.filePath(QStringLiteral("missing/a.md"));
    QCOMPARE(writeExport(missing, "x"),
             QStringLiteral("This folder is not there. Choose another one."));
    QVERIFY(QDir(dir.path()).mkdir(QStringLiteral("b.md")));
    QCOMPARE(writeExport(dir.filePath(QStringLiteral("b.md")), "x"),
             QStringLiteral("A folder has this name. Choose another one."));
    const QString path = dir.filePath(QStringLiteral("a.md"));
    QCOMPARE(writeExport(path, "before"), QString());
    QFile::setPermissions(dir.path(), QFile::Permissions(0x5555));
    {
      const AsNobody nobody;
      QCOMPARE(writeExport(path, "after"),
               QStringLiteral("You have no permission to write there. Choose another folder."));
    }
    QFile::setPermissions(dir.path(), QFile::Permissions(0x7700));
    QCOMPARE(content(path), QByteArray("before"));
  }

  void fullDisk() {
    SmallDisk disk(256);
    if (!disk.mounted()) QSKIP("mounting a small tmpfs needs root");
    QVERIFY(QDir().mkpath(disk.folder()));
    const QString path = disk.folder() + QStringLiteral("/a.md");
    QCOMPARE(writeExport(path, "before"), QString());
    disk.fill();
    QCOMPARE(writeExport(path, QByteArray(100000, 'x')),
             QStringLiteral("The disk is full. Make room, or choose a folder on another one."));
    QCOMPARE(content(path), QByteArray("before"));
    QCOMPARE(QDir(disk.folder()).entryList(QDir::Files | QDir::Hidden).size(), 1);
    disk.free();
    QCOMPARE(writeExport(path, "after"), QString());
  }

 private:
  static QByteArray content(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }
};

QTEST_GUILESS_MAIN(ExportFileTest)

#include "tst_export_file.moc"
