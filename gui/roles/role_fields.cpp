// SPDX-License-Identifier: Apache-2.0
#include "gui/roles/role_fields.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <cmath>

#include "engine/error.h"
#include "gui/chat/error_text.h"

namespace gui {
namespace {

constexpr int kMaxName = 80;
constexpr int kMaxLine = 400;
constexpr int kMaxGreeting = 1600;
constexpr int kMaxPrompt = 65536;
constexpr int kMaxStarters = 4;

const char* const kContext = "gui::RoleListModel";

QString words(const char* text) { return QCoreApplication::translate(kContext, text); }

// 0.7f is 0.699999988 as a double; people typed 0.7.
double plain(float value) { return QString::number(static_cast<double>(value), 'g', 6).toDouble(); }

QJsonObject toJson(const engine::SamplingParams& p) {
  QJsonObject json;
  if (p.temperature) json[QStringLiteral("temperature")] = plain(*p.temperature);
  if (p.top_p) json[QStringLiteral("top_p")] = plain(*p.top_p);
  if (p.top_k) json[QStringLiteral("top_k")] = *p.top_k;
  if (p.min_p) json[QStringLiteral("min_p")] = plain(*p.min_p);
  if (p.repetition_penalty)
    json[QStringLiteral("repetition_penalty")] = plain(*p.repetition_penalty);
  if (p.presence_penalty != 0) json[QStringLiteral("presence_penalty")] = plain(p.presence_penalty);
  if (p.frequency_penalty != 0)
    json[QStringLiteral("frequency_penalty")] = plain(p.frequency_penalty);
  if (p.max_tokens) json[QStringLiteral("max_tokens")] = *p.max_tokens;
  return json;
}

engine::SamplingParams samplingFromJson(const QJsonObject& json) {
  engine::SamplingParams p;
  const auto real = [&json](const char* key) -> std::optional<float> {
    const QJsonValue value = json.value(QLatin1String(key));
    return value.isDouble() ? std::optional(static_cast<float>(value.toDouble())) : std::nullopt;
  };
  const auto whole = [&json](const char* key) -> std::optional<int> {
    const QJsonValue value = json.value(QLatin1String(key));
    return value.isDouble() ? std::optional(value.toInt(-1)) : std::nullopt;
  };
  p.temperature = real("temperature");
  p.top_p = real("top_p");
  p.top_k = whole("top_k");
  p.min_p = real("min_p");
  p.repetition_penalty = real("repetition_penalty");
  p.presence_penalty = real("presence_penalty").value_or(0);
  p.frequency_penalty = real("frequency_penalty").value_or(0);
  p.max_tokens = whole("max_tokens");
  try {
    p.validate();
  } catch (const engine::Error&) {
    return {};
  }
  return p;
}

// -1, null or nothing: not set.
std::optional<float> realField(const QVariant& value) {
  bool valid = false;
  const double number = value.toDouble(&valid);
  if (!valid || number == -1) return std::nullopt;
  return static_cast<float>(number);
}

std::optional<int> wholeField(const QVariant& value) {
  const std::optional<float> number = realField(value);
  if (!number) return std::nullopt;
  return std::isfinite(*number) && std::abs(*number) < 1e9f ? static_cast<int>(*number) : -1;
}

std::string line(const QVariant& value, int limit) {
  return value.toString().trimmed().left(limit).toStdString();
}

}  // namespace

double parameterOr(const std::optional<float>& value) { return value ? plain(*value) : -1.0; }
int parameterOr(const std::optional<int>& value) { return value.value_or(-1); }

RoleRow toRow(const engine::Role& role) {
  RoleRow row;
  row.id = QString::fromStdString(role.id);
  row.name = QString::fromStdString(role.name);
  row.description = QString::fromStdString(role.description);
  row.icon = QString::fromStdString(role.icon);
  row.systemPrompt = QString::fromStdString(role.system_prompt);
  row.greeting = QString::fromStdString(role.greeting);
  for (const std::string& starter : role.starters)
    row.starters.append(QString::fromStdString(starter));
  row.sampling =
      QString::fromUtf8(QJsonDocument(toJson(role.sampling)).toJson(QJsonDocument::Compact));
  return row;
}

engine::Role fromRow(const RoleRow& row) {
  engine::Role role;
  role.id = row.id.toStdString();
  role.name = row.name.toStdString();
  role.description = row.description.toStdString();
  role.icon = row.icon.toStdString();
  role.system_prompt = row.systemPrompt.toStdString();
  role.greeting = row.greeting.toStdString();
  for (const QString& starter : row.starters) role.starters.push_back(starter.toStdString());
  role.sampling = samplingFromJson(QJsonDocument::fromJson(row.sampling.toUtf8()).object());
  role.built_in = false;
  return role;
}

QVariantMap toMap(const engine::Role& role) {
  const RoleRow row = toRow(role);
  return {{QStringLiteral("roleId"), row.id},
          {QStringLiteral("name"), row.name},
          {QStringLiteral("description"), row.description},
          {QStringLiteral("icon"), row.icon},
          {QStringLiteral("systemPrompt"), row.systemPrompt},
          {QStringLiteral("greeting"), row.greeting},
          {QStringLiteral("starters"), row.starters},
          {QStringLiteral("builtIn"), role.built_in},
          {QStringLiteral("temperature"), parameterOr(role.sampling.temperature)},
          {QStringLiteral("topP"), parameterOr(role.sampling.top_p)},
          {QStringLiteral("topK"), parameterOr(role.sampling.top_k)},
          {QStringLiteral("minP"), parameterOr(role.sampling.min_p)}};
}

QString applyFields(const QVariantMap& map, engine::Role* role) {
  engine::Role changed = *role;
  for (auto it = map.cbegin(); it != map.cend(); ++it) {
    const QString& key = it.key();
    const QVariant& value = it.value();
    if (key == u"name") changed.name = line(value, kMaxName);
    if (key == u"description") changed.description = line(value, kMaxLine);
    if (key == u"icon") changed.icon = line(value, kMaxName);
    if (key == u"greeting") changed.greeting = line(value, kMaxGreeting);
    if (key == u"systemPrompt") {
      const QString prompt = value.toString();
      if (prompt.size() > kMaxPrompt) {
        return words(QT_TRANSLATE_NOOP(
                         "gui::RoleListModel",
                         "The instructions have %L1 characters; at most %L2 are allowed."))
            .arg(prompt.size())
            .arg(kMaxPrompt);
      }
      changed.system_prompt = prompt.toStdString();
    }
    if (key == u"starters") {
      changed.starters.clear();
      const QStringList starters = value.toStringList();
      for (const QString& starter : starters) {
        const QString text = starter.left(kMaxGreeting);
        if (!text.trimmed().isEmpty() && changed.starters.size() < kMaxStarters)
          changed.starters.push_back(text.toStdString());
      }
    }
    if (key == u"temperature") changed.sampling.temperature = realField(value);
    if (key == u"topP") changed.sampling.top_p = realField(value);
    if (key == u"topK") changed.sampling.top_k = wholeField(value);
    if (key == u"minP") changed.sampling.min_p = realField(value);
  }
  if (changed.name.empty())
    return words(QT_TRANSLATE_NOOP("gui::RoleListModel", "A role needs a name."));
  try {
    changed.sampling.validate();
  } catch (const engine::Error& error) {
    return errorText(error);
  }
  *role = std::move(changed);
  return {};
}

}  // namespace gui
