// SPDX-License-Identifier: Apache-2.0
#include "tests/qml/window_host.h"

#include <dlfcn.h>

#include <QAccessible>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>
#include <QImage>
#include <QInputMethodEvent>
#include <QQmlComponent>
#include <QQuickTextDocument>
#include <QTest>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextLayout>
#include <QWheelEvent>
#include <optional>

#include "engine/model_info.h"

namespace {

// FIRESIDE_QML names a folder with Fireside/Ui/*.qml to use instead of the built-in files, to try
// changes without a build.
QUrl mainQml() {
  const QString folder = qEnvironmentVariable("FIRESIDE_QML");
  return folder.isEmpty() ? QUrl(QStringLiteral("qrc:/qt/qml/Fireside/Ui/Main.qml"))
                          : QUrl::fromLocalFile(folder + QStringLiteral("/Fireside/Ui/Main.qml"));
}

void visitTree(QQuickItem* item, const std::function<void(QQuickItem*)>& visit) {
  if (item == nullptr || !item->isVisible()) return;
  visit(item);
  const auto children = item->childItems();
  for (QQuickItem* child : children) visitTree(child, visit);
}

QString describe(const QQuickItem* item) {
  return QStringLiteral("%1 “%2” at %3,%4 (%5x%6)")
      .arg(QString::fromLatin1(item->metaObject()->className()), item->objectName())
      .arg(item->mapToScene({}).x())
      .arg(item->mapToScene({}).y())
      .arg(item->width())
      .arg(item->height());
}

QPoint centre(QQuickItem* item) {
  return item->mapToScene(QPointF(item->width() / 2, item->height() / 2)).toPoint();
}

QString accessibleName(QQuickItem* item) {
  QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(item);
  return interface == nullptr ? QString() : interface->text(QAccessible::Name);
}

}  // namespace

WindowHost::WindowHost(QObject* parent) : QObject(parent) {
  QAccessible::setActive(true);
  for (const char* scheme : {"http", "https", "mailto", "file"}) {
    QDesktopServices::setUrlHandler(QString::fromLatin1(scheme), this, "noteLink");
  }
}

WindowHost::~WindowHost() {
  for (const char* scheme : {"http", "https", "mailto", "file"}) {
    QDesktopServices::unsetUrlHandler(QString::fromLatin1(scheme));
  }
  stop();
}

void WindowHost::setEngine(QQmlEngine* engine) {
  engine_ = engine;
  engine_->addImportPath(QStringLiteral("qrc:/qt/qml"));
  if (qEnvironmentVariableIsSet("FIRESIDE_QML"))
    engine_->addImportPath(qEnvironmentVariable("FIRESIDE_QML"));
}

gui::FakeBackend* WindowHost::fake() const {
  return qobject_cast<gui::FakeBackend*>(app_->backend());
}

bool WindowHost::start(const QVariantMap& options) {
  stop();
  if (!options.value("keep").toBool()) {
    QDir(data_.path()).removeRecursively();
    QDir().mkpath(data_.path());
  }
  gui::AppOptions app;
  app.dataFolder = data_.path();
  app.fake = !options.value("local").toBool();
  app.fakeTokensPerSecond = options.value("rate", 2000).toDouble();
  if (options.contains("model"))
    app.modelPath = QStringLiteral(FIRESIDE_TEST_DATA "/") + options.value("model").toString();
  app.device = options.value("device").toString();
  app_ = std::make_unique<gui::App>(app);
  app_->settings()->setLanguage(options.value("language", "en").toString());
  app_->settings()->setTheme(options.value("theme", "light").toString());
  app_->settings()->setTextScale(options.value("textScale", 1.0).toDouble());
  app_->settings()->setReduceMotion(true);
  app_->settings()->setWindowWidth(options.value("width", 1280).toInt());
  app_->settings()->setWindowHeight(options.value("height", 800).toInt());
  connect(app_.get(), &gui::App::retranslated, engine_, &QQmlEngine::retranslate);

  QQmlComponent component(engine_, mainQml());
  if (component.isError()) qWarning("%s", qPrintable(component.errorString()));
  QObject* root = component.createWithInitialProperties({{"app", QVariant::fromValue(app_.get())}});
  if (root == nullptr) return false;
  window_.reset(qobject_cast<QQuickWindow*>(root));
  // The screen of the offscreen platform is smaller than the windows that are wanted here.
  window_->resize(options.value("width", 1280).toInt(), options.value("height", 800).toInt());
  window_->requestActivate();
  if (!QTest::qWaitForWindowExposed(window_.get())) return false;
  app_->start();
  emit started();
  return waitFor(
      [this] { return app_->conversations()->status() != gui::ConversationListModel::Loading; });
}

