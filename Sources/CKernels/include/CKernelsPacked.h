// Products with weights that are packed once and rows that are packed for every product, in the formats that processors
// multiply fastest.
//
// A dword is the 32 bits that one lane multiplies at once: one float, two bf16, or four int8. Rows lie in blocks of
// `rows`, in pieces of half a panel's dwords a row; weights in panels of `panel` outputs, dword behind dword. Behind a block or a panel of
// int8 stand the numbers that turn its sums back into floats. Missing rows, outputs and dwords are zeros.
// Whole inner dimensions are summed at once, and a row's products depend on that row, the weights and the format only.
// A NaN or an infinity in a row makes all of that row's results NaN or infinite.
#pragma once

#include "CKernelsLevel.h"

#include <stddef.h>
#include <stdint.h>

/// What the operands are rounded to: nothing, bf16 (8 bits of mantissa), or 8-bit integers, weights (with AVX2 of 7 bits)
/// with one scale an output, rows with a scale and a zero of their own. Sums are float, or exact for int8.
enum ckernels_precision { CKERNELS_F32 = 0, CKERNELS_BF16 = 1, CKERNELS_INT8 = 2 };

/// What follows a sum, in this order.
struct ckernels_finish {
  /// One value an output, or NULL.
  const float *bias;
  /// Whether z becomes z·Φ(z) then: within 5e-7 in f32, 1.4e-4 in the others.
  int gelu;
  /// Added then, or NULL. Row r of the product gets row (residual_row + r) % residual_rows.
  const float *residual;
  size_t residual_stride, residual_rows, residual_row;
};

struct ckernels_format {
  /// "f32", "bf16", "int8".
  const char *name;
  /// Values a dword; dwords that a value is split into; rows a block; outputs a panel.
  size_t depth, planes, rows, panel;

  /// x (rows, inner) to blocks of ckernels_block_dwords.
  void (*pack_rows)(const float *x, size_t stride, size_t rows, size_t inner, uint32_t *packed);

  /// weight (outputs, inner), finite, to panels of ckernels_panel_dwords.
  void (*pack_weight)(const float *weight, size_t stride, size_t outputs, size_t inner, uint32_t *packed);

  /// The same of operands that lie transposed: x (inner, rows), weight (inner, outputs). NULL for int8, which must see
  /// whole rows first.
  void (*pack_row_columns)(const float *x, size_t stride, size_t rows, size_t inner, uint32_t *packed);
  void (*pack_weight_columns)(const float *weight, size_t stride, size_t outputs, size_t inner, uint32_t *packed);

  /// y = finish(x · weightᵀ): x and weight packed, y (rows, outputs).
  void (*product)(const uint32_t *x, const uint32_t *weight, size_t rows, size_t outputs, size_t inner,
                  const struct ckernels_finish *finish, float *y, size_t y_stride);

  /// The same without a residual into packed rows, for a product that follows: outputs a multiple of `panel`. What is in
  /// missing rows then is nobody's. NULL for int8, which must see whole rows first.
  void (*product_packed)(const uint32_t *x, const uint32_t *weight, size_t rows, size_t outputs, size_t inner,
                         const struct ckernels_finish *finish, uint32_t *y);

  /// y = softmax(scale · q·kᵀ) · v of one head: q and y (queries, width), k and v (keys, width), at least one key; the
  /// latter packed by the functions below. NULL for int8 with AVX2. Queries are taken in blocks of `rows`, and a result
  /// depends on its query's place in its block, and on the block: whether one of its scores is large decides how floats
  /// are rounded, and int8 dithers its weights by the place. So callers cut queries at multiples of `rows`. In int8 keys
  /// are fewer than 100 000, or sums could overflow.
  /// `log_sums`, unless NULL, gets log Σ e^(scale · q·k) of every query, of the scores as they were rounded: q is multiplied
  /// by scale · log2 e, rounded, and multiplied with k, rounded. Always NULL for int8.
  /// `scratch`: attention_dwords.
  void (*attention)(const float *q, size_t q_stride, const uint32_t *k, const uint32_t *v, float *y, size_t y_stride,
                    size_t queries, size_t keys, size_t width, float scale, float *log_sums, uint32_t *scratch);
  void (*pack_keys)(const float *k, size_t stride, size_t keys, size_t width, uint32_t *packed);
  void (*pack_values)(const float *v, size_t stride, size_t keys, size_t width, uint32_t *packed);
  size_t (*keys_dwords)(size_t keys, size_t width);
  size_t (*values_dwords)(size_t keys, size_t width);
  size_t (*attention_dwords)(size_t keys, size_t width);
};

/// The kernels of `precision` at `level`, or NULL where this processor lacks the instructions (or we lack the code).
const struct ckernels_format *ckernels_format_of(enum ckernels_level level, enum ckernels_precision precision);

/// Whether products in bf16 take less time than in float32, where there are kernels for it. Intel's processors without tiles
/// split AVX-512's instruction for it: a window of base took 1526 ms on Emerald Rapids, for 700 in float32.
int ckernels_bf16_is_fast(enum ckernels_level level);

/// Words of a packed block of rows.
size_t ckernels_block_dwords(const struct ckernels_format *format, size_t inner);

/// Words of a packed panel of weights.
size_t ckernels_panel_dwords(const struct ckernels_format *format, size_t inner);
