// The int8 format, once, over vectors of any width: a dword is four 8-bit integers. The including file defines, beside
// vector_math.h and the dwords of its vectors:
//   BLOCK_ROWS             rows a block
//   WEIGHT_LIMIT           the largest whole number of a weight
//   from_whole(sums)       whole numbers of 32 bits as floats
//   bytes(quarters, is_unsigned)   four vectors of floats, rounded and packed as a vector of dwords; what is beyond a byte
//                          as the nearest one, where it is below 2^31
//   has_nan, transpose
//
// A row x becomes whole numbers from 0 to 255, x ≈ scale · (q − zero), its own range always with 0 in it; an output's
// weights become −WEIGHT_LIMIT to WEIGHT_LIMIT, w ≈ scale · p. Then Σ x·w ≈ scale · scale · (Σ q·p − zero · Σ p), Σ q·p
// exact. Products of them: unsigned bytes of x by signed ones of the weight; vector_packed.h or amx_packed.h come behind.
#include "vector_quick.h"

#define DEPTH 4
#define PLANES 1
#include "vector_packed_shape.h"

struct panel_scales {
  vf scale[2], sum[2];
};
struct row_scales {
  vf scale, zero;
};

// Behind a panel: scale, and scale · Σ p. Behind a block: scale, and −scale · zero.
FN struct panel_scales scales_of_panel(const uint32_t *tail) {
  const float *numbers = (const float *)tail;
  return (struct panel_scales){
      {load(numbers), load(numbers + LANES)},
      {load(numbers + 2 * LANES), load(numbers + 3 * LANES)},
  };
}
FN struct row_scales scales_of_row(const uint32_t *tail, int row) {
  const float *numbers = (const float *)tail;
  return (struct row_scales){set1(numbers[row]), set1(numbers[block_tail(DEPTH, block_rows) / 2 + row])};
}
FN vf scaled(vs sums, struct row_scales row, struct panel_scales panel, int half, vf bias) {
  const vf own = mul(from_whole(sums), panel.scale[half]);
  return muladd(own, row.scale, muladd(row.zero, panel.sum[half], bias));
}
FN vf activation(vf z) { return quick_gelu(z); }

// Largest and smallest value of a row, both with 0 among them; tells whether one is not finite.
FN int range(const float *x, size_t inner, float *smallest, float *largest) {
  vf low = set1(0), high = set1(0), nothing = set1(0);
  for (size_t i = 0; i < inner; i += LANES) {
    const vf v = load_n(x + i, inner - i);
    low = min2(low, v);
    high = max2(high, v);
    nothing = muladd(v, set1(0), nothing);
  }
  *smallest = -peak(sub(set1(0), low));
  *largest = peak(high);
  return has_nan(nothing);
}

struct rounding {
  float scale, factor;
  // Of a row, in units of its scale; of a weight the sum of its whole numbers.
  float zero_or_sum;
  int is_row;
};

// 1 / scale; 0 where nothing is as large as a normal number.
FN float factor_of(float scale) { return scale >= FLT_MIN ? 1 / scale : 0; }

FN struct rounding rounding_of_row(const float *x, size_t inner) {
  float low, high;
  const int is_strange = range(x, inner, &low, &high);
  struct rounding rounding = {(high - low) / 255, 0, 0, 1};
  rounding.factor = factor_of(rounding.scale);
  const float zero = rintf(-low * rounding.factor);
  rounding.zero_or_sum = zero < 255 ? zero : 255;
  // Nothing finite comes of a row that has something infinite.
  if (is_strange) rounding.scale = NAN;
  return rounding;
}

FN struct rounding rounding_of_weight(const float *x, size_t inner) {
  float low, high;
  range(x, inner, &low, &high);
  const float scale = (high > -low ? high : -low) / WEIGHT_LIMIT, factor = factor_of(scale);
  // Exact: whole numbers far below 2^24.
  vf total = set1(0);
  for (size_t i = 0; i < inner; i += LANES) total = add(total, whole(mul(load_n(x + i, inner - i), set1(factor))));
  return (struct rounding){scale, factor, sum(total), 0};
}

FN void tail_numbers(uint32_t *tail, size_t second, float a, float b) {
  memcpy(tail, &a, sizeof a);
  memcpy(tail + second, &b, sizeof b);
}
FN void row_tail(uint32_t *tail, size_t row, struct rounding rounding) {
  tail_numbers(tail + row, block_tail(DEPTH, block_rows) / 2, rounding.scale, -rounding.scale * rounding.zero_or_sum);
}
FN void weight_tail(uint32_t *tail, size_t output, struct rounding rounding) {
  tail_numbers(tail + output, panel_outputs, rounding.scale, rounding.scale * rounding.zero_or_sum);
}

FN void piece(const float *x, size_t left, struct rounding rounding, vw planes[PLANES]) {
  const vf factor = set1(rounding.factor), zero = set1(rounding.is_row ? rounding.zero_or_sum : 0);
  vf quarters[4];
#pragma clang loop unroll(full)
  for (size_t q = 0; q < 4; q++) {
    const vf v = q * LANES < left ? load_n(x + q * LANES, left - q * LANES) : set1(0);
    quarters[q] = rounding.is_row ? muladd(v, factor, zero) : mul(v, factor);
  }
  planes[0] = bytes(quarters, rounding.is_row);
}

#include "vector_pack.h"

// What attention has of its own, or NULL; in the order of ckernels_format.
#define INT8_FORMAT(attention, keys, values, keys_dwords, values_dwords, attention_dwords) \
  { \
    "int8", DEPTH, PLANES, block_rows, panel_outputs, pack_rows, pack_weight, NULL, NULL, packed_product, NULL, attention, \
        keys, values, keys_dwords, values_dwords, attention_dwords, \
  }
