// SPDX-License-Identifier: Apache-2.0
#include "engine/model_info.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "engine/base/input_file.h"
#include "engine/base/json.h"
#include "engine/core/model_folders.h"
#include "engine/error.h"
#include "engine/formats/model_config.h"
#include "engine/formats/safetensors.h"
#include "engine/log.h"
#include "engine/text/chat_template.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxConfigBytes = 4 << 20;
constexpr int64_t kMaxNameBytes = 4096;

fs::path absolute_folder(const std::string& folder) {
  std::error_code failed;
  fs::path path = fs::absolute(folder, failed).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "models/x/"
  if (folder.empty() || failed || !fs::exists(path, failed))
    throw Error(ErrorCode::NotFound,
                "there is no folder " + printable(folder) + "; choose one that holds a model");
  if (!fs::is_directory(path, failed))
    throw Error(
        ErrorCode::InvalidFile,
        printable(folder) + " is a file; choose the folder that holds config.json and the weights");
  return path;
}

// What can be told of a model that we cannot run. Wrong types count as absent: the reason why it
// cannot be run is told elsewhere.
void describe_foreign(const JsonObject& json, ModelInfo* info) {
  const auto text = [&json](const char* key) -> std::string {
    const auto* value = json.find(key);
    return value && value->is_string() ? printable(value->get<std::string>()) : "";
  };
  const auto number = [&json](const char* key) -> int64_t {
    const auto* value = json.find(key);
    const bool usable = value && value->is_number_unsigned() && *value < (1u << 24);
    return usable ? value->get<int64_t>() : 0;
  };
  const auto* names = json.find("architectures");
  const bool has_name = names && names->is_array() && !names->empty() && names->front().is_string();
  info->architecture = has_name ? printable(names->front().get<std::string>()) : text("model_type");
  info->max_context = static_cast<int>(number("max_position_embeddings"));
  const int64_t heads = number("num_key_value_heads"), layers = number("num_hidden_layers");
  if (heads < 4096 && layers < 4096)
    info->kv_bytes_per_token = 4 * layers * heads * std::min<int64_t>(number("head_dim"), 4096);
}

void describe(const ModelConfig& model, ModelInfo* info) {
  info->architecture = model.architecture;
  info->greedy = model.temperature == 0;
  info->max_context = model.max_position_embeddings;
  info->kv_bytes_per_token = 4ll * model.num_hidden_layers * model.kv_size();
}

void describe_weights(const SafetensorsSource& weights, ModelInfo* info) {
  std::map<std::string, int64_t> bytes_of;
  for (const SafetensorsEntry& entry : weights.entries()) {
    bytes_of[entry.dtype] += static_cast<int64_t>(entry.end - entry.begin);
    int64_t elements =
        1;  // cannot overflow: the file holds at least half a byte for each, or there is a 0
    for (const int64_t dim : entry.shape) elements = dim == 0 ? 0 : elements * dim;
    info->num_parameters += elements;
  }
  info->weight_bytes = weights.total_bytes();
  const auto most =
      std::ranges::max_element(bytes_of, {}, [](const auto& item) { return item.second; });
  if (most != bytes_of.end()) info->dtype = most->first;
  if (info->unsupported.empty() && info->dtype != "BF16" && info->dtype != "F16" &&
      info->dtype != "F32")
    info->unsupported =
        "its weights are " + printable(info->dtype) +
        "; Fireside reads BF16, F16 and F32, so get an unquantised form of the model";
}

void check_text_files(const fs::path& folder, ModelInfo* info) {
  if (!info->unsupported.empty()) return;
  if (!file_exists((folder / "tokenizer.json").string()) &&
      !file_exists((folder / "tokenizer.model").string())) {
    info->unsupported = "tokenizer.json is missing; download it into the folder";
    return;
  }
  try {
    ChatTemplate::load(folder.string());
  } catch (const Error& problem) {
    info->unsupported = problem.what();
  }
}

// Our own model brings its name and a note along; in a downloaded folder they would be anybody's
// claim.
void read_bundled_name(const fs::path& folder, ModelInfo* info) {
  const std::string path = (folder / "fireside.json").string();
  if (!file_exists(path)) return;
  const nlohmann::json json = read_json_file(path, kMaxNameBytes);
  const JsonObject object(json, path);
  info->name = object.find_string("name").value_or(info->name);
  info->note = object.find_string("note").value_or("");
}

bool is_bundled(const fs::path& folder) {
  const auto bundled = bundled_model_folder();
  std::error_code failed;
  return bundled && fs::equivalent(*bundled, folder, failed);
}

}  // namespace

ModelInfo inspect_model(const std::string& folder) {
  const fs::path path = absolute_folder(folder);
  ModelInfo info;
  info.path = path.string();
  info.name = printable(model_name(path));
  info.bundled = is_bundled(path);
  if (info.bundled) read_bundled_name(path, &info);
  try {
    describe(load_model_config(info.path), &info);
  } catch (const Error& problem) {
    if (problem.code() != ErrorCode::Unsupported) throw;
    const std::string config = (path / "config.json").string();
    const nlohmann::json json = read_json_file(config, kMaxConfigBytes);
    describe_foreign(JsonObject(json, printable(config)), &info);
    info.unsupported = problem.what();
  }
  try {
    describe_weights(SafetensorsSource(info.path), &info);
  } catch (const Error& problem) {
    if (problem.code() != ErrorCode::Unsupported && info.unsupported.empty()) throw;
    if (info.unsupported.empty()) info.unsupported = problem.what();
  }
  check_text_files(path, &info);
  return info;
}

std::string model_from_environment() {
  const char* chosen = std::getenv("FIRESIDE_MODEL");
  return chosen ? chosen : "";
}

std::vector<ModelInfo> find_models(const std::vector<std::string>& extra_folders) {
  std::vector<ModelInfo> models;
  for (const fs::path& folder : model_folders(extra_folders)) {
    try {
      models.push_back(inspect_model(folder.string()));
    } catch (const Error& problem) {
      ModelInfo broken;
      broken.path = folder.string();
      broken.name = printable(model_name(folder));
      broken.unsupported = problem.what();
      models.push_back(std::move(broken));
    }
  }
  const auto first = models.begin() + (model_from_environment().empty() ? 0 : 1);
  std::stable_sort(first, models.end(), [](const ModelInfo& a, const ModelInfo& b) {
    if (a.bundled != b.bundled) return b.bundled;
    if (a.unsupported.empty() != b.unsupported.empty()) return a.unsupported.empty();
    return a.weight_bytes > b.weight_bytes;
  });
  return models;
}

std::string resource_directory() {
  std::vector<fs::path> places;
  if (const char* chosen = std::getenv("FIRESIDE_RESOURCES"); chosen && *chosen) {
    places.emplace_back(chosen);
  } else {
    std::error_code failed;
    const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
    // Build tree: <build>/bin/program or <source>/build/<name>/bin/program. Installed:
    // <prefix>/bin/program.
    places = {program / "resources", program / "../resources", program / "../share/fireside",
              program / "../../../resources"};
  }
  std::string tried;
  for (const fs::path& place : places) {
    std::error_code failed;
    const fs::path folder = fs::weakly_canonical(place, failed);
    if (!failed && fs::is_directory(folder / "roles", failed)) return folder.string();
    tried += (tried.empty() ? "" : ", ") + printable(place.lexically_normal().string());
  }
  throw Error(ErrorCode::NotFound, "Fireside's own data is missing (looked in " + tried +
                                       "); install it again or set FIRESIDE_RESOURCES");
}

}  // namespace engine
