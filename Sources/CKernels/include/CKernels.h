// What BLAS does not have: row-wise kernels over float32 and attention, forward and backward, each in every instruction
// set that we speak; and matrix products in the formats of CKernelsPacked.h.
//
// A table of functions per level is constant, and whoever computes picks one and passes it on. No state, but that the first
// question for a level or a format asks Linux for AMX where the processor has it, and keeps the answer.
// Rows are `stride` floats apart; columns are contiguous; no pointer needs alignment. Outputs may not overlap inputs
// unless the kernel says "in place". One row's result depends on that row and the level only, so callers may cut work
// by rows as they like and get the same bits. A NaN that goes in comes out; it never becomes a number.
#pragma once

#include "CKernelsLevel.h"
#include "CKernelsPacked.h"

#include <stddef.h>

/// What AdamW does to every value, see the kernel: rate = lr / (1 − b1ᵗ), shrink = 1 − lr·decay, spread = 1 / √(1 − b2ᵗ).
struct ckernels_adamw {
  float b1, b2, epsilon, rate, shrink, spread, gradient_factor;
};

struct ckernels_table {
  /// "reference", "avx2", "avx512", "amx".
  const char *name;

  /// In place: every row becomes softmax(scale · row), scale > 0. A row with a NaN, or with +inf, becomes NaN.
  void (*softmax)(float *x, size_t stride, size_t rows, size_t columns, float scale);

  /// y = (x − mean) / √(variance + epsilon) · weight + bias for every row; the variance divides by `columns`.
  void (*layer_norm)(const float *x, size_t x_stride, const float *weight, const float *bias, float *y,
                     size_t y_stride, size_t rows, size_t columns, float epsilon);

  /// y = x·Φ(x), the exact GELU. y may be x itself.
  void (*gelu)(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns);

  /// y = residual + bias, where either may be NULL and then counts as zero. `residual` may be y itself.
  void (*residual_bias)(const float *residual, size_t residual_stride, const float *bias, float *y, size_t y_stride,
                        size_t rows, size_t columns);

  /// y[column] = mean over the rows.
  void (*mean_rows)(const float *x, size_t stride, size_t rows, size_t columns, float *y);

  /// y += factor · x.
  void (*accumulate)(float *y, const float *x, float factor, size_t count);

  /// y = x·σ(x), σ(x) = 1 / (1 + e^(−x)). y may be x itself, as in `relu`.
  void (*swish)(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns);

  /// y = a·σ(b), a gated linear unit: x has `columns` values a and as many values b in every row.
  void (*gate)(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns);

  /// y = max(0, x).
  void (*relu)(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns);

  /// y = x·scale + shift, of every column its own: batch normalisation. y may be x itself.
  void (*scale_shift)(const float *x, size_t x_stride, const float *scale, const float *shift, float *y,
                      size_t y_stride, size_t rows, size_t columns);

  /// sums[column] += Σ (x − mean)·y over the rows; a `mean` of NULL counts as zero, a `y` of NULL as x − mean.
  void (*column_products)(const float *x, size_t x_stride, const float *mean, const float *y, size_t y_stride,
                          size_t rows, size_t columns, float *sums);

  /// y[column] = Σ w[j][column] · x[j][column] over `count` rows j, or += where `adding`: one step of a depthwise
  /// convolution. `w_stride` may be negative: the way back goes through the weights from their end.
  void (*taps)(const float *x, size_t x_stride, const float *w, ptrdiff_t w_stride, size_t count, int adding, float *y,
               size_t columns);

  // Backward kernels. d… stands for the derivative of the loss with respect to …; those that belong to parameters, and
  // what says "adds", are added to what is there.

  /// dx = dy · (Φ(x) + x·φ(x)): of gelu. `dx` may be dy itself.
  void (*gelu_backward)(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                        size_t dx_stride, size_t rows, size_t columns);

  /// dx += dy · σ(x)·(1 + x·(1 − σ(x))): of swish.
  void (*swish_backward)(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                         size_t dx_stride, size_t rows, size_t columns);

  /// da += dy · σ(b), db += dy · a·σ(b)·(1 − σ(b)): of a gated linear unit.
  void (*gate_backward)(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                        size_t dx_stride, size_t rows, size_t columns);

  /// dx += dy where y > 0: of ReLU, from its result.
  void (*relu_backward)(const float *y, size_t y_stride, const float *dy, size_t dy_stride, float *dx,
                        size_t dx_stride, size_t rows, size_t columns);

