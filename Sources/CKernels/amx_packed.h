// Products of packed operands in tiles; included behind amx_tiles.h. The including file defines, beside what that asks
// for:
//   vs, sums_of(sums)     the vector of sums, from memory
//   scales_of_panel, scales_of_row, scaled
//                         what turns sums into floats, see the formats
//   activation            GELU at the format's accuracy
//
// Tiles can only be stored. So the sums of a block and panel go to memory, and their finish waits until the next block's
// products run: a row of it behind some of them, which is what vectors do meanwhile.

struct waiting {
  const uint32_t *sums;
  size_t done, rows, columns;
  const uint32_t *row_tail;
  struct panel_scales scales;
  vf bias[2];
  int gelu;
  // Of the next row; rows that are left before the first one comes again.
  const float *residual;
  size_t residual_stride, residual_rows, residual_left;
  float *y;
  size_t y_stride;
  // Instead of y where results are packed.
  uint32_t *packed;
};

FN vf finished(const struct waiting *own, size_t half) {
  const vs sums = sums_of(own->sums + own->done * panel_outputs + half * LANES);
  const vf v = scaled(sums, scales_of_row(own->row_tail, (int)own->done), own->scales, (int)half, own->bias[half]);
  return own->gelu ? activation(v) : v;
}

FN void finish_row(struct waiting *own) {
  const size_t columns = own->columns;
  for (size_t half = 0; half < 2 && half * LANES < columns; half++) {
    const size_t left = columns - half * LANES;
    vf v = finished(own, half);
    if (own->residual) v = add(v, load_n(own->residual + half * LANES, left));
    store_n(own->y + half * LANES, v, left);
  }
  own->y += own->y_stride;
  if (own->residual) {
    own->residual += own->residual_stride;
    if (--own->residual_left == 0) {
      own->residual -= own->residual_rows * own->residual_stride;
      own->residual_left = own->residual_rows;
    }
  }
  own->done++;
}

// The first dwords of every row and output, of blocks and panels that lie so many dwords apart.
struct operands {
  const uint32_t *x, *weight;
  size_t dwords, block, panel;
};

FN struct operands whole_operands(const uint32_t *x, const uint32_t *weight, size_t inner) {
  return (struct operands){x, weight, row_dwords(inner), block_dwords(inner), panel_dwords(inner)};
}

struct meanwhile {
  struct waiting *block;
  void (*next_row)(struct waiting *);
  // Rows at a time, and those that are due, in parts of a row.
  size_t each, due;
};

FN void some_rows(void *meanwhile) {
  struct meanwhile *const own = meanwhile;
  for (own->due += own->each; own->due >= parts_of_row && own->block->done < own->block->rows; own->due -= parts_of_row) {
    own->next_row(own->block);
  }
}

FN void multiply_blocks(struct operands operands, size_t rows, size_t outputs, const struct ckernels_finish *finish,
                        float *y, size_t y_stride, uint32_t *y_packed, size_t y_block,
                        void (*next_row)(struct waiting *)) {
  const uint32_t *weight = operands.weight;
  const size_t dwords = operands.dwords, block = operands.block, panel = operands.panel, pieces = dwords / step_dwords;
  // Of the next panel, which the second-level cache is asked for while this one's products run: so many at every piece.
  const size_t steps = (rows + block_rows - 1) / block_rows * pieces;
  const size_t lines = steps ? (dwords * panel_outputs / line_dwords + steps - 1) / steps : 0;
  uint32_t sums[2][block_sums] __attribute__((aligned(64)));
  struct waiting last = {0};
  int turn = 0;
  use_tiles();
  for (size_t column = 0; column < outputs; column += panel_outputs, weight += panel) {
    const size_t columns = outputs - column < panel_outputs ? outputs - column : panel_outputs;
    const uint32_t *from = operands.x, *next = weight + panel;
    const uint32_t *const next_end = column + columns < outputs ? next + dwords * panel_outputs : next;
    for (size_t row = 0; row < rows; row += block_rows, from += block, turn ^= 1) {
      struct waiting own = {.sums = sums[turn], .columns = columns, .row_tail = from + dwords * block_rows};
      own.rows = rows - row < block_rows ? rows - row : block_rows;
      own.scales = scales_of_panel(weight + dwords * panel_outputs);
      own.bias[0] = own.bias[1] = set1(0);
      if (finish->bias) {
        own.bias[0] = load_n(finish->bias + column, columns);
        if (columns > LANES) own.bias[1] = load_n(finish->bias + column + LANES, columns - LANES);
      }
      own.gelu = finish->gelu;
      own.residual = residual_of(finish, row, column);
      own.residual_stride = finish->residual_stride;
      own.residual_rows = finish->residual_rows;
      if (own.residual) own.residual_left = own.residual_rows - (finish->residual_row + row) % own.residual_rows;
      own.y_stride = y_stride;
      if (y_packed) {
        own.packed = y_packed + row / block_rows * y_block + PLANES * column / DEPTH * block_rows;
      } else {
        own.y = y + row * y_stride + column;
        expect_tile(finish, row, own.rows, column, own.y, y_stride);
      }
      const size_t turns = pieces * (PLANES == 1 ? 1 : products_a_piece);
      struct meanwhile meanwhile = {&last, next_row, 0, 0};
      if (turns) meanwhile.each = (last.rows * parts_of_row + turns - 1) / turns;
      zero_tiles();
      for (size_t i = 0; i < dwords; i += step_dwords) {
        // Behind every product where there are many; else in one go, which is as good for bf16 and better for bytes.
        const int are_few = PLANES == 1;
        add_piece(from + i * block_rows, weight + i * panel_outputs, are_few ? nothing_beside : some_rows, &meanwhile);
        if (are_few) some_rows(&meanwhile);
        for (size_t n = 0; n < lines && next < next_end; n++, next += line_dwords) __builtin_prefetch(next, 0, 2);
      }
      while (last.done < last.rows) next_row(&last);
      store_tiles(sums[turn]);
      last = own;
    }
  }
  while (last.done < last.rows) next_row(&last);
  leave_tiles();
}
