// The reference of swish, gated linear units and ReLU, and of the ways back, in plain C; the formulas stand in CKernels.h.
#include "tables.h"

#include <math.h>

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

void ckernels_swish(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    for (size_t c = 0; c < columns; c++) y[c] = (float)(x[c] * sigmoid(x[c]));
  }
}

void ckernels_swish_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                             size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t c = 0; c < columns; c++) {
      const double s = sigmoid(x[c]);
      dx[c] += (float)(dy[c] * s * (1 + x[c] * (1 - s)));
    }
  }
}

void ckernels_gate(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    for (size_t c = 0; c < columns; c++) y[c] = (float)(x[c] * sigmoid(x[columns + c]));
  }
}

void ckernels_gate_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                            size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t c = 0; c < columns; c++) {
      const double s = sigmoid(x[columns + c]);
      dx[c] += (float)(dy[c] * s);
      dx[columns + c] += (float)(dy[c] * x[c] * s * (1 - s));
    }
  }
}

void ckernels_relu(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    // A NaN is not less, and so stays.
    for (size_t c = 0; c < columns; c++) y[c] = x[c] < 0 ? 0 : x[c];
  }
}

void ckernels_relu_backward(const float *y, size_t y_stride, const float *dy, size_t dy_stride, float *dx,
                            size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += y_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t c = 0; c < columns; c++) dx[c] += y[c] > 0 ? dy[c] : 0;
  }
}