  /// dx += dy·slope + (x − mean)·bend + shift, of every column its own: of batch normalisation over these rows.
  void (*batch_norm_backward)(const float *x, size_t x_stride, const float *mean, const float *dy, size_t dy_stride,
                              const float *slope, const float *bend, const float *shift, float *dx, size_t dx_stride,
                              size_t rows, size_t columns);

  /// With n = (x − mean)·r, r = 1 / √(variance + epsilon), g = dy·weight, and means over a row:
  ///   dx = r·(g − mean(g) − n·mean(g·n)), dweight += Σ dy·n over the rows, dbias += Σ dy.
  /// Adds to dx where `adding`. `dx` may not be dy.
  void (*layer_norm_backward)(const float *x, size_t x_stride, const float *weight, const float *dy, size_t dy_stride,
                              float *dx, size_t dx_stride, int adding, float *dweight, float *dbias, size_t rows,
                              size_t columns, float epsilon);

  /// y[column] += Σ over the rows: of a bias.
  void (*sum_rows)(const float *x, size_t stride, size_t rows, size_t columns, float *y);

  /// Of the weights of attention, for some queries of one head; s and dp are (queries, keys), in place:
  ///   s, scores / score_scale on entry, becomes the weights p = e^(score_scale·s − log_sums);
  ///   dp, dy·vᵀ on entry, becomes ds = scale · p·(dp − Σ y·dy), the sum over a query's `width` columns.
  /// Then dv += pᵀ·dy, dq = ds·k, dk += dsᵀ·q are the caller's products.
  void (*attention_backward)(float *s, float *dp, size_t stride, const float *log_sums, const float *y, size_t y_stride,
                             const float *dy, size_t dy_stride, size_t queries, size_t keys, size_t width,
                             float score_scale, float scale);

  /// A step of AdamW (Loshchilov and Hutter 2019) over values with the same settings:
  ///   m = b1·m + (1 − b1)·g,  v = b2·v + (1 − b2)·g²,  x = shrink·x − rate · m / (√v·spread + epsilon),
  /// g = gradient_factor · dx. The caller puts learning rate, decay and the corrections of both moments into the rest.
  void (*adamw)(float *x, const float *dx, float *m, float *v, size_t count, const struct ckernels_adamw *settings);
};

/// What is done with results of a product as soon as they are final, while a cache still has them: of rows and columns
/// from (row, column) on.
struct ckernels_then {
  void (*call)(void *context, size_t row, size_t rows, size_t column, size_t columns);
  void *context;
};

/// c = a · b + bias + residual, the operands rounded to `format`, which is not int8: a (m, k), b (k, n), c (m, n). A
/// transposed operand lies in memory as (k, m), or (n, k). k is at least 1. `finish` has no GELU; its residual may be c.
/// `then` may be NULL; `scratch`: ckernels_product_scratch() dwords.
void ckernels_multiply(const struct ckernels_format *format, size_t m, size_t n, size_t k, const float *a,
                       size_t a_stride, int a_transposed, const float *b, size_t b_stride, int b_transposed,
                       const struct ckernels_finish *finish, float *c, size_t c_stride, const struct ckernels_then *then,
                       uint32_t *scratch);

size_t ckernels_product_scratch(void);

/// y = softmax(scale · q·kᵀ) · v of one head in plain C, where no format has it: q and y (queries, width), k and v (keys,
/// width), at least one key. `log_sums`, unless NULL, gets log Σ e^(scale · q·k) of every query: all that a backward pass
/// needs to find the weights again. `scratch`: `keys` values.
void ckernels_attention(const float *q, size_t q_stride, const float *k, size_t k_stride, const float *v,
                        size_t v_stride, float *y, size_t y_stride, size_t queries, size_t keys, size_t width,
                        float scale, float *log_sums, float *scratch);

/// The table of `level`, or NULL where this processor lacks the instructions (or we lack the code).
const struct ckernels_table *ckernels_table_of(enum ckernels_level level);

/// The best level that this processor has.
enum ckernels_level ckernels_best_level(void);

/// Index of the first value that is NaN or infinite, or `count` if all are finite.
size_t ckernels_first_not_finite(const float *x, size_t count);

/// Σx², in double precision.
double ckernels_sum_of_squares(const float *x, size_t count);
