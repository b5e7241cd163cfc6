// SPDX-License-Identifier: Apache-2.0
// The header of one safetensors file, checked.
//
// The file: u64 little-endian length N; N bytes of JSON {"name": {"dtype", "shape", "data_offsets":
// [begin, end]}}, with an optional "__metadata__" of strings; then the data, row-major. Offsets
// count from the end of the header. Accepted is what the reference implementation accepts: N <=
// 100,000,000; the tensors cover the data without holes, overlaps or rest; shape and dtype give the
// length exactly; empty tensors and rank 0 are allowed. Beyond it we refuse duplicate names, more
// than 16 dimensions and more than 262,144 tensors in a file. Format:
// github.com/huggingface/safetensors
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/byte_source.h"

namespace engine {

struct SafetensorsEntry {
  std::string name;
  std::string dtype;           // as written: "BF16", "F8_E4M3", "I32", ...
  std::vector<int64_t> shape;  // each >= 0
  uint64_t begin = 0;          // bytes from the start of the file
  uint64_t end = 0;            // begin <= end <= size of the file
};

// `file` is the whole file, of which only the header is read; `where` names it in errors. Entries
// come in the order of their data. Throws Error{InvalidFile}, and what the file's read_rows()
// throws.
std::vector<SafetensorsEntry> parse_safetensors_header(const ByteSource& file,
                                                       const std::string& where);

}  // namespace engine
