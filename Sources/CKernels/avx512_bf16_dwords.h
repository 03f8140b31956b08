// Words of two bf16 with AVX512_BF16, whatever multiplies them. The including file defines, beside avx512_vectors.h and
// vector_unscaled.h, FN.
#include "avx512_pairs.h"
#include "vector_quick.h"

FN vf activation(vf z) { return quick_gelu(z); }
FN void store_packed(uint32_t *to, vf low, vf high) { store_dwords(to, pairs_of(low, high)); }

FN void piece(const float *x, size_t left, struct rounding rounding, vw planes[PLANES]) {
  (void)rounding;
  vf low, high;
  load_pairs(x, left, &low, &high);
  planes[0] = pairs_of(low, high);
}

FN void dword_of_columns(const float *x, size_t stride, size_t inner, size_t columns, vw planes[PLANES]) {
  vf one, next;
  load_pairs_of_columns(x, stride, inner, columns, &one, &next);
  planes[0] = interleaved(pairs_of(one, next));
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
