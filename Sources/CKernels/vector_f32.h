// The f32 format, once, over vectors of any width: a word is a float. The including file defines, beside vector_math.h and
// the words of its vectors:
//   BLOCK_ROWS   rows a block: two vectors of sums for each, and three more, fill the registers
//   activation   z·Φ(z) within 5e-7
//   transpose    LANES rows of LANES words become columns
//   power_shift, times_power

#define DEPTH 1
#define PLANES 1
#include "vector_packed_shape.h"
#include "vector_unscaled.h"

FN vs dot(vs sums, vw x, vw weight) { return muladd(as_floats(x), as_floats(weight), sums); }

#include "vector_packed.h"

FN void store_packed(uint32_t *to, vf low, vf high) {
  store_words(to, as_words(low));
  store_words(to + block_rows * piece_words, as_words(high));
}

#include "vector_packed_rows.h"

FN void piece(const float *x, size_t left, struct rounding rounding, vw planes[PLANES]) {
  (void)rounding;
  planes[0] = as_words(load_n(x, left));
}

#include "vector_pack.h"

FN void word_of_columns(const float *x, size_t stride, size_t inner, size_t columns, vw planes[PLANES]) {
  (void)stride;
  planes[0] = inner ? as_words(load_n(x, columns)) : no_words();
}

#include "vector_pack_columns.h"

#include "vector_power.h"
FN vf sum_packed(vf total, vf low, vf high) { return add(total, add(low, high)); }

#include "vector_keys.h"
#include "vector_packed_attention.h"
