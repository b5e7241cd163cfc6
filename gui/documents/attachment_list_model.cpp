// SPDX-License-Identifier: Apache-2.0
#include "gui/documents/attachment_list_model.h"

#include <QFileInfo>
#include <QHash>
#include <QPromise>
#include <algorithm>
#include <stop_token>
#include <utility>

#include "engine/error.h"
#include "engine/prompt.h"
#include "gui/chat/backend.h"
#include "gui/chat/error_text.h"
#include "gui/chat/number_text.h"
#include "gui/chat/task.h"
#include "gui/chat/text_safety.h"

namespace gui {
namespace {

using DocumentPtr = std::shared_ptr<const engine::Document>;

constexpr qsizetype kMaxPreview = 100000;  // characters

QString iconOf(const QString& type) {
  static const QHash<QString, QString> kIcons = {
      {QStringLiteral("pdf"), QStringLiteral("pdf")},
      {QStringLiteral("code"), QStringLiteral("code")},
      {QStringLiteral("json"), QStringLiteral("code")},
      {QStringLiteral("csv"), QStringLiteral("table")},
      {QStringLiteral("log"), QStringLiteral("terminal")},
      {QStringLiteral("text"), QStringLiteral("document")},
      {QStringLiteral("markdown"), QStringLiteral("document")}};
  return kIcons.value(type, QStringLiteral("file"));
}

}  // namespace

QString AttachmentListModel::attachmentIcon(const QString& type) { return iconOf(type); }

struct AttachmentListModel::Item {
  quint64 key = 0;
  State state = Reading;
  QString name;
  QString path;  // empty: a paste
  std::shared_ptr<const engine::Document> document;
  qint64 storedId = 0;
  int tokens = -1;
  double progress = -1;
  QString error;
  std::stop_source stop;
  // Held, not only pointed at: the next model's counter could lie where it was.
  std::shared_ptr<const PromptCounter> countedBy;
};

AttachmentListModel::AttachmentListModel(Backend* backend, QThreadPool* pool, QObject* parent)
    : QAbstractListModel(parent), backend_(backend), pool_(pool) {
  connect(backend, &Backend::stateChanged, this, &AttachmentListModel::recount);
}

AttachmentListModel::~AttachmentListModel() {
  for (const auto& item : items_) {
    item->stop.request_stop();
  }
}

int AttachmentListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(items_.size());
}

QHash<int, QByteArray> AttachmentListModel::roleNames() const {
  return {{AttachmentIdRole, "attachmentId"},
          {NameRole, "name"},
          {TypeRole, "type"},
          {IconRole, "icon"},
          {PagesRole, "pages"},
          {TokensRole, "tokens"},
          {DetailRole, "detail"},
          {StateRole, "state"},
          {ProgressRole, "progress"},
          {ErrorTextRole, "errorText"}};
}

QVariant AttachmentListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const Item& item = *items_[static_cast<size_t>(index.row())];
  const engine::Document* document = item.document.get();
  const int pages = document == nullptr ? 0 : static_cast<int>(document->pages.size());
  switch (role) {
    case AttachmentIdRole:
      return item.storedId;
    case Qt::DisplayRole:
    case NameRole:
      return visibleText(item.name);
    case TypeRole:
      return document == nullptr ? QString() : QString::fromStdString(document->type);
    case IconRole:
      return attachmentIcon(document == nullptr ? QString()
                                                : QString::fromStdString(document->type));
    case PagesRole:
      return pages;
    case TokensRole:
      return std::max(0, item.tokens);
    case DetailRole:
      return document == nullptr ? QString() : attachmentDetail(*document, item.tokens);
    case StateRole:
      return item.state;
    case ProgressRole:
      return item.progress;
    case ErrorTextRole:
      return item.error;
    default:
      return {};
  }
}

QString AttachmentListModel::attachmentDetail(const engine::Document& document, int tokens) {
  QStringList parts;
  if (document.has_real_pages) {
    parts.append(pagesText(static_cast<int>(document.pages.size())));
  }
  if (tokens >= 0) {
    parts.append(tokensText(tokens));
  }
  if (!document.empty_pages.empty()) {
    parts.append(
        tr("%n page(s) without text", nullptr, static_cast<int>(document.empty_pages.size())));
  }
  return parts.join(QStringLiteral(" · "));
}

int AttachmentListModel::totalTokens() const {
  int total = 0;
  for (const auto& item : items_) {
    total += std::max(0, item->tokens);
  }
  return total;
}

bool AttachmentListModel::reading() const {
  return std::any_of(items_.begin(), items_.end(), [](const auto& item) {
    return item->state == Reading || item->state == Counting;
  });
}

