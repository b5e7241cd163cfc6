// SPDX-License-Identifier: Apache-2.0
// What the tests of the CUDA runner share: engines over the fixtures, requests, the published
// goldens.
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>
#include <cmath>
#include <cstring>

#include "engine/engine.h"
#include "engine/formats/weight_source.h"
#include "engine/runner/cuda/cuda_runner.h"
#include "tests/gpu/requests.h"

using engine::CudaRunner;
using engine::CudaRunnerOptions;
using engine::Engine;
using engine::EngineConfig;
using engine::TokenRequest;

inline std::string data_folder() {
  return qEnvironmentVariable("FIRESIDE_TEST_DATA", FIRESIDE_TEST_DATA).toStdString();
}

struct Golden {
  struct Prompt {
    std::vector<int32_t> ids, greedy;
    std::vector<double> margins;
    int first_position = 0;
    std::vector<std::vector<float>> logits;  // from first_position on
  };
  std::vector<Prompt> prompts;
};

inline QByteArray read(const std::string& path) {
  QFile file(QString::fromStdString(path));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline std::vector<int32_t> ids_of(const QJsonValue& value) {
  std::vector<int32_t> ids;
  for (const QJsonValue& id : value.toArray()) ids.push_back(id.toInt());
  return ids;
}

inline Golden read_golden(const std::string& folder) {
  Golden golden;
  const QJsonObject json = QJsonDocument::fromJson(read(folder + "/golden.json")).object();
  const QByteArray tensors = read(folder + "/golden_logits.safetensors");
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, tensors.data(), 8);
  const QJsonObject header =
      QJsonDocument::fromJson(tensors.mid(8, static_cast<qsizetype>(header_bytes))).object();
  int index = 0;
  for (const QJsonValue& value : json["prompts"].toArray()) {
    Golden::Prompt prompt;
    prompt.ids = ids_of(value["ids"]);
    prompt.first_position = value["first_position"].toInt();
    const QJsonObject entry = header[QString("logits.%1").arg(index)].toObject();
    const auto rows = static_cast<size_t>(entry["shape"][0].toInt());
    const auto width = static_cast<size_t>(entry["shape"][1].toInt());
    const char* at = tensors.data() + 8 + header_bytes + entry["data_offsets"][0].toInteger();
    for (size_t r = 0; r < rows; ++r) {
      prompt.logits.emplace_back(width);
      std::memcpy(prompt.logits.back().data(), at + r * width * 4, width * 4);
    }
    for (const QJsonValue& greedy : json["greedy"].toArray()) {
      if (greedy["prompt"].toInt() != index) continue;
      prompt.greedy = ids_of(greedy["ids"]);
      for (const QJsonValue& margin : greedy["top1_minus_top2"].toArray())
        prompt.margins.push_back(margin.toDouble());
    }
    golden.prompts.push_back(prompt);
    ++index;
  }
  return golden;
}

inline double divergence(const std::vector<float>& want, std::span<const float> got) {
  const auto log_sum = [](std::span<const float> x) {
    double top = -INFINITY, sum = 0;
    for (const float v : x) top = std::max(top, static_cast<double>(v));
    for (const float v : x) sum += std::exp(v - top);
    return top + std::log(sum);
  };
  const double want_sum = log_sum(want), got_sum = log_sum(got);
  double kl = 0;
  for (size_t i = 0; i < want.size(); ++i)
    kl += std::exp(want[i] - want_sum) * ((want[i] - want_sum) - (got[i] - got_sum));
  return kl;
}

inline EngineConfig small_config() {
  EngineConfig config;
  config.max_model_len = 2048;
  config.max_num_seqs = 40;
  config.kv_cache_bytes = 256 << 20;
  return config;
}

inline std::unique_ptr<Engine> make_engine(const std::string& model,
                                           const CudaRunnerOptions& options = {},
                                           EngineConfig config = small_config()) {
  const std::string folder = data_folder() + "/" + model;
  const auto weights = engine::open_safetensors(folder);
  const engine::ModelConfig description = engine::load_model_config(folder);
  config.max_model_len = std::min(config.max_model_len, description.max_position_embeddings);
  auto runner = std::make_unique<CudaRunner>(config, description, *weights, 0, options,
                                             engine::LoadProgress(), std::stop_token());
  return Engine::with_runner(config, std::move(runner));
}

// Logits and greedy continuations against the goldens of a fixture.
struct Fidelity {
  double mean_kl = 0, worst_kl = 0;
  int rows = 0, checked = 0;  // logits; greedy tokens whose margin is at least the one asked for
  std::string problem;

  std::string describe() const {
    char text[120];
    std::snprintf(text, sizeof text, "mean_kl %.3e worst_kl %.3e rows %d greedy_checked %d",
                  mean_kl, worst_kl, rows, checked);
    return text;
  }
};

inline Fidelity fidelity(Engine* engine, const std::string& model, double margin) {
  Fidelity result;
  for (const Golden::Prompt& prompt : read_golden(data_folder() + "/" + model).prompts) {
    TokenRequest ask = request(prompt.ids, static_cast<int>(prompt.greedy.size()));
    ask.prompt_logits = true;
    ask.on_logits = [&](int position, std::span<const float> logits) {
      const int row = position - prompt.first_position;
      if (row < 0 || row >= static_cast<int>(prompt.logits.size())) return;
      const double kl = divergence(prompt.logits[static_cast<size_t>(row)], logits);
      result.mean_kl += kl;
      result.worst_kl = std::max(result.worst_kl, kl);
      ++result.rows;
    };
    const Answer answer = run_all(engine, {ask})[0];
    result.problem += answer.error;
    if (answer.tokens.size() != prompt.greedy.size()) result.problem += "an answer is too short; ";
    for (size_t i = 0; i < std::min(answer.tokens.size(), prompt.greedy.size()); ++i) {
      if (prompt.margins[i] < margin) break;  // may differ, and then all that follows
      if (answer.tokens[i] != prompt.greedy[i])
        result.problem += "token " + std::to_string(i) + " with the margin " +
                          std::to_string(prompt.margins[i]) + " is another; ";
      ++result.checked;
    }
  }
  result.mean_kl /= std::max(result.rows, 1);
  return result;
}
