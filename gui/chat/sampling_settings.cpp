// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/sampling_settings.h"

#include <QJsonDocument>
#include <algorithm>
#include <cmath>

namespace gui {
namespace {

std::optional<double> real(const QJsonObject& object, const char* key, double low, double high) {
  const QJsonValue value = object.value(QLatin1String(key));
  return value.isDouble() ? std::optional(std::clamp(value.toDouble(), low, high)) : std::nullopt;
}

std::optional<int> whole(const QJsonObject& object, const char* key, int low, int high) {
  const std::optional<double> value = real(object, key, low, high);
  return value ? std::optional(static_cast<int>(std::lround(*value))) : std::nullopt;
}

double clamped(double value, double low, double high) {
  return std::isfinite(value) ? std::clamp(value, low, high) : low;
}

constexpr double kMaxTemperature = 2;
constexpr double kMinTopP = 0.01;
constexpr int kMaxTopK = 1000;
constexpr double kMinRepetition = 0.5;
constexpr double kMaxRepetition = 2;
constexpr int kMaxTokens = 1 << 20;

}  // namespace

double SamplingSettings::temperature() const {
  return own_.temperature.value_or(defaults_.temperature.value_or(1));
}
double SamplingSettings::topP() const { return own_.topP.value_or(defaults_.top_p.value_or(1)); }
int SamplingSettings::topK() const { return own_.topK.value_or(defaults_.top_k.value_or(0)); }
double SamplingSettings::minP() const { return own_.minP.value_or(defaults_.min_p.value_or(0)); }
double SamplingSettings::repetitionPenalty() const {
  return own_.repetitionPenalty.value_or(defaults_.repetition_penalty.value_or(1));
}
double SamplingSettings::presencePenalty() const {
  return own_.presencePenalty.value_or(defaults_.presence_penalty);
}
double SamplingSettings::frequencyPenalty() const {
  return own_.frequencyPenalty.value_or(defaults_.frequency_penalty);
}
QString SamplingSettings::seed() const {
  return own_.seed ? QString::number(*own_.seed) : QString();
}
int SamplingSettings::maxTokens() const {
  return own_.maxTokens.value_or(defaults_.max_tokens.value_or(0));
}

template <typename T>
void SamplingSettings::assign(std::optional<T>& slot, std::optional<T> value) {
  if (slot != value) {
    slot = value;
    emit changed();
    emit edited();
  }
}

void SamplingSettings::setTemperature(double value) {
  assign(own_.temperature, std::optional(clamped(value, 0, kMaxTemperature)));
}
void SamplingSettings::setTopP(double value) {
  assign(own_.topP, std::optional(clamped(value, kMinTopP, 1)));
}
void SamplingSettings::setTopK(int value) {
  assign(own_.topK, std::optional(std::clamp(value, 0, kMaxTopK)));
}
void SamplingSettings::setMinP(double value) {
  assign(own_.minP, std::optional(clamped(value, 0, 1)));
}
void SamplingSettings::setRepetitionPenalty(double value) {
  assign(own_.repetitionPenalty, std::optional(clamped(value, kMinRepetition, kMaxRepetition)));
}
void SamplingSettings::setPresencePenalty(double value) {
  assign(own_.presencePenalty, std::optional(clamped(value, -2, 2)));
}
void SamplingSettings::setFrequencyPenalty(double value) {
  assign(own_.frequencyPenalty, std::optional(clamped(value, -2, 2)));
}
void SamplingSettings::setSeed(const QString& digits) {
  bool ok = false;
  const quint64 value = digits.trimmed().toULongLong(&ok);
  if (digits.trimmed().isEmpty()) {
    assign(own_.seed, std::optional<quint64>());
  } else if (ok) {
    assign(own_.seed, std::optional(value));
  }
}
void SamplingSettings::setMaxTokens(int value) {
  assign(own_.maxTokens, std::optional(std::clamp(value, 0, kMaxTokens)));
}

bool SamplingSettings::anySet() const {
  return temperatureSet() || topPSet() || topKSet() || minPSet() || repetitionPenaltySet() ||
         presencePenaltySet() || frequencyPenaltySet() || seedSet() || maxTokensSet();
}

void SamplingSettings::reset() {
  if (anySet()) {
    own_ = {};
    emit changed();
    emit edited();
  }
}

void SamplingSettings::resetValue(const QString& name) {
  const auto clear = [this](auto& slot) { assign(slot, std::decay_t<decltype(slot)>()); };
  if (name == QLatin1String("temperature")) clear(own_.temperature);
  if (name == QLatin1String("topP")) clear(own_.topP);
  if (name == QLatin1String("topK")) clear(own_.topK);
  if (name == QLatin1String("minP")) clear(own_.minP);
  if (name == QLatin1String("repetitionPenalty")) clear(own_.repetitionPenalty);
  if (name == QLatin1String("presencePenalty")) clear(own_.presencePenalty);
  if (name == QLatin1String("frequencyPenalty")) clear(own_.frequencyPenalty);
  if (name == QLatin1String("seed")) clear(own_.seed);
  if (name == QLatin1String("maxTokens")) clear(own_.maxTokens);
}

void SamplingSettings::setDefaults(const engine::SamplingParams& defaults) {
  defaults_ = defaults;
  emit changed();
}

engine::SamplingParams SamplingSettings::params() const {
  engine::SamplingParams params = defaults_;
  const auto narrow = [](auto& slot, const std::optional<double>& own) {
    if (own) slot = static_cast<float>(*own);
  };
  narrow(params.temperature, own_.temperature);
  narrow(params.top_p, own_.topP);
  narrow(params.min_p, own_.minP);
  narrow(params.repetition_penalty, own_.repetitionPenalty);
  narrow(params.presence_penalty, own_.presencePenalty);
  narrow(params.frequency_penalty, own_.frequencyPenalty);
  if (own_.topK) params.top_k = own_.topK;
  if (own_.seed) params.seed = own_.seed;
  if (own_.maxTokens) params.max_tokens = *own_.maxTokens > 0 ? own_.maxTokens : std::nullopt;
  return params;
}

QString SamplingSettings::toJson() const {
  QJsonObject object;
  const auto put = [&object](const char* key, const auto& slot) {
    if (slot) object.insert(QLatin1String(key), QJsonValue(*slot));
  };
  put("temperature", own_.temperature);
  put("top_p", own_.topP);
  put("top_k", own_.topK);
  put("min_p", own_.minP);
  put("repetition_penalty", own_.repetitionPenalty);
  put("presence_penalty", own_.presencePenalty);
  put("frequency_penalty", own_.frequencyPenalty);
  put("max_tokens", own_.maxTokens);
  if (own_.seed)
    object.insert(QLatin1String("seed"), QString::number(*own_.seed));  // JSON numbers lose digits
  return object.isEmpty() ? QString()
                          : QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void SamplingSettings::fromJson(const QString& json) {
  const QJsonObject object = QJsonDocument::fromJson(json.toUtf8()).object();
  own_ = {};
  own_.temperature = real(object, "temperature", 0, kMaxTemperature);
  own_.topP = real(object, "top_p", kMinTopP, 1);
  own_.topK = whole(object, "top_k", 0, kMaxTopK);
  own_.minP = real(object, "min_p", 0, 1);
  own_.repetitionPenalty = real(object, "repetition_penalty", kMinRepetition, kMaxRepetition);
  own_.presencePenalty = real(object, "presence_penalty", -2, 2);
  own_.frequencyPenalty = real(object, "frequency_penalty", -2, 2);
  own_.maxTokens = whole(object, "max_tokens", 0, kMaxTokens);
  bool ok = false;
  const quint64 seed = object.value(QLatin1String("seed")).toString().toULongLong(&ok);
  if (ok) own_.seed = seed;
  emit changed();
}

}  // namespace gui
