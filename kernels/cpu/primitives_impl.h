// SPDX-License-Identifier: Apache-2.0
// The inner loops of primitives.h over an abstract 16-lane vector. Included once by each
// primitives_<level>.cpp, which defines in its unnamed namespace, before the include:
//
//   struct Simd {
//     using Vector = ...;  // 16 floats
//     static Vector zero(), set(float), load(const float*), load_part(const float*, int64_t n);
//     static void store(float*, Vector), store_part(float*, Vector, int64_t n);
//     static Vector add(a, b), mul(a, b), div(a, b), fma(a, b, c);   // fma: a * b + c
//     static Vector max(a, b);                   // b where one of them is NaN
//     static Vector exp(Vector);                 // 0 below -87.3, infinity above 88.3, NaN kept
//     static float sum(Vector);                  // in the order of primitives.h
//     static void sum4(float* out, a, b, c, d);  // four of them
//
//     // The dot product works on pieces of a vector, so that few registers suffice.
//     using Piece = ...;                         // kPieceLanes floats, a register
//     static constexpr int kPieceLanes, kPieces; // product 16
//     static Piece load_piece(const float*), load_bf16(const uint16_t*), load_f16(const uint16_t*);
//     static void store_piece(float*, Piece);
//     static Piece zero_piece(), fma_piece(a, b, c);
//     static Piece keep(Piece);                  // in a register: not loaded again at every use
//     static Vector join(const Piece*);          // kPieces of them
//     // With kPairs: even and odd values of 16 as two pieces, a vector stored in that order, and
//     // the vector that such pieces were.
//     static constexpr bool kPairs;
//     static Piece load_bf16_pairs(const uint16_t*, int p);
//     static void pack(float*, Vector);
//     static Vector join_pairs(const Piece*);
//
//     // Register tiles: rows by tokens of the dot product, rows by 16 columns of weighted_sum.
//     static constexpr int kRows, kTokens, kFewTokenRows;
//     static constexpr int kSumRows, kSumVectors, kFewSumRows, kFewSumVectors;
//     // Multiple of 16: how many k of a token tile stay in the first cache.
//     static constexpr int64_t kPartK;
//   };
//
// These files are compiled with instruction set flags: everything in them has internal linkage and
// they call no inline function of other headers, so that the linker can never pick a copy of shared
// code that needs instructions the processor lacks.

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
  }
}

// R rows by V * 16 columns. The first rows fetch what comes next.
template <int R, int V>
void sum_block(const WeightedSum& sum, int64_t row, int64_t column) {
  const void* const* next = row == 0 ? sum.next : nullptr;
  Simd::Vector total[R][V];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < V; ++c) {
      total[r][c] = Simd::load(sum.out + (row + r) * sum.out_stride + column + c * 16);
    }
  }
  const float* p = sum.p + row * sum.p_stride;
  const float* v = sum.v + column;
  for (int64_t j = 0; j < sum.num_keys; ++j, v += sum.v_stride) {
    Simd::Vector values[V];
#pragma GCC unroll 8
    for (int c = 0; c < V; ++c) values[c] = Simd::load(v + c * 16);
    if (next) {
#pragma GCC unroll 8
      for (int c = 0; c < V; ++c) {
        __builtin_prefetch(static_cast<const float*>(next[j]) + column + c * 16, 0, 2);
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const Simd::Vector weight = Simd::set(p[r * sum.p_stride + j]);
#pragma GCC unroll 8
      for (int c = 0; c < V; ++c) total[r][c] = Simd::fma(weight, values[c], total[r][c]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < V; ++c) {
      Simd::store(sum.out + (row + r) * sum.out_stride + column + c * 16, total[r][c]);
    }
  }
}

// One row, the last num_columns % 16 columns.
void sum_tail(const WeightedSum& sum, int64_t row, int64_t column) {
  const int64_t n = sum.num_columns - column;
  float* out = sum.out + row * sum.out_stride + column;
  Simd::Vector total = Simd::load_part(out, n);
  for (int64_t j = 0; j < sum.num_keys; ++j) {
    const Simd::Vector weight = Simd::set(sum.p[row * sum.p_stride + j]);
    total = Simd::fma(weight, Simd::load_part(sum.v + j * sum.v_stride + column, n), total);
  }
  Simd::store_part(out, total, n);
}

template <int R, int V>
void sum_rows(const WeightedSum& sum, int64_t row) {
  int64_t column = 0;
  for (; column + V * 16 <= sum.num_columns; column += V * 16) sum_block<R, V>(sum, row, column);
  for (; column + 16 <= sum.num_columns; column += 16) sum_block<R, 1>(sum, row, column);
  if (column < sum.num_columns) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) sum_tail(sum, row + r, column);
  }
}

void weighted_sum(const WeightedSum& sum) {
  int64_t row = 0;
  for (; row + Simd::kSumRows <= sum.num_rows; row += Simd::kSumRows) {
    sum_rows<Simd::kSumRows, Simd::kSumVectors>(sum, row);
  }
  for (; row + Simd::kFewSumRows <= sum.num_rows; row += Simd::kFewSumRows) {
    sum_rows<Simd::kFewSumRows, Simd::kFewSumVectors>(sum, row);
  }
  for (; row < sum.num_rows; ++row) sum_rows<1, Simd::kFewSumVectors>(sum, row);
}

float scale_max(float* values, int64_t n, float scale, float max) {
  const Simd::Vector factor = Simd::set(scale);
  Simd::Vector largest = Simd::set(max);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const Simd::Vector scaled = Simd::mul(Simd::load(values + i), factor);
    Simd::store(values + i, scaled);
    largest = Simd::max(scaled, largest);
  }
  float lanes[16];
  Simd::store(lanes, largest);
  for (int l = 0; l < 16; ++l) max = lanes[l] > max ? lanes[l] : max;
  for (; i < n; ++i) {
    values[i] *= scale;
    max = values[i] > max ? values[i] : max;
  }
  return max;
}

float exp_sum(float* values, int64_t n, float max) {
  const Simd::Vector shift = Simd::set(-max);
  Simd::Vector total = Simd::zero();
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const Simd::Vector e = Simd::exp(Simd::add(Simd::load(values + i), shift));
    Simd::store(values + i, e);
    total = Simd::add(total, e);
  }
  if (i < n) {
    float padded[16] = {};
    const Simd::Vector part = Simd::load_part(values + i, n - i);
    Simd::store_part(padded, Simd::exp(Simd::add(part, shift)), n - i);
    const Simd::Vector e = Simd::load(padded);
    Simd::store_part(values + i, e, n - i);
    total = Simd::add(total, e);
  }
  return Simd::sum(total);
}

void silu_multiply(float* out, const float* gate_up, int64_t n) {
  const Simd::Vector one = Simd::set(1.0f), minus_one = Simd::set(-1.0f);
  for (int64_t i = 0; i < n; i += 16) {
    const int64_t count = n - i < 16 ? n - i : 16;
    float gates[16] = {}, ups[16] = {};
    for (int64_t j = 0; j < count; ++j) {
      gates[j] = gate_up[2 * (i + j)];
      ups[j] = gate_up[2 * (i + j) + 1];
    }
    const Simd::Vector gate = Simd::load(gates);
    const Simd::Vector denominator = Simd::add(one, Simd::exp(Simd::mul(gate, minus_one)));
    Simd::store_part(out + i, Simd::mul(Simd::div(gate, denominator), Simd::load(ups)), count);
  }
}
