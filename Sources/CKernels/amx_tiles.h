// Sums of products in tiles (AMX): a block of 32 rows times a panel of 32 outputs is 2 × 2 tiles, which two tiles of rows
// and two of the weight update at once. The including file defines, beside vector_packed_shape.h:
//   add_products(sums, x, weight)   the instruction, a macro: it takes tiles by number
//
// A tile of rows is half a plane of a block's piece as it is packed; a tile of weights is a plane of a piece's dwords of
// half a panel. What a tile needs of the processor's state lasts from use_tiles to leave_tiles, within one call of a kernel.

enum { block_sums = BLOCK_ROWS * panel_outputs, tile_rows = 16, products_a_piece = 4 * (PLANES == 1 ? 1 : 6) };

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

// What vectors do behind every instruction for tiles: some of a row, on average.
enum { parts_of_row = 256 };
typedef void beside(void *own);
FN void nothing_beside(void *own) { (void)own; }

// A plane of a piece of rows or of weights that is there already.
static const uint32_t *const same = NULL;

// A plane of a piece of a block times one of a panel.
FN void add_planes(const uint32_t *x, const uint32_t *weight, beside *next, void *own) {
  const size_t row = piece_dwords * sizeof *x, dword = panel_outputs * sizeof *weight;
  if (x) _tile_loadd(4, x, row);
  if (weight) _tile_loadd(6, weight, dword);
  add_products(0, 4, 6);
  next(own);
  if (weight) _tile_loadd(7, weight + LANES, dword);
  add_products(1, 4, 7);
  next(own);
  if (x) _tile_loadd(5, x + tile_rows * piece_dwords, row);
  add_products(2, 5, 6);
  next(own);
  add_products(3, 5, 7);
  next(own);
}

// One piece of a block times the same of a panel. Of three planes each, those six products that matter, in an order in
// which one operand is there already.
FN void add_piece(const uint32_t *x, const uint32_t *weight, beside *next, void *own) {
#if PLANES == 1
  add_planes(x, weight, next, own);
#else
  add_planes(x, weight + 2 * plane_of_panel, next, own);
  add_planes(same, weight + plane_of_panel, next, own);
  add_planes(x + plane_of_block, same, next, own);
  add_planes(same, weight, next, own);
  add_planes(x + 2 * plane_of_block, same, next, own);
  add_planes(x, same, next, own);
#endif
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

FN void sums_in_tiles(uint32_t *sums, const uint32_t *x, const uint32_t *weight, size_t dwords) {
  zero_tiles();
  for (size_t i = 0; i < dwords; i += step_dwords) {
    add_piece(x + i * block_rows, weight + i * panel_outputs, nothing_beside, NULL);
  }
  store_tiles(sums);
}
