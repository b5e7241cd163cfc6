// SPDX-License-Identifier: Apache-2.0
// The dot products of primitives.h over the Simd of primitives_impl.h, which includes this file
// within the unnamed namespace of each primitives_<level>.cpp.

// How a row of weights becomes pieces: piece p of the 16 values at w, and the whole vector from the
// sums of its pieces.
template <DType dtype>
struct Plain {
  using Element = uint16_t;
  static constexpr bool kPacked = false;
  static Simd::Piece load(const uint16_t* w, int p) {
    const uint16_t* piece = w + p * Simd::kPieceLanes;
    return dtype == DType::BF16 ? Simd::load_bf16(piece) : Simd::load_f16(piece);
  }
  static Simd::Vector join(const Simd::Piece* pieces) { return Simd::join(pieces); }
};

template <>
struct Plain<DType::F32> {
  using Element = float;
  static constexpr bool kPacked = false;
  static Simd::Piece load(const float* w, int p) {
    return Simd::load_piece(w + p * Simd::kPieceLanes);
  }
  static Simd::Vector join(const Simd::Piece* pieces) { return Simd::join(pieces); }
};

// Half the work of widening bf16: the even values of 16 are the low halves of 8 words, the odd ones
// the high halves. The activations have to lie in the same order: Simd::pack does it.
template <typename Level>
struct Bf16Pairs {
  using Element = uint16_t;
  static constexpr bool kPacked = true;
  static Simd::Piece load(const uint16_t* w, int p) { return Level::load_bf16_pairs(w, p); }
  static Simd::Vector join(const Simd::Piece* pieces) { return Level::join_pairs(pieces); }
  static void pack(float* to, Simd::Vector values) { Level::pack(to, values); }
};

// What full token tiles use.
template <DType dtype, bool pairs = Simd::kPairs>
struct FullTileFormat {
  using Type = Plain<dtype>;
};
template <>
struct FullTileFormat<DType::BF16, true> {
  using Type = Bf16Pairs<Simd>;
};

// Part of the k range for a few tokens. Sums of the parts before are taken from `sums` unless it is
// the first, and left there unless it is the last: 16 lanes for each token and row.
struct Part {
  const float* x;      // of the first token, at `begin`; whole 16s when the format is packed
  int64_t x_stride;    // between tokens
  int64_t begin, end;  // end - begin is a multiple of 16, but for the last part
  bool first, last;
  float* sums;
};

// sum[t][r] += w[r] * x[t] for the 16 values at w[r] and x[t].
template <typename Format, int R, int T>
inline __attribute__((always_inline)) void multiply_add(const typename Format::Element* const* w,
                                                        const float* const* x, int64_t k,
                                                        Simd::Piece (&sum)[T][R][Simd::kPieces]) {
#pragma GCC unroll 8
  for (int p = 0; p < Simd::kPieces; ++p) {
    Simd::Piece weights[R];
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) weights[r] = Format::load(w[r] + k, p);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const Simd::Piece values = Simd::keep(Simd::load_piece(x[t] + k + p * Simd::kPieceLanes));
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) sum[t][r][p] = Simd::fma_piece(weights[r], values, sum[t][r][p]);
    }
  }
}

// The same for the last n < 16 values, taken as 16 with zeros behind.
template <typename Format, int R, int T>
void multiply_add_tail(const typename Format::Element* const* w, const float* const* x, int64_t k,
                       int64_t n, Simd::Piece (&sum)[T][R][Simd::kPieces]) {
  using Element = typename Format::Element;
  Element weights[R][16] = {};
  float values[T][16] = {};
  const Element* weight_rows[R];
  const float* value_rows[T];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
    for (int64_t i = 0; i < n; ++i) weights[r][i] = w[r][k + i];
    weight_rows[r] = weights[r];
  }
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) {
    const int64_t stored = Format::kPacked ? 16 : n;
    for (int64_t i = 0; i < stored; ++i) values[t][i] = x[t][k + i];
    value_rows[t] = values[t];
  }
  multiply_add<Format, R, T>(weight_rows, value_rows, 0, sum);
}

template <typename Format, int R, int T>
inline __attribute__((always_inline)) void load_sums(const Part& part,
                                                     Simd::Piece (&sum)[T][R][Simd::kPieces]) {
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
      for (int p = 0; p < Simd::kPieces; ++p) {
        const float* saved = part.sums + (t * R + r) * 16 + p * Simd::kPieceLanes;
        sum[t][r][p] = part.first ? Simd::zero_piece() : Simd::load_piece(saved);
      }
    }
  }
}

template <typename Format, int R, int T>
inline __attribute__((always_inline)) void save_sums(const Part& part,
                                                     Simd::Piece (&sum)[T][R][Simd::kPieces]) {
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
      for (int p = 0; p < Simd::kPieces; ++p) {
        Simd::store_piece(part.sums + (t * R + r) * 16 + p * Simd::kPieceLanes, sum[t][r][p]);
      }
    }
  }
}

