// The int8 format: a word is four 8-bit integers (AVX512_VNNI, which multiplies unsigned by signed ones).
//
// A row x becomes whole numbers from 0 to 255, x ≈ scale · (q − zero), its own range always with 0 in it; an output's weights
// become −127 to 127, w ≈ scale · p. Then Σ x·w ≈ scale · scale · (Σ q·p − zero · Σ p), the sums exact.
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
  vf scale[2];
  __m512i sum[2];
};
struct row_scales {
  vf scale;
  __m512i zero;
};

FN vs sums_zero(void) { return _mm512_setzero_si512(); }
FN vs dot(vs sums, __m512i x, __m512i weight) { return _mm512_dpbusd_epi32(sums, x, weight); }
FN struct panel_scales scales_of_panel(const uint32_t *tail) {
  return (struct panel_scales){
      {_mm512_loadu_ps(tail), _mm512_loadu_ps(tail + LANES)},
      {_mm512_loadu_si512(tail + panel_outputs), _mm512_loadu_si512(tail + panel_outputs + LANES)},
  };
}
FN struct row_scales scales_of_row(const uint32_t *tail, int row) {
  const __m512i scale = _mm512_set1_epi32((int)tail[row]);
  return (struct row_scales){_mm512_castsi512_ps(scale), _mm512_set1_epi32((int)tail[piece_words + row])};
}
FN vf scaled(vs sums, struct row_scales row, struct panel_scales panel, int half) {
  const __m512i exact = _mm512_sub_epi32(sums, _mm512_mullo_epi32(row.zero, panel.sum[half]));
  return mul(_mm512_cvtepi32_ps(exact), mul(row.scale, panel.scale[half]));
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

// 16 values as bytes.
FN __m128i bytes(vf x, vf factor, vf zero) {
  return _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(max2(set1(0), muladd(x, factor, zero))));
}

ENTRY void pack_rows(const float *x, size_t stride, size_t rows, size_t inner, uint32_t *packed) {
  const size_t words = words_of(inner, DEPTH);
  for (size_t row = 0; row < rows; row += block_rows, packed += words * block_rows + block_tail(DEPTH)) {
    uint32_t *const tail = packed + words * block_rows;
    memset(tail, 0, block_tail(DEPTH) * sizeof *tail);
    for (size_t r = 0; r < block_rows; r++) {
      uint32_t *const to = packed + r * piece_words;
      if (row + r >= rows) {
        for (size_t i = 0; i < words; i += piece_words) memset(to + i * block_rows, 0, piece_words * sizeof *to);
        continue;
      }
      const float *from = x + (row + r) * stride;
      float low, high;
      const int strange = range(from, inner, &low, &high);
      float scale = (high - low) / 255;
      const float factor = scale > 0 ? 1 / scale : 0;
      const int32_t zero = (int32_t)lrintf(-low * factor < 255 ? -low * factor : 255);
      // An infinite range: infinity − infinity is found nowhere else.
      if (strange || !(high - low < INFINITY)) scale = NAN;
      memcpy(tail + r, &scale, sizeof scale);
      memcpy(tail + piece_words + r, &zero, sizeof zero);
      const vf f = set1(factor), z = set1((float)zero);
      for (size_t i = 0; i < words; i += piece_words) {
#pragma clang loop unroll(full)
        for (size_t part = 0; part < 4; part++) {
          const size_t at = 4 * i + part * LANES;
          const __m128i q = at < inner ? bytes(load_n(from + at, inner - at), f, z) : _mm_setzero_si128();
          _mm_storeu_si128((__m128i *)(to + i * block_rows + part * 4), q);
        }
      }
    }
  }
}

ENTRY void pack_weight(const float *weight, size_t stride, size_t outputs, size_t inner, uint32_t *packed) {
  const size_t words = words_of(inner, DEPTH), panel = words * panel_outputs + panel_tail(DEPTH);
  for (size_t first = 0; first < outputs; first += panel_outputs, packed += panel) {
    const size_t count = outputs - first < panel_outputs ? outputs - first : panel_outputs;
    if (count < panel_outputs) memset(packed, 0, panel * sizeof *packed);
    uint32_t *const tail = packed + words * panel_outputs;
    for (size_t r = 0; r < count; r++) {
      const float *from = weight + (first + r) * stride;
      float low, high;
      range(from, inner, &low, &high);
      const float scale = (high > -low ? high : -low) / 127;
      const vf factor = set1(scale > 0 ? 1 / scale : 0);
      __m512i total = _mm512_setzero_si512();
      for (size_t i = 0; i < words; i += 4) {
        const vf v = 4 * i < inner ? load_n(from + 4 * i, inner - 4 * i) : set1(0);
        const __m512i p = _mm512_cvtps_epi32(mul(v, factor));
        total = _mm512_add_epi32(total, p);
        uint32_t quads[4];
        _mm_storeu_si128((__m128i *)quads, _mm512_cvtsepi32_epi8(p));
        for (size_t w = 0; w < 4; w++) packed[(i + w) * panel_outputs + r] = quads[w];
      }
      const int32_t sum_of_weights = _mm512_reduce_add_epi32(total);
      memcpy(tail + r, &scale, sizeof scale);
      memcpy(tail + panel_outputs + r, &sum_of_weights, sizeof sum_of_weights);
    }
  }
}

const struct ckernels_format ckernels_int8 = {
    "int8", DEPTH, block_rows, panel_outputs, pack_rows, pack_weight, packed_product, NULL,
};
#else
typedef int ckernels_no_int8;  // A C file may not be empty.
#endif
