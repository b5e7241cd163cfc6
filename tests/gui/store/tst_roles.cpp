// SPDX-License-Identifier: Apache-2.0
// The list of roles: built-in ones in both languages, own ones created, changed, copied, removed
// and kept.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <limits>

#include "gui/roles/role_fields.h"
#include "gui/roles/role_list_model.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;

class RolesTest : public QObject {
  Q_OBJECT

 private slots:
  void builtInRoles();
  void languageChangesWordsOnly();
  void createUpdateRemove();
  void ownRolesAreKept();
  void builtInRolesCannotBeChanged();
  void duplicates();
  void refusedFields_data();
  void refusedFields();
  void samplingGoesThere();
  void damagedRow();
  void unknownRoleFallsBack();
  void readOnlyStore();
  void unknownLanguage();
};

namespace {

QVariantMap pirate() {
  return {{QStringLiteral("name"), QStringLiteral("  Pirate 海盗 ")},
          {QStringLiteral("systemPrompt"), QStringLiteral("Arr.\n")},
          {QStringLiteral("starters"),
           QStringList{QStringLiteral("Ahoy"), QStringLiteral(" "), QStringLiteral("b"),
                       QStringLiteral("c"), QStringLiteral("d"), QStringLiteral("e")}},
          {QStringLiteral("temperature"), 0.7},
          {QStringLiteral("topP"), -1},
          {QStringLiteral("topK"), 40}};
}

}  // namespace

void RolesTest::builtInRoles() {
  RoleListModel model(nullptr);
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  QCOMPARE(model.status(), RoleListModel::Loading);
  model.setLanguage(QStringLiteral("en"));
  QCOMPARE(model.status(), RoleListModel::Ready);
  QCOMPARE(model.count(), 8);
  const QStringList wanted{"assistant",     "summarizer", "technical-writer", "marketing",
                           "code-reviewer", "translator", "meeting-minutes",  "study-tutor"};
  for (const QString& id : wanted) {
    const QVariantMap role = model.get(id);
    QVERIFY2(!role.value(QStringLiteral("name")).toString().isEmpty(), qPrintable(id));
    QVERIFY(role.value(QStringLiteral("builtIn")).toBool());
  }
  const QModelIndex first = model.index(0);
  QCOMPARE(first.data(RoleListModel::RoleIdRole).toString(), QStringLiteral("assistant"));
  for (const QByteArray& name : model.roleNames()) {
    const int role = model.roleNames().key(name);
    QVERIFY2(first.data(role).isValid(), name.constData());
    QCOMPARE(first.data(role),
             model.get(QStringLiteral("assistant")).value(QString::fromLatin1(name)));
  }
  QVERIFY(!model.data(model.index(99), RoleListModel::NameRole).isValid());
  QVERIFY(!first.data(9999).isValid());
}

void RolesTest::languageChangesWordsOnly() {
  StoreFixture f;
  f.open();
  RoleListModel model(f.store.get());
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.setLanguage(QStringLiteral("en"));
  const QString own = model.create(pirate());
  const QString english =
      model.get(QStringLiteral("translator")).value(QStringLiteral("name")).toString();
  QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
  QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
  model.setLanguage(QStringLiteral("zh_CN"));
  QCOMPARE(reset.size(), 0);  // a delegate or a selection survives
  QCOMPARE(changed.size(), 1);
  QVERIFY(model.get(QStringLiteral("translator")).value(QStringLiteral("name")).toString() !=
          english);
  QCOMPARE(model.count(), 9);
  QVERIFY(model.contains(own));
}

