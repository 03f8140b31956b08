// The bf16 format: a word is two bf16 (AVX512_BF16). The instruction sums pairs in float and takes denormals for zeros.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <string.h>

#define TARGET "avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,fma"
#define ENTRY __attribute__((target(TARGET))) static
#define FN __attribute__((target(TARGET), always_inline)) static inline
#include "avx512_vectors.h"
#include "vector_quick.h"

#define DEPTH 2
typedef vf vs;
struct panel_scales {};
struct row_scales {};

FN vs sums_zero(void) { return set1(0); }
FN vs dot(vs sums, __m512i x, __m512i weight) { return _mm512_dpbf16_ps(sums, (__m512bh)x, (__m512bh)weight); }
FN struct panel_scales scales_of_panel(const uint32_t *tail) {
  (void)tail;
  return (struct panel_scales){};
}
FN struct row_scales scales_of_row(const uint32_t *tail, int row) {
  (void)tail, (void)row;
  return (struct row_scales){};
}
FN vf scaled(vs sums, struct row_scales row, struct panel_scales panel, int half) {
  (void)row, (void)panel, (void)half;
  return sums;
}
FN vf activation(vf z) { return quick_gelu(z); }
FN void store_packed(uint32_t *to, vf low, vf high) {
  _mm512_storeu_si512(to, (__m512i)_mm512_cvtne2ps_pbh(high, low));
}

#include "vector_packed.h"
#include "vector_packed_rows.h"

ENTRY void pack_rows(const float *x, size_t stride, size_t rows, size_t inner, uint32_t *packed) {
  const size_t words = words_of(inner, DEPTH);
  for (size_t row = 0; row < rows; row += block_rows, packed += words * block_rows) {
    for (size_t r = 0; r < block_rows; r++) {
      const float *from = x + (row + r) * stride;
      for (size_t i = 0; i < words; i += piece_words) {
        const size_t left = row + r < rows && 2 * i < inner ? inner - 2 * i : 0;
        const vf low = left ? load_n(from + 2 * i, left) : set1(0);
        const vf high = left > LANES ? load_n(from + 2 * i + LANES, left - LANES) : set1(0);
        store_packed(packed + i * block_rows + r * piece_words, low, high);
      }
    }
  }
}

ENTRY void pack_weight(const float *weight, size_t stride, size_t outputs, size_t inner, uint32_t *packed) {
  const size_t words = words_of(inner, DEPTH);
  for (size_t first = 0; first < outputs; first += panel_outputs, packed += words * panel_outputs) {
    const size_t count = outputs - first < panel_outputs ? outputs - first : panel_outputs;
    if (count < panel_outputs) memset(packed, 0, words * panel_outputs * sizeof *packed);
    for (size_t i = 0; i < words; i += piece_words) {
      const size_t left = 2 * i < inner ? inner - 2 * i : 0;
      for (size_t r = 0; r < count; r++) {
        const float *from = weight + (first + r) * stride + 2 * i;
        const vf low = left ? load_n(from, left) : set1(0);
        const vf high = left > LANES ? load_n(from + LANES, left - LANES) : set1(0);
        uint32_t pairs[piece_words];
        store_packed(pairs, low, high);
        for (size_t w = 0; w < piece_words; w++) packed[(i + w) * panel_outputs + r] = pairs[w];
      }
    }
  }
}

const struct ckernels_format ckernels_bf16 = {
    "bf16", DEPTH, block_rows, panel_outputs, pack_rows, pack_weight, packed_product, packed_product_packed,
};
#else
typedef int ckernels_no_bf16;  // A C file may not be empty.
#endif
