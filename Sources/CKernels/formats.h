// Inside CKernels only: what the formats of packed products share.
#pragma once

#include "CKernels.h"

#if defined(__x86_64__)
extern const struct ckernels_format ckernels_avx2_f32;
extern const struct ckernels_format ckernels_avx2_int8;
extern const struct ckernels_format ckernels_avx512_f32;
extern const struct ckernels_format ckernels_avx512_bf16;
extern const struct ckernels_format ckernels_avx512_int8;
extern const struct ckernels_format ckernels_amx_f32;
extern const struct ckernels_format ckernels_amx_bf16;
extern const struct ckernels_format ckernels_amx_int8;
#endif

// Words a line of the cache.
enum { line_dwords = 16 };

// Words of one row, in whole pieces of so many.
static inline size_t dwords_of(size_t inner, size_t depth, size_t piece) {
  const size_t dwords = (inner + depth - 1) / depth;
  return (dwords + piece - 1) / piece * piece;
}

// Behind the dwords of a block or a panel of int8 stand two numbers for each of its rows or outputs, see there.
static inline size_t block_tail(size_t depth, size_t rows) {
  return depth == 4 ? 2 * ((rows + line_dwords - 1) / line_dwords * line_dwords) : 0;
}
static inline size_t panel_tail(size_t depth, size_t outputs) { return depth == 4 ? 2 * outputs : 0; }
