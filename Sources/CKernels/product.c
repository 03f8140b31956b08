// Products of matrices for levels that have a kernel for them: packing and blocks, plain C around the kernel.
//
// The kernel takes `product_rows` rows of a and `product_panel` columns of b, both packed so that it reads straight on.
// A packed panel of b stays in the first-level cache while all packed rows of a, in the second, pass by (Goto and
// van de Geijn 2008, "Anatomy of high-performance matrix multiplication").
#include "tables.h"

#include <string.h>

// Inner values, rows of a, and columns of b that are packed at once.
enum { inner_block = 512, row_block = 20 * product_rows, column_block = 32 * product_panel };

#define INLINE __attribute__((always_inline)) static inline

// Panels of columns of x (rows, columns): for every row, `panel` neighbours; zeros behind the last column.
INLINE void pack_columns(const float *x, size_t stride, size_t rows, size_t columns, size_t panel, float *packed) {
  for (size_t first = 0; first < columns; first += panel) {
    const size_t count = columns - first < panel ? columns - first : panel;
    const float *from = x + first;
    if (count == panel) {
      for (size_t r = 0; r < rows; r++, from += stride, packed += panel) memcpy(packed, from, panel * sizeof *packed);
    } else {
      for (size_t r = 0; r < rows; r++, from += stride, packed += panel) {
        for (size_t c = 0; c < panel; c++) packed[c] = c < count ? from[c] : 0;
      }
    }
  }
}

// Panels of rows of x (rows, columns): for every column, `panel` rows; zeros behind the last row.
INLINE void pack_rows(const float *x, size_t stride, size_t rows, size_t columns, size_t panel, float *packed) {
  // Some columns at a time, so that the lines written stay in the first-level cache.
  const size_t step = 16;
  for (size_t first = 0; first < rows; first += panel, packed += panel * columns) {
    const size_t count = rows - first < panel ? rows - first : panel;
    if (count < panel) memset(packed, 0, panel * columns * sizeof *packed);
    for (size_t start = 0; start < columns; start += step) {
      const size_t end = start + step < columns ? start + step : columns;
      for (size_t r = 0; r < count; r++) {
        const float *from = x + (first + r) * stride;
        for (size_t c = start; c < end; c++) packed[c * panel + r] = from[c];
      }
    }
  }
}

size_t ckernels_product_scratch(void) { return (size_t)inner_block * (row_block + column_block); }

void ckernels_multiply(const struct ckernels_table *kernels, size_t m, size_t n, size_t k, const float *a,
                       size_t a_stride, int a_transposed, const float *b, size_t b_stride, int b_transposed, float *c,
                       size_t c_stride, int adding, float *scratch) {
  float *const packed_a = scratch, *const packed_b = scratch + (size_t)inner_block * row_block;
  for (size_t column = 0; column < n; column += column_block) {
    const size_t columns = n - column < column_block ? n - column : column_block;
    for (size_t start = 0; start < k; start += inner_block) {
      const size_t inner = k - start < inner_block ? k - start : inner_block;
      if (b_transposed) {
        pack_rows(b + column * b_stride + start, b_stride, columns, inner, product_panel, packed_b);
      } else {
        pack_columns(b + start * b_stride + column, b_stride, inner, columns, product_panel, packed_b);
      }
      for (size_t row = 0; row < m; row += row_block) {
        const size_t rows = m - row < row_block ? m - row : row_block;
        if (a_transposed) {
          pack_columns(a + start * a_stride + row, a_stride, inner, rows, product_rows, packed_a);
        } else {
          pack_rows(a + row * a_stride + start, a_stride, rows, inner, product_rows, packed_a);
        }
        for (size_t j = 0; j < columns; j += product_panel) {
          for (size_t i = 0; i < rows; i += product_rows) {
            kernels->product(packed_a + i * inner, packed_b + j * inner, inner, c + (row + i) * c_stride + column + j,
                             c_stride, rows - i, columns - j, adding || start > 0);
          }
        }
      }
    }
  }
}
