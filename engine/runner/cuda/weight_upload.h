// SPDX-License-Identifier: Apache-2.0
// Weights on their way to the device, by several threads through page-locked buffers.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "engine/base/byte_source.h"

namespace engine {

// Rows that lie one behind the other from byte `offset` of a source on.
struct UploadRows {
  const ByteSource* source = nullptr;
  int64_t offset = 0;
};

// Rows on the device, row r of it made of row r / sources.size() of source r % sources.size().
struct UploadJob {
  void* target = nullptr;
  std::vector<UploadRows> sources;  // one: a plain copy; two: interleaved
  int64_t row_bytes = 0;
  int64_t num_rows = 0;  // on the device
};

// Runs all jobs on the current device and returns when everything has arrived. progress(0..1) is
// called on the calling thread. Throws Error{Device, OutOfMemory}; Error{Cancelled} soon after
// `stop`; what a source's read_rows() throws.
void upload(const std::vector<UploadJob>& jobs, const std::function<void(double)>& progress,
            const std::stop_token& stop);

}  // namespace engine
