// Inside CKernels only: what the formats of packed products share.
#pragma once

#include "CKernels.h"

// Rows a block, outputs a panel, words of a row that lie together.
enum { block_rows = 12, panel_outputs = 32, piece_words = 16 };

#if defined(__x86_64__)
extern const struct ckernels_format ckernels_f32;
extern const struct ckernels_format ckernels_bf16;
extern const struct ckernels_format ckernels_int8;
#endif

// Words of one row, in whole pieces.
static inline size_t words_of(size_t inner, size_t depth) {
  const size_t words = (inner + depth - 1) / depth;
  return (words + piece_words - 1) / piece_words * piece_words;
}

// Behind the words of a block or a panel of int8 stand two numbers for each of its rows or outputs, see there.
static inline size_t block_tail(size_t depth) { return depth == 4 ? 2 * piece_words : 0; }
static inline size_t panel_tail(size_t depth) { return depth == 4 ? 2 * panel_outputs : 0; }
