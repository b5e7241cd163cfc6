// SPDX-License-Identifier: Apache-2.0
// What a model folder holds, read without loading its weights: config.json and safetensors headers
// only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/kv_cache_dtype.h"

namespace engine {

struct ModelInfo {
  std::string path;  // absolute folder
  std::string name;  // "Qwen3-4B-Instruct-2507": folder name, or the repository of a Hugging Face
                     // cache entry
  std::string note;  // what the bundled model can do, in one line; empty for all others
  std::string architecture;  // "Qwen3ForCausalLM" (or from model_type)
  std::string dtype;         // "BF16", "F16", "F32": of most weight bytes
  int64_t num_parameters = 0;
  int64_t weight_bytes = 0;
  int max_context = 0;             // max_position_embeddings
  int64_t kv_bytes_per_token = 0;  // at 2 bytes an element
  bool bundled = false;            // the one that comes with Fireside
  bool greedy = false;  // generation_config.json says so: a role's temperature is not for it
  // Empty when Fireside can load it and chat with it, else why not and what to do. A model that
  // lacks only a known chat template still loads, for prompts given as text or token ids.
  std::string unsupported;

  // Bytes needed for the weights and a context of that many tokens on a GPU.
  int64_t required_bytes(int context, KvCacheDType cache = KvCacheDType::Auto) const {
    return weight_bytes + kv_bytes_per_token / 2 * kv_cache_element_bytes(cache) * context;
  }
};

// Reads one folder. Throws Error{NotFound, InvalidFile}. An unsupported model is a result (see
// `unsupported`).
ModelInfo inspect_model(const std::string& folder);

// The folder that FIRESIDE_MODEL names, empty without one. As clear a choice as --model: where none
// is given this one is loaded, and no other takes its place.
std::string model_from_environment();

// Every model folder found, each once. The first is what FIRESIDE_MODEL names, whatever it is. Then
// best first (supported before unsupported, larger before smaller, the bundled one last):
// $XDG_DATA_HOME/fireside/models/*, extra_folders and their children, the Hugging Face cache
// (HF_HUB_CACHE, HF_HOME/hub, ~/.cache/huggingface/hub; newest snapshot of each repository), the
// bundled model. A broken folder is listed with its error in `unsupported`.
std::vector<ModelInfo> find_models(const std::vector<std::string>& extra_folders = {});

// Folder of the bundled model and other read-only data: $FIRESIDE_RESOURCES, else beside the
// executable (build tree), else the installed <prefix>/share/fireside. Throws Error{NotFound}
// listing the places it tried.
std::string resource_directory();

}  // namespace engine
