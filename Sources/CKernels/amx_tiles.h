// Sums of products in tiles (AMX): a block of 32 rows times a panel of 32 outputs is 2 × 2 tiles, which two tiles of rows
// and two of the weight update at once. The including file defines, beside vector_packed_shape.h:
//   add_products(sums, x, weight)   the instruction, a macro: it takes tiles by number
//
// A tile of rows is half a piece of a block as it is packed; a tile of weights is a piece's words of half a panel. What a
// tile needs of the processor's state lasts from use_tiles to leave_tiles, within one call of a kernel.

enum { block_sums = BLOCK_ROWS * panel_outputs, tile_rows = 16 };

struct tile_settings {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
};

FN void use_tiles(void) {
  static const struct tile_settings whole = {
      1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
  _tile_loadconfig(&whole);
}
FN void leave_tiles(void) { _tile_release(); }

FN void zero_tiles(void) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
}

// One piece of a block times the same of a panel.
FN void add_piece(const uint32_t *x, const uint32_t *weight) {
  const size_t row = piece_words * sizeof *x, word = panel_outputs * sizeof *weight;
  _tile_loadd(4, x, row);
  _tile_loadd(6, weight, word);
  _tile_loadd(7, weight + LANES, word);
  add_products(0, 4, 6);
  _tile_loadd(5, x + tile_rows * piece_words, row);
  add_products(1, 4, 7);
  add_products(2, 5, 6);
  add_products(3, 5, 7);
}

// To (block_rows, panel_outputs).
FN void store_tiles(uint32_t *sums) {
  const size_t row = panel_outputs * sizeof *sums;
  _tile_stored(0, sums, row);
  _tile_stored(1, sums + LANES, row);
  _tile_stored(2, sums + tile_rows * panel_outputs, row);
  _tile_stored(3, sums + tile_rows * panel_outputs + LANES, row);
}

FN void load_tiles(const uint32_t *sums) {
  const size_t row = panel_outputs * sizeof *sums;
  _tile_loadd(0, sums, row);
  _tile_loadd(1, sums + LANES, row);
  _tile_loadd(2, sums + tile_rows * panel_outputs, row);
  _tile_loadd(3, sums + tile_rows * panel_outputs + LANES, row);
}

FN void sums_in_tiles(uint32_t *sums, const uint32_t *x, const uint32_t *weight, size_t words) {
  zero_tiles();
  for (size_t i = 0; i < words; i += piece_words) add_piece(x + i * block_rows, weight + i * panel_outputs);
  store_tiles(sums);
}
