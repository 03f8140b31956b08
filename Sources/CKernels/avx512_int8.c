// The int8 format: a word is four 8-bit integers (AVX512_VNNI, which multiplies unsigned by signed ones).
//
// A row x becomes whole numbers from 0 to 255, x ≈ scale · (q − zero), its own range always with 0 in it; an output's
// weights become −127 to 127, w ≈ scale · p. Then Σ x·w ≈ scale · scale · (Σ q·p − zero · Σ p), Σ q·p exact.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <math.h>
#include <string.h>

#define TARGET "avx512f,avx512dq,avx512bw,avx512vl,avx512vnni,fma"
#define ENTRY __attribute__((target(TARGET))) static
#define FN __attribute__((target(TARGET), always_inline)) static inline
#include "avx512_vectors.h"
#include "vector_quick.h"

#define DEPTH 4
typedef __m512i vs;
struct panel_scales {
  vf scale[2], sum[2];
};
struct row_scales {
  vf scale, zero;
};

FN vs sums_zero(void) { return _mm512_setzero_si512(); }
FN vs dot(vs sums, __m512i x, __m512i weight) { return _mm512_dpbusd_epi32(sums, x, weight); }
// Behind a panel: scale, and scale · Σ p. Behind a block: scale, and −scale · zero.
FN struct panel_scales scales_of_panel(const uint32_t *tail) {
  const float *numbers = (const float *)tail;
  return (struct panel_scales){
      {load(numbers), load(numbers + LANES)},
      {load(numbers + panel_outputs), load(numbers + panel_outputs + LANES)},
  };
}
FN struct row_scales scales_of_row(const uint32_t *tail, int row) {
  const float *numbers = (const float *)tail;
  return (struct row_scales){set1(numbers[row]), set1(numbers[piece_words + row])};
}
FN vf scaled(vs sums, struct row_scales row, struct panel_scales panel, int half, vf bias) {
  const vf own = mul(_mm512_cvtepi32_ps(sums), panel.scale[half]);
  return muladd(own, row.scale, muladd(row.zero, panel.sum[half], bias));
}
FN vf activation(vf z) { return quick_gelu(z); }

#include "vector_packed.h"

// Largest and smallest value of a row, both with 0 among them; tells whether one is NaN.
FN int range(const float *x, size_t inner, float *smallest, float *largest) {
  vf low = set1(0), high = set1(0);
  __mmask16 strange = 0;
  for (size_t i = 0; i < inner; i += LANES) {
    const vf v = load_n(x + i, inner - i);
    low = min2(low, v);
    high = max2(high, v);
    strange |= _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
  }
  *smallest = _mm512_reduce_min_ps(low);
  *largest = peak(high);
  return strange != 0;
}

struct rounding {
  float scale, factor;
  // Of a row, in units of its scale; of a weight the sum of its whole numbers.
  float zero_or_sum;
  int is_row;
};

FN struct rounding rounding_of_row(const float *x, size_t inner) {
  float low, high;
  const int strange = range(x, inner, &low, &high);
  struct rounding rounding = {(high - low) / 255, 0, 0, 1};
  if (rounding.scale > 0) rounding.factor = 1 / rounding.scale;
  const float zero = rintf(-low * rounding.factor);
  rounding.zero_or_sum = zero < 255 ? zero : 255;
  // Nothing finite comes of a row that has something infinite.
  if (strange || !(high - low < INFINITY)) rounding.scale = NAN;
  return rounding;
}

FN struct rounding rounding_of_weight(const float *x, size_t inner) {
  float low, high;
  range(x, inner, &low, &high);
  const float scale = (high > -low ? high : -low) / 127, factor = scale > 0 ? 1 / scale : 0;
  __m512i total = _mm512_setzero_si512();
  for (size_t i = 0; i < inner; i += LANES) {
    total = _mm512_add_epi32(total, _mm512_cvtps_epi32(mul(load_n(x + i, inner - i), set1(factor))));
  }
  return (struct rounding){scale, factor, (float)_mm512_reduce_add_epi32(total), 0};
}

FN void tail_numbers(uint32_t *tail, size_t second, float a, float b) {
  memcpy(tail, &a, sizeof a);
  memcpy(tail + second, &b, sizeof b);
}
FN void row_tail(uint32_t *tail, size_t row, struct rounding rounding) {
  tail_numbers(tail + row, piece_words, rounding.scale, -rounding.scale * rounding.zero_or_sum);
}
FN void weight_tail(uint32_t *tail, size_t output, struct rounding rounding) {
  tail_numbers(tail + output, panel_outputs, rounding.scale, rounding.scale * rounding.zero_or_sum);
}

FN __m512i piece(const float *x, size_t left, struct rounding rounding) {
  const vf factor = set1(rounding.factor), zero = set1(rounding.is_row ? rounding.zero_or_sum : 0);
  __m128i quarter[4];
#pragma clang loop unroll(full)
  for (size_t q = 0; q < 4; q++) {
    const vf v = q * LANES < left ? load_n(x + q * LANES, left - q * LANES) : set1(0);
    const __m512i whole = _mm512_cvtps_epi32(rounding.is_row ? max2(set1(0), muladd(v, factor, zero)) : mul(v, factor));
    quarter[q] = rounding.is_row ? _mm512_cvtusepi32_epi8(whole) : _mm512_cvtsepi32_epi8(whole);
  }
  const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(quarter[0]), quarter[1], 1);
  const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(quarter[2]), quarter[3], 1);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

#include "vector_pack.h"

const struct ckernels_format ckernels_int8 = {
    "int8", DEPTH, block_rows, panel_outputs, pack_rows, pack_weight, NULL, NULL,
    packed_product, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL,
};
#else
typedef int ckernels_no_int8;  // A C file may not be empty.
#endif
