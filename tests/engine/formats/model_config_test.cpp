// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/formats/model_config_test.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/formats/model_config.h"
#include "tests/engine/formats/files.h"

using engine::ErrorCode;
using engine::ModelConfig;

namespace {

// config.json of Qwen3-4B-Instruct-2507 as published.
QJsonObject published() {
  return QJsonDocument::fromJson(R"({
    "architectures": ["Qwen3ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
    "bos_token_id": 151643, "eos_token_id": 151645, "head_dim": 128, "hidden_act": "silu",
    "hidden_size": 2560, "initializer_range": 0.02, "intermediate_size": 9728,
    "max_position_embeddings": 262144, "max_window_layers": 36, "model_type": "qwen3",
    "num_attention_heads": 32, "num_hidden_layers": 36, "num_key_value_heads": 8,
    "rms_norm_eps": 1e-06, "rope_scaling": null, "rope_theta": 5000000, "sliding_window": null,
    "tie_word_embeddings": true, "torch_dtype": "bfloat16", "transformers_version": "4.51.0",
    "use_cache": true, "use_sliding_window": false, "vocab_size": 151936})")
      .object();
}

QByteArray text(const QJsonObject& json) { return QJsonDocument(json).toJson(); }

ModelConfig load(const QByteArray& config, const QByteArray& generation = {}) {
  const QTemporaryDir dir;
  write_file(dir.filePath("config.json"), config);
  if (!generation.isNull()) write_file(dir.filePath("generation_config.json"), generation);
  return engine::load_model_config(dir.path().toStdString());
}

QByteArray with(const char* key, const QJsonValue& value) {
  QJsonObject json = published();
  json[key] = value;
  return text(json);
}

QByteArray without(const char* key) {
  QJsonObject json = published();
  json.remove(key);
  return text(json);
}

}  // namespace

void ModelConfigTest::reads_the_published_form() {
  const ModelConfig config = load(text(published()));
  QCOMPARE(config.architecture, std::string("Qwen3ForCausalLM"));
  QCOMPARE(config.vocab_size, 151936);
  QCOMPARE(config.hidden_size, 2560);
  QCOMPARE(config.intermediate_size, 9728);
  QCOMPARE(config.num_hidden_layers, 36);
  QCOMPARE(config.q_size(), 4096);
  QCOMPARE(config.kv_size(), 1024);
  QCOMPARE(config.max_position_embeddings, 262144);
  QCOMPARE(config.rope_theta, 5e6);
  QCOMPARE(config.rope_scaling.type, engine::RopeType::Default);
  QCOMPARE(config.rms_norm_eps, 1e-6);
  QVERIFY(config.tie_word_embeddings && config.qk_norm);
  QCOMPARE(config.eos_token_ids, std::vector<int32_t>{151645});
  QCOMPARE(config.bos_token_id, 151643);
  QCOMPARE(config.temperature, -1.f);
}

void ModelConfigTest::reads_the_form_of_transformers_5() {
  QJsonObject json = published();
  json.remove("rope_theta");
  json.remove("rope_scaling");
  json.remove("torch_dtype");
  json["dtype"] = "bfloat16";
  json["rope_parameters"] = QJsonObject{{"rope_theta", 1e6}, {"rope_type", "default"}};
  QJsonArray types;
  for (int i = 0; i < 36; ++i) types.append("full_attention");
  json["layer_types"] = types;
  const ModelConfig config = load(text(json));
  QCOMPARE(config.rope_theta, 1e6);
  QCOMPARE(config.rope_scaling.type, engine::RopeType::Default);
}

