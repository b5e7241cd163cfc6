// SPDX-License-Identifier: Apache-2.0
// Which algorithm was the fastest for each product of matrices, as measured on a device.
//
// Both sides are text that means something only to product_tuning.h: the key names device, library,
// product and number of tokens, the value an algorithm. tuning_file.h keeps the table between runs.
#pragma once

#include <map>
#include <string>

namespace engine {

struct TuningTable {
  std::map<std::string, std::string> choices;
  // Whether additions survive this process. Where they do not, the next process measures again and
  // may choose differently, so that only choices which cannot be told by their bits are made.
  bool is_kept = false;
  std::string report;  // what was done with it, in a line; empty: nothing
};

}  // namespace engine