void RolesTest::createUpdateRemove() {
  StoreFixture f;
  f.open();
  RoleListModel model(f.store.get());
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.setLanguage(QStringLiteral("en"));
  QSignalSpy count(&model, &RoleListModel::countChanged);
  const QString id = model.create(pirate());
  QVERIFY(id.startsWith(QStringLiteral("user-")));
  QCOMPARE(count.size(), 1);
  QVariantMap role = model.get(id);
  QCOMPARE(role.value(QStringLiteral("name")).toString(), QStringLiteral("Pirate 海盗"));
  QCOMPARE(role.value(QStringLiteral("systemPrompt")).toString(), QStringLiteral("Arr.\n"));
  QCOMPARE(role.value(QStringLiteral("starters")).toStringList(),
           (QStringList{"Ahoy", "b", "c", "d"}));
  QCOMPARE(role.value(QStringLiteral("temperature")).toDouble(), 0.7);
  QCOMPARE(role.value(QStringLiteral("topP")).toDouble(), -1.0);
  QCOMPARE(role.value(QStringLiteral("topK")).toInt(), 40);
  QVERIFY(!role.value(QStringLiteral("builtIn")).toBool());
  QSignalSpy changed(&model, &RoleListModel::roleChanged);
  QVERIFY(model.update(id, {{QStringLiteral("greeting"), QStringLiteral("Ahoy")},
                            {QStringLiteral("temperature"), -1}}));
  QCOMPARE(changed.size(), 1);
  role = model.get(id);
  QCOMPARE(role.value(QStringLiteral("greeting")).toString(), QStringLiteral("Ahoy"));
  QCOMPARE(role.value(QStringLiteral("temperature")).toDouble(), -1.0);
  QCOMPARE(role.value(QStringLiteral("systemPrompt")).toString(),
           QStringLiteral("Arr.\n"));  // not named, not touched
  const QString second = model.create({{QStringLiteral("name"), QStringLiteral("B")}});
  QVERIFY(second != id);
  QVERIFY(model.remove(id));
  QVERIFY(!model.contains(id));
  QVERIFY(!model.remove(id));
  QVERIFY(model.get(id).isEmpty());
  QVERIFY(model.create({{QStringLiteral("name"), QStringLiteral("C")}}) != id);  // never used twice
}

void RolesTest::ownRolesAreKept() {
  StoreFixture f;
  f.open();
  QString id;
  QVariantMap before;
  {
    RoleListModel model(f.store.get());
    model.setLanguage(QStringLiteral("en"));
    model.create({{QStringLiteral("name"), QStringLiteral("Gone")}});
    id = model.create(pirate());
    model.remove(model.index(8).data(RoleListModel::RoleIdRole).toString());
    model.update(id, {{QStringLiteral("minP"), 0.05}});
    before = model.get(id);
  }
  f.open();
  RoleListModel model(f.store.get());
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.refresh();  // before the language: the order does not depend on it
  f.store->flush();
  QCOMPARE(model.count(), 1);
  model.setLanguage(QStringLiteral("zh_CN"));
  QCOMPARE(model.count(), 9);
  QCOMPARE(model.index(8).data(RoleListModel::RoleIdRole).toString(), id);
  QCOMPARE(model.get(id), before);
  model.refresh();
  f.store->flush();
  QCOMPARE(model.count(), 9);
}

void RolesTest::builtInRolesCannotBeChanged() {
  StoreFixture f;
  f.open();
  RoleListModel model(f.store.get());
  model.setLanguage(QStringLiteral("en"));
  QVERIFY(
      !model.update(QStringLiteral("assistant"), {{QStringLiteral("name"), QStringLiteral("x")}}));
  QVERIFY(!model.remove(QStringLiteral("assistant")));
  QCOMPARE(model.count(), 8);
}

void RolesTest::duplicates() {
  StoreFixture f;
  f.open();
  RoleListModel model(f.store.get());
  model.setLanguage(QStringLiteral("en"));
  const QString id = model.duplicate(QStringLiteral("translator"));
  QVERIFY(!id.isEmpty());
  QVariantMap copy = model.get(id);
  QVariantMap original = model.get(QStringLiteral("translator"));
  QVERIFY(copy.value(QStringLiteral("name")).toString() !=
          original.value(QStringLiteral("name")).toString());
  for (const char* key : {"roleId", "name", "builtIn"}) {
    copy.remove(QString::fromLatin1(key));
    original.remove(QString::fromLatin1(key));
  }
  QCOMPARE(copy, original);
  QCOMPARE(model.duplicate(QStringLiteral("nobody")), QString());
}

void RolesTest::refusedFields_data() {
  QTest::addColumn<QVariantMap>("fields");
  const QString name = QStringLiteral("name");
  const QVariantMap named{{name, QStringLiteral("x")}};
  const auto with = [&](const char* key, const QVariant& value) {
    QVariantMap fields = named;
    fields.insert(QString::fromLatin1(key), value);
    return fields;
  };
  QTest::newRow("no name") << QVariantMap{};
  QTest::newRow("blank name") << QVariantMap{{name, QStringLiteral(" \n ")}};
  QTest::newRow("temperature") << with("temperature", -0.5);
  QTest::newRow("nan") << with("temperature", std::numeric_limits<double>::quiet_NaN());
  QTest::newRow("infinite") << with("temperature", std::numeric_limits<double>::infinity());
  QTest::newRow("top p") << with("topP", 1.5);
  QTest::newRow("top p zero") << with("topP", 0);
  QTest::newRow("top k") << with("topK", -5);
  QTest::newRow("top k huge") << with("topK", 1e300);
  QTest::newRow("min p") << with("minP", 2);
  QTest::newRow("prompt") << with("systemPrompt", QString(70000, u'x'));
}