void ModelConfigTest::yarn_data() {
  QTest::addColumn<QString>("key");
  QTest::addColumn<QJsonObject>("rope");
  QTest::addColumn<int>("max_context");
  const QJsonObject yarn{
      {"rope_type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 32768}};
  QJsonObject old = yarn, parameters = yarn, both = yarn, bare = yarn;
  old.remove("rope_type");
  old["type"] = "yarn";
  both["type"] = "yarn";
  parameters["rope_theta"] = 5000000;
  bare.remove("original_max_position_embeddings");
  QTest::newRow("rope_type") << "rope_scaling" << yarn << 131072;
  QTest::newRow("type") << "rope_scaling" << old << 131072;
  QTest::newRow("both") << "rope_scaling" << both << 131072;
  QTest::newRow("rope_parameters") << "rope_parameters" << parameters << 131072;
  QTest::newRow("original absent") << "rope_scaling" << bare << 163840;
}

void ModelConfigTest::yarn() {
  QFETCH(QString, key);
  QFETCH(QJsonObject, rope);
  QFETCH(int, max_context);
  QJsonObject json = published();
  json["max_position_embeddings"] = 40960;
  json[key] = rope;
  const ModelConfig config = load(text(json));
  QCOMPARE(config.rope_scaling.type, engine::RopeType::Yarn);
  QCOMPARE(config.rope_scaling.factor, 4.0);
  QCOMPARE(config.rope_scaling.original_max_position_embeddings,
           rope.contains("original_max_position_embeddings") ? 32768 : 40960);
  QCOMPARE(config.rope_scaling.beta_fast, 32.0);
  QCOMPARE(config.rope_scaling.attention_factor, 0.0);
  QCOMPARE(config.max_position_embeddings, max_context);
}

void ModelConfigTest::harmless_fields_are_ignored() {
  QJsonObject json = published();
  json["_name_or_path"] = "somewhere";
  json["unsloth_version"] = "2025.8";
  json["use_cache"] = false;
  json["residual_dropout"] = 0.1;
  json["vision_config"] = QJsonValue::Null;
  json["num_experts"] = 0;
  json["logit_scale"] = false;
  json["pruned_heads"] = QJsonObject();
  json["sliding_window"] = 4096;  // set, but not in use
  QCOMPARE(load(text(json)).hidden_size, 2560);
  // As in Hugging Face's Qwen3Config.
  QCOMPARE(load(without("head_dim")).head_dim, 128);
  QCOMPARE(load(without("tie_word_embeddings")).tie_word_embeddings, false);
  QCOMPARE(load(without("architectures")).architecture, std::string("Qwen3ForCausalLM"));
}

void ModelConfigTest::refuses_data() {
  QTest::addColumn<QByteArray>("config");
  QTest::addColumn<QString>("code");
  QTest::addColumn<QString>("fragment");
  const auto row = [](const QByteArray& name, const QByteArray& config, const char* code,
                      const QString& fragment) {
    QTest::newRow(name.constData()) << config << code << fragment;
  };
  row("empty", "", "invalid_file", "not valid JSON");
  row("list", "[]", "invalid_file", "not a JSON object");
  row("duplicate", R"({"model_type":"qwen3","model_type":"qwen3"})", "invalid_file",
      "'model_type' appears twice");
  for (const char* key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                          "num_attention_heads", "num_key_value_heads", "max_position_embeddings",
                          "rms_norm_eps", "rope_theta"}) {
    const QString missing = QString("'%1' is missing").arg(key);
    row(QByteArray("no ") + key, without(key), "invalid_file", missing);
    row(QByteArray("null ") + key, with(key, QJsonValue::Null), "invalid_file", missing);
    row(QByteArray("text ") + key, with(key, "12"), "invalid_file",
        QString("'%1' must be").arg(key));
    row(QByteArray("negative ") + key, with(key, -1), "invalid_file",
        QString("'%1' is -1").arg(key));
    row(QByteArray("huge ") + key, with(key, 1e18), "invalid_file", QString("'%1'").arg(key));
  }
  row("zero layers", with("num_hidden_layers", 0), "invalid_file", "'num_hidden_layers' is 0");
  row("odd head", with("head_dim", 127), "invalid_file", "must be even");
  row("heads do not divide", with("num_key_value_heads", 5), "invalid_file", "must be a multiple");
  row("eos out of range", with("eos_token_id", 151936), "invalid_file", "0 to 151935");
  row("eos negative", with("eos_token_id", -1), "invalid_file", "0 to 151935");
  row("architectures is text", with("architectures", "Qwen3ForCausalLM"), "invalid_file",
      "'architectures'");

  row("another architecture", with("architectures", QJsonArray{"LlamaForCausalLM"}), "unsupported",
      "LlamaForCausalLM");
  row("another model type", with("model_type", "qwen3_moe"), "unsupported", "qwen3_moe");
  row("quantised", with("quantization_config", QJsonObject{{"quant_method", "awq"}}), "unsupported",
      "method 'awq'");
  row("attention bias", with("attention_bias", true), "unsupported", "attention_bias");
  row("mlp bias", with("mlp_bias", true), "unsupported", "mlp_bias");
  row("activation", with("hidden_act", "gelu"), "unsupported", "'gelu'");
  QJsonObject window = published();
  window["use_sliding_window"] = true;
  window["sliding_window"] = 4096;
  row("sliding window", text(window), "unsupported", "use_sliding_window");
  QJsonArray types;
  for (int i = 0; i < 36; ++i) types.append(i == 20 ? "sliding_attention" : "full_attention");
  row("layer types", with("layer_types", types), "unsupported", "sliding_attention");
  row("too few layer types", with("layer_types", QJsonArray{"full_attention"}), "invalid_file",
      "36 layers");
  row("unknown telling field", with("attention_multiplier", 0.5), "unsupported",
      "attention_multiplier");
  row("experts", with("num_experts", 128), "unsupported", "num_experts");
  row("vision", with("vision_config", QJsonObject{{"depth", 27}}), "unsupported", "vision_config");
  row("partial rotary", with("partial_rotary_factor", 0.5), "unsupported", "partial_rotary_factor");
  row("soft cap", with("final_logit_softcapping", 30), "unsupported", "final_logit_softcapping");

  const auto rope = [](const QJsonObject& settings) { return with("rope_scaling", settings); };
  row("rope linear", rope({{"type", "linear"}, {"factor", 2}}), "unsupported", "'linear'");
  row("rope llama3", rope({{"rope_type", "llama3"}, {"factor", 8}}), "unsupported", "'llama3'");
  row("rope types differ", rope({{"rope_type", "yarn"}, {"type", "linear"}, {"factor", 2}}),
      "invalid_file", "'linear'");
  row("rope without type", rope({{"factor", 2}}), "invalid_file", "'rope_type' is missing");
  row("yarn without factor", rope({{"rope_type", "yarn"}}), "invalid_file", "'factor' is missing");
  row("yarn factor below 1", rope({{"rope_type", "yarn"}, {"factor", 0.5}}), "invalid_file",
      "'factor' is 0.5");
  row("yarn unknown setting", rope({{"rope_type", "yarn"}, {"factor", 2}, {"mscale", 0.7}}),
      "unsupported", "'mscale'");
  row("yarn not truncated", rope({{"rope_type", "yarn"}, {"factor", 2}, {"truncate", false}}),
      "unsupported", "truncate");
  row("yarn betas",
      rope({{"rope_type", "yarn"}, {"factor", 2}, {"beta_fast", 1}, {"beta_slow", 1}}),
      "invalid_file", "beta_slow");
  row("rope is a list", with("rope_scaling", QJsonArray{}), "invalid_file", "not a JSON object");
  QJsonObject two = published();
  two["rope_scaling"] = QJsonObject{{"rope_type", "yarn"}, {"factor", 2}};
  two["rope_parameters"] = QJsonObject{{"rope_type", "yarn"}, {"factor", 4}};
  row("two ropes", text(two), "invalid_file", "differ");
}

void ModelConfigTest::refuses() {
  QFETCH(QByteArray, config);
  QFETCH(QString, code);
  QFETCH(QString, fragment);
  const auto expected = code == "unsupported" ? ErrorCode::Unsupported : ErrorCode::InvalidFile;
  EXPECT_ERROR(load(config), expected, fragment);
  EXPECT_ERROR(load(config), expected, "config.json");
}

void ModelConfigTest::generation_config() {
  const ModelConfig config = load(text(published()), R"({"bos_token_id": 151643, "do_sample": true,
      "eos_token_id": [151645, 151643], "pad_token_id": 151643, "temperature": 0.7, "top_k": 20, "top_p": 0.8})");
  QCOMPARE(config.eos_token_ids, (std::vector<int32_t>{151645, 151643}));
  QCOMPARE(config.temperature, 0.7f);
  QCOMPARE(config.top_k, 20);
  QCOMPARE(config.top_p, 0.8f);
  QCOMPARE(config.min_p, -1.f);
  QCOMPARE(load(text(published()), "{}").eos_token_ids, std::vector<int32_t>{151645});
  QCOMPARE(load(text(published()), R"({"do_sample": false, "temperature": 0.7})").temperature, 0.f);
}

