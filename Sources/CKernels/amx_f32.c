// The f32 format in tiles (AMX_BF16), about twice as fast as with vectors.
//
// A float is exactly the sum of three bf16: of what is left of it, the nearest one each time. So a product of floats is
// that of nine products. Six are made; what the others would add is below 2^-23 of it. The instruction sums 32 products
// before it rounds a sum, so that sums are more exact than those of vectors, which round once a product: over 2048 values
// the mean error is a quarter of theirs (ExactProductTests). See Henry, Tang and Heinecke 2019, "Leveraging the bfloat16
// artificial intelligence datatype for higher-precision computations".
//
// The instruction takes denormals for zeros, so that of floats below 2^-110 less than 24 bits are left; those above
// 3.39e38, which round to infinity, become NaN, as infinities do.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <string.h>

#define TARGET "amx-tile,amx-bf16,avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,fma"
#define ENTRY __attribute__((target(TARGET))) static
#define FN __attribute__((target(TARGET), always_inline)) static inline
#include "avx512_vectors.h"
#include "avx512_transpose.h"
#include "avx512_normal.h"
#include "avx512_pairs.h"

#define DEPTH 2
#define PLANES 3
#define BLOCK_ROWS 32
#include "vector_packed_shape.h"
#include "vector_unscaled.h"

// What the pairs of a plane leave of them.
FN vf rest_of(vf v, __m256i pairs) { return sub(v, as_floats(_mm512_slli_epi32(_mm512_cvtepu16_epi32(pairs), 16))); }

FN void planes_of(vf low, vf high, vw planes[PLANES]) {
#pragma clang loop unroll(full)
  for (int p = 0; p < PLANES; p++) {
    planes[p] = pairs_of(low, high);
    low = rest_of(low, _mm512_castsi512_si256(planes[p]));
    high = rest_of(high, _mm512_extracti64x4_epi64(planes[p], 1));
  }
}

FN void store_packed(uint32_t *to, vf low, vf high) {
  vw planes[PLANES];
  planes_of(low, high, planes);
#pragma clang loop unroll(full)
  for (int p = 0; p < PLANES; p++) store_dwords(to + p * plane_of_block, planes[p]);
}

FN void piece(const float *x, size_t left, struct rounding rounding, vw planes[PLANES]) {
  (void)rounding;
  vf low, high;
  load_pairs(x, left, &low, &high);
  planes_of(low, high, planes);
}

FN void dword_of_columns(const float *x, size_t stride, size_t inner, size_t columns, vw planes[PLANES]) {
  vf one, next;
  load_pairs_of_columns(x, stride, inner, columns, &one, &next);
  planes_of(one, next, planes);
#pragma clang loop unroll(full)
  for (int p = 0; p < PLANES; p++) planes[p] = interleaved(planes[p]);
}

#define add_products _tile_dpbf16ps
FN vs sums_of(const uint32_t *sums) { return as_floats(load_dwords(sums)); }
#include "amx_tiles.h"
#include "amx_packed.h"
#include "amx_packed_rows.h"

// Pieces whose rows, with those of the other blocks that pass by a panel, the second-level cache holds.
enum { pieces_at_once = 16 };

// Long rows part by part, each added to what the ones before it gave: then there must be nothing but a residual behind.
ENTRY void packed_product(const uint32_t *x, const uint32_t *weight, size_t rows, size_t outputs, size_t inner,
                          const struct ckernels_finish *finish, float *y, size_t y_stride) {
  struct operands operands = whole_operands(x, weight, inner);
  const size_t pieces = operands.dwords / step_dwords, parts = (pieces + pieces_at_once - 1) / pieces_at_once;
  if (parts < 2 || finish->gelu) {
    multiply_blocks(operands, rows, outputs, finish, y, y_stride, NULL, 0, finish_row);
    return;
  }
  const struct ckernels_finish sum = {.residual = y, .residual_stride = y_stride, .residual_rows = rows};
  for (size_t i = 0, next = 0; i < parts; i++, finish = &sum) {
    const size_t first = next;
    next = (i + 1) * pieces / parts;
    operands.dwords = (next - first) * step_dwords;
    operands.x = x + first * step_dwords * block_rows;
    operands.weight = weight + first * step_dwords * panel_outputs;
    multiply_blocks(operands, rows, outputs, finish, y, y_stride, NULL, 0, finish_row);
  }
}

#include "vector_pack.h"
#include "vector_pack_columns.h"

#include "vector_power.h"
FN vf sum_stored(vf total, const uint32_t *packed, vf low, vf high) {
  (void)packed;
  return add(total, add(low, high));
}

#include "vector_keys.h"
#include "amx_attention.h"

const struct ckernels_format ckernels_amx_f32 = UNSCALED_FORMAT("f32");
#else
typedef int ckernels_no_amx_f32;  // A C file may not be empty.
#endif
