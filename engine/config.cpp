// SPDX-License-Identifier: Apache-2.0
#include "engine/config.h"

#include <bit>
#include <sstream>

#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

template <typename T>
[[noreturn]] void refuse(const char* field, const T& value, const char* range) {
  std::ostringstream message;
  message << field << " is " << value << "; it must be " << range;
  throw Error(ErrorCode::InvalidArgument, message.str());
}

bool is_device(const std::string& device) {
  if (device == "auto" || device == "cpu" || device == "cuda") return true;
  if (!device.starts_with("cuda:")) return false;
  const std::string number = device.substr(5);
  return !number.empty() && number.size() <= 2 &&
         number.find_first_not_of("0123456789") == std::string::npos;
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  result += printable(text);
  return result += "'";
}

}  // namespace

KvCacheDType parse_kv_cache_dtype(std::string_view name) {
  for (const KvCacheDType dtype :
       {KvCacheDType::Auto, KvCacheDType::Bf16, KvCacheDType::F16, KvCacheDType::Fp8}) {
    if (name == kv_cache_dtype_name(dtype)) return dtype;
  }
  refuse("kv_cache_dtype", quoted(std::string(name)), "auto, bf16, f16 or fp8");
}

void EngineConfig::validate() const {
  if (!is_device(device))
    refuse("device", quoted(device), "auto, cpu, cuda or cuda:N");
  if (num_threads < 0 || num_threads > 1024)
    refuse("num_threads", num_threads, "from 1 to 1024, or 0 to choose");
  if (max_model_len != 0 && (max_model_len < 2 || max_model_len > (1 << 24)))
    refuse("max_model_len", max_model_len, "from 2 to 16777216 tokens, or 0 to choose");
  if (max_num_seqs < 1 || max_num_seqs > 4096)
    refuse("max_num_seqs", max_num_seqs, "from 1 to 4096");
  if (max_num_batched_tokens < 0 || max_num_batched_tokens > (1 << 20))
    refuse("max_num_batched_tokens", max_num_batched_tokens, "from 1 to 1048576, or 0 to choose");
  if (block_size < 8 || block_size > 256 || !std::has_single_bit(static_cast<unsigned>(block_size)))
    refuse("block_size", block_size, "8, 16, 32, 64, 128 or 256");
  if (kv_cache_bytes < 0)
    refuse("kv_cache_bytes", kv_cache_bytes, "a number of bytes, or 0 to choose");
  if (!(gpu_memory_utilization > 0 && gpu_memory_utilization <= 1))
    refuse("gpu_memory_utilization", gpu_memory_utilization, "above 0 and at most 1");
}

}  // namespace engine