void ModelConfigTest::generation_config_refuses_data() {
  QTest::addColumn<QByteArray>("generation");
  QTest::addColumn<QString>("fragment");
  QTest::newRow("empty") << QByteArray("") << "not valid JSON";
  QTest::newRow("temperature") << QByteArray(R"({"temperature":-1})") << "'temperature' is -1";
  QTest::newRow("top_p") << QByteArray(R"({"top_p":1.5})") << "'top_p' is 1.5";
  QTest::newRow("top_k") << QByteArray(R"({"top_k":0.5})") << "'top_k'";
  QTest::newRow("eos") << QByteArray(R"({"eos_token_id":["x"]})") << "'eos_token_id'";
  QTest::newRow("do_sample") << QByteArray(R"({"do_sample":1})") << "true or false";
}

void ModelConfigTest::generation_config_refuses() {
  QFETCH(QByteArray, generation);
  QFETCH(QString, fragment);
  EXPECT_ERROR(load(text(published()), generation), ErrorCode::InvalidFile, fragment);
}

// Without what it says the model would be sampled in another way and might not end its answers.
void ModelConfigTest::a_broken_link_is_no_absent_file() {
  const QTemporaryDir dir;
  write_file(dir.filePath("config.json"), text(published()));
  QVERIFY(QFile::link("/no/blob", dir.filePath("generation_config.json")));
  EXPECT_ERROR(engine::load_model_config(dir.path().toStdString()), ErrorCode::NotFound,
               "generation_config.json is a link to a file that is not there");
}

void ModelConfigTest::every_truncation_is_refused() {
  const QByteArray whole = QJsonDocument(published()).toJson(QJsonDocument::Compact);
  for (int length = 0; length < whole.size(); length += 7)
    EXPECT_ERROR(load(whole.left(length)), ErrorCode::InvalidFile, "config.json");
  const QTemporaryDir dir;
  EXPECT_ERROR(engine::load_model_config(dir.path().toStdString()), ErrorCode::NotFound,
               "config.json");
}
