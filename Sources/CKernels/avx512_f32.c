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

// Nothing to find out about a row, and nothing behind a block or a panel.
struct rounding {};
FN struct rounding rounding_of_row(const float *x, size_t inner) {
  (void)x, (void)inner;
  return (struct rounding){};
}
FN struct rounding rounding_of_weight(const float *x, size_t inner) { return rounding_of_row(x, inner); }
FN void row_tail(uint32_t *tail, size_t row, struct rounding rounding) { (void)tail, (void)row, (void)rounding; }
FN void weight_tail(uint32_t *tail, size_t output, struct rounding rounding) { row_tail(tail, output, rounding); }
FN __m512i piece(const float *x, size_t left, struct rounding rounding) {
  (void)rounding;
  return _mm512_castps_si512(load_n(x, left));
}

#include "vector_pack.h"

// 2^x, x ≥ −125, = 2^n · (1 + r·p(r)), |r| ≤ ½; p as tables.h's exponential, relative error 9e-8.
FN vf power(vf x) {
  const vf shifted = add(x, set1(power_shift)), r = sub(x, sub(shifted, set1(power_shift)));
  vf p = set1(0.0013264729641377926f);
  p = muladd(p, r, set1(0.00967151578515768f));
  p = muladd(p, r, set1(0.05550733581185341f));
  p = muladd(p, r, set1(0.24022242426872253f));
  p = muladd(p, r, set1(0.6931470036506653f));
  p = muladd(p, r, set1(1));
  return times_power(p, shifted);
}
FN vf sum_packed(vf total, vf low, vf high) { return add(total, add(low, high)); }
FN __m512i word_of_values(const float *v, size_t stride, size_t keys, size_t columns) {
  (void)stride;
  return keys ? _mm512_castps_si512(load_n(v, columns)) : _mm512_setzero_si512();
}

#include "vector_packed_attention.h"

const struct ckernels_format ckernels_f32 = {
    "f32", DEPTH, block_rows, panel_outputs, pack_rows, pack_weight, packed_product, packed_product_packed,
    packed_attention, pack_keys, pack_values, packed_keys_words, packed_values_words, packed_attention_words,
};
#else
typedef int ckernels_no_f32;  // A C file may not be empty.
#endif
