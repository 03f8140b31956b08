// Products in tiles whose results are packed rows again, for formats of which a tile of results is whole pieces; included
// behind amx_packed.h. The including file defines, beside what that asks for:
//   store_packed(to, low, high)  a panel's neighbours of one row into its dwords

FN void finish_packed_row(struct waiting *own) {
  const vf low = finished(own, 0), high = finished(own, 1);
  store_packed(own->packed + own->done * piece_dwords, low, high);
  own->done++;
}

ENTRY void packed_product_packed(const uint32_t *x, const uint32_t *weight, size_t rows, size_t outputs, size_t inner,
                                 const struct ckernels_finish *finish, uint32_t *y) {
  // The rows of whole blocks.
  const size_t whole_rows = (rows + block_rows - 1) / block_rows * block_rows;
  multiply_blocks(whole_operands(x, weight, inner), whole_rows, outputs, finish, NULL, 0, y, block_dwords(outputs),
                  finish_packed_row);
}
