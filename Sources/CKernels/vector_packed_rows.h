// Products whose results are packed rows again, for formats of which a tile of results is whole pieces; included behind
// vector_packed.h. The including file defines, beside what that asks for:
//   store_packed(to, low, high)  a panel's neighbours of one row into its dwords

ENTRY void packed_product_packed(const uint32_t *x, const uint32_t *weight, size_t rows, size_t outputs, size_t inner,
                                 const struct ckernels_finish *finish, uint32_t *y) {
  const size_t dwords = row_dwords(inner), block = block_dwords(inner);
  const size_t panel = panel_dwords(inner), blocks = (rows + block_rows - 1) / block_rows;
  const size_t y_block = block_dwords(outputs);
  for (size_t column = 0; column < outputs; column += panel_outputs, weight += panel) {
    const uint32_t *from = x;
    uint32_t *to = y + column / DEPTH * block_rows;
    for (size_t row = 0; row < rows; row += block_rows, from += block, to += y_block) {
      vf t[block_rows][2];
      if (column + panel_outputs < outputs) expect_part(weight + panel, panel, row / block_rows, blocks);
      tile(t, from, weight, dwords, finish->bias ? finish->bias + column : NULL, panel_outputs);
      vf copy[block_rows][2];
#pragma clang loop unroll(full)
      for (int r = 0; r < block_rows; r++) copy[r][0] = t[r][0], copy[r][1] = t[r][1];
      for (size_t r = 0; r < block_rows; r++) {
        const vf low = finish->gelu ? activation(copy[r][0]) : copy[r][0];
        const vf high = finish->gelu ? activation(copy[r][1]) : copy[r][1];
        store_packed(to + r * piece_dwords, low, high);
      }
    }
  }
}