bool WindowHost::pretendGpus(const QString& kinds, const QString& fault) {
  qputenv("FIRESIDE_CUDA_LIBRARY", FAKE_FOLDER "/libfake_cuda.so");
  qputenv("FAKE_CUDA_DEVICES", kinds.toLatin1());
  qputenv("FIRESIDE_CUDA_FAULT", fault.toLatin1());
  return dlopen(FAKE_FOLDER "/driver/libcuda.so.1", RTLD_NOW) != nullptr;
}

QVariantMap WindowHost::loadedWith() const {
  const engine::EngineConfig& config = fake()->config();
  return {{"device", QString::fromStdString(config.device)},
          {"cache", QString::fromLatin1(engine::kv_cache_dtype_name(config.kv_cache_dtype))},
          {"batchInvariant", config.batch_invariant},
          {"maxModelLen", config.max_model_len},
          {"share", config.gpu_memory_utilization}};
}

void WindowHost::stop() {
  window_.reset();
  app_.reset();
  openedLinks_.clear();
}

bool WindowHost::waitFor(const std::function<bool()>& condition, int milliseconds) {
  return QTest::qWaitFor(condition, milliseconds);
}

bool WindowHost::settle() {
  bool drawn = false;
  const QMetaObject::Connection frame =
      connect(window_.get(), &QQuickWindow::frameSwapped, this, [&drawn] { drawn = true; });
  window_->update();
  const bool done = waitFor([&drawn] { return drawn; });
  disconnect(frame);
  return done;
}

void WindowHost::forEachItem(const std::function<void(QQuickItem*)>& visit) const {
  if (window_) visitTree(window_->contentItem(), visit);
}

QQuickItem* WindowHost::find(const QString& objectName) const {
  const QList<QQuickItem*> all = findAll(objectName);
  return all.isEmpty() ? nullptr : all.first();
}

QList<QQuickItem*> WindowHost::findAll(const QString& objectName) const {
  QList<QQuickItem*> found;
  forEachItem([&](QQuickItem* item) {
    if (item->objectName() == objectName) found.append(item);
  });
  return found;
}

QQuickItem* WindowHost::findText(const QString& text) const {
  QQuickItem* found = nullptr;
  forEachItem([&](QQuickItem* item) {
    if (found == nullptr && item->property("text").toString() == text) found = item;
  });
  return found;
}

QObject* WindowHost::findObject(const QString& objectName) const {
  return window_->findChild<QObject*>(objectName);
}

void WindowHost::click(QQuickItem* item, int modifiers, int button) {
  QTest::mouseClick(window_.get(), static_cast<Qt::MouseButton>(button),
                    Qt::KeyboardModifiers(modifiers), centre(item));
}

void WindowHost::clickAt(QQuickItem* item, qreal x, qreal y, int modifiers) {
  QTest::mouseClick(window_.get(), Qt::LeftButton, Qt::KeyboardModifiers(modifiers),
                    item->mapToScene({x, y}).toPoint());
}

void WindowHost::doubleClick(QQuickItem* item, qreal x, qreal y) {
  const QPoint point = item->mapToScene({x, y}).toPoint();
  QTest::mouseClick(window_.get(), Qt::LeftButton, {}, point);
  QTest::mouseDClick(window_.get(), Qt::LeftButton, {}, point);
}

void WindowHost::drag(QQuickItem* from, qreal x1, qreal y1, QQuickItem* to, qreal x2, qreal y2) {
  const QPoint start = from->mapToScene({x1, y1}).toPoint();
  const QPoint end = to->mapToScene({x2, y2}).toPoint();
  QTest::mousePress(window_.get(), Qt::LeftButton, {}, start);
  QTest::mouseMove(window_.get(), (start + end) / 2);
  QTest::mouseMove(window_.get(), end);
  QTest::mouseRelease(window_.get(), Qt::LeftButton, {}, end);
}

void WindowHost::hover(QQuickItem* item) { QTest::mouseMove(window_.get(), centre(item)); }

void WindowHost::hoverAt(QQuickItem* item, qreal x, qreal y) {
  QTest::mouseMove(window_.get(), item->mapToScene({x, y}).toPoint());
}

