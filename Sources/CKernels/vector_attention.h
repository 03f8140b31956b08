// Attention, once, over vectors of any width; the primitives are those of vector_kernels.h. The including file defines
// ROWS, the queries that one micro-kernel takes: their 2 · ROWS vectors of sums, 2 vectors of a panel and 1 of a query
// fill the registers.
//
// A block is ROWS rows, cut into pieces of PANEL columns that lie one behind the other. So a value's address is one
// pointer and a constant, which is what keeps the multipliers fed: with a stride in a register, the arithmetic of
// addresses costs a third of the speed. The scores never leave such a block, which fits the second-level cache (the
// first, up to some 500 keys).

#define PANEL (2 * LANES)
#define PIECE (ROWS * PANEL)

// c = block · panel, over `inner` columns of the block.
FN void block_product(vf c[ROWS][2], const float *block, const float *panel, size_t inner) {
#pragma clang loop unroll(full)
  for (int r = 0; r < ROWS; r++) c[r][0] = c[r][1] = set1(0);
  for (size_t start = 0; start < inner; start += PANEL, block += PIECE) {
    const size_t count = inner - start < PANEL ? inner - start : PANEL;
#pragma clang loop unroll_count(4)
    for (size_t i = 0; i < count; i++, panel += PANEL) {
      const vf low = load(panel), high = load(panel + LANES);
#pragma clang loop unroll(full)
      for (int r = 0; r < ROWS; r++) {
        const vf x = set1(block[r * PANEL + i]);
        c[r][0] = muladd(x, low, c[r][0]);
        c[r][1] = muladd(x, high, c[r][1]);
      }
    }
  }
}

// One row of a block becomes e^(row − its largest value); returns the sum, tells the largest. A NaN may hide from the maximum; its own
// exponential is NaN, and so then is the sum. What stands behind `columns` in the last piece is of no consequence.
FN float exponentials(float *row, size_t columns, float *largest) {
  const vf none = set1(-INFINITY);
  vf low = none, high = none;
  const float *last = row + columns / PANEL * PIECE;
  const size_t rest = columns % PANEL, rest_high = rest > LANES ? rest - LANES : 0;
  for (const float *x = row; x < last; x += PIECE) {
    low = max2(low, load(x));
    high = max2(high, load(x + LANES));
  }
  if (rest) low = max2(low, keep_n(load(last), none, rest));
  if (rest_high) high = max2(high, keep_n(load(last + LANES), none, rest_high));
  *largest = peak(max2(low, high));
  const vf top = set1(*largest);

  vf total = set1(0), total_high = set1(0);
  float *x = row;
  for (; x < last; x += PIECE) {
    vf e = exponential(sub(load(x), top)), f = exponential(sub(load(x + LANES), top));
    store(x, e);
    store(x + LANES, f);
    total = add(total, e);
    total_high = add(total_high, f);
  }
  if (rest) {
    vf e = exponential(sub(load(x), top));
    store(x, e);
    total = add(total, keep_n(e, set1(0), rest));
  }
  if (rest_high) {
    vf f = exponential(sub(load(x + LANES), top));
    store(x + LANES, f);
    total_high = add(total_high, keep_n(f, set1(0), rest_high));
  }
  return sum(add(total, total_high));
}

ENTRY void attention(const float *q, size_t q_stride, const float *k, const float *v, float *y, size_t y_stride,
                     size_t queries, size_t keys, size_t width, float scale, float *log_sums,
                     float *scratch) {
  const vf factor = set1(scale);
  float *const scores = scratch + (width + PANEL - 1) / PANEL * PIECE;
  for (size_t first_row = 0; first_row < queries; first_row += ROWS, q += ROWS * q_stride, y += ROWS * y_stride) {
    const size_t rows = queries - first_row < ROWS ? queries - first_row : ROWS;
    // The queries, scaled, as a block; rows that are missing are zeros, and their results go nowhere.
    for (size_t j = 0; j < width; j += LANES) {
      float *to = scratch + j / PANEL * PIECE + j % PANEL;
      for (size_t r = 0; r < ROWS; r++) {
        store(to + r * PANEL, r < rows ? mul(load_n(q + r * q_stride + j, width - j), factor) : set1(0));
      }
    }
    for (size_t j = 0; j < keys; j += PANEL) {
      vf c[ROWS][2];
      float *to = scores + j / PANEL * PIECE;
      block_product(c, scratch, k + j * width, width);
#pragma clang loop unroll(full)
      for (int r = 0; r < ROWS; r++) {
        store(to + r * PANEL, c[r][0]);
        store(to + r * PANEL + LANES, c[r][1]);
      }
    }
    float share[ROWS];
    for (size_t r = 0; r < rows; r++) {
      float largest;
      const float total = exponentials(scores + r * PANEL, keys, &largest);
      share[r] = 1 / total;
      if (log_sums) log_sums[first_row + r] = largest + logf(total);
    }
    for (size_t j = 0; j < width; j += PANEL) {
      vf c[ROWS][2];
      block_product(c, scores, v + j * keys, keys);
#pragma clang loop unroll(full)
      for (int r = 0; r < ROWS; r++) {
        store(scratch + r * PANEL, c[r][0]);
        store(scratch + r * PANEL + LANES, c[r][1]);
      }
      for (size_t r = 0; r < rows; r++) {
        for (size_t i = 0; i < PANEL && j + i < width; i += LANES) {
          store_n(y + r * y_stride + j + i, mul(load(scratch + r * PANEL + i), set1(share[r])), width - j - i);
        }
      }
    }
  }
}