bool AttachmentListModel::hasProblem() const {
  return std::any_of(items_.begin(), items_.end(), [](const auto& item) {
    return item->state == Refused || item->state == NeedsPassword;
  });
}

bool AttachmentListModel::needsPassword() const {
  return std::any_of(items_.begin(), items_.end(),
                     [](const auto& item) { return item->state == NeedsPassword; });
}

void AttachmentListModel::addFiles(const QList<QUrl>& files) {
  for (const QUrl& file : files) {
    auto item = std::make_unique<Item>();
    item->path = file.toLocalFile();
    item->name = file.isLocalFile() ? QFileInfo(item->path).fileName() : file.fileName();
    Item& added = insert(std::move(item));
    if (file.isLocalFile()) {
      start(added, {});
    } else {
      refuse(added.key,
             tr("Only files on this computer can be attached. Save it first, then attach it."),
             false);
    }
  }
}

void AttachmentListModel::addText(const QString& name, const QString& text) {
  auto item = std::make_unique<Item>();
  item->name = name;
  Item& added = insert(std::move(item));
  const quint64 key = added.key;
  runTask(
      pool_, this,
      [name = name.toStdString(), text = text.toStdString()] {
        return std::make_shared<const engine::Document>(engine::document_from_text(name, text));
      },
      [this, key](const DocumentPtr& document) { finishRead(key, document); },
      [this, key](const engine::Error& error) { refuse(key, errorText(error), false); });
}

void AttachmentListModel::addStored(const Attachment& attachment) {
  auto item = std::make_unique<Item>();
  item->name = QString::fromStdString(attachment.document->name);
  item->storedId = attachment.id;
  const quint64 key = insert(std::move(item)).key;
  finishRead(key, attachment.document);
}

AttachmentListModel::Item& AttachmentListModel::insert(std::unique_ptr<Item> item) {
  item->key = nextKey_++;
  beginInsertRows({}, count(), count());
  items_.push_back(std::move(item));
  endInsertRows();
  emit countChanged();
  emit readingChanged();
  return *items_.back();
}

void AttachmentListModel::start(Item& item, const QString& password) {
  item.state = Reading;
  item.progress = -1;
  item.error.clear();
  item.stop = std::stop_source();
  const quint64 key = item.key;
  const auto read = [path = item.path.toStdString(), password = password.toStdString(),
                     stop = item.stop.get_token()](QPromise<DocumentPtr>& promise) {
    const auto report = [&promise](int done, int total) {
      promise.setProgressRange(0, total);
      promise.setProgressValue(done);
    };
    promise.addResult(std::make_shared<const engine::Document>(
        engine::read_document(path, password, {}, report, stop)));
  };
  auto* watcher = watchTask<DocumentPtr>(
      QtConcurrent::run(pool_, read), this,
      [this, key](const DocumentPtr& document) { finishRead(key, document); },
      [this, key](const engine::Error& error) {
        refuse(key, errorText(error), error.code() == engine::ErrorCode::PasswordRequired);
      });
  connect(watcher, &QFutureWatcherBase::progressValueChanged, this, [this, watcher, key](int done) {
    if (const int total = watcher->progressMaximum(); total > 0) {
      setProgress(key, static_cast<double>(done) / total);
    }
  });
  changed(item);
}

AttachmentListModel::Item* AttachmentListModel::find(quint64 key) {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [key](const auto& item) { return item->key == key; });
  return found == items_.end() ? nullptr : found->get();
}

void AttachmentListModel::changed(const Item& item) {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [&item](const auto& each) { return each.get() == &item; });
  const QModelIndex at = index(static_cast<int>(found - items_.begin()));
  emit dataChanged(at, at);
  emit readingChanged();
  emit totalTokensChanged();
}

void AttachmentListModel::setProgress(quint64 key, double progress) {
  if (Item* item = find(key); item != nullptr && item->state == Reading) {
    item->progress = progress;
    const auto at = std::find_if(items_.begin(), items_.end(),
                                 [item](const auto& each) { return each.get() == item; });
    const QModelIndex row = index(static_cast<int>(at - items_.begin()));
    emit dataChanged(row, row, {ProgressRole});
  }
}

void AttachmentListModel::finishRead(quint64 key,
                                     const std::shared_ptr<const engine::Document>& document) {
  Item* item = find(key);
  if (item == nullptr) {
    return;
  }
  const auto twin = std::find_if(items_.begin(), items_.end(), [&](const auto& each) {
    return each->key != key && each->document != nullptr &&
           each->document->sha256 == document->sha256;
  });
  if (twin != items_.end()) {
    drop(key);
    return;
  }
  item->document = document;
  item->name = QString::fromStdString(document->name);
  item->state = Counting;
  item->progress = -1;
  changed(*item);
  if (item->storedId == 0) {
    emit imported(QString::fromStdString(document->sha256));
  }
  countTokens(*item);
}

