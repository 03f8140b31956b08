// Products in tiles as floats; included behind amx_packed.h.
ENTRY void packed_product(const uint32_t *x, const uint32_t *weight, size_t rows, size_t outputs, size_t inner,
                          const struct ckernels_finish *finish, float *y, size_t y_stride) {
  multiply_blocks(whole_operands(x, weight, inner), rows, outputs, finish, y, y_stride, NULL, 0, finish_row);
}
