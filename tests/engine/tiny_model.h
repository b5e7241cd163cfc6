// SPDX-License-Identifier: Apache-2.0
// The small model of tests/data: random weights in the shape of Qwen3, a cut vocabulary.
#pragma once

#include <string>

inline std::string tiny_model() { return std::string(FIRESIDE_TEST_DATA) + "/tiny-qwen3"; }
