// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10, a counter-based random generator: four 32-bit words from a 128-bit counter and a
// 64-bit key, no state. From Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
// 3" (SC 2011).
#pragma once

#include <cstdint>

#if defined(__CUDACC__)
#define KERNELS_HOST_DEVICE __host__ __device__
#else
#define KERNELS_HOST_DEVICE
#endif

namespace kernels {

struct PhiloxBlock {
  uint32_t word[4];
};

KERNELS_HOST_DEVICE inline PhiloxBlock philox4x32_10(PhiloxBlock counter, uint64_t key) {
  uint32_t key0 = static_cast<uint32_t>(key), key1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = static_cast<uint64_t>(0xD2511F53u) * counter.word[0];
    const uint64_t product1 = static_cast<uint64_t>(0xCD9E8D57u) * counter.word[2];
    counter = {{static_cast<uint32_t>(product1 >> 32) ^ counter.word[1] ^ key0,
                static_cast<uint32_t>(product1),
                static_cast<uint32_t>(product0 >> 32) ^ counter.word[3] ^ key1,
                static_cast<uint32_t>(product0)}};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

// The word that belongs to one token in the draw at one position of a sequence: the contract
// between all devices. Counter = (token_id / 4, 0, low and high half of position), word token_id %
// 4, key = seed.
KERNELS_HOST_DEVICE inline PhiloxBlock sampling_block(uint64_t seed, int64_t position,
                                                      int32_t token_id) {
  const uint64_t place = static_cast<uint64_t>(position);
  return philox4x32_10({{static_cast<uint32_t>(token_id) / 4, 0, static_cast<uint32_t>(place),
                         static_cast<uint32_t>(place >> 32)}},
                       seed);
}

}  // namespace kernels
