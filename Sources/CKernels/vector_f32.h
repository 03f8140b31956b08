// The f32 format, once, over vectors of any width: a word is a float. The including file defines, beside vector_math.h and
// the words of its vectors:
//   BLOCK_ROWS   rows a block: two vectors of sums for each, and three more, fill the registers
//   activation   z·Φ(z) within 5e-7
//   transpose    LANES rows of LANES words become columns
//   power_shift, times_power

#define DEPTH 1
#include "vector_packed_shape.h"
#include "vector_unscaled.h"

FN vs dot(vs sums, vw x, vw weight) { return muladd(as_floats(x), as_floats(weight), sums); }

#include "vector_packed.h"

FN void store_packed(uint32_t *to, vf low, vf high) {
  store_words(to, as_words(low));
  store_words(to + block_rows * piece_words, as_words(high));
}

#include "vector_packed_rows.h"

FN vw piece(const float *x, size_t left, struct rounding rounding) {
  (void)rounding;
  return as_words(load_n(x, left));
}

#include "vector_pack.h"

FN vw word_of_columns(const float *x, size_t stride, size_t inner, size_t columns) {
  (void)stride;
  return inner ? as_words(load_n(x, columns)) : no_words();
}

#include "vector_pack_columns.h"

// 2^x, x ≥ −125, = 2^n · (1 + r·p(r)), |r| ≤ ½; p a least-squares fit of ours, driven to the minimax by
// reweighting, relative error 9e-8.
FN vf power(vf x) {
  const vf shifted = add(x, set1(power_shift)), r = sub(x, sub(shifted, set1(power_shift)));
  vf p = set1(0.0013264729641377926f);
  p = muladd(p, r, set1(0.00967151578515768f));
  p = muladd(p, r, set1(0.05550733581185341f));
  p = muladd(p, r, set1(0.24022242426872253f));
  p = muladd(p, r, set1(0.6931470036506653f));
  p = muladd(p, r, set1(1));
  return times_power(p, shifted);
}
FN vf sum_packed(vf total, vf low, vf high) { return add(total, add(low, high)); }

#include "vector_keys.h"
#include "vector_packed_attention.h"