// R rows by T tokens, all sums in registers; with `prefetch` the rows to come are fetched
// meanwhile.
template <typename Format, int R, int T, bool prefetch>
void dot_block(const DotTile& tile, int64_t row, int64_t token, const Part& part) {
  using Element = typename Format::Element;
  const Element* w[R];
  const Element* next[R];
  const float* x[T];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
    w[r] = static_cast<const Element*>(tile.w) + (row + r) * tile.w_stride + part.begin;
    next[r] = tile.next ? static_cast<const Element*>(tile.next[row + r]) + part.begin : w[r];
  }
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) x[t] = part.x + t * part.x_stride;

  Simd::Piece sum[T][R][Simd::kPieces];
  load_sums<Format, R, T>(part, sum);
  const int64_t num_k = part.end - part.begin, whole = num_k - num_k % 16;
  for (int64_t k = 0; k < whole; k += 16) {
    if constexpr (prefetch) {
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) __builtin_prefetch(next[r] + k, 0, 2);
    }
    multiply_add<Format, R, T>(w, x, k, sum);
  }
  if (whole < num_k) multiply_add_tail<Format, R, T>(w, x, whole, num_k - whole, sum);
  if (!part.last) return save_sums<Format, R, T>(part, sum);

#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) {
    float* c = tile.c + (token + t) * tile.c_stride + row;
    int r = 0;
    for (; r + 4 <= R; r += 4) {
      Simd::sum4(c + r, Format::join(sum[t][r]), Format::join(sum[t][r + 1]),
                 Format::join(sum[t][r + 2]), Format::join(sum[t][r + 3]));
    }
    for (; r < R; ++r) c[r] = Simd::sum(Format::join(sum[t][r]));
  }
}

// All rows for T tokens from `token` on. part.sums has room for all rows or is unused.
template <typename Format, int R, int T, bool prefetch>
void dot_rows(const DotTile& tile, int64_t token, Part part) {
  int64_t row = 0;
  for (; row + R <= tile.num_rows; row += R) {
    dot_block<Format, R, T, prefetch>(tile, row, token, part);
    part.sums += R * T * 16;
  }
  for (; row < tile.num_rows; ++row) {
    dot_block<Format, 1, T, false>(tile, row, token, part);
    part.sums += T * 16;
  }
}

// The activations of a part in packed order, zeros behind the last.
template <typename Format>
void pack_part(float* packed, Part* part) {
  const int64_t num_k = part->end - part->begin;
  for (int t = 0; t < Simd::kTokens; ++t) {
    const float* from = part->x + t * part->x_stride;
    float* to = packed + t * Simd::kPartK;
    int64_t k = 0;
    for (; k + 16 <= num_k; k += 16) Format::pack(to + k, Simd::load(from + k));
    if (k < num_k) Format::pack(to + k, Simd::load_part(from + k, num_k - k));
  }
  part->x = packed;
  part->x_stride = Simd::kPartK;
}

// A full token tile: its activations are taken in parts that stay in the first cache while all
// rows pass.
template <DType dtype, bool prefetch>
void dot_full(const DotTile& tile, int64_t token) {
  using Format = typename FullTileFormat<dtype>::Type;
  alignas(64) float sums[kMaxTileRows * Simd::kTokens * 16];
  for (int64_t k = 0; k < tile.num_k; k += Simd::kPartK) {
    const int64_t end = k + Simd::kPartK < tile.num_k ? k + Simd::kPartK : tile.num_k;
    Part part = {
        tile.x + token * tile.x_stride + k, tile.x_stride, k, end, k == 0, end == tile.num_k, sums};
    if constexpr (Format::kPacked) {
      alignas(64) float packed[Simd::kTokens * Simd::kPartK];
      pack_part<Format>(packed, &part);
      dot_rows<Format, Simd::kRows, Simd::kTokens, prefetch>(tile, token, part);
    } else {
      dot_rows<Format, Simd::kRows, Simd::kTokens, prefetch>(tile, token, part);
    }
  }
}

// What is left over: each count of tokens has its own block, up to kTokens - 1.
template <DType dtype, int T>
void dot_few(const DotTile& tile, int64_t token, int64_t count) {
  if constexpr (T >= 1) {
    constexpr int R = T == 1 ? Simd::kFewTokenRows : Simd::kRows;
    if (count == T) {
      float unused[1];
      const float* x = tile.x + token * tile.x_stride;
      dot_rows<Plain<dtype>, R, T, true>(tile, token,
                                         {x, tile.x_stride, 0, tile.num_k, true, true, unused});
    } else {
      dot_few<dtype, T - 1>(tile, token, count);
    }
  }
}

template <DType dtype>
void dot_typed(const DotTile& tile) {
  int64_t token = 0;
  if (tile.num_tokens >= Simd::kTokens) {
    // The first tokens find the weights in memory, the others in the cache.
    dot_full<dtype, true>(tile, 0);
    token = Simd::kTokens;
  }
  for (; token + Simd::kTokens <= tile.num_tokens; token += Simd::kTokens) {
    dot_full<dtype, false>(tile, token);
  }
  dot_few<dtype, Simd::kTokens - 1>(tile, token, tile.num_tokens - token);
}

void dot_tile(const DotTile& tile) {
  switch (tile.dtype) {
    case DType::F32:
      return dot_typed<DType::F32>(tile);
    case DType::BF16:
      return dot_typed<DType::BF16>(tile);
    case DType::F16:
      return dot_typed<DType::F16>(tile);
    case DType::F8_E4M3:
      break;  // of a CUDA cache only
  }
}
