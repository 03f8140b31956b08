// The f32 format, once, over vectors of any width: a dword is a float. The including file defines, beside vector_math.h and
// the dwords of its vectors:
//   BLOCK_ROWS   rows a block: two vectors of sums for each, and three more, fill the registers
//   activation   z·Φ(z) within 5e-7
//   transpose    LANES rows of LANES dwords become columns
//   power_shift, times_power

#define DEPTH 1
#define PLANES 1
#include "vector_packed_shape.h"
#include "vector_unscaled.h"

FN vs dot(vs sums, vw x, vw weight) { return muladd(as_floats(x), as_floats(weight), sums); }

#include "vector_packed.h"

FN void store_packed(uint32_t *to, vf low, vf high) {
  store_dwords(to, as_dwords(low));
  store_dwords(to + block_rows * piece_dwords, as_dwords(high));
}

#include "vector_packed_rows.h"

FN void piece(const float *x, size_t left, struct rounding rounding, vw planes[PLANES]) {
  (void)rounding;
  planes[0] = as_dwords(load_n(x, left));
}

#include "vector_pack.h"

FN void dword_of_columns(const float *x, size_t stride, size_t inner, size_t columns, vw planes[PLANES]) {
  (void)stride;
  planes[0] = inner ? as_dwords(load_n(x, columns)) : no_dwords();
}

#include "vector_pack_columns.h"

#include "vector_power.h"
FN vf sum_packed(vf total, vf low, vf high) { return add(total, add(low, high)); }

#include "vector_keys.h"
#include "vector_packed_attention.h"
