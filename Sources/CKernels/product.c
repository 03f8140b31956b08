// Products of two matrices that are packed on the way: blocks around a format's kernel.
//
// A packed panel of b passes by all packed rows of a block of a, which the second-level cache keeps (Goto and van de
// Geijn 2008, "Anatomy of high-performance matrix multiplication").
#include "formats.h"

// Words of a row, rows of a at most, and columns of b that are packed at once: whole panels in every format.
enum { inner_block = 512, row_block = 240, column_block = 2048 };

size_t ckernels_product_scratch(void) { return (size_t)inner_block * (row_block + column_block); }

void ckernels_multiply(const struct ckernels_format *format, size_t m, size_t n, size_t k, const float *a,
                       size_t a_stride, int a_transposed, const float *b, size_t b_stride, int b_transposed,
                       const struct ckernels_finish *finish, float *c, size_t c_stride, const struct ckernels_then *then,
                       uint32_t *scratch) {
  uint32_t *const rows_packed = scratch, *const panels_packed = scratch + (size_t)inner_block * row_block;
  // Whole pieces.
  const size_t piece = format->panel / 2;
  const size_t inner_values = inner_block / format->planes / piece * piece * format->depth;
  const size_t rows_at_once = row_block / format->rows * format->rows;
  for (size_t column = 0; column < n; column += column_block) {
    const size_t columns = n - column < column_block ? n - column : column_block;
    for (size_t start = 0; start < k; start += inner_values) {
      const size_t inner = k - start < inner_values ? k - start : inner_values;
      if (b_transposed) {
        format->pack_weight(b + column * b_stride + start, b_stride, columns, inner, panels_packed);
      } else {
        format->pack_weight_columns(b + start * b_stride + column, b_stride, columns, inner, panels_packed);
      }
      for (size_t row = 0; row < m; row += rows_at_once) {
        const size_t rows = m - row < rows_at_once ? m - row : rows_at_once;
        if (a_transposed) {
          format->pack_row_columns(a + start * a_stride + row, a_stride, rows, inner, rows_packed);
        } else {
          format->pack_rows(a + row * a_stride + start, a_stride, rows, inner, rows_packed);
        }
        float *const y = c + row * c_stride + column;
        // Sums of later values are added to those of the first, which have all else.
        struct ckernels_finish own = {.residual = y, .residual_stride = c_stride, .residual_rows = rows};
        if (start == 0) {
          own = *finish;
          if (own.bias) own.bias += column;
          if (own.residual) own.residual += column;
          own.residual_row += row;
        }
        format->product(rows_packed, panels_packed, rows, columns, inner, &own, y, c_stride);
        if (then && start + inner == k) then->call(then->context, row, rows, column, columns);
      }
    }
  }
}
