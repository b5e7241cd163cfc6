// SPDX-License-Identifier: Apache-2.0
// Settings: every property is kept, brought into range, announced; odd stored values do no harm.
#include <QMetaProperty>
#include <QSignalSpy>
#include <QTest>
#include <limits>

#include "gui/settings/settings.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;

class SettingsTest : public QObject {
  Q_OBJECT

 private slots:
  void defaults();
  void everyPropertyIsKept();
  void readyBeforeTheFirstFrame();
  void ranges_data();
  void ranges();
  void oddStoredValues_data();
  void oddStoredValues();
  void changesAreGathered();
  void aChangeWinsOverALateLoad();
  void withoutAStore();
};

void SettingsTest::defaults() {
  StoreFixture f;
  f.open();
  Settings settings(f.store.get());
  f.get(settings.load());
  QCOMPARE(settings.language(), QString());
  QCOMPARE(settings.theme(), QStringLiteral("system"));
  QCOMPARE(settings.textScale(), 1.0);
  QVERIFY(settings.sendOnEnter());
  QVERIFY(settings.sidebarVisible());
  QCOMPARE(settings.sidebarWidth(), 272);
  QCOMPARE(settings.windowWidth(), 0);
  QCOMPARE(settings.lastConversation(), 0);
  QVERIFY(settings.modelFolders().isEmpty());
}

// Through the meta object, so that a property added later is covered.
void SettingsTest::everyPropertyIsKept() {
  const QHash<int, QVariantList> samples{
      {QMetaType::QString,
       {QStringLiteral("zh_CN"), QStringLiteral("dark"), QStringLiteral("/模型 path\"\\")}},
      {QMetaType::Bool, {true, false}},
      {QMetaType::Int, {321, 7}},
      {QMetaType::LongLong, {qint64{9007199254740991}}},
      {QMetaType::Double, {1.25}},
      {QMetaType::QStringList, {QStringList{QStringLiteral("/a b"), QStringLiteral("/模型")}}}};
  StoreFixture f;
  f.open();
  auto settings = std::make_unique<Settings>(f.store.get());
  const QMetaObject* meta = settings->metaObject();
  QVariantMap expected;
  for (int i = meta->propertyOffset(); i < meta->propertyCount(); ++i) {
    const QMetaProperty property = meta->property(i);
    if (property.isConstant()) continue;  // a limit
    const QVariant before = property.read(settings.get());
    QVERIFY2(samples.contains(property.typeId()), property.name());
    QVERIFY2(property.hasNotifySignal(), property.name());
    QSignalSpy spy(settings.get(), property.notifySignal());
    for (const QVariant& sample : samples[property.typeId()]) {
      property.write(settings.get(), sample);
      if (property.read(settings.get()) != before) break;
    }
    const QVariant now = property.read(settings.get());
    QVERIFY2(now != before, property.name());
    QVERIFY2(spy.size() >= 1, property.name());
    const qsizetype announced = spy.size();
    property.write(settings.get(), now);
    QVERIFY2(spy.size() == announced, property.name());  // nothing new, nothing said
    expected.insert(QString::fromLatin1(property.name()), now);
  }
  QVERIFY(expected.size() >= 22);
  settings.reset();  // writes
  f.open();
  Settings again(f.store.get());
  f.get(again.load());
  for (auto it = expected.cbegin(); it != expected.cend(); ++it) {
    QVERIFY2(again.property(it.key().toLatin1().constData()) == it.value(), qPrintable(it.key()));
  }
}

void SettingsTest::readyBeforeTheFirstFrame() {
  StoreFixture f;
  f.open();
  f.get(f.store->setSettings({{QStringLiteral("theme"), QStringLiteral("\"dark\"")}}));
  f.close();
  f.store = std::make_unique<Store>(f.options);
  Settings settings(f.store.get());
  f.store->open();
  settings.load();
  f.store->flush();  // no event loop needed
  QCOMPARE(settings.theme(), QStringLiteral("dark"));
}

