// What BLAS does not have: row-wise kernels over float32 and attention, each in every instruction set that we speak.
//
// No state: a table of functions per level is constant, and whoever computes picks one and passes it on.
// Rows are `stride` floats apart; columns are contiguous; no pointer needs alignment. Outputs may not overlap inputs
// unless the kernel says "in place". One row's result depends on that row and the level only, so callers may cut work
// by rows as they like and get the same bits. A NaN that goes in comes out; it never becomes a number.
#pragma once

#include <stddef.h>

/// What an instruction set must offer. The reference is plain C, for any processor, and for tests to compare with.
enum ckernels_level { CKERNELS_REFERENCE = 0, CKERNELS_AVX2 = 1, CKERNELS_AVX512 = 2 };

struct ckernels_table {
  /// "reference", "avx2", "avx512".
  const char *name;

  /// In place: every row becomes softmax(scale · row), scale > 0. A row with a NaN, or with +inf, becomes NaN.
  void (*softmax)(float *x, size_t stride, size_t rows, size_t columns, float scale);

  /// y = (x − mean) / √(variance + epsilon) · weight + bias for every row; the variance divides by `columns`.
  void (*layer_norm)(const float *x, size_t x_stride, const float *weight, const float *bias, float *y,
                     size_t y_stride, size_t rows, size_t columns, float epsilon);

  /// In place: x = gelu(x + bias), the exact one, z·Φ(z). `bias` (one value a column) may be NULL.
  void (*bias_gelu)(float *x, size_t stride, const float *bias, size_t rows, size_t columns);

  /// y = residual + bias, where either may be NULL and then counts as zero. `residual` may be y itself.
  void (*residual_bias)(const float *residual, size_t residual_stride, const float *bias, float *y, size_t y_stride,
                        size_t rows, size_t columns);

  /// y[column] = mean over the rows.
  void (*mean_rows)(const float *x, size_t stride, size_t rows, size_t columns, float *y);

  /// y += factor · x.
  void (*accumulate)(float *y, const float *x, float factor, size_t count);

  /// How many queries attention takes at once, and how many columns its panels have.
  size_t attention_rows, attention_panel;

  /// y = softmax(scale · q·kᵀ) · v of one head: q and y (queries, width), k and v (keys, width), at least one key.
  /// `k` is packed by ckernels_pack_transposed, `v` by ckernels_pack, with attention_panel.
  /// `scratch`: attention_rows · (width + keys) values, width and keys each rounded up to whole panels.
  void (*attention)(const float *q, size_t q_stride, const float *k, const float *v, float *y, size_t y_stride,
                    size_t queries, size_t keys, size_t width, float scale, float *scratch);
};

/// xᵀ (columns, rows) in panels of `panel` columns; the last one is filled up with zeros.
void ckernels_pack_transposed(const float *x, size_t stride, size_t rows, size_t columns, size_t panel, float *packed);

/// x (rows, columns) in panels of `panel` columns; the last one is filled up with zeros.
void ckernels_pack(const float *x, size_t stride, size_t rows, size_t columns, size_t panel, float *packed);

/// The table of `level`, or NULL where this processor lacks the instructions (or we lack the code).
const struct ckernels_table *ckernels_table_of(enum ckernels_level level);

/// The best level that this processor has.
enum ckernels_level ckernels_best_level(void);

/// Index of the first value that is NaN or infinite, or `count` if all are finite.
size_t ckernels_first_not_finite(const float *x, size_t count);
