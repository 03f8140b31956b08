// The reference of every kernel in plain C.
// Not fast on purpose: it is what the vector versions are tested beside, and what runs where none of them can.
#include "tables.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static void softmax(float *x, size_t stride, size_t rows, size_t columns, float scale) {
  for (size_t r = 0; r < rows; r++, x += stride) {
    // A NaN never wins a comparison, but its own exponential is NaN, and so then is the sum.
    float peak = -INFINITY;
    for (size_t c = 0; c < columns; c++) peak = x[c] > peak ? x[c] : peak;
    float sum = 0;
    for (size_t c = 0; c < columns; c++) {
      x[c] = expf((x[c] - peak) * scale);
      sum += x[c];
    }
    for (size_t c = 0; c < columns; c++) x[c] /= sum;
  }
}

static void layer_norm(const float *x, size_t x_stride, const float *weight, const float *bias, float *y,
                       size_t y_stride, size_t rows, size_t columns, float epsilon) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    float mean = 0, variance = 0;
    for (size_t c = 0; c < columns; c++) mean += x[c];
    mean /= (float)columns;
    for (size_t c = 0; c < columns; c++) variance += (x[c] - mean) * (x[c] - mean);
    float scale = 1 / sqrtf(variance / (float)columns + epsilon);
    for (size_t c = 0; c < columns; c++) y[c] = (x[c] - mean) * scale * weight[c] + bias[c];
  }
}

static void gelu(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    for (size_t c = 0; c < columns; c++) {
      // In double precision, because the tail magnifies the rounding of √½.
      y[c] = (float)(x[c] * 0.5 * erfc(x[c] * -0.70710678118654752));
    }
  }
}

static void residual_bias(const float *residual, size_t residual_stride, const float *bias, float *y, size_t y_stride,
                          size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += y_stride) {
    for (size_t c = 0; c < columns; c++) {
      y[c] = (residual ? residual[r * residual_stride + c] : 0) + (bias ? bias[c] : 0);
    }
  }
}

static void mean_rows(const float *x, size_t stride, size_t rows, size_t columns, float *y) {
  for (size_t c = 0; c < columns; c++) y[c] = 0;
  for (size_t r = 0; r < rows; r++, x += stride) {
    for (size_t c = 0; c < columns; c++) y[c] += x[c];
  }
  for (size_t c = 0; c < columns; c++) y[c] /= (float)rows;
}

static void accumulate(float *y, const float *x, float factor, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] += factor * x[i];
}

void ckernels_attention(const float *q, size_t q_stride, const float *k, size_t k_stride, const float *v,
                        size_t v_stride, float *y, size_t y_stride, size_t queries, size_t keys, size_t width,
                        float scale, float *log_sums, float *scratch) {
  for (size_t r = 0; r < queries; r++, q += q_stride, y += y_stride) {
    for (size_t i = 0; i < keys; i++) {
      scratch[i] = 0;
      for (size_t c = 0; c < width; c++) scratch[i] += q[c] * k[i * k_stride + c];
    }
    if (log_sums) {
      float peak = -INFINITY, sum = 0;
      for (size_t i = 0; i < keys; i++) peak = scratch[i] > peak ? scratch[i] : peak;
      for (size_t i = 0; i < keys; i++) sum += expf((scratch[i] - peak) * scale);
      log_sums[r] = peak * scale + logf(sum);
    }
    softmax(scratch, keys, 1, keys, scale);
    for (size_t c = 0; c < width; c++) {
      y[c] = 0;
      for (size_t i = 0; i < keys; i++) y[c] += scratch[i] * v[i * v_stride + c];
    }
  }
}

const struct ckernels_table ckernels_reference = {
    "reference", softmax, layer_norm, gelu, residual_bias, mean_rows, accumulate,
    ckernels_swish, ckernels_gate, ckernels_relu, ckernels_scale_shift, ckernels_column_products, ckernels_taps,
    ckernels_gelu_backward, ckernels_swish_backward, ckernels_gate_backward, ckernels_relu_backward,
    ckernels_batch_norm_backward, ckernels_layer_norm_backward, ckernels_sum_rows, ckernels_attention_backward,
    ckernels_adamw,
};

size_t ckernels_first_not_finite(const float *x, size_t count) {
  const size_t chunk = 1024;
  for (size_t start = 0; start < count; start += chunk) {
    size_t end = start + chunk < count ? start + chunk : count;
    // An exponent of all ones is what NaN and infinity share. No branch inside, so that this becomes vector code.
    uint32_t found = 0;
    for (size_t i = start; i < end; i++) {
      uint32_t bits;
      memcpy(&bits, x + i, sizeof bits);
      found |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    if (!found) continue;
    for (size_t i = start; i < end; i++) {
      if (!isfinite(x[i])) return i;
    }
  }
  return count;
}

double ckernels_sum_of_squares(const float *x, size_t count) {
  // Sums side by side, so that this becomes vector code; always as many, so that every machine adds in the same order.
  double sums[8] = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; lane++) sums[lane] += (double)x[i + lane] * x[i + lane];
  }
  for (; i < count; i++) sums[i % 8] += (double)x[i] * x[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}
