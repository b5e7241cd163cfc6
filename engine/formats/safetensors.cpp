// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/safetensors.h"

#include <filesystem>
#include <optional>
#include <set>

#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

constexpr int64_t kMaxIndexBytes = 64 << 20;
constexpr const char* kSingleFile = "model.safetensors";
constexpr const char* kIndexFile = "model.safetensors.index.json";

std::optional<kernels::DType> usable_dtype(const std::string& dtype) {
  if (dtype == "BF16") return kernels::DType::BF16;
  if (dtype == "F16") return kernels::DType::F16;
  if (dtype == "F32") return kernels::DType::F32;
  return std::nullopt;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

// No safetensors: say what is there instead.
[[noreturn]] void throw_no_weights(const std::string& folder) {
  std::string other;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".gguf" || extension == ".bin" || extension == ".pt" || extension == ".pth")
      other = extension;
  }
  if (!other.empty())
    throw Error(ErrorCode::Unsupported,
                printable(folder) + " holds its weights as *" + other +
                    " files; Fireside reads safetensors only, so get that form of the model");
  throw Error(ErrorCode::NotFound, printable(folder) + " holds neither " + kSingleFile + " nor " +
                                       kIndexFile + "; download the model's weights into it");
}

}  // namespace

SafetensorsSource::SafetensorsSource(const std::string& model_folder) : folder_(model_folder) {
  const auto is_there = [this](const char* file) {
    const std::string path = folder_ + "/" + file;
    return file_exists(path) || is_broken_link(path);
  };
  if (is_there(kSingleFile)) {
    add_file(kSingleFile, nullptr);
  } else if (is_there(kIndexFile)) {
    const std::string path = folder_ + "/" + kIndexFile;
    open_shards(parse_shard_index(read_file(path, kMaxIndexBytes), printable(path)));
  } else {
    throw_no_weights(folder_);
  }
  for (size_t i = 0; i < entries_.size(); ++i) {
    const SafetensorsEntry& entry = entries_[i];
    const auto num_bytes = static_cast<int64_t>(entry.end - entry.begin);
    total_bytes_ += num_bytes;
    if (const auto dtype = usable_dtype(entry.dtype))
      views_.push_back({entry.name, *dtype, entry.shape, file_of_[i],
                        static_cast<int64_t>(entry.begin), num_bytes});
  }
}

void SafetensorsSource::open_shards(const ShardOfTensor& weight_map) {
  std::set<std::string> shards;  // in order of name, so that errors do not depend on hashing
  for (const auto& [tensor, file] : weight_map) shards.insert(file);
  for (const std::string& shard : shards) {
    if (!file_exists(folder_ + "/" + shard))
      throw Error(ErrorCode::InvalidFile, printable(folder_) + ": the file " + printable(shard) +
                                              " that the index names is missing; download it");
    add_file(shard, &weight_map);
  }
  for (const auto& [tensor, file] : weight_map)
    if (!index_.contains(tensor))
      throw Error(ErrorCode::InvalidFile, printable(folder_) + ": the index says that " +
                                              printable(file) + " holds the tensor '" +
                                              printable(tensor) + "', but it does not");
}

void SafetensorsSource::add_file(const std::string& file_name, const ShardOfTensor* weight_map) {
  const std::string path = folder_ + "/" + file_name;
  const InputFile& file = *files_.emplace_back(std::make_unique<InputFile>(path));
  for (SafetensorsEntry& entry : parse_safetensors_header(file, printable(path))) {
    if (weight_map) {
      const auto listed = weight_map->find(entry.name);
      if (listed == weight_map->end() || listed->second != file_name) continue;
    }
    index_.emplace(entry.name, entries_.size());
    file_of_.push_back(&file);
    entries_.push_back(std::move(entry));
  }
}

bool SafetensorsSource::contains(const std::string& name) const { return index_.contains(name); }

TensorView SafetensorsSource::tensor(const std::string& name,
                                     const std::vector<int64_t>& shape) const {
  const auto found = index_.find(name);
  const std::string where = printable(folder_) + ": the tensor '" + printable(name) + "'";
  if (found == index_.end())
    throw Error(ErrorCode::InvalidFile,
                where + " is missing; the download is incomplete or it is another model");
  const SafetensorsEntry& entry = entries_[found->second];
  const auto dtype = usable_dtype(entry.dtype);
  if (!dtype)
    throw Error(ErrorCode::Unsupported,
                where + " has the dtype " + entry.dtype +
                    "; Fireside reads BF16, F16 and F32, so get an unquantised form");
  if (entry.shape != shape)
    throw Error(ErrorCode::InvalidFile, where + " has the shape " + shape_text(entry.shape) +
                                            "; config.json asks for " + shape_text(shape));
  return {name,
          *dtype,
          entry.shape,
          file_of_[found->second],
          static_cast<int64_t>(entry.begin),
          static_cast<int64_t>(entry.end - entry.begin)};
}

void SafetensorsSource::check_unchanged() const {
  for (const auto& file : files_) file->check_unchanged();
}

std::unique_ptr<WeightSource> open_safetensors(const std::string& model_folder) {
  return std::make_unique<SafetensorsSource>(model_folder);
}

}  // namespace engine
