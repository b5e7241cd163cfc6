// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4), to name a file by its content. Our own because none of the engine's
// libraries offers it; nothing secret depends on it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace engine {

class Sha256 {
 public:
  void update(std::string_view bytes);

  // Lower-case hex. The object is used up afterwards.
  std::string finish();

 private:
  void process(const unsigned char* block);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> block_ = {};
  size_t block_bytes_ = 0;
  uint64_t total_bytes_ = 0;
};

}  // namespace engine
