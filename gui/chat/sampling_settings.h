// SPDX-License-Identifier: Apache-2.0
// How the answers of one conversation are drawn. A value that is not set takes the role's, then the
// model's. Values out of range are drawn to the nearest allowed one.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QJsonObject>
#include <QObject>

#include "engine/request.h"

namespace gui {

class SamplingSettings : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by a ChatSession")
  Q_PROPERTY(double temperature READ temperature WRITE setTemperature NOTIFY changed)
  Q_PROPERTY(bool temperatureSet READ temperatureSet NOTIFY changed)
  Q_PROPERTY(double topP READ topP WRITE setTopP NOTIFY changed)
  Q_PROPERTY(bool topPSet READ topPSet NOTIFY changed)
  Q_PROPERTY(int topK READ topK WRITE setTopK NOTIFY changed)
  Q_PROPERTY(bool topKSet READ topKSet NOTIFY changed)
  Q_PROPERTY(double minP READ minP WRITE setMinP NOTIFY changed)
  Q_PROPERTY(bool minPSet READ minPSet NOTIFY changed)
  Q_PROPERTY(
      double repetitionPenalty READ repetitionPenalty WRITE setRepetitionPenalty NOTIFY changed)
  Q_PROPERTY(bool repetitionPenaltySet READ repetitionPenaltySet NOTIFY changed)
  Q_PROPERTY(double presencePenalty READ presencePenalty WRITE setPresencePenalty NOTIFY changed)
  Q_PROPERTY(bool presencePenaltySet READ presencePenaltySet NOTIFY changed)
  Q_PROPERTY(double frequencyPenalty READ frequencyPenalty WRITE setFrequencyPenalty NOTIFY changed)
  Q_PROPERTY(bool frequencyPenaltySet READ frequencyPenaltySet NOTIFY changed)
  // Digits, or empty for a fresh seed each time. Anything else is ignored.
  Q_PROPERTY(QString seed READ seed WRITE setSeed NOTIFY changed)
  Q_PROPERTY(bool seedSet READ seedSet NOTIFY changed)
  // 0: until the end of the context.
  Q_PROPERTY(int maxTokens READ maxTokens WRITE setMaxTokens NOTIFY changed)
  Q_PROPERTY(bool maxTokensSet READ maxTokensSet NOTIFY changed)
  Q_PROPERTY(bool anySet READ anySet NOTIFY changed)

 public:
  explicit SamplingSettings(QObject* parent = nullptr) : QObject(parent) {}

  double temperature() const;
  bool temperatureSet() const { return own_.temperature.has_value(); }
  void setTemperature(double value);
  double topP() const;
  bool topPSet() const { return own_.topP.has_value(); }
  void setTopP(double value);
  int topK() const;
  bool topKSet() const { return own_.topK.has_value(); }
  void setTopK(int value);
  double minP() const;
  bool minPSet() const { return own_.minP.has_value(); }
  void setMinP(double value);
  double repetitionPenalty() const;
  bool repetitionPenaltySet() const { return own_.repetitionPenalty.has_value(); }
  void setRepetitionPenalty(double value);
  double presencePenalty() const;
  bool presencePenaltySet() const { return own_.presencePenalty.has_value(); }
  void setPresencePenalty(double value);
  double frequencyPenalty() const;
  bool frequencyPenaltySet() const { return own_.frequencyPenalty.has_value(); }
  void setFrequencyPenalty(double value);
  QString seed() const;
  bool seedSet() const { return own_.seed.has_value(); }
  void setSeed(const QString& digits);
  int maxTokens() const;
  bool maxTokensSet() const { return own_.maxTokens.has_value(); }
  void setMaxTokens(int value);
  bool anySet() const;

  // Back to the role's values.
  Q_INVOKABLE void reset();
  // One value back to the role's: "temperature", "topP", ... Unknown names are ignored.
  Q_INVOKABLE void resetValue(const QString& name);

  // The role's values, shown where nothing is set.
  void setDefaults(const engine::SamplingParams& defaults);
  // What a request takes: the role's values with the own ones on top.
  engine::SamplingParams params() const;
  // Only what is set, as it is stored with the conversation.
  QString toJson() const;
  // Unknown keys and wrong types are ignored.
  void fromJson(const QString& json);

 signals:
  void changed();
  // Changed by the person, not by loading: to be stored.
  void edited();

 private:
  struct Own {
    std::optional<double> temperature, topP, minP, repetitionPenalty, presencePenalty,
        frequencyPenalty;
    std::optional<int> topK, maxTokens;
    std::optional<quint64> seed;
  };
  template <typename T>
  void assign(std::optional<T>& slot, std::optional<T> value);

  Own own_;
  engine::SamplingParams defaults_;
};

}  // namespace gui
