// SPDX-License-Identifier: Apache-2.0
#include "engine/core/model_folders.h"

#include <algorithm>

#include "engine/base/input_file.h"
#include "engine/base/user_folders.h"
#include "engine/error.h"
#include "engine/model_info.h"
#include "engine/models_folder.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxEntries = 10000;  // of one folder; more is no model folder
constexpr int64_t kMaxRefBytes = 256;
constexpr std::string_view kRepositoryPrefix = "models--";

std::vector<fs::path> sorted_children(const fs::path& folder) {
  std::vector<fs::path> children;
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    children.push_back(it->path());
    if (children.size() >= kMaxEntries) break;
  }
  std::ranges::sort(children);
  return children;
}

bool is_folder(const fs::path& path) {
  std::error_code failed;
  return fs::is_directory(path, failed);
}

std::optional<fs::path> hugging_face_cache() {
  if (auto folder = path_from("HF_HUB_CACHE")) return folder;
  if (auto folder = path_from("HF_HOME")) return *folder / "hub";
  if (auto home = path_from("HOME")) return *home / ".cache/huggingface/hub";
  return std::nullopt;
}

void add_children(const fs::path& folder, std::vector<fs::path>* found) {
  for (const fs::path& child : sorted_children(folder))
    if (is_folder(child) && looks_like_model(child)) found->push_back(child);
}

void add_cached(const fs::path& cache, std::vector<fs::path>* found) {
  for (const fs::path& repository : sorted_children(cache)) {
    if (!repository.filename().string().starts_with(kRepositoryPrefix)) continue;
    const auto snapshot = cached_snapshot(repository);
    if (snapshot && looks_like_model(*snapshot)) found->push_back(*snapshot);
  }
}

// The same folder reached on two ways counts once, where it came first.
std::vector<fs::path> without_duplicates(const std::vector<fs::path>& folders) {
  std::vector<fs::path> unique, seen;
  for (const fs::path& folder : folders) {
    std::error_code failed;
    fs::path real = fs::weakly_canonical(folder, failed);
    if (failed) real = folder;
    if (std::ranges::find(seen, real) != seen.end()) continue;
    seen.push_back(real);
    unique.push_back(folder);
  }
  return unique;
}

}  // namespace

bool looks_like_model(const fs::path& folder) {
  return std::ranges::any_of(sorted_children(folder), [](const fs::path& file) {
    const std::string extension = file.extension().string();
    return file.filename() == "config.json" || extension == ".safetensors" || extension == ".gguf";
  });
}

std::string models_folder() {
  const auto folder = data_folder();
  return folder ? (*folder / "models").string() : std::string();
}

std::vector<fs::path> model_places() {
  std::vector<fs::path> places;
  if (const std::string folder = models_folder(); !folder.empty()) places.emplace_back(folder);
  if (const auto cache = hugging_face_cache()) places.push_back(*cache);
  return places;
}

std::vector<fs::path> model_folders(const std::vector<std::string>& extra_folders) {
  std::vector<fs::path> found;
  if (const std::string chosen = model_from_environment(); !chosen.empty())
    found.emplace_back(chosen);
  if (const std::string folder = models_folder(); !folder.empty()) add_children(folder, &found);
  for (const std::string& extra : extra_folders) {
    if (looks_like_model(extra)) {
      found.emplace_back(extra);
    } else {
      add_children(extra, &found);
      add_cached(extra, &found);
    }
  }
  if (const auto cache = hugging_face_cache()) add_cached(*cache, &found);
  if (const auto bundled = bundled_model_folder()) found.push_back(*bundled);
  return without_duplicates(found);
}

std::optional<fs::path> bundled_model_folder() {
  try {
    const fs::path folder = fs::path(resource_directory()) / "models/demo";
    if (looks_like_model(folder)) return folder;
  } catch (const Error&) {
    // No resources, no bundled model.
  }
  return std::nullopt;
}

std::optional<fs::path> cached_snapshot(const fs::path& repository) {
  const fs::path snapshots = repository / "snapshots";
  try {
    std::string commit = read_file((repository / "refs/main").string(), kMaxRefBytes);
    commit.erase(commit.find_last_not_of(" \r\n") + 1);
    const bool is_hex =
        !commit.empty() && commit.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (is_hex && is_folder(snapshots / commit)) return snapshots / commit;
  } catch (const Error&) {
    // No refs/main: a revision was downloaded by its commit.
  }
  std::optional<fs::path> newest;
  fs::file_time_type newest_time;
  for (const fs::path& snapshot : sorted_children(snapshots)) {
    std::error_code failed;
    const auto time = fs::last_write_time(snapshot, failed);
    if (failed || !is_folder(snapshot) || (newest && time <= newest_time)) continue;
    newest = snapshot;
    newest_time = time;
  }
  return newest;
}

std::string model_name(const fs::path& folder) {
  const fs::path snapshots = folder.parent_path();
  const std::string repository = snapshots.parent_path().filename().string();
  if (snapshots.filename() == "snapshots" && repository.starts_with(kRepositoryPrefix)) {
    const size_t separator = repository.rfind("--");
    return repository.substr(separator + 2);
  }
  return folder.filename().string();
}

}  // namespace engine
