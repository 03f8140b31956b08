// The f32 format: a word is a float.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <string.h>

#define ENTRY __attribute__((target("avx512f,avx512dq,fma"))) static
#define FN __attribute__((target("avx512f,avx512dq,fma"), always_inline)) static inline
#include "avx512_vectors.h"
#include "vector_math.h"

#define DEPTH 1
typedef vf vs;
struct panel_scales {};
struct row_scales {};

FN vs sums_zero(void) { return set1(0); }
FN vs dot(vs sums, __m512i x, __m512i weight) {
  return muladd(_mm512_castsi512_ps(x), _mm512_castsi512_ps(weight), sums);
}
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
FN vf activation(vf z) { return gelu(z); }
FN void store_packed(uint32_t *to, vf low, vf high) {
  _mm512_storeu_ps(to, low);
  _mm512_storeu_ps(to + block_rows * piece_words, high);
}

#include "vector_packed.h"
#include "vector_packed_rows.h"

ENTRY void pack_rows(const float *x, size_t stride, size_t rows, size_t inner, uint32_t *packed) {
  const size_t words = words_of(inner, DEPTH);
  for (size_t row = 0; row < rows; row += block_rows, packed += words * block_rows) {
    for (size_t r = 0; r < block_rows; r++) {
      const float *from = x + (row + r) * stride;
      for (size_t i = 0; i < words; i += piece_words) {
        const size_t left = row + r < rows && i < inner ? inner - i : 0;
        _mm512_storeu_ps(packed + i * block_rows + r * piece_words, left ? load_n(from + i, left) : set1(0));
      }
    }
  }
}

ENTRY void pack_weight(const float *weight, size_t stride, size_t outputs, size_t inner, uint32_t *packed) {
  const size_t words = words_of(inner, DEPTH);
  for (size_t first = 0; first < outputs; first += panel_outputs, packed += words * panel_outputs) {
    const size_t count = outputs - first < panel_outputs ? outputs - first : panel_outputs;
    if (count < panel_outputs || words > inner) memset(packed, 0, words * panel_outputs * sizeof *packed);
    // Some words at a time, so that the lines written stay in the first-level cache.
    for (size_t start = 0; start < inner; start += 16) {
      const size_t end = start + 16 < inner ? start + 16 : inner;
      for (size_t r = 0; r < count; r++) {
        const float *from = weight + (first + r) * stride;
        for (size_t i = start; i < end; i++) memcpy(packed + i * panel_outputs + r, from + i, sizeof *packed);
      }
    }
  }
}

const struct ckernels_format ckernels_f32 = {
    "f32", DEPTH, block_rows, panel_outputs, pack_rows, pack_weight, packed_product, packed_product_packed,
};
#else
typedef int ckernels_no_f32;  // A C file may not be empty.
#endif