void SettingsTest::ranges_data() {
  QTest::addColumn<QByteArray>("name");
  QTest::addColumn<QVariant>("written");
  QTest::addColumn<QVariant>("read");
  QTest::newRow("language") << QByteArray("language") << QVariant(QStringLiteral("klingon"))
                            << QVariant(QString());
  QTest::newRow("theme") << QByteArray("theme") << QVariant(QStringLiteral("pink"))
                         << QVariant(QStringLiteral("system"));
  QTest::newRow("scale up") << QByteArray("textScale") << QVariant(99.0) << QVariant(2.0);
  QTest::newRow("scale down") << QByteArray("textScale") << QVariant(-1.0) << QVariant(0.8);
  QTest::newRow("scale nan") << QByteArray("textScale")
                             << QVariant(std::numeric_limits<double>::quiet_NaN()) << QVariant(1.0);
  QTest::newRow("threads") << QByteArray("threads") << QVariant(-4) << QVariant(0);
  QTest::newRow("length") << QByteArray("maxModelLen") << QVariant(std::numeric_limits<int>::max())
                          << QVariant(1 << 24);
  QTest::newRow("share up") << QByteArray("gpuMemoryPercent") << QVariant(400) << QVariant(99);
  QTest::newRow("share down") << QByteArray("gpuMemoryPercent") << QVariant(3) << QVariant(10);
  QTest::newRow("share none") << QByteArray("gpuMemoryPercent") << QVariant(-3) << QVariant(0);
  QTest::newRow("width") << QByteArray("windowWidth") << QVariant(-5) << QVariant(0);
  QTest::newRow("x, other screen") << QByteArray("windowX") << QVariant(-1920) << QVariant(-1920);
  QTest::newRow("sidebar") << QByteArray("sidebarWidth") << QVariant(5) << QVariant(200);
  QTest::newRow("conversation") << QByteArray("lastConversation") << QVariant(qint64{-3})
                                << QVariant(qint64{0});
  QTest::newRow("folders") << QByteArray("modelFolders")
                           << QVariant(QStringList{QStringLiteral("/a"), QString(),
                                                   QStringLiteral("/a")})
                           << QVariant(QStringList{QStringLiteral("/a")});
}

void SettingsTest::ranges() {
  QFETCH(QByteArray, name);
  QFETCH(QVariant, written);
  QFETCH(QVariant, read);
  Settings settings(nullptr);
  settings.setProperty(name.constData(), written);
  QCOMPARE(settings.property(name.constData()), read);
}

void SettingsTest::oddStoredValues_data() {
  QTest::addColumn<QString>("key");
  QTest::addColumn<QString>("json");
  QTest::newRow("not JSON") << "theme"
                            << "dark";
  QTest::newRow("other type") << "textScale"
                              << "\"large\"";
  QTest::newRow("null") << "sendOnEnter"
                        << "null";
  QTest::newRow("number for flag") << "sidebarVisible"
                                   << "0";
  QTest::newRow("two values") << "threads"
                              << "1, 2";
  QTest::newRow("empty") << "theme"
                         << "";
  QTest::newRow("object") << "modelFolders"
                          << "{\"a\": 1}";
  QTest::newRow("unknown key") << "fromTheFuture"
                               << "1";
  QTest::newRow("QObject's own") << "objectName"
                                 << "\"x\"";
  QTest::newRow("huge") << "windowX"
                        << "1e300";
}

void SettingsTest::oddStoredValues() {
  QFETCH(QString, key);
  QFETCH(QString, json);
  StoreFixture f;
  f.open();
  f.get(f.store->setSettings({{key, json}, {QStringLiteral("kvCacheMb"), QStringLiteral("512")}}));
  Settings settings(f.store.get());
  f.get(settings.load());
  QCOMPARE(settings.kvCacheMb(), 512);  // the others are read all the same
  const Settings plain(nullptr);
  const QMetaObject* meta = settings.metaObject();
  for (int i = 0; i < meta->propertyCount(); ++i) {
    const QMetaProperty property = meta->property(i);
    if (qstrcmp(property.name(), "kvCacheMb") == 0) continue;
    QVERIFY2(property.read(&settings) == property.read(&plain), property.name());
  }
}

void SettingsTest::changesAreGathered() {
  StoreFixture f;
  f.open();
  Settings settings(f.store.get());
  for (int x = 0; x < 1000; ++x) settings.setWindowX(x);
  QVERIFY(f.get(f.store->settings()).isEmpty());
  QTRY_COMPARE(f.get(f.store->settings()).value(QStringLiteral("windowX")), QStringLiteral("999"));
}

void SettingsTest::aChangeWinsOverALateLoad() {
  StoreFixture f;
  f.open();
  f.get(f.store->setSettings({{QStringLiteral("theme"), QStringLiteral("\"dark\"")},
                              {QStringLiteral("threads"), QStringLiteral("3")}}));
  Settings settings(f.store.get());
  const QFuture<void> loading = settings.load();
  settings.setTheme(QStringLiteral("light"));
  f.get(loading);
  QCOMPARE(settings.theme(), QStringLiteral("light"));
  QCOMPARE(settings.threads(), 3);
}

void SettingsTest::withoutAStore() {
  Settings settings(nullptr);
  settings.load();
  settings.setTheme(QStringLiteral("dark"));
  settings.save();
  QCOMPARE(settings.theme(), QStringLiteral("dark"));
}

QTEST_GUILESS_MAIN(SettingsTest)
#include "tst_settings.moc"
