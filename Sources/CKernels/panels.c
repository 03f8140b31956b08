// Packing of what attention reads again and again: panels of some columns, each contiguous, row behind row.
// Plain C for every level: it moves every value once for hundreds of multiplications. Sums nothing.
#include "CKernels.h"

#include <string.h>

void ckernels_pack_transposed(const float *x, size_t stride, size_t rows, size_t columns, size_t panel, float *packed) {
  for (size_t first = 0; first < rows; first += panel, packed += panel * columns) {
    const size_t count = rows - first < panel ? rows - first : panel;
    if (count < panel) memset(packed, 0, panel * columns * sizeof *packed);
    // Row by row: a panel fits the first-level cache, but the lines of rows at some strides would evict each other.
    for (size_t r = 0; r < count; r++) {
      const float *from = x + (first + r) * stride;
      for (size_t c = 0; c < columns; c++) packed[c * panel + r] = from[c];
    }
  }
}

void ckernels_pack(const float *x, size_t stride, size_t rows, size_t columns, size_t panel, float *packed) {
  for (size_t first = 0; first < columns; first += panel) {
    const size_t count = columns - first < panel ? columns - first : panel;
    for (size_t r = 0; r < rows; r++, packed += panel) {
      memcpy(packed, x + r * stride + first, count * sizeof *packed);
      if (count < panel) memset(packed + count, 0, (panel - count) * sizeof *packed);
    }
  }
}
