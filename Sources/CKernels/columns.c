// The reference of the kernels that treat every column by itself, in plain C; the formulas stand in CKernels.h.
#include "tables.h"

void ckernels_scale_shift(const float *x, size_t x_stride, const float *scale, const float *shift, float *y,
                          size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    for (size_t c = 0; c < columns; c++) y[c] = x[c] * scale[c] + shift[c];
  }
}

void ckernels_column_products(const float *x, size_t x_stride, const float *mean, const float *y, size_t y_stride,
                              size_t rows, size_t columns, float *sums) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      const float d = x[r * x_stride + c] - (mean ? mean[c] : 0);
      sums[c] += d * (y ? y[r * y_stride + c] : d);
    }
  }
}

void ckernels_batch_norm_backward(const float *x, size_t x_stride, const float *mean, const float *dy,
                                  size_t dy_stride, const float *slope, const float *bend, const float *shift,
                                  float *dx, size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t c = 0; c < columns; c++) dx[c] += dy[c] * slope[c] + (x[c] - mean[c]) * bend[c] + shift[c];
  }
}

void ckernels_taps(const float *x, size_t x_stride, const float *w, ptrdiff_t w_stride, size_t count, int adding,
                   float *y, size_t columns) {
  for (size_t c = 0; c < columns; c++) {
    float sum = adding ? y[c] : 0;
    for (size_t j = 0; j < count; j++) sum += w[(ptrdiff_t)j * w_stride + (ptrdiff_t)c] * x[j * x_stride + c];
    y[c] = sum;
  }
}
