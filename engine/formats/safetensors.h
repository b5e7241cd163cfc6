// SPDX-License-Identifier: Apache-2.0
// The weights of a model folder: model.safetensors, or the shards that model.safetensors.index.json
// names.
//
// Files stay open as long as this lives. The index decides which shard a tensor comes from; shard
// names are plain file names of the same folder. Immutable after construction; any thread may call
// it.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/input_file.h"
#include "engine/formats/safetensors_header.h"
#include "engine/formats/shard_index.h"
#include "engine/formats/weight_source.h"

namespace engine {

class SafetensorsSource final : public WeightSource {
 public:
  // Throws Error{NotFound, InvalidFile, Io}; Error{Unsupported} for a folder with weights in
  // another format.
  explicit SafetensorsSource(const std::string& model_folder);

  TensorView tensor(const std::string& name, const std::vector<int64_t>& shape) const override;
  bool contains(const std::string& name) const override;
  const std::vector<TensorView>& tensors() const override { return views_; }
  int64_t total_bytes() const override { return total_bytes_; }
  void check_unchanged() const override;

  // Every tensor with its dtype as written, also those that tensors() cannot show.
  const std::vector<SafetensorsEntry>& entries() const { return entries_; }

 private:
  void open_shards(const ShardOfTensor& weight_map);
  void add_file(const std::string& file_name, const ShardOfTensor* weight_map);

  std::string folder_;
  std::vector<std::unique_ptr<InputFile>> files_;
  std::vector<SafetensorsEntry> entries_;
  std::vector<TensorView> views_;
  std::vector<const InputFile*> file_of_;          // [entries_]
  std::unordered_map<std::string, size_t> index_;  // name -> entry
  int64_t total_bytes_ = 0;
};

}  // namespace engine