void AttachmentListModel::refuse(quint64 key, const QString& message, bool needsPassword) {
  if (Item* item = find(key); item != nullptr) {
    item->state = needsPassword ? NeedsPassword : Refused;
    item->error = message;
    item->progress = -1;
    changed(*item);
  }
}

void AttachmentListModel::refuseStored(const QString& sha256, const QString& message) {
  for (const auto& item : items_) {
    if (item->document != nullptr && QString::fromStdString(item->document->sha256) == sha256) {
      refuse(item->key, message, false);
    }
  }
}

// Tokens of the document as the prompt will hold it. Without a model the count waits; the document
// is usable.
void AttachmentListModel::countTokens(Item& item) {
  const auto counter = backend_->state().counter;
  item.countedBy = counter;
  if (counter == nullptr) {
    becomeReady(item);
    return;
  }
  const quint64 key = item.key;
  runTask(
      pool_, this,
      [counter, document = item.document] {
        return counter->count(engine::render_document(*document));
      },
      [this, key, counter](int tokens) {
        Item* counted = find(key);
        if (counted != nullptr && counted->countedBy == counter) {
          counted->tokens = tokens;
          becomeReady(*counted);
        }
      },
      [this, key](const engine::Error& error) { refuse(key, errorText(error), false); });
}

void AttachmentListModel::becomeReady(Item& item) {
  if (item.state == Counting && item.storedId != 0) {
    item.state = Ready;
  }
  changed(item);
}

void AttachmentListModel::recount() {
  for (const auto& item : items_) {
    const bool stale = item->countedBy != backend_->state().counter;
    if (item->document != nullptr && stale && (item->state == Ready || item->state == Counting)) {
      item->tokens = -1;
      countTokens(*item);
    }
  }
}

void AttachmentListModel::setStoredId(const QString& sha256, qint64 id) {
  for (const auto& item : items_) {
    if (item->document != nullptr && QString::fromStdString(item->document->sha256) == sha256) {
      item->storedId = id;
      if (item->tokens >= 0 || backend_->state().counter == nullptr) {
        becomeReady(*item);
      }
      changed(*item);
    }
  }
}

void AttachmentListModel::drop(quint64 key) {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [key](const auto& item) { return item->key == key; });
  if (found == items_.end()) {
    return;
  }
  const int row = static_cast<int>(found - items_.begin());
  (*found)->stop.request_stop();
  beginRemoveRows({}, row, row);
  items_.erase(found);
  endRemoveRows();
  emit countChanged();
  emit readingChanged();
  emit totalTokensChanged();
}

void AttachmentListModel::remove(int row) {
  if (row >= 0 && row < count()) {
    drop(items_[static_cast<size_t>(row)]->key);
    emit edited();
  }
}

void AttachmentListModel::setPassword(int row, const QString& password) {
  if (row >= 0 && row < count() && items_[static_cast<size_t>(row)]->state == NeedsPassword) {
    start(*items_[static_cast<size_t>(row)], password);
  }
}

QString AttachmentListModel::text(int row) const {
  if (row < 0 || row >= count() || items_[static_cast<size_t>(row)]->document == nullptr) {
    return {};
  }
  const engine::Document& document = *items_[static_cast<size_t>(row)]->document;
  QString text;
  size_t page = 0;
  for (; page < document.pages.size() && text.size() < kMaxPreview; ++page) {
    const QString words = QString::fromStdString(document.pages[page]);
    // Pages of a text are pieces of it: together they are as it was.
    text += document.has_real_pages
                ? tr("[page %1]").arg(page + 1) + u'\n' + words + QStringLiteral("\n\n")
                : words;
  }
  if (page < document.pages.size() || text.size() > 2 * kMaxPreview) {
    text.truncate(2 * kMaxPreview);
    text += tr("Only the beginning is shown here. The model reads everything.");
  }
  return visibleText(text);
}

QList<AttachmentListModel::Attachment> AttachmentListModel::ready() const {
  QList<Attachment> ready;
  for (const auto& item : items_) {
    if (item->state == Ready) {
      ready.append({item->storedId, item->document, item->tokens});
    }
  }
  return ready;
}

DocumentPtr AttachmentListModel::document(const QString& sha256) const {
  for (const auto& item : items_) {
    if (item->document != nullptr && QString::fromStdString(item->document->sha256) == sha256) {
      return item->document;
    }
  }
  return nullptr;
}

void AttachmentListModel::clear() {
  if (items_.empty()) {
    return;
  }
  for (const auto& item : items_) {
    item->stop.request_stop();
  }
  beginResetModel();
  items_.clear();
  endResetModel();
  emit countChanged();
  emit readingChanged();
  emit totalTokensChanged();
}

}  // namespace gui
