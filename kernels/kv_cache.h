// SPDX-License-Identifier: Apache-2.0
// The paged key/value cache: layout and addressing.
//
// One pool of num_blocks blocks; a block holds block_size consecutive tokens of one sequence, for
// every layer:
//   pool[block][layer][K = 0 | V = 1][kv_head][offset in block][head_dim]         dtype
// All layers of a block are contiguous (one piece to move or save), and the head_dim values of the
// tokens of one head follow one another (what an attention inner loop reads). Token `position` of a
// sequence lies in block block_table[position / block_size] at offset position % block_size; its
// slot is block * block_size + offset. K is stored after QK-norm and RoPE.
//
// dtype: the CPU keeps F32. With activations in F32 a rounded cache would be the largest error of
// the whole pass (bf16 alone misses the 1e-3 promise on the logits); F32 makes a prefix hit a plain
// copy of what would be computed. CUDA keeps the activations' dtype, or F8_E4M3: half the memory
// and half the reading for three bits of mantissa. Keys (after QK-norm and RoPE) and values are
// then rounded once, from float32 or the activations, as e4m3.h says; there is no scale (1.0): what
// is beyond 448 saturates. New tokens are attended as the cache holds them, so that the bits of a
// chunk do not depend on what was cached before it.
#pragma once

#include <cstdint>

#include "kernels/dtype.h"

namespace kernels {

// Shape of the whole pool.
struct KvCacheShape {
  int64_t num_blocks = 0;
  int64_t num_layers = 0;
  int64_t num_kv_heads = 0;
  int64_t block_size = 0;  // tokens, a power of two from 8 to 256
  int64_t head_dim = 0;
  DType dtype = DType::F32;

  // K or V of one layer of one block.
  int64_t plane_elements() const { return num_kv_heads * block_size * head_dim; }
  int64_t block_elements() const { return num_layers * 2 * plane_elements(); }
  int64_t block_bytes() const { return block_elements() * dtype_size(dtype); }
  int64_t pool_bytes() const { return num_blocks * block_bytes(); }
};

// One layer of the pool, as an attention kernel sees it. Strides count elements.
//   K of (block, kv_head, offset):
//     data + block * block_stride + (kv_head * block_size + offset) * head_dim
//   V of the same token: the same + value_offset
struct KvCacheLayer {
  void* data = nullptr;      // pool + layer * 2 * plane_elements
  int64_t block_stride = 0;  // KvCacheShape::block_elements()
  int64_t value_offset = 0;  // KvCacheShape::plane_elements()
  int64_t num_blocks = 0;
  int64_t block_size = 0;
  DType dtype = DType::F32;
};

inline KvCacheLayer kv_cache_layer(void* pool, const KvCacheShape& shape, int64_t layer) {
  KvCacheLayer view;
  view.data =
      static_cast<char*>(pool) + layer * 2 * shape.plane_elements() * dtype_size(shape.dtype);
  view.block_stride = shape.block_elements();
  view.value_offset = shape.plane_elements();
  view.num_blocks = shape.num_blocks;
  view.block_size = shape.block_size;
  view.dtype = shape.dtype;
  return view;
}

}  // namespace kernels
