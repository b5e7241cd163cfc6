// SPDX-License-Identifier: Apache-2.0
// Where models lie on this machine. Names only: nothing is read but folders and refs/main files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace engine {

// True when the folder holds config.json, *.safetensors or *.gguf, broken or not.
bool looks_like_model(const std::filesystem::path& folder);

// Where people put models: the models folder of the data folder, the Hugging Face cache. They need
// not exist.
std::vector<std::filesystem::path> model_places();

// $FIRESIDE_MODEL (whatever it names), models of the data folder, `extra_folders` or their
// children, snapshots of the Hugging Face cache, the bundled model; each once, in this order.
std::vector<std::filesystem::path> model_folders(const std::vector<std::string>& extra_folders);

// resources/models/demo, if it is there.
std::optional<std::filesystem::path> bundled_model_folder();

// The snapshot of models--ORG--NAME that refs/main names, else the newest one; nothing without one.
// Layout: huggingface.co/docs/hub/local-cache
std::optional<std::filesystem::path> cached_snapshot(const std::filesystem::path& repository);

// "NAME" for a snapshot of the Hugging Face cache (.../models--ORG--NAME/snapshots/COMMIT), else
// the folder's name.
std::string model_name(const std::filesystem::path& folder);

}  // namespace engine