void WindowHost::wheel(QQuickItem* item, int angle) {
  const QPointF place = centre(item);
  QWheelEvent event(place, window_->mapToGlobal(place), {}, {0, angle}, Qt::NoButton,
                    Qt::NoModifier, Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(window_.get(), &event);
}

void WindowHost::key(int key, int modifiers) {
  QTest::keyClick(window_.get(), static_cast<Qt::Key>(key), Qt::KeyboardModifiers(modifiers));
}

void WindowHost::type(const QString& text) {
  for (const QChar c : text) QTest::keyClick(window_.get(), c.toLatin1());
}

void WindowHost::compose(const QString& preedit) {
  QInputMethodEvent event(preedit, {});
  QCoreApplication::sendEvent(window_->activeFocusItem(), &event);
}

void WindowHost::commit(const QString& text) {
  QInputMethodEvent event;
  event.setCommitString(text);
  QCoreApplication::sendEvent(window_->activeFocusItem(), &event);
}

QVariant WindowHost::value(QAbstractItemModel* model, int row, const QString& role) const {
  return model->index(row, 0).data(model->roleNames().key(role.toLatin1(), -1));
}

QQuickItem* WindowHost::rowItem(int row) const {
  QQuickItem* found = nullptr;
  QQuickItem* list = find(QStringLiteral("transcriptList"));
  if (list == nullptr) return nullptr;
  visitTree(list, [&](QQuickItem* item) {
    if (item->property("messageId").isValid() && item->property("bodyHeight").isValid() &&
        item->property("index").toInt() == row && found == nullptr) {
      found = item;
    }
  });
  return found;
}

std::pair<QQuickItem*, QPointF> WindowHost::placeOf(const QString& words) const {
  std::pair<QQuickItem*, QPointF> found = {nullptr, {}};
  forEachItem([&](QQuickItem* item) {
    if (found.first != nullptr || !item->inherits("QQuickTextEdit")) return;
    auto* wrapper = item->property("textDocument").value<QQuickTextDocument*>();
    const int at = wrapper == nullptr ? -1 : wrapper->textDocument()->toPlainText().indexOf(words);
    if (at < 0) return;
    QRectF place;
    QMetaObject::invokeMethod(item, "positionToRectangle", Q_RETURN_ARG(QRectF, place),
                              Q_ARG(int, at + 1));
    found = {item, {place.x() + 2, place.center().y()}};
  });
  return found;
}

QTextCharFormat WindowHost::formatOf(const QString& words) const {
  std::optional<QTextCharFormat> found;
  forEachItem([&](QQuickItem* item) {
    auto* wrapper = item->property("textDocument").value<QQuickTextDocument*>();
    if (wrapper == nullptr || found) return;
    const QTextCursor at = wrapper->textDocument()->find(words);
    if (at.isNull()) return;
    found = at.charFormat();
    const int start = at.selectionStart() - at.block().position();
    for (const auto& range : at.block().layout()->formats()) {
      if (range.start <= start && start < range.start + range.length) found->merge(range.format);
    }
  });
  return found.value_or(QTextCharFormat());
}

QString WindowHost::colorOf(const QString& words) const {
  const QTextCharFormat format = formatOf(words);
  return format.hasProperty(QTextFormat::ForegroundBrush) ? format.foreground().color().name()
                                                          : QString();
}

QPointF WindowHost::placeOnScreen(const QString& words) const {
  const auto [item, place] = placeOf(words);
  return item == nullptr ? QPointF(-1, -1) : item->mapToScene(place);
}

QStringList WindowHost::markedCells() const {
  QStringList cells;
  forEachItem([&](QQuickItem* item) {
    const QString html = item->property("html").toString();
    if (html.contains(QLatin1String("<span style=\"background"))) cells.append(html);
  });
  return cells;
}

bool WindowHost::hoverLink(const QString& words) {
  const auto [item, place] = placeOf(words);
  if (item != nullptr) hoverAt(item, place.x(), place.y());
  return item != nullptr;
}

bool WindowHost::clickLink(const QString& words) {
  const auto [item, place] = placeOf(words);
  if (item != nullptr) clickAt(item, place.x(), place.y());
  return item != nullptr;
}

QString WindowHost::sample(const QString& name) const {
  return QString::fromStdString(engine::resource_directory()) + QStringLiteral("/samples/") + name;
}

QString WindowHost::writeFile(const QString& name, const QByteArray& content) {
  const QString path = files_.filePath(name);
  QFile file(path);
  if (file.open(QIODevice::WriteOnly)) file.write(content);
  return path;
}

QString WindowHost::readFile(const QString& name) const {
  QFile file(files_.filePath(name));
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

namespace {

std::unique_ptr<QMimeData> mimeOf(const QStringList& paths) {
  auto data = std::make_unique<QMimeData>();
  QList<QUrl> urls;
  for (const QString& path : paths) urls.append(QUrl::fromLocalFile(path));
  data->setUrls(urls);
  return data;
}

}  // namespace

void WindowHost::dragOver(const QStringList& paths) {
  const auto data = mimeOf(paths);
  QDragEnterEvent enter({200, 200}, Qt::CopyAction, data.get(), Qt::LeftButton, {});
  QCoreApplication::sendEvent(window_.get(), &enter);
}

void WindowHost::leave() {
  QDragLeaveEvent event;
  QCoreApplication::sendEvent(window_.get(), &event);
}

void WindowHost::drop(const QStringList& paths) { dropData(mimeOf(paths).get()); }

void WindowHost::dropLink(const QString& address) {
  QMimeData data;
  data.setUrls({QUrl(address)});
  data.setText(address);
  dropData(&data);
}

void WindowHost::dropData(QMimeData* data) {
  QDragEnterEvent enter({200, 200}, Qt::CopyAction, data, Qt::LeftButton, {});
  QCoreApplication::sendEvent(window_.get(), &enter);
  QDropEvent event({200, 200}, Qt::CopyAction, data, Qt::LeftButton, {});
  QCoreApplication::sendEvent(window_.get(), &event);
}

void WindowHost::setClipboardPicture() {
  QImage picture(4, 4, QImage::Format_RGB32);
  picture.fill(Qt::red);
  QGuiApplication::clipboard()->setImage(picture);
}

void WindowHost::setClipboard(const QString& text) { QGuiApplication::clipboard()->setText(text); }

QString WindowHost::clipboard() const { return QGuiApplication::clipboard()->text(); }

QStringList WindowHost::unnamedItems() const {
  QStringList problems;
  forEachItem([&](QQuickItem* item) {
    if (!item->isEnabled()) return;
    const bool pressable = item->inherits("QQuickAbstractButton") || item->inherits("QQuickSlider");
    const bool reachable =
        item->activeFocusOnTab() || item->inherits("QQuickTextInput") ||
        (item->inherits("QQuickTextEdit") && !item->property("readOnly").toBool());
    if ((pressable || reachable) && accessibleName(item).isEmpty()) problems.append(describe(item));
  });
  return problems;
}

QStringList WindowHost::richTextItems() const {
  QStringList problems;
  forEachItem([&](QQuickItem* item) {
    if (!item->inherits("QQuickText") && !item->inherits("QQuickTextEdit")) return;
    if (item->property("textFormat").toInt() == Qt::PlainText) return;
    for (QQuickItem* above = item; above != nullptr; above = above->parentItem()) {
      const QByteArray type = above->metaObject()->className();
      if (type.startsWith("RichRow_") || type.startsWith("TableRow_")) return;
    }
    problems.append(describe(item));
  });
  return problems;
}

int WindowHost::imagesInRichText() const {
  int images = 0;
  forEachItem([&](QQuickItem* item) {
    auto* wrapper = item->property("textDocument").value<QQuickTextDocument*>();
    if (wrapper == nullptr) return;
    const QTextDocument* document = wrapper->textDocument();
    for (QTextBlock block = document->begin(); block.isValid(); block = block.next()) {
      for (auto part = block.begin(); !part.atEnd(); ++part) {
        if (part.fragment().charFormat().isImageFormat()) ++images;
      }
    }
  });
  return images;
}

QStringList WindowHost::smallTargets() const {
  QStringList problems;
  forEachItem([&](QQuickItem* item) {
    const bool button = item->inherits("QQuickAbstractButton") && item->isEnabled();
    if (button && (item->width() < 28 || item->height() < 26)) problems.append(describe(item));
  });
  return problems;
}

QStringList WindowHost::tabOrder() {
  QStringList names;
  QQuickItem* const first = window_->activeFocusItem();
  for (int i = 0; i < 200; ++i) {
    key(Qt::Key_Tab);
    QQuickItem* item = window_->activeFocusItem();
    if (item == nullptr || item == first) break;
    names.append(accessibleName(item));
  }
  return names;
}