void RolesTest::refusedFields() {
  QFETCH(QVariantMap, fields);
  StoreFixture f;
  f.open();
  RoleListModel model(f.store.get());
  model.setLanguage(QStringLiteral("en"));
  QCOMPARE(model.create(fields), QString());
  QCOMPARE(model.status(), RoleListModel::Error);
  QVERIFY(!model.errorString().isEmpty());
  QCOMPARE(model.count(), 8);
  const QString id = model.create(pirate());
  QCOMPARE(model.status(), RoleListModel::Ready);
  if (fields.isEmpty()) return;
  const QVariantMap before = model.get(id);
  QVERIFY(!model.update(id, fields));
  QCOMPARE(model.get(id), before);
}

void RolesTest::samplingGoesThere() {
  engine::Role role;
  role.name = "x";
  role.sampling.temperature = 0.7f;
  role.sampling.top_p = 0.95f;
  role.sampling.top_k = 20;
  role.sampling.min_p = 0.0f;
  role.sampling.repetition_penalty = 1.05f;
  role.sampling.presence_penalty = 0.5f;
  role.sampling.frequency_penalty = -0.25f;
  role.sampling.max_tokens = 1000;
  const RoleRow row = toRow(role);
  QVERIFY2(row.sampling.contains(QStringLiteral("\"temperature\":0.7")), qPrintable(row.sampling));
  const engine::Role back = fromRow(row);
  QCOMPARE(back.sampling.temperature, role.sampling.temperature);
  QCOMPARE(back.sampling.top_p, role.sampling.top_p);
  QCOMPARE(back.sampling.top_k, role.sampling.top_k);
  QCOMPARE(back.sampling.min_p, role.sampling.min_p);
  QCOMPARE(back.sampling.repetition_penalty, role.sampling.repetition_penalty);
  QCOMPARE(back.sampling.presence_penalty, role.sampling.presence_penalty);
  QCOMPARE(back.sampling.frequency_penalty, role.sampling.frequency_penalty);
  QCOMPARE(back.sampling.max_tokens, role.sampling.max_tokens);
  QVERIFY(!back.built_in);
}

void RolesTest::damagedRow() {
  for (const char* json : {"", "[]", "{", "{\"temperature\":\"hot\"}", "{\"top_p\":7}",
                           "{\"top_k\":-9}", "{\"max_tokens\":0}"}) {
    RoleRow row;
    row.id = QStringLiteral("user-1");
    row.name = QStringLiteral("x");
    row.sampling = QString::fromLatin1(json);
    fromRow(row).sampling.validate();  // throws when it is unusable
  }
}

void RolesTest::unknownRoleFallsBack() {
  RoleListModel model(nullptr);
  QCOMPARE(model.role(QStringLiteral("x")).id, std::string());  // nothing loaded yet: no crash
  model.setLanguage(QStringLiteral("en"));
  QCOMPARE(model.role(QStringLiteral("user-9")).id, std::string("assistant"));
  QCOMPARE(model.role(QString()).id, std::string("assistant"));
  QCOMPARE(model.role(QStringLiteral("summarizer")).id, std::string("summarizer"));
}

void RolesTest::readOnlyStore() {
  StoreFixture f;
  f.open();
  f.close();
  {
    Database db;
    db.open(f.path(), Database::Access::Exclusive);
    db.exec(QStringLiteral("PRAGMA user_version=99"));
  }
  f.open();
  RoleListModel model(f.store.get());
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.setLanguage(QStringLiteral("en"));
  model.create(pirate());
  f.store->flush();  // refused
  f.store->flush();  // read again
  QCOMPARE(model.status(), RoleListModel::Error);
  QCOMPARE(model.count(), 8);
}

void RolesTest::unknownLanguage() {
  RoleListModel model(nullptr);
  model.setLanguage(QStringLiteral("xx"));
  QCOMPARE(model.status(), RoleListModel::Error);
  QVERIFY(!model.errorString().isEmpty());
}

QTEST_GUILESS_MAIN(RolesTest)
#include "tst_roles.moc"
