// Words of two bf16 with AVX512_BF16, whatever multiplies them. The including file defines, beside avx512_vectors.h and
// vector_unscaled.h, FN.
#include "vector_quick.h"

FN vf activation(vf z) { return quick_gelu(z); }
FN void store_packed(uint32_t *to, vf low, vf high) {
  store_words(to, (vw)_mm512_cvtne2ps_pbh(high, low));
}

FN vw piece(const float *x, size_t left, struct rounding rounding) {
  (void)rounding;
  const vf high = left > LANES ? load_n(x + LANES, left - LANES) : set1(0);
  return (__m512i)_mm512_cvtne2ps_pbh(high, load_n(x, left));
}

// Neighbours in a word are two inner values.
FN vw word_of_columns(const float *x, size_t stride, size_t inner, size_t columns) {
  const vf one = inner ? load_n(x, columns) : set1(0);
  const vf next = inner > 1 ? load_n(x + stride, columns) : set1(0);
  const __m512i both = (__m512i)_mm512_cvtne2ps_pbh(next, one);
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, both);
}

// 2^x, x ≥ −125, = 2^n · p(r), |r| ≤ ½; relative error 7.5e-5.
FN vf power(vf x) {
  const vf shifted = add(x, set1(power_shift)), r = sub(x, sub(shifted, set1(power_shift)));
  vf p = set1(0.055171553045511246f);
  p = muladd(p, r, set1(0.242611363530159f));
  p = muladd(p, r, set1(0.6932610273361206f));
  p = muladd(p, r, set1(0.9999280571937561f));
  return times_power(p, shifted);
}
